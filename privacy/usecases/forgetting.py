"""Forgetting people: on request, after withdrawal, when the time is up. Their key is destroyed; a worker puts
the certificate on the list outside the database, by which a restored backup is struck again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.errors import DomainError
from kernel.fingerprint import fingerprint
from ledger.record import record
from privacy.models import Destruction, OutboundText, Participant, PhoneCode, SpentProof
from privacy.usecases.participants import open_participant
from privacy.usecases.text_ceilings import sweep_text_tallies
from tenancy.roles import Permission
from tenancy.usecase import usecase

COUNTED_FOR = timedelta(days=1)
"""How long a number's fingerprint is kept to limit the codes sent to it. A number that the forgotten person
never proved may be a stranger's: it stays counted for its day, or forgetting would be a way to text them.
"""


class OnLegalHold(DomainError):
    """The data must be kept for a proceeding; `reason` says which."""

    code = "on_legal_hold"
    zh = "该信息因“{reason}”依法暂缓删除。"
    en = "By law this data is kept for the time being: {reason}."


@usecase(by="participant")
def forget_me(*, actor: Actor, now: datetime) -> Destruction:
    """A person deletes what is known of them, under every pseudonym of theirs. Raises OnLegalHold,
    Forgotten.
    """
    return _forget_person(actor, actor.id, Destruction.Reason.REQUEST, now=now)


@usecase(Permission.MANAGE_PRIVACY)
def forget_participant(*, actor: Actor, participant_id: UUID, now: datetime) -> Destruction:
    """The same, done by staff on a person's request. Raises OnLegalHold, Forgotten."""
    return _forget_person(actor, participant_id, Destruction.Reason.REQUEST, now=now)


@usecase(Permission.MANAGE_PRIVACY)
def hold_participant(*, actor: Actor, participant_id: UUID, reason: str, now: datetime) -> Participant:
    """Stop automatic and requested deletion for a proceeding. Raises Forgotten."""
    participant = open_participant(participant_id)
    participant.legal_hold = reason.strip()[:80] or "legal"
    participant.save(update_fields=["legal_hold"])
    record("privacy.held", actor=actor, subject=Ref("participant", participant.id), at=now)
    return participant


@usecase(Permission.MANAGE_PRIVACY)
def release_participant(*, actor: Actor, participant_id: UUID, now: datetime) -> Participant:
    """End the hold. Raises Forgotten."""
    participant = open_participant(participant_id)
    participant.legal_hold = ""
    participant.save(update_fields=["legal_hold"])
    record("privacy.released", actor=actor, subject=Ref("participant", participant.id), at=now)
    return participant


@usecase(by="system", may_do_nothing=True)
def sweep_retention(*, actor: Actor, now: datetime, limit: int = 500) -> Destruction | None:
    """Destroy what nobody may keep any longer, and write the certificate; None when there is nothing.

    Also closes one-time codes whose time is over, and lets go of what counted them and other texts.
    """
    PhoneCode.objects.filter(closed_at=None, expires_at__lte=now).update(
        closed_at=now, digest=None, phone=None
    )
    PhoneCode.objects.filter(phone_index__isnull=False, created_at__lte=now - COUNTED_FOR).update(
        phone_index=None
    )
    sweep_text_tallies(now=now)
    SpentProof.objects.filter(expires_at__lte=now).delete()
    due = list(
        Participant.objects.select_for_update(skip_locked=True)
        .filter(wrapped_key__isnull=False, legal_hold="")
        .filter(Q(keep_until__lte=now) | Q(keep_until__isnull=True))
        .order_by("keep_until", "id")[:limit]
    )
    if not due:
        return None
    return _destroy(actor, due, Destruction.Reason.RETENTION, now=now)


def _forget_person(actor: Actor, participant_id: UUID, reason: str, *, now: datetime) -> Destruction:
    participant = open_participant(participant_id)
    everyone = list(
        Participant.objects.select_for_update()
        .filter(person_id=participant.person_id)
        .exclude(state=Participant.State.FORGOTTEN)
        .order_by("id")
    )
    for each in everyone:
        if each.legal_hold:
            raise OnLegalHold(reason=each.legal_hold)
    return _destroy(actor, everyone, reason, now=now)


def _destroy(actor: Actor, people: Sequence[Participant], reason: str, *, now: datetime) -> Destruction:
    ids = [participant.id for participant in people]
    emptied = empty_people(people, now=now)
    content = {
        "reason": str(reason),
        "at": now.isoformat(),
        "participants": [str(each) for each in ids],
        "emptied": emptied,
    }
    certificate: Destruction = Destruction.objects.create(
        reason=reason,
        at=now,
        participants=content["participants"],
        emptied=emptied,
        fingerprint=fingerprint(content),
    )
    defer("privacy.tasks.certify_destructions")
    defer("rewards.tasks.sweep_expired")  # their seats are free again, their codes end
    for each in ids:
        record(
            "privacy.forgotten", actor=actor, subject=Ref("participant", each), at=now,
            reason=str(reason), certificate=str(certificate.id), fingerprint=certificate.fingerprint,
        )  # fmt: skip
    return certificate


def empty_people(people: Sequence[Participant], *, now: datetime) -> dict[str, int]:
    """Within a use case: destroy these people's keys and what stands beside them; how much it was."""
    ids = [participant.id for participant in people]
    codes = PhoneCode.objects.filter(participant_id__in=ids)
    codes.filter(closed_at=None).update(closed_at=now, digest=None, phone=None)
    codes.filter(phone_index__in=_proven(people)).update(phone_index=None)
    texts = OutboundText.objects.filter(participant_id__in=ids, sealed__isnull=False).update(
        state=OutboundText.State.LAPSED, settled_at=now, sealed=None
    )
    Participant.objects.filter(pk__in=ids).update(
        state=Participant.State.FORGOTTEN,
        forgotten_at=now,
        wrapped_key=None,
        wrapped_under=None,
        name=None,
        phone=None,
        phone_index=None,
        phone_index_coming=None,
        keep_until=None,
    )
    return {
        "keys": len(people),
        "names": sum(participant.name is not None for participant in people),
        "phones": sum(participant.phone is not None for participant in people),
        "texts": texts,
    }


def _proven(people: Sequence[Participant]) -> list[bytes]:
    """The fingerprints of the numbers that are these people's own."""
    own = [index for each in people for index in (each.phone_index, each.phone_index_coming)]
    return [bytes(index) for index in own if index is not None]
