"""F20, F38, F43: what new customers are asked, promised and shown by the games that bring them."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.catalogue import games
from campaigns.content import problems_of, read_content, texts_of
from campaigns.gallery import Preset, presets, presets_for

FOR_TWO = [
    pytest.param(preset, sector, id=f"{preset.key} for {sector}")
    for preset in presets().values()
    for sector in preset.sectors
    if preset.content["game"] in ("group_consult", "referral_assist")
]
RISKY = ("股票", "R4", "R5", "期货", "雪球", "私募", "杠杆", "权益类")
COUNTED = {"tiers", "ranking", "rank", "count", "size", "reward", "prize", "draw", "product", "bonus"}


@pytest.mark.parametrize(("preset", "sector"), FOR_TWO)
def test_no_risky_product_is_named_to_a_new_customer(preset: Preset, sector: str) -> None:
    """F43."""
    content = read_content(preset.draft(sector=sector, today=date(2026, 11, 21)))

    said = [text.text for text in texts_of(content)]
    said += [words.zh for words in content.game.rules(content.settings)]

    assert not [text for text in said for word in RISKY if word in text]


@pytest.mark.parametrize(("preset", "sector"), FOR_TWO)
@pytest.mark.parametrize("extra", ["branch", "time", "id_card"])
def test_exactly_three_fields_are_asked_for(preset: Preset, sector: str, extra: str) -> None:
    """F20: one more, even an ordinary one, is refused with its article."""
    draft = preset.draft(sector=sector, today=date(2026, 11, 21))

    wrong = [
        problem
        for problem in problems_of({**draft, "contact_fields": ["name", "phone", "need", extra]})
        if problem.path == "contact_fields"
    ]

    assert [problem for problem in problems_of(draft) if problem.path == "contact_fields"] == []
    assert wrong
    assert any("《个人信息保护法》第六条" in problem.words.zh for problem in wrong)


@pytest.mark.parametrize("key", ["group_consult", "referral_assist"])
def test_no_setting_counts_people_or_ranks_them(key: str) -> None:
    """F38: refused at the schema."""
    fields = set(games()[key].settings.__dataclass_fields__)

    assert not fields & COUNTED


@pytest.mark.parametrize(("preset", "sector"), FOR_TWO)
def test_a_tier_written_into_the_settings_is_no_field(preset: Preset, sector: str) -> None:
    draft = preset.draft(sector=sector, today=date(2026, 11, 21))
    draft["settings"] = {**draft["settings"], "tiers": [{"people": 5, "service": "wealth_consult"}]}

    found = problems_of(draft)

    assert ("settings.tiers", "unknown_field") in [(problem.path, problem.code) for problem in found]


def test_brokers_are_offered_none_of_them() -> None:
    """SBK-9: off for securities firms."""
    offered = {preset.content["game"] for preset in presets_for("securities", date(2026, 11, 21))}

    assert not offered & {"group_consult", "referral_assist"}
    assert "securities" in games()["group_consult"].not_for
    assert "securities" in games()["referral_assist"].not_for
