"""Enter presses a form's first submit button: where a form has two, the first is the one meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.services import ROOT
from tests.walk import only_excused

_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_INCLUDE = re.compile(r"""{%\s*include\s+["']([^"']+)["'][^%]*%}""")
_BUTTON = re.compile(r"<(?:button|input)\b(?:{%.*?%}|{{.*?}}|[^>])*>", re.DOTALL)
_ANOTHER_WAY = re.compile(
    r"formaction|formnovalidate|name=\"again\"|\b(?:plain|quiet|danger|button--quiet|button--danger)\b"
)

# What Enter presses in a form of two submit buttons, by template and what marks the first: why that is right.
FIRST_OF_TWO: dict[str, str] = {
    'templates/compliance/review.html: value="approve"': "asks before it approves; only a date stands above",
    "templates/compliance/reviews.html: button--small": "takes the ticked in hand: binds nobody",
    "templates/rewards/redeem.html: redeem-yes": "the one of the two that is drawn; no field stands above",
    'templates/compliance/try.html: value="fine"': "no field to press Enter in",
    'templates/desk/parts/language.html: value="zh-hans"': "no field to press Enter in",
    'templates/player/book_details.html: class="unseen"': "sends the form, as the button at its end does",
    'templates/player/withdraw.html: value="keep"': "no field to press Enter in, and the first loses nothing",
}
# The first button is another way out.
ANOTHER_WAY_FIRST: dict[str, str] = {
    "templates/desk/parts/furniture.html": "a question: its only field is a text area; cancelling is safe",
}


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html")) + sorted(
        (ROOT / "campaigns" / "games").rglob("*.html")
    )


def expanded(text: str, depth: int = 0) -> str:
    """The template with what it includes, so that a form sees all of its buttons."""
    if depth > 5:
        return text

    def included(found: re.Match[str]) -> str:
        path = ROOT / "templates" / found[1]
        return expanded(path.read_text(), depth + 1) if path.exists() else ""

    return _INCLUDE.sub(included, text)


def forms_of_two() -> Iterator[tuple[str, list[str]]]:
    for path in templates():
        for form in map(expanded, _FORM.findall(path.read_text())):
            own = [
                tag for tag in _BUTTON.findall(form) if submits(tag) and " form=" not in " ".join(tag.split())
            ]
            if len(own) > 1:
                yield str(path.relative_to(ROOT)), own


def submits(tag: str) -> bool:
    if tag.startswith("<input"):
        return bool(re.search(r'type="(?:submit|image)"', tag))
    return not re.search(r'type="(?:button|reset)"', tag)


def test_the_first_button_of_a_form_is_no_other_way_out():
    found = {name: buttons[0] for name, buttons in forms_of_two() if _ANOTHER_WAY.search(buttons[0])}

    only_excused(found, ANOTHER_WAY_FIRST)


def test_what_enter_presses_is_decided_for_every_form_of_two_buttons():
    found = {}
    for name, buttons in forms_of_two():
        if name in ANOTHER_WAY_FIRST:
            continue
        key = next((each for each in FIRST_OF_TWO if each.split(": ")[0] == name), name)
        told = key.partition(": ")[2]
        found[key if told and told in buttons[0] else f"{name}: {buttons[0]}"] = buttons[0]

    only_excused(found, FIRST_OF_TWO)


def test_the_code_page_sends_another_code_by_a_form_of_its_own():
    """It was the first submit of the form: Enter asked for a new code, and the right one was refused."""
    page = (ROOT / "templates" / "player" / "book_code.html").read_text()
    first, second = _FORM.findall(page)

    assert [" ".join(tag.split()) for tag in _BUTTON.findall(first) if submits(tag)][
        -1
    ] == '<button class="button" type="submit">'
    assert 'form="resend"' in first
    assert 'name="again"' not in first
    assert 'name="again"' in second
