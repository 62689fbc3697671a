"""What participants do: see, start, move. The phone is believed in nothing; the state lives here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.content import Content
from campaigns.editions import Turn, turn_of
from campaigns.games.base import Event, Json, Luck, Move, Refused, Step
from campaigns.live import LiveCampaign, content_of, live_campaign, open_campaign
from campaigns.models import Play
from campaigns.statements import LedgerRow, LockedPlay, insert_play, insert_visit, lock_play, settle_move
from campaigns.usecases.earning import give_earned, give_points
from kernel.actor import Actor, Ref
from kernel.errors import DomainError, NotFound
from kernel.ids import new_id
from kernel.timekeeping import local_day
from ledger.record import entry_row
from tenancy.usecase import usecase


class MoveRefused(DomainError):
    """The rules of the game do not allow this move; `code` is the game's own."""

    status = 409
    zh = "{why.zh}"
    en = "{why.en}"

    def __init__(self, refused: Refused) -> None:
        super().__init__(why=refused.words)
        self.code = refused.code  # type: ignore[misc]  # each refusal of a game has its own code


class NoAttemptLeft(DomainError):
    code = "no_attempt_left"
    zh = "您的参与次数已用完，感谢参与。"
    en = "You have used all your attempts. Thank you for taking part."


@dataclass(frozen=True, slots=True)
class Playing:
    """A play as its participant may see it."""

    play_id: UUID
    campaign_id: UUID
    version_id: UUID
    attempt: int
    attempts: int
    revision: int
    finished: bool
    view: Json


@dataclass(frozen=True, slots=True)
class Played:
    """The answer to a move; `is_first` says that it opened the play just now, and was not told again."""

    play_id: UUID
    reply: Json
    view: Json
    revision: int
    finished: bool
    granted: tuple[UUID, ...]
    is_first: bool = False


@usecase(by="participant", may_do_nothing=True)
def record_seen(*, actor: Actor, code: str, channel: str = "", now: datetime) -> bool:
    """Note that the participant saw the campaign; once a day each. Raises NotFound."""
    live = live_campaign(code)
    row = _row("play.seen", actor, Ref("campaign", live.id), now, live.id, live.version_id, channel)
    return insert_visit(participant_id=actor.id, campaign_id=live.id, day=local_day(now), row=row)


@usecase(by="participant", may_do_nothing=True)
def start_play(
    *, actor: Actor, code: str, channel: str = "", again: bool = False, variant: str = "", now: datetime
) -> Playing:
    """The participant's play of this campaign: the open one, else a new one.

    A finished play is given back unless `again` asks for the next attempt. Asking twice opens one play.
    Raises NotFound, NotOpen, NoAttemptLeft.
    """
    live = open_campaign(code, now)
    turn = turn_of(actor.id, live, now)
    if turn.last is not None and (turn.last.finished_at is None or not again):
        return _playing(turn.last, now)

    if turn.used >= live.content.game.attempts(live.content.settings):
        raise NoAttemptLeft
    return _open_play(actor, live, turn, channel, variant, now)


@usecase(by="participant", may_do_nothing=True)
def move_play(*, actor: Actor, code: str, play_id: UUID, move: Move, key: str = "", now: datetime) -> Played:
    """Make one move of one's own play and earn what it earns.

    The same `key` again is told the same again and changes nothing. Raises NotFound, NotOpen, MoveRefused,
    NothingForPoints, NotEnoughPoints.
    """
    live = open_campaign(code, now)
    play = lock_play(play_id, actor.id)
    if play is None or play.campaign_id != live.id:
        raise NotFound
    content = live.content if play.version_id == live.version_id else content_of(play.version_id)
    if key and key == play.last_key and play.last_reply is not None:
        return _told_again(play, content, now)

    step = _step(content, play, move, now)
    if step.state == play.state and not step.events:
        return _played(play, content, step.state, step.reply, play.revision, step.finished, (), now)
    rows = _ledger_rows(actor, play, step.events, now)
    settle_move(
        play=play, state=step.state, key=key, reply=step.reply, finished=step.finished, now=now, rows=rows
    )
    give_points(actor=actor, play=play, content=content, points=step.points, now=now)
    granted = give_earned(actor=actor, play=play, content=content, earned=step.earned, now=now)
    return _played(play, content, step.state, step.reply, play.revision + 1, step.finished, granted, now)


def _step(content: Content, play: LockedPlay, move: Move, now: datetime) -> Step:
    luck = Luck(f"{play.id}:{play.revision}")
    try:
        return content.game.move(content.settings, play.state, move, now, luck)
    except Refused as refused:
        raise MoveRefused(refused) from None


def _open_play(
    actor: Actor, live: LiveCampaign, turn: Turn, channel: str, variant: str, now: datetime
) -> Playing:
    play_id, attempt = new_id(), turn.following
    game = live.content.game
    settings = game.rested(live.content.settings, turn.earlier) if turn.earlier else live.content.settings
    state = game.open(settings, now, Luck(str(play_id)))
    subject = Ref("play", play_id)
    opened = insert_play(
        play_id=play_id,
        participant_id=actor.id,
        campaign_id=live.id,
        version_id=live.version_id,
        attempt=attempt,
        channel=channel,
        variant=variant,
        state=state,
        now=now,
        row=_row(
            "play.started",
            actor,
            subject,
            now,
            live.id,
            live.version_id,
            channel,
            variant,
            {"attempt": attempt},
        ),
    )
    if not opened:  # a second tab was quicker: its play is ours
        return _playing(Play.objects.get(participant_id=actor.id, campaign_id=live.id, attempt=attempt), now)
    attempts = game.attempts(live.content.settings)
    view = game.view(live.content.settings, state, now)
    return Playing(play_id, live.id, live.version_id, attempt, attempts, 0, False, view)


def _playing(play: Play, now: datetime) -> Playing:
    content = content_of(play.version_id)
    return Playing(
        play_id=play.id,
        campaign_id=play.campaign_id,
        version_id=play.version_id,
        attempt=play.attempt,
        attempts=content.game.attempts(content.settings),
        revision=play.revision,
        finished=play.finished_at is not None,
        view=content.game.view(content.settings, play.state, now),
    )


def _told_again(play: LockedPlay, content: Content, now: datetime) -> Played:
    return _played(play, content, play.state, play.last_reply or {}, play.revision, play.finished, (), now)


def _played(
    play: LockedPlay,
    content: Content,
    state: Json,
    reply: Json,
    revision: int,
    finished: bool,
    granted: tuple[UUID, ...],
    now: datetime,
) -> Played:
    view = content.game.view(content.settings, state, now)
    return Played(play.id, reply, view, revision, finished, granted, is_first=play.revision == 0 < revision)


def _ledger_rows(actor: Actor, play: LockedPlay, events: Sequence[Event], now: datetime) -> list[LedgerRow]:
    subject = Ref("play", play.id)
    return [
        _row(
            event.verb,
            actor,
            subject,
            now,
            play.campaign_id,
            play.version_id,
            play.channel,
            play.variant,
            {**event.facts, "attempt": play.attempt},
        )
        for event in events
    ]


def _row(
    verb: str,
    actor: Actor,
    subject: Ref,
    now: datetime,
    campaign_id: UUID,
    version_id: UUID,
    channel: str,
    variant: str = "",
    facts: Json | None = None,
) -> LedgerRow:
    return entry_row(
        verb,
        actor=actor,
        subject=subject,
        at=now,
        campaign_id=campaign_id,
        version_id=version_id,
        channel=channel,
        variant=variant,
        data=facts or {},
    )
