"""The catalogue of services, and the times at which branches give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.errors import DomainError
from kernel.placeholders import unfilled
from kernel.typeface import undrawable
from ledger.record import record
from rewards.models import Benefit, Deliverer, Service, Slot
from rewards.plain_service import refuse_money
from tenancy.models import Branch
from tenancy.roles import Permission
from tenancy.usecase import usecase


class UnknownService(DomainError):
    """The type is not in the list of services."""

    code = "unknown_service"
    status = 400
    zh = "服务类型不在目录中。"
    en = "This is not one of the services in the list."


class BadBenefit(DomainError):
    """A number or a word is outside its bounds; `field` names it."""

    code = "bad_benefit"
    status = 400
    zh = "请检查“{field}”的填写。"
    en = "Please check “{field}”."


class BadSlot(DomainError):
    """Times or capacity do not make sense."""

    code = "bad_slot"
    status = 400
    zh = "预约时段填写有误：开始须早于结束，人数须为 1 至 50。"
    en = "The time slot is not right: it must start before it ends and hold 1 to 50 people."


@usecase(Permission.MANAGE_BENEFITS)
def add_benefit(
    *,
    actor: Actor,
    service: str,
    title: str,
    summary: str,
    delivered_by: str,
    branch_ids: Sequence[UUID] = (),
    minutes: int = 30,
    book_within_days: int = 30,
    valid_days: int = 60,
    now: datetime,
) -> Benefit:
    """Put a service in the catalogue; no branch named means every branch.

    Raises UnknownService, NotAService, BadBenefit.
    """
    if service not in Service.values:
        raise UnknownService
    if delivered_by not in Deliverer.values:
        raise BadBenefit(field="delivered_by")
    title, summary = " ".join(title.split()), summary.strip()
    if (
        not 2 <= len(title) <= 40
        or unfilled(title)
        or undrawable(title)
        or Benefit.objects.filter(title=title).exists()
    ):
        raise BadBenefit(field="title")
    if not 2 <= len(summary) <= 200 or unfilled(summary) or undrawable(summary):
        raise BadBenefit(field="summary")
    for name, number, most in (
        ("minutes", minutes, 480), ("book_within_days", book_within_days, 366), ("valid_days", valid_days,
        366),
    ):  # fmt: skip
        if not 1 <= number <= most:
            raise BadBenefit(field=name)
    if Branch.objects.filter(pk__in=branch_ids).count() != len(set(branch_ids)):
        raise BadBenefit(field="branch_ids")
    refuse_money(title)
    refuse_money(summary)

    benefit: Benefit = Benefit.objects.create(
        service=service,
        title=title,
        summary=summary,
        delivered_by=delivered_by,
        branch_ids=list(branch_ids),
        minutes=minutes,
        book_within_days=book_within_days,
        valid_days=valid_days,
        created_at=now,
    )

    record("rewards.benefit_added", actor=actor, subject=Ref("benefit", benefit.id), at=now, service=service)
    return benefit


@usecase(Permission.MANAGE_BENEFITS)
def retire_benefit(*, actor: Actor, benefit_id: UUID, now: datetime) -> Benefit:
    """Offer it no longer. What was earned stays earned."""
    benefit: Benefit = Benefit.objects.locked(benefit_id)
    benefit.is_active = False
    benefit.save(update_fields=["is_active"])
    record("rewards.benefit_retired", actor=actor, subject=Ref("benefit", benefit.id), at=now)
    return benefit


@usecase(Permission.MANAGE_BENEFITS)
def open_slots(
    *,
    actor: Actor,
    branch_id: UUID,
    starts: Sequence[datetime],
    minutes: int,
    capacity: int,
    now: datetime,
) -> list[Slot]:
    """Open times at a branch; a time that is open already stays as it is. Raises BadSlot."""
    branch = Branch.of(branch_id)
    if not 1 <= capacity <= 50 or not 5 <= minutes <= 480 or not starts:
        raise BadSlot
    Slot.objects.bulk_create(
        [
            Slot(
                branch=branch, starts_at=start, ends_at=start + timedelta(minutes=minutes), capacity=capacity
            )
            for start in starts
        ],
        ignore_conflicts=True,
    )
    slots = list(Slot.objects.filter(branch=branch, starts_at__in=starts).order_by("starts_at", "id"))

    record("rewards.slots_opened", actor=actor, subject=Ref("branch", branch.id), at=now, count=len(slots))
    return slots
