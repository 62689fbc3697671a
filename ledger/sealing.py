"""Sealing the ledger: a signed Merkle tree under every stretch of it, each seal chained to the one before.

Nobody who holds only the database can change, remove, insert or reorder a sealed entry without the seals
saying so: not the runtime role, not the owner of the tables, not a superuser. What is sealed never moves, so
the ledger's own table knows nothing of seals.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from kernel.fingerprint import canonical_json
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from ledger.merkle import Hash, audit_path, leaf_hash, root_of
from ledger.models import Entry, Seal
from ledger.queries import Position, after, entries_after, up_to
from ledger.signing import UnknownSealKey, public_key, public_keys, sign

__all__ = [
    "Broken",
    "Checked",
    "check",
    "check_stretch",
    "entries_under",
    "exported",
    "hash_of",
    "header",
    "is_under",
    "leaf_of",
    "proof_of",
    "proofs_of",
    "public_keys",
    "run_of",
    "seal_next",
    "seal_of",
    "stretches_until",
]

LARGEST = 4096
# The end of all seals, then that of the last one which can hold an entry of these days. Day by day, so that
# each is one look at the index; seals that do not say their day may hold anything. One statement, one moment.
_ENDS = """
WITH own AS NOT MATERIALIZED (
    SELECT last_transaction, last_entry, earliest_day FROM ledger_seal WHERE institution_id = %(house)s
), span AS (SELECT min(earliest_day) AS first, LEAST(max(earliest_day), %(day)s::date) AS last FROM own)
(SELECT 0 AS place, last_transaction, last_entry FROM own ORDER BY 2 DESC, 3 DESC LIMIT 1)
UNION ALL
(SELECT 1, last_transaction, last_entry FROM (
    SELECT found.* FROM span
     CROSS JOIN generate_series(0, span.last - span.first) AS days
     CROSS JOIN LATERAL (
        SELECT last_transaction, last_entry FROM own WHERE earliest_day = span.first + days
         ORDER BY last_transaction DESC, last_entry DESC LIMIT 1) AS found
    UNION ALL (
        SELECT last_transaction, last_entry FROM own WHERE earliest_day IS NULL
         ORDER BY last_transaction DESC, last_entry DESC LIMIT 1)
 ) AS ends ORDER BY 2 DESC, 3 DESC LIMIT 1)
ORDER BY place
"""
NOTHING_BEFORE = bytes(32)


@dataclass(frozen=True, slots=True)
class Broken:
    """What a check found: the seal it concerns and what is wrong with it."""

    number: int
    fault: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check: how much was looked at, what is not sealed yet, what is wrong."""

    seals: int
    entries: int
    unsealed: int
    faults: tuple[Broken, ...]

    @property
    def is_sound(self) -> bool:
        return not self.faults


def leaf_of(entry: Entry) -> dict[str, Any]:
    """Everything an entry says, in the one form that is hashed; those of before the database's clock was
    written down lack it.
    """
    told = {
        "actor": [entry.actor_kind, str(entry.actor_id)],
        "at": _written(entry.at),
        "campaign": _id(entry.campaign_id),
        "channel": entry.channel,
        "data": entry.data,
        "id": entry.id,
        "institution": str(entry.institution_id),
        "subject": [entry.subject_kind, str(entry.subject_id)],
        "transaction": entry.transaction,
        "variant": entry.variant,
        "verb": entry.verb,
        "version": _id(entry.version_id),
    }
    return told if entry.recorded_at is None else told | {"recorded": _written(entry.recorded_at)}


def header(seal: Seal) -> dict[str, Any]:
    """What a seal signs."""
    return {
        "count": seal.count,
        "first": [seal.first_transaction, seal.first_entry],
        "institution": str(seal.institution_id),
        "key": seal.key,
        "last": [seal.last_transaction, seal.last_entry],
        "number": seal.number,
        "previous": bytes(seal.previous).hex(),
        "root": bytes(seal.root).hex(),
        "sealed_at": _written(seal.sealed_at),
    }


def seal_next(*, now: datetime, limit: int = LARGEST) -> Seal | None:
    """Seal the next settled entries of the open institution; None when there are none.

    One sealer at a time; the chain's unique keys hold even if two should try.
    """
    with transaction.atomic():
        if not _my_turn():
            return None
        before: Seal | None = Seal.objects.order_by("-number").first()
        entries = entries_after(_end_of(before), limit)
        if not entries:
            return None
        seal = _sealed(before, entries, now)
        seal.save(force_insert=True)
        return seal


def seal_of(transaction_id: int, entry_id: int) -> Seal | None:
    """The seal under an entry, or None while it waits."""
    found: Seal | None = (
        Seal.objects.filter(
            RawSQL(
                "last_transaction >= %s AND (last_transaction, last_entry) >= (%s, %s)",
                (transaction_id, transaction_id, entry_id),
                output_field=BooleanField(),
            )
        )
        .order_by("last_transaction", "last_entry")  # the index of its seals; in order of number, too
        .first()
    )
    return found


def stretches_until(day: date) -> list[RawSQL]:
    """Where entries up to this day can lie, the newest stretch first: what waits for its seal, and what lies
    up to the last seal that holds one. All the others happened later and need not be read.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, {"house": current_institution(), "day": day})
        ends = {place: Position(*end) for place, *end in cursor.fetchall()}
    unsealed, sealed = after(ends.get(0, Position())), ends.get(1)
    return [unsealed, up_to(sealed)] if sealed else [unsealed]


def proof_of(entry: Entry, seal: Seal) -> dict[str, Any] | None:
    """All that is needed to verify one entry offline; None if it is not under this seal (any more)."""
    entries = list(entries_under(seal))
    places = [place for place, one in enumerate(entries) if one.id == entry.id]
    if not places:
        return None
    hashes = [hash_of(one) for one in entries]
    return {
        "entry": leaf_of(entry),
        "index": places[0],
        "path": [neighbour.hex() for neighbour in audit_path(places[0], hashes)],
        "seal": exported(seal),
    }


def proofs_of(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Seal | None, int, list[Hash]]]:
    """Each entry in the ledger's order with its seal, its place under it and its path to the signed root.

    No seal for one that still waits, or that is not under its seal any more. Each tree is computed once.
    """
    seal: Seal | None = None
    places: dict[int, int] = {}
    hashes: list[Hash] = []
    for entry in sorted(entries, key=lambda one: (one.transaction, one.id)):
        if seal is None or (entry.transaction, entry.id) > (seal.last_transaction, seal.last_entry):
            seal = seal_of(entry.transaction, entry.id)
            under = list(entries_under(seal)) if seal else []
            places = {one.id: place for place, one in enumerate(under)}
            hashes = [hash_of(one) for one in under]
        if seal is None or entry.id not in places:
            yield entry, None, 0, []
        else:
            yield entry, seal, places[entry.id], audit_path(places[entry.id], hashes)


def run_of(*, first: int, last: int) -> dict[str, Any]:
    """The seals numbered ``first`` to ``last`` and every entry under them."""
    seals = list(Seal.objects.filter(number__gte=first, number__lte=last).order_by("number"))
    return {
        "seals": [exported(seal) for seal in seals],
        "entries": [leaf_of(entry) for seal in seals for entry in entries_under(seal)],
    }


def is_under(entry: Entry, seal: Seal) -> bool:
    """Whether the entry, as it stands now, leads to the seal's signed root."""
    entries = list(entries_under(seal))
    hashes = [hash_of(one) for one in entries]
    signed = canonical_json(header(seal))
    return (
        any(one.id == entry.id for one in entries)
        and root_of(hashes) == bytes(seal.root)
        and _is_signed(seal, signed)
    )


def exported(seal: Seal) -> dict[str, Any]:
    """A seal as it leaves the house: header and signature."""
    return {"header": header(seal), "signature": base64.b64encode(bytes(seal.signature)).decode()}


def check(*, newest: int | None = None, most: int | None = None) -> Checked:
    """Compute everything again from the rows as they are: trees, chain, signatures.

    ``newest`` bounds the check to that many seals, ``most`` to those that hold so many entries
    together. Entries slipped in between or before seals are found
    because each stretch is read whole, from the seal before it.
    """
    seals = _chosen(newest, most)
    faults, entries = _faults_under(seals)
    waiting = Entry.objects.filter(after(_end_of(seals[-1] if seals else None))).count()
    return Checked(len(seals), entries, waiting, tuple(faults))


def check_stretch(*, first: int, last: int) -> Checked:
    """The same for the seals numbered ``first`` to ``last``; a number that should be there and is not is a
    fault. What is not sealed yet is not looked at.
    """
    seals = list(Seal.objects.filter(number__gte=first, number__lte=last).order_by("number"))
    faults, entries = _faults_under(seals)
    end = seals[-1].number if seals else first - 1
    newest = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if end < min(last, newest):
        faults.append(Broken(end + 1, "missing"))
    return Checked(len(seals), entries, 0, tuple(faults))


def _faults_under(seals: Sequence[Seal]) -> tuple[list[Broken], int]:
    """What is wrong with a run of seals, and how many entries they count."""
    faults: list[Broken] = []
    before = Seal.objects.filter(number=seals[0].number - 1).first() if seals else None
    if seals and seals[0].number > 1 and before is None:
        faults.append(Broken(seals[0].number - 1, "missing"))
    for seal in seals:
        faults += _faults_of(seal, before)
        before = seal
    return faults, sum(seal.count for seal in seals)


def entries_under(seal: Seal) -> Iterator[Entry]:
    """The entries of a seal's stretch as they are now, in order."""
    before = Seal.objects.filter(number=seal.number - 1).first()
    yield from _stretch(_end_of(before), _end_of(seal))


def hash_of(entry: Entry) -> Hash:
    return leaf_hash(canonical_json(leaf_of(entry)))


def _faults_of(seal: Seal, before: Seal | None) -> Iterable[Broken]:
    signed = canonical_json(header(seal))
    if before is not None and seal.number != before.number + 1:
        yield Broken(before.number + 1, "missing")
    if bytes(seal.previous) != (bytes(before.digest) if before else NOTHING_BEFORE):
        yield Broken(seal.number, "chain")
    if bytes(seal.digest) != hashlib.sha256(signed).digest():
        yield Broken(seal.number, "seal_altered")
    if not _is_signed(seal, signed):
        yield Broken(seal.number, "signature")
    entries = list(_stretch(_end_of(before), _end_of(seal)))
    if len(entries) != seal.count:
        yield Broken(seal.number, "count")
    elif root_of([hash_of(entry) for entry in entries]) != bytes(seal.root):
        yield Broken(seal.number, "entries")


def _is_signed(seal: Seal, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key(seal.key)).verify(bytes(seal.signature), signed)
    except (InvalidSignature, UnknownSealKey):  # a key that is none of ours signs nothing
        return False
    return True


def _sealed(before: Seal | None, entries: Sequence[Entry], now: datetime) -> Seal:
    seal = Seal(
        institution_id=current_institution(),
        number=before.number + 1 if before else 1,
        first_transaction=entries[0].transaction,
        first_entry=entries[0].id,
        last_transaction=entries[-1].transaction,
        last_entry=entries[-1].id,
        count=len(entries),
        root=root_of([hash_of(entry) for entry in entries]),
        previous=bytes(before.digest) if before else NOTHING_BEFORE,
        sealed_at=now,
        earliest_day=local_day(min(entry.at for entry in entries)),
    )
    seal.key, _ = sign(b"")
    signed = canonical_json(header(seal))
    seal.digest = hashlib.sha256(signed).digest()
    _, seal.signature = sign(signed)
    return seal


def _chosen(newest: int | None, most: int | None) -> list[Seal]:
    """In order; the newest one always."""
    found = Seal.objects.order_by("-number")
    seals = list(found[:newest] if newest else found)
    if most is not None:
        sums = accumulate(seal.count for seal in seals)
        seals = seals[: max(1, sum(total <= most for total in sums))]
    return seals[::-1]


def _stretch(first: Position, last: Position) -> QuerySet[Entry]:
    within: QuerySet[Entry] = Entry.objects.filter(after(first), up_to(last))
    return within.order_by("transaction", "id")


def _end_of(seal: Seal | None) -> Position:
    return Position(seal.last_transaction, seal.last_entry) if seal else Position()


def _my_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"seal:{current_institution()}"]
        )
        return bool(cursor.fetchone()[0])


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None
