"""F7, F60, F64. Every preset is a campaign that can be submitted once its service and channel are chosen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from campaigns.bank import question_bank, questions_for
from campaigns.content import problems_of, read_content, texts_of
from campaigns.gallery import SCENES, Preset, presets, presets_for

OFFERS = [
    pytest.param(preset, sector, id=f"{preset.key} for {sector}")
    for preset in presets().values()
    for sector in preset.sectors
]
BENEFIT = str(UUID(int=7))


@pytest.mark.parametrize(("preset", "sector"), OFFERS)
def test_a_preset_is_complete_but_for_service_and_channel(preset: Preset, sector: str) -> None:
    draft = preset.draft(sector=sector, today=date(2026, 11, 21))

    assert [problem.path for problem in problems_of(draft)] == ["channels"]


@pytest.mark.parametrize(("preset", "sector"), OFFERS)
def test_a_finished_preset_has_no_problem_left(preset: Preset, sector: str) -> None:
    draft = preset.draft(sector=sector, today=date(2026, 11, 21))

    draft["channels"] = [{"kind": "official_account", "name": "公众号菜单"}]
    draft["awards"] = {award: {"benefit": BENEFIT} for award in preset.services}

    assert problems_of(draft) == []
    assert len(texts_of(read_content(draft))) > 10


def test_every_sector_and_scene_is_served() -> None:
    offered = presets().values()

    assert {sector for preset in offered for sector in preset.sectors} == {
        "bank",
        "insurance",
        "securities",
        "wealth",
    }
    assert {preset.scene for preset in offered} <= set(SCENES)


def test_a_bank_is_not_offered_what_is_made_for_brokers() -> None:
    assert "stock_risk_quiz" not in {preset.key for preset in presets_for("bank")}


def test_every_question_of_the_bank_explains_itself_and_cites_an_article() -> None:
    """F9, PROJ-EXPL."""
    for question in question_bank().values():
        assert question.explanation
        assert question.article
        assert set(question.answer) <= set("ABCDEF"[: len(question.options)])


def test_a_sector_is_offered_its_own_questions_first() -> None:
    offered = questions_for("insurance")

    assert offered[0].sector == "insurance"
    assert {question.sector for question in offered} == {"insurance", "all"}
