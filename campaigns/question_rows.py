"""Rows of a sheet as questions: pasted or uploaded, text or workbook, told row by row. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaigns.games.base import Words
from campaigns.question_content import Written, WrittenOption

LARGEST_FILE = 512 * 1024
MOST_ROWS = 200
LETTERS = "ABCDEF"
_COLUMNS = 9  # text, A, B, C, D, answer, explanation, article, topic
_HEADER = re.compile("^(题干|题目|question|text)$", re.IGNORECASE)
_BETWEEN = re.compile(r"[^A-Z0-9\u4e00-\u9fff]+|以及|和|与|及|\bAND\b")
_SAID_BEFORE = re.compile("^(正确)?答案(是|为)?|选项?")
HEADING = ("题干", "选项A", "选项B", "选项C", "选项D", "正确答案", "知识讲解", "法规编号", "知识点")
EXAMPLE = (
    "示例（导入时跳过本行）：接到自称客服的来电，要求共享屏幕核实账户，您应当怎么做？",
    "挂断电话，通过官方热线核实",
    "先共享屏幕再判断",
    "把验证码告诉对方",
    "",
    "A",
    "共享屏幕会暴露密码和验证码，金融机构不会这样核实身份。依据《反电信网络诈骗法》。",
    "AF-30",
    "反诈",
)

TOO_SHORT = Words("列数不够，应为9列", "Too few columns; nine are expected")
NO_TEXT = Words("没有题干", "The question text is empty")
NO_ANSWER = Words("没有正确答案", "No right answer is given")
UNCLEAR_ANSWER = Words(
    "正确答案看不懂，请写成 B 或 ACD", "The right answer is not clear; write B, or ACD for several"
)
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


def read_rows(rows: Iterable[Sequence[str] | None], *, sector: str) -> Rows:
    """Questions of a sheet in the columns of `HEADING`. The heading and the template's example are skipped.

    A cell is kept as typed: whether the question can be submitted is told where it is edited.
    """
    good: list[Written] = []
    bad: list[BadRow] = []
    for number, row in enumerate(rows, start=1):
        if row is None:
            bad.append(BadRow(number, UNREADABLE))
            continue
        trimmed = [cell.strip() for cell in row]
        if not any(trimmed) or (number == 1 and _HEADER.match(trimmed[0])) or trimmed[0] == EXAMPLE[0]:
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
    text, options, answer = row[0], row[1:5], answer_in(row[5])
    given = [WrittenOption(LETTERS[place], option) for place, option in enumerate(options) if option]
    if not text:
        return NO_TEXT
    if not row[5]:
        return NO_ANSWER
    if not answer:
        return UNCLEAR_ANSWER
    if not set(answer) <= {option.id for option in given}:
        return WRONG_ANSWER
    return Written(
        text=text,
        options=given,
        answer=answer,
        explanation=row[6],
        article=unicodedata.normalize("NFKC", row[7]).upper(),
        topic=row[8],
        sectors=[sector],
    )


def answer_in(typed: str) -> str:
    """The letters of an answer in order, however they are written: ac, "B and D", B、D; empty if unclear."""
    plain = _SAID_BEFORE.sub("", unicodedata.normalize("NFKC", typed).upper().strip())
    words = [word for word in _BETWEEN.split(plain) if word]
    return "".join(sorted(set("".join(words)))) if all(set(word) <= set(LETTERS) for word in words) else ""
