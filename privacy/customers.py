"""Who is a customer already: the institution's list of keyed hashes, loaded in the background, asked by hash.

The upload is cut at line ends into pieces and stored with the upload; loading takes one piece a transaction,
so a killed worker goes on with the next one. The list becomes current as a whole, in the transaction of its
last piece; until then the list before it answers.
"""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kernel import keyring
from kernel.actor import Actor, Ref
from kernel.crypto import blind_index
from kernel.defer import defer
from kernel.errors import DomainError, NotFound
from kernel.ids import new_id
from kernel.scope import current_institution
from ledger.record import record
from privacy.customer_hashes import HEADER, key_fingerprint
from privacy.customer_models import (
    CustomerFault,
    CustomerHash,
    CustomerImport,
    CustomerKey,
    CustomerPiece,
)
from privacy.models import Participant
from privacy.vault import phone_of
from tenancy.roles import Permission
from tenancy.usecase import usecase

PIECE_BYTES = 1024 * 1024
MOST_BYTES = 512 * 1024 * 1024
MOST_FAULTS = 10_000
DROP_AT_ONCE = 20_000
QUIET = timedelta(minutes=1)  # an import nobody touched for this long is rung for again
_HASH = re.compile(rb"[0-9a-f]{64}\Z")

Standing = Literal["new", "existing", "unknown"]
_State = CustomerImport.State


class WrongCustomerFile(DomainError):
    """The file is not one that our tool wrote."""

    code = "wrong_customer_file"
    status = 400
    zh = "文件格式不正确，请使用本机构下载的名单散列工具生成后上传，不要上传手机号原文。"
    en = "This is not a file written by the hashing tool. Never upload plain numbers."


class WrongCustomerKey(DomainError):
    """The file was made with another key."""

    code = "wrong_customer_key"
    status = 400
    zh = "文件使用的密钥不是本机构当前的名单密钥，请用最新密钥重新生成。"
    en = "The file was made with another key. Please make it again with the current one."


class CustomerFileTooLarge(DomainError):
    code = "customer_file_too_large"
    status = 413
    zh = "文件过大，单次最多 512 MB。"
    en = "The file is too large: at most 512 MB at once."


class ImportRunning(DomainError):
    """One list at a time."""

    code = "import_running"
    zh = "上一份名单还在导入，请等待完成。"
    en = "Another list is still being loaded. Please wait until it is done."


@usecase(Permission.IMPORT_CUSTOMERS)
def make_customer_key(*, actor: Actor, now: datetime) -> tuple[CustomerKey, str]:
    """A fresh key for the list, and its text for the key file: shown once, kept only wrapped."""
    key_id, secret = new_id(), os.urandom(32)
    key: CustomerKey = CustomerKey.objects.create(
        id=key_id,
        wrapped=keyring.provider().wrap(secret, institution=current_institution(), key_id=key_id),
        fingerprint=key_fingerprint(secret),
        made_by=actor.id,
        created_at=now,
    )

    record("privacy.customer_key_made", actor=actor, subject=Ref("customer_key", key.id), at=now)
    return key, base64.urlsafe_b64encode(secret).decode()


@usecase(Permission.IMPORT_CUSTOMERS)
def receive_customers(*, actor: Actor, chunks: Iterable[bytes], now: datetime) -> CustomerImport:
    """Keep an uploaded list, piece by piece, and have it loaded.

    Raises WrongCustomerFile, WrongCustomerKey, CustomerFileTooLarge, ImportRunning.
    """
    if CustomerImport.objects.filter(state=_State.LOADING).exists():
        raise ImportRunning
    received = CustomerImport(id=new_id(), uploaded_by=actor.id, started_at=now, touched_at=now)
    row = 1
    for number, body in enumerate(_pieces(chunks)):
        if number == 0:
            received.key = _key_named(body)
            received.save(force_insert=True)
        CustomerPiece.objects.create(customer_import=received, number=number, first_row=row, body=body)
        row += body.count(b"\n") + (not body.endswith(b"\n"))
        received.pieces, received.size = number + 1, received.size + len(body)
        if received.size > MOST_BYTES:
            raise CustomerFileTooLarge
    if not received.pieces:
        raise WrongCustomerFile
    received.save(update_fields=["pieces", "size"])

    record(
        "privacy.customers_received", actor=actor, subject=Ref("customer_import", received.id), at=now,
        size=received.size,
    )  # fmt: skip
    defer("privacy.tasks.load_customers", import_id=received.id)
    return received


@usecase(by="system", may_do_nothing=True)
def load_customers(*, actor: Actor, import_id: UUID, now: datetime) -> bool:
    """Load the next piece; whether there is more. Several workers may call it: one works, the others pass."""
    loading = (
        CustomerImport.objects.select_for_update(skip_locked=True)
        .filter(pk=import_id, state=_State.LOADING)
        .first()
    )
    if loading is None:
        return False
    piece = CustomerPiece.objects.filter(customer_import=loading, number=loading.next_piece).first()
    if piece is not None:
        _load(loading, piece)
    loading.touched_at = now
    if loading.next_piece < loading.pieces:
        loading.save()
        return True

    _finish(loading, now=now)
    record(
        "privacy.customers_loaded", actor=actor, subject=Ref("customer_import", loading.id), at=now,
        state=loading.state, taken=loading.rows_taken, twice=loading.rows_twice, bad=loading.rows_bad,
    )  # fmt: skip
    return False


@usecase(by="system", may_do_nothing=True)
def drop_replaced_customers(*, actor: Actor, now: datetime) -> int:
    """Delete some hashes of lists that are no longer current; how many. Call until it is none."""
    old = CustomerImport.objects.filter(state=_State.REPLACED).values_list("id", flat=True)
    some = CustomerHash.objects.filter(customer_import__in=list(old)).values_list("id", flat=True)
    dropped, _ = CustomerHash.objects.filter(id__in=list(some[:DROP_AT_ONCE])).delete()
    if dropped:
        record(
            "privacy.customers_dropped", actor=actor, at=now, rows=dropped,
            subject=Ref("institution", current_institution()),
        )  # fmt: skip
    return dropped


def standing_of(participant_id: UUID) -> Standing:
    """Whether this person is on the institution's list; unknown without a proven number or without a list."""
    participant = Participant.objects.filter(pk=participant_id, state=Participant.State.VERIFIED).first()
    current = current_list()
    if participant is None or current is None:
        return "unknown"
    digest = blind_index(phone_of(participant), secret=_secret(current.key), kind="phone")
    known = CustomerHash.objects.filter(customer_import=current, digest=digest).exists()
    return "existing" if known else "new"


def current_list() -> CustomerImport | None:
    """The list that answers now."""
    found: CustomerImport | None = (
        CustomerImport.objects.filter(state=_State.CURRENT).select_related("key").first()
    )
    return found


def uploads() -> QuerySet[CustomerImport]:
    """Every upload, newest first."""
    found: QuerySet[CustomerImport] = CustomerImport.objects.select_related("key")
    return found.order_by("-started_at", "-id")


def current_key() -> CustomerKey | None:
    """The key that the next list must be made with."""
    found: CustomerKey | None = CustomerKey.objects.order_by("-created_at", "-id").first()
    return found


def faults_of(import_id: UUID) -> Iterator[tuple[int, str]]:
    """The row-level error file: line number and reason. Raises NotFound."""
    if not CustomerImport.objects.filter(pk=import_id).exists():
        raise NotFound
    found = CustomerFault.objects.filter(customer_import_id=import_id).order_by("row")
    yield from found.values_list("row", "code").iterator(chunk_size=2000)


def imports_left(now: datetime) -> list[UUID]:
    """Imports that nobody is loading: a worker was killed, or the broker lost the bell."""
    left = CustomerImport.objects.filter(state=_State.LOADING, touched_at__lte=now - QUIET)
    return list(left.values_list("id", flat=True))


def _secret(key: CustomerKey) -> bytes:
    return keyring.provider().unwrap(bytes(key.wrapped), institution=current_institution(), key_id=key.id)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The upload in pieces of whole lines."""
    kept = b""
    for chunk in chunks:
        kept += bytes(chunk)
        while len(kept) >= PIECE_BYTES:
            end = kept.rfind(b"\n", 0, PIECE_BYTES) + 1
            if not end:
                raise WrongCustomerFile
            yield kept[:end]
            kept = kept[end:]
    if kept:
        yield kept


def _key_named(first: bytes) -> CustomerKey:
    """The key that the file's first line names."""
    line = first.split(b"\n", 1)[0].strip().decode("ascii", errors="replace")
    if not line.startswith(HEADER):
        raise WrongCustomerFile
    key = current_key()
    if key is None or key.fingerprint != line.removeprefix(HEADER):
        raise WrongCustomerKey
    return key


def _load(loading: CustomerImport, piece: CustomerPiece) -> None:
    """One piece: good lines copied beside and taken over in one statement, bad ones noted by number."""
    good, bad, rows = _read(bytes(piece.body), piece.first_row)
    taken = _take(loading.id, good)
    room = max(0, MOST_FAULTS - loading.rows_bad)
    CustomerFault.objects.bulk_create(
        [CustomerFault(customer_import=loading, row=row, code=code) for row, code in bad[:room]],
        ignore_conflicts=True,
    )
    loading.rows += rows
    loading.rows_taken += taken
    loading.rows_twice += len(good) - taken
    loading.rows_bad += len(bad)
    loading.loaded += len(piece.body)
    loading.next_piece += 1
    piece.delete()


def _read(body: bytes, first_row: int) -> tuple[list[bytes], list[tuple[int, str]], int]:
    """Good hashes, bad lines with their number, and how many lines counted."""
    good: list[bytes] = []
    bad: list[tuple[int, str]] = []
    for place, raw in enumerate(body.splitlines(), first_row):
        line = raw.strip().lower()
        if not line or line.startswith(b"#"):
            continue
        if _HASH.match(line):
            good.append(line)
        else:
            bad.append((place, _fault_in(line)))
    return good, bad, len(good) + len(bad)


def _fault_in(line: bytes) -> str:
    if line.isdigit() and 7 <= len(line) <= 15:
        return "plain_number"
    return "wrong_length" if len(line) != 64 else "wrong_signs"


def _take(import_id: UUID, good: list[bytes]) -> int:
    """Copy beside, then take over what is not there yet: row-level security checks every row."""
    if not good:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS beside (digest text) ON COMMIT DROP")
        cursor.copy_expert("COPY beside (digest) FROM STDIN", io.BytesIO(b"\n".join(good) + b"\n"))
        cursor.execute(
            "INSERT INTO privacy_customerhash (id, institution_id, customer_import_id, digest)"
            " SELECT DISTINCT ON (digest) gen_random_uuid(), %s, %s, decode(digest, 'hex') FROM beside"
            " ON CONFLICT DO NOTHING",
            [str(current_institution()), str(import_id)],
        )
        taken: int = cursor.rowcount
        cursor.execute("TRUNCATE beside")
    return taken


def _finish(loaded: CustomerImport, *, now: datetime) -> None:
    loaded.finished_at = now
    loaded.state = _State.CURRENT if loaded.rows_taken else _State.ABANDONED
    if loaded.rows_taken:
        CustomerImport.objects.filter(state=_State.CURRENT).update(state=_State.REPLACED)
    loaded.save()
