"""Whether a text that is asked for looks like one of many: then the phone proves some work first.

Counted in Redis, for minutes: codes that were asked for and that nobody typed in, by network, neighbourhood,
campaign and range of numbers, and the different numbers of one visitor. Nobody is refused by what is counted
here, so that a branch or a carrier behind one address gets through; what money may be lost is bounded by
rows (`privacy.usecases.text_ceilings`). Numbers are counted by keyed hash only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from campaigns.live import live_campaign
from campaigns.models import Play
from campaigns.player.doors import Visit
from campaigns.player.proofs import is_proven_by_waiting, is_proven_by_work, proof_needed
from kernel.crypto import normal_phone
from kernel.ids import first_id_at
from privacy.usecases import report_text_surge
from tenancy.throttle import Limit, counted, give_back, is_first
from tenancy.visitor import network_of, subnet_of

HOUR, TEN_MINUTES = 60 * 60, 10 * 60
FREE_OF_NETWORK, FREE_OF_SUBNET, FREE_OF_CAMPAIGN = 5, 25, 30
FREE_OF_RANGE, FREE_OF_BLOCK, FREE_OF_VISITOR = 12, 3, 2
SURGE = 3
"""The level at which administrators are told."""
BOUNDS = (0, 20_000, 40_000, 80_000, 160_000, 320_000)
"""The numbers to try at most, by level; on the average half of them."""
_CAMPAIGN = "text-campaign"
HIGHEST = len(BOUNDS) - 1
_RANGE, _BLOCK = 10, 12  # of +86 138 0013 8000: its range of 10,000 numbers, and its hundred


@dataclass(frozen=True, slots=True)
class TextRisk:
    """How many texts look like this one, and what was counted for it."""

    level: int
    limits: Sequence[Limit]


def admit_text(request: HttpRequest, visit: Visit, phone: str, purpose: str) -> None:
    """Let an ordinary request for a code pass at once; of an unusual one ask for a proof, which counts once.

    Raises ProofNeeded, NotAPhoneNumber, Unavailable.
    """
    risk = _counted_risk(request, visit, normal_phone(phone))
    if risk.level == 0:
        return
    if risk.level >= SURGE:  # said once an hour
        report_text_surge(actor=visit.actor, campaign_id=live_campaign(visit.code).id, now=visit.now)
    for_whom = f"{visit.institution.id}|{visit.code}|{purpose}|{visit.actor.id}"
    lowest = BOUNDS[max(1, risk.level - 1)]  # others may have raised the risk while this phone worked
    if is_proven_by_work(request, visit, for_whom, lowest=lowest):
        return
    if is_proven_by_waiting(request, visit, for_whom, network=network_of(request)):
        return
    give_back(risk.limits)
    raise proof_needed(request, visit, for_whom, bound=BOUNDS[risk.level])


def code_was_right(request: HttpRequest, visit: Visit) -> None:
    """The text was asked for by whoever holds the number. Raises Unavailable."""
    give_back([limit for limit, _free in _by_place(request, visit)])


def _counted_risk(request: HttpRequest, visit: Visit, number: str) -> TextRisk:
    """Count this request everywhere first, so that requests side by side do not pass as one."""
    asked = [*_by_place(request, visit), *_by_number(visit, number)]
    if is_first(_limit("visitor-number", f"{visit.actor.id}|{_hidden(number)}")):
        asked.append((_limit("visitor-numbers", str(visit.actor.id)), FREE_OF_VISITOR))
    numbers = counted([limit for limit, _free in asked])
    steps = [
        _steps(number, _free_of_campaign(visit, number) if limit.name == _CAMPAIGN else free)
        for number, (limit, free) in zip(numbers, asked, strict=True)
    ]
    return TextRisk(min(sum(steps), HIGHEST), [limit for limit, _free in asked])


def _by_place(request: HttpRequest, visit: Visit) -> list[tuple[Limit, int]]:
    campaign = f"{visit.institution.id}|{visit.code}"
    return [
        (_limit("text-network", network_of(request)), FREE_OF_NETWORK),
        (_limit("text-subnet", subnet_of(request)), FREE_OF_SUBNET),
        (_limit(_CAMPAIGN, campaign, TEN_MINUTES), FREE_OF_CAMPAIGN),
    ]


def _by_number(visit: Visit, number: str) -> list[tuple[Limit, int]]:
    """Numbers that follow one another: within a hundred, and within ten thousand."""
    house = visit.institution.id
    return [
        (_limit("text-range", f"{house}|{_hidden(number[:_RANGE])}"), FREE_OF_RANGE),
        (_limit("text-block", f"{house}|{_hidden(number[:_BLOCK])}"), FREE_OF_BLOCK),
    ]


def _free_of_campaign(visit: Visit, asked: int) -> int:
    """How many codes a campaign may wait for: half of those who played in the last hour, thirty at least.

    Plays are read only where it matters, from the right-hand edge of their primary key, no more than needed.
    """
    if asked <= FREE_OF_CAMPAIGN:
        return FREE_OF_CAMPAIGN
    live = live_campaign(visit.code)
    recent = Play.objects.filter(id__gte=first_id_at(visit.now - timedelta(hours=1)), campaign_id=live.id)
    return max(FREE_OF_CAMPAIGN, recent.order_by("id")[: 2 * asked].count() // 2)


def _steps(number: int, free: int) -> int:
    """Nothing within what is free; then one more for each doubling."""
    return 0 if number <= free else 1 + int(math.log2(number / free))


def _limit(name: str, subject: str, seconds: int = HOUR) -> Limit:
    return Limit(name, subject, 0, seconds, shared=True)


def _hidden(number: str) -> str:
    return salted_hmac("campaigns.player.text_risk", number, algorithm="sha256").hexdigest()
