"""Arrows point down: the contracts of pyproject.toml hold, and imports stand at the top of their file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ROOT
from tests.walk import APPS, only_excused, python_files, short, tree

FRONT_ROOMS = {"models", "queries", "usecases"}
NAMED_DOORS = (
    "ledger.partitions",
    "ledger.record",
    "ledger.sealing",
    "ledger.signing",  # signs an evidence package
    "ledger.verbs",
    "tenancy.background",
    "tenancy.body_limits",
    "tenancy.brand",
    "tenancy.doors",
    "tenancy.home",
    "tenancy.navigation",
    "tenancy.notices",
    "tenancy.records",
    "tenancy.roles",
    "tenancy.scope",
    "tenancy.sealed_secrets",
    "tenancy.throttle",
    "tenancy.usecase",
    "tenancy.visitor",
    "campaigns.catalogue",  # the games there are
    "campaigns.participation",  # how many took part, for lists of campaigns
    "compliance.disputes",  # which blocking findings an author may hold for false alarms
    "compliance.endings",  # until when an approval stands, and why no longer
    "compliance.checks.structural",  # what crosses a line, asked of a draft before it is read
    "compliance.citing",  # who leans on an article
    "compliance.facsimile",  # a reviewed content on paper
    "compliance.gate",  # asks whether a fingerprint may go live
    "compliance.library",  # the law, to cite
    "compliance.mentions",  # remarks in threads
    "compliance.scanner",  # pure: texts in, findings out
    "compliance.withdrawals",  # what may not be leant on any longer
    "compliance.wording",  # findings and laws in the reader's language
    "compliance.screens",  # how a room draws what customers see
    "compliance.subjects",  # how a room shows what it submits
    "privacy.text_usage",  # what texts cost, for the page that names campaigns
    "privacy.vault",  # masked faces of people
    "privacy.customers",
    "privacy.errors",
    "rewards.free_times",  # when a service can still be booked
    "rewards.points",
    "tenancy.uploads",  # text of files, as it is seen
)

# "file: import" — why it stands inside a function.
INLINE: dict[str, str] = {
    "kernel/apps.py: kernel.scope": "reads the database driver, which is there only once settings are known",
    "privacy/apps.py: kernel.keyring": "reads models, which are loaded after the apps are named",
    "privacy/apps.py: privacy.list_check": "reads models, which are loaded after the apps are named",
    "config/database_checks.py: privacy.list_check": "config's checks are named before models are loaded",
}
# "importer imports module" — why a back room is entered.
BACK_ROOMS: dict[str, str] = {}


@pytest.mark.slow
def test_the_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")

    told = subprocess.run([str(linter)], cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout[-3000:]


def test_imports_stand_at_the_top():
    found = {
        f"{short(path)}: {module_of(node)}": f"line {node.lineno}"
        for path in python_files()
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    only_excused(found, INLINE)


def test_other_rooms_are_entered_by_the_front():
    """Of another app only models, queries, use cases and named doors. The kernel is everybody's."""
    found = {
        f"{short(path)} imports {node.module}": f"line {node.lineno}"
        for path in python_files(*APPS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module and enters_back_room(path, node.module)
    }

    only_excused(found, BACK_ROOMS)


def enters_back_room(path: Path, module: str) -> bool:
    app, _, room = module.partition(".")
    if app not in APPS or app in {"kernel", short(path).split("/")[0]} or not room:
        return False
    at_a_door = any(module == door or module.startswith(f"{door}.") for door in NAMED_DOORS)
    return room.split(".")[0] not in FRONT_ROOMS and not at_a_door


def module_of(node: ast.Import | ast.ImportFrom) -> str:
    return (node.module or ".") if isinstance(node, ast.ImportFrom) else node.names[0].name
