"""Rows of a sheet as questions: pasted or uploaded, tabs or commas, told row by row. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.games.base import Words
from campaigns.question_content import Written, WrittenOption
from kernel.sheet import rows_in

LARGEST_FILE = 512 * 1024
MOST_ROWS = 200
LETTERS = "ABCDEF"
_COLUMNS = 9  # text, A, B, C, D, answer, explanation, article, topic
_HEADER = re.compile("^(题干|题目|question|text)$", re.IGNORECASE)
_ANSWER = re.compile("[^A-F]")

TOO_SHORT = Words("列数不够，应为9列", "Too few columns; nine are expected")
NO_TEXT = Words("没有题干", "The question text is empty")
NO_ANSWER = Words("没有正确答案", "No right answer is given")
WRONG_ANSWER = Words("正确答案不在选项中", "The right answer is not among the options")
TOO_LONG = Words("某一列超过500字", "A cell has more than 500 characters")
UNREADABLE = Words("这一行无法读取", "This row cannot be read")
TOO_MANY = Words("一次最多200行，其余没有读取", "Two hundred rows at most; the rest was not read")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row nobody could use: its number in the file, why, and its cells as they were, to be mended."""

    number: int
    why: Words
    cells: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file held."""

    good: Sequence[Written]
    bad: Sequence[BadRow]


def read_rows(text: str, *, sector: str) -> Rows:
    """Questions of a sheet: 题干, A–D, 答案, 解读, 法规编号, 知识点. A heading row is skipped.

    A cell is kept as typed: whether the question can be submitted is told where it is edited.
    """
    good: list[Written] = []
    bad: list[BadRow] = []
    for number, row in enumerate(rows_in(text), start=1):
        if row is None:
            bad.append(BadRow(number, UNREADABLE))
            continue
        trimmed = [cell.strip() for cell in row]
        if not any(trimmed) or (number == 1 and _HEADER.match(trimmed[0])):
            continue
        if len(good) + len(bad) >= MOST_ROWS:
            bad.append(BadRow(number, TOO_MANY, row))
            break
        read = _read(trimmed, sector)
        if isinstance(read, Words):
            bad.append(BadRow(number, read, row))
        else:
            good.append(read)
    return Rows(good, bad)


def _read(row: Sequence[str], sector: str) -> Written | Words:
    if len(row) < _COLUMNS:
        return TOO_SHORT
    if any(len(cell) > 500 for cell in row[:_COLUMNS]):
        return TOO_LONG
    text, options, answer = row[0], row[1:5], _ANSWER.sub("", row[5].upper())
    given = [WrittenOption(LETTERS[place], option) for place, option in enumerate(options) if option]
    if not text:
        return NO_TEXT
    if not answer:
        return NO_ANSWER
    if not set(answer) <= {option.id for option in given}:
        return WRONG_ANSWER
    return Written(
        text=text,
        options=given,
        answer="".join(sorted(set(answer))),
        explanation=row[6],
        article=row[7],
        topic=row[8],
        sectors=[sector],
    )
