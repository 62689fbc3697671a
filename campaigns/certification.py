"""Certifying presets (F60): each is scanned for every sector it serves and sealed with its fingerprint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from campaigns.bank import CERTIFICATE, BankCertificate, bank_fingerprint, question_bank
from campaigns.checking import scannable
from campaigns.content import read_content
from campaigns.gallery import Certificate, Preset
from campaigns.games.base import Problem
from campaigns.promises import awards_without_service, broken_promises, open_passages, unfilled_problem
from campaigns.question_content import findings_in_question, texts_of_question
from compliance.library import shipped_fingerprints
from compliance.scanner import Finding, pack_hash, scan
from compliance.scanner.matter import ALL_SECTORS, SECTORS
from kernel.placeholders import unfilled


def findings_in(preset: Preset, sector: str, today: date) -> list[Finding]:
    """What the compliance scan says about the preset as an institution of this sector would get it."""
    return scan(scannable(read_content(preset.draft(sector=sector, today=today))), sector)


def blocking_in(preset: Preset, today: date) -> list[Finding]:
    """What keeps the preset from being certified, over all its sectors."""
    found = [finding for sector in preset.sectors for finding in findings_in(preset, sector, today)]
    return [finding for finding in found if finding.severity == "block"]


def unkept_in(preset: Preset, today: date) -> list[Problem]:
    """Passages left open, figures against the settings, awards without a service or out of reach."""
    contents = [read_content(preset.draft(sector=sector, today=today)) for sector in preset.sectors]
    found = [one for content in contents for one in (*open_passages(content, ()), *broken_promises(content))]
    return found + [one for content in contents for one in awards_without_service(content, preset.services)]


def unkept_in_bank() -> list[Problem]:
    """Questions of the bank with a passage left open."""
    return [
        unfilled_problem(f"{question.id}.{text.path}", passage)
        for question in question_bank().values()
        for text in texts_of_question({**question.as_setting(), "sectors": []})
        if (passage := unfilled(text.text))
    ]


def write_certificate(preset: Preset, file: Path, *, on: date, until: date) -> None:
    """Seal the preset's file."""
    certificate = Certificate(fingerprint=preset.fingerprint, pack=pack_hash(), on=on, until=until)
    written = json.loads(file.read_text(encoding="utf-8"))
    written["certificate"] = msgspec.to_builtins(certificate)
    file.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def blocking_in_bank() -> list[Finding]:
    """What keeps the question bank from being certified, over the sectors of each question."""
    return [
        finding
        for question in question_bank().values()
        for sector in (SECTORS if question.sector == ALL_SECTORS else (question.sector,))
        for finding in findings_in_question(question.as_setting(), sector=sector)
        if finding.severity == "block"
    ]


def write_bank_certificate(*, on: date, until: date, reread: Sequence[str] = ()) -> list[str]:
    """Seal the bank; the articles whose wording changed since, and which nobody has reread.

    Their questions stay out of use: only naming an article in `reread` says that what leans on it was read
    against the new wording.
    """
    shipped = shipped_fingerprints()
    cited = sorted({question.article for question in question_bank().values()})
    before: dict[str, str] = {}
    if CERTIFICATE.exists():
        before = msgspec.json.decode(CERTIFICATE.read_bytes(), type=BankCertificate).articles
    read = {key: shipped[key] if key in reread else before.get(key, shipped[key]) for key in cited}
    certificate = BankCertificate(
        fingerprint=bank_fingerprint(), pack=pack_hash(), on=on, until=until, articles=read
    )
    written = json.dumps(msgspec.to_builtins(certificate), ensure_ascii=False, indent=2)
    CERTIFICATE.write_text(written + "\n", encoding="utf-8")
    return [key for key in cited if read[key] != shipped[key]]
