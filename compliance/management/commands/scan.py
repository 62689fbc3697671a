"""Scan a table of texts: `manage.py scan --input cases.tsv --output verdicts.jsonl`."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.scanner import ALL_SECTORS, SECTORS, Text, pack_hash, scan, verdict
from compliance.scanner.matter import CONTENT_TYPES

LONGEST = 100_000
MOST_LINES = 50  # of one quoted cell


class Command(BaseCommand):
    help = (
        "Reads a TSV with a header (text; optionally id, sector, content_type); writes a JSON object a line. "
        "A row that cannot be read is reported with its line number and does not stop the run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--input", required=True, type=Path)
        parser.add_argument("--output", required=True, type=Path)

    def handle(self, *, input: Path, output: Path, **options: Any) -> None:  # noqa: A002 - the option's name
        lines = _lines(input)
        header = [_unquoted(name.strip()).lower() for name in lines[0].rstrip("\r").split("\t")]
        if "text" not in header:
            raise CommandError(
                f"{input}: line 1: the header has no column 'text' (a UTF-8 file, cells parted by tabs)"
            )
        if twice := sorted({name for name in header if name and header.count(name) > 1}):
            raise CommandError(f"{input}: line 1: the header names {', '.join(twice)} twice")
        encoder = msgspec.json.Encoder()
        seen: set[str] = set()
        done = bad = 0
        try:
            sink = output.open("wb")
        except OSError as fault:
            raise CommandError(f"cannot write {output}: {fault.strerror}") from fault
        with sink:
            for number, row, complaint in _rows(lines, header):
                if complaint:
                    bad += 1
                    self.stderr.write(f"line {number}: {complaint}")
                    continue
                if len(row) < len(header):
                    missing = ", ".join(header[len(row) :])
                    self.stderr.write(f"line {number}: no cell for {missing}; scanned as if empty")
                judged = _judged(number, row)
                if judged["id"] in seen:
                    self.stderr.write(
                        f"line {number}: the id {judged['id']!r} came before; scanned all the same"
                    )
                seen.add(judged["id"])
                sink.write(encoder.encode(judged) + b"\n")
                done += 1
        self.stdout.write(f"{done} rows scanned, {bad} rows not readable; rules {pack_hash()}")


def _lines(source: Path) -> list[str]:
    """The lines of a table as spreadsheets save it: UTF-8, or UTF-16 that says so; any line ends."""
    try:
        raw = source.read_bytes()
    except OSError as fault:
        raise CommandError(f"cannot read {source}: {fault.strerror}") from fault
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = raw.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    return text.split("\n" if "\n" in text else "\r")


def _rows(lines: list[str], header: list[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    """Line number, row, and what is wrong with it (empty when it can be scanned)."""
    at = 1
    while at < len(lines):
        number, (cells, taken) = at + 1, _record(lines, at, len(header))
        at += taken
        if not any(cell.strip() for cell in cells) and taken == 1:
            if number < len(lines):
                yield number, {}, "the line is empty"
            continue
        row = dict(zip(header, cells, strict=False))
        yield number, row, _complaint(row, len(cells), len(header))


def _record(lines: list[str], at: int, columns: int) -> tuple[list[str], int]:
    """The cells that begin on a line, and how many lines they take: a quoted cell may hold line breaks.

    A quote that is never closed to a whole row is a character like any other.
    """
    joined = lines[at].rstrip("\r")
    whole = joined.split("\t")
    for taken, after in enumerate(lines[at + 1 : at + MOST_LINES], start=2):
        if not _open(joined.split("\t")[-1]):
            break
        joined += "\n" + after.rstrip("\r")
        cells = joined.split("\t")
        if len(cells) == columns and not any(_open(cell) for cell in cells):
            return [
                cell[1:-1].replace('""', '"') if "\n" in cell else _unquoted(cell) for cell in cells
            ], taken
        if len(cells) > columns:
            break
    return [_unquoted(cell) for cell in whole], 1


def _open(cell: str) -> bool:
    """Whether a quoted cell has begun and not ended."""
    return cell.startswith('"') and cell.count('"') % 2 == 1


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
