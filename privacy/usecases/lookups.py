"""Finding people by what they told of themselves: each search is in the ledger, without the number, and is
counted with the readings in clear, for a number that is found is a number that was read.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.crypto import NotAPhoneNumber, normal_phone, normal_text
from kernel.errors import DomainError
from kernel.timekeeping import local_day, start_of_day
from ledger.models import Entry
from ledger.record import record
from privacy.models import Participant
from privacy.queries import participants_of_phone
from privacy.usecases.allowance import charge, locked_allowance
from privacy.vault import phone_of
from tenancy.notices import notify
from tenancy.queries import colleagues_who_may
from tenancy.roles import Permission
from tenancy.usecase import usecase

MISMATCHES_PER_PERSON = 5
"""So often a day a wrong number is held against one customer, by whomever."""
COMPARED, UNREADABLE = "privacy.number_compared", "privacy.unreadable"


class NoMoreComparing(DomainError):
    """Too many wrong numbers were held against this customer today."""

    code = "no_more_comparing"
    status = 429
    zh = "今天对这位客户核对手机号不符的次数过多，不再核对。请不填手机号核销，或联系合规岗。"
    en = "Too many wrong numbers for this customer today. Redeem without a number, or contact compliance."


@usecase(Permission.MANAGE_PRIVACY)
def find_participants(*, actor: Actor, phone: str, now: datetime) -> list[Participant]:
    """Who verified this number. Raises NotAPhoneNumber, RevealQuotaSpent, LookupTooSoon."""
    normal_phone(phone)
    allowance = locked_allowance(actor.id, is_guess=True, now=now)
    found = participants_of_phone(phone, now=now)
    record("privacy.searched", actor=actor, subject=Ref("staff", actor.id), at=now, found=len(found))
    charge(allowance, actor=actor, is_guess=True, now=now)
    return found


@usecase(Permission.REDEEM_CODE)
def compare_number(*, actor: Actor, participant_id: UUID, typed: str, now: datetime) -> bool:
    """Whether a number, or its last four digits, is this customer's. Only what does not fit is charged.

    Raises RevealQuotaSpent, LookupTooSoon, NoMoreComparing, CryptoFailure.
    """
    allowance = locked_allowance(actor.id, is_guess=True, now=now)
    participant: Participant = Participant.objects.locked(participant_id)
    subject = Ref("participant", participant.id)
    today = start_of_day(local_day(now))
    wrong = Entry.objects.filter(
        verb=COMPARED, subject_kind=subject.kind, subject_id=subject.id, at__gte=today, data__fits=False
    )
    if wrong.count() >= MISMATCHES_PER_PERSON:
        raise NoMoreComparing
    fits = _is_number_of(participant, typed)
    record(COMPARED, actor=actor, subject=subject, at=now, fits=fits)
    if not fits:
        charge(allowance, actor=actor, is_guess=True, now=now)
    return fits


@usecase(Permission.VIEW_PARTICIPANTS, may_do_nothing=True)
def report_unreadable(*, actor: Actor, participant_id: UUID, fields: tuple[str, ...], now: datetime) -> None:
    """Write down that what is kept of a person does not open, and tell who looks after it; once a day."""
    subject = Ref("participant", participant_id)
    told = Entry.objects.filter(
        verb=UNREADABLE, subject_kind=subject.kind, subject_id=subject.id, at__gt=now - timedelta(days=1)
    )
    if not fields or told.exists():
        return
    record(UNREADABLE, actor=actor, subject=subject, at=now, fields=list(fields))
    keepers = colleagues_who_may(Permission.MANAGE_PRIVACY, now=now).values_list("id", flat=True)
    notify(keepers, kind=UNREADABLE, subject=subject, source=participant_id, now=now)


def _is_number_of(participant: Participant, typed: str) -> bool:
    number = phone_of(participant)
    digits = normal_text(typed)
    if len(digits) == 4 and digits.isdigit():
        return bool(number) and hmac.compare_digest(number[-4:].encode(), digits.encode())
    try:
        return hmac.compare_digest(number.encode(), normal_phone(digits).encode())
    except NotAPhoneNumber:
        return False
