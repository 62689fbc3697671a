"""What must be in a filing, and whether it is: each part with its file, its hash, or why it is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.models import Report
from compliance.facsimile import facsimile
from compliance.models import Review
from compliance.queries import article_titles, carried_on, decisions_on
from kernel.fingerprint import canonical_json, fingerprint
from ledger.models import Entry
from privacy.models import NoticeVersion
from tenancy.models import Institution


@dataclass(frozen=True, slots=True)
class Demand:
    """A part that a filing must have."""

    key: str
    label: str | Promise
    why: str | Promise


DEMANDS = (
    Demand("cover", _("封面与目录"), _("列明材料，留有盖章处")),
    Demand("report", _("活动合规报告"), _("参与人数、知识传递准确率、用户信息保护情况")),
    Demand("content", _("经审核的活动内容"), _("题目、权益、解析与规则全文及手机画面")),
    Demand("approval", _("合规审核记录"), _("审核编号、各岗位决定与有效期")),
    Demand("notice", _("个人信息告知"), _("收集目的、项目与保存期限")),
    Demand("articles", _("法规依据清单"), _("内容与检测所引条款")),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of one filing: the files that make it up; none when it is missing."""

    demand: Demand
    files: Sequence[str]

    @property
    def is_there(self) -> bool:
        return bool(self.files)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything but the cover and the report itself, as files, and the review it is about."""

    review: Review | None
    files: Mapping[str, bytes]

    def named(self, start: str) -> list[str]:
        return sorted(name for name in self.files if name.startswith(start))


def material_of(report: Report, institution: Institution) -> Material:
    """The content that was live at the report's end, its approval, its notice and its articles."""
    review = _live_at(report.campaign_id, report.until)
    if review is None:
        return Material(None, {})
    files = {
        "03-content/content.json": canonical_json(review.content),
        "03-content/pages.pdf": facsimile(review, institution=institution, number=_version(review)),
        "04-approval/approval.json": canonical_json(_approval(review)),
    }
    notice = _notice_at(str(review.content.get("notice", "")), report.until)
    if notice is not None:
        files["05-notice/notice.json"] = canonical_json(_notice(notice))
    cited = article_titles(sorted(set(review.citations.values_list("article_id", flat=True))))
    if cited:
        files["06-articles/articles.json"] = canonical_json(cited)
    return Material(review, files)


def parts_of(material: Material, report_files: Sequence[str]) -> list[Part]:
    """Every demand with what answers it."""
    files = {
        "cover": ["01-cover.pdf"],
        "report": list(report_files),
        "content": material.named("03-"),
        "approval": material.named("04-"),
        "notice": material.named("05-"),
        "articles": material.named("06-"),
    }
    return [Part(demand, files[demand.key]) for demand in DEMANDS]


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}


def _live_at(campaign_id: UUID, until: datetime) -> Review | None:
    """The approval of what customers saw then: a version approved since but not published is not it."""
    published = Entry.objects.filter(
        verb="campaigns.published", subject_kind="campaign", subject_id=campaign_id, at__lte=until
    )
    data = published.order_by("-at", "-id").values_list("data", flat=True).first()
    if data is None:
        return None
    given = Review.objects.of_subject("campaign", campaign_id).filter(
        certificate__isnull=False, decided_at__lte=until, fingerprint=data["fingerprint"]
    )
    review: Review | None = given.order_by("-decided_at", "-id").first()
    return review


def _version(review: Review) -> int:
    """Which version of its subject this content is: the same content submitted again is the same one."""
    earlier = Review.objects.of_subject(review.subject_kind, review.subject_id)
    named = earlier.filter(submitted_at__lt=review.submitted_at).exclude(fingerprint=review.fingerprint)
    return int(named.values("fingerprint").distinct().count()) + 1


def _approval(review: Review) -> dict[str, object]:
    return {
        "certificate": review.certificate,
        "fingerprint": review.fingerprint,
        "submitted_at": review.submitted_at.isoformat(),
        "approved_at": review.decided_at.isoformat() if review.decided_at else "",
        "expires_at": review.expires_at.isoformat() if review.expires_at else "",
        "risk": review.risk,
        "findings": len(review.findings),
        "rules": review.pack_hash,
        "decisions": [
            {
                "stage": one.stage + 1,
                "role": one.role,
                "reviewer": one.reviewer.display_name,
                "verdict": one.verdict,
                "at": one.at.isoformat(),
            }
            for one in decisions_on(review)
        ],
        "carried": [
            {
                "stage": one.stage + 1,
                "role": one.role,
                "reviewer": one.reviewer.display_name,
                "at": one.decision.at.isoformat(),
                "given_in": one.decision.review.certificate or "",
            }
            for one in carried_on(review)
        ],
    }


def _notice_at(key: str, until: datetime) -> NoticeVersion | None:
    then = NoticeVersion.objects.filter(key=key, published_at__lte=until)
    notice: NoticeVersion | None = then.order_by("-number").first()
    return notice


def _notice(notice: NoticeVersion) -> dict[str, object]:
    told: dict[str, object] = {
        "title": notice.title,
        "version": notice.number,
        "body": notice.body,
        "purposes": notice.purposes,
        "fields": notice.fields,
        "keep_days": notice.keep_days,
    }
    return {**told, "fingerprint": fingerprint(told)}
