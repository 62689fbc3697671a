"""What may be read of people: masked, unless a use case recorded why not."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kernel import keyring
from kernel.crypto import CryptoFailure, normal_phone
from kernel.key_models import InstitutionKey
from kernel.sealed import mask_name, mask_phone
from kernel.timekeeping import SHANGHAI, local_day
from privacy.models import (
    Consent,
    Destruction,
    Field,
    KeyRotation,
    NoticeVersion,
    OutboundText,
    Participant,
    PhoneCode,
    Reveal,
    RevealAllowance,
    RevealRule,
)
from privacy.reveal_policy import DEFAULT, FIELDS, Policy, Reach, reach_of
from privacy.vault import name_of, phone_of
from tenancy.models import Staff

log = logging.getLogger("hequ.privacy")


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """A person as every page shows them; ``unreadable`` names the fields whose seal does not hold."""

    id: UUID
    name: str
    phone: str
    state: str
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything the vault holds of one person, masked."""

    person: MaskedPerson
    since: datetime
    keep_until: datetime | None
    legal_hold: str
    consents: list[Consent]
    reveals: list[Reveal]


def masked(participant: Participant) -> MaskedPerson:
    """张*, 138****5678. What does not open is left out, named, and told of in the log; the rest shows."""
    shown, unreadable = {}, []
    readers = ((Field.NAME.value, name_of, mask_name), (Field.PHONE.value, phone_of, mask_phone))
    for field, plain_of, mask in readers:
        try:
            shown[field] = mask(plain_of(participant))
        except CryptoFailure:
            shown[field] = ""
            unreadable.append(field)
    if unreadable:
        log.error("does not open", extra={"participant": str(participant.id), "fields": unreadable})
    return MaskedPerson(
        id=participant.id,
        name=shown[Field.NAME.value],
        phone=shown[Field.PHONE.value],
        state=participant.state,
        unreadable=tuple(unreadable),
    )


def masked_people(participant_ids: Iterable[UUID]) -> dict[UUID, MaskedPerson]:
    """Several at once, for lists."""
    rows = Participant.objects.filter(pk__in=set(participant_ids)).select_related("wrapped_under")
    return {participant.id: masked(participant) for participant in rows}


def notice_in_force(key: str) -> NoticeVersion | None:
    """The latest published version."""
    latest: NoticeVersion | None = NoticeVersion.objects.filter(key=key).order_by("-number").first()
    return latest


def notices_in_force() -> list[NoticeVersion]:
    """The latest version of every notice."""
    return list(NoticeVersion.objects.order_by("key", "-number").distinct("key"))


def has_consented(participant_id: UUID, field: str) -> bool:
    """Whether a live consent covers the field."""
    consents = Consent.objects.filter(participant_id=participant_id, withdrawn_at=None)
    return any(field in consent.fields for consent in consents)


def rests_on(participant_id: UUID, purpose: str) -> bool:
    """Whether a live consent to this purpose is the one a booking is made under: a notice names it first."""
    consents = Consent.objects.filter(
        participant_id__in=same_person(participant_id), purpose=purpose, withdrawn_at=None
    ).select_related("notice")
    return any(consent.notice.purposes[0]["code"] == purpose for consent in consents)


def is_last_consent(participant_id: UUID, purpose: str) -> bool:
    """Whether this person agrees to this purpose and to nothing else."""
    live = Consent.objects.filter(participant_id__in=same_person(participant_id), withdrawn_at=None)
    return set(live.values_list("purpose", flat=True)) == {purpose}


def withdrawals_of(participant_id: UUID) -> list[Consent]:
    """The receipts of what was taken back on this phone, newest first; they outlive the data."""
    return list(
        Consent.objects.filter(participant_id=participant_id, receipt__isnull=False)
        .select_related("notice")
        .order_by("-withdrawn_at", "id")
    )


def person_file(participant_id: UUID) -> PersonFile:
    """Raises Participant.DoesNotExist."""
    participant = Participant.of(participant_id)
    return PersonFile(
        person=masked(participant),
        since=participant.created_at,
        keep_until=participant.keep_until,
        legal_hold=participant.legal_hold,
        consents=list(
            Consent.objects.filter(participant_id__in=same_person(participant_id))
            .select_related("notice")
            .order_by("-given_at", "id")
        ),
        reveals=list(Reveal.objects.filter(participant=participant).order_by("-at", "id")),
    )


def same_person(participant_id: UUID) -> list[UUID]:
    """The pseudonyms that verified the same number, this one included."""
    participant = Participant.of(participant_id)
    return list(
        Participant.objects.filter(person_id=participant.person_id)
        .order_by("created_at", "id")
        .values_list("id", flat=True)
    )


def participants_of_phone(phone: str, *, now: datetime) -> list[Participant]:
    """Who verified this number. Raises NotAPhoneNumber."""
    stored = keyring.index_candidates(normal_phone(phone), kind="phone", now=now)
    return list(
        Participant.objects.filter(Q(phone_index__in=stored) | Q(phone_index_coming__in=stored)).order_by(
            "created_at", "id"
        )
    )


def code_waits_for(participant_id: UUID, phone: str, *, now: datetime) -> bool:
    """Whether this visitor was sent a code to this very number that is still good. Raises NotAPhoneNumber."""
    stored = keyring.index_candidates(normal_phone(phone), kind="phone", now=now)
    return PhoneCode.objects.filter(
        participant_id=participant_id, phone_index__in=stored, closed_at=None, expires_at__gt=now
    ).exists()


def due_texts(now: datetime, limit: int = 200) -> list[UUID]:
    """Texts that nobody is carrying: waiting, or claimed by a worker that did not come back."""
    return list(
        OutboundText.objects.filter(
            state__in=[OutboundText.State.WAITING, OutboundText.State.CLAIMED], next_try_at__lte=now
        )
        .order_by("next_try_at", "id")
        .values_list("id", flat=True)[:limit]
    )


def open_rotations() -> list[KeyRotation]:
    return list(KeyRotation.objects.filter(finished_at=None).order_by("started_at", "id"))


def rotations() -> QuerySet[KeyRotation]:
    found: QuerySet[KeyRotation] = KeyRotation.objects.select_related("old", "new")
    return found.order_by("-started_at", "id")


def keys_in_use() -> list[InstitutionKey]:
    return list(InstitutionKey.objects.exclude(state="retired").order_by("purpose", "-version"))


def destructions() -> QuerySet[Destruction]:
    found: QuerySet[Destruction] = Destruction.objects.select_related("listed").order_by("-at", "id")
    return found


def uncertified() -> QuerySet[Destruction]:
    """Destroyed, but not on the list outside the database yet, the oldest first."""
    found: QuerySet[Destruction] = Destruction.objects.filter(listed=None).order_by("at", "id")
    return found


@dataclass(frozen=True, slots=True)
class Stock:
    """How much personal data the institution holds, and what happens to it next."""

    people: int
    visitors: int
    forgotten: int
    due_in_30_days: int
    on_hold: int
    consents: int
    withdrawn: int
    revealed_today: int


def stock(*, now: datetime) -> Stock:
    """The figures of the privacy desk's first page, in three statements."""
    holding = Q(wrapped_key__isnull=False)
    people = Participant.objects.aggregate(
        people=Count("id", filter=holding),
        visitors=Count("id", filter=Q(state="pseudonymous", wrapped_key__isnull=True)),
        forgotten=Count("id", filter=Q(state="forgotten")),
        due=Count("id", filter=holding & Q(keep_until__lte=now + timedelta(days=30), legal_hold="")),
        hold=Count("id", filter=~Q(legal_hold="")),
    )
    consents = Consent.objects.aggregate(
        given=Count("id"), withdrawn=Count("id", filter=Q(withdrawn_at__isnull=False))
    )
    midnight = datetime.combine(local_day(now), time.min, SHANGHAI)
    return Stock(
        people=people["people"],
        visitors=people["visitors"],
        forgotten=people["forgotten"],
        due_in_30_days=people["due"],
        on_hold=people["hold"],
        consents=consents["given"],
        withdrawn=consents["withdrawn"],
        revealed_today=Reveal.objects.filter(at__gte=midnight).count(),
    )


def heavy_readers(*, now: datetime) -> list[RevealAllowance]:
    """Who read most today: the alert of the privacy desk."""
    today = local_day(now)
    return list(RevealAllowance.objects.filter(day=today, used__gt=0).order_by("-used", "staff_id")[:5])


def reveal_policy() -> Policy:
    """The default with what this institution set differently."""
    rules = RevealRule.objects.all().values_list("role", "field", "reach")
    return {**DEFAULT, **{(role, field): Reach(reach) for role, field, reach in rules}}


def may_read_anyone(roles: Iterable[str]) -> bool:
    """Whether any field of any customer may be read by these posts."""
    held = list(roles)
    policy = reveal_policy()
    return any(reach_of(held, field, policy) is Reach.ANY for field in FIELDS)


def colleague_names(staff_ids: set[UUID]) -> dict[UUID, str]:
    """Colleagues by name: they work under their own, customers do not appear here."""
    return dict(Staff.objects.filter(pk__in=staff_ids).values_list("id", "display_name"))
