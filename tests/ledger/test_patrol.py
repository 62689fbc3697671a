"""Somebody changes a row behind the platform's back: the next round finds it and people are told. F51."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse

from analytics.patrol import every_ledger_holds, patrol
from analytics.usecases.patrol import patrol_ledger
from kernel.actor import SYSTEM
from kernel.scope import scope
from ledger.models import Entry
from tenancy.models import StaffNotice
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
        answer = Client().get(reverse("ledgerz"))
        assert (answer.status_code, answer.json()) == (503, {"ledger": False})
        page = signed_in(auditor).get(reverse("tenancy:notices")).content.decode()
        assert "台账封签验证不一致" in page
        as_owner("UPDATE ledger_entry SET verb = %s WHERE id = %s", victim.verb, victim.id)
        assert patrol(now=NOON + timedelta(minutes=45)).is_sound
        assert every_ledger_holds()
        seals_gone_from_the_end_are_missed(house)


def seals_gone_from_the_end_are_missed(house: UUID) -> None:
    """Whoever removes the last seals hopes that nobody remembers how many there were."""
    as_owner("DELETE FROM ledger_seal WHERE institution_id = %s AND number = 3", house)

    found = patrol_ledger(actor=SYSTEM, now=NOON + timedelta(minutes=60))

    assert [(one.number, one.fault) for one in found.faults] == [(3, "missing")]
