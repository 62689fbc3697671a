"""Notices, and people's agreement to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kernel.actor import Actor, Ref
from kernel.defer import defer
from kernel.errors import DomainError
from kernel.fingerprint import fingerprint
from kernel.placeholders import unfilled
from kernel.punctuation import folded
from kernel.timekeeping import whole_days_after
from ledger.record import record
from privacy.models import Consent, Field, NoticeVersion
from privacy.usecases.participants import open_participant
from tenancy.roles import Permission
from tenancy.usecase import usecase

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
        if passage := unfilled(text):
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
def withdraw_consent(*, actor: Actor, purpose: str, now: datetime) -> int:
    """Take back one purpose, whatever versions it was given under; how many consents ended.

    Data that only this purpose allowed is cleared by the retention sweep at once: nothing keeps it any
    longer. Raises Forgotten.
    """
    participant = open_participant(actor.id)
    ended = Consent.objects.filter(participant=participant, purpose=purpose, withdrawn_at=None).update(
        withdrawn_at=now
    )
    if not ended:
        return 0

    if not Consent.objects.filter(participant=participant, withdrawn_at=None).exists():
        participant.keep_until = now
        participant.save(update_fields=["keep_until"])
        defer("privacy.tasks.sweep_retention")
    record(
        "privacy.withdrawn", actor=actor, subject=Ref("participant", participant.id), at=now, purpose=purpose
    )
    return ended
