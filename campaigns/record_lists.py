"""Record lists of campaigns and what was sent to review."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Version
from tenancy.records import RecordList, records
from tenancy.roles import Permission


@records.show(Campaign)
class CampaignRecords(RecordList):
    permission = Permission.VIEW_CAMPAIGNS
    title = _("活动")
    columns = {
        "title": _("活动标题"),
        "status": _("线上状态"),
        "author": _("编写人"),
        "last_editor": _("最近编辑人"),
        "starts_on": _("开始日期"),
        "ends_on": _("结束日期"),
        "published_at": _("发布时间"),
    }
    search_fields = ["title"]


@records.show(Version)
class VersionRecords(RecordList):
    permission = Permission.VIEW_CAMPAIGNS
    title = _("送审版本")
    columns = {
        "campaign.title": _("活动标题"),
        "number": _("版本号"),
        "created_by": _("提交人"),
        "created_at": _("提交时间"),
        "fingerprint": _("内容指纹"),
    }
    search_fields = ["campaign__title"]
