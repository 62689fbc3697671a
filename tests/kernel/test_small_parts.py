"""The kernel's small parts: ids, lifecycle, fingerprints, time, JSON at the doors."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import UUID

import msgspec
import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DomainError, TooMany
from kernel.fingerprint import canonical_json, fingerprint
from kernel.ids import new_id
from kernel.lifecycle import IllegalTransition, Lifecycle
from kernel.problem import problem
from kernel.timekeeping import end_of_day, local_day, start_of_day
from kernel.typed import typed_code, typed_day, typed_id
from kernel.wire import Malformed, TooLarge, decode
from tests.spellings import SPELLINGS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Move(msgspec.Struct, forbid_unknown_fields=True):
    question: str
    option: str


def post(body: bytes):
    return RequestFactory().post("/", data=body, content_type="application/json")


def test_ids_are_version_7_and_in_the_order_in_which_threads_got_them():
    made: list[list[UUID]] = [[] for _ in range(4)]

    def make(ids: list[UUID]) -> None:
        ids.extend(new_id() for _ in range(2000))

    threads = [Thread(target=make, args=(ids,)) for ids in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    everything = [found for ids in made for found in ids]
    assert {found.version for found in everything} == {7}
    assert len(set(everything)) == 8000
    assert all(ids == sorted(ids) for ids in made)


@given(JSON)
def test_equal_values_have_equal_fingerprints_whatever_their_order(value):
    wrapped = {"b": value, "a": 1}

    assert fingerprint(wrapped) == fingerprint({"a": 1, "b": value})
    assert msgspec.json.decode(canonical_json(wrapped)) == wrapped


def test_an_unknown_deed_is_refused_in_words():
    lifecycle = Lifecycle({("draft", "publish"): "published"})

    with pytest.raises(IllegalTransition) as refusal:
        lifecycle.next("published", "publish")

    assert lifecycle.next("draft", "publish") == "published"
    assert refusal.value.details == {"state": "published", "deed": "publish"}
    assert "published" not in refusal.value.message("en")


@pytest.mark.parametrize(("utc", "day"), [("15:59:59", 20), ("16:00:00", 21)])
def test_the_day_turns_at_midnight_in_shanghai(utc, day):
    moment = datetime.fromisoformat(f"2026-11-20T{utc}").replace(tzinfo=UTC)

    assert local_day(moment).day == day
    assert start_of_day(local_day(moment)) <= moment < end_of_day(local_day(moment))
    assert end_of_day(local_day(moment)) - start_of_day(local_day(moment)) == timedelta(days=1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"question":1,"option":"a"}',
        b'{"question":"q"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"question":"q","option":"a","points":9}',
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_with_a_code(body):
    with pytest.raises(Malformed) as refusal:
        decode(post(body), Move)

    assert (refusal.value.status, refusal.value.code) == (400, "malformed")


def test_a_form_sent_where_json_is_asked_for_is_refused_with_a_code():
    request = RequestFactory().post("/", data={"question": "q"})
    assert request.POST  # as the middlewares do

    with pytest.raises(Malformed):
        decode(request, Move)


def test_a_huge_body_is_refused_before_it_is_read():
    with pytest.raises(TooLarge):
        decode(post(b'"' + b"x" * 300_000 + b'"'), Move)


def test_emoji_and_control_characters_come_through_unharmed():
    move = decode(post('{"question":"q\\u0000","option":"🎉"}'.encode()), Move)

    assert move == Move(question="q\u0000", option="🎉")


def test_a_refusal_names_code_status_and_waiting_time():
    request = RequestFactory().get("/", headers={"accept": "application/json"})

    answer = problem(request, TooMany(seconds=7))

    assert answer.status_code == 429
    assert answer["Retry-After"] == "7"
    assert answer["Content-Type"] == "application/problem+json"
    assert msgspec.json.decode(answer.content)["code"] == "too_many_requests"


def test_every_refusal_speaks_chinese_and_english():
    def children(kind: type[DomainError]):
        for child in kind.__subclasses__():
            yield child
            yield from children(child)

    def silent(kind: type[DomainError]) -> bool:
        handed_on = kind.zh.startswith("{") and kind.zh.endswith("}")  # the words come with the refusal
        return not handed_on and (kind.zh.isascii() or any("\u4e00" <= sign <= "\u9fff" for sign in kind.en))

    silent_ones = sorted(kind.__name__ for kind in children(DomainError) if silent(kind))

    assert silent_ones == []


def test_what_was_typed_is_an_id_or_a_day_or_nothing():
    """S4: whatever somebody puts into an address."""
    known = new_id()

    assert (typed_id(str(known)), typed_id("17"), typed_id("")) == (known, None, None)
    assert typed_day("2026-11-22") == date(2026, 11, 22)
    assert [typed_day(text) for text in ("", "heute", "2026-02-30", "0001-01-01", "9999-12-31")] == [None] * 5


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_a_one_time_code_is_read_however_it_is_typed(spelt):
    assert typed_code(spelt("304578")) == "304578"


@given(st.text())
def test_no_text_makes_the_code_reader_crash(text):
    assert typed_code(text) == "" or typed_code(text).isalnum()
