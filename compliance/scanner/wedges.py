"""Take out what was wedged between the characters of a word, and leave real punctuation where it is.

`without_wedges(cells)` promises the same cells less marks between single characters (保、本), brackets or
quotation marks around single characters (【保】“本”), and a letter repeated between them (稳x赚x).
"""

import re
from collections.abc import Iterator

Cells = list[tuple[str, int, int]]

SENTENCE_MARKS = frozenset("。!?;,、:\n")
KEPT_MARKS = frozenset('《》“”‘’「」『』"%+.()/&~-—…√×')
BETWEEN_LETTERS = frozenset(".%+-/&~√×")
WEDGED = SENTENCE_MARKS | KEPT_MARKS - frozenset("%《》")
RUNS = frozenset("。,、;!:….—")
SPACED = re.compile(r"(?<![a-z0-9])[a-z](?: [a-z]){2,400}(?![a-z0-9])")
TONED = re.compile(r"(?<![a-z0-9])(?:[a-z]{2,6}[1-5]){2,80}(?![a-z0-9])")
BRACKETS = {"“": "”", "‘": "’", '"': '"', "「": "」", "『": "』", "(": ")", "《": "》"}
FRAGMENT_STOP = frozenset("是对不好的了吗呢吧啊或与和及以请注有无甲乙丙丁一二三四五六七八九十")
BESIDE = frozenset("对错是否新旧原含注例如限约共月日年元个第上下左右前后中内外男女")  # 正(反), (含)以上


def is_cjk(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "豈" <= character <= "龥"


def without_wedges(cells: Cells) -> Cells:
    return _without_marks(_without_letters(_joined_letters(_without_brackets(cells))))


def _without_brackets(cells: Cells) -> Cells:
    """(保)(本), “保”“本”: brackets around one character, where another such or the word's rest follows."""
    if not any(cell[0] in BRACKETS for cell in cells):
        return cells
    drop: set[int] = set()
    singles = [index for index in range(1, len(cells) - 1) if _bracketed(cells, index)]
    known = frozenset(singles)
    for index in singles:
        if {index - 3, index + 3} & known or _inside_a_word(cells, index):
            drop |= {index - 1, index + 1}
    return [cell for index, cell in enumerate(cells) if index not in drop]


def _bracketed(cells: Cells, index: int) -> bool:
    here = cells[index][0]
    return is_cjk(here) and BRACKETS.get(cells[index - 1][0]) == cells[index + 1][0]


def _inside_a_word(cells: Cells, index: int) -> bool:
    if cells[index - 1][0] != "(" or cells[index][0] in FRAGMENT_STOP | BESIDE:
        return False
    return (
        index >= 2 and index + 2 < len(cells) and is_cjk(cells[index - 2][0]) and is_cjk(cells[index + 2][0])
    )


def _joined_letters(cells: Cells) -> Cells:
    """x i a n, feng1xian3: letters with gaps or tone numbers between them are one run."""
    text = "".join(cell[0] for cell in cells)
    drop = {place for run in SPACED.finditer(text) for place in range(*run.span()) if text[place] == " "}
    drop |= {place for run in TONED.finditer(text) for place in range(*run.span()) if text[place].isdigit()}
    return [cell for index, cell in enumerate(cells) if index not in drop] if drop else cells


def _without_letters(cells: Cells) -> Cells:
    """零x风x险: the same letter again and again between single characters."""
    drop: set[int] = set()
    for index in range(1, len(cells) - 3):
        letter = cells[index][0]
        if (
            letter.isascii()
            and letter.isalpha()
            and cells[index + 2][0] == letter
            and is_cjk(cells[index - 1][0])
            and is_cjk(cells[index + 1][0])
            and is_cjk(cells[index + 3][0])
        ):
            drop |= {index, index + 2}
    return [cell for index, cell in enumerate(cells) if index not in drop] if drop else cells


def _without_marks(cells: Cells) -> Cells:
    runs = frozenset(_marks_of_runs(cells))
    joined: Cells = []
    count = len(cells)
    for index, cell in enumerate(cells):
        character = cell[0]
        if index in runs:
            continue
        if character in WEDGED and character != "\n":
            before = joined[-1][0] if joined else ""
            after = cells[index + 1][0] if index + 1 < count else ""
            if before and after and is_cjk(before) and is_cjk(after):
                if character in BETWEEN_LETTERS:
                    continue
                if character in RUNS and index - 2 not in runs and _lone(cells, index, before, after):
                    continue
        joined.append(cell)
    return joined


def _marks_of_runs(cells: Cells) -> Iterator[int]:
    """The marks of 独、一、无、二 and 年,化,8,%: three single characters or more between the same mark."""
    index, count = 0, len(cells)
    while index + 2 < count:
        mark = cells[index + 1][0]
        if mark not in RUNS or not _single(cells[index][0]) or not _edge(cells, index - 1):
            index += 1
            continue
        last = index
        while last + 2 < count and cells[last + 1][0] == mark and _single(cells[last + 2][0]):
            last += 2
        if last + 1 < count and not _edge(cells, last + 1):
            last -= 2
        members = [cells[place][0] for place in range(index, last + 1, 2)]
        told = [one for one in members if is_cjk(one) and one not in FRAGMENT_STOP]
        if len(members) >= 3 and told:
            yield from range(index + 1, last, 2)
        index = max(last, index) + 1


def _single(character: str) -> bool:
    return character == "%" or character not in SENTENCE_MARKS | KEPT_MARKS


def _edge(cells: Cells, index: int) -> bool:
    """Nothing, a mark or a space stands here."""
    return not 0 <= index < len(cells) or not _single(cells[index][0]) or cells[index][0].isspace()


def _lone(cells: Cells, index: int, before: str, after: str) -> bool:
    """Is the character on either side alone between two marks, as in 保,本?"""
    marks = SENTENCE_MARKS | {"…"}

    def alone(position: int) -> bool:
        left = cells[position - 1][0] if position > 0 else "\n"
        right = cells[position + 1][0] if position + 1 < len(cells) else "\n"
        return left in marks and right in marks

    return (alone(index - 1) and before not in FRAGMENT_STOP) or (
        alone(index + 1) and after not in FRAGMENT_STOP
    )
