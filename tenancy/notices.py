"""Staff notices: what a colleague should know, told once and kept 180 days.

A room above says its kinds in words and how its subjects are called and found, from ``<app>/desk.py``:

    notice_kind(NoticeKind("review.returned", _("《%(title)s》被退回修改"), icon="refresh", tone="caution"))
    notice_subject("review", names=called)   # called(ids) -> {id: Called(title, url)}, one query

and calls ``notify`` inside its own use case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kernel.actor import Actor, Ref
from kernel.errors import NotFound
from kernel.scope import current_institution
from ledger.record import record
from tenancy.models import Staff, StaffNotice
from tenancy.roles import Permission
from tenancy.usecase import usecase

KEPT = timedelta(days=180)
MOST_COUNTED = 100
_PER_SWEEP = 1000


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice. ``sentence`` may say %(title)s (of the subject) and %(who)s (who caused it)."""

    key: str
    sentence: str | Promise
    icon: str = "bell"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """How a subject is called, and the page about it."""

    title: str
    url: str


Names = Callable[[Sequence[UUID]], Mapping[UUID, Called]]


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """A notice in words. ``url`` is empty when what it is about is no longer there."""

    id: UUID
    sentence: str
    url: str
    icon: str
    tone: str
    at: datetime
    unread: bool


_kinds: dict[str, NoticeKind] = {}
_subjects: dict[str, Names] = {}


def notice_kind(kind: NoticeKind) -> None:
    """Declare a kind. Declaring one twice is a mistake and says so."""
    if kind.key in _kinds:
        raise ValueError(f"{kind.key} is declared already")
    _kinds[kind.key] = kind


def notice_subject(kind: str, *, names: Names) -> None:
    """Say how subjects of a kind are called and where they are found; one query for all ids."""
    _subjects[kind] = names


def notify(
    staff_ids: Iterable[UUID],
    *,
    kind: str,
    subject: Ref,
    source: UUID,
    by: UUID | None = None,
    place: str = "",
    now: datetime,
) -> None:
    """Tell colleagues, once for each source (the remark, the decision …), within the running use case.

    Nobody is told of their own deed (``by``), nor anybody who has left or stands in another institution.
    ``place`` is the anchor on the subject's page.
    """
    if kind not in _kinds:
        raise ValueError(f"{kind} is not declared")
    asked = set(staff_ids) - {by}
    present = Staff.objects.filter(id__in=asked, is_active=True).exclude(access_until__lte=now)
    known = present.values_list("id", flat=True) if asked else ()
    StaffNotice.objects.bulk_create(
        [
            StaffNotice(
                recipient_id=staff_id,
                by_id=by,
                kind=kind,
                subject_kind=subject.kind,
                subject_id=subject.id,
                source_id=source,
                place=place[:200],
                at=now,
            )
            for staff_id in sorted(known)
        ],
        ignore_conflicts=True,
    )


def settle(
    kinds: Iterable[str],
    *,
    subject: Ref,
    of: UUID | None = None,
    source: UUID | None = None,
    now: datetime,
) -> None:
    """What these notices asked for is done: unread ones no longer count, for one colleague or for all, from
    one source or from any.
    """
    unread = StaffNotice.objects.filter(
        kind__in=list(kinds), subject_kind=subject.kind, subject_id=subject.id, read_at=None
    )
    if of is not None:
        unread = unread.filter(recipient_id=of)
    if source is not None:
        unread = unread.filter(source_id=source)
    unread.update(read_at=now)


def notices_of(staff_id: UUID, *, unread_only: bool = False) -> QuerySet[StaffNotice]:
    """A colleague's notices, newest first."""
    found: QuerySet[StaffNotice] = StaffNotice.objects.filter(recipient_id=staff_id).select_related("by")
    if unread_only:
        found = found.filter(read_at__isnull=True)
    return found.order_by("-at", "-id")


def unread_count(staff_id: UUID) -> int:
    """How many are unread; counting stops at a hundred."""
    return int(StaffNotice.objects.filter(recipient_id=staff_id, read_at=None)[:MOST_COUNTED].count())


def worded(notices: Sequence[StaffNotice]) -> list[ReadNotice]:
    """Notices in the reader's language: one query for each kind of subject among them, however many."""
    asked: dict[str, set[UUID]] = defaultdict(set)
    for notice in notices:
        asked[notice.subject_kind].add(notice.subject_id)
    called = {kind: _subjects[kind](sorted(ids)) for kind, ids in asked.items() if kind in _subjects}
    return [_worded(notice, called.get(notice.subject_kind, {}).get(notice.subject_id)) for notice in notices]


def address_of(subject: Ref) -> str:
    """The page about a subject; empty when it is not there."""
    names = _subjects.get(subject.kind)
    called = names([subject.id]).get(subject.id) if names else None
    return called.url if called else ""


@usecase(Permission.VIEW_HOME)
def read_notice(*, actor: Actor, notice_id: UUID, now: datetime) -> ReadNotice:
    """Mark one of one's own notices as read, and say where it leads. Raises NotFound."""
    notice: StaffNotice | None = notices_of(actor.id).filter(id=notice_id).first()
    if notice is None:
        raise NotFound
    StaffNotice.objects.filter(id=notice.id, read_at=None).update(read_at=now)
    record(
        "tenancy.notice_read",
        actor=actor,
        subject=Ref("staff_notice", notice.id),
        at=now,
        kind=notice.kind,
    )
    return worded([notice])[0]


@usecase(Permission.VIEW_HOME)
def read_all_notices(*, actor: Actor, now: datetime) -> int:
    """Mark all of one's own notices as read; how many there were."""
    read = StaffNotice.objects.filter(recipient_id=actor.id, read_at=None, at__lte=now).update(read_at=now)
    record("tenancy.notices_read", actor=actor, subject=Ref("staff", actor.id), at=now, count=read)
    return int(read)


@usecase(by="system", may_do_nothing=True)
def sweep_notices(*, actor: Actor, now: datetime) -> int:
    """Delete notices older than 180 days, a thousand at a time; how many. Safe to repeat."""
    old = StaffNotice.objects.filter(at__lt=now - KEPT).order_by("at", "id").values("id")[:_PER_SWEEP]
    swept, _each = StaffNotice.objects.filter(id__in=old).delete()
    if swept:
        record(
            "tenancy.notices_swept",
            actor=actor,
            subject=Ref("institution", current_institution()),
            at=now,
            count=swept,
        )
    return int(swept)


def _worded(notice: StaffNotice, called: Called | None) -> ReadNotice:
    kind = _kinds.get(notice.kind) or NoticeKind(notice.kind, "%(title)s")
    said = {
        "title": called.title if called else _("（内容已不存在）"),
        "who": notice.by.display_name if notice.by else _("系统"),
    }
    url = called.url if called else ""
    return ReadNotice(
        id=notice.id,
        sentence=str(kind.sentence) % said,
        url=f"{url}#{notice.place}" if url and notice.place else url,
        icon=kind.icon,
        tone=kind.tone,
        at=notice.at,
        unread=notice.read_at is None,
    )
