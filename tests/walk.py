"""Walks the house for the guard tests: every address, every module, every function, as they are today."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from kernel.ids import new_id
from tenancy.doors import Door
from tests.services import ROOT

APPS: tuple[str, ...] = tuple(settings.PLATFORM_APPS)
SAMPLES: dict[str, Callable[[], str]] = {
    "UUIDConverter": lambda: str(new_id()),
    "IntConverter": lambda: "1",
    "SlugConverter": lambda: "x",
    "StringConverter": lambda: "x",
    "PathConverter": lambda: "x",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of the URLconf. ``parts`` are its parameters and how each is written."""

    route: str
    name: str
    view: Callable[..., Any]
    parts: tuple[tuple[str, str], ...]

    @property
    def door(self) -> Door | None:
        found: Door | None = getattr(self.view, "door", None)
        return found

    def path(self, **given: Any) -> str:
        """The address with these parameters; the others are filled with things that do not exist."""
        from django.urls import reverse

        filled = {name: given.get(name) or SAMPLES.get(kind, lambda: "x")() for name, kind in self.parts}
        return str(reverse(self.name, kwargs=filled))


@cache
def addresses() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver(), "", ""))


def staff_addresses() -> list[Address]:
    return [each for each in addresses() if each.door is not None and each.door.kind == "staff"]


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, here, inner)
        elif isinstance(entry, URLPattern):
            yield Address(here, f"{namespace}{entry.name or ''}", entry.callback, _parts(resolver, entry))


def _parts(resolver: URLResolver, entry: URLPattern) -> tuple[tuple[str, str], ...]:
    converters = {**resolver.pattern.converters, **entry.pattern.converters}
    return tuple((name, type(converter).__name__) for name, converter in converters.items())


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every importable module of the apps, migrations and commands left out."""
    found: list[ModuleType] = []
    for app in (*APPS, "config"):
        package = importlib.import_module(app)
        found.append(package)
        for child in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" in child.name or child.name.endswith("__main__"):
                continue
            found.append(importlib.import_module(child.name))
    return tuple(found)


def python_files(*folders: str) -> list[Path]:
    """Our source files, migrations left out."""
    roots = folders or (*APPS, "config")
    return sorted(
        path
        for folder in roots
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and "__pycache__" not in path.parts
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def only_excused(found: dict[str, Any], excuses: dict[str, str]) -> None:
    """What was found must be excused, with a reason, and every excuse must still be needed."""
    unexcused = {what: where for what, where in found.items() if what not in excuses}
    stale = [what for what in excuses if what not in found]
    empty = [what for what, reason in excuses.items() if not reason.strip()]

    assert not unexcused, f"against the rule, without an excuse: {unexcused}"
    assert not stale, f"excuses nobody needs any more: {stale}"
    assert not empty, f"excuses without a reason: {empty}"
