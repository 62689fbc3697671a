"""A demo that listens to a network opens no persona to whoever passes by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import include, path

from config.demo import pass_phrase, views, words
from config.demo.seed import PERSONAS_FILE
from config.urls import urlpatterns as ours
from kernel.scope import scope
from tests.cast import make_staff

urlpatterns = [*ours, path("demo/", include("config.demo.urls"))]
LIST, SIGN_IN = "/demo/", "/demo/sign-in"


@pytest.fixture
def demo(bank, tmp_path: Path, monkeypatch):
    """The demo's doors over a bank with one persona."""
    with scope(bank.id):
        make_staff("lin.yue", "compliance", display_name="林悦")
    persona = {"name": "林悦", "role": "合规岗", "institution": "银行", "username": "lin.yue@bank"}
    (tmp_path / PERSONAS_FILE).write_text(json.dumps({"personas": [persona], "h5": []}))
    monkeypatch.setenv("HEQU_DATA", str(tmp_path))
    with override_settings(ROOT_URLCONF=__name__, DEMO=True):
        yield tmp_path


def enters(browser: Client) -> bool:
    browser.post(SIGN_IN, {"username": "lin.yue@bank"})
    return "_auth_user_id" in browser.session


def test_nobody_in_the_network_becomes_a_persona_without_the_phrase(demo: Path):
    phrase = pass_phrase.place_phrase(demo, "0.0.0.0")
    stranger, guest, late = Client(), Client(), Client()

    assert "林悦" not in stranger.get(LIST).content.decode()
    assert not enters(stranger)
    assert stranger.post(LIST, {"phrase": "aaaa-bbbb-cccc"}).status_code == 403
    assert not enters(stranger)

    assert guest.post(LIST, {"phrase": f" {phrase.upper()} "}).status_code == 302
    shown = guest.get(LIST).content.decode()
    assert enters(guest)

    assert late.post(LIST, {"phrase": phrase}).status_code == 403, "it was good once"
    assert not enters(late)
    assert pass_phrase.current() in shown, "the guest may let another device in"
    assert late.post(LIST, {"phrase": pass_phrase.current()}).status_code == 302


def test_a_phrase_is_not_guessed(demo: Path):
    pass_phrase.place_phrase(demo, "0.0.0.0")
    stranger = Client()

    answers = [stranger.post(LIST, {"phrase": f"aaaa-bbbb-{each:04}"}).status_code for each in range(12)]

    assert answers[:10] == [403] * 10
    assert answers[10:] == [429] * 2


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_the_terminal_warns_and_shows_the_phrase(demo: Path, host: str, capsys):
    phrase = pass_phrase.place_phrase(demo, host)
    words.warn_of_network(phrase, file=demo / pass_phrase.FILE)

    said = capsys.readouterr().out
    assert phrase in said
    assert "one-time pass phrase" in said
    assert (demo / pass_phrase.FILE).stat().st_mode & 0o077 == 0


def test_this_machine_alone_is_asked_nothing(demo: Path, capsys):
    pass_phrase.place_phrase(demo, "0.0.0.0")
    words.warn_of_network(pass_phrase.place_phrase(demo, "127.0.0.1"), file=demo / pass_phrase.FILE)

    assert capsys.readouterr().out == ""
    assert enters(Client())
    assert views.personas.door.kind == "public"
