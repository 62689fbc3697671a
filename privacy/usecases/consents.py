"""Notices, and people's agreement to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.errors import DomainError
from kernel.fingerprint import fingerprint
from kernel.ids import new_id
from kernel.placeholders import unfilled
from kernel.punctuation import folded
from kernel.timekeeping import last_whole_day, whole_days_after
from kernel.typeface import undrawable
from ledger.record import record
from privacy.models import Consent, Field, NoticeVersion, Participant
from privacy.queries import same_person
from privacy.usecases.participants import open_participant
from tenancy.roles import Permission
from tenancy.usecase import usecase

LAST_WORD = timedelta(hours=1)
"""How long a person's data is kept after a withdrawal cancelled a booking: the text saying so goes out."""

SENTENCE = "信息仅用于服务预约，将加密存储"
"""What every notice before a form says, word for word, whatever the width of its mark (F21)."""


class NoticeIncomplete(DomainError):
    """The notice does not say what it must; `missing` names it."""

    code = "notice_incomplete"
    status = 400
    zh = "告知内容不完整：{missing}。"
    en = "The notice is not complete: {missing}."


class NoticeOutdated(DomainError):
    """The person read an older text than the one in force."""

    code = "notice_outdated"
    zh = "告知内容已更新，请重新阅读后再同意。"
    en = "The notice has changed. Please read it again before you agree."


class PurposeUnknown(DomainError):
    """The notice does not name that purpose."""

    code = "purpose_unknown"
    status = 400
    zh = "告知中没有这项用途。"
    en = "The notice does not name this purpose."


@usecase(Permission.MANAGE_PRIVACY)
def publish_notice(
    *,
    actor: Actor,
    key: str,
    title: str,
    body: str,
    purposes: Sequence[Mapping[str, str]],
    fields: Sequence[str],
    keep_days: int,
    now: datetime,
) -> NoticeVersion:
    """Publish the next version of a notice: `purposes` are {"code", "sentence"}; `fields` of F20 only.

    Raises NoticeIncomplete.
    """
    if fields and folded(SENTENCE) not in folded(body):
        raise NoticeIncomplete(missing=SENTENCE)
    for text in (title, body, *(str(purpose.get("sentence", "")) for purpose in purposes)):
        if passage := unfilled(text) or undrawable(text):
            raise NoticeIncomplete(missing=passage)
    if not purposes or any(not purpose.get("code") or not purpose.get("sentence") for purpose in purposes):
        raise NoticeIncomplete(missing="purposes")
    if set(fields) - set(Field.values):
        raise NoticeIncomplete(missing=" / ".join(Field.values))
    if not 1 <= keep_days <= 1095:
        raise NoticeIncomplete(missing="keep_days 1–1095")

    last = NoticeVersion.objects.filter(key=key).order_by("-number").first()
    content = {
        "key": key,
        "number": last.number + 1 if last else 1,
        "title": title,
        "body": body,
        "purposes": [dict(purpose) for purpose in purposes],
        "fields": list(fields),
        "keep_days": keep_days,
    }
    notice: NoticeVersion = NoticeVersion.objects.create(
        **content, fingerprint=fingerprint(content), published_at=now
    )

    record(
        "privacy.notice_published", actor=actor, subject=Ref("notice", notice.id), at=now,
        key=key, number=notice.number, fingerprint=notice.fingerprint,
    )  # fmt: skip
    return notice


@usecase(by="participant")
def give_consent(
    *,
    actor: Actor,
    notice_id: UUID,
    purposes: Sequence[str],
    device_family: str,
    campaign_id: UUID | None = None,
    now: datetime,
) -> list[Consent]:
    """Agree to purposes of the notice in force; agreeing twice changes nothing.

    Raises NoticeOutdated, PurposeUnknown, Forgotten.
    """
    participant = open_participant(actor.id)
    notice = NoticeVersion.of(notice_id)
    if NoticeVersion.objects.filter(key=notice.key, number__gt=notice.number).exists():
        raise NoticeOutdated
    known = {purpose["code"] for purpose in notice.purposes}
    if not purposes or set(purposes) - known:
        raise PurposeUnknown

    live = {
        consent.purpose: consent
        for consent in Consent.objects.filter(participant=participant, notice=notice, withdrawn_at=None)
    }
    for purpose in sorted(set(purposes) - set(live)):
        live[purpose] = Consent.objects.create(
            participant=participant,
            notice=notice,
            purpose=purpose,
            fields=notice.fields,
            text_fingerprint=notice.fingerprint,
            device_family=device_family[:40],
            given_at=now,
        )
    until = whole_days_after(now, notice.keep_days)
    if participant.keep_until is None or participant.keep_until < until:
        participant.keep_until = until
        participant.save(update_fields=["keep_until"])

    record(
        "privacy.consented", actor=actor, subject=Ref("participant", participant.id), at=now,
        campaign_id=campaign_id, notice=str(notice.id), fingerprint=notice.fingerprint,
        purposes=sorted(set(purposes)),
    )  # fmt: skip
    return [live[purpose] for purpose in sorted(set(purposes))]


@usecase(by="participant", may_do_nothing=True)
def withdraw_consent(
    *,
    actor: Actor,
    purpose: str,
    outcome: str = Consent.Outcome.ENDED,
    needed: Mapping[UUID, datetime] | None = None,
    receipt: UUID | None = None,
    now: datetime,
) -> int:
    """Take back one purpose, whatever versions it was given under; how many consents ended.

    It ends for every pseudonym of the person. Data that only this purpose allowed is cleared by the retention
    sweep: at once; after an hour where a cancelled booking has to be texted; or, for the pseudonyms in
    `needed`, when the booking that goes on is over. `receipt` names the withdrawal. Raises Forgotten.
    """
    open_participant(actor.id)
    people = same_person(actor.id)
    needed = needed or {}
    receipt = receipt or new_id()
    kept_until = max(needed.values(), default=None)
    ended = Consent.objects.filter(participant__in=people, purpose=purpose, withdrawn_at=None).update(
        withdrawn_at=now, outcome=outcome, receipt=receipt, kept_until=kept_until
    )
    if not ended:
        return 0

    until = now + LAST_WORD if outcome == Consent.Outcome.CANCELLED else now
    _let_go(people, {each: needed.get(each, until) for each in people})
    record(
        "privacy.withdrawn", actor=actor, subject=Ref("participant", actor.id), at=now, purpose=purpose,
        outcome=str(outcome), receipt=str(receipt),
        basis="contract" if outcome == Consent.Outcome.KEPT else None,
        kept_until=last_whole_day(kept_until).isoformat() if kept_until else None,
    )  # fmt: skip
    return ended


@usecase(by="participant", may_do_nothing=True)
def end_kept_booking(*, actor: Actor, participant_id: UUID, now: datetime) -> None:
    """The last booking that kept data without a consent is cancelled: nothing keeps the data any longer."""
    if Consent.objects.filter(participant_id=participant_id, withdrawn_at=None).exists():
        return
    _let_go([participant_id], {participant_id: now + LAST_WORD})
    record(
        "privacy.basis_ended", actor=actor, subject=Ref("participant", participant_id), at=now,
        basis="contract",
    )  # fmt: skip


def _let_go(people: Sequence[UUID], until: Mapping[UUID, datetime]) -> None:
    """Set the end of keeping for those who agree to nothing any more, and enqueue the sweep."""
    agreeing = set(
        Consent.objects.filter(participant__in=people, withdrawn_at=None).values_list(
            "participant_id", flat=True
        )
    )
    for each in set(people) - agreeing:
        Participant.objects.filter(pk=each).exclude(state=Participant.State.FORGOTTEN).update(
            keep_until=until[each]
        )
    defer("privacy.tasks.sweep_retention")
