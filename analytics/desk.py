"""The entries of this room in the back office's sidebar."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.models import ReportOrder
from analytics.queries.board import started_people
from analytics.registry import report_kinds
from analytics.usecases.patrol import BROKEN
from analytics.usecases.reports import DIFFERENT, GIVEN_UP, LATE, SAME
from campaigns.models import Campaign
from campaigns.participation import participation_counted_by
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
notice_kind(NoticeKind(GIVEN_UP, _("%(title)s没有生成，请查看原因"), icon="report", tone="danger"))
notice_kind(NoticeKind(SAME, _("%(title)s核对一致"), icon="shield-check", tone="good"))
notice_kind(
    NoticeKind(DIFFERENT, _("%(title)s核对不一致，请联系审计查看台账"), icon="warning", tone="danger")
)
notice_kind(NoticeKind(LATE, _("%(title)s核对用时超过上限，没有得出结果"), icon="clock", tone="caution"))
participation_counted_by(started_people)


def reports_called(ids: Sequence[UUID]) -> Mapping[UUID, Called]:
    """Reports by kind and campaign; those that are not made yet are found in the campaign's list."""
    orders = ReportOrder.objects.filter(id__in=ids)
    titles = Campaign.objects.filter(id__in=orders.values("campaign_id")).in_bulk()
    return {
        order.id: Called(
            f"{report_kinds()[order.kind].label} · {titles[order.campaign_id].title}", _page_of(order)
        )
        for order in orders
    }


def _page_of(order: ReportOrder) -> str:
    if order.state == ReportOrder.State.MADE:
        return reverse("analytics:report", args=[order.id])
    return f"{reverse('analytics:reports')}?campaign={order.campaign_id}"


notice_subject("report", names=reports_called)
