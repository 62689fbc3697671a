"""A test that asks the clock names no day: what it names as today is yesterday tomorrow.

A test asks the clock through whatever it uses: the cast's noon, ``timezone.now``, a browser of Django's, a
task, or a fixture or helper of the tests that does. A day is a ``date`` or ``datetime`` of figures, or a text
such as 2026-11-22, in a year near enough to come. Tests that hand every moment in may name days.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.services import ROOT

TESTS = ROOT / "tests"
NEAR = range(2022, 2050)
CLOCKS = {
    "timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time", "timezone.localdate",
    "tests.cast.NOON", "django.test.Client", "django.core.management.call_command",
}  # fmt: skip
CLOCK_FIXTURES = {"client"}
DAY = re.compile(r"20\d\d-(0[1-9]|1[0-2])-\d\d([T ]\d\d:\d\d\S*)?")

# Days in tests that ask the clock, and why they may be named there.
NAMED: dict[str, str] = {}

Node = tuple[str, str]  # a module of the tests, and a name in it


class Module:
    """A file of the tests: what it defines, and where its names come from."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.defined: dict[str, ast.AST] = {}
        self.imported: dict[str, str] = {}
        for statement in ast.parse(text).body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                self.defined[statement.name] = statement
            elif isinstance(statement, ast.ImportFrom):
                for each in statement.names:
                    self.imported[each.asname or each.name] = f"{statement.module}.{each.name}"
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                for target in targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name):
                            self.defined[name.id] = statement


@cache
def modules() -> dict[str, Module]:
    found = [path for path in TESTS.rglob("*.py") if "bench" not in path.relative_to(TESTS).parts]
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sorted(found)}
    return {name: Module(name, path.read_text()) for name, path in named.items()}


@cache
def uses(node: Node) -> frozenset[Node]:
    """What of the tests a definition refers to: constants, helpers, fixtures by their parameters' names."""
    module, found = modules()[node[0]], set[Node]()
    for name in _names(module.defined[node[1]]):
        found |= _resolved(module, name)
    return frozenset(found - {node})


def _names(statement: ast.AST) -> Iterator[str]:
    for part in ast.walk(statement):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.arg):
            yield part.arg


def _resolved(module: Module, name: str) -> set[Node]:
    if name in module.defined:
        return {(module.name, name)}
    if name in module.imported:
        home, _, own = module.imported[name].rpartition(".")
        return {(home, own)} if home in modules() and own in modules()[home].defined else set()
    return _fixture(module.name, name)


def _fixture(module: str, name: str) -> set[Node]:
    while "." in module:
        module = module.rpartition(".")[0]
        beside = modules().get(f"{module}.conftest")
        if beside is not None and name in {*beside.defined, *beside.imported}:
            return _resolved(beside, name)
    return set()


def reached(node: Node) -> set[Node]:
    """The definition and everything of the tests that it leads to."""
    found, left = {node}, [node]
    while left:
        fresh = uses(left.pop()) - found
        found |= fresh
        left.extend(fresh)
    return found


@cache
def asks_the_clock(node: Node) -> bool:
    module = modules()[node[0]]
    for part in ast.walk(module.defined[node[1]]):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            if f"{part.value.id}.{part.attr}" in CLOCKS:
                return True
        elif isinstance(part, ast.Name):
            origin = module.imported.get(part.id, "")
            if origin in CLOCKS or ".tasks." in origin:
                return True
        elif isinstance(part, ast.arg) and part.arg in CLOCK_FIXTURES:
            return True
    return node == ("tests.cast", "NOON")


@cache
def days_in(node: Node) -> tuple[str, ...]:
    """The days that a definition names in figures."""
    return tuple(_days(modules()[node[0]].defined[node[1]]))


def _days(statement: ast.AST) -> Iterator[str]:
    for part in ast.walk(statement):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if DAY.fullmatch(part.value) and int(part.value[:4]) in NEAR:
                yield part.value
        elif isinstance(part, ast.Call) and ast.unparse(part.func).rpartition(".")[2] in ("date", "datetime"):
            figures = [each.value for each in part.args[:3] if isinstance(each, ast.Constant)]
            if len(figures) == 3 and figures[0] in NEAR:
                yield "-".join(map(str, figures))


def named_where_the_clock_is_asked(module: Module) -> dict[str, set[str]]:
    """Each day of a module that a test reaches which asks the clock: by where it is written."""
    found: dict[str, set[str]] = {}
    for name in module.defined:
        if not name.startswith("test_"):
            continue
        parts = reached((module.name, name))
        if not any(map(asks_the_clock, parts)):
            continue
        for home, own in parts:
            if home == module.name and days_in((home, own)):
                found.setdefault(f"{home.removeprefix('tests.')}.{own}", set()).update(days_in((home, own)))
    return found


SAMPLE = """
from tests.cast import NOON
from tests.desk import signed_in

TODAY = date(2026, 11, 22)

def spend():
    return {"spent_on": TODAY}

def test_by_the_noon_of_the_cast(): record(**spend(), now=NOON)
def test_by_a_page(marketer): signed_in(marketer).post("/", {"spent_on": "2026-11-22"})
def test_by_every_moment_handed_in(): assert due_after(datetime(2026, 11, 22), 1)
def test_of_a_day_long_past(marketer): assert refused("2001-01-01", NOON)
"""


def test_the_guard_sees_what_failed_on_the_morrow(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = Module("tests.analytics.sample", SAMPLE)
    monkeypatch.setitem(modules(), sample.name, sample)

    assert named_where_the_clock_is_asked(sample) == {
        "analytics.sample.TODAY": {"2026-11-22"},
        "analytics.sample.test_by_a_page": {"2026-11-22"},
    }


def test_no_test_that_asks_the_clock_names_a_day() -> None:
    found: dict[str, set[str]] = {}
    for module in modules().values():
        found |= named_where_the_clock_is_asked(module)

    assert {place: sorted(days) for place, days in found.items() if place not in NAMED} == {}
    assert set(NAMED) <= set(found), "no longer there"
