"""A campaign goes off phones by itself, for every cause, and the record says why. F50, F60, S6."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse

from campaigns.games.base import Move
from campaigns.live import LiveCampaign, NotOpen, forget_live, live_campaign, open_campaign
from campaigns.models import Campaign
from campaigns.offline import offline_of
from campaigns.usecases import (
    emergency_stop,
    move_play,
    pause_unapproved,
    publish_campaign,
    rest_campaign,
    start_play,
    submit_for_review,
)
from campaigns.usecases.submitting import NotSubmittable
from compliance.gate import NotApproved
from compliance.models import ArticleVersion, Review, Withdrawal
from compliance.queries import latest_review
from compliance.usecases import ask_withdrawal, confirm_withdrawal, decide_review, drop_withdrawal
from compliance.usecases.leaning import RulesWithdrawn
from compliance.usecases.withdrawals import AlreadyAsked, OwnAsking
from compliance.withdrawals import what_can_be_withdrawn
from kernel.actor import SYSTEM, Actor
from kernel.errors import BadRequest, Denied, NotFound
from kernel.scope import scope
from ledger.models import Entry
from privacy.queries import notice_in_force
from tenancy.models import Institution, Staff, StaffNotice
from tests.campaigns.conftest import approve, bank_with_live_quiz, put_out, ready_quiz, someone
from tests.cast import NOON, make_staff
from tests.desk import signed_in

LATER = NOON + timedelta(minutes=1)


def second_officer() -> Actor:
    known = Staff.objects.filter(username="song.he").first()
    return known.actor if known else make_staff("song.he", "compliance", display_name="宋和").actor


def review_of(live: LiveCampaign) -> Review:
    found = latest_review(Campaign.of(live.id).ref, live.fingerprint)
    assert found is not None
    return found


def withdrawn(kind: str, key: str, version: str, officer: Actor) -> Withdrawal:
    asked = ask_withdrawal(
        actor=officer, kind=kind, key=key, version=version, title=key, reason="表述有误", now=NOON
    )
    return confirm_withdrawal(actor=second_officer(), withdrawal_id=asked.id, now=NOON)


def expire(live: LiveCampaign, officer: Actor) -> datetime:
    ends = review_of(live).expires_at
    assert ends is not None
    return ends


def withdraw_article(live: LiveCampaign, officer: Actor) -> datetime:
    key = review_of(live).citations.values_list("article_id", flat=True)[0]
    version = ArticleVersion(
        article_id=key, number=99, withdrawn=True, fingerprint="c" * 64, published_at=NOON
    )
    version.save(using="owner")
    return LATER


def withdraw_pack(live: LiveCampaign, officer: Actor) -> datetime:
    used = review_of(live).pack_hash
    withdrawn("pack", used, used, officer)
    return LATER


def withdraw_notice(live: LiveCampaign, officer: Actor) -> datetime:
    withdrawn("notice", live.content.frame.notice, "v1", officer)
    return LATER


def withdraw_disclaimer(live: LiveCampaign, officer: Actor) -> datetime:
    key = live.content.frame.disclaimers[0]
    version = next(
        version for kind, name, version in what_can_be_withdrawn() if (kind, name) == ("disclaimer", key)
    )
    withdrawn("disclaimer", key, version, officer)
    return LATER


Cause = Callable[[LiveCampaign, Actor], datetime]

CAUSES: list[tuple[Cause, str]] = [
    (expire, "approval_expired"),
    (withdraw_pack, "pack_withdrawn"),
    (withdraw_notice, "notice_withdrawn"),
    (withdraw_disclaimer, "notice_withdrawn"),
]


@pytest.mark.parametrize(("cause", "reason"), CAUSES)
def test_it_is_closed_before_any_sweep_and_the_record_says_why_after(
    live_quiz: LiveCampaign, officer: Actor, player: Actor, cause: Cause, reason: str
) -> None:
    """F50: expiry, a withdrawn pack, notice or sentence; phones learn no reason."""
    begun = start_play(actor=player, code=live_quiz.code, now=NOON)

    moment = cause(live_quiz, officer)

    forget_live()
    with pytest.raises(NotOpen) as closed:
        open_campaign(live_quiz.code, moment)
    assert closed.value.details["phase"] == "paused"
    with pytest.raises(NotOpen):
        move_play(actor=player, code=live_quiz.code, play_id=begun.play_id, move=Move("finish"), now=moment)
    offline = offline_of(Campaign.objects.select_related("live_version").get(id=live_quiz.id), moment)
    assert offline is not None
    assert offline.code == reason
    assert pause_unapproved(actor=SYSTEM, now=moment) == 1
    assert pause_unapproved(actor=SYSTEM, now=moment) == 0
    assert StaffNotice.objects.filter(kind="campaign.rested", subject_id=live_quiz.id).count() == 1
    rested = Entry.objects.get(verb="campaigns.paused")
    assert (rested.data, rested.version_id) == ({"reason": reason}, live_quiz.version_id)


def test_a_withdrawn_article_closes_it_at_once(committed_db: str) -> None:
    """F60: nobody waits for the next round of the sweep, nor can it be put out again, even by plain SQL."""
    bank_id, live = bank_with_live_quiz()
    with scope(bank_id):
        moment = withdraw_article(live, SYSTEM)

        forget_live()
        with pytest.raises(NotOpen):
            open_campaign(live.code, moment)
        author = someone("marketer", other_than=SYSTEM)
        with pytest.raises(NotApproved):
            publish_campaign(actor=author, campaign_id=live.id, now=moment)

        assert pause_unapproved(actor=SYSTEM, now=moment) == 1
        assert Entry.objects.get(verb="campaigns.paused").data == {"reason": "article_withdrawn"}
        assert review_of(live).status == "approved", "no sweep of approvals has come by"
        with pytest.raises(IntegrityError, match="nobody approved"), transaction.atomic():
            Campaign.objects.filter(id=live.id).update(status="published")


def test_the_last_moment_of_an_approval_is_played_and_the_next_is_not(live_quiz: LiveCampaign) -> None:
    """The pointer in memory knows the day: no second of grace, and no query for it."""
    ends = review_of(live_quiz).expires_at
    assert ends is not None
    live = live_campaign(live_quiz.code)

    assert live.is_approved(ends - timedelta(seconds=1))
    assert live.phase(ends) == "paused"


def test_one_campaign_being_changed_keeps_no_other_online(committed_db: str) -> None:
    """A colleague holds one campaign; the others are rested in the same round, it in the next."""
    bank_id, held = bank_with_live_quiz()
    with scope(bank_id):
        author = make_staff("he.shu", "marketer").actor
        other = put_out(ready_quiz(author, title="第二个反诈闯关"), author)
        late = NOON + timedelta(days=200)
        locked, done = threading.Event(), threading.Event()

        def hold() -> None:
            with scope(bank_id), transaction.atomic():
                Campaign.objects.locked(held.id)
                locked.set()
                done.wait(20)
            connections.close_all()

        colleague = threading.Thread(target=hold)
        colleague.start()
        assert locked.wait(20)

        assert not rest_campaign(actor=SYSTEM, campaign_id=held.id, now=late)
        assert pause_unapproved(actor=SYSTEM, now=late) == 1
        assert Campaign.of(other.id).status == "paused"
        assert Campaign.of(held.id).status == "published"

        done.set()
        colleague.join()
        assert pause_unapproved(actor=SYSTEM, now=late) == 1


def test_colleagues_read_why_and_phones_only_that_it_rests(
    live_quiz: LiveCampaign, marketer: Actor, officer: Actor, bank: Institution
) -> None:
    withdraw_pack(live_quiz, officer)
    forget_live()

    desk = signed_in(marketer).get(reverse("campaigns:campaign", args=[live_quiz.id])).content.decode()
    phone = signed_in(marketer).get(f"/h/{bank.slug}/{live_quiz.code}/")

    assert "审核时使用的规则包已撤回" in desk
    assert phone.status_code == 409
    assert "活动暂停一会儿" in phone.content.decode()
    assert "规则包" not in phone.content.decode()


def test_an_emergency_stop_says_so_to_colleagues(
    live_quiz: LiveCampaign, officer: Actor, marketer: Actor
) -> None:
    emergency_stop(actor=officer, campaign_id=live_quiz.id, reason="complaint", now=NOON)

    offline = offline_of(Campaign.objects.select_related("live_version").get(id=live_quiz.id), NOON)

    assert offline is not None
    assert (offline.code, offline.since) == ("emergency", NOON)


def test_a_stop_is_told_to_whoever_reviews_and_to_whoever_checks_the_certificate(
    live_quiz: LiveCampaign, officer: Actor, marketer: Actor, bank: Institution, client: Client
) -> None:
    """F50: the public reads since when and never why; reviewers of the next version read both."""
    number = review_of(live_quiz).certificate
    certificate = reverse("compliance:certificate", args=[bank.slug, number])
    assert "编号有效" in client.get(certificate).content.decode()
    emergency_stop(actor=officer, campaign_id=live_quiz.id, reason="客户投诉题目有误", now=NOON)

    public = client.get(certificate).content.decode()
    assert "内容已停止展示" in public
    assert "编号有效" not in public
    assert "投诉" not in public

    campaign = Campaign.objects.get(id=live_quiz.id)
    campaign.draft = {**campaign.draft, "title": "反诈知识闯关（更正）"}
    campaign.save(update_fields=["draft"])
    submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)
    review = latest_review(campaign.ref)
    assert review is not None
    desk = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()
    assert "这个活动已被紧急停止" in desk
    assert "客户投诉题目有误" in desk

    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    page = signed_in(marketer).get(reverse("campaigns:campaign", args=[campaign.id])).content.decode()
    assert "已审核通过，可以发布" not in page
    assert "先由合规岗或管理员解除停止" in page


# --- withdrawing ----------------------------------------------------------------------------------


def test_a_withdrawal_waits_for_a_second_person(live_quiz: LiveCampaign, officer: Actor) -> None:
    used = review_of(live_quiz).pack_hash
    asked = ask_withdrawal(
        actor=officer, kind="pack", key=used, version=used, title="规则包", reason="漏了一类词", now=NOON
    )

    with pytest.raises(OwnAsking):
        confirm_withdrawal(actor=officer, withdrawal_id=asked.id, now=NOON)
    with pytest.raises(AlreadyAsked):
        ask_withdrawal(
            actor=officer, kind="pack", key=used, version=used, title="规则包", reason="再提", now=NOON
        )
    forget_live()
    assert open_campaign(live_quiz.code, NOON)

    confirm_withdrawal(actor=second_officer(), withdrawal_id=asked.id, now=NOON)

    assert review_of(live_quiz).status == "revoked"
    assert Entry.objects.filter(verb="compliance.withdrawal_confirmed").count() == 1


def test_what_is_being_reviewed_goes_back_and_nothing_new_leans_on_it(
    draft_quiz: Campaign, marketer: Actor, officer: Actor
) -> None:
    """A pack that is withdrawn is checked with no more; another pack opens the way again."""
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    review = latest_review(draft_quiz.ref)
    assert review is not None

    withdrawn("pack", review.pack_hash, review.pack_hash, officer)

    review.refresh_from_db()
    assert (review.status, review.ended_because.partition(":")[0]) == ("withdrawn", "pack")
    with pytest.raises(RulesWithdrawn):
        submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=LATER)


def test_a_withdrawn_sentence_or_notice_stands_in_the_way_of_a_submission(
    draft_quiz: Campaign, marketer: Actor, officer: Actor
) -> None:
    key = draft_quiz.draft["disclaimers"][0]
    notice = notice_in_force("service_booking")
    assert notice is not None
    version = next(v for kind, name, v in what_can_be_withdrawn() if (kind, name) == ("disclaimer", key))
    withdrawn("disclaimer", key, version, officer)
    asked = ask_withdrawal(
        actor=officer, kind="notice", key=notice.key, version=notice.fingerprint, title="告知", reason="过期",
        now=NOON,
    )  # fmt: skip
    confirm_withdrawal(actor=someone("compliance", other_than=officer), withdrawal_id=asked.id, now=NOON)

    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=LATER)

    codes = {problem.code for problem in refused.value.checked.problems}
    assert codes == {"disclaimer_withdrawn", "notice_withdrawn"}


def test_the_page_asks_confirms_and_shows_the_record(
    live_quiz: LiveCampaign, officer: Actor, marketer: Actor
) -> None:
    used = review_of(live_quiz).pack_hash
    page = reverse("campaigns:withdrawals")
    browser = signed_in(officer)
    assert "1 份审核在用" in browser.get(page).content.decode()

    asked = {"what": f"pack|{used}|{used}", "reason": "漏了一类词"}
    browser.post(reverse("campaigns:withdrawal_ask"), asked)
    waiting = Withdrawal.objects.get()
    confirm = reverse("campaigns:withdrawal_settle", args=[waiting.id, "confirm"])
    browser.post(confirm)
    assert Withdrawal.objects.get().status == "asked"
    signed_in(second_officer()).post(confirm)

    assert Withdrawal.objects.get().revoked == 1
    assert "漏了一类词" in browser.get(page).content.decode()
    assert signed_in(marketer).get(page).status_code == 403


def test_a_withdrawal_can_be_dropped_and_asked_for_again(live_quiz: LiveCampaign, officer: Actor) -> None:
    used = review_of(live_quiz).pack_hash
    told: dict[str, Any] = {
        "kind": "pack",
        "key": used,
        "version": used,
        "title": "规则包",
        "reason": "再看看",
    }
    asked = ask_withdrawal(actor=officer, **told, now=NOON)

    assert drop_withdrawal(actor=officer, withdrawal_id=asked.id, now=NOON).status == "dropped"

    assert ask_withdrawal(actor=officer, **told, now=LATER).status == "asked"
    with pytest.raises(NotFound):
        confirm_withdrawal(actor=second_officer(), withdrawal_id=asked.id, now=LATER)
    with pytest.raises(BadRequest):
        ask_withdrawal(actor=officer, **{**told, "key": "nothing"}, now=LATER)


def test_outsiders_and_marketers_withdraw_nothing(
    live_quiz: LiveCampaign, marketer: Actor, outsider: Actor, officer: Actor, insurer: Institution
) -> None:
    used = review_of(live_quiz).pack_hash
    told: dict[str, Any] = {"kind": "pack", "key": used, "version": used, "title": "规则包", "reason": "外人"}
    asked = ask_withdrawal(actor=officer, **told, now=NOON)

    with pytest.raises(Denied):
        ask_withdrawal(actor=marketer, **told, now=NOON)
    with scope(insurer.id), pytest.raises(NotFound):
        confirm_withdrawal(actor=outsider, withdrawal_id=asked.id, now=NOON)


def test_a_new_approval_brings_it_back(live_quiz: LiveCampaign, marketer: Actor, officer: Actor) -> None:
    """A corrected notice is another version: reviewed anew, the campaign goes on."""
    withdraw_notice(live_quiz, officer)
    pause_unapproved(actor=SYSTEM, now=NOON)
    campaign = Campaign.of(live_quiz.id)
    with pytest.raises(NotApproved):
        publish_campaign(actor=marketer, campaign_id=campaign.id, now=NOON)

    approve(campaign, marketer)
    publish_campaign(actor=marketer, campaign_id=campaign.id, now=NOON)

    assert open_campaign(live_quiz.code, NOON)
