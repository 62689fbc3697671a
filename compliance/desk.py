"""Entries of the sidebar and the home page."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.clock import HIGH_RISK, JOINT_RISK
from compliance.queries import open_reviews_for
from kernel.actor import Actor
from tenancy.home import Deed, Waiting, home_card, home_deed
from tenancy.navigation import NavItem, navigation
from tenancy.roles import Permission

home_deed(Deed(gettext_lazy("去审核"), "compliance:reviews", Permission.DECIDE_REVIEW, "stamp", order=20))
navigation.add(
    NavItem(gettext_lazy("审核台"), "compliance:reviews", Permission.VIEW_REVIEWS, "stamp", order=20)
)
navigation.add(
    NavItem(
        gettext_lazy("替代安排"), "compliance:substitutes", Permission.VIEW_SUBSTITUTES, "people", order=22
    )
)
navigation.add(
    NavItem(
        gettext_lazy("证据包"),
        "compliance:evidence",
        Permission.VIEW_EVIDENCE,
        "file",
        order=62,
        group="keep",
    )
)
navigation.add(
    NavItem(gettext_lazy("文案检测"), "compliance:try", Permission.VIEW_HOME, "shield-check", order=35)
)
navigation.add(
    NavItem(
        gettext_lazy("规则包"),
        "compliance:rules",
        Permission.MANAGE_RULES,
        "settings",
        order=65,
        group="keep",
    )
)
navigation.add(
    NavItem(
        gettext_lazy("法规库"), "compliance:articles", Permission.VIEW_HOME, "law", order=60, group="keep"
    )
)


@home_card(
    title=gettext_lazy("等我审核"),
    permission=Permission.DECIDE_REVIEW,
    icon="stamp",
    order=10,
    url_name="compliance:reviews",
)
def waiting_reviews(*, actor: Actor, now: datetime) -> list[Waiting]:
    """What this colleague can decide now, the nearest deadline first."""
    waiting = open_reviews_for(actor).only("title", "submitted_at", "due_at", "risk")
    return [
        Waiting(
            title=review.title,
            url=reverse("compliance:review", kwargs={"review_id": review.id}),
            since=review.submitted_at,
            due=review.due_at,
            note=_risk_note(review.risk),
            tone="danger" if review.due_at <= now else "caution" if review.risk >= JOINT_RISK else "",
        )
        for review in waiting
    ]


def _risk_note(risk: int) -> str:
    if risk >= HIGH_RISK:
        return _("风险高")
    return _("风险中") if risk >= JOINT_RISK else ""
