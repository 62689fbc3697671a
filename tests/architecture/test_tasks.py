"""A task is a doorbell: a named queue, ids by keyword, one call, and every bell that is rung exists."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from config.celery import app as celery_app
from tenancy.background import Queue
from tests.services import ROOT
from tests.walk import modules, python_files, short, tree

CARRIED = {UUID, str, int}
LONGEST = 14


def our_tasks() -> dict[str, Any]:
    modules()
    return {
        name: task
        for name, task in celery_app.tasks.items()
        if name.split(".")[0] in {*settings.PLATFORM_APPS, "config"}
    }


EACH = [pytest.param(task, id=name) for name, task in sorted(our_tasks().items())]


def body_of(task: Any) -> Any:
    return inspect.unwrap(task.run)


@pytest.mark.parametrize("task", EACH)
def test_it_names_its_queue(task):
    assert task.bell in {queue.value for queue in Queue}


@pytest.mark.parametrize("task", EACH)
def test_it_takes_ids_by_keyword(task):
    parameters = inspect.signature(body_of(task), eval_str=True).parameters.values()

    taken = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in taken)
    assert all(parameter.annotation in CARRIED for parameter in taken)


@pytest.mark.parametrize("task", EACH)
def test_it_rings_and_does_not_cook(task):
    lines = inspect.getsource(body_of(task)).splitlines()

    assert len(lines) <= LONGEST, "a task calls a use case; what it decides belongs there"


@pytest.mark.parametrize("task", EACH)
def test_a_killed_worker_gives_the_work_back(task):
    assert task.acks_late
    assert task.reject_on_worker_lost


def rung() -> Iterator[tuple[str, str]]:
    """Every bell named in ``defer("…")`` and where."""
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "defer":
                yield plain_words(node.args[0], path), short(path)


def plain_words(name: ast.expr, path: Path) -> str:
    """The task's name: written out, or a constant at the top of the same file."""
    if isinstance(name, ast.Name):
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name.id:
                return plain_words(node.value, path)
    assert isinstance(name, ast.Constant), f"{short(path)}: defer names its task in plain words"
    return str(name.value)


def test_every_bell_that_is_rung_exists():
    known = our_tasks()

    assert {name: where for name, where in rung() if name not in known} == {}


def test_every_scheduled_bell_exists():
    known = our_tasks()

    assert [
        entry["task"] for entry in celery_app.conf.beat_schedule.values() if entry["task"] not in known
    ] == []


def test_every_queue_has_a_worker_where_we_deploy():
    composed = (ROOT / "docker-compose.yml").read_text()

    assert [queue.value for queue in Queue if queue.value not in composed] == []
