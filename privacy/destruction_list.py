"""The list of destructions: a signed, chained file outside the database, which a restore does not bring back.

One line an entry: ``{"entry": {…}, "signature": "base64"}``. An entry has a number, the digest of the one
before, the certificate, its institution and the ids of the keys that were destroyed; nothing personal. The
first line begins the list. Signed by the key that seals the ledger; read from its end, so that its head
costs the same at a million entries. A last line without its end was never written: nobody was told of it.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kernel.errors import DomainError
from kernel.fingerprint import canonical_json
from ledger.signing import UnknownSealKey, public_key, sign

NOTHING_BEFORE = "0" * 64
BLOCK = 64 * 1024


class ListMissing(DomainError):
    """There is no list of destructions where the settings say."""

    code = "destruction_list_missing"
    status = 503
    zh = "找不到销毁清单，已停止服务。请找回清单文件；首次安装请运行 manage.py start_destruction_list。"
    en = (
        "The destruction list is missing; nothing is served. Bring its file back, or on a first installation "
        "run manage.py start_destruction_list."
    )


class ListBusy(DomainError):
    """Another process is writing the list: what was asked for did not happen."""

    code = "destruction_list_busy"
    status = 503
    zh = "销毁清单正由另一个进程写入，这次没有执行。请先停止其他进程，再运行一次。"
    en = "Another process is writing the destruction list; nothing was done. Stop it and run this again."


class ListAltered(DomainError):
    """A line of the list is not what was signed, or does not follow from the one before."""

    code = "destruction_list_altered"
    status = 503
    zh = "销毁清单第 {number} 号与签名或前后记录不符，已停止服务。请恢复未经改动的清单文件。"
    en = (
        "Entry {number} of the destruction list does not match its signature or the entries around it; "
        "nothing is served. Bring the unaltered file back."
    )


class ListShorter(DomainError):
    """The database has seen more certificates than the list: it is an old copy, or cut off."""

    code = "destruction_list_shorter"
    status = 503
    zh = "销毁清单只到第 {outside} 号，数据库已记到第 {inside} 号，已停止服务。请找回完整的清单文件。"
    en = (
        "The destruction list ends at {outside}, the database has seen {inside}; nothing is served. Bring "
        "the whole file back."
    )


class BackupRestored(DomainError):
    """The database is older than the list: keys that were destroyed may be back in it."""

    code = "backup_restored"
    status = 503
    zh = (
        "数据库（已记到第 {inside} 号）早于销毁清单（第 {outside} 号），可能恢复自备份，已停止服务。"
        "请先运行 manage.py replay_destructions。"
    )
    en = (
        "The database (certificate {inside}) is older than the destruction list ({outside}), as after a "
        "restored backup; nothing is served. Run manage.py replay_destructions first."
    )


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One entry with its digest, which the next one names."""

    content: dict[str, Any]
    digest: str

    @property
    def number(self) -> int:
        return int(self.content["number"])

    @property
    def begins(self) -> bool:
        """Whether this entry begins the list instead of naming a certificate."""
        return "certificate" not in self.content


def head(path: Path) -> ListEntry:
    """The newest entry, its signature checked. Raises ListMissing, ListAltered."""
    return next(backwards(path))


def backwards(path: Path) -> Generator[ListEntry]:
    """The entries from the newest on, each checked against the one after it.

    Raises ListMissing, ListAltered.
    """
    later: ListEntry | None = None
    for line in _lines_backwards(path):
        entry = _read(line, asked=later.number - 1 if later else 0)
        if later is not None and not _follows(later, entry):
            raise ListAltered(number=entry.number)
        yield entry
        later = entry
    if later is None:
        raise ListMissing
    if not later.begins:
        raise ListAltered(number=later.number)


def forwards(path: Path) -> Iterator[ListEntry]:
    """All entries in order, everything checked, in time linear to their number.

    Raises ListMissing, ListAltered.
    """
    before: ListEntry | None = None
    with _opened(path) as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            entry = _read(line, asked=before.number + 1 if before else 0)
            if (before is None and not entry.begins) or (before is not None and not _follows(entry, before)):
                raise ListAltered(number=entry.number)
            yield entry
            before = entry
    if before is None:
        raise ListMissing


@contextmanager
def writing(path: Path) -> Iterator[bool]:
    """Be the only one who writes, or be told False: the system lets go of a process that died.

    Raises ListMissing where not even its folder is there.
    """
    try:
        queue = path.with_name(path.name + ".lock").open("ab")
    except OSError:
        raise ListMissing from None
    with queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def begin(path: Path, *, at: str, number: int = 0, previous: str = NOTHING_BEFORE) -> ListEntry:
    """The first line of a list. Raises FileExistsError where there is a file."""
    entry, line = _signed({"at": at, "number": number, "previous": previous})
    with path.open("xb") as file:
        _store(file, line)
    _store_folder(path.parent)
    return entry


def append(path: Path, before: ListEntry, content: dict[str, Any]) -> ListEntry:
    """The next entry, on the disk when this returns. Only within ``writing``, after ``before``, the head."""
    entry, line = _signed(content | {"number": before.number + 1, "previous": before.digest})
    with path.open("r+b") as file:
        _cut_torn_line(file)
        _store(file, line)
    return entry


def _signed(content: dict[str, Any]) -> tuple[ListEntry, bytes]:
    name, _ = sign(b"")
    content = content | {"key": name}
    message = canonical_json(content)
    _, signature = sign(message)
    line = canonical_json({"entry": content, "signature": base64.b64encode(signature).decode()})
    return ListEntry(content, sha256(message).hexdigest()), line + b"\n"


def _read(line: bytes, *, asked: int) -> ListEntry:
    """``asked``: the number it should have, named where nothing can be read."""
    try:
        told = json.loads(line)
        content, signature = told["entry"], base64.b64decode(told["signature"], validate=True)
        message = canonical_json(content)
        Ed25519PublicKey.from_public_bytes(public_key(content["key"])).verify(signature, message)
        return ListEntry({**content, "number": int(content["number"])}, sha256(message).hexdigest())
    except (ValueError, KeyError, TypeError, binascii.Error, InvalidSignature, UnknownSealKey):
        raise ListAltered(number=asked) from None


def _follows(later: ListEntry, before: ListEntry) -> bool:
    return later.number == before.number + 1 and later.content["previous"] == before.digest


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError:
        raise ListMissing from None
    with file:
        yield file


def _lines_backwards(path: Path) -> Iterator[bytes]:
    """Whole lines from the last one on, a block at a time; each block is read once."""
    with _opened(path) as file:
        place = file.seek(0, os.SEEK_END)
        pieces: list[bytes] = []
        ended = False
        while place > 0:
            size = min(BLOCK, place)
            place -= size
            file.seek(place)
            parts = file.read(size).split(b"\n")
            if len(parts) > 1:
                if ended:
                    yield parts[-1] + b"".join(reversed(pieces))
                ended = True  # what comes after the last line's end is torn
                yield from reversed(parts[1:-1])
                pieces = [parts[0]]
            else:
                pieces.append(parts[0])
        if ended and pieces:
            yield b"".join(reversed(pieces))


def _cut_torn_line(file: BinaryIO) -> None:
    """What a crash left half written goes: nobody was told of it."""
    end = file.seek(0, os.SEEK_END)
    kept = end
    while kept > 0:
        size = min(BLOCK, kept)
        file.seek(kept - size)
        found = file.read(size).rfind(b"\n")
        if found >= 0:
            kept = kept - size + found + 1
            break
        kept -= size
    if kept < end:
        file.truncate(kept)
    file.seek(kept)


def _store(file: BinaryIO, line: bytes) -> None:
    file.write(line)
    file.flush()
    os.fsync(file.fileno())


def _store_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
