"""Measures in interleaved rounds: (a) pgbench, (b) a bare view, (c) the answer endpoint, (d) the shell."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from django.core.signing import Signer
from django.utils.http import int_to_base36

from tests.bench import closing, floor, ground, load
from tests.bench.ground import Target
from tests.bench.load import Outcome

CONNECTIONS = 32
PLAYS = 8000
RESULTS = Path(__file__).parent / "results"
AIM_OVER_BARE, AIM_OVER_FLOOR, AIM_P99 = 0.9, 0.2, 150.0


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything a round needs."""

    services: Any
    target: Target
    state: dict[str, Any]
    port: int
    folder: Path
    seconds: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("--quick", action="store_true", help="three rounds of four seconds")
    given = parser.parse_args()
    rounds, seconds = (3, 4) if given.quick else (given.rounds, given.seconds)
    folder = Path(tempfile.mkdtemp(prefix="hequ-bench-"))
    folder.chmod(0o755)
    try:
        return _measure(folder, rounds, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, rounds: int, seconds: int) -> int:
    with ground.Services(folder) as services:
        environment = ground.environment_of(services, folder)
        ground.plant(environment)
        target = ground.find_target(services, folder)
        seen: dict[str, list[Outcome]] = defaultdict(list)
        with ground.web(environment, target, folder) as port:
            bench = Bench(services, target, _opened_state(target), port, folder, seconds)
            _warm_up(bench)
            for turn in range(rounds):
                for name, outcome in _round(bench, turn):
                    seen[name].append(outcome)
                print(f"round {turn + 1}/{rounds} done", flush=True)
            if closing.measure(environment, port):
                print("a page stayed open for longer than the aim on this machine in this run")
        wrong = _mistakes(services, seen)
    _report(seen, rounds, seconds)
    for mistake in wrong:
        print(f"WRONG: {mistake}")
    return 1 if wrong else 0


def _opened_state(target: Target) -> dict[str, Any]:
    """A play as the quiz opens it, written by hand so that this process needs no Django."""
    questions = target.content["settings"]["questions"]
    drawn = questions[: target.content["settings"].get("per_play") or len(questions)]
    return {
        "opened": datetime.now(tz=UTC).isoformat(),
        "order": [question["id"] for question in drawn],
        "options": {question["id"]: [option["id"] for option in question["options"]] for question in drawn},
        "answers": {},
        "finished": False,
    }


def _round(bench: Bench, turn: int) -> Iterator[tuple[str, Outcome]]:
    base = (turn + 1) * 10 * PLAYS
    order = ["floor8", "floor32", "bare", "answer", "shell", "unchanged"]
    for step, name in enumerate(order if turn % 2 == 0 else order[::-1]):
        first = base + step * PLAYS
        yield name, _one(bench, name, first)


def _one(bench: Bench, name: str, first: int) -> Outcome:
    if name in ("shell", "unchanged"):
        return load.press(bench.port, _looks(bench, unchanged=name == "unchanged"), bench.seconds)
    ground.open_plays(bench.services, bench.target, bench.state, first, PLAYS)
    if name.startswith("floor"):
        answered = bench.state | {"answers": {bench.state["order"][0]: {"option": "A", "correct": False}}}
        text = floor.script(bench.target, json.dumps(answered), first=first, count=PLAYS)
        clients = int(name.removeprefix("floor"))
        return floor.measure(bench.services, text, bench.folder, clients=clients, seconds=bench.seconds)
    path = "/bench/bare" if name == "bare" else f"{bench.target.path}move/"
    return load.press(bench.port, _answers(bench, path, first), bench.seconds)


def _warm_up(bench: Bench) -> None:
    for step, name in enumerate(("bare", "answer", "shell")):
        _one(
            Bench(bench.services, bench.target, bench.state, bench.port, bench.folder, 2), name, step * PLAYS
        )


def _answers(bench: Bench, path: str, first: int) -> list[Iterator[bytes]]:
    """For each connection its own plays, one answer after the other; the last question stays unanswered."""
    cookies = _Cookies(bench)
    share = PLAYS // CONNECTIONS

    def own(begin: int) -> Iterator[bytes]:
        for question in bench.state["order"][:-1]:
            option = _wrong_option(bench.target, question)
            for number in range(begin, begin + share):
                asked = {"kind": "answer", "values": {"question": question, "option": option}}
                body = json.dumps({"play": ground.play_id(number), **asked}).encode()
                yield load.post(path, body, cookies.headers(number) | {"Idempotency-Key": uuid4().hex})

    return [own(first + connection * share) for connection in range(CONNECTIONS)]


def _looks(bench: Bench, *, unchanged: bool) -> list[Iterator[bytes]]:
    cookies = _Cookies(bench)

    def own() -> Iterator[bytes]:
        headers = cookies.headers(1)
        if unchanged:
            headers |= {"If-None-Match": cookies.etag()}
        request = load.get(bench.target.path, headers)
        while True:
            yield request

    return [own() for _connection in range(CONNECTIONS)]


def _wrong_option(target: Target, question_id: str) -> str:
    """Wrong answers earn nothing: what is measured is the answer, not the grant."""
    question = next(q for q in target.content["settings"]["questions"] if q["id"] == question_id)
    return next(option["id"] for option in question["options"] if option["id"] not in question["answer"])


class _Cookies:
    """A phone's pseudonym and its CSRF token, signed as the platform signs them."""

    CSRF = "benchbenchbenchbenchbenchbench12"

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        secret = bench.services.secrets["django"]
        self.signer = Signer(key=secret, fallback_keys=[], salt="campaigns.player.session")
        self.issued = int_to_base36(int(time.time()))

    def headers(self, number: int) -> dict[str, str]:
        participant = ground.participant_id(number)
        told = f"{self.bench.target.institution.hex}.{UUID(participant).hex}.{self.issued}"
        cookie = f"hequ-{self.bench.target.slug}={self.signer.sign(told)}; hequ_csrf={self.CSRF}"
        return {"Cookie": cookie, "X-CSRFToken": self.CSRF, "X-Participant": participant}

    def etag(self) -> str:
        asked = HTTPConnection("127.0.0.1", self.bench.port, timeout=10)
        asked.request("GET", self.bench.target.path, headers=self.headers(1))
        answer = asked.getresponse()
        answer.read()
        return answer.headers["ETag"]


def _mistakes(services: Any, seen: dict[str, list[Outcome]]) -> list[str]:
    """A figure counts only if every request was answered well and every answer is in the ledger."""
    wrong = [
        f"{name}: answers {dict(outcome.statuses)}"
        for name, outcomes in seen.items()
        for outcome in outcomes
        if not outcome.took or set(outcome.statuses) - {304 if name == "unchanged" else 200}
    ]
    with ground.asking(services, "postgres") as cursor:
        cursor.execute("SELECT count(*), sum(revision) FROM campaigns_play WHERE revision > 0")
        plays, revisions = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM ledger_entry WHERE verb = 'play.answered' AND subject_kind = 'play'"
        )
        (entries,) = cursor.fetchone()
    print(f"\n{plays} plays moved {revisions} times, {entries} answers in the ledger")
    if entries != revisions:
        wrong.append("the ledger and the plays disagree")
    return wrong


def _report(seen: dict[str, list[Outcome]], rounds: int, seconds: int) -> None:
    names = {
        "floor8": "a  pgbench, 8 clients",
        "floor32": "a  pgbench, 32 clients",
        "bare": "b  bare view, 32 connections",
        "answer": "c  answer endpoint, 32 connections",
        "shell": "d  page shell",
        "unchanged": "d  page shell, unchanged (304)",
    }
    print(f"\n{rounds} rounds of {seconds} s, interleaved; medians, with the lowest and highest rate\n")
    print(f"{'':38}{'per s':>9}{'lowest':>9}{'highest':>9}{'p50 ms':>9}{'p99 ms':>9}")
    rates, slow = {}, {}
    for name, label in names.items():
        outcomes = seen[name]
        each = [outcome.rate for outcome in outcomes]
        rates[name] = median(each)
        slow[name] = median(outcome.p99 for outcome in outcomes)
        quick = median(outcome.p50 for outcome in outcomes)
        print(f"{label:38}{rates[name]:9.0f}{min(each):9.0f}{max(each):9.0f}{quick:9.1f}{slow[name]:9.1f}")
    over_bare = median(c.rate / b.rate for b, c in zip(seen["bare"], seen["answer"], strict=True))
    over_floor = rates["answer"] / max(rates["floor8"], rates["floor32"])
    print(f"\nc/b {over_bare:.2f} (aim {AIM_OVER_BARE})   c/a {over_floor:.2f} (aim {AIM_OVER_FLOOR})")
    print(f"p99 of c at {CONNECTIONS} connections {slow['answer']:.0f} ms (aim {AIM_P99:.0f})")
    met = over_bare >= AIM_OVER_BARE and over_floor >= AIM_OVER_FLOOR and slow["answer"] <= AIM_P99
    print("every aim met" if met else "an aim was missed on this machine in this run")
    RESULTS.mkdir(exist_ok=True)
    kept = {name: [[o.rate, o.p50, o.p99] for o in outcomes] for name, outcomes in seen.items()}
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d-%H%M%S")
    (RESULTS / f"{stamp}.json").write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    raise SystemExit(main())
