"""Keeps a process running: starts it again after a death, gives up after too many deaths."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LAST_WORDS = 2500


class GaveUp(RuntimeError):
    """A process died again and again; the message says how often and quotes the end of its log."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """More than ``most`` deaths within ``window`` seconds are too many.

    Each restart waits twice as long as the one before, from ``first_pause`` up to ``longest_pause``.
    """

    most: int = 6
    window: float = 120.0
    first_pause: float = 0.1
    longest_pause: float = 5.0

    def pause_after(self, deaths: list[float]) -> float | None:
        """Seconds to wait after the latest of these ``deaths``, or None where they are too many."""
        recent = [at for at in deaths if deaths[-1] - at <= self.window]
        if len(recent) > self.most:
            return None
        return float(min(self.longest_pause, self.first_pause * 2 ** (len(recent) - 1)))


@dataclass(frozen=True, slots=True)
class Death:
    """What happened to a process, for whoever tells people."""

    name: str
    ending: str
    deaths: int
    pause: float


@dataclass
class SupervisedProcess:
    """One process that should run all the time.

    ``launch`` starts it as the leader of a session of its own. ``clear_remains`` ends what a dead leader left
    behind, so that the next one finds the port and the files free. ``mend`` sees the end of the log before a
    restart.
    """

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    clear_remains: Callable[[], None] = field(default=lambda: None)
    mend: Callable[[str], None] = field(default=lambda _last_words: None)
    policy: RestartPolicy = field(default_factory=RestartPolicy)
    process: subprocess.Popen[bytes] | None = None
    _deaths: list[float] = field(default_factory=list)
    _restart_at: float | None = None
    _log_begins: int = 0

    def start(self) -> None:
        self._log_begins = self.log.stat().st_size if self.log.exists() else 0
        self.process = self.launch()
        self._restart_at = None

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def look_after(self, now: float) -> Death | None:
        """Start it again where that is due; tell a death once. Raises GaveUp, OSError."""
        if self._restart_at is not None:
            if now >= self._restart_at:
                self.start()
            return None
        if not self.has_ended:
            return None
        self._deaths.append(now)
        pause = self.policy.pause_after(self._deaths)
        self._end_group()
        self.clear_remains()
        if pause is None:
            raise GaveUp(
                f"{self.name} died {self.policy.most + 1} times within {self.policy.window:.0f} s, "
                f"the last time with {self.ending}:\n{self.last_words()}"
            )
        self.mend(self.last_words())
        self._restart_at = now + pause
        return Death(self.name, self.ending, len(self._deaths), pause)

    @property
    def ending(self) -> str:
        """How it ended, as people write it: ``SIGKILL`` or ``exit code 1``."""
        code = self.process.poll() if self.process is not None else None
        if code is None:
            return "no ending"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def last_words(self) -> str:
        """The end of what it wrote since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as source:
            size = source.seek(0, os.SEEK_END)
            source.seek(max(self._log_begins, size - LAST_WORDS))
            return source.read().decode(errors="replace")

    def ask_to_stop(self) -> None:
        self._restart_at = None
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def await_stop(self, seconds: float) -> None:
        """Wait for it to end by itself, then end it and whatever it started."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._end_group()
            self.process.wait(timeout=5)
        self._end_group()
        self.clear_remains()

    def _end_group(self) -> None:
        """End what is left of its session: a group's number is not given away while a member lives."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def end_all_of(program: Path, folder: Path) -> None:
    """End every process that runs ``program`` in ``folder``.

    PostgreSQL's children leave the group of their parent; a new postmaster refuses to start while one works.
    """
    wanted = (program.resolve(), folder.resolve())
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if ((entry / "exe").readlink(), (entry / "cwd").readlink()) == wanted:
                os.kill(int(entry.name), signal.SIGKILL)
