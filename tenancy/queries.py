"""Questions about institutions and their people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenancy.models import Invitation, Staff, TotpDevice
from tenancy.roles import MATRIX, Permission


@dataclass(frozen=True, slots=True)
class ColleagueFacts:
    """What an administrator may know about a colleague's access."""

    has_second_factor: bool
    invited_until: datetime | None
    has_password: bool


def colleagues_matching(words: str, role: str) -> QuerySet[Staff]:
    """Colleagues by name or username and by role; those with access first, by name. `is_set_up` says whether
    an authenticator is bound: until then nobody can sign in.
    """
    bound = TotpDevice.objects.filter(staff=OuterRef("pk"), confirmed_at__isnull=False)
    found: QuerySet[Staff] = Staff.objects.select_related("branch").annotate(is_set_up=Exists(bound))
    if words:
        found = found.filter(Q(display_name__icontains=words) | Q(username__icontains=words))
    if role:
        found = found.filter(roles__contains=[role])
    return found.order_by("-is_active", "display_name", "id")


def colleagues_without_sign_in() -> QuerySet[Staff]:
    """Colleagues with access who have not bound an authenticator yet, longest waiting first."""
    found: QuerySet[Staff] = Staff.objects.filter(is_active=True, totp__isnull=True)
    return found.order_by("created_at", "id")


def colleagues_leaving(*, now: datetime, within: timedelta) -> QuerySet[Staff]:
    """Colleagues whose access ends soon, soonest first."""
    found: QuerySet[Staff] = Staff.objects.filter(
        is_active=True, access_until__gt=now, access_until__lte=now + within
    )
    return found.order_by("access_until", "id")


def colleagues_holding(roles: Iterable[str], *, now: datetime) -> QuerySet[Staff]:
    """Colleagues who can sign in now and hold one of these roles, by name."""
    found: QuerySet[Staff] = Staff.objects.filter(is_active=True, roles__overlap=list(roles))
    return found.exclude(access_until__lte=now).order_by("display_name", "id")


def colleagues_who_may(permission: Permission, *, now: datetime) -> QuerySet[Staff]:
    """Colleagues who can sign in now and whose roles grant the permission, by name."""
    granting = [role.value for role, granted in MATRIX.items() if permission in granted]
    return colleagues_holding(granting, now=now)


def colleague_facts(staff: Staff, *, now: datetime) -> ColleagueFacts:
    invitation = Invitation.objects.filter(staff=staff, used_at=None, expires_at__gt=now).first()
    return ColleagueFacts(
        has_second_factor=TotpDevice.objects.filter(staff=staff, confirmed_at__isnull=False).exists(),
        invited_until=invitation.expires_at if invitation else None,
        has_password=staff.has_usable_password(),
    )
