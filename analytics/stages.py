"""The way of one participant through a campaign, stage by stage (F2), read off ledger entries. Pure."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models import Entry


class Stage(StrEnum):
    """From awareness to trust to business. ``shared`` stands beside the way, not on it."""

    SEEN = "seen"
    STARTED = "started"
    FINISHED = "finished"
    PASSED = "passed"
    GRANTED = "granted"
    BOOKED = "booked"
    REDEEMED = "redeemed"
    SHARED = "shared"


FUNNEL = (
    Stage.SEEN,
    Stage.STARTED,
    Stage.FINISHED,
    Stage.PASSED,
    Stage.GRANTED,
    Stage.BOOKED,
    Stage.REDEEMED,
)

STAGE_LABELS: dict[Stage, str | Promise] = {
    Stage.SEEN: _("打开活动页"),
    Stage.STARTED: _("参与活动"),
    Stage.FINISHED: _("完成"),
    Stage.PASSED: _("达标"),
    Stage.GRANTED: _("获得权益"),
    Stage.BOOKED: _("预约成功"),
    Stage.REDEEMED: _("使用服务"),
    Stage.SHARED: _("分享"),
}

# Whoever is at a stage has been at the one named here, whether an entry tells of it or not: a page left
# before its opening was noted, a benefit handed over at a counter. People are counted so, events as told.
STAGE_BEFORE: dict[Stage, Stage | None] = {
    Stage.SEEN: None,
    Stage.STARTED: Stage.SEEN,
    Stage.FINISHED: Stage.STARTED,
    Stage.PASSED: Stage.FINISHED,
    Stage.GRANTED: Stage.STARTED,
    Stage.BOOKED: Stage.GRANTED,
    Stage.REDEEMED: Stage.BOOKED,
    Stage.SHARED: Stage.STARTED,
}

STAGE_MEANINGS: dict[Stage, str | Promise] = {
    Stage.SEEN: _("打开过活动页或做过后面任一步的参与者，同一人只计一次"),
    Stage.STARTED: _("开始过至少一次，或获得过权益、分享过的参与者"),
    Stage.FINISHED: _("至少完整做完一次的参与者"),
    Stage.PASSED: _("至少一次达到合格线的参与者"),
    Stage.GRANTED: _("获得过至少一项服务权益的参与者"),
    Stage.BOOKED: _("预约过至少一项服务的参与者"),
    Stage.REDEEMED: _("至少使用过一项服务的参与者（以核销为准）"),
    Stage.SHARED: _("至少分享过一次的参与者"),
}

STAGE_OF_VERB = {
    "play.seen": Stage.SEEN,
    "play.started": Stage.STARTED,
    "play.finished": Stage.FINISHED,
    "play.shared": Stage.SHARED,
    "rewards.granted": Stage.GRANTED,
    "rewards.booked": Stage.BOOKED,
    "rewards.redeemed": Stage.REDEEMED,
}

ANSWERED = "play.answered"


def stages_of(entry: Entry) -> list[Stage]:
    """The stages this entry shows its participant at: none for most entries, two for a passed finish."""
    stage = STAGE_OF_VERB.get(entry.verb)
    if stage is None:
        return []
    if stage is Stage.FINISHED and entry.data.get("passed") is True:
        return [Stage.FINISHED, Stage.PASSED]
    return [stage]


def stages_up_to(stage: Stage) -> tuple[Stage, ...]:
    """The stage and every one that whoever is at it has been at."""
    before = STAGE_BEFORE[stage]
    return (stage,) if before is None else (stage, *stages_up_to(before))


def participant_of(entry: Entry) -> UUID | None:
    """Whom the entry is about: the one who did it, or the one it names."""
    if entry.actor_kind == "participant":
        return entry.actor_id
    named = entry.data.get("participant")
    if isinstance(named, str):
        try:
            return UUID(named)
        except ValueError:
            return None
    return entry.subject_id if entry.subject_kind == "participant" else None
