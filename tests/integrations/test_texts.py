"""F24, ASVS 4.1.5 and 13.1.2: a text goes out once, signed, whatever dies in between."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import redis
from django.conf import settings as house
from django.utils import timezone

from integrations.signing import signed_headers
from integrations.sms import Unreachable, send_text
from integrations.tasks import sweep_texts
from integrations.texts import carry_text
from kernel.actor import SYSTEM
from kernel.scope import scope
from ledger.models import Entry
from privacy.models import OutboundText
from privacy.queries import due_texts
from privacy.usecases import claim_text, request_phone_code, settle_text
from tests.cast import NOON
from tests.privacy.people import PHONE, a_notice, a_participant, consent

SECOND = timedelta(seconds=1)


@pytest.fixture
def text(at_bank, officer) -> OutboundText:
    """A one-time code that waits to be carried."""
    participant = a_participant()
    consent(participant, a_notice(officer))
    request_phone_code(actor=participant, phone=PHONE, now=NOON)
    return OutboundText.objects.get()


def carry(text: OutboundText, at=NOON) -> str:
    return carry_text(text_id=text.id, clock=lambda: at)


def test_a_text_goes_out_and_leaves_nothing_behind(text, provider):
    assert carry(text) == "sent"
    assert carry(text) == "not ours"

    text.refresh_from_db()
    [shown] = provider.texts
    assert shown["phone"] == "+86" + PHONE
    assert "【和趣示范银行】验证码" in shown["content"]
    assert (text.state, text.sealed, text.reference) == ("sent", None, shown["biz_id"])
    assert Entry.objects.filter(verb="privacy.text_sent").count() == 1


def test_a_provider_that_is_down_is_asked_again_later(text, provider):
    provider.faults = {"down": 1, "busy": 1}

    assert carry(text) == "unreachable"
    assert carry(text, NOON + SECOND) == "not ours"
    assert carry(text, NOON + 6 * SECOND) == "unreachable"
    assert carry(text, NOON + 60 * SECOND) == "sent"
    assert len(provider.texts) == 1


def test_a_lost_answer_does_not_double_the_text(text, provider):
    provider.faults = {"silent": 1}

    assert carry(text) == "unreachable"
    assert carry(text, NOON + 6 * SECOND) == "sent"
    assert len(provider.texts) == 1


def test_a_refused_number_is_not_tried_again(text, provider):
    provider.faults = {"refuse": 1}

    assert carry(text) == "refused"

    text.refresh_from_db()
    assert (text.state, text.sealed) == ("refused", None)
    assert due_texts(NOON + timedelta(days=1)) == []


def test_a_code_that_is_useless_by_now_is_not_sent(text, provider):
    assert carry(text, NOON + timedelta(minutes=10)) == "not ours"

    text.refresh_from_db()
    assert (text.state, text.sealed, len(provider.texts)) == ("lapsed", None, 0)


def test_a_wrong_secret_sends_nothing_and_keeps_the_text(text, provider, settings):
    settings.SMS_SECRET = "another"

    assert carry(text) == "unreachable"

    text.refresh_from_db()
    assert (text.state, len(provider.texts)) == ("waiting", 0)


def test_nobody_there_keeps_the_text(text, settings):
    settings.SMS_ENDPOINT = "http://127.0.0.1:9/sms/send"

    assert carry(text) == "unreachable"

    text.refresh_from_db()
    assert text.state == "waiting"


@pytest.mark.parametrize("endpoint", ["file:///etc/passwd", "ftp://127.0.0.1/x", ""])
def test_only_http_leads_to_a_provider(settings, endpoint):
    settings.SMS_ENDPOINT = endpoint

    with pytest.raises(Unreachable):
        send_text(token=uuid4(), phone="+86" + PHONE, body="x")


def test_a_call_cannot_be_played_again_altered_or_kept(provider, settings):
    """ASVS 4.1.5."""
    body = json.dumps({"phone_number": "+86" + PHONE, "content": "x", "client_token": "t"}).encode()
    now = int(time.time())
    headers = _signed(body, now)

    assert _post(settings, body, headers) == 200
    assert _post(settings, body, headers) == 403
    assert _post(settings, body + b" ", _signed(body, now)) == 403
    assert _post(settings, body, _signed(body, now - 600)) == 403
    assert _post(settings, body, _signed(body, now + 600)) == 403


def test_the_simulator_shows_the_phone_and_never_runs_what_a_text_says(provider, settings):
    token = uuid4()
    for _ in range(2):
        send_text(token=token, phone="+86" + PHONE, body="【和趣】验证码 123456 <script>alert(1)</script>")
    home = settings.SMS_ENDPOINT.removesuffix("sms/send")

    page = urlopen(home, timeout=5).read().decode()
    listed = json.loads(urlopen(f"{home}messages?phone={PHONE}", timeout=5).read())

    assert '<p class="code">123456</p>' in page
    assert "<script>" not in page
    assert len(listed["messages"]) == 1


def _signed(body: bytes, at: int) -> dict[str, str]:
    return signed_headers(
        access_key="test-key", secret="test-secret", method="POST", path="/sms/send", timestamp=at,
        nonce=uuid4().hex, body=body,
    )  # fmt: skip


def _post(settings, body: bytes, headers: dict[str, str]) -> int:
    request = Request(settings.SMS_ENDPOINT, data=body, headers=headers, method="POST")
    try:
        return urlopen(request, timeout=5).status
    except HTTPError as refused:
        return refused.code


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_the_call_loses_nothing_and_doubles_nothing(
    committed_db, provider, at_bank, officer, celery_worker_process
):
    provider.faults = {"slow": 1}
    worker = celery_worker_process("texts", concurrency=1)
    participant = a_participant(timezone.now())
    consent(participant, a_notice(officer), timezone.now())
    request_phone_code(actor=participant, phone=PHONE, now=timezone.now())
    _until(lambda: provider.calls == 1)

    worker.kill()
    worker.wait(timeout=10)

    text = OutboundText.objects.get()
    assert text.state == "claimed"
    assert carry(text, timezone.now()) == "not ours"
    assert carry(text, timezone.now() + 31 * SECOND) == "sent"
    assert len(provider.texts) == 1


@pytest.mark.slow
def test_an_emptied_broker_is_healed_by_the_sweep(
    committed_db, provider, at_bank, officer, celery_worker_process
):
    participant = a_participant(timezone.now())
    consent(participant, a_notice(officer), timezone.now())
    request_phone_code(actor=participant, phone=PHONE, now=timezone.now())
    _empty_broker()
    celery_worker_process("texts", concurrency=1)

    sweep_texts()

    _until(lambda: OutboundText.objects.get().state == "sent")
    assert len(provider.texts) == 1


def _empty_broker() -> None:
    redis.Redis.from_url(house.CELERY_BROKER_URL).flushdb()


def _until(condition, patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about in time")


def test_one_institution_does_not_carry_anothers_text(text, provider, insurer):
    with scope(insurer.id):
        assert carry(text) == "not ours"
        assert due_texts(NOON) == []


def test_a_late_answer_to_an_older_claim_counts_only_when_the_text_went_out(text):
    first = claim_text(actor=SYSTEM, text_id=text.id, now=NOON)
    second = claim_text(actor=SYSTEM, text_id=text.id, now=NOON + 31 * SECOND)

    settle_text(
        actor=SYSTEM, text_id=text.id, attempt=first.attempt, outcome="refused", now=NOON + 32 * SECOND
    )
    text.refresh_from_db()
    still = text.state
    settle_text(actor=SYSTEM, text_id=text.id, attempt=first.attempt, outcome="sent", now=NOON + 33 * SECOND)
    text.refresh_from_db()

    assert (second.attempt, still, text.state) == (2, "claimed", "sent")
    assert PHONE not in repr(first)
