"""Leads as staff may read them: masked, with the ledger entries behind each tag, and what they cost (F5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from analytics.costs import shared_out
from analytics.models import Lead, LeadSign, LeadTally, Reached, Spend
from analytics.queries.board import started_people, texts_of_questions
from analytics.stages import STAGE_LABELS, Stage
from campaigns.models import Campaign
from privacy.models import Consent, Participant
from privacy.queries import MaskedPerson, masked_people
from rewards.models import Need, Service

SHOWN_STAGES = (Stage.STARTED, Stage.FINISHED, Stage.PASSED, Stage.BOOKED, Stage.REDEEMED, Stage.SHARED)


@dataclass(frozen=True, slots=True)
class SignLine:
    """One ledger entry, in words."""

    at: datetime
    source: str
    about: str
    transaction: int
    entry: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A need and every entry that gave it; `declared` when the person said so themselves."""

    label: str
    declared: bool
    signs: tuple[SignLine, ...]


@dataclass(frozen=True, slots=True)
class LeadRow:
    person: MaskedPerson
    campaign: str
    declared_at: datetime
    reached: tuple[str, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class NeedCost:
    label: str
    leads: int
    fen: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What one campaign cost. `by_need` shares the whole out exactly, once there is a lead. `fen` is None
    where nobody entered anything: that is not the same as nought.
    """

    campaign_id: UUID
    title: str
    fen: int | None
    people: int
    leads: int
    by_need: tuple[NeedCost, ...]

    @property
    def fen_per_lead(self) -> int | None:
        """To the nearest fen, halves up; what one lead cost. None before any spend or any lead."""
        return (2 * self.fen + self.leads) // (2 * self.leads) if self.leads and self.fen else None


def leads(*, campaign_id: UUID | None = None, need: str = "", source: str = "") -> QuerySet[Lead]:
    """Newest first: people who still agree to be served. Whoever withdraws or is erased leaves at once,
    whether the fold has come to it or not.
    """
    agreeing = Consent.objects.filter(withdrawn_at=None).exclude(
        participant__state=Participant.State.FORGOTTEN
    )
    found = Lead.objects.filter(participant_id__in=agreeing.values("participant_id"))
    if campaign_id:
        found = found.filter(campaign_id=campaign_id)
    signs = LeadSign.objects.filter(
        campaign_id=OuterRef("campaign_id"), participant_id=OuterRef("participant_id")
    )
    if need:
        signs = signs.filter(need=need)
    if source:
        signs = signs.filter(source=source)
    if need or source:
        found = found.filter(Exists(signs))
    return found.order_by("-declared_at", "-id")


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Some leads, and the one after which the next page goes on; None on the last."""

    leads: Sequence[Lead]
    last: Lead | None


def page_of_leads(found: QuerySet[Lead], *, after: tuple[datetime, UUID] | None, size: int) -> LeadPage:
    """The next leads beyond a place in their order. A page far down costs what the first one costs: neither
    are all counted nor those before it passed by.
    """
    if after is not None:
        at, key = after
        found = found.filter(declared_at__lte=at).filter(Q(declared_at__lt=at) | Q(id__lt=key))
    shown = list(found[: size + 1])
    return LeadPage(shown[:size], shown[size - 1] if len(shown) > size else None)


def rows_of(page: Iterable[Lead]) -> list[LeadRow]:
    """One page of leads, in a handful of queries."""
    shown = list(page)
    campaigns = {lead.campaign_id for lead in shown}
    titles = dict(Campaign.objects.filter(pk__in=campaigns).values_list("pk", "title"))
    people = masked_people(lead.participant_id for lead in shown)
    texts = {campaign: texts_of_questions(campaign) for campaign in campaigns}
    signs: defaultdict[tuple[UUID, UUID], list[LeadSign]] = defaultdict(list)
    for sign in LeadSign.objects.filter(
        campaign_id__in=campaigns, participant_id__in={lead.participant_id for lead in shown}
    ).order_by("at", "transaction", "entry"):
        signs[sign.campaign_id, sign.participant_id].append(sign)
    reached: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for campaign, participant, stage in Reached.objects.filter(
        campaign_id__in=campaigns, participant_id__in={lead.participant_id for lead in shown}
    ).values_list("campaign_id", "participant_id", "stage"):
        reached[campaign, participant].add(stage)
    return [
        LeadRow(
            person=people[lead.participant_id],
            campaign=titles.get(lead.campaign_id, ""),
            declared_at=lead.declared_at,
            reached=tuple(
                str(STAGE_LABELS[stage])
                for stage in SHOWN_STAGES
                if stage in reached[lead.campaign_id, lead.participant_id]
            ),
            tags=_tags(signs[lead.campaign_id, lead.participant_id], texts[lead.campaign_id]),
        )
        for lead in shown
        if lead.participant_id in people
    ]


def costs(campaigns: Sequence[Campaign]) -> list[Cost]:
    """What each of these campaigns cost, in their order."""
    ids = [campaign.id for campaign in campaigns]
    spent = dict(
        Spend.objects.filter(campaign_id__in=ids)
        .values_list("campaign_id")
        .annotate(total=Sum("fen"))
        .values_list("campaign_id", "total")
    )
    tallies: defaultdict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for campaign_id, need, count in (
        LeadTally.objects.filter(campaign_id__in=ids)
        .order_by("need")
        .values_list("campaign_id", "need", "leads")
    ):
        tallies[campaign_id].append((need, count))
    came = started_people(ids)
    return [
        _cost(campaign, spent.get(campaign.id), came.get(campaign.id, 0), tallies[campaign.id])
        for campaign in campaigns
    ]


def spends_of(campaign_id: UUID) -> QuerySet[Spend]:
    """Every entry and counter-entry, newest first."""
    found = Spend.objects.filter(campaign_id=campaign_id).select_related("correction")
    return found.order_by("-recorded_at", "-id")


def _cost(campaign: Campaign, spent: int | None, people: int, tally: Sequence[tuple[str, int]]) -> Cost:
    fen = None if spent is None else int(spent)
    shares = shared_out(fen or 0, [count for _, count in tally])
    by_need = tuple(
        NeedCost(str(Need(need).label), count, share)
        for (need, count), share in zip(tally, shares, strict=True)
    )
    return Cost(campaign.id, campaign.title, fen, int(people), sum(count for _, count in tally), by_need)


def _tags(signs: Sequence[LeadSign], texts: dict[str, tuple[str, dict[str, str]]]) -> tuple[Tag, ...]:
    by_need: defaultdict[str, list[LeadSign]] = defaultdict(list)
    for sign in signs:
        by_need[sign.need].append(sign)
    tags = [
        Tag(
            label=str(Need(need).label),
            declared=any(sign.source == LeadSign.Source.DECLARED for sign in given),
            signs=tuple(_line(sign, texts) for sign in given),
        )
        for need, given in by_need.items()
    ]
    return tuple(sorted(tags, key=lambda tag: (not tag.declared, -len(tag.signs), tag.label)))


def _line(sign: LeadSign, texts: dict[str, tuple[str, dict[str, str]]]) -> SignLine:
    about = sign.about
    if sign.source == LeadSign.Source.MISSED:
        about = texts.get(sign.about, (sign.about, {}))[0]
    elif sign.source == LeadSign.Source.DECLARED:
        about = str(dict(Service.choices).get(sign.about, ""))
    else:
        about = ""
    return SignLine(sign.at, str(sign.get_source_display()), about, sign.transaction, sign.entry)
