"""A text is typed that keeps a process busy: blank lines, digits, one term again and again. Issue 9, point 3.

What reads typed text costs what the text's length costs and no more: every regular expression has a bounded
reach, and every check takes work in proportion. Steps and operations are counted; no machine is timed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from compliance.disputes import may_dispute
from compliance.on_demand import SCANS_A_MINUTE, SCANS_AT_ONCE
from compliance.scanner import Text, default_pack, scan, scan_with_excused, verdict
from compliance.scanner.answers import asserted, given
from compliance.scanner.check import Matter
from compliance.scanner.hearing import hear
from compliance.scanner.likeness import likeness
from compliance.scanner.normalise import normalise
from compliance.scanner.scan import checks
from compliance.scanner.work import LONGEST_FIELD, MOST_ALIKE, TOO_DEAR, TOO_LONG, TOO_MUCH
from compliance.wording import finding_words
from kernel.placeholders import unfilled
from kernel.punctuation import formatted
from kernel.visible import visible
from tenancy.models import Staff
from tenancy.throttle import held
from tests.attacks.expressions import TooManySteps, reach, steps_at_start, tempting
from tests.attacks.known_expressions import BUILT_IN_FUNCTIONS, built_in_functions, known_expressions
from tests.desk import signed_in

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


@pytest.mark.parametrize("unit", ATTACKS.values(), ids=ATTACKS)
def test_a_field_longer_than_may_be_read_is_refused_before_it_is_read(unit: str) -> None:
    read = lambda: scan([Text("field", "title", _made(unit, LONGEST_FIELD + 1))], "bank")  # noqa: E731

    assert [(one.rule, one.severity, one.path) for one in read()] == [(TOO_LONG, "block", "field")]
    assert _calls(lambda _text: read(), "") < 1_000


def test_a_content_longer_than_may_be_read_is_refused_before_it_is_read() -> None:
    fields = [Text(f"field.{number}", "rule", "。" * 4_000) for number in range(51)]

    assert [(one.rule, one.severity) for one in scan(fields, "bank")] == [(TOO_MUCH, "block")]


def test_a_scan_that_takes_too_much_work_stops_and_blocks() -> None:
    fields = [Text(f"field.{number}", "rule", "骗子说零f险不可信,\n" * 100) for number in range(150)]

    found = scan(fields, "bank")

    assert [(one.rule, one.severity) for one in found] == [(TOO_DEAR, "block")]
    assert not may_dispute(asdict(found[0]), default_pack())


def test_the_same_finding_is_told_twenty_times_and_no_more() -> None:
    found = scan([Text("field", "title", "零风险,\n" * 400)], "bank", reword=False)

    assert max(Counter(one.rule for one in found).values()) == MOST_ALIKE
    assert verdict(found) == "block"


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "没有全部检查"), ("en", "not all of it was checked")]
)
def test_what_was_not_read_is_said_in_both_languages(language: str, said: str) -> None:
    one = scan([Text("field", "title", "。" * (LONGEST_FIELD + 1))], "bank")[0]

    with override(language):
        words = finding_words(
            rule=one.rule, category=one.category, why=one.why, suggestion=one.suggestion, penalty=one.penalty
        )
    assert said in words.why


@pytest.mark.django_db
def test_nobody_tries_texts_faster_than_a_person_does(marketer: Staff, officer: Staff) -> None:
    busy, other = signed_in(marketer), signed_in(officer)

    tried = [_tried(busy) for _ in range(SCANS_A_MINUTE + 1)]

    assert tried == [200] * SCANS_A_MINUTE + [429]
    assert _tried(other) == 200


@pytest.mark.django_db
def test_many_colleagues_who_scan_at_once_leave_room_for_the_rest(marketer: Staff) -> None:
    with ExitStack() as others:
        for _ in range(SCANS_AT_ONCE):
            others.enter_context(held("scan", "everybody", most=SCANS_AT_ONCE, seconds=30))

        assert _tried(signed_in(marketer)) == 429
    assert _tried(signed_in(marketer)) == 200


@pytest.mark.django_db
def test_one_colleague_scans_one_text_at_a_time(marketer: Staff) -> None:
    with held("scan-of", str(marketer.id), most=1, seconds=30):
        assert _tried(signed_in(marketer)) == 429
    assert _tried(signed_in(marketer)) == 200


def _tried(browser: Client) -> int:
    return browser.post(reverse("compliance:try"), {"text": "春天到了", "content_type": "title"}).status_code


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
