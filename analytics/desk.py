"""The entries of this room in the back office's sidebar."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.usecases.patrol import BROKEN
from tenancy.home import Deed, home_deed
from tenancy.navigation import NavItem, navigation
from tenancy.notices import Called, NoticeKind, notice_kind, notice_subject
from tenancy.roles import Permission

home_deed(Deed(_("查看台账"), "analytics:ledger", Permission.VIEW_LEDGER, "ledger", order=90))
navigation.add(NavItem(_("数据看板"), "analytics:boards", Permission.VIEW_FIGURES, "chart", 10, "know"))
navigation.add(NavItem(_("线索与成本"), "analytics:leads", Permission.VIEW_LEADS, "people", 15, "know"))
navigation.add(NavItem(_("台账"), "analytics:ledger", Permission.VIEW_LEDGER, "ledger", 10, "keep"))
navigation.add(NavItem(_("合规报告"), "analytics:reports", Permission.VIEW_REPORTS, "report", 20, "know"))
notice_kind(NoticeKind(BROKEN, _("%(title)s验证不一致，请保留现场并联系审计"), icon="warning", tone="danger"))


def ledger_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """The institution's ledger, for notices about its seals."""
    return {one: Called(gettext("台账封签"), reverse("analytics:ledger")) for one in ids}


notice_subject("institution", names=ledger_called)
