"""This room's card on the home page: colleagues who cannot sign in yet, or soon no longer can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily

from kernel.actor import Actor
from tenancy.home import Deed, Waiting, home_card, home_deed
from tenancy.models import Staff
from tenancy.notices import Called, NoticeKind, notice_kind, notice_subject
from tenancy.queries import colleagues_leaving, colleagues_without_sign_in
from tenancy.roles import Permission
from tenancy.second_person import RESET_ASKED, ROLES_ASKED

_SOON = timedelta(days=14)

home_deed(
    Deed(
        label=lazily("添加人员"),
        url_name="tenancy:staff_add",
        permission=Permission.MANAGE_STAFF,
        icon="plus",
        order=80,
    )
)


@home_card(
    title=lazily("人员与登录"),
    permission=Permission.MANAGE_STAFF,
    icon="people",
    order=60,
    url_name="tenancy:staff",
    empty=lazily("所有同事都能正常登录。"),
)
def access_matters(*, actor: Actor, now: datetime) -> list[Waiting]:
    """Who waits for a password or an authenticator, and whose access ends soon."""
    unready = [
        Waiting(
            title=staff.display_name,
            url=reverse("tenancy:colleague", args=[staff.id]),
            since=staff.created_at,
            note=_("还不能登录"),
            tone="caution",
        )
        for staff in colleagues_without_sign_in()
        if staff.id != actor.id
    ]
    leaving = [
        Waiting(
            title=staff.display_name,
            url=reverse("tenancy:colleague", args=[staff.id]),
            due=staff.access_until,
            note=_("使用期限将到"),
        )
        for staff in colleagues_leaving(now=now, within=_SOON)
    ]
    return unready + leaving


def colleagues_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Colleagues by name, with their pages."""
    found = Staff.objects.filter(id__in=ids).values_list("id", "display_name")
    return {pk: Called(name, reverse("tenancy:colleague", args=[pk])) for pk, name in found}


notice_subject("staff", names=colleagues_called)
notice_kind(
    NoticeKind(ROLES_ASKED, lazily("%(who)s 为 %(title)s 申请岗位，请确认"), icon="people", tone="caution")
)
notice_kind(
    NoticeKind(
        RESET_ASKED, lazily("%(who)s 申请重置 %(title)s 的登录，请确认"), icon="people", tone="caution"
    )
)
