"""Findings speak English in the English desk; the law keeps its name and gets a gloss. F3, S4."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from compliance.checks import structural
from compliance.checks.numeric import FIGURES
from compliance.checks.structural import RedLine
from compliance.library import articles
from compliance.scanner import Text, default_pack, scan
from compliance.scanner.matter import Shape
from compliance.scanner.scan import checks
from compliance.wording import finding_words, law_words
from tests.desk import signed_in

# What stands between quotation marks or brackets is the customer's own text, or a figure to be written so.
CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r"“[^”]*”|\([^)]*\)|Add: .*$|before: .*$")


def leftovers(words):
    return [
        text for text in (words.why, words.suggestion, words.penalty) if CHINESE.search(QUOTED.sub("", text))
    ]


def test_every_shipped_rule_says_why_in_english():
    pack = default_pack()
    lines = [line for line in vars(structural).values() if isinstance(line, RedLine)]
    asked = [
        *((one.rule, one.category, pack.categories[one.category].why, one.suggestion) for one in pack.terms),
        *(
            (one.rule, one.category, pack.categories[one.category].why, one.suggestion)
            for one in pack.patterns
        ),
        *((line.rule, "campaign_structure", line.why, line.advice) for line in lines),
        *((figure.rule, "factual_error", figure.why, figure.suggestion) for figure in FIGURES),
        *(("x", key, category.why, category.suggestion) for key, category in pack.categories.items()),
    ]

    with override("en"):
        poor = {
            rule
            for rule, category, why, suggestion in asked
            for words in [
                finding_words(
                    rule=rule,
                    category=category,
                    why=why,
                    suggestion=suggestion or pack.categories[category].suggestion,
                    penalty=pack.categories[category].penalty,
                )
            ]
            if leftovers(words) or not words.why or not words.suggestion or not words.penalty
        }

    assert poor == set()


def test_what_every_check_finds_in_its_own_samples_is_explained_in_english():
    """A new check brings its samples; they are read here too."""
    with override("en"):
        poor = {
            one.rule: leftovers(words)
            for check in checks()
            for sample in check.samples
            for sector in ("bank", "insurance", "securities", "wealth")
            for one in scan(sample.texts, sector, shape=sample.shape)
            for words in [
                finding_words(
                    rule=one.rule,
                    category=one.category,
                    why=one.why,
                    suggestion=one.suggestion,
                    penalty=one.penalty,
                )
            ]
            if leftovers(words)
        }

    assert poor == {}


@pytest.mark.parametrize(
    ("texts", "shape", "said"),
    [
        ([Text("a", "title", "本理财保本保息")], None, "principal cannot be lost"),
        (
            [Text("q", "question", "什么是存款保险", group="1")],
            Shape(),
            "Every question needs its explanation",
        ),
        ([Text("a", "title", "一起了解理财产品")], Shape(), "so the risk notice must be there"),
        ([Text("a", "explanation", "存款保险最高偿付限额为100万元")], None, "pays CNY 500,000 at most"),
    ],
)
def test_what_the_scanner_finds_is_explained_in_english(texts, shape, said):
    findings = scan(texts, "bank", **({"shape": shape} if shape else {}))

    with override("en"):
        words = [
            finding_words(
                rule=one.rule,
                category=one.category,
                why=one.why,
                suggestion=one.suggestion,
                penalty=one.penalty,
            )
            for one in findings
        ]

    assert any(said in each.why for each in words)
    assert not [text for each in words for text in leftovers(each)]


def test_an_institutions_own_advice_stays_as_typed():
    with override("en"):
        words = finding_words(rule="LX-1", category="exaggeration", why="x", suggestion="改用“启航计划”")

    assert words.suggestion == "改用“启航计划”"


def test_every_law_has_a_gloss_and_keeps_its_name():
    with override("en"):
        poor = [one.id for one in articles().values() if law_words(one.law) == one.law]
        told = law_words("《保险法》第一百六十一条")

    assert poor == []
    assert told == "《保险法》第一百六十一条 · Insurance Law, Art. 161"
    assert law_words("《保险法》第一百六十一条") == "《保险法》第一百六十一条"


def test_the_page_to_try_a_sentence_is_english_throughout(marketer, settings):
    browser = signed_in(marketer)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    page = browser.post(
        reverse("compliance:try"), {"text": "本理财保本保息", "content_type": "title"}
    ).content.decode()

    assert "principal cannot be lost" in page
    assert "明示或暗示" not in page


def test_chinese_is_read_with_chinese_punctuation():
    """The stored words keep theirs; figures, codes and times are left alone."""
    words = finding_words(rule="x", category="y", why="不得承诺,详见第3条:共2,000元", suggestion="")

    assert words.why == "不得承诺，详见第3条：共2,000元"
