"""Scan a table of texts: `manage.py scan --input cases.tsv --output verdicts.jsonl`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.scanner import ALL_SECTORS, SECTORS, Text, pack_hash, scan, verdict
from compliance.scanner.matter import CONTENT_TYPES

LONGEST = 100_000


class Command(BaseCommand):
    help = (
        "Reads a TSV with a header (text; optionally id, sector, content_type); writes a JSON object a line. "
        "A row that cannot be read is reported with its line number and does not stop the run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, type=Path)
        parser.add_argument("--output", required=True, type=Path)

    def handle(self, *, input: Path, output: Path, **options: Any) -> None:  # noqa: A002 - the option's name
        csv.field_size_limit(sys.maxsize)
        try:
            lines = input.read_bytes().decode("utf-8-sig", errors="replace").split("\n")
        except OSError as fault:
            raise CommandError(f"cannot read {input}: {fault.strerror}") from fault
        header = [name.strip().lower() for name in lines[0].rstrip("\r").split("\t")]
        if "text" not in header:
            raise CommandError(f"{input}: line 1: the header has no column 'text'")
        encoder = msgspec.json.Encoder()
        done = bad = 0
        with output.open("wb") as sink:
            for number, row, complaint in _rows(lines[1:], header):
                if complaint:
                    bad += 1
                    self.stderr.write(f"line {number}: {complaint}")
                    continue
                sink.write(encoder.encode(_judged(number, row)) + b"\n")
                done += 1
        self.stdout.write(f"{done} rows scanned, {bad} rows not readable; rules {pack_hash()}")


def _rows(lines: list[str], header: list[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    """Line number, row, and what is wrong with it (empty when it can be scanned)."""
    for number, line in enumerate(lines, start=2):
        line = line.rstrip("\r")
        if not line.strip():
            if number - 1 < len(lines):
                yield number, {}, "the line is empty"
            continue
        cells = [_unquoted(cell) for cell in line.split("\t")]
        row = dict(zip(header, cells, strict=False))
        yield number, row, _complaint(row, len(cells), len(header))


def _unquoted(cell: str) -> str:
    """A cell that a spreadsheet wrapped because it holds quotes; any other is taken as it stands."""
    inner = cell[1:-1]
    wrapped = len(cell) > 2 and cell[0] == cell[-1] == '"' and '""' in inner
    return inner.replace('""', '"') if wrapped and '"' not in inner.replace('""', "") else cell


def _complaint(row: dict[str, str], cells: int, columns: int) -> str:
    sector, kind = row.get("sector", "").strip(), row.get("content_type", "").strip()
    if cells > columns:
        return f"{cells} cells under {columns} columns"
    if not row.get("text", "").strip():
        return "the text is empty"
    if len(row["text"]) > LONGEST:
        return f"the text is longer than {LONGEST} characters"
    if "\ufffd" in row["text"]:
        return "the text is not UTF-8"
    if sector and sector not in (ALL_SECTORS, *SECTORS):
        return f"unknown sector {sector!r}"
    if kind and kind not in CONTENT_TYPES:
        return f"unknown content_type {kind!r}"
    return ""


def _judged(number: int, row: dict[str, str]) -> dict[str, Any]:
    name = row.get("id", "").strip() or str(number - 1)
    kind = row.get("content_type", "").strip() or "title"
    findings = scan(
        [Text(name, kind, row["text"])], row.get("sector", "").strip() or ALL_SECTORS, reword=False
    )
    return {
        "id": name,
        "verdict": verdict(findings),
        "findings": [
            {
                "rule": one.rule,
                "category": one.category,
                "severity": one.severity,
                "start": one.start,
                "end": one.end,
                "matched": one.matched,
                "article": one.article,
                "suggestion": one.suggestion,
            }
            for one in findings
        ],
    }
