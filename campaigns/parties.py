"""Where a participant sits or visits, what a device may carry, and why somebody may not sit down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from campaigns.content import Content
from campaigns.games.base import Json, Member, Seat
from campaigns.live import LiveCampaign, content_of
from campaigns.models import Party, PartyMember
from campaigns.usecases.playing import Playing
from kernel.errors import DomainError, NotFound
from privacy.models import Field, Participant
from privacy.queries import has_consented

_Seated = PartyMember.State.SEATED


@dataclass(frozen=True, slots=True)
class Device:
    """What the server knows of the phone in hand: digests made for one campaign, and what it may carry.

    `invites` is false inside WeChat and wherever the container is not proven: there, no invitation chain.
    """

    marker: bytes
    network: bytes
    invites: bool


@dataclass(frozen=True, slots=True)
class AtParty:
    """A party as one of its people may see it."""

    playing: Playing
    seat: str


class SameDevice(DomainError):
    """Both sides on one phone or in one session: one person may not fill in for the other (F41)."""

    code = "same_device"
    zh = (
        "为防止代填，双方需各用自己的手机参与。这台设备已用于另一方；"
        "如有疑问，请致电客服热线或到网点，由工作人员协助。"
    )
    en = (
        "So that nobody fills in for another, each side uses their own phone. This device was used for the "
        "other side. If that is wrong, please call the hotline or visit a branch; our staff will help."
    )


class InvitationOff(DomainError):
    """The container does not allow invitations that lead to a benefit (WX-212)."""

    code = "invitation_off"
    zh = "在微信内不提供邀请参与，请在手机银行、官网浏览器中打开本活动。"
    en = "Invitations are off inside WeChat. Please open this page in our app or a browser."


class PartyFull(DomainError):
    """Every seat is taken."""

    code = "party_full"
    zh = "这份邀请的名额已满。"
    en = "This invitation is already taken."


class PartyOver(PartyFull):
    """Whoever invited has left: nothing is left to join."""

    code = "party_ended"
    zh = "这份邀请已结束。"
    en = "This invitation has ended."


class InvitationUnknown(NotFound):
    """The token names no party of this campaign: a link cut short, or of another campaign."""

    code = "invitation_unknown"
    zh = "没有找到这份邀请，链接可能不完整。"
    en = "We cannot find this invitation. The link may have been cut short."


class PartyExpired(DomainError):
    """Its time ran out and its seats were given back: nothing is earned there any more."""

    code = "party_expired"
    zh = "这次邀请已到期。"
    en = "This invitation has expired."


class AlreadySeated(DomainError):
    """One person takes part once."""

    code = "already_seated"
    zh = "您的手机号已参与过本活动，每人限一次。"
    en = "Your number has already taken part in this campaign; it is once per person."


class NoCustomerList(DomainError):
    """Nobody can say who is new: the institution has not loaded its list."""

    code = "no_customer_list"
    status = 503
    zh = "暂时无法核对新老客户，请稍后再试，或致电客服热线。"
    en = "We cannot tell new from existing customers at the moment. Please try later or call the hotline."


def party_of(participant_id: UUID | None, live: LiveCampaign, now: datetime) -> AtParty | None:
    """Where this participant sits or visits, if anywhere."""
    mine = place_of(participant_id, live.id) if participant_id else None
    return at_place(mine, now) if mine else None


def place_of(participant_id: UUID, campaign_id: UUID) -> PartyMember | None:
    """The participant's last place in this campaign; who left, or only visited what is over or a seat that
    somebody else has taken since, has none.
    """
    mine = PartyMember.objects.filter(participant_id=participant_id, campaign_id=campaign_id)
    taken = PartyMember.objects.filter(party=OuterRef("party"), seat=OuterRef("seat"), state=_Seated)
    gone = ~Q(party__status=Party.Status.OPEN) | Exists(taken)
    visited = Q(state=PartyMember.State.VISITING) & gone
    here = mine.exclude(Q(state=PartyMember.State.LEFT) | visited).select_related("party")
    last: PartyMember | None = here.order_by("-came_at", "-id").first()
    return last


def invited_to(invitation: str, live: LiveCampaign, *, invites: bool, now: datetime) -> tuple[Party, Seat]:
    """The party an invitation leads to, and its free seat; `invites` as in `Device`.

    Raises InvitationOff, InvitationUnknown, PartyExpired, PartyOver, PartyFull.
    """
    if not invites:
        raise InvitationOff
    party = Party.objects.filter(invitation=invitation, campaign_id=live.id).first()
    if party is None:
        raise InvitationUnknown
    lapsed = party.status == Party.Status.OPEN and party.expires_at <= now
    if lapsed or party.status == Party.Status.EXPIRED:
        raise PartyExpired
    if party.status == Party.Status.ENDED:
        raise PartyOver
    taken = set(PartyMember.objects.filter(party=party, state=_Seated).values_list("seat", flat=True))
    free = next((seat for seat in live.content.game.seats[1:] if seat.key not in taken), None)
    if free is None or party.status != Party.Status.OPEN:
        raise PartyFull
    return party, free


def stays(mine: PartyMember, invitation: str, *, own: bool, now: datetime) -> bool:
    """Whether a place is kept: seated people stay where they sit until time runs out; who only visits may
    follow an invitation, or (`own`) begin a party of their own.
    """
    if mine.party.status == Party.Status.COMPLETE:
        return True
    elsewhere = bool(invitation) and mine.party.invitation != invitation
    homewards = own and mine.party.opened_by != mine.participant_id
    moves_on = (elsewhere or homewards) and mine.state == PartyMember.State.VISITING
    return bool(mine.party.status == Party.Status.OPEN and mine.party.expires_at > now and not moves_on)


def may_open(content: Content, seat: str = "") -> bool:
    """Whether those asked to this seat (or to any but the first) could also open a party of their own."""
    opener, *others = content.game.seats
    asked = [other for other in others if seat in ("", other.key)]
    return all(opener.standing in ("any", other.standing) for other in asked)


def is_proven(participant_id: UUID) -> bool:
    """Whether this person proved their own number and still agrees that it is used."""
    verified = Participant.objects.filter(pk=participant_id, state=Participant.State.VERIFIED)
    return bool(verified.exists()) and has_consented(participant_id, Field.PHONE)


def view_for(content: Content, party: Party, mine: PartyMember, now: datetime) -> Json:
    return content.game.view(content.settings, party.state, now, Member(mine.seat))


def at_place(mine: PartyMember, now: datetime) -> AtParty:
    party = mine.party
    content = content_of(party.version_id)
    return AtParty(
        playing=Playing(
            play_id=party.id,
            campaign_id=party.campaign_id,
            version_id=party.version_id,
            attempt=1,
            attempts=1,
            revision=party.revision,
            finished=party.status != Party.Status.OPEN,
            view=view_for(content, party, mine, now),
        ),
        seat=mine.seat,
    )
