"""Every use case: keyword-only, actor first, now last, annotated, told in words, guarded and tried."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import DomainError
from tests.services import ROOT
from tests.walk import modules, only_excused, tree

# Tried through the page or task that calls it, in this file of tests/.
THROUGH_A_DOOR: dict[str, str] = {
    "compliance.usecases.disputes.dispute_finding": "campaigns/test_disputes.py",
    "compliance.usecases.proof.begin_evidence_piece": "compliance/test_evidence.py",
    "compliance.usecases.proof.note_evidence_trouble": "compliance/test_evidence.py",
    "config.demo.views.sign_in_persona": "config/test_demo.py",
    "tenancy.access.change_password": "tenancy/test_passwords.py",
    "tenancy.access.note_refused_sign_in": "tenancy/test_sign_in.py",
    "tenancy.access.note_sign_out": "tenancy/test_sign_in.py",
    "tenancy.notices.read_notice": "tenancy/test_notices.py",
    "tenancy.access.pass_second_factor": "tenancy/test_sign_in.py",
}
# Raised, but not worth a line in the docstring of this one use case.
UNTOLD: dict[str, str] = {}


@cache
def use_cases() -> tuple[Callable[..., Any], ...]:
    found = {
        f"{value.__module__}.{value.__name__}": value
        for module in modules()
        for value in vars(module).values()
        if callable(value) and hasattr(value, "guard") and value.__module__.split(".")[0] != "tests"
    }
    return tuple(found[name] for name in sorted(found))


def name_of(use_case: Callable[..., Any]) -> str:
    return f"{use_case.__module__}.{use_case.__name__}"


EACH = [pytest.param(use_case, id=name_of(use_case)) for use_case in use_cases()]


@pytest.mark.parametrize("use_case", EACH)
def test_it_takes_keywords_actor_first_and_now_last(use_case):
    parameters = list(inspect.signature(use_case).parameters.values())

    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)
    assert parameters[0].name == "actor"
    assert [each.name for each in parameters if each.default is each.empty][-1] == "now"


@pytest.mark.parametrize("use_case", EACH)
def test_it_is_annotated_and_told(use_case):
    signature = inspect.signature(use_case)

    assert all(parameter.annotation is not parameter.empty for parameter in signature.parameters.values())
    assert signature.return_annotation is not signature.empty
    assert (use_case.__doc__ or "").strip(), "say what is promised"


@pytest.mark.parametrize("use_case", EACH)
def test_it_says_who_may(use_case):
    guard = use_case.guard

    assert guard.permission is not None or not guard.by.startswith("staff")


def test_what_it_raises_is_in_its_docstring():
    untold = {
        f"{name_of(use_case)} raises {error}": (use_case.__doc__ or "").strip()[:60]
        for use_case in use_cases()
        for error in raised_by(use_case)
        if error not in (use_case.__doc__ or "")
    }

    only_excused(untold, UNTOLD)


def raised_by(use_case: Callable[..., Any]) -> Iterator[str]:
    """The refusals this function raises by name in its own body."""
    body = inspect.unwrap(use_case)
    known = {name for name, value in vars(inspect.getmodule(body)).items() if is_refusal(value)}
    for node in ast.walk(written(body)):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id in known:
                yield raised.id


def written(body: Callable[..., Any]) -> ast.AST:
    """The function as it stands in its file."""
    functions = ast.walk(tree(Path(inspect.getfile(body))))
    return next(
        node for node in functions if isinstance(node, ast.FunctionDef) and node.name == body.__name__
    )


def is_refusal(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, DomainError)


def test_each_is_tried_by_name_or_through_its_door():
    tests = "\n".join(
        path.read_text()
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "architecture" not in path.parts
    )
    untried = {name_of(each): "no test names it" for each in use_cases() if each.__name__ not in tests}

    only_excused(untried, THROUGH_A_DOOR)
    assert all((ROOT / "tests" / where).exists() for where in THROUGH_A_DOOR.values())
