"""Deeds of signing in: the second factor, the password, an invitation taken up."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kernel.actor import Actor, Ref
from kernel.crypto import key_id_of
from kernel.errors import DomainError
from kernel.key_models import InstitutionKey
from kernel.keyring import key_by_id, writing_key
from kernel.sealed import open_text, seal_text
from ledger.record import record
from tenancy import totp
from tenancy.colleagues import NotOnOneself
from tenancy.models import Invitation, RecoveryCode, Staff, TotpDevice
from tenancy.roles import Permission
from tenancy.second_person import NeedsSecondPerson, needs_second_person
from tenancy.usecase import usecase

INVITATION_LASTS = timedelta(hours=72)


class WrongCode(DomainError):
    code = "wrong_code"
    status = 422
    zh = "验证码不正确或已用过，请输入验证器上的下一个。"
    en = "That code is wrong or was already used. Please enter the next one your authenticator shows."


class WrongPassword(DomainError):
    code = "wrong_password"
    status = 422
    zh = "当前密码不正确。"
    en = "The current password is not correct."


class WeakPassword(DomainError):
    """``reasons`` says what is weak, in the visitor's language."""

    code = "weak_password"
    status = 422
    zh = "{reasons}"
    en = "{reasons}"


class InvitationSpent(DomainError):
    code = "invitation_spent"
    status = 410
    zh = "这份邀请已使用或已过期，请联系机构管理员重新发送。"
    en = "This invitation was used or has expired. Please ask your administrator for a new one."


def propose_secret(staff: Staff, *, now: datetime) -> bytes:
    """A new authenticator secret, sealed; it counts for nothing until a code of it is confirmed."""
    text = totp.new_secret().hex()
    key = writing_key(InstitutionKey.Purpose.SEAL, now=now)
    return seal_text(TotpDevice, "sealed_secret", staff.id, text, key=key)


def secret_of(staff_id: UUID, sealed: bytes) -> bytes:
    """The authenticator secret in the clear: to check a code, or to show it while it is set up."""
    key = key_by_id(key_id_of(sealed))
    return bytes.fromhex(open_text(TotpDevice, "sealed_secret", staff_id, sealed, key=key))


@usecase(by="system")
def note_refused_sign_in(*, actor: Actor, subject: Ref, step: str, now: datetime) -> None:
    """Write down that somebody was not let in. ``step`` is password, second_factor or invitation."""
    record("tenancy.sign_in_refused", actor=actor, subject=subject, at=now, step=step)


@usecase(Permission.VIEW_HOME)
def enrol_second_factor(*, actor: Actor, sealed: bytes, code: str, now: datetime) -> list[str]:
    """Bind an authenticator and hand out fresh recovery codes, shown this once.

    Ends every other session. Raises WrongCode.
    """
    staff = Staff.objects.locked(actor.id)
    step = totp.matching_step(secret_of(staff.id, sealed), code, now=now)
    if step is None:
        raise WrongCode

    TotpDevice.objects.filter(staff=staff).delete()
    TotpDevice.objects.create(
        id=staff.id, staff=staff, sealed_secret=sealed, confirmed_at=now, last_step=step
    )
    codes = _fresh_recovery_codes(staff)
    _end_sessions(staff)

    record("tenancy.second_factor_enrolled", actor=actor, subject=Ref("staff", staff.id), at=now)
    return codes


@usecase(Permission.VIEW_HOME)
def pass_second_factor(*, actor: Actor, code: str, now: datetime) -> None:
    """Complete a sign-in by an authenticator's code or a recovery code; each works once. Raises WrongCode."""
    if totp.looks_like_recovery(code):
        way = "recovery"
        _spend_recovery_code(actor.id, code, now)
    else:
        way = "totp"
        _spend_step(actor.id, code, now)
    record("tenancy.signed_in", actor=actor, subject=Ref("staff", actor.id), at=now, way=way)


@usecase(Permission.VIEW_HOME)
def note_sign_out(*, actor: Actor, now: datetime) -> None:
    """Write down that a colleague left."""
    record("tenancy.signed_out", actor=actor, subject=Ref("staff", actor.id), at=now)


@usecase(Permission.VIEW_HOME)
def change_password(*, actor: Actor, current: str, new: str, now: datetime) -> Staff:
    """Change one's own password, proving the old one. Ends every other session.

    Raises WrongPassword, WeakPassword.
    """
    staff: Staff = Staff.objects.locked(actor.id)
    if not staff.check_password(current):
        raise WrongPassword
    _set_password(staff, new)
    record("tenancy.password_changed", actor=actor, subject=Ref("staff", staff.id), at=now)
    return staff


@usecase(Permission.MANAGE_STAFF, by="staff_or_system")
def invite_staff(*, actor: Actor, staff_id: UUID, now: datetime) -> str:
    """A token by which a colleague sets a password within three days; shown this once. Earlier ones lapse.

    Raises NotOnOneself: one's own password is changed by proving the old one; NeedsSecondPerson: the password
    of somebody who decides is reset in ``tenancy.confirming``.
    """
    if actor.id == staff_id:
        raise NotOnOneself
    staff: Staff = Staff.objects.locked(staff_id)
    if actor.kind == "staff" and needs_second_person(staff):
        raise NeedsSecondPerson
    token = open_invitation(staff, now=now)
    record("tenancy.staff_invited", actor=actor, subject=Ref("staff", staff.id), at=now)
    return token


def open_invitation(staff: Staff, *, now: datetime) -> str:
    """A fresh token, within the running use case; earlier ones lapse."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(staff=staff, used_at=None).update(used_at=now)
    Invitation.objects.create(staff=staff, digest=_digest(token), expires_at=now + INVITATION_LASTS)
    return token


@usecase(by="system")
def accept_invitation(*, actor: Actor, token: str, password: str, now: datetime) -> Staff:
    """Set the password the invitation is for. The second factor, once set, is still asked at sign-in.

    Raises InvitationSpent, WeakPassword.
    """
    invitation = Invitation.objects.select_related("staff").filter(digest=_digest(token)).first()
    if invitation is None or not invitation.staff.is_active:
        raise InvitationSpent
    taken = Invitation.objects.filter(id=invitation.id, used_at=None, expires_at__gt=now).update(used_at=now)
    if taken != 1:
        raise InvitationSpent
    staff: Staff = Staff.objects.locked(invitation.staff_id)
    _set_password(staff, password)
    record("tenancy.invitation_accepted", actor=actor, subject=Ref("staff", staff.id), at=now)
    return staff


def _spend_step(staff_id: UUID, code: str, now: datetime) -> None:
    device = TotpDevice.objects.filter(staff_id=staff_id, confirmed_at__isnull=False).first()
    if device is None:
        raise WrongCode
    step = totp.matching_step(secret_of(staff_id, bytes(device.sealed_secret)), code, now=now)
    if step is None:
        raise WrongCode
    if TotpDevice.objects.filter(id=device.id, last_step__lt=step).update(last_step=step) != 1:
        raise WrongCode


def _spend_recovery_code(staff_id: UUID, code: str, now: datetime) -> None:
    digests = totp.recovery_digests(code, staff_id=str(staff_id))
    unspent = RecoveryCode.objects.filter(staff_id=staff_id, used_at=None, digest__in=digests)
    if unspent.update(used_at=now) != 1:
        raise WrongCode


def _fresh_recovery_codes(staff: Staff) -> list[str]:
    RecoveryCode.objects.filter(staff=staff).delete()
    codes = totp.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff=staff, digest=totp.recovery_digests(code, staff_id=str(staff.id))[0])
        for code in codes
    )
    return codes


def _set_password(staff: Staff, password: str) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as weak:
        raise WeakPassword(reasons=" ".join(weak.messages)) from None
    staff.set_password(password)
    staff.session_epoch += 1
    staff.save(update_fields=["password", "session_epoch"])


def _end_sessions(staff: Staff) -> None:
    staff.session_epoch += 1
    staff.save(update_fields=["session_epoch"])


def _digest(token: str) -> bytes:
    return sha256(token.strip().encode()).digest()
