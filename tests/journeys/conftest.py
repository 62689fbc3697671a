"""A real browser in front of the whole demo: web, worker, scheduler, text-message simulator.

Without Debian's Chromium and a Chinese font the journeys say that they were not run; they never pass unseen.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from campaigns.live import forget_live
from campaigns.player.limits import ARRIVALS, MOVES, NEWCOMERS
from campaigns.player.shell import forget_shells
from tests.cast import NOON
from tests.journeys.own_server import House, own_server
from tests.journeys.people import Demo
from tests.moved_clock import clock_left_alone
from tests.running_demo import running_demo

# The whole platform and a browser share two cores with the other tests: a page may take its time, not forget.
expect.set_options(timeout=60_000)

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 60_000
PHONE = {"width": 375, "height": 812}
DESK = {"width": 1440, "height": 900}

OpenPhone = Callable[..., Page]
Colleague = Callable[[str], Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    missing = _missing()
    if missing:
        pytest.skip(f"browser journeys not run: install {missing}")
    with clock_left_alone():
        playwright = sync_playwright().start()
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()
    playwright.stop()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[House]:
    """The platform in this process at noon, remembering nothing of an earlier test."""
    request.getfixturevalue("committed_db")
    for forget in (forget_live, forget_shells, MOVES.forget, NEWCOMERS.forget, ARRIVALS.forget):
        forget()
    with own_server(monkeypatch, NOON) as served:
        yield served
    forget_live()
    forget_shells()


@pytest.fixture(scope="session")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo on a data folder of its own, for all journeys; or one that runs, by its links.json."""
    running = os.environ.get("HEQU_JOURNEYS_LINKS")
    if running:
        yield Demo(json.loads(Path(running).read_text()), Path(running).parent)
        return
    folder = tmp_path_factory.mktemp("journeys") / "demo"
    with running_demo(folder) as links:
        yield Demo(links, folder)


@pytest.fixture
def open_phone(browser: Browser) -> Iterator[OpenPhone]:
    """A fresh phone at an address. Every complaint of the page or its policy fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(url: str, *, width: int = PHONE["width"], wait: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": PHONE["height"]},
            locale="zh-CN",
            has_touch=True,
            is_mobile=True,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None
        )
        page.goto(url)
        if wait:
            page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def colleague(browser: Browser, demo: Demo) -> Iterator[Colleague]:
    """The screen of a colleague of the bank, who signs in once and stays."""
    screens: dict[str, Page] = {}

    def at_work(username: str) -> Page:
        if username not in screens:
            page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
            page.set_default_timeout(PATIENCE)
            demo.sign_in(page, f"{username}@hequ-bank")
            screens[username] = page
        return screens[username]

    yield at_work
    for page in screens.values():
        page.context.close()


def _missing() -> str:
    if not Path(CHROMIUM).exists():
        return "Debian's chromium"
    if shutil.which("fc-list") is None:
        return "fontconfig and fonts-noto-cjk"
    fonts = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return "" if fonts.stdout.strip() else "fonts-noto-cjk"
