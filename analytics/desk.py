"""The entries of this room in the back office's sidebar."""

from django.utils.translation import gettext_lazy as _

from tenancy.home import Deed, home_deed
from tenancy.navigation import NavItem, navigation
from tenancy.roles import Permission

home_deed(Deed(_("查看台账"), "analytics:ledger", Permission.VIEW_LEDGER, "ledger", order=90))
navigation.add(NavItem(_("数据看板"), "analytics:boards", Permission.VIEW_FIGURES, "chart", 10, "know"))
navigation.add(NavItem(_("线索与成本"), "analytics:leads", Permission.VIEW_LEADS, "people", 15, "know"))
navigation.add(NavItem(_("台账"), "analytics:ledger", Permission.VIEW_LEDGER, "ledger", 10, "keep"))
navigation.add(NavItem(_("合规报告"), "analytics:reports", Permission.VIEW_REPORTS, "report", 20, "know"))
