"""The package a regulator can check without us: made by a worker, taken while it is kept. F51, F58."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from compliance.models import EvidencePackage, EvidencePiece
from compliance.packing import QUIET, make_next_piece, packages_left
from compliance.queries import conditions_on
from compliance.usecases import (
    decide_review,
    open_review,
    record_filing,
    remove_old_evidence,
    take_out_evidence,
    write_comment,
)
from compliance.usecases.proof import KEPT, MOST_TRIES, EvidenceGone
from kernel.actor import SYSTEM, Ref
from kernel.fingerprint import fingerprint
from kernel.ids import new_id
from ledger.models import Entry
from tenancy.models import Staff
from tenancy.notices import notices_of, worded
from tests.cast import NOON, make_staff
from tests.desk import signed_in
from tests.evidence import asked, downloaded, made, taken, verified

CONTENT = {"title": "反诈小测验", "promise": "学会识别骗局"}


@pytest.fixture
def review(marketer, officer):
    subject = Ref("campaign", new_id())
    opened = open_review(
        actor=marketer,
        subject=subject,
        title="反诈小测验",
        fingerprint=fingerprint(CONTENT),
        content=CONTENT,
        author_id=marketer.id,
        last_editor_id=marketer.id,
        now=NOON,
    )
    write_comment(actor=officer, subject=subject, text="很好", path="title", now=NOON)
    return opened


@pytest.fixture
def approved(review, officer):
    return decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)


def deeds(verb):
    return Entry.objects.filter(verb=f"compliance.evidence_{verb}").count()


def page_of(actor):
    return signed_in(actor).get(reverse("compliance:evidence")).content.decode()


def test_the_package_verifies_offline(approved, officer, tmp_path):
    package = taken(officer, approved)
    package.extractall(tmp_path)

    result = verified(tmp_path / "verify.py", tmp_path)

    assert result.returncode == 0, result.stdout + result.stderr
    assert (deeds("asked"), deeds("made"), deeds("taken")) == (1, 1, 1)


def test_a_changed_word_is_found(approved, officer, tmp_path):
    taken(officer, approved).extractall(tmp_path)
    content = tmp_path / "reviews/001/content.json"
    content.write_text(content.read_text().replace("骗局", "骗術"))

    result = verified(tmp_path / "verify.py", tmp_path)

    assert result.returncode == 1
    assert "changed: reviews/001/content.json" in result.stdout
    assert "content is not what was reviewed" in result.stdout


def test_a_forged_manifest_is_found(approved, officer, tmp_path):
    taken(officer, approved).extractall(tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace("和趣示范银行", "别的银行"))

    assert "the signature is not sound" in verified(tmp_path / "verify.py", tmp_path).stdout


def test_the_package_names_who_asked_for_a_condition_and_who_recorded_its_number(review, officer, legal):
    decide_review(actor=officer, review_id=review.id, verdict="approve", conditions={"filed": None}, now=NOON)
    for condition in conditions_on(review):
        record_filing(actor=legal, condition_id=condition.id, number="京备2026-0031", now=NOON)

    package = taken(officer, review)

    (condition,) = json.loads(package.read("reviews/001/review.json"))["conditions"]
    assert (condition["asked_by"], condition["recorded_by"]) == ("周衡", "韩律")
    assert condition["number"] == "京备2026-0031"


def test_two_taps_in_two_windows_are_one_package(approved, officer):
    first, second = asked(officer, approved), asked(officer, approved)

    assert first.id == second.id
    assert deeds("asked") == 1
    assert "正在制作" in page_of(officer)
    assert signed_in(officer).get(reverse("compliance:evidence_progress")).json()["making"][0]["percent"] == 0


def test_it_is_told_when_it_can_be_taken_and_the_page_says_until_when(approved, officer):
    package = made(asked(officer, approved).id)

    told = worded(list(notices_of(officer.id, unread_only=True)))
    assert told[0].sentence == "《反诈小测验》的证据包已做好，可以下载"
    assert told[0].url == reverse("compliance:evidence")
    assert package.keep_until - package.made_at == KEPT
    assert package.sha256 in page_of(officer)
    assert hashlib.sha256(downloaded(officer, package)).hexdigest() == package.sha256


def test_what_is_decided_while_it_is_made_belongs_to_the_next_package(review, officer):
    """One moment, whole: not the approval without its ledger row, nor the other way round."""
    package = asked(officer, review)
    assert make_next_piece(package_id=package.id, now=timezone.now())

    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    made(package.id)

    package.refresh_from_db()
    archive = zipfile.ZipFile(io.BytesIO(downloaded(officer, package)))
    assert json.loads(archive.read("reviews/001/review.json"))["status"] == "open"
    assert "compliance.approved" not in archive.read("ledger.jsonl").decode()
    assert json.loads(taken(officer, review).read("reviews/001/review.json"))["status"] == "approved"
    package.refresh_from_db()
    assert package.keep_until <= timezone.now() + timedelta(hours=1), "the older one soon goes"


def test_only_whoever_asked_takes_it(approved, officer, legal, clerk, outsider):
    package = made(asked(officer, approved).id)
    address = reverse("compliance:evidence_file", args=[package.id])

    refused = {each: signed_in(each).post(address).status_code for each in (legal, clerk, outsider)}

    assert refused == {legal: 404, clerk: 403, outsider: 404}
    assert signed_in(outsider).post(reverse("compliance:ask_evidence", args=[approved.id])).status_code == 404
    assert deeds("taken") == 0


def test_a_seat_that_ended_or_a_post_that_was_taken_away_opens_nothing(approved, auditor, officer):
    seat, post = (made(asked(each, approved).id) for each in (auditor, officer))
    sitting, officiating = signed_in(auditor), signed_in(officer)
    Staff.objects.filter(id=auditor.id).update(access_until=timezone.now() - timedelta(seconds=1))
    Staff.objects.filter(id=officer.id).update(roles=["marketer"])

    ended = sitting.post(reverse("compliance:evidence_file", args=[seat.id]))
    moved = officiating.post(reverse("compliance:evidence_file", args=[post.id]))

    assert {seat.state, post.state} == {"ready"}
    assert ended["Location"].startswith("/desk/sign-in/")
    assert moved.status_code == 403
    assert deeds("taken") == 0


def test_it_is_removed_when_its_days_are_over(approved, officer):
    package = made(asked(officer, approved).id)
    over = package.made_at + KEPT

    with pytest.raises(EvidenceGone):
        take_out_evidence(actor=officer, package_id=package.id, now=over)
    removed = remove_old_evidence(actor=SYSTEM, now=over)

    assert (removed, remove_old_evidence(actor=SYSTEM, now=over)) == (1, 0)
    assert not EvidencePiece.objects.exists()
    assert deeds("removed") == 1
    assert "已过期删除" in page_of(officer)
    answer = signed_in(officer).post(reverse("compliance:evidence_file", args=[package.id]), follow=True)
    assert "还没有做好，或已到期删除" in answer.content.decode()


def test_what_cannot_be_made_is_tried_again_then_told_with_what_to_do(approved, officer, monkeypatch):
    def broken(*_args, **_how):
        raise RuntimeError("no font")

    monkeypatch.setattr("compliance.evidence.facsimile", broken)
    package = asked(officer, approved)
    made(package.id)
    touched = EvidencePackage.of(package.id).touched_at
    assert packages_left(touched + QUIET - timedelta(seconds=1)) == []
    assert packages_left(touched + QUIET) == [package.id], "the sweep rings again"
    for _again in range(MOST_TRIES):
        made(package.id)

    given_up = EvidencePackage.of(package.id)

    assert (given_up.state, given_up.problem) == ("failed", "RuntimeError")
    assert not EvidencePiece.objects.exists()
    assert notices_of(officer.id).filter(kind="evidence.failed").exists()
    assert "请重新制作" in page_of(officer)
    monkeypatch.undo()
    assert made(asked(officer, approved).id).state == "ready"


def test_a_piece_that_kills_its_worker_every_time_is_given_up_too(approved, officer, monkeypatch):
    """Nothing can be written after the kill, so the try is counted before it."""

    def killed(**_how):
        raise SystemExit

    monkeypatch.setattr("compliance.packing.continue_evidence", killed)
    package = asked(officer, approved)
    for _worker in range(MOST_TRIES):
        with pytest.raises(SystemExit):
            make_next_piece(package_id=package.id, now=timezone.now())

    assert not make_next_piece(package_id=package.id, now=timezone.now())
    assert EvidencePackage.of(package.id).problem == "worker_lost"


def test_every_page_opens_from_the_disk_in_both_languages(approved, officer):
    package = taken(officer, approved)

    index, english = (package.read(name).decode() for name in ("index.html", "index_en.html"))
    records = package.read("reviews/001/record_en.html").decode()

    assert "反诈小测验" in index
    assert "Every submission" in english
    assert "Approve" in records
    assert "周衡" in records
    assert "很好" in package.read("remarks.html").decode()
    assert "opened a review" in package.read("ledger_en.html").decode()
    for name in package.namelist():
        if name.endswith(".html"):
            text = package.read(name).decode()
            assert "<script" not in text
            assert "http" not in text
    assert package.read("README.txt").startswith("\ufeff合趣".encode())


def test_a_number_that_a_colleague_typed_leaves_masked(review, officer):
    """Whoever reads the package has revealed nobody's number: 脱敏 is the default here too."""
    typed = "客户 13812345678 证件 11010119900307123X 卡 6222020200112233445 编号 HQ20261122"
    write_comment(actor=officer, subject=review.subject, text=typed, path="title", now=NOON)

    package = taken(officer, review)

    told = json.loads(package.read("comments.json"))[-1]["text"]
    assert told == "客户 138****5678 证件 110****123X 卡 622****3445 编号 HQ20261122"
    assert all(
        "13812345678" not in package.read(name).decode("utf-8", "ignore") for name in package.namelist()
    )


def test_service_staff_get_no_package(approved, clerk):
    answer = signed_in(clerk).post(reverse("compliance:ask_evidence", args=[approved.id]))

    assert answer.status_code == 403


def test_who_asked_and_what_was_written_cannot_be_rewritten(approved, officer, auditor):
    """Not even by plain SQL of the runtime role."""
    package = made(asked(officer, approved).id)
    for statement, values in (
        ("UPDATE compliance_evidencepackage SET asked_by_id = %s WHERE id = %s", [auditor.id, package.id]),
        ("UPDATE compliance_evidencepiece SET body = '' WHERE package_id = %s", [package.id]),
        ("DELETE FROM compliance_evidencepackage WHERE id = %s", [package.id]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)


def test_a_seat_sees_its_own_packages_only(approved, officer):
    asked(officer, approved)

    page = page_of(make_staff("shen.ji.er", "auditor").actor)

    assert "还没有证据包" in page
