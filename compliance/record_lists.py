"""Record lists of reviews and decisions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compliance.models import Decision, Review
from tenancy.records import RecordList, records
from tenancy.roles import Permission


@records.show(Review)
class ReviewRecords(RecordList):
    permission = Permission.VIEW_REVIEWS
    title = _("审核")
    columns = {
        "title": _("送审内容"),
        "certificate": _("审核编号"),
        "author": _("编写人"),
        "risk": _("风险分"),
        "submitted_at": _("提交时间"),
        "due_at": _("审核期限"),
        "decided_at": _("决定时间"),
        "expires_at": _("有效期至"),
        "fingerprint": _("内容指纹"),
    }
    search_fields = ["title", "certificate"]


@records.show(Decision)
class DecisionRecords(RecordList):
    permission = Permission.VIEW_REVIEWS
    title = _("审核决定")
    columns = {
        "review.title": _("送审内容"),
        "reviewer": _("审核人"),
        "verdict": _("决定"),
        "reasons": _("理由"),
        "at": _("决定时间"),
    }
    search_fields = ["review__title"]
