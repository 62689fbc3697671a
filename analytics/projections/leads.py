"""Leads folded from the ledger: who declared a need, and every entry that tells of one (F5).

A wrong answer and a chosen simulation are signs of interest in the subject of the article behind them. Alone
they make nobody a lead: only a person's own word in a booking does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from analytics.models import Lead, LeadSign, LeadTally
from analytics.projections.base import Projection
from analytics.stages import ANSWERED, participant_of
from campaigns.models import Version
from ledger.models import Entry
from rewards.models import Need

BOOKED, STARTED, FORGOTTEN = "rewards.booked", "play.started", "privacy.forgotten"
WALKED_GAMES = frozenset({"simulation"})

# The subject of an article, by the first part of its key: its law.
NEED_OF_LAW = {
    **dict.fromkeys(("INS", "ISB", "IIB", "LIFE"), Need.INSURANCE),
    **dict.fromkeys(("DEP",), Need.DEPOSIT),
    **dict.fromkeys(("LOAN", "CARD", "CREDIT"), Need.LOAN),
    **dict.fromkeys(("AF", "AML"), Need.SAFETY),
    **dict.fromkeys(("AM", "WM", "WMS", "FS", "FAD", "SUIT", "SEC"), Need.WEALTH),
}


class Leads(Projection):
    """A person counts once a campaign, under the need declared first."""

    name = "leads"

    def apply(self, entries: Sequence[Entry]) -> None:
        signs = list(self._signs(entries))
        LeadSign.objects.bulk_create(signs, ignore_conflicts=True)
        self._admit([sign for sign in signs if sign.source == LeadSign.Source.DECLARED])
        gone = [entry.subject_id for entry in entries if entry.verb == FORGOTTEN]
        if gone:
            Lead.objects.filter(participant_id__in=gone).delete()
            LeadSign.objects.filter(participant_id__in=gone).delete()

    def forget(self) -> None:
        for model in (LeadSign, Lead, LeadTally):
            model.objects.all().delete()

    def _signs(self, entries: Sequence[Entry]) -> Iterator[LeadSign]:
        told = [entry for entry in entries if _tells(entry)]
        contents = _contents({entry.version_id for entry in told if entry.version_id})
        for entry in told:
            participant, found = participant_of(entry), _read(entry, contents)
            if participant is None or entry.campaign_id is None or found is None:
                continue
            source, need, about = found
            yield LeadSign(
                campaign_id=entry.campaign_id,
                participant_id=participant,
                need=need,
                source=source,
                about=about[:64],
                transaction=entry.transaction,
                entry=entry.id,
                at=entry.at,
            )

    def _admit(self, declared: Sequence[LeadSign]) -> None:
        """Those who declare a need for the first time become leads, and are counted."""
        first: dict[tuple[UUID, UUID], LeadSign] = {}
        for sign in declared:
            first.setdefault((sign.campaign_id, sign.participant_id), sign)
        known = set(
            Lead.objects.filter(participant_id__in={participant for _, participant in first}).values_list(
                "campaign_id", "participant_id"
            )
        )
        new = {key: sign for key, sign in first.items() if key not in known}
        Lead.objects.bulk_create(
            [
                Lead(campaign_id=campaign, participant_id=participant, need=sign.need, declared_at=sign.at)
                for (campaign, participant), sign in new.items()
            ]
        )
        counted = Counter((sign.campaign_id, sign.need) for sign in new.values())
        for (campaign, need), more in sorted(counted.items(), key=repr):
            tally, _ = LeadTally.objects.get_or_create(campaign_id=campaign, need=need, defaults={"leads": 0})
            LeadTally.objects.filter(pk=tally.pk).update(leads=F("leads") + more)


def _tells(entry: Entry) -> bool:
    missed = entry.verb == ANSWERED and entry.data.get("correct") is False
    return missed or entry.verb in (BOOKED, STARTED)


def _read(entry: Entry, contents: Mapping[UUID, Mapping[str, Any]]) -> tuple[str, str, str] | None:
    """The source, the need and what it is about; None where the entry tells of none."""
    if entry.verb == BOOKED:
        need = str(entry.data.get("need", ""))
        return (
            (LeadSign.Source.DECLARED, need, str(entry.data.get("service", "")))
            if need in Need.values
            else None
        )
    content = contents.get(entry.version_id) if entry.version_id else None
    if content is None:
        return None
    if entry.verb == ANSWERED:
        question = str(entry.data.get("question", ""))
        cited = [article for thing, article in _cited(content) if thing == question]
        need = _need_of(cited)
        return (LeadSign.Source.MISSED, need, question) if need else None
    if content.get("game") not in WALKED_GAMES:
        return None
    need = _need_of([article for _, article in _cited(content)])
    return (LeadSign.Source.WALKED, need, str(content["game"])) if need else None


def _contents(version_ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    return dict(Version.objects.filter(pk__in=set(version_ids)).values_list("pk", "content"))


def _cited(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(id, article) of everything in the settings that cites one."""
    for value in content.get("settings", {}).values():
        for thing in value if isinstance(value, list) else []:
            if isinstance(thing, dict) and thing.get("article"):
                yield str(thing.get("id", "")), str(thing["article"])


def _need_of(articles: Sequence[str]) -> str:
    """The need most of the articles speak of; of equals the first by name."""
    spoken = Counter(
        NEED_OF_LAW[law].value for article in articles if (law := article.split("-")[0]) in NEED_OF_LAW
    )
    return min(spoken, key=lambda need: (-spoken[need], need), default="")
