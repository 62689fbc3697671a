"""From law to play: which questions of which versions lean on an article, and how often they were met. S7."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import AnswerTally, Tally
from analytics.queries.links import chained, links_from_article, links_from_campaign
from campaigns.live import LiveCampaign
from campaigns.models import Campaign
from compliance.models import Citation, Review
from kernel.actor import Actor
from kernel.ids import new_id
from kernel.scope import scope
from kernel.timekeeping import local_day
from tenancy.models import Institution
from tests.cast import NOON
from tests.desk import signed_in


def played(live: LiveCampaign, question: str) -> None:
    told = {"campaign_id": live.id, "version_id": live.version_id, "question": question}
    AnswerTally.objects.create(**told, option="A", answered=30, correct=0)
    AnswerTally.objects.create(**told, option="B", answered=70, correct=70)
    Tally.objects.create(
        campaign_id=live.id, day=local_day(NOON), channel="", stage="started", events=120, people=100
    )


def test_an_article_leads_to_questions_versions_and_plays_and_back(live_quiz: LiveCampaign) -> None:
    first = live_quiz.content.settings.questions[0]
    played(live_quiz, first.id)

    link = next(one for one in chained(list(links_from_article(first.article))) if one.code == first.id)

    assert (link.question, link.campaign, link.version) == (first.text, live_quiz.id, 1)
    assert (link.state, link.answered, link.correct, link.plays) == ("live", 100, 70, 120)
    assert link.certificate
    back = chained(list(links_from_campaign(live_quiz.id)))
    assert {one.article for one in back} == {one.article for one in live_quiz.content.settings.questions}


def test_a_page_costs_the_same_queries_however_many_campaigns_there_are(
    live_quiz: LiveCampaign, draft_quiz: Campaign
) -> None:
    review = Review.objects.get(subject_id=draft_quiz.id)
    cited = Citation.objects.filter(review=review)[0]
    with CaptureQueriesContext(connection) as few:
        chained(list(links_from_article(cited.article_id)[:20]))

    for number in range(30):
        copy = Review.objects.get(id=review.id)
        copy.pk, copy.subject_id, copy.fingerprint = new_id(), new_id(), f"{number:064}"
        copy.status, copy.certificate, copy.decided_at, copy.expires_at = "open", None, None, None
        copy.save(force_insert=True)
        Citation.objects.create(
            review=copy, article_id=cited.article_id, version_id=cited.version_id, path=cited.path
        )
    with CaptureQueriesContext(connection) as many:
        links = chained(list(links_from_article(cited.article_id)[:20]))

    assert len(links) == 20
    assert len(many) == len(few) == 6


def test_the_pages_go_both_ways_and_answer_as_data(
    live_quiz: LiveCampaign, officer: Actor, outsider: Actor, clerk: Actor, insurer: Institution
) -> None:
    article = live_quiz.content.settings.questions[0].article
    browser = signed_in(officer)
    from_article = reverse("analytics:links_article", args=[article])
    from_campaign = reverse("analytics:links_campaign", args=[live_quiz.id])

    assert live_quiz.content.frame.title in browser.get(from_article).content.decode()
    assert from_article in browser.get(from_campaign).content.decode()
    told = browser.get(f"{from_campaign}?format=json").json()
    assert told["total"] == len(live_quiz.content.settings.questions)
    assert {one["version"] for one in told["links"]} == {1}
    assert browser.get(reverse("analytics:links_article", args=["NO-1"])).status_code == 404
    assert signed_in(outsider).get(from_campaign).status_code == 404
    assert signed_in(clerk).get(from_campaign).status_code == 403
    with scope(insurer.id):
        assert not links_from_article(article).exists()
