"""The answer a question gives in its own field: what the quiz calls right is said in its own voice.

`asserted(…)` promises True only where the field names an answer and the passage is that answer, or a
statement the answer affirms. `choices(…)` finds the options of a question written out in one field.
"""

import re
from functools import lru_cache

from compliance.scanner.cues import WANTS_WRONG

OPTIONS = re.compile(r"(?:^|(?<=[\s。?？;；,，、)）\"”\u4e00-\u9fff]))([A-Da-d])[..、:：)）]\s*")
LETTERS = re.compile(r"(?:正确)?答案(?:是|为)?[::\s]*([A-Da-d]+)")
ANSWER = re.compile(
    r"(?:(?:正确|参考|标准)?答案(?:是|为|就是|当然是)?|正确选项(?:是|为)|(?:所以|因此|故|本题)(?:应)?选)[::\s]*"
    r"(?P<said>[^)）。;\n]*)"
)
SCORED = re.compile(
    r"选(?:了|择)?[“\"「]?(?P<said>[^”\"」,。?!;]{1,20})[”\"」]?(?:的?(?:同学|人|朋友|用户|玩家))?(?:就|可|都)?(?:加|得|计|\+)\d+分"
)
TICKED = re.compile(
    r"\((?:本题)?(?:正确答案|正确(?:选?项)?|正解|参考答案|答案|标准答案|对|√|得分项|得分点|加分项|选(?:它|这个)(?:得|加)?分?)\)"
    r"|\((?:得|加|计|\+)\d+分\)|√\s*$|√(?=\s|[,;。])"
)
TICK_AT_END = re.compile(r"\(?√(?:对|正确)?\)?[。!]?$")
LETTERED = re.compile(r"^[A-Da-d]\s*[.、:)\s]\s*")
EVERY = re.compile(
    r"以上(?:都|全|皆|均)|(?:全|都|全部|全都)(?:可以|都?能|都?是|都?对|都?有|都?赔)|^\s*全(?:部|对)"
)
REFUSED = re.compile(
    r"\s*[“\"]?(?:不(?!用|查|看|需|必|会[,，]|会亏|要紧)|否|错|假|骗|违|×|没有|别|应?拒绝|谨防|警惕|虚假)"
)
AFFIRMED = re.compile(
    r"\s*(?:对|是(?!骗|诈|违|虚|误|错)|正确|可以|能|会|受|有(?!误|风险)|√|真|当然|没错|划算|应该|都|包)"
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


def asserted(text: str, begin: int, end: int) -> bool:
    """Whether the field itself gives the passage as right."""
    for answer in _answers(text):
        stem = text[: answer.start()]
        if WANTS_WRONG.search(stem):
            continue
        letters = chosen(text)
        options = choices(text[: answer.start()])
        if options and letters and LETTERS.match(text, answer.start()):
            if any(letter in letters and a <= begin and end <= b for letter, a, b in options):
                return True
            if len(options) > 1 and len(letters) >= len(options) and end <= options[0][1]:
                return True
            continue
        said = LETTERED.sub("", answer["said"])
        if REFUSED.match(said):
            continue
        if answer.start("said") <= begin and end <= answer.end("said"):
            return True
        if end <= answer.start() and AFFIRMED.match(said):
            return True
    return ("√" in text or "(" in text) and _ticked(text, begin, end)


def _ticked(text: str, begin: int, end: int) -> bool:
    """A tick behind the option, or behind the whole statement, says it is right."""
    options = choices(text)
    last = None if options else TICK_AT_END.search(text[-8:])
    right = (last is not None and end <= len(text) - 8 + last.start()) or any(
        a <= begin and end <= b and TICKED.search(text[a:b]) for _, a, b in options
    )
    return right and not WANTS_WRONG.search(text[:begin])


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
