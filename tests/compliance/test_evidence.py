"""The package a regulator can check without us. F51, F58."""

import io
import json
import subprocess
import sys
import zipfile

from django.urls import reverse

from compliance.queries import conditions_on
from compliance.usecases import decide_review, open_review, record_filing, write_comment
from kernel.actor import Ref
from kernel.fingerprint import fingerprint
from kernel.ids import new_id
from ledger.models import Entry
from tests.cast import NOON
from tests.desk import signed_in

CONTENT = {"title": "反诈小测验", "promise": "学会识别骗局"}


def packed(marketer, officer, filed_by=None):
    subject = Ref("campaign", new_id())
    review = open_review(
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
    asked = {"filed": None} if filed_by else {}
    decide_review(actor=officer, review_id=review.id, verdict="approve", conditions=asked, now=NOON)
    for condition in conditions_on(review):
        record_filing(actor=filed_by, condition_id=condition.id, number="京备2026-0031", now=NOON)
    answer = signed_in(officer).post(reverse("compliance:evidence", args=[review.id]))
    assert answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def verified(folder):
    return subprocess.run([sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True)


def test_the_package_verifies_offline(marketer, officer, tmp_path):
    package = packed(marketer, officer)
    package.extractall(tmp_path)

    result = verified(tmp_path)

    assert result.returncode == 0, result.stdout + result.stderr
    names = set(package.namelist())
    assert {
        "reviews/001/review.json",
        "reviews/001/content.json",
        "reviews/001/page.html",
        "reviews/001/findings.json",
        "reviews/001/decisions.json",
        "comments.json",
        "dismissals.json",
        "ledger.jsonl",
        "manifest.json",
        "signature.json",
        "README.txt",
    } <= names
    assert Entry.objects.filter(verb="compliance.evidence_made").count() == 1


def test_a_changed_word_is_found(marketer, officer, tmp_path):
    packed(marketer, officer).extractall(tmp_path)
    content = tmp_path / "reviews/001/content.json"
    content.write_text(content.read_text().replace("骗局", "骗術"))

    result = verified(tmp_path)

    assert result.returncode == 1
    assert "changed: reviews/001/content.json" in result.stdout
    assert "content is not what was reviewed" in result.stdout


def test_a_forged_manifest_is_found(marketer, officer, tmp_path):
    packed(marketer, officer).extractall(tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace("和趣示范银行", "别的银行"))

    assert "the signature is not sound" in verified(tmp_path).stdout


def test_the_package_names_who_asked_for_a_condition_and_who_recorded_its_number(marketer, officer, legal):
    package = packed(marketer, officer, filed_by=legal)

    (condition,) = json.loads(package.read("reviews/001/review.json"))["conditions"]

    assert (condition["asked_by"], condition["recorded_by"]) == ("周衡", "韩律")
    assert condition["number"] == "京备2026-0031"


def test_service_staff_get_no_package(marketer, officer, clerk):
    package = packed(marketer, officer)
    assert package

    answer = signed_in(clerk).post(reverse("compliance:evidence", args=[new_id()]))

    assert answer.status_code == 403
