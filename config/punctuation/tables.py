"""Words in tables, presets, catalogues and plain papers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from config.punctuation.literals import edits_within
from kernel.punctuation import Edit, Span, edits

_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_MESSAGE = re.compile(r'^msgid(?:_plural)? ((?:"(?:[^"\\\n]|\\.)*"\n)+)', re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def table_edits(source: str, columns: Collection[str]) -> list[Edit]:
    """Changes to these columns of a tab-separated table."""
    changes: list[Edit] = []
    begin = 0
    names: list[str] = []
    for line in source.splitlines(keepends=True):
        cells = line.rstrip("\n").split("\t")
        names = names or cells
        for name, cell in zip(names, cells, strict=False):
            if name in columns:
                changes += _moved(edits(cell), begin)
            begin += len(cell) + 1
        begin += len(line) - len(line.rstrip("\n")) - 1
    return changes


def preset_edits(source: str) -> list[Edit]:
    """Changes to the strings of a JSON file."""
    return [change for hit in _JSON_STRING.finditer(source) for change in edits_within(source, [hit.span(1)])]


def catalogue_edits(source: str) -> list[Edit]:
    """Changes to the message ids of a catalogue; what they are translated to stays."""
    return [
        change for hit in _MESSAGE.finditer(source) for change in edits_within(source, list(_pieces(hit)))
    ]


def paper_edits(source: str) -> list[Edit]:
    """Changes to a paper, line by line; fenced code stays."""
    fenced = [hit.span() for hit in _FENCED.finditer(source)]
    changes: list[Edit] = []
    begin = 0
    for line in source.splitlines(keepends=True):
        if not any(start <= begin < end for start, end in fenced):
            changes += _moved(edits(line), begin)
        begin += len(line)
    return changes


def _pieces(message: re.Match[str]) -> Iterator[Span]:
    for piece in _JSON_STRING.finditer(message.string, *message.span(1)):
        yield piece.span(1)


def _moved(changes: list[Edit], by: int) -> list[Edit]:
    return [Edit(change.begin + by, change.end + by, change.new) for change in changes]
