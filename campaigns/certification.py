"""Certifying presets (F60): each is scanned for every sector it serves and sealed with its fingerprint."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import msgspec

from campaigns.checking import scannable
from campaigns.content import read_content
from campaigns.gallery import Certificate, Preset
from compliance.scanner import Finding, pack_hash, scan


def findings_in(preset: Preset, sector: str, today: date) -> list[Finding]:
    """What the compliance scan says about the preset as an institution of this sector would get it."""
    return scan(scannable(read_content(preset.draft(sector=sector, today=today))), sector)


def blocking_in(preset: Preset, today: date) -> list[Finding]:
    """What keeps the preset from being certified, over all its sectors."""
    found = [finding for sector in preset.sectors for finding in findings_in(preset, sector, today)]
    return [finding for finding in found if finding.severity == "block"]


def write_certificate(preset: Preset, file: Path, *, on: date, until: date) -> None:
    """Seal the preset's file."""
    certificate = Certificate(fingerprint=preset.fingerprint, pack=pack_hash(), on=on, until=until)
    written = json.loads(file.read_text(encoding="utf-8"))
    written["certificate"] = msgspec.to_builtins(certificate)
    file.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
