"""What a game refuses is read by itself on a phone: it ends as a sentence does, in both languages."""

from __future__ import annotations

import pytest

from campaigns.games.base import Refused


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (("请先回答当前题目", "Please answer first"), ("请先回答当前题目。", "Please answer first.")),
        (("已到期。", "It has expired."), ("已到期。", "It has expired.")),
        (("要重新开始吗？", "Start again?"), ("要重新开始吗？", "Start again?")),
    ],
)
def test_a_refusal_ends_as_a_sentence(written: tuple[str, str], read: tuple[str, str]) -> None:
    words = Refused("any", *written).words

    assert (words.zh, words.en) == read
