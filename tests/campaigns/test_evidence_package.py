"""A campaign's whole story in one ZIP, checked with nothing but Python. F51, F58."""

from __future__ import annotations

import io
import json
import runpy
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from campaigns.models import Campaign
from campaigns.usecases import publish_campaign, save_draft
from compliance.evidence import evidence_package
from compliance.models import Review
from compliance.screens import screens_of
from kernel.actor import SYSTEM, Actor
from kernel.scope import scope
from ledger.sealing import seal_next
from tenancy.models import Institution
from tests.analytics.conftest import until_settled
from tests.campaigns.conftest import approve, bank_with_live_quiz, someone
from tests.cast import NOON

PACKAGED = {
    "README.txt",
    "articles.json",
    "certificates.json",
    "comments.json",
    "dismissals.json",
    "ledger.jsonl",
    "ledger_proofs.jsonl",
    "manifest.json",
    "seals.json",
    "signature.json",
    "verify.py",
    "verify_seals.py",
    *(
        f"reviews/{n:03}/{name}"
        for n in (1, 2)
        for name in (
            "carried.json",
            "content.json",
            "decisions.json",
            "findings.json",
            "page.html",
            "pages.pdf",
            "review.json",
        )
    ),
}


def verified(script: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Isolated: no site folder of ours, no environment, an empty working directory."""
    return subprocess.run(
        [sys.executable, "-I", str(script), str(folder)],
        cwd=script.parent,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def changed_at(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))


def test_two_versions_are_packed_verify_offline_and_name_any_byte_that_changed(
    committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The regulator's laptop has Python and the ZIP, nothing else."""
    bank_id, live = bank_with_live_quiz()
    with scope(bank_id):
        bank = Institution.objects.get(id=bank_id)
        campaign = Campaign.of(live.id)
        author = someone("marketer", other_than=SYSTEM)
        second_version(campaign, author)
        until_settled()
        while seal_next(now=NOON):
            pass

        package = evidence_package(institution=bank, subject=campaign.ref, now=NOON)
        again = evidence_package(institution=bank, subject=campaign.ref, now=NOON)
        monkeypatch.setattr("compliance.evidence.MOST_DRAWN", 1)
        bounded = evidence_package(institution=bank, subject=campaign.ref, now=NOON)

    assert package.body == again.body
    drawn = [one for one in zipfile.ZipFile(io.BytesIO(bounded.body)).namelist() if one.endswith(".pdf")]
    assert drawn == ["reviews/002/pages.pdf"]
    archive = zipfile.ZipFile(io.BytesIO(package.body))
    assert set(archive.namelist()) == PACKAGED
    whole, outside = tmp_path / "whole", tmp_path / "outside"
    archive.extractall(whole)
    outside.mkdir()
    script = Path(shutil.copy(whole / "verify.py", outside))
    assert (whole / "reviews/002/pages.pdf").read_bytes().startswith(b"%PDF")
    proofs = [json.loads(line) for line in (whole / "ledger_proofs.jsonl").read_text().splitlines()]
    assert len(proofs) > 8
    assert all(proof["seal"] for proof in proofs)
    sound = verified(script, whole)
    assert (sound.returncode, sound.stdout) == (0, "SOUND 证据包完整,未被改动\n"), sound.stderr

    faults_of = runpy.run_path(str(script))["faults"]
    for name in sorted(PACKAGED - {one for one in PACKAGED if one.startswith("reviews/002")}):
        broken = tmp_path / "broken"
        shutil.copytree(whole, broken)
        changed_at(broken / name)
        assert name in told_by(faults_of, broken), name
        shutil.rmtree(broken)

    (whole / "seals.json").unlink()
    (whole / "added.txt").write_text("x")
    told = verified(script, whole)
    assert told.returncode == 1
    assert "missing: seals.json" in told.stdout
    assert "not in the manifest: added.txt" in told.stdout


def told_by(faults_of: Callable[[Path], list[str]], folder: Path) -> str:
    """What the verifier says, also of what it cannot read."""
    try:
        return "\n".join(faults_of(folder))
    except Exception as unreadable:
        return str(unreadable)


def second_version(campaign: Campaign, author: Actor) -> None:
    draft = {**campaign.draft, "title": "反诈知识大闯关"}
    save_draft(actor=author, campaign_id=campaign.id, revision=campaign.revision, draft=draft, now=NOON)
    approve(campaign, author)
    publish_campaign(actor=author, campaign_id=campaign.id, now=NOON)


@pytest.mark.usefixtures("live_quiz")
def test_every_screen_a_customer_meets_is_drawn(bank: Institution, draft_quiz: Campaign) -> None:
    """Home, rules with notice, each question and its explanation with article, result, form."""
    review = Review.objects.get(subject_id=draft_quiz.id)

    screens = screens_of("campaign", review.content, institution=bank, at=review.submitted_at)

    names = [screen.name for screen in screens]
    questions = review.content["settings"]["questions"]
    assert names[:2] == ["首页", "规则、提示与告知"]
    assert names[-2:] == ["结果与权益", "表单与个人信息告知"]
    assert len(names) == 4 + 2 * len(questions)
    words = "\n".join(line.text for screen in screens for line in screen.lines)
    for question in questions:
        assert question["text"] in words
        assert question["explanation"] in words
        assert all(option["text"] in words for option in question["options"])
    assert "信息仅用于服务预约,将加密存储。" in words
