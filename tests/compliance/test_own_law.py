"""F3, S4: a finding cites the law of the institution's own sector or a common one, and a class of penalty."""

import re

import pytest
from django.utils.translation import override

from compliance.library import articles
from compliance.scanner import Text, default_pack, scan
from compliance.scanner.matter import SECTORS, Shape
from compliance.wording import finding_words, law_words

CLASSES = ("行政罚款", "行政处罚", "监管处罚", "平台处置", "不予上线")
ENGLISH = ("Fine of", "Administrative penalty", "Regulatory action", "Action by the channel", "Not published")
TRADES = {"bank": "bank", "insurance": "insurer", "securities": "broker", "wealth": "bank"}
# Whoever speaks of these does so under their law, whatever house it is: a bank that sells insurance.
BY_SUBJECT = re.compile(
    r"^(INS-|ISB-21|FPNM-10-[46]|FPNM-20|LOAN-|CREDIT-|DEP-|DEPDEV|KMH-|SEC-|LIFE-|IIB-23|CONS-28|WMS-25)"
)


def test_every_penalty_begins_with_its_class_in_both_languages():
    for category in default_pack().categories.values():
        with override("en"):
            english = finding_words(
                rule="x", category=category.key, why="x", suggestion="x", penalty=category.penalty
            ).penalty

        assert category.penalty.startswith(CLASSES), category.key
        assert english.startswith(ENGLISH), category.key


@pytest.mark.parametrize("sector", SECTORS)
def test_no_rule_for_everyone_cites_the_law_of_another_trade(sector):
    pack, laws = default_pack(), articles()
    cited = {
        pack.article_for(rule.article, sector)
        for rule in (*pack.terms, *pack.patterns)
        if rule.sector in ("all", sector)
    }

    foreign = {
        key
        for key in cited
        if not re.search(rf"all|{TRADES[sector]}", laws[key].binds)
        and not ("fund" in laws[key].binds and sector in ("securities", "wealth"))
        and not BY_SUBJECT.match(key)
    }

    assert foreign == set()


@pytest.mark.parametrize(
    ("words", "sector", "article"),
    [
        ("限时抢", "bank", "FPNM-10-7"),
        ("手慢无", "insurance", "FPNM-10-7"),
        ("手慢无", "securities", "FAD-15-3"),
        ("免风险测评", "securities", "SUIT-22"),
        ("免风险测评", "bank", "SUIT7-T"),
    ],
)
def test_the_same_words_are_judged_by_the_law_of_the_house(words, sector, article):
    (found, *_) = scan([Text("title", "title", words)], sector)

    assert found.article == article


def test_a_house_rule_says_openly_that_it_is_one():
    """Not a law and not a product's wish: 本平台规范, in its own words in both languages."""
    tied = Shape(conditions=("purchase",))
    articles_of = {
        sector: next(one.article for one in scan([], sector, shape=tied) if one.rule == "ST-CONDITION")
        for sector in ("bank", "securities")
    }
    law = articles()[articles_of["bank"]].law
    with override("en"):
        english = law_words(law)

    assert articles_of == {"bank": "PROJ-NOLINK", "securities": "SBK-9"}
    assert law == "本平台规范：不与产品购买挂钩；券商不设交易相关奖励"
    assert english.startswith("House rule of this platform: nothing is tied to buying")
    assert not [one.id for one in articles().values() if "产品需求" in one.law]
