"""An institution's colour never makes a page hard to read (WCAG AA)."""

from __future__ import annotations

import base64
import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from campaigns.player.theme import FALLBACK, contrast, theme_for

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@given(colours)
def test_buttons_and_text_stay_readable_in_any_colour(colour: str) -> None:
    values = painted(colour)

    white = (255, 255, 255)
    assert contrast(values["brand"], white) >= 4.5
    assert contrast(values["brand-ink"], white) >= 7
    assert contrast(values["brand-ink"], values["brand-soft"]) >= 4.5


def test_a_dark_brand_colour_is_kept_as_it_is() -> None:
    assert theme_for("#0b5c8c").brand == "#0b5c8c"


@given(st.text(max_size=20))
def test_what_is_no_colour_cannot_reach_the_style_rule(text: str) -> None:
    css = theme_for(text).css

    assert re.fullmatch(r":root\{(--[a-z-]+:#[0-9a-f]{3,6};?)+\}", css)


def test_the_policy_allows_exactly_the_rule_on_the_page() -> None:
    theme = theme_for(FALLBACK)

    digest = base64.b64encode(hashlib.sha256(theme.css.encode()).digest()).decode()
    assert theme.policy_hash == f"'sha256-{digest}'"


def painted(colour: str) -> dict[str, tuple[int, int, int]]:
    found = re.findall(r"--([a-z-]+):#([0-9a-f]{6})", theme_for(colour).css)
    return {name: (int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16)) for name, value in found}
