"""Record lists of institutions' people and places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenancy.models import Branch, Staff
from tenancy.records import RecordList, records
from tenancy.roles import Permission


@records.show(Branch)
class BranchRecords(RecordList):
    permission = Permission.VIEW_STAFF
    title = _("网点")
    columns = {
        "name": _("名称"),
        "city": _("城市"),
        "address": _("地址"),
        "hours": _("营业时间"),
        "is_active": _("在用"),
    }
    search_fields = ["name", "city", "address"]


@records.show(Staff)
class StaffRecords(RecordList):
    permission = Permission.VIEW_STAFF
    title = _("人员")
    columns = {
        "display_name": _("姓名"),
        "username": _("用户名"),
        "role_labels": _("岗位"),
        "branch": _("网点"),
        "is_active": _("可登录"),
        "access_until": _("使用期限"),
        "created_at": _("加入时间"),
        "last_login": _("最近登录"),
    }
    search_fields = ["display_name", "username"]
