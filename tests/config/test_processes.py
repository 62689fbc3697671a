"""A process that dies is started again, later each time, and given up with its last words."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from config.embedded.disk import DiskFull, refuse_full_disk
from config.embedded.processes import (
    Death,
    GaveUp,
    RestartPolicy,
    SupervisedProcess,
    end_all_of,
)

AT_ONCE = RestartPolicy(most=3, window=60, first_pause=0, longest_pause=0)
Keep = Callable[..., SupervisedProcess]


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    """Starts a shell's script as a supervised process, ended after the test."""
    kept: list[SupervisedProcess] = []

    def start(script: str, policy: RestartPolicy = AT_ONCE) -> SupervisedProcess:
        log = tmp_path / "part.log"
        process = SupervisedProcess("part", partial(_launch, script, log), log, policy=policy)
        kept.append(process)
        process.start()
        return process

    yield start
    for process in kept:
        process.ask_to_stop()
        process.await_stop(0.1)


def _launch(script: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as sink:
        return subprocess.Popen(["sh", "-c", script], stdout=sink, stderr=sink, start_new_session=True)


def _next_death(process: SupervisedProcess) -> Death:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if death := process.look_after(time.monotonic()):
            return death
        time.sleep(0.01)
    raise AssertionError("it did not die")


def _die_for_good(process: SupervisedProcess) -> None:
    for _death in range(10):
        _next_death(process)


def test_each_restart_waits_twice_as_long_up_to_a_limit() -> None:
    policy = RestartPolicy(most=6, window=120, first_pause=0.1, longest_pause=1)

    pauses = [policy.pause_after([0.0] * count) for count in range(1, 8)]

    assert pauses == [0.1, 0.2, 0.4, 0.8, 1, 1, None]


def test_deaths_long_ago_no_longer_count() -> None:
    policy = RestartPolicy(most=2, window=120, first_pause=0.1)

    assert policy.pause_after([0.0, 1.0, 200.0]) == 0.1


def test_a_killed_process_is_started_again(keep: Keep) -> None:
    process = keep("sleep 60")
    assert process.process is not None
    first = process.process.pid

    os.kill(first, signal.SIGKILL)
    death = _next_death(process)
    process.look_after(time.monotonic())

    assert (death.name, death.ending, death.deaths) == ("part", "SIGKILL", 1)
    assert process.process.pid != first
    assert not process.has_ended


def test_a_process_that_keeps_dying_is_given_up_with_its_last_words(keep: Keep) -> None:
    process = keep("echo the port is taken; exit 3")

    with pytest.raises(GaveUp, match=r"part died 4 times.*exit code 3:\nthe port is taken\n$"):
        _die_for_good(process)


def test_what_a_dead_leader_started_is_ended_before_the_restart(keep: Keep, tmp_path: Path) -> None:
    process = keep(f"sleep 61 & echo $! > {tmp_path}/child; wait")
    deadline = time.monotonic() + 5
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text().strip():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child = int((tmp_path / "child").read_text())
    assert process.process is not None

    os.kill(process.process.pid, signal.SIGKILL)
    _next_death(process)

    assert _soon_ended(child)


def test_children_outside_the_group_are_found_by_program_and_folder(tmp_path: Path) -> None:
    program = Path(str(shutil.which("sleep"))).resolve()
    (tmp_path / "data").mkdir()
    here = subprocess.Popen([program, "62"], cwd=tmp_path / "data", start_new_session=True)
    elsewhere = subprocess.Popen([program, "62"], cwd=tmp_path, start_new_session=True)
    try:
        end_all_of(program, tmp_path / "data")

        assert here.wait(timeout=5) == -signal.SIGKILL
        assert elsewhere.poll() is None
    finally:
        elsewhere.kill()
        elsewhere.wait(timeout=5)


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    refuse_full_disk([tmp_path])

    with pytest.raises(DiskFull, match=r"磁盘已满：(?s:.*)The disk is full"):
        refuse_full_disk([tmp_path], last_words="PANIC: could not write to file: No space left on device")


def _soon_ended(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
