"""Drafts keep whatever was typed, by whomever, and never touch what is live."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.usecases import create_campaign_from_preset, discard_draft, save_draft
from campaigns.usecases.drafting import DraftMoved, DraftTooLarge, NotCertified, WrongSector
from kernel.actor import Actor
from kernel.errors import Denied, NotFound
from kernel.lifecycle import IllegalTransition
from kernel.scope import scope
from ledger.models import Entry
from rewards.models import Benefit
from tenancy.models import Institution
from tests.cast import NOON


def save(marketer: Actor, campaign: Campaign, draft: dict[str, Any]) -> Campaign:
    return save_draft(
        actor=marketer, campaign_id=campaign.id, revision=campaign.revision, draft=draft, now=NOON
    )


def test_a_preset_becomes_a_draft_with_the_institutions_own_service(
    marketer: Actor, consult: Benefit
) -> None:
    """F7, F66."""
    campaign = create_campaign_from_preset(actor=marketer, preset="anti_fraud_quiz", now=NOON)

    assert campaign.status == "draft"
    assert campaign.draft["awards"] == {"passed": {"benefit": str(consult.id)}}
    assert len(campaign.draft["settings"]["questions"]) == 10


def test_a_bank_cannot_take_a_brokers_preset(marketer: Actor) -> None:
    """F74."""
    with pytest.raises(WrongSector):
        create_campaign_from_preset(actor=marketer, preset="stock_risk_quiz", now=NOON)


def test_a_preset_whose_certificate_has_ended_starts_nothing(marketer: Actor) -> None:
    """F60."""
    with pytest.raises(NotCertified):
        create_campaign_from_preset(actor=marketer, preset="anti_fraud_quiz", now=NOON + timedelta(days=4000))


def test_what_is_typed_is_kept_even_when_it_is_wrong(marketer: Actor, draft_quiz: Campaign) -> None:
    typed = {**draft_quiz.draft, "title": "", "minutes": "abc", "settings": {"questions": "?"}}

    save(marketer, draft_quiz, typed)

    assert Campaign.of(draft_quiz.id).draft == typed


def test_saving_onto_an_older_revision_is_refused_and_changes_nothing(
    marketer: Actor, draft_quiz: Campaign
) -> None:
    save(marketer, draft_quiz, {**draft_quiz.draft, "title": "先保存的"})

    with pytest.raises(DraftMoved):
        save(marketer, draft_quiz, {**draft_quiz.draft, "title": "后保存的"})

    assert Campaign.of(draft_quiz.id).title == "先保存的"


def test_saving_the_same_again_is_no_new_revision(marketer: Actor, draft_quiz: Campaign) -> None:
    again = save(marketer, draft_quiz, draft_quiz.draft)

    assert again.revision == draft_quiz.revision
    assert Entry.objects.filter(verb="campaigns.edited").count() == 1


def test_signs_a_database_cannot_keep_are_left_out(marketer: Actor, draft_quiz: Campaign) -> None:
    saved = save(marketer, draft_quiz, {**draft_quiz.draft, "title": "反诈\x00知识\ud800🎉"})

    assert Campaign.of(saved.id).title == "反诈知识🎉"


def test_a_draft_has_a_size(marketer: Actor, draft_quiz: Campaign) -> None:
    with pytest.raises(DraftTooLarge):
        save(marketer, draft_quiz, {**draft_quiz.draft, "rules": ["很" * 200] * 500})


def test_the_game_is_chosen_with_the_preset(marketer: Actor, draft_quiz: Campaign) -> None:
    saved = save(marketer, draft_quiz, {**draft_quiz.draft, "game": "check_in"})

    assert saved.draft["game"] == "quiz"


def test_only_those_who_may_edit_do(officer: Actor, draft_quiz: Campaign) -> None:
    with pytest.raises(Denied):
        save(officer, draft_quiz, draft_quiz.draft)


def test_to_an_outsider_the_draft_does_not_exist(
    outsider: Actor, draft_quiz: Campaign, insurer: Institution
) -> None:
    with scope(insurer.id), pytest.raises(NotFound):
        save(outsider, draft_quiz, draft_quiz.draft)


def test_a_discarded_draft_is_put_away(marketer: Actor, draft_quiz: Campaign) -> None:
    discard_draft(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    with pytest.raises(IllegalTransition):
        save(marketer, draft_quiz, {**draft_quiz.draft, "title": "再来"})


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draft=st.dictionaries(st.sampled_from(["title", "rules", "settings", "x"]), ANY_JSON))
def test_any_json_can_be_saved(marketer: Actor, draft_quiz: Campaign, draft: dict[str, Any]) -> None:
    assert save(marketer, Campaign.of(draft_quiz.id), draft).revision >= 1
