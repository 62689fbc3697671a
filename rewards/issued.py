"""Services that were granted, as the back office reads them: newest first, customers masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotFound
from privacy.queries import MaskedPerson, masked
from rewards.lifecycle import GRANT
from rewards.models import Grant
from rewards.queries import revoke_reason

PAGE = 50


@dataclass(frozen=True, slots=True)
class IssuedGrant:
    """One granted service with its customer, masked; a forgotten customer is nobody."""

    id: UUID
    benefit: str
    granted_at: datetime
    state: str
    state_label: str
    person: MaskedPerson | None
    visit_at: datetime | None
    branch: str
    ended_at: datetime | None
    reason: str
    can_be_revoked: bool


@dataclass(frozen=True, slots=True)
class IssuedPage:
    """A page of granted services; `before` leads to the older ones, if there are any."""

    rows: list[IssuedGrant]
    before: UUID | None


def issued_grants(
    *, state: str = "", benefit_id: UUID | None = None, before: UUID | None = None
) -> IssuedPage:
    """Granted services older than `before`, newest first, in pages that need no count."""
    found = Grant.objects.order_by("-id")
    if state in Grant.State.values:
        found = found.filter(state=state)
    if benefit_id is not None:
        found = found.filter(benefit_id=benefit_id)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(_with_customers(found)[: PAGE + 1])
    return IssuedPage(
        rows=[_issued(row) for row in rows[:PAGE]],
        before=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )


def issued_grant(grant_id: UUID) -> IssuedGrant:
    """One granted service. Raises NotFound."""
    row = _with_customers(Grant.objects.filter(pk=grant_id)).first()
    if row is None:
        raise NotFound
    return _issued(row)


def _with_customers(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    return grants.select_related("benefit", "participant__wrapped_under").prefetch_related(
        "appointments__slot__branch"
    )


def _issued(grant: Grant) -> IssuedGrant:
    visits = sorted(grant.appointments.all(), key=lambda visit: visit.created_at)
    visit = visits[-1] if visits and grant.state in ("booked", "redeemed") else None
    return IssuedGrant(
        id=grant.id,
        benefit=grant.benefit.title,
        granted_at=grant.granted_at,
        state=grant.state,
        state_label=str(grant.get_state_display()),
        person=masked(grant.participant),
        visit_at=visit.slot.starts_at if visit else None,
        branch=visit.slot.branch.name if visit else "",
        ended_at=grant.ended_at,
        reason=revoke_reason(grant),
        can_be_revoked=GRANT.allows(grant.state, "revoke"),
    )
