"""What the scan saw and let through stands beside its field for the reviewer, and in the evidence."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from campaigns.usecases import submit_for_review
from campaigns.usecases.questions import submit_question, write_question
from compliance.models import Review
from compliance.queries import latest_review
from compliance.scanner import Text, default_pack, scan_with_excused
from tests.campaigns.conftest import ready_quiz
from tests.campaigns.test_question_library import a_question
from tests.cast import NOON
from tests.desk import signed_in
from tests.evidence import taken

WARNING = "任何宣称“稳赚不赔”的都是骗局"


@pytest.fixture
def review(marketer, consult):
    quiz = ready_quiz(marketer, title=WARNING)
    submit_for_review(actor=marketer, campaign_id=quiz.id, now=NOON)
    return latest_review(quiz.ref)


def test_a_passage_is_told_once_and_nothing_that_a_finding_covers():
    texts = [Text("a", "title", WARNING), Text("b", "title", "本行理财零风险"), Text("c", "title", "学知识")]

    findings, excused = scan_with_excused(texts, "bank", pack=default_pack())

    assert [(one.path, one.matched, one.category) for one in excused] == [
        ("a", "稳赚不赔", "guaranteed_return")
    ]
    assert {one.path for one in findings} == {"b"}


def test_the_review_keeps_it_and_nobody_changes_it(review):
    (kept,) = [one for one in review.excused if one["path"] == "title"]

    assert kept["matched"] == "稳赚不赔"
    assert WARNING[kept["start"] : kept["end"]] == "稳赚不赔"
    assert kept["reason"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Review.objects.filter(id=review.id).update(excused=[])


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "看过但放行"), ("en", "Seen and let through")])
def test_the_desk_shows_it_beside_the_field(review, officer, language, said):
    address = reverse("compliance:review", args=[review.id])
    page = signed_in(officer).get(address, headers={"Accept-Language": language}).content.decode()

    field = page.partition('id="at-title"')[2].partition('class="part"')[0]
    assert said in field
    assert "“稳赚不赔”" in field


def test_a_question_keeps_it_too(marketer, at_bank):
    question = write_question(actor=marketer, written=a_question(text=f"{WARNING}，对吗？"), now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)

    assert "稳赚不赔" in {one["matched"] for one in latest_review(question.ref).excused}


def test_the_evidence_tells_it_with_its_reason(review, officer):
    with taken(officer, review) as package:
        found = json.loads(package.read("reviews/001/findings.json"))
        page = package.read("reviews/001/record.html").decode()

    assert found["excused"] == review.excused
    assert "看过但放行" in page.partition("机器检测")[2]
    assert "“稳赚不赔”" in page
