"""A text is typed that keeps a process busy: blank lines, digits, one term again and again. Issue 9, point 3.

What reads typed text costs what the text's length costs and no more: every regular expression has a bounded
reach, and every check takes work in proportion. Steps and operations are counted; no machine is timed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest

from compliance.scanner import Text, default_pack, scan, scan_with_excused
from compliance.scanner.answers import asserted, given
from compliance.scanner.check import Matter
from compliance.scanner.hearing import hear
from compliance.scanner.likeness import likeness
from compliance.scanner.normalise import normalise
from compliance.scanner.scan import checks
from kernel.placeholders import unfilled
from kernel.punctuation import formatted
from kernel.visible import visible
from tests.attacks.expressions import TooManySteps, reach, steps_at_start, tempting
from tests.attacks.known_expressions import BUILT_IN_FUNCTIONS, built_in_functions, known_expressions

SIZES = (1_000, 10_000, 100_000)
MOST_STEPS = 12_000  # of one attempt, whatever follows
GROWTH = 1.2

# One or two of these, over and over, found a way round each part of the scanner.
ATTACKS = {
    "blank lines": "\n",
    "blanks": " ",
    "digits": "9",
    "a rate begun": "日利率9",
    "figures": "年化9%收益",
    "one term": "保本",
    "a term on each line": "零风险\n",
    "an ordinary word cut": "担保本",
    "answers": "答案:保本 ",
    "choices": "A.保本 ",
    "quoted": "“保本”",
    "wedged": "保、本、",
    "in brackets": "(保)",
    "by sound": "bao ben ",
    "by initials": "lfx ",
    "homophones": "宝笨",
    "half and half": "零f险",
    "judged": "骗子说保本不可信,",
    "shared": "分享给一",
    "split in two": "木又木又",
    "brackets without end": "{a('",
    "addresses": "https://",
}


def test_no_expression_reaches_without_bound() -> None:
    known = known_expressions()

    unbounded = sorted(where for where, pattern in known.items() if reach(pattern) is None)

    assert unbounded == []
    assert len(known) > 600


def test_every_expression_built_in_a_function_is_among_the_known() -> None:
    assert set(built_in_functions()) == BUILT_IN_FUNCTIONS


def test_an_attempt_takes_no_more_steps_however_long_the_text_is() -> None:
    worse: dict[str, Any] = {}
    for where, pattern in known_expressions().items():
        worst = max(tempting(pattern, SIZES[0]), key=lambda text: _steps(pattern, text), default="")
        if _steps(pattern, worst) > MOST_STEPS:
            worse[where] = worst[:40]
            continue
        unit = worst.rstrip("\x00")
        counted = [_steps(pattern, (unit * (size // max(1, len(unit)) + 1))[:size]) for size in SIZES]
        if any(after > GROWTH * 10 * max(before, 1) for before, after in pairwise(counted)):
            worse[where] = counted

    assert worse == {}


def _steps(pattern: Any, text: str) -> int:
    try:
        return steps_at_start(pattern, text, 20 * len(text) + MOST_STEPS)
    except TooManySteps:
        return sys.maxsize


WHOLE = (
    "blank lines",
    "digits",
    "figures",
    "a term on each line",
    "answers",
    "choices",
    "by initials",
    "wedged",
)


@pytest.mark.parametrize("attack", WHOLE)
def test_a_scan_takes_work_in_proportion_to_its_text(attack: str) -> None:
    def read(text: str) -> object:
        return scan_with_excused([Text("field", "question", text)], "bank", pack=default_pack())

    # beyond the 400 characters that a passage's surroundings reach
    assert _growth(read, ATTACKS[attack], sizes=(500, 1_000, 2_000), count=_calls) <= GROWTH


PARTS: dict[str, Callable[[str], object]] = {
    "visible": visible,
    "formatted": formatted,
    "unfilled": unfilled,
    "normalise": normalise,
    "hear": lambda text: hear(normalise(text)),
    "likeness": likeness,
    "given": given,
    "asserted": lambda text: [asserted(text, place, place + 2) for place in range(0, len(text), 50)],
    **{
        f"check {check.key}": lambda text, check=check: list(
            check.examine(Matter.of([Text("field", "rule", text)], "bank", default_pack()))
        )
        for check in checks()
    },
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_takes_work_in_proportion_to_its_text(part: str) -> None:
    growth = {name: _growth(PARTS[part], unit) for name, unit in ATTACKS.items()}

    assert {name: factor for name, factor in growth.items() if factor > GROWTH} == {}


def test_a_content_takes_work_in_proportion_to_its_fields() -> None:
    def read(text: str) -> object:
        fields = [
            Text(f"field.{number}", kind, f"{number}:{word}", group="one")
            for number, word in enumerate(text.split("\n"))
            for kind in ("question", "explanation")
        ]
        return scan_with_excused(fields, "bank", pack=default_pack())

    assert _growth(read, "零风险理财,稳赚\n", sizes=(160, 320, 640), count=_calls) <= GROWTH


@pytest.mark.parametrize("rate", ["99999%", "9" * 400 + "%", "9" * 5_000, "九" * 400 + "%"])
def test_a_figure_beyond_all_figures_is_read_without_a_fault(rate: str) -> None:
    scan([Text("field", "rule", f"日利率{rate},年化仅5%;存款保险最高赔付{rate}万元")], "bank")


def _growth(
    deed: Callable[[str], object],
    unit: str,
    sizes: Sequence[int] = (150, 300, 600),
    count: Callable[[Callable[[str], object], str], int] | None = None,
) -> float:
    """How much the next piece of a text costs beside the one before it, fixed costs left out: 1 is linear."""
    deed(_made(unit, sizes[0] + 1))  # tables are read; what is kept of single passages is kept
    small, middle, large = ((count or _operations)(deed, _made(unit, size)) for size in sizes)
    return (large - middle) / 2 / max(middle - small, sizes[0])


def _made(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def _operations(deed: Callable[[str], object], text: str) -> int:
    """The operations Python carries out for this text, the same on every machine."""
    counted = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:  # Any: a trace function
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        deed(text)
    finally:
        sys.settrace(before)
    return counted


def _calls(deed: Callable[[str], object], text: str) -> int:
    """The calls Python makes for this text, of functions of its own and of the libraries': a coarser measure
    than operations, for what takes millions of them."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        deed(text)
    finally:
        sys.setprofile(before)
    return counted
