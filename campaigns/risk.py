"""How deeply a campaign is looked at: sector × benefit × channel × audience × findings (S8, W3). Pure.

Low risk asks one officer. More asks creative, legal and operations side by side (三方联审), then compliance.
The most asks consumer protection (消保) as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.content import Content
from campaigns.games.base import Json

JOINT_FROM = 5
CONSUMER_PROTECTION_FROM = 7

_SECTORS = {"bank": 1, "insurance": 1, "wealth": 2, "securities": 2}
_PUBLIC = frozenset({"official_account", "website", "mini_program"})
_LONG_DAYS = 90
_MANY_WARNINGS = 5

_WHY = {
    "sector": "业态",
    "benefit": "提供权益",
    "people_together": "多人参与",
    "public_channel": "公开渠道",
    "asks_much": "收集信息超过三项",
    "runs_long": "持续超过九十天",
    "warnings": "自动检查有提示",
}
_OFFICER = {"compliance": 1}
_JOINT = {"creative": 1, "legal": 1, "operations": 1}
_CONSUMERS = {"consumer_protection": 1}


@dataclass(frozen=True, slots=True)
class Risk:
    """The points, why, and who must therefore agree, stage by stage."""

    score: int
    reasons: tuple[Json, ...]

    @property
    def stages(self) -> list[Mapping[str, int]]:
        if self.score >= CONSUMER_PROTECTION_FROM:
            return [_JOINT, _OFFICER, _CONSUMERS]
        return [_JOINT, _OFFICER] if self.score >= JOINT_FROM else [_OFFICER]


def risk_of(content: Content, *, sector: str, warnings: int) -> Risk:
    """The risk of this content for an institution of this sector."""
    frame = content.frame
    days = (frame.ends_on - frame.starts_on).days
    weighed = [
        ("sector", _SECTORS.get(sector, 2)),
        ("benefit", 1 if frame.awards else 0),
        ("people_together", 2 if content.game.shared_by == "party" else 0),
        ("public_channel", 1 if any(channel.kind in _PUBLIC for channel in frame.channels) else 0),
        ("asks_much", 1 if len(frame.contact_fields) > 3 else 0),
        ("runs_long", 1 if days > _LONG_DAYS else 0),
        ("warnings", _for_warnings(warnings)),
    ]
    return Risk(sum(points for _, points in weighed), _told(weighed))


def _for_warnings(count: int) -> int:
    return 2 if count >= _MANY_WARNINGS else min(count, 1)


def _told(weighed: Sequence[tuple[str, int]]) -> tuple[Json, ...]:
    return tuple(
        {"reason": reason, "why": _WHY[reason], "points": points} for reason, points in weighed if points
    )
