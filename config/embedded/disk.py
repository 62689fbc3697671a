"""Whether the disk still has room. A full one ends the embedded servers in words nobody understands."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path

LEAST_FREE = 48 * 1024**2  # two segments of PostgreSQL's log and something for the rest
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL_WORDS = ("No space left on device", "Disk quota exceeded")


class DiskFull(RuntimeError):
    """No room is left where the data lies. What was acknowledged is kept; the next start finds it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"磁盘已满：{folder} 所在的磁盘只剩 {free_mebibytes(folder)} MB。请腾出空间后重新启动；"
            "已确认的数据都在。\n"
            f"The disk is full: {free_mebibytes(folder)} MB are left where {folder} lies. "
            "Free some space and start again; everything that was acknowledged is kept."
        )


def refuse_full_disk(folders: Iterable[Path], last_words: str = "") -> None:
    """Raises DiskFull where less than ``LEAST_FREE`` is left, or a server's last words say so."""
    for folder in folders:
        if shutil.disk_usage(folder).free < LEAST_FREE or any(words in last_words for words in _FULL_WORDS):
            raise DiskFull(folder)


def is_full_disk(error: OSError) -> bool:
    return error.errno in _FULL


def free_mebibytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free // 1024**2
