"""An institution's colour reaches the page as one harmless style rule."""

from __future__ import annotations

import base64
import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from campaigns.player.theme import theme_for


@given(st.text(max_size=20))
def test_what_is_no_colour_cannot_reach_the_style_rule(text: str) -> None:
    css = theme_for(text).css

    assert re.fullmatch(r":root\{(--[a-z-]+:#[0-9a-f]{6,8};?)+\}", css)


def test_the_policy_allows_exactly_the_rule_on_the_page() -> None:
    theme = theme_for("#0b5c8c")

    digest = base64.b64encode(hashlib.sha256(theme.css.encode()).digest()).decode()
    assert theme.policy_hash == f"'sha256-{digest}'"
