"""F24, F54, ASVS 14.2.1, 16.2.5: after a journey no table, Redis or log holds a name, number or code."""

from __future__ import annotations

import base64
import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings as house
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from integrations.tasks import sweep_texts
from kernel.scope import scope
from privacy.models import OutboundText
from privacy.usecases import request_phone_code, reveal_field, verify_phone
from rewards.codes import grouped
from rewards.usecases import book_grant
from tenancy.models import Institution
from tests.desk import signed_in
from tests.privacy.people import a_notice, a_participant, consent
from tests.rewards.visits import a_benefit, a_grant, a_slot

PHONE, NAME = "13812345678", "欧阳娜娜"

pytestmark = pytest.mark.slow


def test_a_whole_journey_leaves_nothing_readable_behind(
    committed_db, provider, at_bank, officer, administrator, clerk, caplog, tmp_path, celery_worker_process
):
    caplog.set_level(logging.DEBUG)
    now = timezone.now()
    participant = a_participant(now)
    consent(participant, a_notice(officer), now)
    request_phone_code(actor=participant, phone=PHONE, now=now)
    waiting = list(everything_in_redis())
    celery_worker_process("texts", "default", concurrency=1)
    ring_again()
    one_time = shown_on_the_phone(provider)

    verify_phone(actor=participant, code=one_time, now=now)
    grant = a_grant(participant, a_benefit(administrator), at=now)
    slot = a_slot(administrator, at=now + timedelta(days=2))
    booking = book_grant(
        actor=participant, grant_id=grant.id, name=NAME, need="wealth", slot_id=slot.id, now=now
    )
    desk = signed_in(clerk)
    for step in ("look", "redeem"):
        desk.post(reverse("rewards:redeem"), {"code": booking.code, "phone": "5678", "step": step})
    reveal_field(
        actor=officer, participant_id=participant.id, field="name", purpose="inspection", now=timezone.now()
    )
    _until_sent()

    secrets = {PHONE, NAME, one_time, booking.code, grouped(booking.code)}
    places = {
        "database": list(everything_in_the_database()),
        "redis": waiting + list(everything_in_redis()),
        "logs": [
            *caplog.messages,
            *(str(record.__dict__) for record in caplog.records),
            *worker_logs(tmp_path),
        ],
    }
    found = {
        (place, secret)
        for place, lines in places.items()
        for line in lines
        for secret in secrets
        if shows(line, secret)
    }
    assert found == set()
    assert any(shows(line, "城东支行") for line in places["database"]), "the search finds what is in clear"
    assert any("deliver_text" in line for line in waiting), "the payload of a task was looked at"


def shows(line: str, secret: str) -> bool:
    """In clear, as bytes written in hex, or escaped as JSON does; six digits count only standing alone."""
    if re.fullmatch(r"\d{6}", secret):
        return re.search(rf"(?<![0-9a-fA-F]){secret}(?![0-9a-fA-F])", line) is not None
    spellings = {secret, secret.encode().hex(), json.dumps(secret)[1:-1]}
    return any(each in line for each in spellings)


def everything_in_the_database() -> Iterator[str]:
    """Every row of every table as text, as a dump by the owner would hold it, institution by institution."""
    for institution in Institution.objects.all():
        with scope(institution.id), connections["default"].cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            for (table,) in cursor.fetchall():
                if not may_read(cursor, table):
                    continue
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                yield from (f"{table}: {row}" for (row,) in cursor.fetchall())


def may_read(cursor, table: str) -> bool:
    cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [f'"{table}"'])
    return bool(cursor.fetchone()[0])


def everything_in_redis() -> Iterator[str]:
    client = redis.Redis.from_url(house.CELERY_BROKER_URL)
    for key in client.scan_iter():
        kind = client.type(key).decode()
        values = {
            "string": lambda key=key: [client.get(key)],
            "list": lambda key=key: client.lrange(key, 0, -1),
            "hash": lambda key=key: [*client.hgetall(key).values()],
            "set": lambda key=key: client.smembers(key),
            "zset": lambda key=key: client.zrange(key, 0, -1),
        }[kind]()
        for value in values:
            text = (value or b"").decode(errors="replace")
            yield f"{key.decode(errors='replace')}: {text} {opened(text)}"


def opened(text: str) -> str:
    """A task's message carries its arguments in base64."""
    return " ".join(
        base64.b64decode(each + "==", validate=False).decode(errors="replace")
        for each in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text)
    )


def worker_logs(tmp_path: Path) -> list[str]:
    return [path.read_text(errors="replace") for path in tmp_path.glob("*.log")]


def ring_again() -> None:
    sweep_texts()


def shown_on_the_phone(provider) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for text in provider.texts:
            digits = re.search(r"\d{6}", text["content"])
            if digits:
                return digits.group()
        time.sleep(0.1)
    raise AssertionError("no text arrived")


def _until_sent() -> None:
    deadline = time.monotonic() + 20
    while OutboundText.objects.exclude(state="sent").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
