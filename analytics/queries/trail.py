"""The ledger for readers: who did what to which, when, and whether it is sealed. Never a customer's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from kernel.timekeeping import start_of_day
from ledger.models import Entry, Seal
from ledger.queries import Position, before
from ledger.sealing import seal_of, stretches_until
from ledger.verbs import FACTS, FAMILIES, VERBS, kind_words, verb_words
from tenancy.models import Staff

PAGE = 50
_NEWEST = ("-transaction", "-id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asks for; everything that is None or empty is not asked."""

    verb: str = ""
    actor_kind: str = ""
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    campaign_id: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_everything(self) -> bool:
        return self == Wanted()


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One entry in words."""

    entry: Entry
    verb: str
    family: str
    actor: str
    subject: str
    campaign: str
    facts: tuple[tuple[str, str], ...]
    sealed: bool


@dataclass(frozen=True, slots=True)
class TrailPage:
    lines: Sequence[TrailLine]
    older: Position | None


def trail(wanted: Wanted, *, older_than: Position | None = None, size: int = PAGE) -> TrailPage:
    """The newest entries that match, after which ``older`` leads on; pages never overlap or skip."""
    entries = _matching(wanted)
    if older_than is not None:
        entries = entries.filter(before(older_than))
    found: list[Entry] = []
    for stretch in stretches_until(wanted.until) if wanted.until else [Q()]:
        found += _newest(entries.filter(stretch), _verbs_of(wanted), size + 1 - len(found))
        if len(found) > size:
            break
    shown = found[:size]
    older = Position(shown[-1].transaction, shown[-1].id) if len(found) > size else None
    return TrailPage(told(shown), older)


def told(entries: Sequence[Entry]) -> list[TrailLine]:
    """The entries in words of the active language."""
    english = (get_language() or "").startswith("en")
    names = _names_of_staff(entries)
    titles = _titles_of_campaigns(entries)
    newest = Seal.objects.order_by("-number").values_list("last_transaction", "last_entry").first()
    return [
        TrailLine(
            entry=entry,
            verb=verb_words(entry.verb, english=english),
            family=entry.verb.partition(".")[0],
            actor=_who(entry.actor_kind, entry.actor_id, names),
            subject=_what(entry, names, titles, english=english),
            campaign=titles.get(entry.campaign_id, "") if entry.campaign_id else "",
            facts=_facts(entry, english=english),
            sealed=newest is not None and (entry.transaction, entry.id) <= newest,
        )
        for entry in entries
    ]


def entry_at(transaction: int, entry_id: int) -> Entry | None:
    """The entry at a place in the order."""
    found: Entry | None = Entry.objects.filter(
        RawSQL("transaction = %s::text::xid8", (str(transaction),), output_field=BooleanField()), id=entry_id
    ).first()
    return found


def seal_under(entry: Entry) -> Seal | None:
    return seal_of(entry.transaction, entry.id)


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """The verbs of one family, for the filter."""

    family: str
    label: str
    verbs: tuple[tuple[str, str], ...]


def verb_groups() -> list[VerbGroup]:
    english = (get_language() or "").startswith("en")
    return [
        VerbGroup(
            family,
            words.en if english else words.zh,
            tuple(
                (verb, verb_words(verb, english=english)) for verb in VERBS if verb.startswith(f"{family}.")
            ),
        )
        for family, words in FAMILIES.items()
    ]


def colleagues() -> list[tuple[UUID, str]]:
    return list(Staff.objects.order_by("display_name", "id").values_list("id", "display_name"))


def short(value: UUID) -> str:
    """A pseudonym's end, enough to tell two apart on a page."""
    return value.hex[-6:].upper()


def _matching(wanted: Wanted) -> QuerySet[Entry]:
    entries: QuerySet[Entry] = Entry.objects.all()
    plain = {
        "actor_kind": "staff" if wanted.actor_id else wanted.actor_kind or None,
        "actor_id": wanted.actor_id,
        "subject_id": wanted.subject_id,
        "campaign_id": wanted.campaign_id,
    }
    entries = entries.filter(**{name: value for name, value in plain.items() if value is not None})
    if wanted.since:
        entries = entries.filter(at__gte=start_of_day(wanted.since))
    if wanted.until:
        entries = entries.filter(at__lt=start_of_day(wanted.until + timedelta(days=1)))
    return entries


def _verbs_of(wanted: Wanted) -> list[str]:
    """The verbs asked for; none when all are."""
    if wanted.verb in FAMILIES:
        return [verb for verb in VERBS if verb.startswith(f"{wanted.verb}.")]
    return [wanted.verb] if wanted.verb else []


def _newest(entries: QuerySet[Entry], verbs: Sequence[str], size: int) -> list[Entry]:
    return _newest_of(entries, verbs, size) if verbs else list(entries.order_by(*_NEWEST)[:size])


def _newest_of(entries: QuerySet[Entry], verbs: Sequence[str], size: int) -> list[Entry]:
    """The newest entries of these verbs: so many of each, off the index of verbs, and of those the newest. In
    the ledger's own order all the others would have to be passed by to find a page of a rare one.
    """
    each = entries.filter(RawSQL("verb = known.verb", (), output_field=BooleanField()))
    sql, params = each.order_by(*_NEWEST).values("id", "at", "transaction")[:size].query.sql_with_params()
    statement = (
        "SELECT found.id, found.at FROM unnest(%s::varchar[]) AS known(verb)"  # noqa: S608 - Django's and ours
        f" CROSS JOIN LATERAL ({sql}) AS found ORDER BY found.transaction DESC, found.id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(verbs), *params, size])
        places = cursor.fetchall()
    if not places:
        return []
    days = [at for _id, at in places]
    shown = Entry.objects.filter(at__range=(min(days), max(days)), id__in=[key for key, _at in places])
    return list(shown.order_by(*_NEWEST))


def _names_of_staff(entries: Iterable[Entry]) -> Mapping[UUID, str]:
    asked = {entry.actor_id for entry in entries if entry.actor_kind == "staff"}
    asked |= {entry.subject_id for entry in entries if entry.subject_kind == "staff"}
    return dict(Staff.objects.filter(id__in=asked).values_list("id", "display_name"))


def _titles_of_campaigns(entries: Iterable[Entry]) -> Mapping[UUID, str]:
    asked = {entry.campaign_id for entry in entries if entry.campaign_id}
    asked |= {entry.subject_id for entry in entries if entry.subject_kind == "campaign"}
    return dict(Campaign.objects.filter(id__in=asked).values_list("id", "title"))


def _who(kind: str, actor_id: UUID, names: Mapping[UUID, str]) -> str:
    if kind == "staff":
        return names.get(actor_id) or _("已离开的人员")
    if kind == "participant":
        return _("参与者 {code}").format(code=short(actor_id))
    return _("系统")


def _what(entry: Entry, names: Mapping[UUID, str], titles: Mapping[UUID, str], *, english: bool) -> str:
    kind = kind_words(entry.subject_kind, english=english)
    if entry.subject_kind == "staff":
        return names.get(entry.subject_id) or kind
    if entry.subject_kind == "campaign":
        return titles.get(entry.subject_id) or kind
    if entry.subject_kind == "institution" or entry.subject_id.int == 0:
        return kind
    return f"{kind} {short(entry.subject_id)}"


def _facts(entry: Entry, *, english: bool) -> tuple[tuple[str, str], ...]:
    yes, no = _("是"), _("否")
    facts = []
    for name, value in sorted(entry.data.items()):
        words = FACTS.get(name)
        if words is None or not isinstance(value, int):
            continue
        said = (yes if value else no) if isinstance(value, bool) else f"{value:,}"
        facts.append((words.en if english else words.zh, said))
    return tuple(facts)
