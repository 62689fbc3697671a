"""F7, F60, F64. Every preset is a campaign that can be submitted once its service and channel are chosen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
import pytest

from campaigns.bank import question_bank
from campaigns.certification import findings_in
from campaigns.content import problems_of, read_content, texts_of
from campaigns.gallery import SCENES, Preset, presets, presets_for
from campaigns.question_library import ours_matching

OFFERS = [
    pytest.param(preset, sector, id=f"{preset.key} for {sector}")
    for preset in presets().values()
    for sector in preset.sectors
]
TODAY = date(2026, 11, 22)
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
    assert "stock_risk_quiz" not in {preset.key for preset in presets_for("bank", TODAY)}


@pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.key)
def test_every_preset_is_certified_as_it_stands(preset: Preset) -> None:
    """F60. After a change: `manage.py certify_presets`."""
    assert preset.is_certified(TODAY)


def test_a_changed_or_outdated_preset_is_not_offered() -> None:
    """F60."""
    preset = presets()["anti_fraud_quiz"]
    changed = msgspec.structs.replace(preset, questions=preset.questions[1:])

    assert not changed.is_certified(TODAY)
    assert not preset.is_certified(date(2099, 1, 1))


@pytest.mark.parametrize(("preset", "sector"), OFFERS)
def test_what_is_certified_passes_the_scan(preset: Preset, sector: str) -> None:
    assert [finding for finding in findings_in(preset, sector, TODAY) if finding.severity == "block"] == []


def test_every_question_of_the_bank_explains_itself_and_cites_an_article() -> None:
    """F9, PROJ-EXPL."""
    for question in question_bank().values():
        assert question.explanation
        assert question.article
        assert set(question.answer) <= set("ABCDEF"[: len(question.options)])


def test_a_sector_is_offered_its_own_questions_first() -> None:
    offered = ours_matching(sector="insurance")

    assert offered[0].sector == "insurance"
    assert {question.sector for question in offered} == {"insurance", "all"}
