"""F18, F19, F35, F36, F37, F41. Two people, two phones, both services or none."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from campaigns.games.base import Move
from campaigns.live import LiveCampaign
from campaigns.models import Party, PartyMember
from campaigns.parties import AlreadySeated, InvitationOff, NoCustomerList, PartyFull, SameDevice, party_of
from campaigns.usecases.parties import (
    come_to_party,
    expire_parties,
    share_party,
    start_party,
    try_party_move,
)
from campaigns.usecases.playing import MoveRefused
from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound
from kernel.scope import scope
from ledger.models import Entry
from privacy.errors import ConsentMissing
from privacy.usecases import withdraw_consent
from rewards.models import Grant
from tests.campaigns.party_people import (
    CUSTOMERS,
    a_phone,
    load_list,
    put_out_preset,
    right_answers,
    the_party,
)
from tests.cast import NOON
from tests.privacy.people import refused


@pytest.fixture
def group(marketer: Actor) -> LiveCampaign:
    live = put_out_preset("account_check_together", marketer)
    load_list(*CUSTOMERS)
    return live


@pytest.fixture
def referral(marketer: Actor) -> LiveCampaign:
    live = put_out_preset("existing_helps_new", marketer)
    load_list(*CUSTOMERS)
    return live


def verbs() -> list[str]:
    return [entry.verb for entry in Entry.objects.filter(campaign_id=the_party().campaign_id).order_by("id")]


class TestGroup:
    """F18, F19."""

    def test_two_new_customers_on_two_phones_both_get_the_service(self, group: LiveCampaign) -> None:
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        opened = first.start(group)
        first.move(group, opened, "join")
        link = share_party(
            actor=first.actor, code=group.code, party_id=opened.playing.play_id, device=first.device, now=NOON
        )

        joined = second.move(group, second.start(group, link), "join")

        assert joined.finished
        assert first.services() == second.services() == ["account_check"]
        assert the_party().status == "complete"
        seen = party_of(first.actor.id, group, NOON)
        assert seen is not None
        assert seen.playing.view["stage"] == "together"

    def test_alone_gets_the_same_service(self, group: LiveCampaign) -> None:
        alone = a_phone("a", "13800000001")

        alone.move(group, alone.start(group), "alone")

        assert alone.services() == ["account_check"]

    def test_who_was_invited_may_begin_their_own_instead(self, group: LiveCampaign) -> None:
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        first.move(group, first.start(group), "join")
        second.start(group, the_party().invitation)

        own = start_party(actor=second.actor, code=group.code, own=True, device=second.device, now=NOON)
        second.move(group, own, "alone")

        assert second.services() == ["account_check"]
        assert first.services() == []

    def test_an_existing_customer_cannot_complete_a_group(self, group: LiveCampaign) -> None:
        first, known = a_phone("a", "13800000001"), a_phone("b", CUSTOMERS[0])
        first.move(group, first.start(group), "join")

        with refused(MoveRefused, match="existing_customer"):
            known.move(group, known.start(group, the_party().invitation), "join")

        assert first.services() == known.services() == []

    def test_a_third_person_finds_the_group_full(self, group: LiveCampaign) -> None:
        first, second, third = (a_phone(name, f"1380000000{place}") for place, name in enumerate("abc"))
        first.move(group, first.start(group), "join")
        link = the_party().invitation
        at = third.start(group, link)
        second.move(group, second.start(group, link), "join")

        with refused(PartyFull):
            third.move(group, at, "join")
        third.move(group, third.start(group), "alone")
        late = a_phone("d", "13800000009")
        with refused(PartyFull):
            late.start(group, link)

        assert first.services() == second.services() == third.services() == ["account_check"]

    def test_nobody_sits_down_without_their_own_number(self, group: LiveCampaign) -> None:
        unproven = a_phone("a")

        with refused(MoveRefused, match="phone_first"):
            unproven.move(group, unproven.start(group), "join")

    def test_who_leaves_ends_the_group_and_may_begin_again(self, group: LiveCampaign) -> None:
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        opened = first.start(group)
        first.move(group, opened, "join")
        link = the_party().invitation

        first.move(group, opened, "leave")

        with refused(PartyFull):
            second.start(group, link)
        assert first.start(group).playing.play_id != opened.playing.play_id

    def test_time_runs_out_kindly(self, group: LiveCampaign) -> None:
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        first.move(group, first.start(group), "join")
        link, later = the_party().invitation, NOON + timedelta(hours=48)
        at = second.start(group, link)

        with refused(MoveRefused, match="party_expired"):
            second.move(group, at, "join", now=later)
        ended, again = (expire_parties(actor=SYSTEM, now=later) for _ in range(2))

        assert (ended, again) == (1, 0)
        assert the_party().status == "expired"
        fresh = first.start(group, now=later)
        first.move(group, fresh, "alone", now=later)
        assert first.services() == ["account_check"]

    def test_one_person_takes_part_once_whatever_the_phone(self, group: LiveCampaign) -> None:
        one, other_phone = a_phone("a", "13800000001"), a_phone("b", "13800000001")
        one.move(group, one.start(group), "alone")

        with refused(AlreadySeated):
            other_phone.move(group, other_phone.start(group), "alone")

    def test_without_a_customer_list_nobody_is_called_new(self, marketer: Actor) -> None:
        live = put_out_preset("account_check_together", marketer)
        somebody = a_phone("a", "13800000001")

        with refused(NoCustomerList):
            somebody.move(live, somebody.start(live), "alone")

    def test_members_learn_nothing_of_each_other(self, group: LiveCampaign) -> None:
        first, second = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        first.move(group, first.start(group), "join")
        second.move(group, second.start(group, the_party().invitation), "join")

        at = party_of(second.actor.id, group, NOON)

        assert at is not None
        told = str(at.playing.view)
        assert str(first.actor.id) not in told
        assert "138" not in told
        assert set(at.playing.view) == {
            "stage", "seat", "seated", "until", "service", "steps", "cards", "finished", "passed",
        }  # fmt: skip

    def test_a_double_tap_is_told_the_same(self, group: LiveCampaign) -> None:
        first = a_phone("a", "13800000001")
        at = first.start(group)

        answers = [first.move(group, at, "alone", key="k1") for _ in range(2)]

        assert answers[0].reply == answers[1].reply
        assert Grant.objects.count() == 1

    def test_a_stranger_cannot_move_at_a_party(self, group: LiveCampaign) -> None:
        first, stranger = a_phone("a", "13800000001"), a_phone("b", "13800000002")
        at = first.start(group)

        with refused(NotFound):
            stranger.move(group, at, "join")

    def test_another_institution_sees_no_party(self, group: LiveCampaign, insurer: object) -> None:
        a_phone("a", "13800000001").start(group)

        with scope(insurer.id):  # type: ignore[attr-defined]
            assert not Party.objects.exists()
            assert not PartyMember.objects.exists()


class TestReferral:
    """F35, F36, F37, F38."""

    def test_the_newcomers_own_answers_earn_each_side_its_own(self, referral: LiveCampaign) -> None:
        helper, newcomer = a_phone("a", CUSTOMERS[0]), a_phone("b", "13800000001")
        helper.move(referral, helper.start(referral), "join")
        at = newcomer.start(referral, the_party().invitation)
        newcomer.move(referral, at, "join")
        before = Grant.objects.count()

        for question, option in right_answers(referral):
            newcomer.move(referral, at, "answer", question=question, option=option)

        assert before == 0
        assert helper.services() == ["portfolio_consult"]
        assert newcomer.services() == ["entry_consult"]

    def test_sharing_and_opening_earn_nothing(self, referral: LiveCampaign) -> None:
        """F36."""
        helper = a_phone("a", CUSTOMERS[0])
        at = helper.start(referral)
        helper.move(referral, at, "join")

        for number in range(5):
            share_party(
                actor=helper.actor,
                code=referral.code,
                party_id=at.playing.play_id,
                device=helper.device,
                now=NOON,
            )
            a_phone(f"visitor-{number}").start(referral, the_party().invitation)

        assert Grant.objects.count() == 0
        assert verbs().count("play.shared") == 5

    def test_two_old_or_two_new_are_refused(self, referral: LiveCampaign) -> None:
        helper, old, new = a_phone("a", CUSTOMERS[0]), a_phone("b", CUSTOMERS[1]), a_phone("c", "13800000001")
        helper.move(referral, helper.start(referral), "join")

        with refused(MoveRefused, match="existing_customer"):
            old.move(referral, old.start(referral, the_party().invitation), "join")
        with refused(MoveRefused, match="new_customer"):
            new.move(referral, new.start(referral), "join")

    def test_the_helpers_service_is_capped_at_one(self, referral: LiveCampaign) -> None:
        """F38, PROJ-REFER: a second newcomer brings the helper nothing, and cannot be brought."""
        helper, newcomer = a_phone("a", CUSTOMERS[0]), a_phone("b", "13800000001")
        helper.move(referral, helper.start(referral), "join")
        link = the_party().invitation
        at = newcomer.start(referral, link)
        newcomer.move(referral, at, "join")
        for question, option in right_answers(referral):
            newcomer.move(referral, at, "answer", question=question, option=option)

        with refused(PartyFull):
            a_phone("c", "13800000002").start(referral, link)
        again = helper.start(referral)

        assert again.playing.finished
        assert Party.objects.count() == 1
        assert helper.services() == ["portfolio_consult"]

    def test_the_helper_sees_no_answer(self, referral: LiveCampaign) -> None:
        helper, newcomer = a_phone("a", CUSTOMERS[0]), a_phone("b", "13800000001")
        helper.move(referral, helper.start(referral), "join")
        at = newcomer.start(referral, the_party().invitation)
        newcomer.move(referral, at, "join")
        question, option = right_answers(referral)[0]
        newcomer.move(referral, at, "answer", question=question, option=option)

        seen = party_of(helper.actor.id, referral, NOON)

        assert seen is not None
        assert set(seen.playing.view) == {
            "stage", "seat", "seated", "until", "invitation", "finished", "passed",
        }  # fmt: skip

    def test_no_setting_can_hold_a_tier_a_ranking_or_a_product(self, referral: LiveCampaign) -> None:
        fields = set(type(referral.content.settings).__dataclass_fields__)

        assert fields == {"questions", "invitation", "pass_mark", "attempts", "open_days"}


class TestNoProxyFilling:
    """F41."""

    def test_one_device_on_both_sides_is_refused_recorded_and_led_to_a_human(
        self, referral: LiveCampaign
    ) -> None:
        helper, other_session = a_phone("same", CUSTOMERS[0]), a_phone("same", "13800000001")
        helper.move(referral, helper.start(referral), "join")
        at = other_session.start(referral, the_party().invitation)

        with pytest.raises(SameDevice) as told:
            other_session.move(referral, at, "join")

        assert "客服" in told.value.message("zh")
        assert "hotline" in told.value.message("en")
        assert "parties.same_device_refused" in verbs()
        assert PartyMember.objects.filter(state="seated").count() == 1

    def test_who_took_back_their_consent_is_asked_again_before_sitting_down(
        self, referral: LiveCampaign
    ) -> None:
        """F41: their own consent, live at the moment it counts."""
        helper, newcomer = a_phone("a", CUSTOMERS[0]), a_phone("b", "13800000001")
        helper.move(referral, helper.start(referral), "join")
        at = newcomer.start(referral, the_party().invitation)
        withdraw_consent(actor=newcomer.actor, purpose="booking", now=NOON)

        with refused(ConsentMissing):
            newcomer.move(referral, at, "join")

    def test_one_session_never_gets_the_second_seat(self, referral: LiveCampaign) -> None:
        helper = a_phone("a", CUSTOMERS[0])
        opened = helper.start(referral)
        helper.move(referral, opened, "join")

        at = helper.start(referral, the_party().invitation)

        assert (at.seat, at.playing.play_id) == ("helper", opened.playing.play_id)

    def test_the_database_itself_seats_a_device_once(self, referral: LiveCampaign) -> None:
        helper, newcomer = a_phone("same", CUSTOMERS[0]), a_phone("same", "13800000001")
        helper.move(referral, helper.start(referral), "join")
        newcomer.start(referral, the_party().invitation)

        with pytest.raises(IntegrityError, match="party_device_sits_once"), transaction.atomic():
            PartyMember.objects.filter(participant_id=newcomer.actor.id).update(
                state="seated", seated_at=NOON, person_id=newcomer.actor.id
            )

    def test_one_home_two_phones_is_allowed_and_noted(self, referral: LiveCampaign) -> None:
        helper = a_phone("a", CUSTOMERS[0], network="home")
        newcomer = a_phone("b", "13800000001", network="home")
        helper.move(referral, helper.start(referral), "join")

        newcomer.move(referral, newcomer.start(referral, the_party().invitation), "join")

        assert "parties.flagged" in verbs()


class TestInsideWeChat:
    """WX-212, WX-GROUP: the server does not carry an invitation chain there."""

    def test_no_invitation_can_be_shared_opened_or_joined(self, group: LiveCampaign) -> None:
        first = a_phone("a", "13800000001")
        at = first.start(group)
        first.move(group, at, "join")
        inside = a_phone("b", "13800000002", invites=False)

        with refused(InvitationOff):
            inside.start(group, the_party().invitation)
        with refused(InvitationOff):
            inside.move(group, inside.start(group), "join")
        first.device = inside.device
        with refused(InvitationOff):
            share_party(
                actor=first.actor, code=group.code, party_id=at.playing.play_id, device=first.device, now=NOON
            )

    def test_going_alone_works_as_ever(self, group: LiveCampaign) -> None:
        inside = a_phone("a", "13800000001", invites=False)

        inside.move(group, inside.start(group), "alone")

        assert inside.services() == ["account_check"]


def test_a_place_is_found_again_without_opening_a_second_party(group: LiveCampaign) -> None:
    """What two tabs meet under `start_party`."""
    somebody = a_phone("a", "13800000001")
    arrival = {"code": group.code, "invitation": "", "own": False, "channel": "", "now": NOON}

    first, second = (come_to_party(actor=somebody.actor, device=somebody.device, **arrival) for _ in range(2))

    assert first.playing.play_id == second.playing.play_id


def test_an_unknown_invitation_leads_nowhere(group: LiveCampaign) -> None:
    with refused(NotFound):
        a_phone("a").start(group, "no-such-invitation")


def test_a_refusal_for_one_device_is_an_outcome_so_that_it_is_kept(group: LiveCampaign) -> None:
    first, same = a_phone("same", "13800000001"), a_phone("same", "13800000002")
    first.move(group, first.start(group), "join")
    at = same.start(group, the_party().invitation)

    outcome = try_party_move(
        actor=same.actor,
        code=group.code,
        party_id=at.playing.play_id,
        move=Move("join"),
        device=same.device,
        key="",
        now=NOON,
    )

    assert outcome is None


def test_moves_that_only_a_server_knows_come_from_the_server(group: LiveCampaign, at_bank: UUID) -> None:
    """What a phone says of its seat or standing is not believed."""
    known = a_phone("a", CUSTOMERS[0])
    at = known.start(group)

    with refused(MoveRefused, match="existing_customer"):
        known.move(group, at, "join", seat="second", standing="new")

    assert Move("join").by.standing == "unknown"
