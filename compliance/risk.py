"""How much a content asks of its reviewers: a score from what it is, and the stages that follow.

Pure. Sector, benefit, channel, audience and findings each add points; the reasons are kept with the review.
Whom a content addresses it says in its own title and promise, and by the game: one that brings in friends
addresses people who are nobody's customers yet. Compliance decides in every case, whatever the points are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.clock import HIGH_RISK, JOINT_RISK

Stages = tuple[dict[str, int], ...]

ONE_OFFICER: Stages = ({"compliance": 1},)
JOINT: Stages = ({"creative": 1, "legal": 1, "operations": 1}, {"compliance": 1, "consumer_protection": 1})
JOINT_AND_TWO_OFFICERS: Stages = (
    {"creative": 1, "legal": 1, "operations": 1},
    {"compliance": 2, "consumer_protection": 1},
)

SECTOR_POINTS = {"bank": 0, "insurance": 5, "securities": 10, "wealth": 10}
TOGETHER = frozenset({"group_consult", "referral_assist"})
WECHAT_LIKE = ("wechat", "official_account", "mini_program")
ELDERLY = ("老年", "老人", "长辈", "退休", "银发", "养老", "爸妈", "父母")
MINORS = ("未成年", "少儿", "儿童", "青少年", "学生", "校园", "亲子", "压岁钱", "孩子")
MOST = 100

REASONS: dict[str, str | Promise] = {
    "sector": _("业态监管要求"),
    "benefit": _("提供服务权益"),
    "together": _("多人参与的玩法"),
    "wechat": _("在微信渠道传播"),
    "elderly": _("面向老年客户"),
    "minors": _("可能涉及未成年人"),
    "newcomers": _("面向尚未成为客户的公众"),
    "many_channels": _("渠道较多"),
    "many_fields": _("收集信息较多"),
    "first": _("尚无通过的版本"),
    "warnings": _("机器检测有提醒"),
    "blocks": _("机器检测有拦截"),
}


@dataclass(frozen=True, slots=True)
class Risk:
    """Points from 0 to 100, why, and who must agree."""

    points: int
    reasons: tuple[dict[str, Any], ...]
    stages: Stages


def assess(
    content: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    *,
    sector: str,
    first: bool,
) -> Risk:
    """The risk of one content at one institution; where something blocks, a joint review at least."""
    channels = [str(channel.get("kind", "")) for channel in _list(content, "channels")]
    warnings = sum(finding.get("severity") == "warn" for finding in findings)
    blocks = sum(finding.get("severity") == "block" for finding in findings)
    scores = {
        "sector": SECTOR_POINTS.get(sector, 0),
        "benefit": 5 if content.get("awards") else 0,
        "together": 20 if content.get("game") in TOGETHER else 0,
        "wechat": 5 if any(kind.startswith(WECHAT_LIKE) for kind in channels) else 0,
        **_audience(content),
        "many_channels": 5 if len(channels) > 3 else 0,
        "first": 5 if first else 0,
        "warnings": min(24, 6 * warnings),
        "blocks": min(60, 30 * blocks),
    }
    points = min(MOST, sum(scores.values()))
    reasons = tuple({"code": code, "points": value} for code, value in scores.items() if value)
    return Risk(points, reasons, stages_for(max(points, JOINT_RISK) if blocks else points))


def stages_for(points: int) -> Stages:
    """One officer for simple matters; three posts together, then compliance and consumer protection, for
    graver ones; two officers for the gravest.
    """
    if points >= HIGH_RISK:
        return JOINT_AND_TWO_OFFICERS
    return JOINT if points >= JOINT_RISK else ONE_OFFICER


def _audience(content: Mapping[str, Any]) -> dict[str, int]:
    """Points for whom it addresses."""
    addressed = f"{content.get('title', '')}{content.get('promise', '')}"
    return {
        "elderly": 15 if any(word in addressed for word in ELDERLY) else 0,
        "minors": 15 if any(word in addressed for word in MINORS) else 0,
        "newcomers": 5 if content.get("game") in TOGETHER else 0,
    }


def _list(content: Mapping[str, Any], key: str) -> list[Any]:
    value = content.get(key)
    return value if isinstance(value, list) else []
