"""Chinese punctuation: full-width beside Chinese, half-width in numbers, code, addresses and English.

`formatted(text)` promises the same words with the marks `, ; : ? ! ( ) .` and straight quotes as a Chinese
reader expects them, and without spaces beside a full-width mark. It is pure, linear in the text, changes
nothing it has formatted before, and never touches what stands for something else: placeholders (`{name}`,
`%(name)s`), template tags, HTML tags, entities, addresses and passages in backticks. What was decided, and
why, stands in `docs/decisions/0115-chinese-punctuation.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

Span = tuple[int, int]

WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_FOLDED = str.maketrans(
    {wide: half for half, wide in WIDE.items()} | dict(zip("（）。“”", '().""', strict=True)) | {" ": ""}
)
_OPENING, _CLOSING = "(（", ")）"
_WIDE_MARKS = frozenset("，；：？！（）。")

_HAN, _LATIN, _NOTHING = "han", "latin", ""
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff〇《》〈〉「」『』【】〔〕、]")
_WORD = re.compile(r"(?<![\w./-])[A-Za-z][A-Za-z'’-]{0,40}(?![\w/]|\.\w)")  # no part of a path
_SEE_THROUGH = frozenset("“”‘’\"'()（）[],;:?!，；：？！。.…—–-·/ \t\u3000×*_<>")
_STANDS_FOR = re.compile(
    r"\{\{.{0,800}?\}\}|\{%.{0,800}?%\}|\{#.{0,800}?#\}"  # of templates
    r"|\{(?:[^{}\n]|\{[^{}\n]{0,200}\}){0,400}\}"  # of str.format and f-strings
    r"|%\(\w{1,100}\)[sd]|%[sd%]"
    r"|</?[A-Za-z][^<>]{0,4000}>|&#?\w{1,40};",
    re.DOTALL,
)
_CODE = re.compile(
    r"https?://[^\s\u3000-\u9fff，；：？！（）“”<>\"']{0,800}[A-Za-z0-9_/=#-]"
    r"|`[^`\n]{0,800}`|--[a-z]{1,40}[ =]\S{1,800}"
    r"|:[a-z-]{1,40}\(['\"][^)\n]{0,200}\)"  # a selector: button:has-text('查验')
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `new` in the place of the characters from `begin` to `end`."""

    begin: int
    end: int
    new: str


def formatted(text: str) -> str:
    """The text with its marks as Chinese readers expect them."""
    return applied(text, edits(text))


def folded(text: str) -> str:
    """The words for comparing: whatever the width of their marks, without spaces."""
    return text.translate(_FOLDED)


def applied(text: str, changes: Iterable[Edit]) -> str:
    """The text after these changes, which are in order and do not overlap."""
    parts: list[str] = []
    cursor = 0
    for change in changes:
        parts += [text[cursor : change.begin], change.new]
        cursor = change.end
    return "".join([*parts, text[cursor:]])


def edits(text: str, hidden: Iterable[Span] = ()) -> list[Edit]:
    """What `formatted` would change, in order. `hidden` are further spans to leave alone and look through."""
    if not _IDEOGRAPH.search(text):
        return []
    seen = _Seen(text, hidden)
    if not seen.is_chinese:
        return []
    marks = {**seen.single_marks(), **seen.brackets(), **seen.quotes()}
    wide = {at for at, sign in enumerate(text) if sign in _WIDE_MARKS and not seen.covered[at]} | marks.keys()
    changes = [Edit(at, at + 1, new) for at, new in marks.items() if text[at] != new]
    changes += [Edit(begin, end, "") for begin, end in seen.spaces_beside(wide)]
    return sorted(changes, key=lambda change: change.begin)


class _Seen:
    """A text with every character's neighbours known, placeholders looked through."""

    def __init__(self, text: str, hidden: Iterable[Span]) -> None:
        self.text = text
        self.covered = bytearray(len(text))
        code = bytearray(len(text))
        for begin, end in [*hidden, *(hit.span() for hit in _STANDS_FOR.finditer(text))]:
            self.covered[begin:end] = b"\1" * (end - begin)
        for hit in _CODE.finditer(text):
            if not self.covered[hit.start()]:
                code[hit.start() : hit.end()] = b"\1" * (hit.end() - hit.start())
        self._kinds = [
            _LATIN if code[at] else _NOTHING if self.covered[at] else _kind(sign)
            for at, sign in enumerate(text)
        ]
        self._chinese = list(accumulate(kind == _HAN for kind in self._kinds))
        self._before = list(self._nearest(range(len(text))))
        self._after = list(self._nearest(range(len(text) - 1, -1, -1)))[::-1]
        starts = (at if at and text[at - 1] == "\n" else 0 for at in range(len(text)))
        self._line_starts = list(accumulate(starts, max))
        for at, coded in enumerate(code):
            self.covered[at] |= coded

    @property
    def is_chinese(self) -> bool:
        """More Chinese characters than English words: an English sentence may name a Chinese thing."""
        shown = "".join(" " if self.covered[at] else sign for at, sign in enumerate(self.text))
        return self._chinese[-1] >= len(_WORD.findall(shown))

    def single_marks(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for at, sign in enumerate(self.text):
            if self.covered[at]:
                continue
            if sign in WIDE and self._is_beside_chinese(at) and not self._tells_time(at):
                found[at] = WIDE[sign]
            elif sign == "." and self._ends_a_sentence(at):
                found[at] = "。"
        return found

    def brackets(self) -> dict[int, str]:
        """Pairs with Chinese in them or beside them. A bracket without its fellow stays as it is."""
        found: dict[int, str] = {}
        opened: list[int] = []
        for at, sign in enumerate(self.text):
            if self.covered[at]:
                continue
            if sign in _OPENING:
                opened.append(at)
            elif sign in _CLOSING and opened:
                begin = opened.pop()
                inside = self._chinese[at] > self._chinese[begin]
                beside = _HAN in (self._before[begin], self._after[at]) and at > begin + 1
                if inside or beside:
                    found |= {begin: "（", at: "）"}
        return found

    def quotes(self) -> dict[int, str]:
        """Straight quotes around Chinese, where they come in pairs; not around an attribute's value."""
        at_quotes = [at for at, sign in enumerate(self.text) if sign == '"' and not self.covered[at]]
        pairs = zip(at_quotes[::2], at_quotes[1::2], strict=False)
        if len(at_quotes) % 2:
            return {}
        return {
            at: new
            for begin, end in pairs
            if self._chinese[end] > self._chinese[begin] and self.text[max(begin - 1, 0)] != "="
            for at, new in ((begin, "“"), (end, "”"))
        }

    def spaces_beside(self, wide: set[int]) -> Iterator[Span]:
        """Single spaces that touch a full-width mark and begin no line; not one before the choice "B."."""
        for hit in re.finditer(r"(?<=\S) (?=\S|$)(?![A-F][.、．])", self.text):
            begin, end = hit.span()
            touches = begin - 1 in wide or (end in wide and self.text[end] not in _OPENING)
            if touches and not any(self.covered[begin:end]):
                yield begin, end

    def _is_beside_chinese(self, at: int) -> bool:
        before, after = self._before[at], self._after[at]
        return _HAN in (before, after) or (
            after == _NOTHING and before == _LATIN and self._ends_chinese_line(at)
        )

    def _ends_chinese_line(self, at: int) -> bool:
        """Nothing tells after this mark, so that the line before it decides."""
        begin = self._line_starts[at]
        return self._chinese[at] > (self._chinese[begin - 1] if begin else 0)

    def _tells_time(self, at: int) -> bool:
        """A colon squeezed between figures, or placeholders that stand for them: {hour}:{minute}."""
        if self.text[at] != ":" or not 0 < at < len(self.text) - 1:
            return False
        before, after = self.text[at - 1], self.text[at + 1]
        stands_before = bool(self.covered[at - 1]) and before in "}sd"
        stands_after = bool(self.covered[at + 1]) and after in "{%"
        return (before.isdigit() or stands_before) and (after.isdigit() or stands_after)

    def _ends_a_sentence(self, at: int) -> bool:
        before = self.text[at - 1] if at else ""
        after = self.text[at + 1 : at + 2]
        closes = _CHINESE.match(before) is not None or (before != "" and before in '”）)"')
        return closes and self._before[at] == _HAN and (not after or after in ' \n”）)"')

    def _nearest(self, order: Iterable[int]) -> Iterator[str]:
        """The kind of the nearest telling character met before each in this order; a line break hides all."""
        nearest = _NOTHING
        for at in order:
            yield nearest
            if self.text[at] == "\n" and not self.covered[at]:
                nearest = _NOTHING
            nearest = self._kinds[at] or nearest


def _kind(sign: str) -> str:
    if _CHINESE.match(sign):
        return _HAN
    return _NOTHING if sign in _SEE_THROUGH or sign.isspace() else _LATIN
