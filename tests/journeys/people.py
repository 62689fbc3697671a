"""What people in the journeys know and can do: passwords, right answers, a phone that gets texts."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from playwright.sync_api import Locator, Page

from campaigns.bank import question_bank
from tenancy import totp

PATIENCE_SECONDS = 30.0


@dataclass
class Demo:
    """The running demo, by what its ``links.json`` says."""

    links: dict[str, Any]
    folder: Path

    @property
    def bank_h5(self) -> str:
        return str(self.links["h5"][0]["url"])

    @property
    def insurer_h5(self) -> str:
        return str(self.links["h5"][1]["url"])

    @property
    def desk(self) -> str:
        return str(self.links["back_office"])

    def persona(self, username: str) -> dict[str, str]:
        found: dict[str, str] = next(who for who in self.links["personas"] if who["username"] == username)
        return found

    def sign_in(self, page: Page, username: str) -> None:
        """Password, then the authenticator's code."""
        who = self.persona(username)
        page.goto(self.desk)
        page.fill("[name=username]", who["username"])
        page.fill("[name=password]", who["password"])
        page.click("button[type=submit]")
        page.wait_for_selector("[name=code]")
        page.fill("[name=code]", self._code(who["totp_secret"]))
        page.click("button[type=submit]")
        page.wait_for_url(f"{self.desk}**")
        page.wait_for_load_state()

    def code_texted_to(self, mobile: str) -> str:
        """The newest six digits that reached this number."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for text in self.texts_to(mobile):
                found = re.search(r"验证码\D{0,3}(\d{6})", text)
                if found:
                    return found[1]
            time.sleep(0.2)
        raise AssertionError("no text message arrived")

    def texts_to(self, mobile: str) -> list[str]:
        address = f"{self.links['sms']}messages?phone={mobile}"
        with build_opener(ProxyHandler({})).open(address, timeout=10) as answer:
            return [text["content"] for text in json.loads(answer.read())["messages"]]

    @staticmethod
    def _code(secret: str) -> str:
        raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
        return totp.code_at(raw, int(time.time()) // 30)


def fresh_mobile() -> str:
    """A number nobody has used: a person earns each service once."""
    return f"139{secrets.randbelow(100_000_000):08d}"


def play_to_the_end(
    page: Page,
    *,
    right: bool = True,
    begun: bool = False,
    on_question: Callable[[], None] = lambda: None,
    on_lesson: Callable[[], None] = lambda: None,
) -> None:
    """Answer until the ring is shown."""
    if not begun:
        page.click("[data-start]")
    while True:
        page.wait_for_selector(".answer:not([disabled]), .ring")
        if page.locator(".ring").count():
            return
        on_question()
        tap_answer(page, right=right)
        on_lesson()
        page.click("[data-slot=next]")


def tap_answer(page: Page, *, right: bool = True) -> None:
    """Choose on the question shown, and wait for its explanation."""
    sending_tap(page, right=right).click()
    page.wait_for_selector(".lesson:not([hidden])")


def sending_tap(page: Page, *, right: bool = True) -> Locator:
    """What sends an answer when it is tapped: an option, or where several may be chosen, the button below."""
    page.wait_for_selector(".answer:not([disabled])")
    wanted = right_answers()[page.locator("[data-slot=text]").inner_text()]
    cards = page.locator(".answer")
    words = [cards.nth(place).locator("[data-slot=words]").inner_text() for place in range(cards.count())]
    chosen = [cards.nth(place) for place, text in enumerate(words) if (text in wanted) == right]
    if page.locator("[data-slot=several]").is_hidden():
        return chosen[0]
    for option in chosen if right else chosen[:1]:
        option.click()
    return page.locator("[data-slot=next]")


def right_answers() -> dict[str, set[str]]:
    """The texts of the right options by the text of the question, from the shipped bank."""
    found: dict[str, set[str]] = {}
    for question in question_bank().values():
        setting = question.as_setting()
        texts = {option["id"]: option["text"] for option in setting["options"]}
        found[setting["text"]] = {texts[letter] for letter in setting["answer"]}
    return found


def book_service(
    demo: Demo, page: Page, *, name: str, mobile: str, at_code: Callable[[], None] = lambda: None
) -> str:
    """From an earned service to its code, as a customer does it. The code, without its dashes.

    The last time on offer is days away; the first may be this very hour.
    """
    page.fill("#name", name)
    page.fill("#phone", mobile)
    page.locator("[name=need]").first.check()
    page.locator("[name=slot]").last.check()
    page.check("[name=consent]")
    page.click(".dock button")
    page.wait_for_selector("#code")
    at_code()
    page.fill("#code", demo.code_texted_to(mobile))
    page.click(".dock button")
    page.wait_for_selector(".codebox strong")
    return page.locator(".codebox strong").inner_text().replace("-", "")
