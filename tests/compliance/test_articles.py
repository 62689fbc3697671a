"""The law changes: what leans on it is listed, dated, and goes offline when nobody acts. S6, F60."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from compliance.models import Article, ArticleVersion, Citation, Recheck
from compliance.queries import articles_in_use
from compliance.shelving import shelve
from compliance.usecases import decide_review, open_review, raise_rechecks, revoke_overdue
from kernel.actor import SYSTEM, Ref
from kernel.ids import new_id
from tests.cast import NOON, ONE_DAY
from tests.desk import signed_in

CONTENT = {"title": "反诈", "settings": {"questions": [{"text": "?", "article": "AF-30"}]}}


@pytest.fixture
def review(marketer, officer):
    review = open_review(
        actor=marketer,
        subject=Ref("campaign", new_id()),
        title="反诈",
        fingerprint="a" * 64,
        content=CONTENT,
        author_id=marketer.id,
        last_editor_id=marketer.id,
        now=NOON,
    )
    return decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)


def test_the_library_is_loaded_and_the_runtime_cannot_write_it(at_bank):
    assert Article.objects.count() > 200
    assert ArticleVersion.objects.filter(article_id="AF-30").exists()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Article.objects.filter(key="AF-30").update(law="改了")


def test_a_content_cites_articles_in_their_version(review):
    citation = Citation.objects.get(review=review)

    assert citation.article_id == "AF-30"
    assert citation.path == "settings.questions.0.article"
    assert citation.version.number == 1


def test_a_newer_wording_asks_for_a_new_review_and_revokes_after_its_day(committed_db, review, officer):
    ArticleVersion.objects.using("owner").create(
        article_id="AF-30", number=2, requirement="新", fingerprint="b" * 64, published_at=NOON
    )

    assert raise_rechecks(actor=SYSTEM, now=NOON) == 1
    assert raise_rechecks(actor=SYSTEM, now=NOON) == 0
    recheck = Recheck.objects.get()
    assert recheck.due_at > NOON + ONE_DAY
    assert articles_in_use() == {"AF-30": 1}
    page = signed_in(officer).get(reverse("compliance:review", args=[review.id])).content.decode()
    assert "所引法规已更新" in page
    assert revoke_overdue(actor=SYSTEM, now=NOON) == 0
    assert revoke_overdue(actor=SYSTEM, now=recheck.due_at + timedelta(minutes=1)) == 1
    review.refresh_from_db()
    assert review.status == "revoked"
    assert review.ended_because == "article:AF-30"


def test_a_withdrawn_article_revokes_at_once(committed_db, review):
    ArticleVersion.objects.using("owner").create(
        article_id="AF-30", number=2, withdrawn=True, fingerprint="c" * 64, published_at=NOON
    )

    raise_rechecks(actor=SYSTEM, now=NOON)

    assert revoke_overdue(actor=SYSTEM, now=NOON) == 1


def test_loading_the_same_file_again_changes_nothing(committed_db):
    assert shelve(Article, ArticleVersion, now=NOON, using="owner") == 0
