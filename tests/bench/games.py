"""``python -m tests.bench.games``: check-in and join, each over the floor of its own transaction.

The floor is the same statements by pgbench as the runtime role, with row-level security and fsync on. Ratios
travel between machines, absolutes do not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from tests.bench import floor, ground, load, sql
from tests.bench.__main__ import CONNECTIONS, Bench, _Cookies
from tests.bench.ground import Target
from tests.bench.load import Outcome

PLAYS = 6000
JOINS = 400

_ROW = (
    "INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,"
    " campaign_id, version_id, channel, variant, data) VALUES (now(), {institution}, '{verb}', 'participant',"
    " {who}, 'party', {party}, {campaign}, {version}, '', '', '{{}}'::jsonb);\n"
)
_PLAY = "('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"
_WHO = "('00000000-0000-7000-9000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.games", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hequ-bench-"))
    folder.chmod(0o755)
    try:
        return _measure(folder, given.rounds, given.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, rounds: int, seconds: int) -> int:
    with ground.Services(folder) as services:
        environment = ground.environment_of(services, folder)
        ground.plant(environment)
        target = _check_in_target(services, folder)
        seen: dict[str, list[Outcome]] = {"floor": [], "check-in": []}
        with ground.web(environment, target, folder) as port:
            bench = Bench(services, target, _opened(), port, folder, seconds)
            for turn in range(rounds):
                first = (turn + 1) * 4 * PLAYS
                for step, name in enumerate(seen if turn % 2 == 0 else reversed(seen)):
                    seen[name].append(_checked_in(bench, name, first + step * PLAYS))
        told = _joins(environment)
        join_floor = floor.measure(services, _join_script(told), folder, clients=8, seconds=seconds)
    return _report(seen, told, join_floor)


def _check_in_target(services: Any, folder: Path) -> Target:
    links = json.loads((folder / "personas.json").read_text())["games"]
    path = next(link["path"] for link in links if link["game"] == "check_in")
    _empty, _h, slug, code, *_rest = path.split("/")
    with ground.asking(services, "postgres") as cursor:
        cursor.execute(
            "SELECT c.institution_id, c.id, c.live_version_id, v.content FROM campaigns_campaign c "
            "JOIN campaigns_version v ON v.id = c.live_version_id WHERE c.code = %s",
            [code],
        )
        institution, campaign, version, content = cursor.fetchone()
    return Target(path, slug, UUID(institution), UUID(campaign), UUID(version), content)


def _opened() -> dict[str, Any]:
    """A play as the check-in opens it, written by hand so that this process needs no Django."""
    state: dict[str, Any] = {"days": {}, "made_up": {}, "count": 0, "last": ""}
    return state | {
        "opened": datetime.now(tz=UTC).date().isoformat(),
        "streak": False,
        "points": 0,
        "exchanged": 0,
    }


def _checked_in(bench: Bench, name: str, first: int) -> Outcome:
    ground.open_plays(bench.services, bench.target, bench.state, first, PLAYS)
    _people(bench, first)
    if name == "floor":
        text = _check_in_script(bench, first)
        return floor.measure(bench.services, text, bench.folder, clients=8, seconds=bench.seconds)
    return load.press(bench.port, _taps(bench, first), bench.seconds)


def _people(bench: Bench, first: int) -> None:
    """Points stand in books that know their holder."""
    with ground.asking(bench.services, "postgres") as cursor:
        cursor.execute(
            """
            INSERT INTO privacy_participant (id, institution_id, created_at, state, person_id, legal_hold)
            SELECT who, %s, now(), 'pseudonymous', who, ''
            FROM (SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid AS who
                  FROM generate_series(%s, %s) AS n) AS people
            """,
            [str(bench.target.institution), first, first + PLAYS - 1],
        )


def _taps(bench: Bench, first: int) -> list[Iterator[bytes]]:
    cookies, share = _Cookies(bench), PLAYS // CONNECTIONS

    def own(begin: int) -> Iterator[bytes]:
        for number in range(begin, begin + share):
            body = {"play": ground.play_id(number), "kind": "check_in", "values": {}}
            headers = cookies.headers(number) | {"Idempotency-Key": f"tap-{number}"}
            yield load.post(f"{bench.target.path}move/", json.dumps(body).encode(), headers)

    return [own(first + connection * share) for connection in range(CONNECTIONS)]


def _check_in_script(bench: Bench, first: int) -> str:
    target, institution = bench.target, f"'{bench.target.institution}'"
    state = json.dumps(_opened() | {"days": {"2026-11": [21]}, "count": 1, "points": 10})
    settle = sql.SETTLE.format(
        state=f"'{state}'::jsonb",
        key="'tap-0123456789'",
        reply="""'{"earned": []}'::jsonb""",
        play=_PLAY,
        participant=_WHO,
        institution=institution,
        campaign=f"'{target.campaign}'",
        version=f"'{target.version}'",
        facts="""'{"day": "2026-11-21", "in_month": 1, "made_up": false}'::jsonb""",
    )
    won = (
        "INSERT INTO rewards_pointmovement (id, institution_id, kind, takes_from, gives_to, amount,"
        " participant_id, campaign_id, occasion, lapses_at, at) VALUES (gen_random_uuid(), "
        f"{institution}, 'won', 'issuer', 'holder', 10, {_WHO}, '{target.campaign}', 'r' || :r, now(), now())"
        " ON CONFLICT DO NOTHING;\n"
    )
    row = _ROW.format(
        institution=institution,
        verb="rewards.points_won",
        who=_WHO,
        party=_PLAY,
        campaign=f"'{target.campaign}'",
        version=f"'{target.version}'",
    )
    lock = floor._one_line(sql.LOCK.format(play=_PLAY, participant=_WHO))
    return (
        f"\\set n random({first}, {first + PLAYS - 1})\n\\set r random(1, 1000000000)\nBEGIN;\n"
        f"SELECT set_config('hequ.institution', {institution}, true);\n"
        f"{lock};\n{floor._one_line(settle)};\n{won}{row}END;\n"
    )


def _joins(environment: dict[str, str]) -> dict[str, Any]:
    """Joins by the use case, in a process of its own."""
    told = environment | {"HEQU_MODE": "demo", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.bench.joining", str(JOINS)]
    done = subprocess.run(command, cwd=ground.ROOT, env=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if seen["grants"] != 2 * seen["joins"]:
        raise RuntimeError(f"{seen['joins']} joins, {seen['grants']} services")
    return seen


def _join_script(told: dict[str, Any]) -> str:
    """The writes of one completing join: party, member, four ledger rows, two services."""
    institution, campaign, version = (f"'{told[name]}'" for name in ("institution", "campaign", "version"))
    benefit = "(SELECT id FROM rewards_benefit ORDER BY id LIMIT 1)"
    grant = (
        "INSERT INTO rewards_grant (id, institution_id, participant_id, benefit_id, occasion, campaign_id,"
        " version_id, channel, variant, state, granted_at, book_before) SELECT gen_random_uuid(), "
        f"{institution}, participant_id, {benefit}, 'r' || :r, {campaign}, {version}, '', '', 'granted',"
        " now(), now() + interval '30 days' FROM campaigns_partymember WHERE party_id = :party::uuid;\n"
    )
    rows = "".join(
        _ROW.format(
            institution=institution,
            verb=verb,
            who=institution,
            party=":party::uuid",
            campaign=campaign,
            version=version,
        )
        for verb in ("play.joined", "play.finished", "play.finished", "rewards.granted", "rewards.granted")
    )
    return (
        "\\set r random(1, 1000000000)\nBEGIN;\n"
        f"SELECT set_config('hequ.institution', {institution}, true);\n"
        "SELECT id AS party FROM campaigns_party OFFSET (:r % "
        + str(told["joins"])
        + ") LIMIT 1 FOR UPDATE \\gset\n"
        "SELECT id AS member FROM campaigns_partymember WHERE party_id = :party::uuid LIMIT 1 \\gset\n"
        "UPDATE campaigns_party SET revision = revision + 1 WHERE id = :party::uuid;\n"
        "UPDATE campaigns_partymember SET last_key = 'k' WHERE id = :member::uuid;\n"
        f"{grant}{rows}END;\n"
    )


def _report(seen: dict[str, list[Outcome]], told: dict[str, Any], join_floor: Outcome) -> int:
    rates = {name: median(outcome.rate for outcome in outcomes) for name, outcomes in seen.items()}
    wrong = [name for name, outcomes in seen.items() if any(set(o.statuses) - {200} for o in outcomes)]
    slow = median(outcome.p99 for outcome in seen["check-in"])
    print(f"\n{'':34}{'per s':>9}{'p99 ms':>9}")
    print(f"{'check-in, pgbench, 8 clients':34}{rates['floor']:9.0f}")
    print(f"{'check-in, HTTP, 32 connections':34}{rates['check-in']:9.0f}{slow:9.1f}")
    print(f"{'join, pgbench, 8 clients':34}{join_floor.rate:9.0f}{join_floor.p99:9.1f}")
    print(f"{'join, use case, 8 threads':34}{told['rate']:9.0f}{told['p99']:9.1f}")
    over = rates["check-in"] / rates["floor"], told["rate"] / join_floor.rate
    print(f"\ncheck-in / floor {over[0]:.2f}   join / floor {over[1]:.2f}")
    print(f"{told['joins']} joins granted {told['grants']} services")
    for name in wrong:
        print(f"WRONG: {name} was not answered well every time")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
