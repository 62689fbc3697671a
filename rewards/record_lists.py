"""Record lists of services given, booked and used."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rewards.models import Appointment, Benefit, Grant
from tenancy.records import RecordList, records
from tenancy.roles import Permission


@records.show(Benefit)
class BenefitRecords(RecordList):
    permission = Permission.VIEW_BENEFITS
    title = _("服务权益")
    columns = {
        "title": _("名称"),
        "service": _("服务类型"),
        "delivered_by": _("由谁提供"),
        "minutes": _("时长（分钟）"),
        "book_within_days": _("获得后几天内预约"),
        "valid_days": _("预约后几天内有效"),
        "is_active": _("提供中"),
    }
    search_fields = ["title"]


@records.show(Grant)
class GrantRecords(RecordList):
    permission = Permission.VIEW_BENEFITS
    title = _("已发放权益")
    columns = {
        "benefit.title": _("服务"),
        "state": _("状态"),
        "granted_at": _("获得时间"),
        "book_before": _("预约截止"),
        "ended_at": _("结束时间"),
    }
    search_fields = ["benefit__title"]


@records.show(Appointment)
class AppointmentRecords(RecordList):
    permission = Permission.VIEW_APPOINTMENTS
    title = _("预约")
    columns = {
        "grant.benefit.title": _("服务"),
        "slot.branch": _("网点"),
        "slot.starts_at": _("预约时间"),
        "need": _("需求类型"),
        "state": _("状态"),
        "created_at": _("登记时间"),
    }
