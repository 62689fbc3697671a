"""Files in one ZIP: the same files give the same bytes, whenever and wherever they are packed.

An `Archive` hands its bytes out as it goes and can be gone on with by another process, so a large one is
never whole in anyone's memory.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_EPOCH = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Packed:
    """Where a file lies in the archive; sizes and place in bytes."""

    name: str
    crc: int
    size: int
    packed: int
    place: int


class _Window(io.BytesIO):
    """The end of a long file: what lies before it has been taken away."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._start = start

    def tell(self) -> int:
        return self._start + super().tell()

    def seek(self, place: int, whence: int = 0) -> int:
        return self._start + super().seek(place - self._start if whence == 0 else place, whence)

    def take(self) -> bytes:
        body = self.getvalue()
        self._start += len(body)
        super().seek(0)
        self.truncate()
        return body


class Archive:
    """A ZIP written file by file. ``start`` and ``before`` say what another process has written already."""

    def __init__(self, *, start: int = 0, before: Iterable[Packed] = ()) -> None:
        self._window = _Window(start)
        self._zip = zipfile.ZipFile(self._window, "w", zipfile.ZIP_DEFLATED)
        self._zip.infolist().extend(_entry_of(one) for one in before)
        self._told = len(self._zip.infolist())

    def add(self, name: str, body: bytes) -> None:
        """Write one file behind the others. Names are plain ASCII with slashes: they unpack everywhere."""
        name.encode("ascii")
        self._zip.writestr(_entry(name), body)

    def take(self) -> tuple[bytes, list[Packed]]:
        """What was written since the last time, and the files in it."""
        fresh = self._zip.infolist()[self._told :]
        self._told += len(fresh)
        return self._window.take(), [_packed(one) for one in fresh]

    def close(self) -> bytes:
        """The last bytes: what was not taken yet, and the directory of all files."""
        self._zip.close()
        return self._window.take()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The archive, its files in the order of their names."""
    archive = Archive()
    for name in sorted(files):
        archive.add(name, files[name])
    return archive.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _packed(entry: zipfile.ZipInfo) -> Packed:
    return Packed(entry.filename, entry.CRC, entry.file_size, entry.compress_size, entry.header_offset)


def _entry_of(packed: Packed) -> zipfile.ZipInfo:
    entry = _entry(packed.name)
    entry.CRC, entry.file_size, entry.compress_size = packed.crc, packed.size, packed.packed
    entry.header_offset = packed.place
    return entry
