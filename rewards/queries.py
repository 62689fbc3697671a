"""What may be read of services earned, booked and redeemed. Customers are masked; codes are their owner's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from kernel.timekeeping import SHANGHAI
from privacy.queries import MaskedPerson, colleague_names, masked, same_person
from privacy.vault import opened_for
from rewards.codes import grouped
from rewards.lookup import ON_TIME
from rewards.models import Appointment, Benefit, Grant, RedemptionCode, RevokeReason, Slot
from tenancy.models import Branch


@dataclass(frozen=True, slots=True)
class OwnBenefit:
    """One line of 我的权益. `code` is there for its owner while it can be used."""

    grant_id: UUID
    title: str
    summary: str
    service: str
    minutes: int
    state: str
    state_label: str
    granted_at: datetime
    book_before: datetime
    campaign_id: UUID | None
    visit_at: datetime | None
    branch: str
    address: str
    need: str
    expires_at: datetime | None
    redeemed_at: datetime | None
    end_reason: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """One of the desk's last redemptions."""

    at: datetime
    service: str
    person: MaskedPerson | None
    branch: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of the service desk's list."""

    appointment_id: UUID
    starts_at: datetime
    ends_at: datetime
    branch: str
    service: str
    need: str
    state: str
    state_label: str
    staff_id: UUID | None
    staff: str
    person: MaskedPerson | None
    served_at: datetime | None
    served_branch: str


@dataclass(frozen=True, slots=True)
class BenefitCounts:
    """One service, with how often it was earned, booked and used."""

    benefit: Benefit
    earned: int
    booked: int
    used: int


@dataclass(frozen=True, slots=True)
class SlotDay:
    """How full one day at one branch is."""

    day: date
    branch: str
    slots: int
    seats: int
    taken: int


def catalogue() -> QuerySet[Benefit]:
    """Services on offer, in order of their titles."""
    return Benefit.objects.filter(is_active=True).order_by("title", "id")


def catalogue_with_counts() -> list[BenefitCounts]:
    """Every service ever offered, those on offer first, with how often it was earned, booked and used.

    Grants are counted by themselves, once: joined to their benefits, a million took three times as long.
    """
    counts: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for benefit_id, state, count in (
        Grant.objects.values_list("benefit_id", "state").annotate(count=Count("id")).order_by()
    ):
        counts[benefit_id][state] = count
    return [
        BenefitCounts(
            benefit=benefit,
            earned=counts[benefit.id].total(),
            booked=counts[benefit.id]["booked"] + counts[benefit.id]["redeemed"],
            used=counts[benefit.id]["redeemed"],
        )
        for benefit in Benefit.objects.order_by("-is_active", "title", "id")
    ]


def catalogue_titles() -> list[tuple[UUID, str]]:
    """Every service ever offered, those on offer first, by id and title."""
    return list(Benefit.objects.order_by("-is_active", "title", "id").values_list("id", "title"))


def slot_days(*, now: datetime) -> QuerySet[Any]:  # Any: rows of sums
    """The times that are open from now on, day by day and branch by branch."""
    days: QuerySet[Any] = (
        Slot.objects.filter(starts_at__gt=now)
        .annotate(day=TruncDate("starts_at", tzinfo=SHANGHAI))
        .values("day", "branch__name")
        .annotate(slots=Count("id"), seats=Sum("capacity"), used=Sum("taken"))
    )
    return days.order_by("day", "branch__name")


def days_of(rows: Iterable[Mapping[str, Any]]) -> list[SlotDay]:
    """The lines of one page of them."""
    return [
        SlotDay(
            day=row["day"],
            branch=row["branch__name"],
            slots=row["slots"],
            seats=row["seats"],
            taken=row["used"],
        )
        for row in rows
    ]


def my_benefits(participant_id: UUID) -> list[OwnBenefit]:
    """What a person earned, under every pseudonym of theirs, newest first."""
    grants = (
        Grant.objects.filter(participant_id__in=same_person(participant_id))
        .select_related("benefit", "participant", "code__participant")
        .prefetch_related("appointments__slot__branch")
        .order_by("-granted_at", "-id")
    )
    return [_own(grant) for grant in grants]


def open_grants(participant_id: UUID) -> list[Grant]:
    """What a person could still use: earned or booked, under every pseudonym of theirs."""
    own = Grant.objects.filter(
        participant_id__in=same_person(participant_id), state__in=["granted", "booked"]
    )
    return list(own.select_related("benefit").order_by("id"))


def visits_of(grant_ids: Iterable[UUID]) -> dict[UUID, Appointment]:
    """The open visit of each grant that has one."""
    booked = Appointment.objects.filter(grant_id__in=list(grant_ids), state=Appointment.State.BOOKED)
    return {visit.grant_id: visit for visit in booked.select_related("slot__branch")}


def _own(grant: Grant) -> OwnBenefit:
    visits = sorted(grant.appointments.all(), key=lambda visit: visit.created_at)
    visit = visits[-1] if visits and grant.state in ("booked", "redeemed") else None
    code: RedemptionCode | None = getattr(grant, "code", None)
    return OwnBenefit(
        grant_id=grant.id,
        title=grant.benefit.title,
        summary=grant.benefit.summary,
        service=grant.benefit.service,
        minutes=grant.benefit.minutes,
        state=grant.state,
        state_label=str(grant.get_state_display()),
        granted_at=grant.granted_at,
        book_before=grant.book_before,
        campaign_id=grant.campaign_id,
        visit_at=visit.slot.starts_at if visit else None,
        branch=visit.slot.branch.name if visit else "",
        address=visit.slot.branch.address if visit else "",
        need=str(visit.get_need_display()) if visit else "",
        expires_at=code.expires_at if code else None,
        redeemed_at=code.redeemed_at if code else None,
        end_reason=revoke_reason(grant),
        code=_plain(code) if code and code.state == RedemptionCode.State.LIVE else "",
    )


def revoke_reason(grant: Grant) -> str:
    """Why the institution took the service back, in words; empty for every other end."""
    if grant.state != Grant.State.REVOKED or grant.end_reason not in RevokeReason.values:
        return ""
    return str(RevokeReason(grant.end_reason).label)


def _plain(code: RedemptionCode) -> str:
    sealed = code.sealed or b""
    return grouped(opened_for(code.participant, RedemptionCode, "sealed", code.id, sealed))


def last_redemptions(staff_id: UUID, limit: int = 10) -> list[Redeemed]:
    """What this colleague redeemed last."""
    codes = (
        RedemptionCode.objects.filter(redeemed_by=staff_id)
        .select_related("grant__benefit", "participant", "redeemed_branch")
        .order_by("-redeemed_at", "-id")[:limit]
    )
    return [
        Redeemed(
            at=code.redeemed_at,
            service=code.grant.benefit.title,
            person=masked(code.participant),
            branch=code.redeemed_branch.name if code.redeemed_branch else "",
        )
        for code in codes
    ]


def appointments_within(
    *, since: datetime, until: datetime, branch_id: UUID | None = None
) -> QuerySet[Appointment]:
    """The service desk's appointments, in order of time."""
    found: QuerySet[Appointment] = Appointment.objects.filter(
        slot__starts_at__gte=since, slot__starts_at__lt=until
    )
    if branch_id is not None:
        found = found.filter(slot__branch_id=branch_id)
    return found.order_by("slot__starts_at", "id")


def visit_lines(page: Iterable[Appointment]) -> list[Visit]:
    """Lines of the appointments of one page, masked. Who comes, for what and where is read for the page
    alone: joined before the page is cut, tens of thousands of visits would carry it along.
    """
    found = list(
        Appointment.objects.filter(pk__in=[row.pk for row in page])
        .select_related(
            "slot__branch", "grant__benefit", "grant__participant", "grant__code__redeemed_branch"
        )
        .order_by("slot__starts_at", "id")
    )
    names = colleague_names({row.staff_id for row in found if row.staff_id})
    return [_visit(row, names) for row in found]


def _visit(row: Appointment, names: dict[UUID, str]) -> Visit:
    elsewhere = _served_elsewhere(row)
    return Visit(
        appointment_id=row.id,
        starts_at=row.slot.starts_at,
        ends_at=row.slot.ends_at,
        branch=row.slot.branch.name,
        service=row.grant.benefit.title,
        need=str(row.get_need_display()),
        state=row.state,
        state_label=str(row.get_state_display()),
        staff_id=row.staff_id,
        staff=names.get(row.staff_id, "") if row.staff_id else "",
        person=masked(row.grant.participant),
        served_at=elsewhere.redeemed_at if elsewhere else None,
        served_branch=elsewhere.redeemed_branch.name if elsewhere and elsewhere.redeemed_branch else "",
    )


def _served_elsewhere(row: Appointment) -> RedemptionCode | None:
    """The redemption of a visit that was served at another time or branch than booked."""
    code: RedemptionCode | None = getattr(row.grant, "code", None)
    if code is None or code.redeemed_at is None or row.ended_at != code.redeemed_at:
        return None
    in_time = row.slot.starts_at - ON_TIME <= code.redeemed_at <= row.slot.ends_at + ON_TIME
    here = code.redeemed_branch_id in (None, row.slot.branch_id)
    return None if in_time and here else code


def on_offer(benefit_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Whether each service is in the catalogue and given at one open branch or more."""
    known = benefits_by_id(benefit_ids)
    branches = set(Branch.objects.filter(is_active=True).values_list("id", flat=True))
    return {
        key: (found := known.get(key)) is not None
        and found.is_active
        and bool(branches & set(found.branch_ids) if found.branch_ids else branches)
        for key in benefit_ids
    }


def benefits_by_id(benefit_ids: Sequence[UUID]) -> dict[UUID, Benefit]:
    if not benefit_ids:
        return {}
    return {benefit.id: benefit for benefit in Benefit.objects.filter(pk__in=benefit_ids)}
