"""With which characters can a match of an expression begin? Lets the checks skip what cannot match at all."""

from __future__ import annotations

import re
from re import _constants as op  # type: ignore[attr-defined]  # the typing stubs leave the parser out
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 400

Opening = frozenset[str] | None  # None: any character


def opening_of(expression: re.Pattern[str]) -> Opening:
    """The characters one of which a text must contain, or None when that cannot be said."""
    characters, may_be_empty = _sequence(parser.parse(expression.pattern, expression.flags & ~re.UNICODE))
    return None if may_be_empty or characters is None or len(characters) > _MOST else characters


def _sequence(tokens: Any) -> tuple[Opening, bool]:  # Any: the parser's own lists
    """The openings of a run of tokens, and whether all of it may be empty."""
    found: frozenset[str] = frozenset()
    for token in tokens:
        characters, may_be_empty = _token(*token)
        if characters is None:
            return None, may_be_empty
        found |= characters
        if not may_be_empty:
            return found, False
    return found, True


def _token(code: Any, value: Any) -> tuple[Opening, bool]:
    if code is op.LITERAL:
        return frozenset(chr(value)), False
    if code is op.IN:
        return _any_of(value), False
    if code is op.BRANCH:
        return _branches(value[1])
    if code is op.SUBPATTERN:
        return _sequence(value[3])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        characters, may_be_empty = _sequence(value[2])
        return characters, may_be_empty or value[0] == 0
    if code in (op.AT, op.ASSERT, op.ASSERT_NOT):
        return frozenset(), True
    return None, False


def _branches(branches: Any) -> tuple[Opening, bool]:
    found: frozenset[str] = frozenset()
    may_be_empty = False
    for branch in branches:
        characters, empty = _sequence(branch)
        if characters is None:
            return None, False
        found |= characters
        may_be_empty = may_be_empty or empty
    return found, may_be_empty


def _any_of(members: Any) -> Opening:
    found: set[str] = set()
    for code, value in members:
        if code is op.LITERAL:
            found.add(chr(value))
        elif code is op.RANGE and value[1] - value[0] <= _MOST:
            found.update(chr(place) for place in range(value[0], value[1] + 1))
        else:
            return None
    return frozenset(found)
