"""A campaign's whole story in one ZIP, checked with nothing but Python. F51, F58."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaigns.models import Campaign
from campaigns.usecases import publish_campaign, save_draft
from compliance.models import Review
from compliance.screens import screens_of
from kernel.actor import SYSTEM, Actor
from kernel.fingerprint import canonical_json
from kernel.scope import scope
from ledger.sealing import seal_next
from ledger.signing import sign
from tenancy.models import Institution
from tests.analytics.conftest import until_settled
from tests.campaigns.conftest import approve, bank_with_live_quiz, someone
from tests.cast import NOON, make_staff
from tests.evidence import asked, downloaded, made, verified

STRANGER = Ed25519PrivateKey.generate()

PER_SUBMISSION = (
    "carried.json",
    "content.json",
    "decisions.json",
    "findings.json",
    "page.html",
    "pages.pdf",
    "record.html",
    "record_en.html",
    "review.json",
)
PACKAGED = {
    "README.txt",
    "articles.json",
    "certificates.json",
    "comments.json",
    "desk_keys.json",
    "dismissals.json",
    "halts.json",
    "index.html",
    "index_en.html",
    "ledger.html",
    "ledger.jsonl",
    "ledger_en.html",
    "ledger_proofs.jsonl",
    "manifest.json",
    "remarks.html",
    "remarks_en.html",
    "seals.json",
    "signature.json",
    "style.css",
    "verify.py",
    "verify_seals.py",
    *(f"reviews/{n:03}/{name}" for n in (1, 2) for name in PER_SUBMISSION),
}
FIRST, SECOND = "reviews/001", "reviews/002"


_packed: list[bytes] = []


@pytest.fixture
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The package of a campaign approved and published twice, unpacked on the regulator's laptop."""
    if not _packed:  # once for all tests of this file: they only read it
        request.getfixturevalue("committed_db")
        _packed.append(package_of_two_versions())
    archive = zipfile.ZipFile(io.BytesIO(_packed[0]))
    assert set(archive.namelist()) == PACKAGED
    archive.extractall(tmp_path / "whole")
    return tmp_path / "whole"


def package_of_two_versions() -> bytes:
    bank_id, live = bank_with_live_quiz()
    with scope(bank_id):
        campaign = Campaign.of(live.id)
        author = someone("marketer", other_than=SYSTEM)
        second_version(campaign, author)
        until_settled()
        while seal_next(now=NOON):
            pass
        auditor = make_staff("shen.ji", "auditor").actor
        review = Review.objects.filter(subject_id=campaign.id).latest("submitted_at", "id")
        return downloaded(auditor, made(asked(auditor, review).id))


def changed_at(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))


def swapped(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def last_line_cut(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


DEEDS: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "a file is dropped": (
        lambda at: (at / SECOND / "pages.pdf").unlink(),
        (f"missing: {SECOND}/pages.pdf",),
    ),
    "a file is added": (
        lambda at: (at / FIRST / "pages2.pdf").write_bytes(b"x"),
        (f"not in the manifest: {FIRST}/pages2.pdf",),
    ),
    "two versions are swapped": (
        lambda at: swapped(at / FIRST, at / SECOND),
        (f"changed: {FIRST}/content.json", f"changed: {SECOND}/pages.pdf"),
    ),
    "two contents are swapped": (
        lambda at: swapped(at / FIRST / "content.json", at / SECOND / "content.json"),
        (f"content is not what was reviewed: {FIRST}/review.json, {FIRST}/content.json",),
    ),
    "the ledger is cut off": (
        lambda at: [last_line_cut(at / name) for name in ("ledger.jsonl", "ledger_proofs.jsonl")],
        ("changed: ledger.jsonl", "changed: ledger_proofs.jsonl"),
    ),
    "the verifier's half is gone": (
        lambda at: (at / "verify_seals.py").unlink(),
        ("missing: verify_seals.py", "not checked: signatures"),
    ),
    "the signature is another's": (
        lambda at: signed_by_another(at),
        ("signed with another key than the given one: signature.json",),
    ),
    "an approval is invented and signed by another": (
        lambda at: (approval_forged(at), signed_by_another(at)),
        ("signed with another key than the given one: signature.json",),
    ),
}


def test_whatever_is_done_to_it_is_told_with_the_files_name(whole: Path, tmp_path: Path) -> None:
    """The regulator's laptop has Python and the ZIP, nothing else."""
    outside = tmp_path / "outside"
    outside.mkdir()
    script = Path(shutil.copy(whole / "verify.py", outside))
    key = json.loads((whole / "manifest.json").read_text())
    sound = verified(script, whole)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert sound.stdout.endswith("SOUND 证据包完整，未被改动\n")
    assert f"{key['key_name']}:{key['key']}" in sound.stdout
    proofs = [json.loads(line) for line in (whole / "ledger_proofs.jsonl").read_text().splitlines()]
    assert len(proofs) > 8
    assert all(proof["seal"] for proof in proofs)

    faults_of = runpy.run_path(str(script))["faults"]
    for name in sorted(PACKAGED):
        broken = shutil.copytree(whole, tmp_path / "broken")
        changed_at(broken / name)
        assert name in told_by(faults_of, broken), name
        shutil.rmtree(broken)
    for deed, (do, expected) in DEEDS.items():
        broken = shutil.copytree(whole, tmp_path / "broken")
        do(broken)
        told = told_by(faults_of, broken, f"{key['key_name']}:{key['key']}")
        assert [one for one in expected if one not in told] == [], f"{deed}: {told}"
        shutil.rmtree(broken)


def test_no_byte_of_the_signature_can_be_changed(whole: Path) -> None:
    """The manifest names every file but this one, so it is compared with the only way it can be written."""
    checks = runpy.run_path(str(whole / "verify.py"))
    tools = runpy.run_path(str(whole / "verify_seals.py"))
    signature = whole / "signature.json"
    written = signature.read_bytes()

    silent = []
    for place in range(len(written)):
        signature.write_bytes(written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])
        try:
            told = list(checks["_wrong_signature"](whole, tools, ""))
        except checks["Unreadable"] as unreadable:
            told = [str(unreadable)]
        if not any("signature.json" in one for one in told):
            silent.append(place)

    assert silent == []


def test_an_insider_with_the_signing_key_cannot_make_the_ledger_say_otherwise(
    whole: Path, tmp_path: Path
) -> None:
    """A review's fingerprint and certificate are those that the sealed ledger wrote down at the time."""
    faults_of = runpy.run_path(str(whole / "verify.py"))["faults"]
    approval_forged(whole)
    signed_anew(whole, sign)

    told = told_by(faults_of, whole)

    assert f"the ledger tells of another approval: {FIRST}/review.json" in told


def test_an_insider_with_the_sealing_key_cannot_make_the_desk_say_otherwise(whole: Path) -> None:
    """Issue 9, 4: a decision carries the desk's own signature; without one, or with another's, it shows."""
    faults_of = runpy.run_path(str(whole / "verify.py"))["faults"]
    file = whole / FIRST / "decisions.json"
    decisions = json.loads(file.read_text())

    for change, fault in (
        ({"verdict": "reject"}, "the desk signed another decision"),
        ({"signed": {**decisions[0]["signed"], "signature": "AA" * 43 + "=="}}, "the desk did not sign"),
        ({"signed": {"lines": [], "key": "", "signature": ""}}, "the ledger tells of more signatures"),
        ({"signed": {**decisions[0]["signed"], "key": "unknown"}}, "the desk did not sign"),
    ):
        file.write_bytes(canonical_json([{**decisions[0], **change}, *decisions[1:]]) + b"\n")
        signed_anew(whole, sign)

        assert fault in told_by(faults_of, whole)


def test_an_insider_with_the_sealing_key_cannot_put_another_key_in_place_of_the_desks(whole: Path) -> None:
    """The keys lie in the package, too: the sealed ledger names each by the hash of its public half."""
    faults_of = runpy.run_path(str(whole / "verify.py"))["faults"]
    own = Ed25519PrivateKey.generate()
    public = base64.b64encode(own.public_key().public_bytes_raw()).decode()
    keys = json.loads((whole / "desk_keys.json").read_text())
    file = whole / FIRST / "decisions.json"
    decisions = json.loads(file.read_text())

    for name in (*keys, "of_my_own"):
        lines = decisions[0]["signed"]["lines"]
        signature = base64.b64encode(own.sign("\n".join(lines).encode())).decode()
        forged = {"signed": {"lines": lines, "key": name, "signature": signature}}
        file.write_bytes(canonical_json([{**decisions[0], **forged}, *decisions[1:]]) + b"\n")
        (whole / "desk_keys.json").write_bytes(canonical_json({**keys, name: public}) + b"\n")
        signed_anew(whole, sign)

        assert "the ledger tells of another decision or key" in told_by(faults_of, whole)


def test_any_console_and_what_a_computer_leaves_behind_do_not_make_it_unsound(whole: Path) -> None:
    """Windows in English cannot print Chinese; macOS and Windows leave files in folders they show."""
    (whole / ".DS_Store").write_bytes(b"x")
    (whole / FIRST / "Thumbs.db").write_bytes(b"x")

    told = subprocess.run(
        [sys.executable, str(whole / "verify.py")],
        env={"PYTHONIOENCODING": "cp1252", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="cp1252",
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert f"not part of the package: {FIRST}/Thumbs.db" in told.stdout
    assert told.stdout.splitlines()[-1].startswith("SOUND")
    names = {part.lower() for name in PACKAGED for part in name.split("/")}
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in names), "every file system takes them"


def approval_forged(folder: Path) -> None:
    """The first version's certificate is written under another number."""
    record = folder / FIRST / "review.json"
    told = json.loads(record.read_text())
    record.write_bytes(canonical_json({**told, "certificate": "20990101-FORGED"}))


def signed_by_another(folder: Path) -> None:
    signed_anew(folder, lambda message: ("", STRANGER.sign(message)))


def signed_anew(folder: Path, signing: Callable[[bytes], tuple[str, bytes]]) -> None:
    """The manifest is made to fit what lies there, and signed."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if signing is not sign:
        manifest["key"] = base64.b64encode(STRANGER.public_key().public_bytes_raw()).decode()
    (folder / "manifest.json").write_bytes(canonical_json(manifest))
    _name, signature = signing((folder / "manifest.json").read_bytes())
    told = {name: manifest[name] for name in ("key_name", "key")}
    told["signature"] = base64.b64encode(signature).decode()
    (folder / "signature.json").write_bytes(canonical_json(told) + b"\n")


def told_by(faults_of: Callable[..., list[str]], folder: Path, key: str = "") -> str:
    """What the verifier says, also of what it cannot read."""
    try:
        return "\n".join(faults_of(folder, key))
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
    assert "信息仅用于服务预约，将加密存储。" in words
