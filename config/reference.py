"""The reference pages of ``docs/reference/``, written from the house as it is, so that they cannot lie."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from campaigns.catalogue import games
from config.celery import app as celery_app
from kernel.lifecycle import Lifecycle
from ledger.verbs import VERBS
from tenancy.background import Queue
from tenancy.roles import MATRIX, PERMISSION_LABELS, ROLE_LABELS, Permission, Role

_VERB = re.compile(r"[a-z]+(\.[a-z_]+)+")
_RECORDERS = {"record", "entry_row", "_record", "_row", "note", "Event"}
_WRITTEN = "<!-- Written by `manage.py write_reference`; do not edit by hand. -->"


def pages() -> dict[str, str]:
    """Every page by its file name."""
    makers: dict[str, Callable[[], str]] = {
        "permissions.md": _permissions,
        "ledger-verbs.md": _verbs,
        "personal-data.md": _personal_data,
        "background-work.md": _background_work,
        "games.md": _games,
        "states.md": _states,
    }
    with override("en"):
        return {name: f"{_WRITTEN}\n\n{make().strip()}\n" for name, make in makers.items()}


def _permissions() -> str:
    roles = list(Role)
    lines = [
        "# Who may do what",
        "",
        "One matrix (`tenancy/roles.py`) that pages, tasks, use cases and tests all ask. Denied by default.",
        "",
        "| Permission | What it allows | " + " | ".join(str(ROLE_LABELS[role]) for role in roles) + " |",
        "|---|---|" + "---|" * len(roles),
    ]
    for permission in Permission:
        ticks = " | ".join("●" if permission in MATRIX[role] else "" for role in roles)
        lines.append(f"| `{permission.value}` | {PERMISSION_LABELS[permission]} | {ticks} |")
    return "\n".join(lines)


def _verbs() -> str:
    lines = [
        "# Verbs of the ledger",
        "",
        "What may stand in an entry's `verb`, and the deed that writes it. Entries hold ids and verbs,",
        "never names, phone numbers or codes.",
        "",
        "| Verb | In words | Written by | When |",
        "|---|---|---|---|",
    ]
    for verb, where, what in sorted(verbs()):
        words = VERBS.get(verb)
        lines.append(f"| `{verb}` | {words.en if words else ''} | `{where}` | {what} |")
    return "\n".join(lines)


def verbs() -> Iterator[tuple[str, str, str]]:
    """Each verb spelled out in the code, the function that records it, and what that function says."""
    seen: set[str] = set()
    for app in settings.PLATFORM_APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for verb, where, what in _verbs_of(path):
                if verb not in seen:
                    seen.add(verb)
                    yield verb, where, what


def _verbs_of(path: Path) -> Iterator[tuple[str, str, str]]:
    module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        told = (ast.get_docstring(function) or "").split("\n\n")[0].replace("\n", " ").replace("|", "/")
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _is_recorder(node.func) and node.args:
                yield from ((verb, f"{module}.{function.name}", told) for verb in _spelled(node.args[0]))


def _is_recorder(called: ast.expr) -> bool:
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
    return name in _RECORDERS


def _spelled(argument: ast.expr) -> Iterator[str]:
    for node in ast.walk(argument):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VERB.fullmatch(node.value):
            yield node.value


def _personal_data() -> str:
    lines = [
        "# Personal data, column by column",
        "",
        "Every model declares what it holds about people (`PERSONAL`). A model that is not here holds",
        "nothing personal: it points to people by an id without meaning.",
        "",
        "| Model | Column | What | Why | Kept | On erasure |",
        "|---|---|---|---|---|---|",
    ]
    for app in settings.PLATFORM_APPS:
        for model in apps.get_app_config(app).get_models():
            declared: dict[str, Any] = getattr(model, "PERSONAL", {})
            lines += [
                f"| {model._meta.label} | `{name}` | {kept.what} | {kept.why} | {kept.keep} | {kept.erase} |"
                for name, kept in declared.items()
            ]
    return "\n".join(lines)


def _background_work() -> str:
    lines = [
        "# Work in the background",
        "",
        "Queues: " + ", ".join(f"`{queue.value}`" for queue in Queue) + ". Each can have workers of its own.",
        "Every task is a doorbell: ids in, one use case, safe to ring twice.",
        "",
        "| Task | Queue | What it rings for |",
        "|---|---|---|",
    ]
    for name, task in sorted(_our_tasks().items()):
        told = (inspect.getdoc(inspect.unwrap(task.run)) or "").split("\n")[0]
        lines.append(f"| `{name}` | {task.bell} | {told} |")
    lines += ["", "| Rung by the clock | Task | How often |", "|---|---|---|"]
    for name, entry in sorted(celery_app.conf.beat_schedule.items()):
        lines.append(f"| {name} | `{entry['task']}` | {_how_often(entry['schedule'])} |")
    return "\n".join(lines)


def _how_often(schedule: Any) -> str:
    seconds = getattr(schedule, "total_seconds", None)
    if isinstance(schedule, int | float):
        return f"every {schedule:g} s"
    return f"every {seconds():g} s" if seconds else str(schedule).strip("<>").replace("|", "/")


def _our_tasks() -> dict[str, Any]:
    celery_app.loader.import_default_modules()
    return {
        name: task for name, task in celery_app.tasks.items() if name.split(".")[0] in settings.PLATFORM_APPS
    }


def _games() -> str:
    lines = [
        "# Games",
        "",
        "Found by walking `campaigns/games/`; adding one edits nothing else.",
        "",
        "| Key | Name | English | Shared by |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{key}` | {game.words.zh} | {game.words.en} | {game.shared_by} |"
        for key, game in sorted(games().items())
    ]
    return "\n".join(lines)


def _states() -> str:
    lines = ["# States and the deeds that change them", ""]
    for app in settings.PLATFORM_APPS:
        for name, table in _lifecycles(app):
            lines += [f"## {app}: {name}", "", "| From | Deed | To |", "|---|---|---|"]
            lines += [f"| {state} | {deed} | {after} |" for state, deed, after in table]
            lines.append("")
    return "\n".join(lines)


def _lifecycles(app: str) -> Iterator[tuple[str, Lifecycle]]:
    package = importlib.import_module(app)
    if "lifecycle" not in {child.name for child in pkgutil.iter_modules(package.__path__)}:
        return
    for name, value in vars(importlib.import_module(f"{app}.lifecycle")).items():
        if isinstance(value, Lifecycle):
            yield name.removesuffix("_LIFECYCLE").lower().replace("_", " "), value
