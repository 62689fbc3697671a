"""Joins by the use case, from several threads, on a world of its own: prints what it saw as JSON.

Run by ``tests.bench.games`` with the platform's settings on the bench's database.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from uuid import UUID

import django

django.setup()

from django.db import connections  # noqa: E402 - Django first

from campaigns.live import LiveCampaign  # noqa: E402
from campaigns.models import Party  # noqa: E402
from campaigns.parties import AtParty  # noqa: E402
from kernel.scope import scope  # noqa: E402
from rewards.models import Grant  # noqa: E402
from tests.campaigns.party_people import Phone, a_phone, bank_with  # noqa: E402

HANDS = 8
Waiting = tuple[Phone, AtParty]


def prepared(live: LiveCampaign, count: int) -> list[Waiting]:
    """Parties with one seat taken, and a second person at each door with a number of their own."""
    waiting = []
    for number in range(count):
        first = a_phone(f"first-{number}", f"135{number:08d}")
        opened = first.start(live)
        first.move(live, opened, "join")
        second = a_phone(f"second-{number}", f"136{number:08d}")
        waiting.append((second, second.start(live, _invitation(opened))))
    return waiting


def _invitation(opened: AtParty) -> str:
    return str(Party.objects.values_list("invitation", flat=True).get(pk=opened.playing.play_id))


def joined(institution_id: UUID, live: LiveCampaign, own: list[Waiting]) -> list[float]:
    """How long each join of one hand took, in milliseconds."""
    took = []
    with scope(institution_id):
        for second, at in own:
            began = time.perf_counter()
            second.move(live, at, "join")
            took.append((time.perf_counter() - began) * 1000)
    connections.close_all()
    return took


def main(count: int) -> None:
    institution_id, live = bank_with("account_check_together")
    with scope(institution_id):
        waiting = prepared(live, count)
    shares = [waiting[hand::HANDS] for hand in range(HANDS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=HANDS) as pool:
        took = [
            each
            for share in pool.map(lambda own: joined(institution_id, live, own), shares)
            for each in share
        ]
    passed = time.perf_counter() - began
    with scope(institution_id):
        granted = Grant.objects.count()
    percent = quantiles(took, n=100)
    print(
        json.dumps(
            {
                "institution": str(institution_id),
                "campaign": str(live.id),
                "version": str(live.version_id),
                "rate": len(took) / passed,
                "p50": percent[49],
                "p99": percent[98],
                "joins": len(took),
                "grants": granted,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
