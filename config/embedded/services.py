"""One data folder, one owner: holds the lock, runs the servers, tells others where they are."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from config.embedded import accounts
from config.embedded.attach import ENVIRONMENT_FILE
from config.embedded.servers import Servers, free_ports, new_secrets

SECRETS_FILE = "secrets.json"


class FolderInUse(RuntimeError):
    """Another process owns this data folder."""


class Services:
    """The servers of a data folder, as a context: started inside, stopped after.

    ``environment`` is what the platform's settings need to use them. Raises FolderInUse, ServerFailed.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._lock = _lock(self.folder)
        home = accounts.home_of_service(self.folder)
        if home != self.folder and not (self.folder / SECRETS_FILE).exists():
            shutil.rmtree(
                home, ignore_errors=True
            )  # of an earlier folder of this name; its passwords are gone
            home = accounts.home_of_service(self.folder)
        self.secrets = _kept_secrets(self.folder)
        self.servers = Servers(home=home, secrets=self.secrets, ports=free_ports(), durable=durable)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.servers.url("hequ_app"),
            "PHONES_DATABASE_URL": self.servers.url("hequ_phones"),
            "OWNER_DATABASE_URL": self.servers.url("hequ_owner"),
            "REDIS_URL": self.servers.redis_url(0),
            "CACHE_URL": self.servers.redis_url(1),
            "SECRET_KEY": self.secrets["django"],
            "HEQU_EMBEDDED_SERVICES": "true",
        }

    def __enter__(self) -> Self:
        try:
            self.servers.start()
        except BaseException:
            self.servers.stop()
            self._lock.close()
            raise
        told = {"supervisor": os.getpid(), "environment": self.environment}
        write_private(self.folder / ENVIRONMENT_FILE, json.dumps(told, indent=1))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        (self.folder / ENVIRONMENT_FILE).unlink(missing_ok=True)
        self.servers.stop()
        self._lock.close()


def forget(folder: Path) -> None:
    """Remove a data folder and what its servers kept elsewhere. Raises FolderInUse."""
    if not folder.exists():
        return
    lock = _lock(folder)
    for place in {accounts.home_of_service(folder), folder}:
        shutil.rmtree(place, ignore_errors=True)
    lock.close()


def holds_cluster(folder: Path) -> bool:
    """Whether a database was ever made for this data folder and is still there."""
    return folder.exists() and (accounts.home_of_service(folder) / "postgres" / "PG_VERSION").exists()


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read; a reader sees the old text or the new, never half."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    draft.replace(path)


def _lock(folder: Path) -> IO[str]:
    handle = (folder / "owner.lock").open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise FolderInUse(f"{folder} is in use by another process") from None
    return handle


def _kept_secrets(folder: Path) -> dict[str, str]:
    kept = folder / SECRETS_FILE
    if not kept.exists():
        made = new_secrets() | {"django": secrets.token_urlsafe(48)}
        made |= {name: secrets.token_hex(16) for name in ("vault", "seals", "desk")}
        write_private(kept, json.dumps(made, indent=1))
    found: dict[str, str] = json.loads(kept.read_text())
    missing = {"desk", "hequ_phones"} - set(found)  # of before the desk signed, and phones had a role
    if missing:
        found |= {name: secrets.token_hex(16) for name in missing}
        write_private(kept, json.dumps(found, indent=1))
    return found
