"""An emptied Redis costs a sign-in and a few seconds: whatever else is true is a row in PostgreSQL."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from tests.walk import APPS, python_files, short

# Who keeps something in the cache, and why it may be lost.
IN_THE_CACHE = {
    "tenancy/throttle.py": "counts of wrong attempts, which fade within an hour anyway",
    "config/health.py": "asks whether it answers",
}
# What a colleague's session holds, and what losing it costs.
IN_THE_SESSION = {
    "tenancy/sessions.py": "who is signed in: they sign in again",
    "tenancy/doors.py": "when they were last seen: goes with the session",
    "tenancy/views_access.py": "where they wanted to go; an unconfirmed second factor: a new one is shown",
    "tenancy/views.py": "that the password was asked again: it is asked once more",
}
# A task whose message is lost is rung again by the sweep beside it, from its row.
SWEPT_BY = {
    "analytics.tasks.check_report": "analytics.tasks.sweep_reports",
    "analytics.tasks.make_report": "analytics.tasks.sweep_reports",
    "compliance.tasks.close_evidence": "compliance.tasks.sweep_evidence",
    "compliance.tasks.make_evidence": "compliance.tasks.sweep_evidence",
    "compliance.tasks.try_draft": "compliance.tasks.sweep_trials",
    "integrations.tasks.deliver_text": "integrations.tasks.sweep_texts",
    "privacy.tasks.load_customers": "privacy.tasks.sweep_customers",
    "privacy.tasks.move_keys": "privacy.tasks.sweep_rotations",
}
SERVERS = {"config/embedded/servers.py"}  # starts Redis and asks whether it is there
SOURCES = {short(path): path.read_text() for path in python_files(*APPS, "config")}


def _with(pattern: str) -> set[str]:
    return {name for name, text in SOURCES.items() if re.search(pattern, text)}


def test_only_what_may_be_lost_is_kept_in_the_cache() -> None:
    assert _with(r"from django\.core\.cache import|import redis\b|from redis import") - SERVERS == set(
        IN_THE_CACHE
    )


def test_only_what_may_be_lost_is_kept_in_a_session() -> None:
    assert _with(r"\bsession\[\w+\] = ") == set(IN_THE_SESSION)


def _deferred() -> set[str]:
    """Every task that some code asks for; a name in a constant counts like one written out."""
    named = "|".join(rf"{app}\.tasks\.\w+" for app in APPS)
    written = {task for text in SOURCES.values() for task in re.findall(rf'"({named})"', text)}
    return {
        task for task in written if hasattr(import_module(task.rpartition(".")[0]), task.rpartition(".")[2])
    }


def _regular() -> set[str]:
    found: set[str] = set()
    for name in SOURCES:
        if re.fullmatch(r"\w+/tasks\.py", name):
            found |= set(getattr(import_module(name[:-3].replace("/", ".")), "SCHEDULE", {}))
    return found


def test_a_lost_message_is_rung_again_from_its_row() -> None:
    assert _deferred() - _regular() == set(SWEPT_BY)
    assert set(SWEPT_BY.values()) <= _regular()


@pytest.mark.parametrize(("task", "sweep"), SWEPT_BY.items())
def test_the_sweep_rings_for_what_it_says(task: str, sweep: str) -> None:
    module, _, name = sweep.rpartition(".")
    text = SOURCES[module.replace(".", "/") + ".py"]
    body = text.partition(f"def {name}(")[2].partition("\n@background")[0]

    assert f'"{task}"' in body or task.rpartition(".")[2] in body
