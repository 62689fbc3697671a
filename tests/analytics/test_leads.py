"""F5: who said what they need, which entries say so, and what each of them cost, to the fen."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from analytics.costs import fen_of, shared_out, yuan
from analytics.models import Lead, LeadSign, LeadTally, Spend
from analytics.projections.figures import Figures
from analytics.projections.leads import Leads
from analytics.queries.leads import costs, leads, page_of_leads, rows_of
from analytics.usecases.spending import (
    AlreadyCorrected,
    AlreadyRecorded,
    WrongSpend,
    correct_spend,
    record_spend,
)
from analytics.views_leads import place_of, written_place
from campaigns.live import LiveCampaign, forget_live
from campaigns.models import Campaign
from campaigns.participation import participation_of
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.timekeeping import local_day
from ledger.models import Entry
from ledger.record import record
from privacy.models import Participant
from privacy.usecases import withdraw_consent
from tenancy.usecase import Denied
from tests.campaigns.conftest import add_consult, new_player, put_out, ready_quiz
from tests.campaigns.party_people import a_phone, put_out_preset
from tests.cast import NOON, make_staff
from tests.desk import signed_in

TODAY = local_day(NOON)
COUNTER = """
INSERT INTO analytics_spend
       (id, institution_id, campaign_id, kind, fen, spent_on, recorded_by, recorded_at, corrects_id)
SELECT '{}', institution_id, campaign_id, kind, -7, spent_on, recorded_by, recorded_at, '{}'
  FROM analytics_spend WHERE fen = 500
"""


def tell(verb: str, who: Actor, live: LiveCampaign, **data: Any) -> None:
    record(
        verb, actor=who, subject=Ref("play", new_id()), at=NOON, campaign_id=live.id,
        version_id=live.version_id, **data,
    )  # fmt: skip


def fold() -> None:
    Leads().apply(list(Entry.objects.order_by("transaction", "id")))


@pytest.fixture
def live_quiz(at_bank: UUID, marketer: Actor) -> LiveCampaign:
    forget_live()
    add_consult()
    return put_out(ready_quiz(marketer), marketer)


@pytest.fixture
def customer(live_quiz: LiveCampaign) -> Actor:
    """Proved a number, missed a question on fraud, and asked about wealth when booking."""
    person = a_phone("liu", "13900000001").actor
    question = live_quiz.content.settings.questions[0].id
    tell("play.answered", person, live_quiz, question=question, option="A", correct=False)
    tell(
        "rewards.booked",
        person,
        live_quiz,
        participant=str(person.id),
        service="wealth_consult",
        need="wealth",
    )
    fold()
    return person


def test_each_tag_shows_the_entries_that_gave_it(live_quiz: LiveCampaign, customer: Actor) -> None:
    question = live_quiz.content.settings.questions[0]

    [row] = rows_of(leads())

    told = {tag.label: (tag.declared, [(sign.source, sign.about) for sign in tag.signs]) for tag in row.tags}
    assert told == {
        "理财": (True, [("预约时填写", "银行理财经理1对1咨询")]),
        "账户安全": (False, [("答错的知识点", question.text)]),
    }
    entries = {(sign.transaction, sign.entry) for tag in row.tags for sign in tag.signs}
    assert entries == set(
        Entry.objects.filter(verb__in=["play.answered", "rewards.booked"]).values_list("transaction", "id")
    )


def test_behaviour_alone_makes_nobody_a_lead(live_quiz: LiveCampaign) -> None:
    """PIPL: only their own word does."""
    question = live_quiz.content.settings.questions[0].id
    tell("play.answered", new_player(), live_quiz, question=question, option="A", correct=False)

    fold()

    assert LeadSign.objects.count() == 1
    assert not leads().exists()


def test_choosing_a_walk_through_is_a_sign_of_its_subject(at_bank: UUID, marketer: Actor) -> None:
    forget_live()
    walk = put_out_preset("scam_call_walkthrough", marketer)
    tell("play.started", new_player(), walk)

    fold()

    assert list(LeadSign.objects.values_list("need", "source")) == [("safety", "walked")]


def test_a_person_counts_once_under_the_need_declared_first(live_quiz: LiveCampaign, customer: Actor) -> None:
    tell(
        "rewards.booked",
        customer,
        live_quiz,
        participant=str(customer.id),
        service="loan_policy",
        need="loan",
    )
    LeadSign.objects.all().delete()
    Lead.objects.all().delete()
    LeadTally.objects.all().delete()

    fold()
    Leads().apply(list(Entry.objects.filter(verb="rewards.booked")))

    assert list(LeadTally.objects.values_list("need", "leads")) == [("wealth", 1)]
    assert {tag.label for tag in rows_of(leads())[0].tags} == {"理财", "贷款政策", "账户安全"}


def test_the_erased_leave_the_list_at_once_and_for_good(live_quiz: LiveCampaign, customer: Actor) -> None:
    Participant.objects.filter(pk=customer.id).update(
        state="forgotten", forgotten_at=NOON, wrapped_key=None, wrapped_under=None, name=None, phone=None,
        phone_index=None, phone_index_coming=None, keep_until=None,
    )  # fmt: skip
    at_once = leads().count()
    record("privacy.forgotten", actor=SYSTEM, subject=Ref("participant", customer.id), at=NOON)

    fold()

    assert at_once == 0
    assert not Lead.objects.exists()
    assert not LeadSign.objects.exists()
    assert LeadTally.objects.get().leads == 1, "a number without people stays"


def test_who_withdraws_their_consent_leaves_the_list_at_once(customer: Actor) -> None:
    """CONS-29, PIPL: nobody is called upon who no longer agrees."""
    withdraw_consent(actor=customer, purpose="booking", now=NOON)

    assert not leads().exists()


@given(fen=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**6), max_size=8))
def test_what_is_shared_out_adds_up_to_what_was_entered(fen: int, weights: list[int]) -> None:
    shares = shared_out(fen, weights)

    assert sum(shares) == (fen if sum(weights) else 0)
    whole = sum(weights) or 1
    assert all(
        abs(share * whole - fen * weight) < whole for share, weight in zip(shares, weights, strict=True)
    ) or (not sum(weights))


@given(fen=st.integers(0, 10**12))
def test_what_is_typed_is_what_is_shown(fen: int) -> None:
    assert fen_of(yuan(fen)) == fen


@pytest.mark.parametrize("typed", ["", "-1", "1.234", "1e3", "一百", "1 0", "½", "123456789012"])
def test_what_is_no_amount_is_not_guessed_at(typed: str) -> None:
    assert fen_of(typed) is None


def test_the_cost_of_a_lead_reconciles_to_the_spend_entered(
    live_quiz: LiveCampaign, customer: Actor, marketer: Actor
) -> None:
    for number, need in enumerate(["loan", "loan", "safety"]):
        other = a_phone(f"p{number}", f"1390000001{number}").actor
        tell("rewards.booked", other, live_quiz, participant=str(other.id), service="loan_policy", need=need)
    fold()
    campaign = Campaign.of(live_quiz.id)
    assert costs([campaign])[0].fen_per_lead is None
    for fen in (100_00, 3, 99_98):
        record_spend(actor=marketer, campaign_id=campaign.id, kind="media", fen=fen, spent_on=TODAY, now=NOON)
    wrong = Spend.objects.get(fen=100_00)
    correct_spend(actor=marketer, campaign_id=campaign.id, spend_id=wrong.id, now=NOON)

    [cost] = costs([campaign])

    assert cost.fen == 100_01 == sum(line.fen for line in cost.by_need)
    assert (cost.leads, cost.fen_per_lead) == (4, 25_00)
    assert {line.label: line.leads for line in cost.by_need} == {"贷款政策": 2, "账户安全": 1, "理财": 1}


def test_an_entry_is_taken_back_once_and_whole_and_never_changed(
    live_quiz: LiveCampaign, marketer: Actor
) -> None:
    spend = record_spend(
        actor=marketer, campaign_id=live_quiz.id, kind="media", fen=500, spent_on=TODAY, now=NOON
    )
    counter = correct_spend(actor=marketer, campaign_id=live_quiz.id, spend_id=spend.id, now=NOON)

    for one in (spend, counter):
        with pytest.raises(AlreadyCorrected):
            correct_spend(actor=marketer, campaign_id=live_quiz.id, spend_id=one.id, now=NOON)
    for statement in (
        "UPDATE analytics_spend SET fen = 1 WHERE fen = 500",
        "DELETE FROM analytics_spend",
        COUNTER.format(new_id(), counter.id),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert sorted(Spend.objects.values_list("fen", flat=True)) == [-500, 500]


@pytest.mark.parametrize(
    ("kind", "fen", "spent_on"),
    [
        ("media", 0, TODAY),
        ("media", -5, TODAY),
        ("bribe", 5, TODAY),
        ("media", 5, TODAY + timedelta(days=1)),
        ("media", 5, TODAY - timedelta(days=1)),
        ("media", 5, date.min),
    ],
)
def test_what_cannot_be_entered_is_refused(
    live_quiz: LiveCampaign, marketer: Actor, kind: str, fen: int, spent_on: date
) -> None:
    with pytest.raises(WrongSpend):
        record_spend(
            actor=marketer, campaign_id=live_quiz.id, kind=kind, fen=fen, spent_on=spent_on, now=NOON
        )


def test_only_those_who_may_enter_costs_do(live_quiz: LiveCampaign, clerk: Actor, outsider: Actor) -> None:
    for stranger in (clerk,):
        with pytest.raises(Denied):
            record_spend(
                actor=stranger, campaign_id=live_quiz.id, kind="media", fen=5, spent_on=TODAY, now=NOON
            )
    with pytest.raises(NotFound):
        record_spend(
            actor=make_staff("ren.yi", "marketer").actor, campaign_id=UUID(int=1), kind="media", fen=5,
            spent_on=TODAY, now=NOON,
        )  # fmt: skip


def test_a_form_sent_twice_books_its_amount_once(live_quiz: LiveCampaign, marketer: Actor) -> None:
    """Two people entering the same amount are two amounts; one page sent twice is one."""
    told = {"campaign_id": live_quiz.id, "kind": "media", "fen": 500, "spent_on": TODAY, "now": NOON}
    form_key = new_id()
    record_spend(actor=marketer, form_key=form_key, **told)
    entries = Entry.objects.filter(verb="analytics.spend_recorded").count()

    with pytest.raises(AlreadyRecorded):
        record_spend(actor=marketer, form_key=form_key, **told)
    record_spend(actor=marketer, form_key=new_id(), **told)

    assert Spend.objects.count() == 2
    assert Entry.objects.filter(verb="analytics.spend_recorded").count() == entries + 1


def test_lists_read_no_campaigns_content(live_quiz: LiveCampaign, marketer: Actor) -> None:
    """A house with many campaigns: the lists take their names from the database and nothing else."""
    for page in ("analytics:leads", "analytics:costs"):
        with CaptureQueriesContext(connection) as asked:
            assert str(live_quiz.id) in signed_in(marketer).get(reverse(page)).content.decode()
        of_campaigns = [one["sql"] for one in asked if 'FROM "campaigns_campaign"' in one["sql"]]
        assert of_campaigns
        assert not [sql for sql in of_campaigns if '"draft"' in sql]


def test_the_list_is_masked_filtered_and_guarded(
    live_quiz: LiveCampaign, customer: Actor, marketer: Actor, clerk: Actor
) -> None:
    desk = signed_in(marketer)

    page = desk.get(reverse("analytics:leads")).content.decode()
    none = desk.get(reverse("analytics:leads") + "?need=loan&source=walked").content.decode()

    assert "139 **** 0001" in page
    assert "13900000001" not in page
    assert "台账记录" in page
    assert "没有符合条件的线索" in none
    assert signed_in(clerk).get(reverse("analytics:leads")).status_code == 403


def test_nothing_entered_is_no_nought_and_lists_say_how_many_took_part(
    live_quiz: LiveCampaign, marketer: Actor
) -> None:
    """Issue 8, 32: a campaign without a single entry read 0.00."""
    tell("play.started", new_player(), live_quiz)
    Figures().apply(list(Entry.objects.order_by("transaction", "id")))
    desk = signed_in(marketer)

    pages = [
        desk.get(address).content.decode()
        for address in (reverse("analytics:costs"), reverse("analytics:cost", args=[live_quiz.id]))
    ]
    campaigns = desk.get(reverse("campaigns:campaigns")).content.decode()
    [cost] = costs([Campaign.of(live_quiz.id)])

    assert (cost.fen, cost.fen_per_lead) == (None, None)
    assert all("未录入" in page and "0.00" not in page for page in pages)
    assert "参与人数" in pages[0]
    assert "参与人数" in campaigns
    assert cost.people == participation_of([live_quiz.id])[live_quiz.id] == 1


def test_leads_page_on_without_counting_or_passing_any_by(live_quiz: LiveCampaign) -> None:
    """Issue 8, 42: the last page read every lead before it."""
    found = Lead.objects.order_by("-declared_at", "-id")
    made = [
        Lead(campaign_id=live_quiz.id, participant_id=new_id(), need="wealth", declared_at=NOON)
        for _lead in range(7)
    ]
    Lead.objects.bulk_create(made)

    seen: list[UUID] = []
    after = None
    with CaptureQueriesContext(connection) as asked:
        while True:
            page = page_of_leads(found, after=after, size=3)
            seen += [lead.id for lead in page.leads]
            if page.last is None:
                break
            after = (page.last.declared_at, page.last.id)

    assert seen == sorted((lead.id for lead in made), reverse=True)
    assert len(asked) == 3
    assert not any("OFFSET" in one["sql"] or "COUNT(" in one["sql"] for one in asked)


def test_the_place_where_a_page_ended_is_read_again_and_nothing_else_is(
    live_quiz: LiveCampaign, marketer: Actor
) -> None:
    at = NOON + timedelta(microseconds=123457)
    lead = Lead(campaign_id=live_quiz.id, participant_id=new_id(), need="wealth", declared_at=at)
    desk, home = signed_in(marketer), reverse("analytics:leads")

    assert place_of(written_place(lead)) == (at, lead.id)
    for garbled in ("x", "1_", "9" * 30 + f"_{new_id()}", f"-1.000000_{new_id()}", f"²_{new_id()}"):
        assert place_of(garbled) is None
        assert desk.get(home, {"after": garbled}).status_code == 200


def test_costs_are_entered_and_taken_back_on_the_page(live_quiz: LiveCampaign, marketer: Actor) -> None:
    desk, home = signed_in(marketer), reverse("analytics:cost", args=[live_quiz.id])
    form_key = re.search(r'name="form_key" value="([\w-]+)"', desk.get(home).content.decode())
    assert form_key is not None
    entered = {"yuan": "1,200.50", "kind": "media", "spent_on": TODAY.isoformat(), "form_key": form_key[1]}
    desk.post(reverse("analytics:spend", args=[live_quiz.id]), entered)
    twice = desk.post(reverse("analytics:spend", args=[live_quiz.id]), entered, follow=True).content.decode()
    desk.post(reverse("analytics:spend", args=[live_quiz.id]), {**entered, "yuan": "twelve"})
    before = desk.get(home).content.decode()

    desk.post(reverse("analytics:correct_spend", args=[live_quiz.id]), {"spend": str(Spend.objects.get().id)})
    after = desk.get(home).content.decode()

    assert "这一笔已经登记" in twice
    assert "1,200.50" in before
    assert "请填写大于零的金额" in before
    assert "-1,200.50" in after
    assert "已冲正" in after
    assert "0.00" in desk.get(reverse("analytics:costs")).content.decode()
