"""F70: a known gain is recovered within its interval; too few people give no result; the limits are said."""

from __future__ import annotations

import random
from datetime import timedelta
from math import sqrt
from statistics import mean, stdev

import pytest
from django.db import transaction

from analytics import making
from analytics.estimation import paired_change
from analytics.models import Report
from analytics.registry import report_kinds
from analytics.usecases.reports import order_report
from kernel.actor import SYSTEM, Actor, Ref
from kernel.ids import new_id
from ledger.record import record
from ledger.verbs import VERBS
from tests.analytics.conftest import Floor, until_settled
from tests.cast import NOON

LATER = NOON + timedelta(hours=1)


def cohort(floor: Floor, people: int, gain: float, seed: int) -> None:
    """People who finish twice, gaining so much on average."""
    luck = random.Random(seed)
    with transaction.atomic():
        for _someone in range(people):
            actor = Actor("participant", new_id())
            first = luck.gauss(60, 12)
            for score in (first, first + luck.gauss(gain, 10)):
                told(floor, actor, "play.finished", score=round(score, 1), passed=score >= 80)


def told(floor: Floor, actor: Actor, verb: str, **data: object) -> None:
    record(verb, actor=actor, subject=Ref("play", new_id()), at=NOON, campaign_id=floor.live.id, **data)


def effect(floor: Floor) -> Report:
    until_settled()
    order = order_report(actor=SYSTEM, kind="effect", campaign_id=floor.live.id, until=LATER, now=LATER)
    report = making.make_report(order_id=order.id, now=LATER)
    assert report is not None
    return report


@pytest.mark.parametrize("gain", [0.0, 8.0, -5.0])
def test_a_known_gain_is_recovered_within_the_interval(floor: Floor, gain: float) -> None:
    cohort(floor, 400, gain, seed=11)

    content = effect(floor).content

    change = content["knowledge"]["change"]
    assert content["knowledge"]["pairs"] == 400
    assert change["low"] <= gain <= change["high"]
    assert change["high"] - change["low"] < 3


def test_the_report_says_that_trust_was_not_asked(floor: Floor) -> None:
    """Nobody is asked, and no entry of the ledger could tell: a figure would be made up."""
    cohort(floor, 40, 5, seed=2)

    report = effect(floor)

    trust = report_kinds()["effect"].sections(report.content)[1]
    assert "play.rated" not in VERBS
    assert report.content["trust"] == {"pairs": 0, "change": None}
    assert trust.table is None
    assert "没有询问客户的信任度" in trust.notes[0]


def test_fewer_than_thirty_give_no_result(floor: Floor) -> None:
    cohort(floor, 29, 10, seed=1)

    report = effect(floor)

    assert report.content["knowledge"] == {"pairs": 1, "change": None}
    words = report_kinds()["effect"].sections(report.content)
    assert any("少于 30" in note for note in words[0].notes)


def test_no_pairs_at_all_is_said(floor: Floor) -> None:
    report = effect(floor)

    assert "没有可以配对的数据" in report_kinds()["effect"].sections(report.content)[0].notes[0]
    assert making.comes_out_the_same(report)


def test_the_interval_holds_what_it_promises() -> None:
    """Nineteen times in twenty the true change lies inside."""
    luck = random.Random(5)
    inside = 0
    for _round in range(2000):
        sample = [luck.gauss(3, 7) for _someone in range(40)]
        change = paired_change(pairs=40, mean=mean(sample), deviation=stdev(sample))
        assert change is not None
        inside += change.low <= 3 <= change.high

    assert 0.935 <= inside / 2000 <= 0.965


def test_the_interval_is_students() -> None:
    change = paired_change(pairs=30, mean=0, deviation=sqrt(30))

    assert change is not None
    assert change.high == pytest.approx(2.0452, abs=0.001)
