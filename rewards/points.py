"""Winning, spending and losing service points: each a line of the books, none without its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, IntegerField, Sum, When

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.scope import current_institution
from ledger.record import entry_row, noted, record
from rewards.models import Account, Grant, PointBalance, PointMovement
from tenancy.usecase import usecase

LAPSED_AT_ONCE = 500

_WIN = """
WITH won AS (
    INSERT INTO rewards_pointmovement (id, institution_id, kind, takes_from, gives_to, amount, participant_id,
                                       campaign_id, occasion, lapses_at, at)
    VALUES (%s, %s, 'won', 'issuer', 'holder', %s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,
                          campaign_id, version_id, channel, variant, data)
SELECT %s::timestamptz, %s::uuid, %s, %s, %s::uuid, %s, %s::uuid, %s::uuid, %s::uuid, %s, %s, %s::jsonb
FROM won
"""


class NotEnoughPoints(DomainError):
    """The service costs more than the participant holds."""

    code = "not_enough_points"
    zh = "积分不足，还差 {missing} 积分。"
    en = "Not enough points: {missing} more are needed."


@dataclass(frozen=True, slots=True)
class PointsHeld:
    """What one participant holds in one campaign."""

    campaign_id: UUID
    balance: int
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class Books:
    """The three accounts. Their sum is zero, whatever happened."""

    issuer: int
    holders: int
    services: int


@usecase(by="anyone", may_do_nothing=True)
def win_points(
    *,
    actor: Actor,
    participant_id: UUID,
    campaign_id: UUID,
    version_id: UUID | None,
    amount: int,
    occasion: str,
    lapses_at: datetime,
    now: datetime,
) -> bool:
    """Points for an occasion, once; whether they are new. One statement writes the books and the ledger."""
    institution = str(current_institution())
    row = entry_row(
        "rewards.points_won",
        actor=actor,
        subject=Ref("participant", participant_id),
        at=now,
        campaign_id=campaign_id,
        version_id=version_id,
        channel="",
        variant="",
        data={"amount": amount, "occasion": occasion},
    )
    movement: list[Any] = [str(new_id()), institution, amount, str(participant_id), str(campaign_id)]
    with connection.cursor() as cursor:
        cursor.execute(_WIN, [*movement, occasion, lapses_at, now, *row])
        fresh: bool = cursor.rowcount == 1
    if fresh:
        noted()
    return fresh


@usecase(by="anyone", may_do_nothing=True)
def spend_points(*, actor: Actor, grant: Grant, amount: int, now: datetime) -> bool:
    """Points given for a grant: the one sink there is; whether it was not paid for before.

    The database refuses a balance below zero, also between two that spend at once. Raises NotEnoughPoints.
    """
    if grant.campaign_id is None or PointMovement.objects.filter(grant=grant).exists():
        return False
    held = points_held(grant.participant_id, grant.campaign_id)
    if held < amount:
        raise NotEnoughPoints(missing=amount - held)
    PointMovement.objects.create(
        kind=PointMovement.Kind.SPENT,
        takes_from=Account.HOLDER,
        gives_to=Account.SERVICES,
        amount=amount,
        participant_id=grant.participant_id,
        campaign_id=grant.campaign_id,
        occasion=grant.occasion,
        grant=grant,
        at=now,
    )

    record(
        "rewards.points_spent", actor=actor, subject=Ref("grant", grant.id), at=now,
        campaign_id=grant.campaign_id, version_id=grant.version_id, amount=amount,
    )  # fmt: skip
    return True


@usecase(by="system", may_do_nothing=True)
def lapse_points(*, actor: Actor, now: datetime) -> int:
    """End points whose published day is over; how many balances. Call until it is none."""
    due = PointBalance.objects.filter(balance__gt=0, lapses_at__lte=now).order_by("lapses_at", "id")
    ended = 0
    for held in due[:LAPSED_AT_ONCE]:
        PointMovement.objects.create(
            kind=PointMovement.Kind.LAPSED,
            takes_from=Account.HOLDER,
            gives_to=Account.ISSUER,
            amount=held.balance,
            participant_id=held.participant_id,
            campaign_id=held.campaign_id,
            occasion=f"lapsed:{held.lapses_at.isoformat()}",
            at=now,
        )
        record(
            "rewards.points_lapsed", actor=actor, subject=Ref("participant", held.participant_id), at=now,
            campaign_id=held.campaign_id, amount=held.balance,
        )  # fmt: skip
        ended += 1
    return ended


def points_held(participant_id: UUID, campaign_id: UUID) -> int:
    """The balance of one participant in one campaign."""
    held = PointBalance.objects.filter(participant_id=participant_id, campaign_id=campaign_id)
    return int(held.values_list("balance", flat=True).first() or 0)


def points_of(participant_id: UUID) -> list[PointsHeld]:
    """Everything one participant holds, what lapses first on top."""
    held = PointBalance.objects.filter(participant_id=participant_id, balance__gt=0)
    return [
        PointsHeld(row.campaign_id, row.balance, row.lapses_at) for row in held.order_by("lapses_at", "id")
    ]


def books() -> Books:
    """The three accounts of the institution, added up from every line."""

    def account(name: Account) -> int:
        signed = Case(
            When(gives_to=name, then=F("amount")), default=-F("amount"), output_field=IntegerField()
        )
        lines = PointMovement.objects.filter(takes_from=name) | PointMovement.objects.filter(gives_to=name)
        return int(lines.aggregate(sum=Sum(signed))["sum"] or 0)

    return Books(account(Account.ISSUER), account(Account.HOLDER), account(Account.SERVICES))
