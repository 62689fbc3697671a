"""The answer a question gives in its own field: what the quiz calls right is said in its own voice.

`asserted(…)` promises True only where the field names an answer and the passage is that answer, or a
statement the answer affirms. `choices(…)` finds the options of a question written out in one field.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from compliance.scanner.cues import WANTS_WRONG
from compliance.scanner.spans import NOWHERE, Spans

MOST_ANSWERS = 8  # who names more in one field has all of it taken as said

OPTIONS = re.compile(r"(?:^|(?<=[\s。?？;；,，、)）\"”\u4e00-\u9fff]))([A-Da-d])[..、:：)）]\s{0,16}")
LETTERS = re.compile(r"(?:正确)?答案(?:是|为)?[::\s]{0,16}([A-Da-d]+)")
ANSWER = re.compile(
    r"(?:(?:正确|参考|标准)?答案(?:是|为|就是|当然是)?|正确选项(?:是|为)|(?:所以|因此|故|本题)(?:应)?选)[::\s]{0,16}"
    r"(?P<said>[^)）。;\n]*)"
)
SCORED = re.compile(
    r"选(?:了|择)?[“\"「]?(?P<said>[^”\"」,。?!;]{1,20})[”\"」]?(?:的?(?:同学|人|朋友|用户|玩家))?(?:就|可|都)?(?:加|得|计|\+)\d{1,16}分"
)
TICKED = re.compile(
    r"\((?:本题)?(?:正确答案|正确(?:选?项)?|正解|参考答案|答案|标准答案|对|√|得分项|得分点|加分项|选(?:它|这个)(?:得|加)?分?)\)"
    r"|\((?:得|加|计|\+)\d{1,16}分\)|√\s{0,16}$|√(?=\s|[,;。])"
)
TICK_AT_END = re.compile(r"\(?√(?:对|正确)?\)?[。!]?$")
LETTERED = re.compile(r"^[A-Da-d]\s{0,16}[.、:)\s]\s{0,16}")
EVERY = re.compile(
    r"以上(?:都|全|皆|均)|(?:全|都|全部|全都)(?:可以|都?能|都?是|都?对|都?有|都?赔)|^\s{0,16}全(?:部|对)"
)
REFUSED = re.compile(
    r"\s{0,16}[“\"]?(?:不(?!用|查|看|需|必|会[,，]|会亏|要紧)|否|错|假|骗|违|×|没有|别|应?拒绝|谨防|警惕|虚假)"
)
AFFIRMED = re.compile(
    r"\s{0,16}(?:对|是(?!骗|诈|违|虚|误|错)|正确|可以|能|会|受|有(?!误|风险)|√|真|当然|没错|划算|应该|都|包)"
)


@lru_cache(maxsize=512)
def choices(text: str) -> tuple[tuple[str, int, int], ...]:
    """Letter (upper case), begin and end of each option written out in a question, in order."""
    marks = list(OPTIONS.finditer(text))
    if not marks:
        return ()
    answer = LETTERS.search(text)
    last = len(text)
    if answer:
        last = max(answer.start(), marks[-1].end())
    ends = [mark.start() for mark in marks[1:]] + [last]
    return tuple((mark.group(1).upper(), mark.end(), end) for mark, end in zip(marks, ends, strict=True))


@lru_cache(maxsize=512)
def chosen(text: str) -> frozenset[str]:
    """The letters given as the answer; every letter where the answer is "all of the above"."""
    answer = LETTERS.search(text)
    options = choices(text)
    if answer is None:
        return frozenset(letter for letter, begin, end in options if TICKED.search(text[begin:end]))
    letters = frozenset(answer.group(1).upper())
    if any(letter in letters and EVERY.search(text[begin:end]) for letter, begin, end in options):
        return frozenset(letter for letter, _, _ in options) | letters
    return letters


@lru_cache(maxsize=512)
def _answers(text: str) -> tuple[re.Match[str], ...]:
    return tuple(ANSWER.finditer(text))


@dataclass(frozen=True)
class _Asserted:
    """What a field gives as right, read once for all passages in it."""

    spans: Spans  # a passage inside one of these is given as right
    before: int = -1  # and one that ends here or earlier
    ticked: Spans = NOWHERE  # these two hold only in front of the first word that asks for what is wrong
    ticked_before: int = -1
    asked_for_wrong: int | None = None
    everything: bool = False


def asserted(text: str, begin: int, end: int) -> bool:
    """Whether the field itself gives the passage as right."""
    right = _asserted(text)
    if right.everything or end <= right.before or right.spans.hold(begin, end):
        return True
    if right.asked_for_wrong is not None and right.asked_for_wrong <= begin:
        return False
    return end <= right.ticked_before or right.ticked.hold(begin, end)


@lru_cache(maxsize=512)
def _asserted(text: str) -> _Asserted:
    wrong = WANTS_WRONG.search(text)
    answers = [one for one in _answers(text) if wrong is None or one.start() < wrong.end()]
    if len(answers) > MOST_ANSWERS:
        return _Asserted(NOWHERE, everything=True)
    spans: list[tuple[int, int]] = []
    before = -1
    for answer in answers:
        letters, options = chosen(text), choices(text[: answer.start()])
        if options and letters and LETTERS.match(text, answer.start()):
            spans += [(a, b) for letter, a, b in options if letter in letters]
            if len(options) > 1 and len(letters) >= len(options):
                before = max(before, options[0][1])
            continue
        said = LETTERED.sub("", answer["said"])
        if REFUSED.match(said):
            continue
        spans.append(answer.span("said"))
        if AFFIRMED.match(said):
            before = max(before, answer.start())
    return _Asserted(Spans(spans), before, *_ticked(text), wrong.end() if wrong else None)


def _ticked(text: str) -> tuple[Spans, int]:
    """A tick behind the option, or behind the whole statement, says it is right."""
    if "√" not in text and "(" not in text:
        return NOWHERE, -1
    options = choices(text)
    if options:
        return Spans((a, b) for _, a, b in options if TICKED.search(text[a:b])), -1
    last = TICK_AT_END.search(text[-8:])
    return NOWHERE, len(text) - 8 + last.start() if last else -1


@lru_cache(maxsize=512)
def given(text: str) -> tuple[tuple[int, int], ...]:
    """The spans a question gives as right, in its own words: what the quiz says, taken alone."""
    spans = [(a, b) for _, a, b in choices(text) if TICKED.search(text[a:b])]
    letters = chosen(text)
    spans += [(a, b) for letter, a, b in choices(text) if letter in letters]
    spans += [one.span("said") for one in _answers(text) if not LETTERS.match(text, one.start())]
    spans += [one.span("said") for one in SCORED.finditer(text)]
    first = min((begin for begin, _ in spans), default=0)
    return () if WANTS_WRONG.search(text[:first]) else tuple(sorted(set(spans)))


def wrong_options(text: str) -> Spans:
    """Spans of wrong options when a whole question is written in one field: A.… B.… 答案:B."""
    options, right = choices(text), chosen(text)
    if not right or len(options) < 2:
        return NOWHERE
    if WANTS_WRONG.search(text[: options[0][1]]):
        right = frozenset()
    return Spans((begin, end) for letter, begin, end in options if letter not in right)
