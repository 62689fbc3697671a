"""One visitor gets one pseudonym, whatever the order in which the answers to a phone's first calls arrive."""

from __future__ import annotations

import threading
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.db import connections
from django.test import Client

from campaigns.models import Play
from campaigns.player.session import coming_name, cookie_name
from kernel.actor import Actor
from kernel.scope import scope
from ledger.models import Entry
from privacy.models import Participant
from privacy.usecases import forget_me
from tenancy.models import Institution
from tests.campaigns.conftest import bank_with_live_quiz
from tests.cast import NOON
from tests.player.conftest import Phone


def sent_at_once(phone: Phone, *paths: str) -> list[Any]:
    """The answers to calls that all left with the cookies the phone holds now; none has arrived yet."""
    cookies = {name: morsel.value for name, morsel in phone.client.cookies.items()}
    answers = []
    for path in paths:
        beside = Client(enforce_csrf_checks=True)
        beside.cookies = SimpleCookie(cookies)
        headers = {"Accept": "application/json", "X-CSRFToken": phone.csrf}
        answers.append(
            beside.post(
                phone.home + path, msgspec.json.encode({}), content_type="application/json", headers=headers
            )
        )
    return answers


@pytest.mark.parametrize("late", ["seen/", "start/"])
@pytest.mark.parametrize("handled_last", ["seen/", "start/"])
def test_the_first_look_and_the_first_tap_are_one_visitor(phone: Phone, late: str, handled_last: str) -> None:
    """Issue 8: with the answer to the first look three seconds late, every answer was refused."""
    phone.me()
    order = ["seen/", "start/"] if handled_last == "start/" else ["start/", "seen/"]
    answers = dict(zip(order, sent_at_once(phone, *order), strict=True))
    for path in sorted(answers, key=lambda path: path == late):
        phone.client.cookies.update(answers[path].cookies)

    begun = answers["start/"].json()
    moved = phone.answer(begun["play"], begun["view"]["question"]["id"], "A")

    assert moved.status_code == 200
    assert Participant.objects.count() == 1
    assert Play.objects.count() == 1
    assert Entry.objects.filter(verb="privacy.enrolled").count() == 1


def test_looking_promises_a_pseudonym_and_enrols_nobody(phone: Phone) -> None:
    phone.me()
    promised = phone.client.cookies[coming_name(phone.slug)].value
    phone.me()

    assert phone.client.cookies[coming_name(phone.slug)].value == promised, "promised once"
    assert cookie_name(phone.slug) not in phone.client.cookies
    assert not Participant.objects.exists()


def test_a_promise_is_no_pseudonym(phone: Phone) -> None:
    """Nothing of a person is opened by the cookie of someone who has not begun."""
    phone.me()
    phone.client.cookies[cookie_name(phone.slug)] = phone.client.cookies[coming_name(phone.slug)].value

    assert phone.post("move/", {"play": str(UUID(int=1)), "kind": "answer"}).status_code == 401


def test_without_scripts_the_start_sent_twice_begins_one_visitor(phone: Phone) -> None:
    phone.get("play/")
    phone.me()
    cookies = {name: morsel.value for name, morsel in phone.client.cookies.items()}
    for _tap in range(2):
        phone.client.cookies = SimpleCookie(cookies)
        phone.form("play/", kind="start")

    assert Participant.objects.count() == 1
    assert Play.objects.count() == 1


def test_a_person_forgotten_from_another_phone_begins_anew_once(phone: Phone) -> None:
    phone.start()
    first = Participant.objects.get()
    forget_me(actor=Actor(kind="participant", id=first.id), now=NOON)

    phone.me()
    seen, started = sent_at_once(phone, "seen/", "start/")

    assert seen.cookies[cookie_name(phone.slug)].value == started.cookies[cookie_name(phone.slug)].value
    assert Participant.objects.exclude(pk=first.pk).count() == 1


@pytest.mark.slow
def test_twenty_calls_side_by_side_are_one_visitor(committed_db: str) -> None:
    bank_id, live = bank_with_live_quiz()
    with scope(bank_id):
        slug = Institution.objects.get(pk=bank_id).slug
    phone = Phone(slug=slug, code=live.code, campaign_id=live.id)
    phone.me()
    together = threading.Barrier(20)
    statuses: list[int] = []

    def call(path: str) -> None:
        together.wait()
        [answer] = sent_at_once(phone, path)
        statuses.append(answer.status_code)
        connections.close_all()

    threads = [threading.Thread(target=call, args=[("seen/", "start/")[number % 2]]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with scope(bank_id):
        assert set(statuses) == {200}
        assert Participant.objects.count() == 1
        assert Play.objects.count() == 1
        assert Entry.objects.filter(verb="privacy.enrolled").count() == 1
