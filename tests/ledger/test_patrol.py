"""Somebody changes a row behind the platform's back: the next round finds it and people are told. F51."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from uuid import UUID

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from analytics.patrol import patrol
from analytics.queries.patrol import every_ledger_holds
from analytics.usecases.patrol import patrol_ledger
from analytics.usecases.seals import seal_ledger
from config.logs import JsonLines
from kernel.actor import SYSTEM
from kernel.scope import scope
from ledger.models import Entry, Seal
from tenancy.models import StaffNotice
from tests.analytics.conftest import until_settled
from tests.cast import NOON, make_institution, make_staff
from tests.desk import signed_in
from tests.ledger.test_sealing import as_owner, sealed_ledger


def test_a_row_changed_by_the_owner_is_recorded_told_once_and_signalled(committed_db: str) -> None:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id) as house:
        administrator = make_staff("guan.li", "administrator").actor
        auditor = make_staff("shen.ji", "auditor").actor
        make_staff("lin.yue", "marketer")
        sealed_ledger()
        assert patrol(now=NOON).is_sound
        assert Client().get(reverse("ledgerz")).status_code == 200

        victim = Entry.objects.order_by("transaction", "id")[12]
        as_owner("UPDATE ledger_entry SET verb = 'play.finished' WHERE id = %s", victim.id)
        found = patrol(now=NOON + timedelta(minutes=15))
        patrol(now=NOON + timedelta(minutes=30))

        assert [one.fault for one in found.faults] == ["entries"]
        alarm = Entry.objects.filter(verb="ledger.broken").order_by("at")[0]
        assert (alarm.data["broken"], alarm.data["kinds"]) == ([found.faults[0].number], ["entries"])
        told = StaffNotice.objects.filter(kind="ledger.broken")
        assert {one.recipient_id for one in told} == {administrator.id, auditor.id}
        assert told.count() == 2
        assert not every_ledger_holds()
        cache.clear()  # Redis forgets everything it knew
        redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
        answer = Client().get(reverse("ledgerz"))
        assert (answer.status_code, answer.json()) == (503, {"ledger": False})
        page = signed_in(auditor).get(reverse("tenancy:notices")).content.decode()
        assert "台账封签验证不一致" in page
        as_owner("UPDATE ledger_entry SET verb = %s WHERE id = %s", victim.verb, victim.id)
        assert patrol(now=NOON + timedelta(minutes=45)).is_sound
        assert every_ledger_holds()
        seals_gone_from_the_end_are_missed(house)
        history_rewritten_and_sealed_anew_is_found(house)


def seals_gone_from_the_end_are_missed(house: UUID) -> None:
    """Whoever removes the last seals hopes that nobody remembers how many there were."""
    as_owner("DELETE FROM ledger_seal WHERE institution_id = %s AND number = 3", house)

    found = patrol_ledger(actor=SYSTEM, now=NOON + timedelta(minutes=60))

    assert [(one.number, one.fault) for one in found.faults] == [(3, "missing")]


def history_rewritten_and_sealed_anew_is_found(house: UUID) -> None:
    """Our own task puts a good seal under the changed rows; what it replaced is remembered."""
    last = Entry.objects.order_by("-transaction", "-id")[3]
    as_owner("UPDATE ledger_entry SET verb = 'play.finished' WHERE id = %s", last.id)
    until_settled()
    assert seal_ledger(actor=SYSTEM, now=NOON + timedelta(minutes=61))

    for minutes in (75, 90):  # every round, not only the first
        found = patrol_ledger(actor=SYSTEM, now=NOON + timedelta(minutes=minutes))
        assert [(one.number, one.fault) for one in found.faults] == [(3, "replaced")]


def test_the_alarm_lasts_while_the_patrol_walks_on(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round looks at a stretch; the fault of an earlier one is not forgotten because this one is sound."""
    for name in ("STRETCH", "NEWEST"):
        monkeypatch.setattr(f"analytics.usecases.patrol.{name}", 1)
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        sealed_ledger()
        victim = Entry.objects.order_by("transaction", "id")[2]
        as_owner("UPDATE ledger_entry SET verb = 'play.finished' WHERE id = %s", victim.id)

        rounds = [patrol_ledger(actor=SYSTEM, now=NOON + timedelta(minutes=15 * each)) for each in range(3)]

        assert [[one.number for one in found.faults] for found in rounds] == [[1], [1], [1]]
        assert Client().get(reverse("ledgerz")).status_code == 503

        as_owner("UPDATE ledger_entry SET verb = %s WHERE id = %s", victim.verb, victim.id)
        assert patrol_ledger(actor=SYSTEM, now=NOON + timedelta(hours=1)).is_sound
        assert Client().get(reverse("ledgerz")).status_code == 200


def test_the_log_tells_what_does_not_hold(at_bank: UUID, caplog: pytest.LogCaptureFixture) -> None:
    """A copy of the newest seal stands outside the database; number and digest, nothing about people."""
    Seal.objects.create(
        number=1, first_transaction=1, first_entry=1, last_transaction=1, last_entry=1, count=1, root=b"",
        previous=b"", digest=b"forged", key="", signature=b"", sealed_at=NOON,
    )  # fmt: skip
    caplog.set_level(logging.INFO, logger="hequ.ledger")

    patrol(now=NOON)

    told = [vars(one) for one in caplog.records if one.name == "hequ.ledger"]
    assert [one["levelname"] for one in told] == ["INFO", "ERROR"]
    assert (told[0]["seal"], told[0]["digest"]) == (1, b"forged".hex())
    assert json.loads(JsonLines().format(caplog.records[-1]))["seals"] == "1"
