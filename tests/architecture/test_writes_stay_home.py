"""Only use cases write: no door writes a row, and no app writes another app's rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.services import ROOT
from tests.walk import APPS, only_excused, python_files, short, tree

WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
}  # fmt: skip
DOORS = ("views", "api", "tasks", "record_lists", "urls", "desk", "forms", "middleware", "doors")

# file: why this door writes after all.
WRITING_DOORS: dict[str, str] = {}
# "file writes Model": why.
WRITING_ELSEWHERE: dict[str, str] = {}


def test_no_door_writes():
    found = {
        f"{short(path)}:{call.lineno}": ast.unparse(call.func)
        for path in python_files(*APPS)
        if is_door(path)
        for call in calls(path)
        if on_rows(call)
    }

    only_excused(found, WRITING_DOORS)


def test_no_app_writes_anothers_rows():
    found = {
        f"{short(path)} writes {chain[0]}": ast.unparse(call.func)
        for path in python_files(*APPS)
        for foreign in [foreign_models(path)]
        if foreign
        for call in calls(path)
        if (chain := names(call.func)) and chain[0] in foreign and "objects" in chain and on_rows(call)
    }

    only_excused(found, WRITING_ELSEWHERE)


def is_door(path: Path) -> bool:
    return any(part.removesuffix(".py").split("_")[0] in DOORS for part in path.relative_to(ROOT).parts)


def calls(path: Path) -> Iterator[ast.Call]:
    return (
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    )


def on_rows(call: ast.Call) -> bool:
    """A queryset's or a row's write; a dict's ``update`` and a session's ``save`` are something else."""
    chain = names(call.func)
    attribute = chain[-1]
    if {"session", "cache", "_symbol"} & set(chain):
        return False
    if attribute in {"update", "create", "delete"}:
        return "objects" in chain
    return True


def names(node: ast.expr) -> list[str]:
    """``Campaign.objects.filter(…).update`` as its names from left to right."""
    if isinstance(node, ast.Attribute):
        return [*names(node.value), node.attr]
    if isinstance(node, ast.Call):
        return names(node.func)
    if isinstance(node, ast.Subscript):
        return names(node.value)
    return [node.id] if isinstance(node, ast.Name) else []


def foreign_models(path: Path) -> set[str]:
    app = short(path).split("/")[0]
    return {
        alias.asname or alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if node.module.split(".")[0] in APPS
        and node.module.split(".")[0] != app
        and "models" in node.module.split(".")[1:2]
    }
