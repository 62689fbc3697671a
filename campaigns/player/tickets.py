"""Services a phone's owner has earned, as 我的权益 shows them, with the next step of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from campaigns.player.doors import Unknown, Visit
from campaigns.player.reading import is_living
from campaigns.player.wording import clock, last_day
from kernel import qr
from kernel.errors import NotFound
from rewards.points import points_of
from rewards.queries import OwnBenefit, my_benefits

Tone = Literal["", "soon", "ready"]


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One service: what it is, where it stands, what its owner can do next."""

    grant_id: UUID
    benefit: OwnBenefit = field(repr=False)
    name: str = ""
    text: str = ""
    status: str = ""
    tone: Tone = ""
    facts: tuple[Fact, ...] = ()
    action: str = ""
    link: str = ""
    primary: bool = True
    code: str = field(default="", repr=False)

    @property
    def qr(self) -> str:
        """The code as a picture, drawn when a page shows it."""
        return qr.svg_inline(self.code) if self.code else ""


def tickets_of(visit: Visit, *, campaign_id: UUID | None = None) -> list[Ticket]:
    """The participant's services, newest first; of one campaign when it is named."""
    if visit.participant_id is None or not is_living(visit.participant_id):
        return []
    return [
        _ticket(visit, benefit)
        for benefit in my_benefits(visit.participant_id)
        if campaign_id is None or benefit.campaign_id == campaign_id
    ]


def ticket_of(visit: Visit, grant_id: UUID) -> Ticket:
    """The participant's own service. Raises Unknown, NotFound."""
    if visit.participant_id is None:
        raise Unknown
    for ticket in tickets_of(visit):
        if ticket.grant_id == grant_id:
            return ticket
    raise NotFound


def _ticket(visit: Visit, benefit: OwnBenefit) -> Ticket:
    late = benefit.state == "granted" and benefit.book_before <= visit.now
    status, tone = _status(benefit, late=late)
    action, link = _next_step(visit, benefit, late=late)
    return Ticket(
        grant_id=benefit.grant_id,
        benefit=benefit,
        name=benefit.title,
        text=benefit.summary,
        status=status,
        tone=tone,
        facts=tuple(_facts(visit, benefit)),
        action=action,
        link=link,
        primary=benefit.state in ("granted", "booked"),
        code=benefit.code if benefit.state == "booked" else "",
    )


def _status(benefit: OwnBenefit, *, late: bool) -> tuple[str, Tone]:
    if late:
        return _("已过预约期"), ""
    tones: dict[str, Tone] = {"granted": "soon", "booked": "ready"}
    return benefit.state_label, tones.get(benefit.state, "")


def _next_step(visit: Visit, benefit: OwnBenefit, *, late: bool) -> tuple[str, str]:
    home = visit.links["home"]
    if benefit.state == "granted" and not late:
        return _("预约服务"), f"{home}book/{benefit.grant_id}/"
    if benefit.state == "booked":
        return _("出示核销码"), f"{home}ticket/{benefit.grant_id}/"
    return "", ""


def _facts(visit: Visit, benefit: OwnBenefit) -> list[Fact]:
    facts = [Fact(_("时长"), _("约 %(minutes)s 分钟") % {"minutes": benefit.minutes})]
    if benefit.state == "granted":
        facts.append(Fact(_("最晚预约日期"), last_day(benefit.book_before)))
    if benefit.visit_at is not None:
        facts.append(Fact(_("预约时间"), clock(benefit.visit_at)))
        facts.append(Fact(_("地点"), benefit.branch))
        facts.append(Fact(_("地址"), benefit.address))
        facts.append(Fact(_("需求类型"), benefit.need))
    if benefit.state == "booked" and benefit.expires_at is not None:
        facts.append(Fact(_("核销码有效期至"), last_day(benefit.expires_at)))
    if benefit.redeemed_at is not None:
        facts.append(Fact(_("使用时间"), clock(benefit.redeemed_at)))
    if benefit.end_reason:
        facts.append(Fact(_("撤销原因"), benefit.end_reason))
        facts.append(Fact(_("咨询与投诉"), visit.institution.complaint_phone))
    return facts


@dataclass(frozen=True, slots=True)
class PointsShown:
    """Service points of one campaign, and the day until which they can become a service."""

    balance: int
    until: str


def points_shown(visit: Visit) -> list[PointsShown]:
    """The participant's points, what lapses first on top."""
    if visit.participant_id is None:
        return []
    held = points_of(visit.participant_id)
    return [PointsShown(each.balance, last_day(each.lapses_at)) for each in held]
