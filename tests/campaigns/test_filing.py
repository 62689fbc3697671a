"""备案: everything a regulator asks for in one package, the same bytes twice, and a log. F59."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from analytics.filing.package import filing_of
from analytics.filing.word import Grid, Heading, Paragraph, word_document
from analytics.making import make_report
from analytics.models import Report, Submission
from analytics.usecases.filing import (
    AlreadyFiled,
    FilingIncomplete,
    NotTakenOut,
    record_submission,
    take_out_filing,
)
from analytics.usecases.reports import order_report
from campaigns.live import LiveCampaign
from campaigns.models import Campaign
from campaigns.usecases import save_draft
from compliance.models import Review
from kernel.actor import SYSTEM, Actor
from kernel.errors import BadRequest, Denied, NotFound
from kernel.scope import scope
from kernel.timekeeping import local_day
from ledger.models import Entry
from tenancy.models import Institution
from tenancy.scope import forget_institutions
from tests.campaigns.conftest import approve, put_out
from tests.cast import NOON
from tests.desk import signed_in

LATER = NOON + timedelta(hours=2)
TODAY = local_day(NOON)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def report(live_quiz: LiveCampaign) -> Report:
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=live_quiz.id, until=LATER, now=LATER)
    made = make_report(order_id=order.id, now=LATER)
    assert made is not None
    return made


def test_every_part_is_there_and_two_runs_are_the_same_bytes(report: Report, bank: Institution) -> None:
    """F58, F59: PDF, Word and JSON, an index with every hash, a place for the seal."""
    filing = filing_of(report, bank)

    assert filing.is_complete
    assert filing_of(report, bank).body == filing.body
    archive = zipfile.ZipFile(io.BytesIO(filing.body))
    assert archive.namelist() == [
        "01-cover.pdf",
        "02-report.docx",
        "02-report.json",
        "02-report.pdf",
        "03-content/content.json",
        "03-content/pages.pdf",
        "04-approval/approval.json",
        "05-notice/notice.json",
        "06-articles/articles.json",
        "index.json",
    ]
    index = json.loads(archive.read("index.json"))
    assert all(part["present"] for part in index["parts"])
    assert index["files"] == {
        name: hashlib.sha256(archive.read(name)).hexdigest()
        for name in archive.namelist()
        if name != "index.json"
    }
    told = json.loads(archive.read("02-report.json"))
    assert (told["fingerprint"], told["content"]) == (report.fingerprint, report.content)


def test_the_word_file_says_what_the_report_says_and_leaves_room_for_the_seal(
    report: Report, bank: Institution
) -> None:
    document = zipfile.ZipFile(io.BytesIO(filing_of(report, bank).files["02-report.docx"]))

    assert document.testzip() is None
    parts = {name: ElementTree.fromstring(document.read(name)) for name in document.namelist()}
    assert set(parts) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/styles.xml",
    }
    for relations in ("_rels/.rels", "word/_rels/document.xml.rels"):
        start = "" if relations == "_rels/.rels" else "word/"
        assert all(start + one.attrib["Target"] in parts for one in parts[relations])
    words = "\n".join(one.text or "" for one in parts["word/document.xml"].iter(f"{WORD}t"))
    for expected in ("活动合规备案材料", "（盖章处）", report.number, "和趣示范银行", "活动合规报告"):
        assert expected in words
    known = {one.attrib[f"{WORD}styleId"] for one in parts["word/styles.xml"].iter(f"{WORD}style")}
    used = {one.attrib[f"{WORD}val"] for one in parts["word/document.xml"].iter(f"{WORD}pStyle")}
    assert used <= known
    for row in parts["word/document.xml"].iter(f"{WORD}tr"):
        assert all(cell.find(f"{WORD}p") is not None for cell in row.iter(f"{WORD}tc"))


def test_words_that_xml_cannot_hold_do_not_break_the_file() -> None:
    blocks = [Heading("<甲>&\x00乙"), Paragraph("一\n二"), Grid(("列",), [["\ufffe<tr>"]])]

    document = zipfile.ZipFile(io.BytesIO(word_document(blocks, title="&", author="<", at=NOON)))

    read = ElementTree.fromstring(document.read("word/document.xml"))
    assert [one.text for one in read.iter(f"{WORD}t")] == ["<甲>&乙", "一", "二", "列", "<tr>"]


def test_what_was_approved_since_but_never_went_out_is_not_filed(
    draft_quiz: Campaign, marketer: Actor, bank: Institution
) -> None:
    """F59: the regulator is handed what customers saw."""
    live, newer = put_out(draft_quiz, marketer), "第二版从未发布过的承诺语"
    campaign = Campaign.of(draft_quiz.id)
    save_draft(
        actor=marketer,
        campaign_id=campaign.id,
        revision=campaign.revision,
        draft={**campaign.draft, "promise": newer},
        now=NOON,
    )
    second = approve(Campaign.of(campaign.id), marketer)
    order = order_report(actor=SYSTEM, kind="compliance", campaign_id=live.id, until=LATER, now=LATER)
    made = make_report(order_id=order.id, now=LATER)
    assert made is not None

    filing = filing_of(made, bank)

    assert newer in json.dumps(second.content, ensure_ascii=False)
    assert newer not in filing.files["03-content/content.json"].decode()
    assert json.loads(filing.files["04-approval/approval.json"])["fingerprint"] == live.fingerprint


def test_a_submission_is_bound_to_the_package_that_was_taken_out(
    report: Report, officer: Actor, bank: Institution
) -> None:
    """Somebody renamed between handing in and writing it down changes nothing of what the regulator has."""
    told: dict[str, Any] = {"order_id": report.order_id, "authority": "监管局", "receipt": "1"}
    with pytest.raises(NotTakenOut):
        record_submission(actor=officer, **told, filed_on=TODAY, now=LATER)
    taken = take_out_filing(actor=officer, order_id=report.order_id, form="zip", now=LATER)
    Institution.objects.filter(id=bank.id).update(brand={"color": "#AA2200"}, name="改名银行")
    forget_institutions()

    entry = record_submission(actor=officer, **told, filed_on=TODAY, now=LATER)

    assert filing_of(report, Institution.objects.get(id=bank.id)).sha256 != taken.sha256
    assert (entry.sha256, entry.files) == (hashlib.sha256(taken.body).hexdigest(), taken.hashes)


def test_a_filing_is_written_down_with_its_hashes_and_stays(report: Report, officer: Actor) -> None:
    take_out_filing(actor=officer, order_id=report.order_id, form="zip", now=LATER)
    entry = record_submission(
        actor=officer,
        order_id=report.order_id,
        authority="金融监管总局某地监管局",
        filed_on=TODAY,
        receipt="受理2026-0117",
        now=LATER,
    )

    assert entry.files["02-report.pdf"] == report.pdf_sha256
    noted = Entry.objects.get(verb="analytics.filed")
    assert noted.data["sha256"] == entry.sha256
    assert "受理" not in json.dumps(noted.data, ensure_ascii=False)
    for sql in ("UPDATE analytics_submission SET receipt = 'x'", "DELETE FROM analytics_submission"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(AlreadyFiled):
        record_submission(
            actor=officer,
            order_id=report.order_id,
            authority="金融监管总局某地监管局",
            filed_on=TODAY,
            receipt="受理2026-0117",
            now=LATER,
        )
    assert Submission.objects.count() == 1


def test_what_is_incomplete_out_of_time_or_somebody_elses_is_not_filed(
    report: Report,
    officer: Actor,
    marketer: Actor,
    outsider: Actor,
    bank: Institution,
    insurer: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: dict[str, Any] = {"order_id": report.order_id, "authority": "监管局", "receipt": "1"}

    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(BadRequest):
            record_submission(actor=officer, **told, filed_on=day, now=LATER)

    report.until = NOON - timedelta(days=3)  # before anything was approved
    assert [part.demand.key for part in filing_of(report, bank).parts if not part.is_there] == [
        "content",
        "approval",
        "notice",
        "articles",
    ]
    assert Review.objects.filter(certificate__isnull=False).exists()

    with scope(insurer.id), pytest.raises(NotFound):
        take_out_filing(actor=outsider, order_id=report.order_id, form="zip", now=LATER)
    with pytest.raises(Denied):
        record_submission(actor=marketer, **told, filed_on=TODAY, now=LATER)
    monkeypatch.setattr("analytics.filing.parts._notice_at", lambda _key, _until: None)
    take_out_filing(actor=officer, order_id=report.order_id, form="zip", now=LATER)
    with pytest.raises(FilingIncomplete) as refused:
        record_submission(actor=officer, **told, filed_on=TODAY, now=LATER)
    assert refused.value.details["missing"] == "个人信息告知"


def test_the_pages_show_the_parts_take_files_out_and_log(
    report: Report, officer: Actor, marketer: Actor, clerk: Actor
) -> None:
    browser = signed_in(officer)
    page = reverse("analytics:filing", args=[report.order_id])

    assert "材料齐全" in browser.get(page).content.decode()
    word = browser.post(reverse("analytics:filing_file", args=[report.order_id, "docx"]))
    assert word.content.startswith(b"PK")
    assert browser.post(reverse("analytics:filing_file", args=[report.order_id, "exe"])).status_code == 404
    told = {"authority": "监管局", "filed_on": local_day(report.made_at).isoformat(), "receipt": "R-1"}
    browser.post(reverse("analytics:submit_filing", args=[report.order_id]), told)
    assert Entry.objects.filter(verb="analytics.filing_taken").count() == 1
    assert "请下载后报送" in browser.get(page).content.decode()
    for shown in (page, reverse("analytics:filings")):
        assert "R-1" in browser.get(shown).content.decode() or not Submission.objects.exists()
    submit = reverse("analytics:submit_filing", args=[report.order_id])
    assert signed_in(marketer).post(submit, told).status_code == 403
    assert signed_in(clerk).get(page).status_code == 403
