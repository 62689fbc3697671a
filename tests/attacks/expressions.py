"""Regular expressions under attack: how far one can reach, and how many steps an attempt takes.

`reach(pattern)` promises the most characters an attempt looks at, read off the parsed expression; `None`
means that nothing bounds it. `tempting(pattern)` gives texts made to keep it busy; `steps_at_start` counts
the steps a backtracking matcher takes for one attempt. All is counted, never timed, so no load changes
nothing. An expression of bounded reach costs at most (its steps an attempt) × (length of the text), however
long the text is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from re import _constants as op  # type: ignore[attr-defined]  # the typing stubs leave the parser out
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
SINGLE = (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY)
AROUND = (op.ASSERT, op.ASSERT_NOT)
Tokens = list[tuple[Any, Any]]  # Any: the parser's own constants and operands


class TooManySteps(Exception):
    """The attempt took more steps than allowed."""


def parsed(pattern: re.Pattern[Any]) -> Tokens:
    written = pattern.pattern
    written = written.decode("latin-1") if isinstance(written, bytes) else written
    return list(parser.parse(written, pattern.flags & ~re.UNICODE & ~re.DEBUG))


def reach(pattern: re.Pattern[Any]) -> int | None:
    """The most characters one attempt looks at, or None. A plain repeat of one class with nothing behind it
    but such as may be empty is free: once entered it succeeds, and what it took is not looked at again."""
    return _reach(parsed(pattern), at_end=True)


def _reach(tokens: Tokens, *, at_end: bool) -> int | None:
    total = 0
    for place, (code, value) in enumerate(tokens):
        last = at_end and all(_may_be_nothing(*later) for later in tokens[place + 1 :])
        one = _reach_of(code, value, at_end=last)
        if one is None:
            return None
        total += one
    return total


def _may_be_nothing(code: Any, value: Any) -> bool:
    return code in REPEATS and value[0] == 0 and len(value[2]) == 1 and value[2][0][0] in SINGLE


def _reach_of(code: Any, value: Any, *, at_end: bool) -> int | None:
    if code in REPEATS:
        _, most, body = value
        one = _reach(list(body), at_end=False)
        if one is None:
            return None
        if most is op.MAXREPEAT:
            return 1 if at_end and len(body) == 1 and body[0][0] in SINGLE else None
        return most * one
    if code is op.SUBPATTERN:
        return _reach(list(value[3]), at_end=at_end)
    if code is op.ATOMIC_GROUP:
        return _reach(list(value), at_end=False)
    if code in AROUND:
        return _reach(list(value[1]), at_end=False)
    if code is op.BRANCH:
        ways = [_reach(list(way), at_end=at_end) for way in value[1]]
        known = [way for way in ways if way is not None]
        return max(known) if len(known) == len(ways) else None
    if code in SINGLE:
        return 1
    if code is op.AT:
        return 0
    return None


def tempting(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    """For each repeat: what leads up to it, then its body again and again, then what spoils the match."""
    seen = set()
    for lead, body in _repeats(parsed(pattern), ""):
        for spoiler in ("", "\x00"):
            text = lead + (body * (length // max(1, len(body)) + 1))[:length] + spoiler
            if text not in seen:
                seen.add(text)
                yield text


def _repeats(tokens: Tokens, lead: str) -> Iterator[tuple[str, str]]:
    for code, value in tokens:
        if code in REPEATS:
            if value[1] is op.MAXREPEAT or value[1] > 1:
                for body in _ways(list(value[2])):
                    yield lead, body or " "
            yield from _repeats(list(value[2]), lead)
        elif code is op.SUBPATTERN:
            yield from _repeats(list(value[3]), lead)
        elif code is op.ATOMIC_GROUP:
            yield from _repeats(list(value), lead)
        elif code in AROUND:
            yield from _repeats(list(value[1]), lead)
        elif code is op.BRANCH:
            for way in value[1]:
                yield from _repeats(list(way), lead)
        lead += _shortest(code, value)


def _ways(tokens: Tokens) -> list[str]:
    """What a body may be: each of its alternatives, at most four, and all of them in turn."""
    if len(tokens) == 1 and tokens[0][0] is op.SUBPATTERN:
        return _ways(list(tokens[0][1][3]))
    if len(tokens) == 1 and tokens[0][0] is op.BRANCH:
        ways = ["".join(_shortest(*token) for token in way) for way in tokens[0][1][1]]
        return list(dict.fromkeys([*ways[:4], "".join(ways)]))
    return ["".join(_shortest(*token) for token in tokens)]


def _shortest(code: Any, value: Any) -> str:
    """Something this token matches."""
    if code is op.LITERAL:
        return chr(value)
    if code is op.NOT_LITERAL:
        return "赚" if value != ord("赚") else "息"
    if code is op.ANY:
        return "赚"
    if code is op.IN:
        return _member(value)
    if code in REPEATS:
        return "".join(_shortest(*token) for token in value[2]) * value[0]
    if code is op.SUBPATTERN:
        return "".join(_shortest(*token) for token in value[3])
    if code is op.ATOMIC_GROUP:
        return "".join(_shortest(*token) for token in value)
    if code is op.BRANCH:
        return "".join(_shortest(*token) for token in value[1][0])
    return ""


def _member(members: Any) -> str:
    for sign in ("赚", "1", " ", "a", "\n", ",", *map(chr, range(33, 127))):
        if _in(members, sign):
            return sign
    for code, value in members:
        if code in (op.LITERAL, op.RANGE):
            return chr(value if code is op.LITERAL else value[0])
    return "赚"


CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    op.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
    op.CATEGORY_NOT_WORD: lambda sign: not (sign.isalnum() or sign == "_"),
}


def _in(members: Any, sign: str) -> bool:
    negated, found = False, False
    for code, value in members:
        if code is op.NEGATE:
            negated = True
        elif code is op.LITERAL:
            found = found or ord(sign) == value
        elif code is op.RANGE:
            found = found or value[0] <= ord(sign) <= value[1]
        else:
            found = found or CATEGORIES[value](sign)
    return found != negated


Rest = Callable[[int], bool]


class Attempt:
    """One attempt of a backtracking matcher from the beginning of a text, its steps counted."""

    def __init__(self, text: str, most: int) -> None:
        self.text, self.most, self.steps = text, most, 0

    def tokens(self, tokens: Tokens, at: int, rest: Rest, place: int = 0) -> bool:
        if place == len(tokens):
            return rest(at)
        self.steps += 1
        if self.steps > self.most:
            raise TooManySteps(self.most)
        code, value = tokens[place]
        return self.token(code, value, at, lambda end: self.tokens(tokens, end, rest, place + 1))

    def token(self, code: Any, value: Any, at: int, rest: Rest) -> bool:
        if code in REPEATS:
            if code is op.POSSESSIVE_REPEAT:
                end = self.alone([(op.MAX_REPEAT, value)], at)
                return end is not None and rest(end)
            return self.repeat(value, at, rest, lazy=code is op.MIN_REPEAT)
        if code is op.SUBPATTERN:
            return self.tokens(list(value[3]), at, rest)
        if code is op.ATOMIC_GROUP:
            end = self.alone(list(value), at)
            return end is not None and rest(end)
        if code is op.BRANCH:
            return any(self.tokens(list(way), at, rest) for way in value[1])
        if code in AROUND:
            ahead, body = value
            begins = [at] if ahead > 0 else range(at, -1, -1)
            met = any(self.alone(list(body), begin) is not None for begin in begins) if ahead > 0 else False
            return (met == (code is op.ASSERT)) and rest(at)
        if code is op.AT:
            return self.stands(value, at) and rest(at)
        return at < len(self.text) and _matches(code, value, self.text[at]) and rest(at + 1)

    def alone(self, tokens: Tokens, at: int) -> int | None:
        ends: list[int] = []

        def take(end: int) -> bool:
            ends.append(end)
            return True

        return ends[0] if self.tokens(tokens, at, take) else None

    def repeat(self, value: Any, at: int, rest: Rest, *, lazy: bool) -> bool:
        least, most, body = value
        if len(body) == 1 and body[0][0] in SINGLE:
            return self.run(least, most, body[0], at, rest, lazy=lazy)
        body = list(body)

        def again(count: int, here: int) -> bool:
            def more() -> bool:
                return (most is op.MAXREPEAT or count < most) and self.tokens(
                    body, here, lambda end: end > here and again(count + 1, end)
                )

            if count < least:
                return more()
            return (rest(here) or more()) if lazy else (more() or rest(here))

        return again(0, at)

    def run(self, least: int, most: Any, token: Any, at: int, rest: Rest, *, lazy: bool) -> bool:
        """A repeat of single characters, without a call for each."""
        end = at
        room = len(self.text) if most is op.MAXREPEAT else min(len(self.text), at + most)
        while end < room and _matches(*token, self.text[end]):
            end += 1
        self.steps += end - at
        ends = range(at + least, end + 1)
        return any(rest(one) for one in (ends if lazy else reversed(ends)))

    def stands(self, where: Any, at: int) -> bool:
        if where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            return at == 0
        if where in (op.AT_END, op.AT_END_STRING):
            return at == len(self.text)
        left = at > 0 and (self.text[at - 1].isalnum() or self.text[at - 1] == "_")
        right = at < len(self.text) and (self.text[at].isalnum() or self.text[at] == "_")
        return (left != right) == (where is op.AT_BOUNDARY)


def _matches(code: Any, value: Any, sign: str) -> bool:
    if code is op.LITERAL:
        return ord(sign) == value
    if code is op.NOT_LITERAL:
        return ord(sign) != value
    return code is op.ANY or _in(value, sign)


def steps_at_start(pattern: re.Pattern[Any], text: str, most: int) -> int:
    """The steps of one attempt at the first character. Raises TooManySteps."""
    attempt, depth = Attempt(text, most), sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        attempt.tokens(parsed(pattern), 0, lambda end: True)
    finally:
        sys.setrecursionlimit(depth)
    return attempt.steps
