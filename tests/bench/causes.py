"""The hand that takes campaigns off: run by ``tests.bench.closing`` with the platform's settings.

First it prints, as JSON, the page of a campaign for each cause. Then it reads a cause a line, carries the
deed out by its use case, and answers with the moment it was committed; to ``cause:sweep`` it lets the sweep
run once and answers with the reason the ledger then gives.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 - Django first
from django.utils import timezone  # noqa: E402

from campaigns.models import Campaign  # noqa: E402
from campaigns.usecases import emergency_stop, pause_campaign, pause_unapproved  # noqa: E402
from compliance.library import articles  # noqa: E402
from compliance.models import ArticleVersion, Citation, Review  # noqa: E402
from compliance.usecases import ask_withdrawal, confirm_withdrawal  # noqa: E402
from kernel.actor import SYSTEM, Actor  # noqa: E402
from kernel.scope import scope  # noqa: E402
from ledger.models import Entry  # noqa: E402
from privacy.usecases import publish_notice  # noqa: E402
from tests.campaigns.conftest import bank_with_live_quiz, put_out, ready_quiz, someone  # noqa: E402
from tests.cast import NOON, make_staff  # noqa: E402

NOTICE, SECONDS_LEFT = "bench_notice", 1.0
People = dict[str, Actor]


def pause(campaign: Campaign, people: People) -> None:
    pause_campaign(actor=people["marketer"], campaign_id=campaign.id, reason="演练", now=timezone.now())


def stop(campaign: Campaign, people: People) -> None:
    emergency_stop(actor=people["officer"], campaign_id=campaign.id, reason="演练", now=timezone.now())


def expiry(campaign: Campaign, people: People) -> float:
    """The approval's last moment, a second from now."""
    ends = timezone.now() + timedelta(seconds=SECONDS_LEFT)
    _approval(campaign).update(expires_at=ends)
    return ends.timestamp()


def article(campaign: Campaign, people: People) -> None:
    cited = _approval(campaign).get().citations.get(path="settings.questions.0.article")
    gone = ArticleVersion(
        article_id=cited.article_id, number=99, withdrawn=True, fingerprint="c" * 64, published_at=NOON
    )
    gone.save(using="owner")


def notice(campaign: Campaign, people: People) -> None:
    _withdraw("notice", NOTICE, people)


def pack(campaign: Campaign, people: People) -> None:
    _withdraw("pack", _approval(campaign).get().pack_hash, people)


def _withdraw(kind: str, key: str, people: People) -> None:
    asked = ask_withdrawal(
        actor=people["officer"],
        kind=kind,
        key=key,
        version=key,
        title=key,
        reason="量一量",
        now=timezone.now(),
    )
    confirm_withdrawal(actor=people["second"], withdrawal_id=asked.id, now=timezone.now())


def _approval(campaign: Campaign) -> Any:  # Any: a queryset
    return Review.objects.filter(subject_id=campaign.id, status="approved")


# In this order: what comes later is not closed by what comes before.
CAUSES: dict[str, Callable[[Campaign, People], float | None]] = {
    "pause": pause,
    "emergency stop": stop,
    "approval expired": expiry,
    "article withdrawn": article,
    "notice withdrawn": notice,
    "rule pack withdrawn": pack,
}


def prepared(people: People) -> dict[str, Campaign]:
    """A live campaign for each cause; the one for the article alone cites it, the one for the notice alone
    shows it.
    """
    made = {}
    for number, cause in enumerate(CAUSES):
        campaign = ready_quiz(people["marketer"], title=f"反诈闯关之{number}", **_different(cause))
        made[cause] = campaign
        put_out(campaign, people["marketer"])
    return made


def _different(cause: str) -> dict[str, Any]:
    if cause == "notice withdrawn":
        publish_notice(
            actor=make_staff("gao.zhi", "consumer_protection").actor,
            key=NOTICE,
            title="个人信息处理告知",
            body="信息仅用于服务预约，将加密存储。",
            purposes=[{"code": "booking", "sentence": "用于预约服务"}],
            fields=["name", "phone", "need", "branch", "time"],
            keep_days=90,
            now=NOON,
        )
        return {"notice": NOTICE}
    if cause == "article withdrawn":
        settings = Campaign.objects.order_by("id")[0].draft["settings"]
        first, *others = settings["questions"]
        return {"settings": {**settings, "questions": [{**first, "article": _cited_by_nobody()}, *others]}}
    return {}


def _cited_by_nobody() -> str:
    cited = set(Citation.objects.values_list("article_id", flat=True))
    return next(key for key in sorted(articles()) if key not in cited)


def main() -> None:
    institution_id, _live = bank_with_live_quiz()
    with scope(institution_id):
        marketer = make_staff("bian.xie", "marketer").actor
        officer = someone("compliance", other_than=marketer)
        second = make_staff("song.he", "compliance").actor
        people = {"marketer": marketer, "officer": officer, "second": second}
        campaigns = prepared(people)
        _tell({cause: f"/h/bank/{campaign.code}/" for cause, campaign in campaigns.items()})
        for line in sys.stdin:
            cause, _then, sweep = line.strip().partition(":")
            if sweep:
                pause_unapproved(actor=SYSTEM, now=timezone.now())
                _tell(_reason(campaigns[cause].id))
                continue
            moment = CAUSES[cause](campaigns[cause], people)
            _tell(moment or time.time())
    connection.close()


def _reason(campaign_id: UUID) -> str:
    noted = Entry.objects.filter(
        subject_id=campaign_id, verb__in=["campaigns.paused", "campaigns.stopped"]
    ).order_by("-at", "-id")
    return str(noted[0].data.get("reason", "by hand"))


def _tell(what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
