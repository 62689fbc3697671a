"""Text as it is seen."""

import json
import re
import unicodedata

import msgspec
import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kernel.crypto import normal_phone
from kernel.visible import SCRIPT_PATTERN, hidden_in, visible, visible_json
from kernel.wire import decode
from privacy.usecases.participants import NotAName, normal_name

MARKS = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200c\u200d"
    "\u200e\u200f\u2060\ufeff\u00ad\u061c\u3164\U000e0041"
)
PLAIN = st.text(
    st.characters(categories=["Lo", "Nd", "Po", "Zs"], exclude_characters="\u3164\u115f\u1160\uffa0")
)


@given(PLAIN, st.lists(st.tuples(st.integers(0, 60), st.sampled_from(MARKS))))
def test_marks_go_wherever_they_stand_and_nothing_else_goes(text, marks):
    marked = text
    for place, mark in marks:
        marked = marked[:place] + mark + marked[place:]

    assert visible(marked) == visible(text)
    assert hidden_in(visible(marked)) == 0


@given(st.text())
def test_what_comes_out_is_taken_as_it_is(text):
    once = visible(text)

    assert visible(once) == once
    assert not any(
        unicodedata.bidirectional(sign) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
        for sign in once
    )


@pytest.mark.parametrize(
    "text", ["👨‍👩‍👧 家庭日", "❤️ 1️⃣ ☎️", "第一行\n第二行\t表", "古丽·买买提", "Ünïcode é", "", "𠮷野家"]
)
def test_what_people_see_stays(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    "text", ["保\u202e本", "\u2066保本\u2069", "保\u200d本", "保\ufe0f本", "a\u200d\ufe0f\u200db"]
)
def test_what_nobody_sees_goes(text):
    assert not set(visible(text)) & set("\u202e\u2066\u2069\u200d\ufe0f")


def test_the_time_grows_with_the_text_only():
    """A pass takes out all that stands; no text needs more than three."""
    text = "\u200d\ufe0f" * 20_000
    passes = 0
    while hidden_in(text):
        text, passes = visible(text), passes + 1

    assert (text, passes) == ("", 1)


def test_the_browser_is_given_the_same_list():
    for mark in MARKS:
        ranges = re.findall(r"\\u\{(\w+)\}-\\u\{(\w+)\}", SCRIPT_PATTERN)
        named = any(int(first, 16) <= ord(mark) <= int(last, 16) for first, last in ranges)
        assert named or mark == "\u200d", hex(ord(mark))


class Sent(msgspec.Struct):
    draft: dict[str, object]


@pytest.mark.parametrize("escaped", [True, False])
def test_json_is_read_as_it_is_seen(escaped):
    body = json.dumps(
        {"draft": {"标\u200b题": ["保\u202e本", 3, None, {"x": "\\u202e"}]}}, ensure_ascii=escaped
    )
    request = RequestFactory().post("/", body, content_type="application/json")

    assert decode(request, Sent).draft == {"标题": ["保本", 3, None, {"x": "\\u202e"}]}
    assert request.hidden_marks == 2


def test_json_is_counted_in_names_and_values():
    assert visible_json({"a\u200b": ["b\u2066", 1, True]}) == ({"a": ["b", 1, True]}, 2)


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(MARKS + "–—-‑ "))), st.booleans())
def test_a_phone_is_read_however_it_is_pasted(marks, wide):
    typed = "13800138000"
    for place, mark in marks:
        typed = typed[:place] + mark + typed[place:]
    if wide:
        typed = typed.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})

    assert normal_phone(typed) == "+8613800138000"


@pytest.mark.parametrize("dot", "・‧·•･")
def test_every_dot_of_a_name_is_one(dot):
    assert normal_name(f"\u202d古丽{dot}买买提\u202c") == "古丽·买买提"


def test_the_round_zero_is_a_letter_of_names():
    assert normal_name("〇小明\ufeff") == "〇小明"
    with pytest.raises(NotAName):
        normal_name("\u200b\u2060")
