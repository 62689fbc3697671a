"""Rows of a sheet as labelled sentences: pasted or uploaded, tabs or commas, told row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.golden import Sample
from compliance.models.golden import LONGEST_REASON, LONGEST_SENTENCE
from compliance.scanner import ALL_SECTORS, SECTORS, default_pack
from kernel.enumeration import enumerated
from kernel.sheet import as_typed

LARGEST_FILE = 512 * 1024
MOST_ROWS = 500
HEADING = ("文案", "标注", "用在哪里", "业态", "类别", "说明")
EXAMPLE = (
    "示例（导入时跳过本行）：本产品保本保息，稳赚不赔",
    "违规",
    "标题",
    "银行",
    "承诺保本",
    "向客户保证本金和收益",
)
LABELS = {"违规": True, "violation": True, "合规": False, "fine": False, "honest": False}
PLACES = {
    "title": _("标题"),
    "rule": _("规则"),
    "question": _("题目"),
    "option": _("选项"),
    "explanation": _("解读"),
    "reward": _("权益"),
    "share_copy": _("分享文案"),
    "notice": _("告知"),
}
SECTOR_WORDS = {
    "all": _("不限业态"),
    "bank": _("银行"),
    "insurance": _("保险"),
    "securities": _("证券"),
    "wealth": _("理财"),
}
_PLACES_ZH = {"标题": "title", "规则": "rule", "题目": "question", "选项": "option", "解读": "explanation",
              "权益": "reward", "分享文案": "share_copy", "告知": "notice"}  # fmt: skip
_SECTORS_ZH = {
    "不限业态": ALL_SECTORS, "银行": "bank", "保险": "insurance", "证券": "securities", "理财": "wealth",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row nobody could use: its number in the file, why, and its cells as they were, to be mended."""

    number: int
    why: Promise | str
    cells: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that can be read, with its number and cells: the set may refuse it still."""

    number: int
    sample: Sample
    cells: Sequence[str]


def read_rows(rows: Iterable[Sequence[str] | None], *, sector: str) -> tuple[list[GoodRow], list[BadRow]]:
    """Samples of a sheet in the columns of `HEADING`; the first two are needed. A heading row and the
    template's example are skipped.

    Where nothing is said: a title, of the institution's own sector.
    """
    good: list[GoodRow] = []
    bad: list[BadRow] = []
    for number, row in _rows(rows):
        if row is None:
            bad.append(BadRow(number, _("这一行无法读取")))
            continue
        if len(good) + len(bad) >= MOST_ROWS:
            bad.append(BadRow(number, _("一次最多500行，其余没有读取"), row))
            break
        read = _read(row, sector)
        if isinstance(read, Sample):
            good.append(GoodRow(number, read, row))
        else:
            bad.append(BadRow(number, read, row))
    return good, bad


def _rows(rows: Iterable[Sequence[str] | None]) -> Iterator[tuple[int, Sequence[str] | None]]:
    """Rows with something in them, numbered as in the file."""
    for number, row in enumerate(rows, start=1):
        cells = [as_typed(cell.strip()) for cell in row] if row is not None else None
        heading = number == 1 and cells is not None and cells[:1] and cells[0].lower() in {"text", HEADING[0]}
        example = cells is not None and cells[:1] == [EXAMPLE[0]]
        if cells is None or (any(cells) and not heading and not example):
            yield number, cells


def _of(refusal: Promise, words: Iterable[str]) -> str:
    """The refusal with what a cell may hold, as it is typed."""
    return str(refusal) % {"words": enumerated(words)}


def _read(row: Sequence[str], sector: str) -> Sample | Promise | str:
    text, label, place, business, category, why = (*row[:6], "", "", "", "", "", "")[:6]
    names = {one.label: key for key, one in default_pack().categories.items()}
    offends = LABELS.get(label.lower())
    content_type = _PLACES_ZH.get(place, place) or "title"
    of_sector = _SECTORS_ZH.get(business, business) or sector
    key = names.get(category, category)
    kinds = default_pack().categories
    faults = (
        (not text, _("没有文案")),
        (len(text) > LONGEST_SENTENCE, _("文案超过500字")),
        (offends is None, _("标注应为“违规”或“合规”")),
        (content_type not in PLACES, _of(_("没有这种用处，可以填：%(words)s"), _PLACES_ZH)),
        (of_sector not in (ALL_SECTORS, *SECTORS), _of(_("没有这种业态，可以填：%(words)s"), _SECTORS_ZH)),
        (
            bool(key) and key not in kinds,
            _of(_("没有这个类别，可以填：%(words)s"), names),
        ),
        (bool(key) and offends is False, _("合规的样本不写类别")),
        (len(why) > LONGEST_REASON, _("说明超过300字")),
    )
    for wrong, told in faults:
        if wrong:
            return told
    return Sample(text, bool(offends), content_type, of_sector, key, why)
