"""How fast the scanner reads: one field, a campaign of fifty questions, and bare matching of 5,000 terms.

`python -m tests.bench.scanning` (part of `make bench`). Needs no database. Medians of rounds; p95 of a field.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from statistics import median, quantiles

import ahocorasick_rs

from compliance.scanner import Text, default_pack, scan

FIELD_AIM, CAMPAIGN_AIM, RAW_AIM = 50.0, 500.0, 10.0
SENTENCE = "购买前应仔细阅读产品说明书和风险揭示书，任何承诺保本保收益的宣传都要警惕，请拨打客服热线核实。"


def milliseconds(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return (time.perf_counter() - started) * 1000


def field() -> float:
    """p95 of one field of about 100 characters, never seen before."""
    taken = [
        milliseconds(lambda n=n: scan([Text("x", "explanation", f"{n}:{SENTENCE}{SENTENCE}")], "bank"))
        for n in range(300)
    ]
    return quantiles(taken, n=20)[-1]


def campaign(round_number: int) -> float:
    """Fifty questions: text, four options and explanation each."""
    texts = []
    for number in range(50):
        group = f"q{number}"
        mark = f"{round_number}.{number}"
        texts.append(
            Text(f"{group}.text", "question", f"第{mark}题,收到“稳赚不赔”的短信应当怎么做?", group=group)
        )
        texts += [
            Text(f"{group}.{letter}", "option", f"{mark}{letter}不点击链接,通过官方渠道核实", group=group)
            for letter in "ABCD"
        ]
        texts.append(Text(f"{group}.explanation", "explanation", f"{mark}{SENTENCE}", group=group))
    return milliseconds(lambda: scan(texts, "bank"))


def raw() -> float:
    """Megabytes a second of bare matching, with the shipped terms filled up to 5,000."""
    luck = random.Random(5000)
    shipped = [term.term for term in default_pack().terms]
    letters = "".join(shipped)
    terms = shipped + ["".join(luck.sample(letters, 4)) for _ in range(5000 - len(shipped))]
    automaton = ahocorasick_rs.AhoCorasick(terms)
    text = SENTENCE * 40_000
    taken = milliseconds(lambda: automaton.find_matches_as_indexes(text, overlapping=True))
    return len(text.encode()) / 1000 / taken


def main() -> int:
    scan([Text("x", "title", SENTENCE)], "bank")
    one, fifty, bare = field(), median(campaign(n) for n in range(5)), median(raw() for _ in range(3))
    sys.stdout.write(
        f"scanner  one field p95 {one:.1f} ms (aim {FIELD_AIM:.0f})"
        f" · 50 questions {fifty:.0f} ms (aim {CAMPAIGN_AIM:.0f})"
        f" · 5,000 terms {bare:.0f} MB/s (aim {RAW_AIM:.0f})\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
