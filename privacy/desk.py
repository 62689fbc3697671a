"""What the privacy desk puts in the sidebar and on the home page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kernel.actor import Actor
from privacy.models import RevealAllowance
from privacy.queries import colleague_names, stock
from privacy.usecases.allowance import ALERT
from privacy.usecases.lookups import UNREADABLE
from tenancy.home import Waiting, home_card
from tenancy.navigation import NavItem, navigation
from tenancy.notices import Called, NoticeKind, notice_kind, notice_subject
from tenancy.roles import Permission

navigation.add(
    NavItem(_("个人信息保护"), "privacy:overview", Permission.MANAGE_PRIVACY, "lock", order=60, group="keep")
)
navigation.add(
    NavItem(_("密钥"), "privacy:keys", Permission.MANAGE_INSTITUTION, "key", order=85, group="house")
)

navigation.add(
    NavItem(
        _("客户名单"), "privacy:customers", Permission.IMPORT_CUSTOMERS, "people", order=84, group="house"
    )
)


@home_card(
    title=_("个人信息保护"),
    permission=Permission.MANAGE_PRIVACY,
    icon="lock",
    order=70,
    url_name="privacy:overview",
    empty=_("没有即将到期或暂缓删除的个人信息。"),
)
def personal_data(*, actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - the same for all
    """The same for everyone who may see it: the stock, and what is about to happen to it."""
    held = stock(now=now)
    url = reverse("privacy:overview")
    lines = [
        (held.due_in_30_days, _t("30 天内到期、将自动删除"), ""),
        (held.on_hold, _t("依法暂缓删除"), "caution"),
        (held.revealed_today, _t("今天查看明文的次数"), ""),
    ]
    return [
        Waiting(title=title, url=url, note=str(number), tone=tone) for number, title, tone in lines if number
    ]


def _days_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Whose day it was, and what they did that day."""
    days = list(RevealAllowance.objects.filter(id__in=ids))
    names = colleague_names({day.staff_id for day in days})
    return {
        day.id: Called(names.get(day.staff_id, "—"), f"{reverse('analytics:ledger')}?actor={day.staff_id}")
        for day in days
    }


def _people_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Customers by the end of their pseudonym; names stay where they are kept."""
    return {each: Called(each.hex[-6:].upper(), reverse("privacy:person", args=[each])) for each in ids}


notice_subject("reveal_allowance", names=_days_called)
notice_subject("participant", names=_people_called)
notice_kind(
    NoticeKind(ALERT, _("%(title)s 今天查找或查看个人信息的次数异常，请核实"), icon="warning", tone="danger")
)
notice_kind(
    NoticeKind(UNREADABLE, _("客户 %(title)s 的部分信息无法解密，请核实"), icon="warning", tone="danger")
)
