"""Ceilings on text messages, per day of Shanghai: counted in the transaction that writes the text, so that
no number of requests side by side and no emptied Redis lets one more out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from math import ceil
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import F, Q, QuerySet

from kernel import keyring
from kernel.actor import Actor, Ref
from kernel.crypto import normal_phone
from kernel.errors import TooMany
from kernel.key_models import InstitutionKey
from kernel.scope import current_institution
from kernel.timekeeping import SHANGHAI, end_of_day, local_day
from ledger.record import record
from privacy.errors import NumberPaced
from privacy.models import TextCeiling, TextScope, TextTally
from tenancy.notices import notify
from tenancy.queries import colleagues_who_may
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

TOLD_AT = (100, 80, 50)
"""Per cent of a ceiling at which administrators are told."""
NEARED = {50: "privacy.texts_at_half", 80: "privacy.texts_at_four_fifths", 100: "privacy.texts_at_ceiling"}
SURGED = "privacy.text_surge"
RESERVE = 20
"""Per cent above the ceiling kept for what a customer must be told of a booking: codes never use it up."""
_ONE_PART, _PART_OF_MANY = 70, 67
_RANGE = len("+861380013")


class TextsPaused(TooMany):
    """A ceiling of today is reached. It speaks of campaign, institution or range, never of one number."""

    code = "texts_paused"
    zh = "今天的验证码短信已发到上限，您填写的内容都还在。请明天再试，或致电 {hotline}，由工作人员协助办理。"
    en = (
        "No more codes can be texted today; what you typed is kept. "
        "Please try again tomorrow, or call {hotline} and our staff will help."
    )


@dataclass(frozen=True, slots=True)
class Bill:
    """One text before it is written: to whom, for which campaign, how many billed parts, how important."""

    number: str
    campaign_id: UUID | None
    parts: int
    reserved: bool = False


def billed_parts(body: str) -> int:
    """How many texts the provider bills: 70 signs are one; a longer text is cut into pieces of 67."""
    return 1 if len(body) <= _ONE_PART else ceil(len(body) / _PART_OF_MANY)


def default_ceiling(scope: str) -> int:
    most: dict[str, int] = {
        TextScope.INSTITUTION: settings.TEXTS_INSTITUTION_DAY,
        TextScope.CAMPAIGN: settings.TEXTS_CAMPAIGN_DAY,
        TextScope.RANGE: settings.TEXTS_RANGE_DAY,
        TextScope.NUMBER: settings.TEXTS_NUMBER_DAY,
    }
    return most[scope]


def ceilings_for(campaign_id: UUID | None) -> dict[str, int]:
    """The ceilings in force for a text of this campaign, by scope."""
    most: dict[str, int] = {
        scope.value: default_ceiling(scope) for scope in TextScope if scope != TextScope.SURGE
    }
    own = TextCeiling.objects.filter(Q(campaign_id=None) | Q(campaign_id=campaign_id))
    for row in own.order_by(F("campaign_id").asc(nulls_first=True)):
        most[row.scope] = row.most
    return most


def charge(bill: Bill, *, actor: Actor, now: datetime) -> TextTally | None:
    """Count one text against every ceiling of today, within the running use case; the tally that has no room
    left, if one has none: then nothing is counted.

    The rows are locked in one order until the transaction ends, so that what is counted is what is written.
    """
    day, subjects = local_day(now), subjects_of(bill, now=now)
    TextTally.objects.bulk_create(
        [TextTally(day=day, scope=scope, subject=subject) for scope, subject in sorted(subjects.items())],
        ignore_conflicts=True,
    )
    tallies = list(_tallies(day, subjects).select_for_update().order_by("scope", "subject"))
    told = ceilings_for(bill.campaign_id)
    most = _with_reserve(told, bill)
    for tally in tallies:
        if tally.used + _units(tally, bill) > most[tally.scope]:
            return tally
    for tally in tallies:
        before, tally.most = tally.used, most[tally.scope]
        tally.used += _units(tally, bill)
        tally.save(update_fields=["used", "most"])
        _tell(tally, before, told[tally.scope], actor=actor, now=now)
    return None


def refuse_paused(*, phone: str, campaign_id: UUID | None, now: datetime) -> None:
    """Ask, before anything is known of the number itself, whether a code could go out. Raises TextsPaused.

    What is refused because of one number is told elsewhere, and after this: the answer must not depend on it.
    """
    bill = Bill(phone, campaign_id, parts=1)
    subjects = subjects_of(bill, now=now)
    del subjects[TextScope.NUMBER]
    most = ceilings_for(campaign_id)
    for tally in _tallies(local_day(now), subjects):
        if tally.used >= most[tally.scope]:
            raise paused(tally, now=now)


def paused(tally: TextTally, *, now: datetime) -> TooMany:
    """What is said when this tally has no room: a number's own is told like any other pace of a number."""
    seconds = int((end_of_day(local_day(now)) - now).total_seconds()) + 1
    if tally.scope == TextScope.NUMBER:
        return NumberPaced(seconds=seconds, scope=tally.scope)
    hotline = institution_of(current_institution()).hotline
    return TextsPaused(seconds=seconds, hotline=hotline, scope=tally.scope)


def subjects_of(bill: Bill, *, now: datetime) -> dict[str, str]:
    """What is counted by scope. Numbers are keyed hashes, under another hash each day."""
    secret, day = keyring.writing_key(InstitutionKey.Purpose.INDEX, now=now).secret, local_day(now)

    def hashed(scope: str, what: str) -> str:
        return hmac.new(secret, f"text_tally|{day}|{scope}|{what}".encode(), sha256).hexdigest()[:32]

    subjects: dict[str, str] = {
        TextScope.INSTITUTION: "",
        TextScope.RANGE: hashed("range", bill.number[:_RANGE]),
        TextScope.NUMBER: hashed("number", bill.number),
    }
    if bill.campaign_id is not None:
        subjects[TextScope.CAMPAIGN] = bill.campaign_id.hex
    return subjects


@usecase(by="anyone", may_do_nothing=True)
def note_refused_text(
    *, actor: Actor, phone: str, campaign_id: UUID | None, scope: str, now: datetime
) -> None:
    """Count a text that a ceiling kept from going out; the first of a day is in the ledger."""
    day = local_day(now)
    subject = subjects_of(Bill(normal_phone(phone), campaign_id, parts=1), now=now)[scope]
    counted = TextTally.objects.filter(day=day, scope=scope, subject=subject)
    if not counted.update(refused=F("refused") + 1):
        return
    tally = counted.get()
    if tally.refused == 1 and scope != TextScope.NUMBER:
        record(
            "privacy.texts_paused", actor=actor, subject=Ref("text_tally", tally.id), at=now, scope=scope,
            used=tally.used,
        )  # fmt: skip


@usecase(by="anyone", may_do_nothing=True)
def report_text_surge(*, actor: Actor, campaign_id: UUID, now: datetime) -> None:
    """Tell administrators, once an hour for a campaign, that texts are asked for far beyond what is usual."""
    hour = f"{now.astimezone(SHANGHAI):%H}"
    subject = f"{campaign_id.hex}.{hour}"
    known = TextTally.objects.filter(day=local_day(now), scope=TextScope.SURGE, subject=subject)
    if known.exists():
        return
    TextTally.objects.bulk_create(
        [TextTally(day=local_day(now), scope=TextScope.SURGE, subject=subject)], ignore_conflicts=True
    )
    tally = known.select_for_update().get()
    if tally.refused:
        return
    tally.refused = 1
    tally.save(update_fields=["refused"])
    record(SURGED, actor=actor, subject=Ref("text_tally", tally.id), at=now, campaign_id=campaign_id)
    _notify_administrators(SURGED, tally, now=now)


def sweep_text_tallies(*, now: datetime) -> None:
    """Let go of yesterday's hashes of numbers, within the running use case; sums by campaign stay."""
    personal = (TextScope.RANGE, TextScope.NUMBER, TextScope.SURGE)
    yesterday = local_day(now) - timedelta(days=1)
    TextTally.objects.filter(scope__in=personal, day__lt=yesterday).delete()


def _tallies(day: date, subjects: dict[str, str]) -> QuerySet[TextTally]:
    wanted = Q()
    for scope, subject in subjects.items():
        wanted |= Q(scope=scope, subject=subject)
    found: QuerySet[TextTally] = TextTally.objects.filter(wanted, day=day)
    return found


def _units(tally: TextTally, bill: Bill) -> int:
    """Money is counted in billed parts, numbers in texts that a person receives."""
    return 1 if tally.scope in (TextScope.RANGE, TextScope.NUMBER) else bill.parts


def _with_reserve(most: dict[str, int], bill: Bill) -> dict[str, int]:
    if not bill.reserved:
        return most
    own = TextScope.NUMBER  # nobody's phone is rung more often for being a customer
    return {scope: n if scope == own else n + ceil(n * RESERVE / 100) for scope, n in most.items()}


def _tell(tally: TextTally, before: int, most: int, *, actor: Actor, now: datetime) -> None:
    """A ledger row, and a notice to administrators, when a mark of the ceiling is passed."""
    if tally.scope == TextScope.NUMBER:
        return
    marks = TOLD_AT if tally.scope != TextScope.RANGE else TOLD_AT[:1]
    passed = [mark for mark in marks if before * 100 < most * mark <= tally.used * 100]
    for mark in passed[:1]:
        record(
            NEARED[mark], actor=actor, subject=Ref("text_tally", tally.id), at=now, scope=tally.scope,
            used=tally.used, most=most,
        )  # fmt: skip
        _notify_administrators(NEARED[mark], tally, now=now)


def _notify_administrators(kind: str, tally: TextTally, *, now: datetime) -> None:
    administrators = colleagues_who_may(Permission.MANAGE_INSTITUTION, now=now).values_list("id", flat=True)
    notify(
        administrators, kind=kind, subject=Ref("text_tally", tally.id), source=uuid5(tally.id, kind), now=now
    )
