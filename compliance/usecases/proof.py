"""Handing out proof: asked for, made piece by piece by a worker, kept some days, taken out.

Every deed of it leaves a trace. A killed worker loses one piece; a sweep rings for what nobody touches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from compliance.evidence import Files, closing_files, signed_manifest, submission_files
from compliance.evidence_plan import plan_of
from compliance.models import EvidencePackage, EvidencePiece, Review
from compliance.notices import tell_of_evidence
from kernel.actor import Actor, Ref
from kernel.archive import Archive, Packed
from kernel.defer import defer
from kernel.errors import DomainError, NotFound
from kernel.ids import new_id
from kernel.scope import current_institution
from ledger.record import record
from tenancy.roles import Permission
from tenancy.scope import institution_of
from tenancy.usecase import usecase

KEPT = timedelta(days=7)
OLDER_KEPT = timedelta(hours=1)  # an older package of the same, once a newer one is ready
MOST_TRIES = 3  # of one piece

_State = EvidencePackage.State
_MOVING = [
    "state", "plan", "pieces", "size", "tries", "problem", "touched_at", "root", "sha256", "made_at",
    "keep_until",
]  # fmt: skip


class EvidenceGone(DomainError):
    """The package is not there to be taken: not ready, or its days are over."""

    code = "evidence_gone"
    status = 410
    zh = "这份证据包还没有做好，或已到期删除。请重新制作。"
    en = "This evidence package is not ready, or its days are over. Please make it again."


@usecase(Permission.VIEW_EVIDENCE, may_do_nothing=True)
def ask_evidence(*, actor: Actor, subject: Ref, now: datetime) -> EvidencePackage:
    """Have everything about a subject's reviews packed; asking again while it is being made is one ask.

    Raises NotFound when it was never reviewed.
    """
    own = Review.objects.of_subject(subject.kind, subject.id).light()
    newest = own.order_by("-submitted_at", "-id").first()
    if newest is None:
        raise NotFound
    asked = EvidencePackage(
        id=new_id(),
        subject_kind=subject.kind,
        subject_id=subject.id,
        review_id=newest.id,
        title=newest.title,
        asked_by_id=actor.id,
        asked_at=now,
        touched_at=now,
    )
    EvidencePackage.objects.bulk_create([asked], ignore_conflicts=True)
    mine = EvidencePackage.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, asked_by_id=actor.id
    )
    package: EvidencePackage = mine.filter(pk=asked.id).first() or mine.order_by("-asked_at", "-id")[0]
    if package.id == asked.id:
        record("compliance.evidence_asked", **_told_of(package, actor, now))
        defer("compliance.tasks.make_evidence", package_id=package.id)
    return package


@usecase(by="system", may_do_nothing=True)
def continue_evidence(*, actor: Actor, package_id: UUID, now: datetime) -> bool:
    """Make the next piece; whether there is more. Several workers may call it: one works, the others pass.

    Raises whatever drawing raises; the piece is then not there.
    """
    package = _being_made(package_id)
    if package is None:
        return False
    package.touched_at, package.tries, package.problem = now, 0, ""
    if not package.planned:
        package.plan, package.as_of = plan_of(package.subject, asked_at=package.asked_at), now
        package.planned = len(package.plan["reviews"]) + 1
        package.save(update_fields=["touched_at", "tries", "problem", "plan", "as_of", "planned"])
        return True
    if package.pieces + 1 < package.planned:
        place = package.pieces + 1
        institution = institution_of(current_institution())
        _keep(package, submission_files(package.plan, place, institution=institution))
        package.save(update_fields=["touched_at", "tries", "problem", "pieces", "size"])
        return True
    _finish(package, actor, now)
    return False


@usecase(by="system", may_do_nothing=True)
def begin_evidence_piece(*, actor: Actor, package_id: UUID, now: datetime) -> bool:
    """Count a try before it is made, so that one which kills its worker counts too; whether to make it."""
    package = _being_made(package_id)
    if package is None:
        return False
    if package.tries >= MOST_TRIES:
        _give_up(package, actor, now)
        return False
    package.tries, package.touched_at = package.tries + 1, now
    package.save(update_fields=["tries", "touched_at"])
    return True


@usecase(by="system", may_do_nothing=True)
def note_evidence_trouble(*, actor: Actor, package_id: UUID, problem: str, now: datetime) -> None:
    """Say on the package what went wrong with the piece; after the last try it is given up."""
    package = _being_made(package_id)
    if package is None:
        return
    package.problem, package.touched_at = problem[:64], now
    package.save(update_fields=["problem", "touched_at"])
    if package.tries >= MOST_TRIES:
        _give_up(package, actor, now)


@usecase(Permission.VIEW_EVIDENCE)
def take_out_evidence(*, actor: Actor, package_id: UUID, now: datetime) -> EvidencePackage:
    """A package to carry away, by the colleague who asked for it; that it was taken is recorded.

    Raises NotFound, EvidenceGone.
    """
    own = EvidencePackage.objects.defer("plan").filter(pk=package_id, asked_by_id=actor.id)
    package: EvidencePackage | None = own.first()
    if package is None:
        raise NotFound
    if not package.can_be_taken(now):
        raise EvidenceGone
    record(
        "compliance.evidence_taken", **_told_of(package, actor, now), root=package.root, sha256=package.sha256
    )
    return package


@usecase(by="system", may_do_nothing=True)
def remove_old_evidence(*, actor: Actor, now: datetime) -> int:
    """Delete the bytes of one package whose days are over; how many. Call until it is none."""
    due = EvidencePackage.objects.select_for_update(skip_locked=True).filter(
        state=_State.READY, keep_until__lte=now
    )
    package = due.defer("plan").order_by("keep_until", "id").first()
    if package is None:
        return 0
    EvidencePiece.objects.filter(package=package).delete()
    package.state = _State.REMOVED
    package.save(update_fields=["state"])
    record("compliance.evidence_removed", **_told_of(package, actor, now), root=package.root)
    return 1


def _being_made(package_id: UUID) -> EvidencePackage | None:
    """The package, locked; None when another worker has it in hand, or it is no longer being made."""
    free = EvidencePackage.objects.select_for_update(skip_locked=True)
    found: EvidencePackage | None = free.filter(pk=package_id, state=_State.PREPARING).first()
    return found


def _keep(package: EvidencePackage, files: Files, *, closing: bool = False) -> None:
    """Write files behind those there are, as the package's next piece."""
    before = _packed(package) if closing else ()
    archive = Archive(start=package.size, before=before)
    hashes = {}
    for name, body in files:
        archive.add(name, body)
        hashes[name] = hashlib.sha256(body).hexdigest()
    body, fresh = archive.take()
    if closing:
        body += archive.close()
    told = [{**asdict(one), "sha256": hashes[one.name]} for one in fresh]
    EvidencePiece.objects.create(package=package, number=package.pieces, files=told, body=body)
    package.pieces, package.size = package.pieces + 1, package.size + len(body)


def _finish(package: EvidencePackage, actor: Actor, now: datetime) -> None:
    """The last piece with manifest and signature; then it is ready, and an older one soon goes."""
    _keep(package, _closing(package), closing=True)
    package.root, package.sha256 = _root(package), _sha256(package)
    package.state, package.plan = _State.READY, {}
    package.made_at, package.keep_until = now, now + KEPT
    package.save(update_fields=_MOVING)
    older = EvidencePackage.objects.filter(
        subject_kind=package.subject_kind,
        subject_id=package.subject_id,
        asked_by_id=package.asked_by_id,
        state=_State.READY,
        keep_until__gt=now + OLDER_KEPT,
    )
    older.exclude(pk=package.pk).update(keep_until=now + OLDER_KEPT)
    record(
        "compliance.evidence_made", **_told_of(package, actor, now), root=package.root, sha256=package.sha256
    )
    tell_of_evidence(package, now=now)


def _closing(package: EvidencePackage) -> Files:
    institution = institution_of(package.institution_id)
    as_of = package.as_of or package.asked_at
    hashes = {one["name"]: one["sha256"] for files in _told(package) for one in files}
    for name, body in closing_files(
        package.plan,
        subject=package.subject,
        institution=institution,
        asked_at=package.asked_at,
        as_of=as_of,
    ):
        hashes[name] = hashlib.sha256(body).hexdigest()
        yield name, body
    files, _root_hash = signed_manifest(hashes, subject=package.subject, institution=institution, as_of=as_of)
    yield from files.items()


def _told(package: EvidencePackage) -> list[list[Mapping[str, str]]]:
    """What the pieces say of their files, without their bytes."""
    kept = EvidencePiece.objects.filter(package=package).order_by("number")
    return list(kept.values_list("files", flat=True))


def _packed(package: EvidencePackage) -> list[Packed]:
    fields = Packed.__dataclass_fields__
    return [
        Packed(**{name: one[name] for name in fields})  # type: ignore[arg-type]  # read back from JSON
        for files in _told(package)
        for one in files
    ]


def _root(package: EvidencePackage) -> str:
    """The manifest's hash names the package."""
    return next(one["sha256"] for one in _told(package)[-1] if one["name"] == "manifest.json")


def _sha256(package: EvidencePackage) -> str:
    whole = hashlib.sha256()
    for number in range(package.pieces):
        whole.update(EvidencePiece.objects.values_list("body", flat=True).get(package=package, number=number))
    return whole.hexdigest()


def _give_up(package: EvidencePackage, actor: Actor, now: datetime) -> None:
    EvidencePiece.objects.filter(package=package).delete()
    package.state, package.plan, package.problem = _State.FAILED, {}, package.problem or "worker_lost"
    package.save(update_fields=["state", "plan", "problem"])
    record("compliance.evidence_failed", **_told_of(package, actor, now), problem=package.problem)
    tell_of_evidence(package, now=now)


def _told_of(package: EvidencePackage, actor: Actor, now: datetime) -> dict[str, Any]:
    """What every row of the ledger says of a package."""
    return {
        "actor": actor,
        "subject": package.ref,
        "at": now,
        "campaign_id": package.subject_id,
        "of": package.subject_kind,
    }
