"""The question library: written, reviewed one by one, and only then offered. F4, F8, F9."""

from __future__ import annotations

import json
from typing import Any

import pytest

from campaigns.bank import bank_is_certified, question_bank
from campaigns.checking import check
from campaigns.games.base import Json
from campaigns.models import Campaign, Question, QuestionUse
from campaigns.player.texts import articles_cited
from campaigns.queries import changes_since_sent
from campaigns.question_content import Written, WrittenOption
from campaigns.question_library import offered, questions_matching, sources_of, standings_of
from campaigns.question_models import State
from campaigns.usecases import save_draft, submit_for_review
from campaigns.usecases.questions import (
    QuestionNotReady,
    QuestionRetired,
    import_questions,
    restore_question,
    retire_question,
    save_question,
    submit_question,
    withdraw_question,
    write_question,
)
from campaigns.usecases.submitting import NotSubmittable
from compliance.evidence_ledger import deeds_of, ledger_files
from compliance.models import ArticleVersion, Citation, Review
from compliance.queries import latest_review
from compliance.usecases import decide_review
from compliance.usecases.reviews import OwnWork
from kernel.actor import Actor
from kernel.errors import Denied, NotFound
from kernel.timekeeping import local_day
from tests.campaigns.conftest import put_out
from tests.cast import NOON, ONE_DAY, make_staff
from tests.desk import signed_in

REWRITTEN = "有人自称客服要您转账到“安全账户”，您应当？"


def a_question(**changes: Any) -> Written:
    """As a marketer types it, complete."""
    written = Written(
        text="陌生人来电要您共享屏幕“核实账户”，您应当？",
        options=[
            WrittenOption("A", "挂断电话，通过官方热线核实"),
            WrittenOption("B", "先共享屏幕再判断"),
            WrittenOption("C", "把验证码告诉对方"),
        ],
        answer="A",
        explanation="共享屏幕会暴露密码和验证码，金融机构不会这样核实身份。依据《反电信网络诈骗法》。",
        article="AF-30",
        topic="反诈",
        sectors=["bank"],
    )
    for name, value in changes.items():
        setattr(written, name, value)
    return written


def approved_question(marketer: Actor, officer: Actor, **changes: Any) -> Question:
    question = write_question(actor=marketer, written=a_question(**changes), now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    decide(question, officer)
    return question


def decide(question: Question, officer: Actor, verdict: str = "approve") -> Review:
    review = latest_review(question.ref)
    assert review is not None
    return decide_review(actor=officer, review_id=review.id, verdict=verdict, reasons="已核对", now=NOON)


def state_of(question: Question, now: Any = NOON) -> str:
    told = standings_of([Question.of(question.id)], now=now)[question.id].state
    filed = [state for state in State if Question.objects.in_state(state, now).filter(id=question.id)]
    assert filed == [told], "the filter and the badge say the same"
    return told.value


def codes_offered(now: Any = NOON) -> set[str]:
    found: list[Json] = []
    page, more = 1, True
    while more:
        shown, more = offered(sector="bank", page=page, now=now)
        found += shown
        page += 1
    return {question["id"] for question in found}


def asking(campaign: Campaign, marketer: Actor, question: Json) -> Campaign:
    """The campaign with this question as its first."""
    fresh = Campaign.of(campaign.id)
    settings = fresh.draft["settings"]
    questions = [question, *settings["questions"][1:]]
    draft = {**fresh.draft, "settings": {**settings, "questions": questions}}
    return save_draft(actor=marketer, campaign_id=fresh.id, revision=fresh.revision, draft=draft, now=NOON)


def the_offered(code: str) -> Json:
    found, _more = offered(sector="bank", words=code, now=NOON)
    (question,) = [one for one in found if one["id"] == code]
    return {name: value for name, value in question.items() if name != "ours"}


def refusals(campaign: Campaign, marketer: Actor, now: Any = NOON) -> list[tuple[str, str]]:
    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=now)
    return [(problem.path, problem.code) for problem in refused.value.checked.problems]


def test_a_question_is_offered_only_after_someone_else_approved_it(marketer, officer):
    """F8: draft, in review, returned — none of them is offered; approved is."""
    question = write_question(actor=marketer, written=a_question(), now=NOON)
    states = [state_of(question)]

    submit_question(actor=marketer, question_id=question.id, now=NOON)
    states.append(state_of(question))
    decide(question, officer, "return")
    states.append(state_of(question))
    assert question.code not in codes_offered()
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    decide(question, officer)
    states.append(state_of(question))

    assert states == ["draft", "in_review", "returned", "approved"]
    assert question.code in codes_offered()
    (source,) = sources_of([the_offered(question.code)])
    assert source is not None
    assert (source.code, source.number) == (question.code, 1)


def test_whoever_wrote_or_once_edited_a_question_cannot_approve_it(at_bank, officer):
    both = make_staff("quan.neng", "marketer", "compliance").actor
    helper = make_staff("bang.shou", "marketer", "compliance").actor
    question = write_question(actor=both, written=a_question(), now=NOON)
    for actor, text in ((helper, "换一种问法，您应当？"), (both, "再换一种问法，您应当？")):
        fresh = Question.of(question.id)
        save_question(
            actor=actor, question_id=question.id, revision=fresh.revision, written=a_question(text=text),
            now=NOON,
        )  # fmt: skip
    submit_question(actor=both, question_id=question.id, now=NOON)

    for actor in (both, helper):
        with pytest.raises(OwnWork):
            decide(question, actor)
    assert decide(question, officer).status == "approved"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"topic": " "}, "topic"),
        ({"article": "NO-1"}, "article"),
        ({"explanation": ""}, "explanation"),
        ({"answer": ""}, "answer"),
        ({"sectors": []}, "sectors"),
        ({"valid_until": "2001-01-01"}, "valid_until"),
        ({"valid_from": "明年"}, "valid_from"),
    ],
)
def test_a_question_lacking_what_it_must_have_is_kept_but_not_submitted(marketer, change, path):
    """F4: knowledge point, law, explanation, sector, dates."""
    question = write_question(actor=marketer, written=a_question(**change), now=NOON)

    with pytest.raises(QuestionNotReady) as refused:
        submit_question(actor=marketer, question_id=question.id, now=NOON)

    assert path in {problem.path for problem in refused.value.problems}
    assert Question.of(question.id).draft[next(iter(change))] == next(iter(change.values()))


def test_a_promise_in_an_explanation_blocks_the_question(marketer):
    written = a_question(explanation="本产品保本保息，稳赚不赔，放心购买。")
    question = write_question(actor=marketer, written=written, now=NOON)

    with pytest.raises(QuestionNotReady) as refused:
        submit_question(actor=marketer, question_id=question.id, now=NOON)

    assert "explanation" in {finding.path for finding in refused.value.findings}


def test_the_library_tells_everything_once(marketer, officer):
    """A copy of a question, ours or one's own, would be in use while the other is held."""
    approved_question(marketer, officer)
    ours = question_bank()["AF02"].as_setting()
    copies = [
        a_question(text=" 陌生人来电要您共享屏幕“核实账户”，您应当？"),
        a_question(
            text=ours["text"],
            options=[WrittenOption(**option) for option in ours["options"]],
            answer=ours["answer"],
            explanation=ours["explanation"],
            article=ours["article"],
        ),
    ]

    for written in copies:
        copy = write_question(actor=marketer, written=written, now=NOON)
        with pytest.raises(QuestionNotReady) as refused:
            submit_question(actor=marketer, question_id=copy.id, now=NOON)
        assert [problem.code for problem in refused.value.problems] == ["question_twice"]


def test_a_campaign_with_an_approved_question_of_the_library_is_submitted(marketer, officer, draft_quiz):
    """F8: and what it contains is remembered with its version."""
    question = approved_question(marketer, officer)
    asking(draft_quiz, marketer, the_offered(question.code))

    version = submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)

    codes = set(QuestionUse.objects.filter(version=version).values_list("code", flat=True))
    assert question.code in codes
    assert len(codes) == len(version.content["settings"]["questions"])


def test_a_campaign_cannot_be_submitted_with_a_question_that_may_not_be_used(marketer, officer, draft_quiz):
    """F8: draft, retired and out of date, whatever id the question was given in the campaign."""
    good = approved_question(marketer, officer, valid_until=str(local_day(NOON + ONE_DAY)))
    taken = {**the_offered(good.code), "id": "own-1", "topic": "别的"}
    draft = write_question(actor=marketer, written=a_question(text="这样做安全吗？"), now=NOON)
    drafted = {**taken, "id": draft.code, "text": "这样做安全吗？"}

    asking(draft_quiz, marketer, drafted)
    assert refusals(draft_quiz, marketer) == [("settings.questions.0.text", "question_draft")]
    asking(draft_quiz, marketer, taken)
    late = NOON + 2 * ONE_DAY
    assert refusals(draft_quiz, marketer, now=late) == [("settings.questions.0.text", "question_expired")]
    retire_question(actor=marketer, question_id=good.id, now=NOON)
    assert refusals(draft_quiz, marketer) == [("settings.questions.0.text", "question_retired")]
    with pytest.raises(QuestionRetired):
        submit_question(actor=marketer, question_id=good.id, now=NOON)
    restore_question(actor=marketer, question_id=good.id, now=NOON)
    assert submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)


def test_reviewers_see_where_each_question_comes_from(marketer, officer, draft_quiz):
    question = approved_question(marketer, officer)
    own = {**the_offered(question.code), "id": "own-1", "text": "本活动自己出的一道题，您应当？"}
    asking(draft_quiz, marketer, own)
    submit_for_review(actor=marketer, campaign_id=draft_quiz.id, now=NOON)
    review = latest_review(draft_quiz.ref)

    page = signed_in(officer).get(f"/desk/reviews/{review.id}/").content.decode()

    assert "本活动自写，未入题库" in page
    assert "平台题库 AF" in page


def test_a_question_without_a_knowledge_point_stops_the_whole_campaign(marketer, draft_quiz):
    """F4."""
    first = Campaign.of(draft_quiz.id).draft["settings"]["questions"][0]
    asking(draft_quiz, marketer, {**first, "topic": ""})

    assert ("settings.questions.0.topic", "empty") in refusals(draft_quiz, marketer)


def test_an_approved_question_stays_offered_while_a_better_wording_is_reviewed(marketer, officer):
    """F71: what was approved is replaced by the next approval, not by the wish for it."""
    question = approved_question(marketer, officer)
    before = the_offered(question.code)
    better = a_question(explanation="金融机构不会要求共享屏幕。依据《反电信网络诈骗法》第三十条。")
    save_question(actor=marketer, question_id=question.id, revision=1, written=better, now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)

    assert the_offered(question.code) == before
    withdraw_question(actor=marketer, question_id=question.id, now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    decide(question, officer)
    assert the_offered(question.code)["explanation"] == better.explanation


def test_an_approval_that_ended_takes_the_question_out_of_use(marketer, officer):
    question = approved_question(marketer, officer)

    assert state_of(question, NOON + 181 * ONE_DAY) == "expired"
    assert question.code not in codes_offered(NOON + 181 * ONE_DAY)


def test_our_bank_is_certified_as_it_stands(at_bank):
    """F60, F8. After a change: `manage.py certify_presets`."""
    assert bank_is_certified(local_day(NOON))
    assert {"AF01", "DI01"} <= codes_offered()


def test_outsiders_and_roles_without_the_permission_do_nothing(marketer, clerk, outsider, insurer):
    question = write_question(actor=marketer, written=a_question(), now=NOON)

    with pytest.raises(Denied):
        submit_question(actor=clerk, question_id=question.id, now=NOON)
    from_outside = signed_in(outsider).get(f"/desk/questions/{question.id}/")
    assert from_outside.status_code == 404
    with pytest.raises(NotFound):
        submit_question(actor=marketer, question_id=marketer.id, now=NOON)


def test_many_rows_become_drafts_at_once(marketer):
    rows = [a_question(text=f"第{number}种情形，您应当？") for number in range(3)]

    made = import_questions(actor=marketer, rows=rows, now=NOON)

    assert questions_matching(now=NOON).count() == len(made) == 3


def test_a_new_wording_of_one_question_changes_only_it_in_a_running_campaign(marketer, officer, draft_quiz):
    """F71: the builder tells of the newer version, and reviewers see one question changed."""
    question = approved_question(marketer, officer)
    asking(draft_quiz, marketer, the_offered(question.code))
    put_out(Campaign.of(draft_quiz.id), marketer)
    better = a_question(explanation="金融机构不会要求共享屏幕。依据《反电信网络诈骗法》第三十条。")
    save_question(actor=marketer, question_id=question.id, revision=1, written=better, now=NOON)
    submit_question(actor=marketer, question_id=question.id, now=NOON)
    decide(question, officer)

    (advice,) = check(Campaign.of(draft_quiz.id).draft, sector="bank", now=NOON).advice
    asking(draft_quiz, marketer, the_offered(question.code))
    changed = changes_since_sent(Campaign.of(draft_quiz.id), Campaign.of(draft_quiz.id).draft).changes

    assert (advice.path, advice.code) == ("settings.questions.0.text", "newer_version")
    assert [change.path for change in changed] == ["settings.questions.0.explanation"]
    assert check(Campaign.of(draft_quiz.id).draft, sector="bank", now=NOON).advice == []


def test_every_served_question_rests_on_an_article_in_the_version_that_was_reviewed(live_quiz):
    """F9: explanation, article and version; the law a phone names is the library's."""
    review = Review.objects.get(subject_id=live_quiz.id, fingerprint=live_quiz.fingerprint)
    cited = {one.path: one for one in Citation.objects.filter(review=review).select_related("version")}
    told = articles_cited(live_quiz.content)

    for place, question in enumerate(live_quiz.content.settings.questions):
        citation = cited[f"settings.questions.{place}.article"]
        newest = ArticleVersion.objects.newest([question.article])[question.article]
        assert question.explanation.strip()
        assert citation.version == newest
        assert told[question.article] == newest.article.law


def test_words_that_were_approved_once_are_no_other_questions(marketer, officer):
    """F8: else one copy could be retired or held while the other stays in use."""
    first = approved_question(marketer, officer)
    rewritten = a_question(text=REWRITTEN)
    save_question(actor=marketer, question_id=first.id, revision=first.revision, written=rewritten, now=NOON)
    twin = write_question(actor=marketer, written=a_question(), now=NOON)

    with pytest.raises(QuestionNotReady) as refused:
        submit_question(actor=marketer, question_id=twin.id, now=NOON)

    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("text", "question_twice")
    assert first.code in problem.words.zh


def test_the_evidence_of_a_question_says_who_wrote_edited_and_submitted_it(marketer, officer):
    """F51."""
    question = approved_question(marketer, officer)
    other = make_staff("wen.zi", "marketer").actor
    rewritten = a_question(text=REWRITTEN)
    save_question(actor=other, question_id=question.id, revision=1, written=rewritten, now=NOON)

    ledger = ledger_files(deeds_of(question.ref, asked_at=NOON).iterator())
    told = [json.loads(line) for line in ledger["ledger.jsonl"].splitlines()]

    deeds = [(one["verb"], one["actor"][1]) for one in told if one["verb"].startswith("questions.")]
    assert deeds == [
        ("questions.created", str(marketer.id)),
        ("questions.submitted", str(marketer.id)),
        ("questions.edited", str(other.id)),
    ]
    assert any(one["verb"].startswith("compliance.") for one in told)
