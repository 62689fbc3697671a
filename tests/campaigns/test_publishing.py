"""Only what compliance approved goes live, and it comes off within seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from campaigns.content import read_content
from campaigns.live import LiveCampaign, NotOpen, live_campaign
from campaigns.models import Campaign, Channel, Halt, Version
from campaigns.offline import halt_of, halts_of
from campaigns.usecases import (
    close_campaign,
    emergency_stop,
    lift_stop,
    pause_campaign,
    pause_unapproved,
    publish_campaign,
    resume_campaign,
    save_draft,
    start_play,
    submit_for_review,
    withdraw_submission,
)
from campaigns.usecases.drafting import DraftMoved
from campaigns.usecases.publishing import PeriodOver, ReasonNeeded
from campaigns.usecases.submitting import NothingNew, NotSubmittable
from compliance.evidence_pages import index_page
from compliance.evidence_plan import plan_of
from compliance.gate import NotApproved
from compliance.models import Review
from compliance.queries import latest_review
from compliance.usecases import decide_review
from compliance.usecases.reviews import OwnWork
from kernel.actor import SYSTEM, Actor
from kernel.errors import Denied, NotFound
from kernel.fingerprint import fingerprint
from kernel.lifecycle import IllegalTransition
from kernel.scope import scope
from ledger.models import Entry
from rewards.models import Benefit
from tenancy.models import Institution
from tests.campaigns.conftest import approve, ready_quiz
from tests.cast import NOON, make_staff
from tests.desk import signed_in


def edit(marketer: Actor, campaign: Campaign, **changes: Any) -> Campaign:
    fresh = Campaign.of(campaign.id)
    return save_draft(
        actor=marketer,
        campaign_id=fresh.id,
        revision=fresh.revision,
        draft={**fresh.draft, **changes},
        now=NOON,
    )


def publish(marketer: Actor, campaign: Campaign) -> Campaign:
    return publish_campaign(actor=marketer, campaign_id=campaign.id, now=NOON)


def verbs_of(campaign: Campaign) -> list[str]:
    return list(Entry.objects.filter(subject_id=campaign.id).order_by("id").values_list("verb", flat=True))


# --- the gate -------------------------------------------------------------------------------------


def test_a_draft_cannot_be_published(marketer: Actor, draft_quiz: Campaign) -> None:
    with pytest.raises(NotApproved):
        publish(marketer, draft_quiz)


def test_a_submission_alone_opens_nothing(marketer: Actor, draft_quiz: Campaign) -> None:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    with pytest.raises(NotApproved):
        publish(marketer, draft_quiz)


def test_what_was_approved_can_be_published(marketer: Actor, draft_quiz: Campaign) -> None:
    """F50."""
    approve(draft_quiz, marketer)

    campaign = publish(marketer, draft_quiz)

    assert campaign.status == "published"
    assert live_campaign(campaign.code).version_number == 1
    assert verbs_of(campaign)[-2:] == ["campaigns.submitted", "campaigns.published"]


def test_an_edit_after_approval_closes_the_gate(marketer: Actor, draft_quiz: Campaign) -> None:
    approve(draft_quiz, marketer)
    edit(marketer, draft_quiz, title="反诈知识大闯关")

    with pytest.raises(NotApproved):
        publish(marketer, draft_quiz)


def test_an_edit_leaves_the_live_version_live(
    marketer: Actor, draft_quiz: Campaign, live_quiz: LiveCampaign
) -> None:
    edit(marketer, draft_quiz, title="反诈知识大闯关")

    assert live_campaign(live_quiz.code).content.frame.title == "反诈知识闯关"
    with pytest.raises(NotApproved):
        publish(marketer, draft_quiz)


def test_a_newer_approved_version_takes_over(
    marketer: Actor, draft_quiz: Campaign, live_quiz: LiveCampaign, player: Actor
) -> None:
    """F71: a play that began earlier keeps the version it began with."""
    early = start_play(actor=player, code=live_quiz.code, now=NOON)
    edit(marketer, draft_quiz, title="反诈知识大闯关")
    approve(draft_quiz, marketer)

    publish(marketer, draft_quiz)

    assert live_campaign(live_quiz.code).version_number == 2
    assert start_play(actor=player, code=live_quiz.code, now=NOON).version_id == early.version_id


def test_going_back_to_approved_words_opens_the_gate_again(marketer: Actor, draft_quiz: Campaign) -> None:
    approve(draft_quiz, marketer)
    edit(marketer, draft_quiz, title="反诈知识大闯关")
    edit(marketer, draft_quiz, title="反诈知识闯关")

    assert publish(marketer, draft_quiz).status == "published"


def test_an_approval_that_has_run_out_opens_nothing(marketer: Actor, draft_quiz: Campaign) -> None:
    approve(draft_quiz, marketer)

    with pytest.raises(NotApproved):
        publish_campaign(actor=marketer, campaign_id=draft_quiz.id, now=NOON + timedelta(days=400))


def test_a_campaign_whose_days_are_over_is_not_published(marketer: Actor, draft_quiz: Campaign) -> None:
    approve(draft_quiz, marketer)

    with pytest.raises(PeriodOver):
        publish_campaign(actor=marketer, campaign_id=draft_quiz.id, now=NOON + timedelta(days=40))


def test_the_author_cannot_approve_even_with_the_role(consult: Benefit) -> None:
    """W3."""
    both = make_staff("quan.neng", "marketer", "compliance").actor
    campaign = ready_quiz(both)
    submit_for_review(actor=both, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None

    with pytest.raises(OwnWork):
        decide_review(actor=both, review_id=review.id, verdict="approve", now=NOON)


# --- the gate, by plain SQL as the runtime role ---------------------------------------------------


def refused_by_database(sql: str, *values: Any) -> str:
    with (
        pytest.raises((IntegrityError, ProgrammingError)) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return str(refused.value)


def test_sql_cannot_point_to_an_unapproved_version(
    marketer: Actor, draft_quiz: Campaign, live_quiz: LiveCampaign
) -> None:
    edit(marketer, draft_quiz, title="反诈知识大闯关")
    version = submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    complaint = refused_by_database(
        "UPDATE campaigns_campaign SET live_version_id = %s WHERE id = %s",
        str(version.id),
        str(draft_quiz.id),
    )

    assert "nobody approved this version" in complaint


def test_sql_cannot_borrow_another_campaigns_version(
    marketer: Actor, draft_quiz: Campaign, live_quiz: LiveCampaign
) -> None:
    other = ready_quiz(marketer, title="另一个活动")

    complaint = refused_by_database(
        "UPDATE campaigns_campaign SET live_version_id = %s, status = 'published' WHERE id = %s",
        str(live_quiz.version_id),
        str(other.id),
    )

    assert "belongs to another campaign" in complaint


def test_sql_cannot_show_something_else_under_an_approved_fingerprint(
    marketer: Actor, officer: Actor, draft_quiz: Campaign
) -> None:
    content = read_content(draft_quiz.draft).as_json()
    forged = Version.objects.create(
        campaign=draft_quiz,
        number=1,
        content={**content, "title": "高收益理财，稳赚不赔"},
        fingerprint=fingerprint(content),
        created_by_id=marketer.id,
        created_at=NOON,
    )
    approve(draft_quiz, marketer)

    complaint = refused_by_database(
        "UPDATE campaigns_campaign SET live_version_id = %s, starts_on = %s, ends_on = %s",
        str(forged.id),
        content["starts_on"],
        content["ends_on"],
    )

    assert "this is not what was approved" in complaint


@pytest.mark.parametrize(
    "sql", ["UPDATE campaigns_version SET fingerprint = 'x'", "DELETE FROM campaigns_version"]
)
def test_sql_cannot_touch_a_version(live_quiz: LiveCampaign, sql: str) -> None:
    assert "permission denied" in refused_by_database(sql)


def test_sql_cannot_stretch_the_approved_period(live_quiz: LiveCampaign) -> None:
    complaint = refused_by_database("UPDATE campaigns_campaign SET ends_on = ends_on + 100")

    assert "not the approved one" in complaint


# --- coming off -----------------------------------------------------------------------------------


def test_pause_and_resume(marketer: Actor, live_quiz: LiveCampaign, player: Actor) -> None:
    pause_campaign(actor=marketer, campaign_id=live_quiz.id, reason="网点排队，先暂停", now=NOON)
    with pytest.raises(NotOpen):
        start_play(actor=player, code=live_quiz.code, now=NOON)

    resume_campaign(actor=marketer, campaign_id=live_quiz.id, now=NOON)

    assert start_play(actor=player, code=live_quiz.code, now=NOON)


def test_compliance_stops_a_campaign_and_only_compliance_lifts_it(
    marketer: Actor, officer: Actor, live_quiz: LiveCampaign, player: Actor
) -> None:
    emergency_stop(actor=officer, campaign_id=live_quiz.id, reason="complaint", now=NOON)

    with pytest.raises(NotOpen):
        start_play(actor=player, code=live_quiz.code, now=NOON)
    with pytest.raises(IllegalTransition):
        resume_campaign(actor=marketer, campaign_id=live_quiz.id, now=NOON)
    with pytest.raises(Denied):
        lift_stop(actor=marketer, campaign_id=live_quiz.id, now=NOON)
    assert lift_stop(actor=officer, campaign_id=live_quiz.id, now=NOON).status == "paused"


def test_a_stop_is_on_the_record_with_its_version(officer: Actor, live_quiz: LiveCampaign) -> None:
    """Why is kept beside the campaign; the ledger has its fingerprint and not a word of it."""
    emergency_stop(actor=officer, campaign_id=live_quiz.id, reason=" 宣传语有误 ", now=NOON)

    entry, halt = Entry.objects.get(verb="campaigns.stopped"), Halt.objects.get()

    assert (halt.deed, halt.reason, halt.by_id, halt.version_id) == (
        "stop", "宣传语有误", officer.id, live_quiz.version_id,
    )  # fmt: skip
    assert (entry.version_id, entry.data) == (
        live_quiz.version_id,
        {"halt": str(halt.id), "reason_hash": fingerprint("宣传语有误")},
    )


@pytest.mark.parametrize("reason", ["", "  \n ", "长" * 501])
def test_nobody_takes_a_campaign_off_without_saying_why(
    marketer: Actor, officer: Actor, live_quiz: LiveCampaign, reason: str
) -> None:
    with pytest.raises(ReasonNeeded):
        emergency_stop(actor=officer, campaign_id=live_quiz.id, reason=reason, now=NOON)
    with pytest.raises(ReasonNeeded):
        pause_campaign(actor=marketer, campaign_id=live_quiz.id, reason=reason, now=NOON)

    assert Campaign.of(live_quiz.id).status == "published"


def test_no_sql_changes_why_a_campaign_was_stopped(officer: Actor, live_quiz: LiveCampaign) -> None:
    emergency_stop(actor=officer, campaign_id=live_quiz.id, reason="宣传语有误", now=NOON)

    assert "permission denied" in refused_by_database("UPDATE campaigns_halt SET reason = 'x'")


def test_colleagues_read_why_it_stopped_and_what_customers_read(
    officer: Actor, marketer: Actor, live_quiz: LiveCampaign, bank: Institution
) -> None:
    """One truth on desk and phone: the sentence the desk quotes is the one the phone shows."""
    page, phone = reverse("campaigns:campaign", args=[live_quiz.id]), f"/h/{bank.slug}/{live_quiz.code}/"
    deed = reverse("campaigns:deed", args=[live_quiz.id, "stop"])

    wordless = signed_in(officer).post(deed, {"reason": " "}, follow=True).content.decode()
    signed_in(officer).post(deed, {"reason": "宣传语有误"})
    desk = signed_in(marketer).get(page).content.decode()
    closed = signed_in(marketer).get(phone).content.decode()

    assert "请写明原因" in wordless
    assert "宣传语有误" in desk
    assert "客户看到“活动已停止”" in desk
    assert "<h1>活动已停止</h1>" in closed
    assert "宣传语" not in closed


def test_a_pause_says_why_until_it_goes_on_and_stays_on_the_page(
    marketer: Actor, live_quiz: LiveCampaign
) -> None:
    pause_campaign(actor=marketer, campaign_id=live_quiz.id, reason="网点排队，先暂停", now=NOON)
    paused = halt_of(Campaign.of(live_quiz.id))

    resume_campaign(actor=marketer, campaign_id=live_quiz.id, now=NOON)
    resumed = Campaign.of(live_quiz.id)

    assert paused is not None
    assert paused.reason == "网点排队，先暂停"
    assert halt_of(resumed) is None
    assert [one.reason for one in halts_of(resumed.id)] == ["网点排队，先暂停"]


def test_reviewers_and_regulators_read_why_it_was_stopped(
    officer: Actor, live_quiz: LiveCampaign, bank: Institution
) -> None:
    """On the review desk and in the evidence package, where a number somebody typed is masked."""
    emergency_stop(actor=officer, campaign_id=live_quiz.id, reason="宣传语有误，来电13800138000", now=NOON)
    review = Review.objects.get(subject_id=live_quiz.id)

    desk = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()
    plan = plan_of(review.subject, asked_at=NOON)
    index = index_page(plan, bank, NOON, "zh-hans").decode()

    assert "宣传语有误，来电13800138000" in desk
    assert [one["reason"] for one in plan["halts"]] == ["宣传语有误，来电138****8000"]
    assert "宣传语有误，来电138****8000" in index


def test_a_campaign_whose_approval_runs_out_is_rested(marketer: Actor, live_quiz: LiveCampaign) -> None:
    later = NOON + timedelta(days=200)

    assert pause_unapproved(actor=SYSTEM, now=NOON) == 0
    assert pause_unapproved(actor=SYSTEM, now=later) == 1
    assert pause_unapproved(actor=SYSTEM, now=later) == 0

    assert Campaign.of(live_quiz.id).status == "paused"
    with pytest.raises(NotApproved):
        resume_campaign(actor=marketer, campaign_id=live_quiz.id, now=later)


def test_a_closed_campaign_stays_closed(marketer: Actor, live_quiz: LiveCampaign) -> None:
    close_campaign(actor=marketer, campaign_id=live_quiz.id, now=NOON)

    with pytest.raises(IllegalTransition):
        publish(marketer, Campaign.of(live_quiz.id))


def test_publishing_opens_a_way_in_for_each_channel(marketer: Actor, live_quiz: LiveCampaign) -> None:
    """F15."""
    assert [channel.name for channel in Channel.objects.filter(campaign_id=live_quiz.id)] == ["公众号菜单"]


# --- submitting -----------------------------------------------------------------------------------


def test_a_draft_with_a_yield_promise_is_not_submitted(marketer: Actor, consult: Benefit) -> None:
    """F3, F55."""
    campaign = ready_quiz(marketer, title="保本保收益理财知识")

    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)

    assert {finding.path for finding in refused.value.checked.blocking} == {"title"}
    assert not Version.objects.exists()


def test_without_the_mandatory_sentence_it_is_not_submitted(marketer: Actor, draft_quiz: Campaign) -> None:
    """F10: the refusal names the rule."""
    campaign = edit(marketer, draft_quiz, title="认识净值型理财产品")

    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)

    assert [(finding.rule, finding.path) for finding in refused.value.checked.blocking] == [
        ("PR-WMP", "disclaimers")
    ]


def test_a_draft_citing_an_unknown_article_is_not_submitted(marketer: Actor, draft_quiz: Campaign) -> None:
    settings = {**draft_quiz.draft["settings"]}
    settings["questions"] = [{**settings["questions"][0], "article": "NO-SUCH-1"}, *settings["questions"][1:]]
    campaign = edit(marketer, draft_quiz, settings=settings)

    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)

    assert [problem.path for problem in refused.value.checked.problems] == ["settings.questions.0.article"]


def test_a_service_outside_the_catalogue_is_not_submitted(marketer: Actor, draft_quiz: Campaign) -> None:
    """F12."""
    campaign = edit(marketer, draft_quiz, awards={"passed": {"benefit": str(UUID(int=9))}})

    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)

    assert [problem.code for problem in refused.value.checked.problems] == ["no_such_benefit"]


def test_a_colleague_who_saved_in_the_meantime_is_not_overrun(marketer: Actor, draft_quiz: Campaign) -> None:
    with pytest.raises(DraftMoved):
        submit_for_review(
            actor=marketer, campaign_id=draft_quiz.id, revision=draft_quiz.revision - 1, now=NOON
        )


def test_approved_words_need_no_second_review(marketer: Actor, draft_quiz: Campaign) -> None:
    approve(draft_quiz, marketer)

    with pytest.raises(NothingNew):
        submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)


def test_a_submission_can_be_taken_back(marketer: Actor, draft_quiz: Campaign) -> None:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    withdraw_submission(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    review = latest_review(draft_quiz.ref)
    assert review is not None
    assert review.status == "withdrawn"


def test_a_new_submission_replaces_the_one_that_waits(marketer: Actor, draft_quiz: Campaign) -> None:
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    edit(marketer, draft_quiz, title="反诈知识大闯关")

    version = submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    review = latest_review(draft_quiz.ref)
    assert version.number == 2
    assert review is not None
    assert review.fingerprint == version.fingerprint


def test_only_marketers_submit(officer: Actor, draft_quiz: Campaign) -> None:
    with pytest.raises(Denied):
        submit_for_review(actor=officer, campaign_id=draft_quiz.id, now=NOON)


def test_to_an_outsider_the_campaign_does_not_exist(
    outsider: Actor, draft_quiz: Campaign, insurer: Institution
) -> None:
    with scope(insurer.id), pytest.raises(NotFound):
        submit_for_review(actor=outsider, campaign_id=draft_quiz.id, now=NOON)
