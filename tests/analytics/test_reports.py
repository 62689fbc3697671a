"""F58: the compliance report: the same bytes twice, the ledger's numbers, Chinese on paper, nobody's name."""

from __future__ import annotations

import json
import random
import re
import time
import zlib
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics import making
from analytics.models import Report, ReportOrder
from analytics.queries.reports import checks_due, orders_due
from analytics.registry import report_kinds
from analytics.reports.base import EXACT_STAGES
from analytics.usecases.reports import (
    Finished,
    NothingToReport,
    ask_for_check,
    claim_report,
    note_check,
    note_failure,
    note_late_check,
    order_due_reports,
    order_report,
    retry_report,
    settle_report,
    take_out_report,
    take_up_due_reports,
)
from campaigns.usecases import create_campaign_from_preset
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import Denied, NotFound
from kernel.fingerprint import canonical_json
from kernel.scope import scope
from kernel.timekeeping import local_day, start_of_day
from ledger.models import Entry
from ledger.record import record
from tenancy.models import StaffNotice
from tests.analytics.conftest import Floor, catch_up, until_settled
from tests.cast import NOON, make_institution, make_staff
from tests.desk import signed_in

LATER = NOON + timedelta(hours=6)


def made(floor: Floor, until: Any = LATER, now: Any = LATER) -> Report:
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=floor.live.id, until=until, now=now)
    until_settled()
    report = making.make_report(order_id=order.id, now=now)
    assert report is not None, ReportOrder.objects.get(pk=order.id).problem
    return report


def test_two_runs_on_the_same_ledger_are_byte_identical(floor: Floor) -> None:
    floor.crowd(400)
    first = made(floor)
    kept = (canonical_json(first.content), bytes(first.pdf))

    # The ledger has moved on; counted from the same basis, nothing differs.
    floor.crowd(50, seed=2)
    again = making._content("compliance", floor.live.id, making.Basis(first.until, _basis(first)))
    paper = making.draw(
        report_kinds()["compliance"],
        again,
        institution=making.institution_of(floor.institution_id),
        number=first.number,
        fingerprint=first.fingerprint,
        until=first.until,
    )

    assert canonical_json(again) == kept[0]
    assert paper == kept[1]
    assert making.comes_out_the_same(Report.objects.get(pk=first.pk))


def test_its_numbers_are_those_of_the_crowd(floor: Floor) -> None:
    crowd = floor.crowd(600)

    content = made(floor).content

    for (_campaign, stage), people in crowd.people.items():
        assert content["stages"][stage] == {
            "people": len(people),
            "events": crowd.events[floor.live.id, stage],
        }
    assert content["knowledge"]["answered"] == sum(count for count, _right in crowd.answers.values())
    assert content["knowledge"]["correct"] == sum(right for _count, right in crowd.answers.values())


def test_it_tells_of_consents_withdrawals_reveals_and_erasures_of_its_own_people(floor: Floor) -> None:
    crowd = floor.crowd(50)
    inside, outside = next(iter(crowd.people[floor.live.id, "seen"])), Actor("participant", UUID(int=7))
    with transaction.atomic():
        for person in (Actor("participant", inside), outside):
            about = Ref("participant", person.id)
            record("privacy.withdrawn", actor=person, subject=about, at=NOON, purpose="booking")
            record("privacy.revealed", actor=crowd.clerk, subject=about, at=NOON, field="phone")
            record("privacy.forgotten", actor=SYSTEM, subject=about, at=NOON)

    protection = made(floor).content["protection"]

    assert protection["privacy.revealed"] == {"people": 1, "events": 1}
    assert protection["privacy.withdrawn"] == {"people": 1, "events": 1}
    assert protection["privacy.forgotten"] == {"people": 1, "events": 1}


def test_it_names_the_approvals_of_what_customers_saw(floor: Floor) -> None:
    floor.crowd(10)

    content = made(floor).content

    assert len(content["approvals"]) == 1
    assert content["approvals"][0]["fingerprint"] == floor.live.fingerprint
    assert content["approvals"][0]["certificate"]


def test_small_channels_are_not_told_apart(floor: Floor) -> None:
    """F73."""
    floor.crowd(12)

    content = made(floor).content

    shown = [one["people"]["started"] for one in content["channels"]]
    assert all(value is None or value == 0 or value >= 5 for value in shown)


def test_a_later_report_does_not_give_away_a_handful_by_subtraction(floor: Floor) -> None:
    """F73: also by difference of two reports."""
    floor.crowd(300)
    first = made(floor, until=NOON, now=LATER)
    crowd = floor.crowd(2, seed=9)
    assert crowd.people

    second = made(floor, until=LATER, now=LATER)

    before = {one["id"]: one["answered"] for one in first.content["knowledge"]["questions"]}
    for one in second.content["knowledge"]["questions"]:
        if one["answered"] is not None and before[one["id"]] is not None:
            difference = one["answered"] - before[one["id"]]
            assert difference == 0 or difference >= 5


def test_the_paper_is_chinese_and_carries_its_own_font(floor: Floor) -> None:
    floor.crowd(40)

    pdf = bytes(made(floor).pdf)

    assert pdf.startswith(b"%PDF-")
    streams = b"".join(_inflated(pdf)) + pdf
    assert b"NotoSansCJK" in streams
    assert len(pdf) > 20_000


def test_a_finished_report_cannot_be_changed_or_removed(floor: Floor) -> None:
    floor.crowd(10)
    report = made(floor)

    for statement in (
        "UPDATE analytics_report SET number = 'X' WHERE id = %s",
        "DELETE FROM analytics_report WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [report.id])


def test_asking_twice_is_one_order_and_making_twice_is_one_report(floor: Floor) -> None:
    floor.crowd(10)
    first = made(floor)

    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER)
    again = making.make_report(order_id=order.id, now=LATER)

    assert order.id == first.order_id
    assert again is None
    assert Report.objects.count() == 1


def test_what_goes_wrong_is_seen_on_the_page_and_tried_again(floor: Floor, monkeypatch: Any) -> None:
    floor.crowd(10)
    order = order_report(
        actor=floor.officer, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER
    )
    monkeypatch.setattr("analytics.making.draw", _no_paper)

    making.make_report(order_id=order.id, now=LATER)

    order.refresh_from_db()
    assert (order.state, order.problem, order.tries) == ("failed", "OSError", 1)
    page = signed_in(floor.officer).get(reverse("analytics:reports")).content.decode()
    assert "生成失败" in page
    assert "立即重试" in page
    assert orders_due(LATER) == []
    assert orders_due(order.next_try_at) == [order.id]

    monkeypatch.undo()
    retry_report(actor=floor.officer, order_id=order.id, now=LATER)
    assert making.make_report(order_id=order.id, now=LATER) is not None


def test_counting_that_takes_too_long_is_told_to_who_waits_and_not_tried_again(
    floor: Floor, monkeypatch: Any
) -> None:
    """Issue 8, 37: a timeout would come again; the same count was tried for ever."""
    floor.crowd(400)
    until_settled()
    order = order_report(
        actor=floor.officer, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER
    )
    monkeypatch.setattr("analytics.making.COUNTING_SECONDS", 0.001)

    making.make_report(order_id=order.id, now=LATER)

    order.refresh_from_db()
    assert (order.state, order.problem, order.tries) == ("given_up", "too_long", 1)
    assert orders_due(LATER + timedelta(days=30)) == []
    notice = StaffNotice.objects.get(kind="report.given_up")
    assert notice.recipient_id == floor.officer.id
    browser = signed_in(floor.officer)
    assert "不再自动重试" in browser.get(reverse("analytics:reports")).content.decode()
    assert "没有生成" in browser.get(reverse("tenancy:notices")).content.decode()

    monkeypatch.undo()
    retry_report(actor=floor.officer, order_id=order.id, now=LATER)
    assert making.make_report(order_id=order.id, now=LATER) is not None


def test_what_fails_eight_times_is_given_up_and_told(floor: Floor) -> None:
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER)

    for _time in range(8):
        assert orders_due(LATER + timedelta(days=1)) == [order.id]
        note_failure(actor=SYSTEM, order_id=order.id, problem="OSError", now=LATER)

    assert orders_due(LATER + timedelta(days=1)) == []
    notice = StaffNotice.objects.get(kind="report.given_up")
    assert notice.recipient_id == floor.campaign.author_id


def test_a_report_in_the_making_is_not_made_twice(floor: Floor) -> None:
    """The sweep took up what a worker was still counting, and counted it beside it."""
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER)

    first = claim_report(actor=SYSTEM, order_id=order.id, now=LATER)
    second = claim_report(actor=SYSTEM, order_id=order.id, now=LATER + timedelta(minutes=5))

    assert first is not None
    assert second is None
    assert orders_due(LATER + timedelta(minutes=5)) == []
    assert orders_due(LATER + timedelta(minutes=6)) == [order.id]  # its worker was killed
    assert take_up_due_reports(actor=SYSTEM, now=LATER + timedelta(minutes=6)) == ([order.id], [])
    assert take_up_due_reports(actor=SYSTEM, now=LATER + timedelta(minutes=7)) == ([], [])


def test_the_ledger_is_gone_through_four_times_for_a_report_at_most(floor: Floor) -> None:
    """It was seven times, each time with every column of every entry kept aside."""
    floor.crowd(30)
    until_settled()
    basis = making.Basis(LATER, making.settled_position())

    with CaptureQueriesContext(connection) as asked:
        making._content("compliance", floor.live.id, basis)

    assert 3 <= sum("ledger_entry" in one["sql"] for one in asked.captured_queries) <= 4


def test_a_check_that_takes_long_is_done_by_a_worker_who_tells(floor: Floor, monkeypatch: Any) -> None:
    floor.crowd(400)
    report = made(floor)
    browser = signed_in(floor.officer)
    monkeypatch.setattr("analytics.views_reports.PAGE_SECONDS", 0.001)

    page = browser.post(reverse("analytics:check_report", args=[report.order_id]), follow=True)
    lost = checks_due(timezone.now() + timedelta(minutes=10))
    making.check_report(order_id=report.order_id, asked_by=floor.officer.id, now=LATER)
    monkeypatch.setattr(making.comes_out_the_same, "__kwdefaults__", {"seconds": 0.001})
    ask_for_check(actor=floor.officer, order_id=report.order_id, now=LATER)
    making.check_report(order_id=report.order_id, asked_by=floor.officer.id, now=LATER)
    with pytest.raises(Denied):
        note_late_check(actor=floor.officer, order_id=report.order_id, tell=floor.officer.id, now=LATER)

    assert "已转到后台核对" in page.content.decode()
    assert lost == [(report.order_id, floor.officer.id)]
    assert checks_due(timezone.now() + timedelta(minutes=10)) == []
    assert Entry.objects.get(verb="analytics.report_checked").data["same"] is True
    kinds = StaffNotice.objects.filter(recipient_id=floor.officer.id).values_list("kind", flat=True)
    assert set(kinds) >= {"report.same", "report.check_late"}


def test_a_report_by_the_rules_before_still_comes_out_the_same(floor: Floor) -> None:
    """Reports are kept for years: how people are counted has changed since (`analytics.reports.base`)."""
    stranger = Actor("participant", UUID(int=9))
    with transaction.atomic():
        record(
            "play.started", actor=stranger, subject=Ref("campaign", floor.live.id), at=NOON,
            campaign_id=floor.live.id,
        )  # fmt: skip
    until_settled()
    basis = making.Basis(LATER, making.settled_position(), EXACT_STAGES)
    content = making._content("compliance", floor.live.id, basis)
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER)

    report = settle_report(
        actor=SYSTEM, order_id=order.id, finished=Finished(content, basis, "OLD-1", b"%PDF"), now=LATER
    )

    assert report is not None
    assert "rules" not in content["basis"]
    assert content["stages"]["seen"]["people"] == 0
    assert making.comes_out_the_same(report)


def test_the_first_report_is_due_when_somebody_has_finished_and_then_every_midnight(floor: Floor) -> None:
    assert order_due_reports(actor=SYSTEM, now=NOON) == 0

    floor.crowd(30)
    catch_up()

    kinds = sum(kind.rhythm == "daily" for kind in report_kinds().values())
    assert order_due_reports(actor=SYSTEM, now=LATER) == kinds
    assert order_due_reports(actor=SYSTEM, now=LATER + timedelta(minutes=1)) == 0
    with transaction.atomic():
        record(
            "play.seen",
            actor=Actor("participant", UUID(int=5)),
            subject=Ref("campaign", floor.live.id),
            at=NOON,
            campaign_id=floor.live.id,
        )
    catch_up()
    assert order_due_reports(actor=SYSTEM, now=NOON + timedelta(days=1)) == kinds
    midnight = start_of_day(local_day(NOON + timedelta(days=1)))
    assert ReportOrder.objects.filter(until=midnight).count() == kinds


def test_the_effect_report_is_due_once_when_the_campaign_is_over(floor: Floor) -> None:
    """F70."""
    ends_on = floor.campaign.ends_on
    assert ends_on is not None
    after = start_of_day(ends_on) + timedelta(days=1, minutes=5)

    order_due_reports(actor=SYSTEM, now=after)
    order_due_reports(actor=SYSTEM, now=after + timedelta(days=1))

    assert [order.until for order in ReportOrder.objects.filter(kind="effect")] == [
        start_of_day(ends_on) + timedelta(days=1)
    ]


def test_the_download_has_a_chinese_name_and_is_in_the_ledger(floor: Floor) -> None:
    floor.crowd(10)
    report = made(floor)

    answer = signed_in(floor.officer).get(reverse("analytics:report_pdf", args=[report.order_id]))

    assert answer["Content-Type"] == "application/pdf"
    name = unquote(re.search(r"filename\*=utf-8''(.+)", answer["Content-Disposition"])[1])
    assert name.startswith("活动合规报告-")
    assert name.endswith(f"{report.number}.pdf")
    entry = Entry.objects.get(verb="analytics.report_downloaded")
    assert (entry.actor_id, entry.data["form"]) == (floor.officer.id, "pdf")


def test_the_tables_open_in_a_spreadsheet_and_run_nothing_there(floor: Floor) -> None:
    floor.crowd(10)
    report = made(floor)

    text = (
        signed_in(floor.officer)
        .get(reverse("analytics:report_csv", args=[report.order_id]))
        .content.decode("utf-8-sig")
    )

    assert "知识传递准确率" in text
    assert not re.search(r"(?m)(^|,)[=+@]", text)


def test_checking_says_whether_it_comes_out_the_same(floor: Floor) -> None:
    floor.crowd(10)
    report = made(floor)
    browser = signed_in(floor.officer)

    page = browser.post(
        reverse("analytics:check_report", args=[report.order_id]), follow=True
    ).content.decode()

    assert "核对一致" in page
    assert Entry.objects.get(verb="analytics.report_checked").data["same"] is True


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_reads_in_both_languages(floor: Floor, language: str) -> None:
    floor.crowd(60)
    report = made(floor)

    page = (
        signed_in(floor.officer)
        .get(reverse("analytics:report", args=[report.order_id]), headers={"accept-language": language})
        .content.decode()
    )

    assert report.fingerprint in page
    assert ("用户信息保护" in page) == (language == "zh-hans")


def test_a_report_holds_no_personal_data(floor: Floor) -> None:
    crowd = floor.crowd(40)

    text = json.dumps(made(floor).content)

    for people in crowd.people.values():
        assert not any(str(person) in text for person in people)


def test_who_may_read_may_not_always_make(floor: Floor) -> None:
    with pytest.raises(Denied):
        order_report(actor=floor.marketer, kind="compliance", campaign_id=floor.live.id, until=NOON, now=NOON)
    answer = signed_in(floor.marketer).post(
        reverse("analytics:order_report"), {"campaign": floor.live.id, "kind": "compliance"}
    )
    assert answer.status_code == 403


def test_another_house_does_not_find_it(floor: Floor) -> None:
    floor.crowd(10)
    report = made(floor)
    insurer = make_institution("insurer", "安心示范保险", "Anxin Demo Insurance", "insurance")
    with scope(insurer.id):
        outsider = make_staff("wai.ren", "compliance", "auditor").actor
    browser = signed_in(outsider)

    for name in ("report", "report_pdf", "report_csv"):
        assert browser.get(reverse(f"analytics:{name}", args=[report.order_id])).status_code == 404
    assert browser.post(reverse("analytics:check_report", args=[report.order_id])).status_code == 404
    assert (
        browser.post(
            reverse("analytics:order_report"), {"campaign": floor.live.id, "kind": "compliance"}
        ).status_code
        == 404
    )


def test_unpublished_campaigns_and_unknown_kinds_have_no_report(floor: Floor) -> None:
    draft = create_campaign_from_preset(actor=floor.marketer, preset="anti_fraud_quiz", now=NOON)

    with pytest.raises(NothingToReport):
        order_report(actor=floor.officer, kind="compliance", campaign_id=draft.id, until=NOON, now=NOON)
    with pytest.raises(NotFound):
        order_report(actor=floor.officer, kind="horoscope", campaign_id=floor.live.id, until=NOON, now=NOON)


def test_a_report_that_two_workers_made_is_kept_once(floor: Floor) -> None:
    floor.crowd(10)
    report = made(floor)
    finished = Finished(content={}, basis=making.Basis(LATER, _basis(report)), number="X", pdf=b"")

    assert settle_report(actor=SYSTEM, order_id=report.order_id, finished=finished, now=LATER) is None
    note_failure(actor=SYSTEM, order_id=report.order_id, problem="late", now=LATER)

    assert ReportOrder.objects.get(pk=report.order_id).state == "made"
    assert Report.objects.get().number == report.number


def test_what_was_never_made_cannot_be_taken_out(floor: Floor) -> None:
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=floor.live.id, until=LATER, now=LATER)

    with pytest.raises(NotFound):
        take_out_report(actor=floor.officer, order_id=order.id, form="pdf", now=LATER)


def test_a_check_that_failed_is_recorded_too(floor: Floor) -> None:
    report_id = UUID(int=9)

    note_check(actor=floor.officer, order_id=report_id, same=False, now=LATER)

    assert Entry.objects.get(verb="analytics.report_checked", subject_id=report_id).data == {"same": False}


@pytest.mark.slow
def test_a_worker_makes_the_first_report_by_itself(floor: Floor, celery_worker_process: Any) -> None:
    """The scheduler folds the figures, orders the first report and a worker makes it."""
    floor.crowd(30, seed=random.Random(1).randrange(100))

    celery_worker_process("figures", "reports", "default", beat=True)

    deadline = timezone.now() + timedelta(seconds=180)
    while timezone.now() < deadline and not Report.objects.exists():
        connection.close()
        _pause(1.0)
    assert Report.objects.filter(kind="compliance").exists()


def _basis(report: Report) -> Any:
    return making.Position(report.transaction, report.entry)


def _inflated(pdf: bytes) -> list[bytes]:
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return found


def _no_paper(*_anything: object, **_more: object) -> bytes:
    raise OSError


def _pause(seconds: float) -> None:

    time.sleep(seconds)
