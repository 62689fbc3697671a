"""A long file hides a second subject, a long function a second verb."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.services import ROOT
from tests.walk import APPS, python_files, short, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

# What is longer today, and how long: these numbers only shrink.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}


def test_no_file_holds_two_subjects():
    long = {
        short(path): length
        for path in (*python_files(), *pages_and_scripts())
        if (length := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    only_shrinking(long, LONG_FILES)


def test_no_function_does_two_things():
    long = {
        f"{short(path)}: {node.name}": length
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }

    only_shrinking(long, LONG_FUNCTIONS)


def pages_and_scripts() -> list[Path]:
    kinds = ("*.js", "*.css", "*.html")
    roots = [ROOT / "templates", *(ROOT / app for app in APPS)]
    return sorted(path for root in roots for kind in kinds for path in root.rglob(kind))


def only_shrinking(found: dict[str, int], known: dict[str, int]) -> None:
    grown = {what: length for what, length in found.items() if length > known.get(what, 0)}
    stale = {what: length for what, length in known.items() if found.get(what, 0) < length}

    assert not grown, f"too long: {grown}"
    assert not stale, f"shorter than the list says; write the new number: {stale}"
