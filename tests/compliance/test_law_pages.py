"""The law library as pages: found by word, sector, change; each article with what leans on it. S6, S7."""

from django.urls import reverse

from compliance.citing import cited_by
from compliance.law_shelf import articles_matching, wordings
from compliance.models import Article, ArticleVersion
from compliance.usecases import add_term, decide_review, open_review
from kernel.actor import Ref
from kernel.ids import new_id
from tests.cast import NOON, ONE_DAY
from tests.desk import signed_in


def keys(words="", **asked):
    return {one.key for one in articles_matching(words, **({"lately": False, "now": NOON} | asked))}


def test_articles_are_found_by_law_number_key_wording_and_english_name(at_bank):
    assert "AF-30" in keys("反电信网络诈骗法")
    assert "AF-30" in keys("第三十条")
    assert keys("AF-30") == {"AF-30"}
    assert "AF-30" in keys("telecom")
    assert not keys("没有这样的法")
    assert all("bank" in one or "all" in one for one in sectors(keys(sector="bank")))


def sectors(found):
    return Article.objects.filter(key__in=found).values_list("sectors", flat=True)


def test_only_a_newer_wording_counts_as_a_change(committed_db):
    assert not keys(lately=True)
    ArticleVersion.objects.using("owner").create(
        article_id="AF-30", number=2, requirement="新的要求", fingerprint="b" * 64, published_at=NOON
    )

    newest, before = wordings(Article.objects.get(key="AF-30"))

    assert keys(lately=True) == {"AF-30"}
    assert not keys(lately=True, now=NOON + 200 * ONE_DAY)
    assert newest.version.number == 2
    assert "".join(run.text for run in newest.runs if run.tone != "gone") == "新的要求"
    assert "".join(run.text for run in newest.runs if run.tone != "new") == before.version.requirement


def test_the_list_is_paged_and_takes_few_queries(officer, django_assert_max_num_queries):
    browser = signed_in(officer)

    with django_assert_max_num_queries(14):
        page = browser.get(reverse("compliance:articles"))

    assert len(page.context["page"].object_list) == 30
    assert browser.get(reverse("compliance:articles"), {"page": 9, "q": ""}).status_code == 200
    assert "近期没有条款更新" in browser.get(reverse("compliance:articles"), {"lately": "1"}).content.decode()


def test_an_article_shows_all_that_leans_on_it(marketer, officer, django_assert_max_num_queries):
    review = open_review(
        actor=marketer,
        subject=Ref("campaign", new_id()),
        title="广告法小测验",
        fingerprint="a" * 64,
        content={"title": "反诈", "settings": {"questions": [{"text": "?", "article": "AD-28"}]}},
        author_id=marketer.id,
        last_editor_id=marketer.id,
        now=NOON,
    )
    decide_review(actor=officer, review_id=review.id, verdict="approve", now=NOON)
    add_term(
        actor=officer, term="金凤凰计划", category="exaggeration", severity="block", article="AD-28", now=NOON
    )
    browser = signed_in(officer)

    with django_assert_max_num_queries(18):
        page = browser.get(reverse("compliance:article", args=["AD-28"])).content.decode()

    assert "广告法小测验" in page
    assert {kind.icon: kind.total > 0 for kind in cited_by("AD-28")}["shield-check"]
    assert "金凤凰计划" not in page, "a draft is not in force"
    assert browser.get(reverse("compliance:article", args=["NO-SUCH"])).status_code == 404


def test_disclaimers_and_mechanics_cite_too(at_bank):
    kinds = {kind.icon: kind for kind in cited_by("PIPL-6")}
    assert any("五项" in one.label or "5项" in one.label for one in kinds["shield-check"].shown)

    assert {kind.icon: kind for kind in cited_by("WMP-2023")}["file"].total == 1
