"""Record lists of notices, consents, reveals and destructions; never of people themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from privacy.models import Consent, Destruction, NoticeVersion, Reveal
from tenancy.records import RecordList, records
from tenancy.roles import Permission


@records.show(NoticeVersion)
class NoticeVersionRecords(RecordList):
    permission = Permission.VIEW_PARTICIPANTS
    title = _("告知版本")
    columns = {
        "title": _("标题"),
        "number": _("版本号"),
        "keep_days": _("保存天数"),
        "published_at": _("发布时间"),
        "fingerprint": _("内容指纹"),
    }
    search_fields = ["title"]


@records.show(Consent)
class ConsentRecords(RecordList):
    permission = Permission.VIEW_PARTICIPANTS
    title = _("同意记录")
    columns = {
        "notice.title": _("告知"),
        "notice.number": _("版本号"),
        "device_family": _("设备"),
        "given_at": _("同意时间"),
        "withdrawn_at": _("撤回时间"),
    }


@records.show(Reveal)
class RevealRecords(RecordList):
    permission = Permission.VIEW_PARTICIPANTS
    title = _("明文查看记录")
    columns = {
        "field": _("查看了什么"),
        "purpose": _("用途"),
        "at": _("查看时间"),
    }


@records.show(Destruction)
class DestructionRecords(RecordList):
    permission = Permission.VIEW_PARTICIPANTS
    title = _("销毁凭证")
    columns = {
        "reason": _("原因"),
        "at": _("销毁时间"),
        "fingerprint": _("凭证指纹"),
    }
