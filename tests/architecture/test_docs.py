"""What the house is made of is named in its papers, and the papers do not lie."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.reference import pages
from tests.services import ROOT
from tests.walk import APPS, python_files, short

REFERENCE = ROOT / "docs" / "reference"
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_reference_names_what_the_house_has(name):
    """No name is missing and none is left over; how a thing is described may run ahead of the page."""
    kept = (REFERENCE / name).read_text() if (REFERENCE / name).exists() else ""

    assert named(kept) == named(pages()[name]), (
        f"docs/reference/{name} is behind: run manage.py write_reference"
    )


def named(page: str) -> set[str]:
    """The first cell of every row of the page's tables."""
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    return set(rows)


def test_every_setting_is_in_the_sample_environment():
    asked = set(
        re.findall(r"(?:env\.\w+|needed)\(\s*\"([A-Z_]+)\"", (ROOT / "config" / "settings.py").read_text())
    )
    named = set(re.findall(r"^#?\s*([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert asked - named == set(), "settings nobody could know about"
    assert {name for name in named if name not in asked} <= EXPLAINED_ELSEWHERE


# Named in the sample, read by the services beside the platform.
EXPLAINED_ELSEWHERE = {
    "CONSOLE_NETWORKS",
    "DESK_NETWORKS",
    "TRUSTED_PROXIES",
    "POSTGRES_PASSWORD",
    "REDIS_BROKER_PASSWORD",
    "REDIS_CACHE_PASSWORD",
    "HEQU_APP_PASSWORD",
    "HEQU_OWNER_PASSWORD",
    "HEQU_PHONES_PASSWORD",
    "PHONES_DATABASE_URL",
}
# Programs of their own, beside the platform.
BESIDE = {"integrations/simulators/sms.py"}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name)
def test_a_decision_is_short_and_says_why(path: Path):
    text = path.read_text()

    assert text.startswith("# ")
    assert len(text.splitlines()) <= 80


def test_decisions_are_numbered_once():
    numbers = [path.name.split("-")[0] for path in RECORDS]

    assert len(numbers) == len(set(numbers))


def test_every_setting_of_the_platform_is_read_in_one_place():
    reading = {
        short(path)
        for path in python_files(*APPS)
        if re.search(r"os\.environ|os\.getenv|environ\.Env", path.read_text())
    }

    assert reading == BESIDE


def test_every_control_names_a_test_that_exists():
    claimed = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "controls.md").read_text())

    assert claimed
    assert [
        f"{path}::{name}" for path, name in claimed if f"def {name}(" not in (ROOT / path).read_text()
    ] == []
