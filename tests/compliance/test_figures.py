"""How the reviewing goes: recomputed by hand from three reviews."""

from datetime import timedelta

from django.urls import reverse

from compliance.figures import review_figures
from compliance.usecases import decide_review, open_review
from kernel.actor import Ref
from kernel.ids import new_id
from tests.cast import NOON
from tests.compliance.test_desk import FINDING
from tests.desk import signed_in


def submitted(author, *, at, findings=()):
    return open_review(
        actor=author,
        subject=Ref("campaign", new_id()),
        title="活动",
        fingerprint="a" * 64,
        content={"title": "活动"},
        author_id=author.id,
        last_editor_id=author.id,
        findings=findings,
        stages=({"compliance": 1},),
        now=at,
    )


def test_times_returns_and_repeats_are_counted(marketer, officer):
    hint = {**FINDING, "severity": "info"}
    first = submitted(marketer, at=NOON - timedelta(days=2), findings=[hint])
    second = submitted(marketer, at=NOON - timedelta(days=1), findings=[hint])
    submitted(marketer, at=NOON)
    decide_review(
        actor=officer,
        review_id=first.id,
        verdict="return",
        reasons="改",
        now=NOON - timedelta(days=2) + timedelta(hours=2),
    )
    decide_review(
        actor=officer,
        review_id=second.id,
        verdict="approve",
        now=NOON - timedelta(days=1) + timedelta(hours=4),
    )

    figures = review_figures(now=NOON)

    assert (figures.opened, figures.decided, figures.approved, figures.returned) == (3, 2, 1, 1)
    assert figures.median_hours == 3
    assert [(one.stage, one.role, one.decisions, one.hours) for one in figures.stages] == [
        (1, "compliance", 2, 3.0)
    ]
    assert [(one.label, one.count, one.of) for one in figures.authors] == [("林悦", 1, 2)]
    assert [(one.label, one.count, one.of) for one in figures.repeated] == [("承诺保本", 1, 2)]


def test_the_page_opens_with_and_without_reviews(officer, marketer):
    browser = signed_in(officer)
    assert "还没有送审" in browser.get(reverse("compliance:figures")).content.decode()

    submitted(marketer, at=NOON)

    assert "各岗位用时" in browser.get(reverse("compliance:figures")).content.decode()
