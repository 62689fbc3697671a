"""`make bench-million`: makes the scratch database once, then measures on it as the runtime role.

Each question is told with how long it took and how much processor time the database spent on it, which a busy
machine does not change. The folder is kept: run again, only the measuring is done again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from config.embedded.services import Services
from tests.bench import ground

BUILT = "built"
ROUNDS = 12


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-million", description=__doc__)
    parser.add_argument("--data", type=Path, default=ground.ROOT / ".cache" / "million")
    parser.add_argument("--people", type=int, default=1_000_000)
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    with Services(given.data, durable=False) as services:
        environment = ground.environment_of(services, given.data)
        os.environ |= environment | {"HEQU_MODE": "demo", "DJANGO_SETTINGS_MODULE": "config.settings"}
        if not (given.data / "personas.json").exists():
            ground.plant(environment)
        migrate = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ground.ROOT, env=os.environ, check=True)
        if not Path(environment["DESTRUCTION_LIST"]).exists():  # a world of before there was one
            begin = [sys.executable, "manage.py", "start_destruction_list"]
            subprocess.run(begin, cwd=ground.ROOT, env=os.environ, check=True)
        import django

        django.setup()
        target = ground.find_target(services, given.data)
        if not (given.data / BUILT).exists():
            from tests.bench.million.build import build

            build(services, target, people=given.people, now=datetime.now(tz=UTC))
            (given.data / BUILT).touch()
        from tests.bench.million.questions import QUESTIONS

        print(f"{'question':<44}{'p50 ms':>10}{'p95 ms':>10}{'db cpu':>10}{'own cpu':>10}")
        for name, ask, rounds in QUESTIONS(target):
            print(f"{name:<44}" + _told(ask, rounds or ROUNDS), flush=True)
    return 0


def _told(ask: Callable[[], Any], rounds: int) -> str:
    took, spent, own = [], _spent(), time.process_time()
    for _round in range(rounds):
        began = time.monotonic()
        ask()
        took.append((time.monotonic() - began) * 1000)
    cuts = quantiles(took, n=20) if rounds > 1 else [took[0]] * 19
    database, python = (_spent() - spent) / rounds, (time.process_time() - own) / rounds * 1000
    return f"{cuts[9]:>10.0f}{cuts[18]:>10.0f}{database:>10.0f}{python:>10.0f}"


def _spent() -> float:
    """Processor time of this session's backend so far, in ms; helpers it calls are not counted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


if __name__ == "__main__":
    raise SystemExit(main())
