"""What the board of a campaign says (F39, F68, W8): read from the folded figures, with its age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from analytics.models import AnswerTally, Cursor, Tally
from analytics.stages import FUNNEL, STAGE_BEFORE, STAGE_LABELS, STAGE_MEANINGS, Stage
from campaigns.models import Campaign, Channel, Version
from ledger.models import Entry
from ledger.queries import Position, after

PROJECTION = "figures"


@dataclass(frozen=True, slots=True)
class StageFigure:
    """One stage: how many people, how many events, and the share of the stage before (`STAGE_BEFORE`) and of
    the widest.
    """

    stage: Stage
    label: str
    meaning: str
    people: int
    events: int
    of_previous: float | None
    of_widest: float


@dataclass(frozen=True, slots=True)
class OptionFigure:
    option: str
    text: str
    answered: int
    share: float
    correct: bool


@dataclass(frozen=True, slots=True)
class QuestionFigure:
    """One question: how often answered, how often rightly, and which options were taken."""

    question: str
    text: str
    answered: int
    correct: int
    accuracy: float
    options: tuple[OptionFigure, ...]


@dataclass(frozen=True, slots=True)
class DayFigure:
    """One calendar day in Shanghai: people who reached a stage for the first time, and events."""

    day: date
    people: Mapping[Stage, int]
    events: Mapping[Stage, int]


@dataclass(frozen=True, slots=True)
class ChannelFigure:
    """One way in: people by the channel they first came by."""

    key: str
    name: str
    people: Mapping[Stage, int]
    conversion: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its definition; unknown while the denominator is nought."""

    key: str
    label: str
    meaning: str
    value: float | None
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the page shows."""

    campaign_id: UUID
    people: Mapping[Stage, int]
    events: Mapping[Stage, int]
    funnel: tuple[StageFigure, ...]
    answered: int
    correct: int
    questions: tuple[QuestionFigure, ...]
    days: tuple[DayFigure, ...]
    channels: tuple[ChannelFigure, ...]
    rates: tuple[Rate, ...]

    @property
    def accuracy(self) -> float | None:
        return share(self.correct, self.answered)

    @property
    def conversion(self) -> float | None:
        return share(self.people[Stage.BOOKED], self.people[Stage.STARTED])

    @property
    def is_empty(self) -> bool:
        return not any(self.events.values())


def share(part: int, whole: int) -> float | None:
    """A share of people is one of those in ``part`` who are all in ``whole``: never above one."""
    return part / whole if whole else None


def board_of(campaign: Campaign) -> Board:
    """The board of one campaign, as far as the ledger has been folded."""
    tallies = list(Tally.objects.filter(campaign_id=campaign.id))
    people: dict[Stage, int] = dict.fromkeys(Stage, 0)
    events: dict[Stage, int] = dict.fromkeys(Stage, 0)
    for tally in tallies:
        people[Stage(tally.stage)] += tally.people
        events[Stage(tally.stage)] += tally.events
    questions = _questions(campaign.id)
    answered, correct = sum(one.answered for one in questions), sum(one.correct for one in questions)
    return Board(
        campaign_id=campaign.id,
        people=people,
        events=events,
        funnel=_funnel(people, events),
        answered=answered,
        correct=correct,
        questions=questions,
        days=_days(tallies),
        channels=_channels(campaign.id, tallies),
        rates=rates_of(people, answered=answered, correct=correct),
    )


def lag(*, now: datetime, projection: str = PROJECTION) -> timedelta:
    """How old the first ledger entry is that the figures do not count yet; nought when all are counted."""
    cursor = Cursor.objects.filter(projection=projection).first()
    waiting = Entry.objects.filter(
        after(Position(cursor.transaction, cursor.entry) if cursor else Position())
    )
    oldest = waiting.order_by("transaction", "id").values_list("at", flat=True).first()
    return max(now - oldest, timedelta(0)) if oldest else timedelta(0)


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign in the list of boards."""

    campaign: Campaign
    people: Mapping[Stage, int]
    accuracy: float | None
    conversion: float | None


def started_people(campaign_ids: Sequence[UUID]) -> dict[UUID, int]:
    """People who took part, by campaign."""
    started = Tally.objects.filter(campaign_id__in=campaign_ids, stage=Stage.STARTED)
    rows = started.values("campaign_id").annotate(total=Sum("people")).order_by()
    return {row["campaign_id"]: int(row["total"]) for row in rows}


def campaign_lines() -> list[CampaignLine]:
    """Every campaign that has been published, newest first, with its main numbers."""
    campaigns = list(Campaign.objects.filter(published_at__isnull=False).order_by("-published_at", "id"))
    people: defaultdict[UUID, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(Stage, 0))
    for campaign_id, stage, count in (
        Tally.objects.values("campaign_id", "stage")
        .annotate(total=Sum("people"))
        .values_list("campaign_id", "stage", "total")
    ):
        people[campaign_id][Stage(stage)] = count
    answers = {
        row["campaign_id"]: share(row["right"], row["all"])
        for row in AnswerTally.objects.values("campaign_id").annotate(
            all=Sum("answered"), right=Sum("correct")
        )
    }
    return [
        CampaignLine(
            campaign=campaign,
            people=people[campaign.id],
            accuracy=answers.get(campaign.id),
            conversion=share(people[campaign.id][Stage.BOOKED], people[campaign.id][Stage.STARTED]),
        )
        for campaign in campaigns
    ]


def rates_of(people: Mapping[Stage, int], *, answered: int, correct: int) -> tuple[Rate, ...]:
    """The shares with their definitions (W8, F68)."""
    started = people[Stage.STARTED]

    def rate(key: str, label: str, meaning: str, part: int, whole: int) -> Rate:
        return Rate(key, label, meaning, share(part, whole), part, whole)

    return (
        rate("participation", _("参与率"), _("开始参与人数 ÷ 打开活动页人数"), started, people[Stage.SEEN]),
        rate("completion", _("完成率"), _("完成人数 ÷ 开始参与人数"), people[Stage.FINISHED], started),
        rate("pass", _("达标率"), _("达标人数 ÷ 完成人数"), people[Stage.PASSED], people[Stage.FINISHED]),
        rate("accuracy", _("知识准确率"), _("答对题次 ÷ 作答题次，同一人多次作答都计入"), correct, answered),
        rate("lead", _("留资转化率"), _("预约服务人数 ÷ 开始参与人数"), people[Stage.BOOKED], started),
        rate(
            "use", _("使用率"), _("使用服务人数 ÷ 预约服务人数"), people[Stage.REDEEMED], people[Stage.BOOKED]
        ),
        rate("share", _("分享率"), _("分享人数 ÷ 开始参与人数"), people[Stage.SHARED], started),
    )


def texts_of_questions(campaign_id: UUID) -> dict[str, tuple[str, dict[str, str]]]:
    """What each question and option of the campaign said; the newest version's words win."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    versions = Version.objects.filter(campaign_id=campaign_id).order_by("number", "id")
    for content in versions.values_list("content", flat=True):
        for item in _asked(content.get("settings", {})):
            options = [each for each in item.get("options", []) if isinstance(each, dict)]
            words = {str(each.get("id", "")): str(each.get("text", "")) for each in options}
            found[str(item["id"])] = (str(item["text"]), words)
    return found


def _asked(settings: Any) -> Iterator[dict[str, Any]]:  # Any: each game has settings of its own shape
    """Whatever in a game's settings has an id and a text of its own, at the outermost level it appears."""
    if isinstance(settings, dict):
        if isinstance(settings.get("id"), str) and isinstance(settings.get("text"), str):
            yield settings
            return
        for value in settings.values():
            yield from _asked(value)
    elif isinstance(settings, list):
        for value in settings:
            yield from _asked(value)


def _funnel(people: Mapping[Stage, int], events: Mapping[Stage, int]) -> tuple[StageFigure, ...]:
    widest = max(people[stage] for stage in FUNNEL) or 1
    return tuple(
        StageFigure(
            stage=stage,
            label=str(STAGE_LABELS[stage]),
            meaning=str(STAGE_MEANINGS[stage]),
            people=people[stage],
            events=events[stage],
            of_previous=share(people[stage], people[before]) if (before := STAGE_BEFORE[stage]) else None,
            of_widest=people[stage] / widest,
        )
        for stage in FUNNEL
    )


def _questions(campaign_id: UUID) -> tuple[QuestionFigure, ...]:
    options: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for row in AnswerTally.objects.filter(campaign_id=campaign_id).order_by("question", "option", "id"):
        counted = options[row.question].setdefault(row.option, [0, 0])
        counted[0] += row.answered
        counted[1] += row.correct
    texts = texts_of_questions(campaign_id)
    order = {question: place for place, question in enumerate(texts)}
    return tuple(
        _question(question, options[question], texts.get(question, (question, {})))
        for question in sorted(options, key=lambda one: (order.get(one, len(order)), one))
    )


def _question(
    question: str, options: Mapping[str, list[int]], words: tuple[str, dict[str, str]]
) -> QuestionFigure:
    answered = sum(count for count, _right in options.values())
    correct = sum(right for _count, right in options.values())
    return QuestionFigure(
        question=question,
        text=words[0],
        answered=answered,
        correct=correct,
        accuracy=correct / answered,
        options=tuple(
            OptionFigure(option, words[1].get(option, ""), count, count / answered, right > 0)
            for option, (count, right) in sorted(options.items())
        ),
    )


def _days(tallies: list[Tally]) -> tuple[DayFigure, ...]:
    """Every day from the first to the last, quiet ones included."""
    if not tallies:
        return ()
    people: defaultdict[date, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(Stage, 0))
    events: defaultdict[date, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(Stage, 0))
    for tally in tallies:
        people[tally.day][Stage(tally.stage)] += tally.people
        events[tally.day][Stage(tally.stage)] += tally.events
    first, last = min(people), max(people)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(DayFigure(day, people[day], events[day]) for day in days)


def _channels(campaign_id: UUID, tallies: list[Tally]) -> tuple[ChannelFigure, ...]:
    people: defaultdict[str, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(Stage, 0))
    for tally in tallies:
        people[tally.channel][Stage(tally.stage)] += tally.people
    names = channel_names(campaign_id)
    return tuple(
        ChannelFigure(
            key=key,
            name=names.get(key) or (_("其他渠道") if key else _("直接打开")),
            people=counts,
            conversion=share(counts[Stage.BOOKED], counts[Stage.STARTED]),
        )
        for key, counts in sorted(people.items(), key=lambda one: (-one[1][Stage.SEEN], one[0]))
    )


def channel_names(campaign_id: UUID) -> dict[str, str]:
    return dict(Channel.objects.filter(campaign_id=campaign_id).values_list("key", "name"))
