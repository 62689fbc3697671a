"""What two people do together: open a party, visit it, take a seat, leave, complete it, run out of time.

The party's row is locked for every move, so two who join at once are one after the other; the constraints of
`PartyMember` say the same to anyone who does not come through here. Both services are granted in the
transaction of the completing move: both, or neither.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError

from campaigns.content import Content
from campaigns.games.base import Json, Luck, Member, Move, Refused, Seat, Step
from campaigns.live import LiveCampaign, content_of, open_campaign
from campaigns.models import Party, PartyMember
from campaigns.parties import (
    AlreadySeated,
    AtParty,
    Device,
    InvitationOff,
    NoCustomerList,
    PartyExpired,
    PartyFull,
    SameDevice,
    at_place,
    invited_to,
    place_of,
    stays,
    view_for,
)
from campaigns.usecases.party_steps import settle_step
from campaigns.usecases.playing import MoveRefused, Played
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import NotFound
from kernel.ids import new_id
from ledger.record import record
from privacy.customers import current_list, standing_of
from privacy.errors import ConsentMissing
from privacy.models import Field, Participant
from privacy.queries import has_consented
from tenancy.usecase import usecase

EXPIRED_AT_ONCE = 200
_Seated = PartyMember.State.SEATED


def start_party(
    *,
    actor: Actor,
    code: str,
    invitation: str = "",
    own: bool = False,
    device: Device,
    channel: str = "",
    now: datetime,
) -> AtParty:
    """The participant's place at a party: the one they are at, the one they were invited to, or a new one.

    Nothing is taken yet: a seat is taken by `join`, with a number of one's own. `own` asks for a party of
    one's own where one only visited another.
    Raises NotFound, NotOpen, InvitationOff, InvitationUnknown, PartyExpired, PartyOver, PartyFull.
    """
    come = partial(
        come_to_party,
        actor=actor,
        code=code,
        invitation="" if own else invitation,
        own=own,
        device=device,
        channel=channel,
        now=now,
    )
    try:
        return come()
    except IntegrityError:  # a second tab was quicker: its place is ours
        return come()


def move_party(
    *, actor: Actor, code: str, party_id: UUID, move: Move, device: Device, key: str = "", now: datetime
) -> Played:
    """Make one move at one's own party and earn what it earns, for every seat at once.

    A refusal for one device on both sides is remembered before it is said. Raises NotFound, NotOpen,
    MoveRefused, PartyExpired, SameDevice, InvitationOff, PartyFull, AlreadySeated, NoCustomerList,
    ConsentMissing.
    """
    try:
        played = try_party_move(
            actor=actor, code=code, party_id=party_id, move=move, device=device, key=key, now=now
        )
    except IntegrityError as race:  # the database seats one person a campaign, whatever came between
        if "party_person_sits_once" in str(race):
            raise AlreadySeated from None
        raise
    if played is None:
        raise SameDevice
    return played


@usecase(by="participant", may_do_nothing=True)
def come_to_party(
    *, actor: Actor, code: str, invitation: str, own: bool, device: Device, channel: str, now: datetime
) -> AtParty:
    """See `start_party`; two tabs at once meet the constraint. Raises NotFound, NotOpen, InvitationOff,
    InvitationUnknown, PartyExpired, PartyOver, PartyFull, IntegrityError.
    """
    live = open_campaign(code, now)
    mine = place_of(actor.id, live.id)
    if mine is not None and mine.party.status == Party.Status.OPEN and mine.party.expires_at <= now:
        _expire(mine.party, SYSTEM, now=now)
    elif mine is not None and stays(mine, invitation, own=own, now=now):
        return at_place(mine, now)
    if invitation:
        party, seat = invited_to(invitation, live, invites=device.invites, now=now)
        return at_place(_come(actor, party, seat, device, channel, now), now)
    return at_place(_open(actor, live, device, channel, now), now)


@usecase(by="participant", may_do_nothing=True)
def try_party_move(
    *, actor: Actor, code: str, party_id: UUID, move: Move, device: Device, key: str, now: datetime
) -> Played | None:
    """The move, or None when it came from the other side's device, which is recorded.

    Raises NotFound, NotOpen, MoveRefused, PartyExpired, InvitationOff, PartyFull, AlreadySeated,
    NoCustomerList, ConsentMissing.
    """
    live = open_campaign(code, now)
    party = Party.objects.select_for_update().filter(pk=party_id, campaign_id=live.id).first()
    mine = PartyMember.objects.filter(party=party, participant_id=actor.id).first() if party else None
    if party is None or mine is None:
        raise NotFound
    content = content_of(party.version_id)
    if key and key == mine.last_key and mine.last_reply is not None:
        return _played(party, mine, content, mine.last_reply, (), now)
    if party.status == Party.Status.EXPIRED:
        raise PartyExpired

    sits_down = move.kind in ("join", "alone") and mine.state == PartyMember.State.VISITING
    if sits_down and _same_device(party, mine, device):
        record(
            "parties.same_device_refused", actor=actor, subject=_ref(party), at=now, campaign_id=live.id,
            version_id=party.version_id, seat=mine.seat,
        )  # fmt: skip
        return None
    if sits_down:
        _may_sit(party, mine, move, device)
    step = _step(content, party, _by_server(move, mine), now)
    if sits_down:
        _sit(actor, party, mine, device, now=now)
    before = party.revision
    granted = settle_step(actor, party, mine, content, step, move, key, now=now)
    played = _played(party, mine, content, step.reply, granted, now)
    return replace(played, is_first=before == 0 < played.revision)


@usecase(by="participant")
def share_party(*, actor: Actor, code: str, party_id: UUID, device: Device, now: datetime) -> str:
    """The invitation of one's own party, for passing on; each time counts as one share.

    Raises NotFound, NotOpen, InvitationOff.
    """
    live = open_campaign(code, now)
    mine = PartyMember.objects.filter(
        party_id=party_id, campaign_id=live.id, participant_id=actor.id, state=_Seated, party__status="open"
    )
    seated = mine.select_related("party").first()
    if seated is None or seated.party.opened_by != actor.id:
        raise NotFound
    if not device.invites:
        raise InvitationOff
    record(
        "play.shared", actor=actor, subject=_ref(seated.party), at=now, campaign_id=live.id,
        version_id=seated.party.version_id, channel=seated.channel, seat=seated.seat,
    )  # fmt: skip
    return str(seated.party.invitation)


@usecase(by="system", may_do_nothing=True)
def expire_parties(*, actor: Actor, now: datetime) -> int:
    """End parties whose time is over; how many. Call until it is none."""
    due = Party.objects.select_for_update(skip_locked=True).filter(status="open", expires_at__lte=now)
    parties = list(due.order_by("expires_at", "id")[:EXPIRED_AT_ONCE])
    for party in parties:
        _expire(party, actor, now=now)
    return len(parties)


def _open(actor: Actor, live: LiveCampaign, device: Device, channel: str, now: datetime) -> PartyMember:
    """A new party, with its opener at the first seat's door."""
    party_id = new_id()
    content = live.content
    lasts = content.game.open_for(content.settings)
    if lasts is None:
        raise NotFound
    party: Party = Party.objects.create(
        id=party_id,
        campaign_id=live.id,
        version_id=live.version_id,
        opened_by=actor.id,
        invitation=secrets.token_urlsafe(18),
        state=content.game.open(content.settings, now, Luck(str(party_id))),
        channel=channel,
        opened_at=now,
        expires_at=now + lasts,
    )
    return _come(actor, party, content.game.seats[0], device, channel, now)


def _come(actor: Actor, party: Party, seat: Seat, device: Device, channel: str, now: datetime) -> PartyMember:
    member, fresh = PartyMember.objects.get_or_create(
        party=party,
        participant_id=actor.id,
        defaults={
            "campaign_id": party.campaign_id,
            "seat": seat.key,
            "device": device.marker,
            "network": device.network,
            "channel": channel,
            "came_at": now,
        },
    )
    if not fresh:
        member.state, member.seat, member.came_at = PartyMember.State.VISITING, seat.key, now
        member.save(update_fields=["state", "seat", "came_at"])
    record(
        "play.started", actor=actor, subject=_ref(party), at=now, campaign_id=party.campaign_id,
        version_id=party.version_id, channel=channel, seat=seat.key, attempt=1,
    )  # fmt: skip
    member.party = party
    place: PartyMember = member
    return place


def _same_device(party: Party, mine: PartyMember, device: Device) -> bool:
    others = PartyMember.objects.filter(party=party, state=_Seated).exclude(pk=mine.pk)
    return bool(others.filter(device=device.marker).exists())


def _may_sit(party: Party, mine: PartyMember, move: Move, device: Device) -> None:
    """Raises InvitationOff, PartyFull, AlreadySeated, NoCustomerList, ConsentMissing."""
    if move.kind == "join" and not device.invites:
        raise InvitationOff
    if PartyMember.objects.filter(party=party, seat=mine.seat, state=_Seated).exists():
        raise PartyFull
    if current_list() is None:
        raise NoCustomerList
    person = _person_of(mine.participant_id)
    if person is not None and not has_consented(mine.participant_id, Field.PHONE):
        raise ConsentMissing
    if (
        person is not None
        and PartyMember.objects.filter(
            campaign_id=party.campaign_id, person_id=person, state=_Seated
        ).exists()
    ):
        raise AlreadySeated


def _person_of(participant_id: UUID) -> UUID | None:
    verified = Participant.objects.filter(pk=participant_id, state=Participant.State.VERIFIED)
    found: UUID | None = verified.values_list("person_id", flat=True).first()
    return found


def _by_server(move: Move, mine: PartyMember) -> Move:
    """The move as the server knows who makes it."""
    decides = move.kind in ("join", "alone")
    standing = standing_of(mine.participant_id) if decides else "unknown"
    return replace(move, by=Member(mine.seat, standing))


def _step(content: Content, party: Party, move: Move, now: datetime) -> Step:
    luck = Luck(f"{party.id}:{party.revision}")
    try:
        return content.game.move(content.settings, party.state, move, now, luck)
    except Refused as refused:
        raise MoveRefused(refused) from None


def _sit(actor: Actor, party: Party, mine: PartyMember, device: Device, *, now: datetime) -> None:
    """Take the seat. One network and one browser on both sides is allowed, and noted for compliance."""
    mine.state, mine.seated_at, mine.person_id = _Seated, now, _person_of(mine.participant_id)
    mine.device, mine.network = device.marker, device.network
    mine.save(update_fields=["state", "seated_at", "person_id", "device", "network"])
    others = PartyMember.objects.filter(party=party, state=_Seated).exclude(pk=mine.pk)
    if others.filter(network=device.network).exists():
        record(
            "parties.flagged", actor=actor, subject=_ref(party), at=now, campaign_id=party.campaign_id,
            version_id=party.version_id, reason="same_network_and_browser",
        )  # fmt: skip


def _expire(party: Party, actor: Actor, *, now: datetime) -> None:
    ended = Party.objects.filter(pk=party.pk, status="open").update(status="expired", ended_at=now)
    if not ended:
        return
    PartyMember.objects.filter(party=party, state=_Seated).update(state=PartyMember.State.OVER)
    record(
        "parties.expired", actor=actor, subject=_ref(party), at=now, campaign_id=party.campaign_id,
        version_id=party.version_id,
    )  # fmt: skip


def _played(
    party: Party, mine: PartyMember, content: Content, reply: Json, granted: tuple[UUID, ...], now: datetime
) -> Played:
    finished = party.status != Party.Status.OPEN
    return Played(party.id, reply, view_for(content, party, mine, now), party.revision, finished, granted)


def _ref(party: Party) -> Ref:
    return Ref("party", party.id)
