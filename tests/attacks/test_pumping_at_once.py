"""Requests side by side never pass a ceiling on texts, however many and however close."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from kernel.actor import SYSTEM
from kernel.scope import scope
from privacy.models import TextTally
from privacy.usecases.text_ceilings import Bill
from tests.attacks.test_pumping_texts import charge_one, scattered
from tests.cast import NOON, make_institution


@pytest.mark.parametrize(("threads", "most"), [(16, 1), (24, 7), (16, 40)])
def test_requests_side_by_side_never_pass_a_ceiling(
    committed_db: str, settings: Any, threads: int, most: int
) -> None:
    settings.TEXTS_CAMPAIGN_DAY = most
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):  # the institution's first key is there
        charge_one(actor=SYSTEM, bill=Bill("+8613000000000", None, 1), now=NOON)
    campaign, together = uuid4(), Barrier(threads)
    passed: list[bool] = []

    def one(number: int) -> None:
        try:
            with scope(bank.id):
                together.wait()
                passed.extend(
                    charge_one(
                        actor=SYSTEM, bill=Bill(f"+86{scattered(number * 10 + n)}", campaign, 1), now=NOON
                    )
                    for n in range(3)
                )
        finally:
            connections.close_all()

    running = [Thread(target=one, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    assert sum(passed) == min(most, threads * 3)
    assert len(passed) == threads * 3
    with scope(bank.id):
        assert TextTally.objects.get(scope="campaign").used == sum(passed)
