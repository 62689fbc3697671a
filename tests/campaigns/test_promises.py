"""No text waits to be filled in, no figure contradicts the settings, no service is out of reach."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.certification import unkept_in_bank
from campaigns.checking import check
from campaigns.content import read_content, rules_of
from campaigns.gallery import presets
from campaigns.models import QuestionVersion, Version
from campaigns.promises import broken_promises, number_in, open_passages
from campaigns.question_content import problems_of_question
from campaigns.usecases.submitting import NotSubmittable, submit_for_review
from compliance.library import disclaimers
from kernel.placeholders import PATTERN, unfilled
from privacy.models import NoticeVersion
from privacy.usecases.consents import NoticeIncomplete, publish_notice
from rewards.models import Benefit
from rewards.usecases import add_benefit
from rewards.usecases.benefits import BadBenefit
from tests.campaigns.conftest import ready_quiz
from tests.cast import NOON, make_staff

OPEN = (
    "有效期：××。", "XX银行提醒您", "尾号XX的卡", "奖品概率×%", "风险等级：R×", "欢迎{name}", "共%(n)s份",
    "【】提醒", "【请填写机构名】提醒", "TODO", "时间待补充", "电话____", "为什么？？？",
)  # fmt: skip
FILLED = (
    "错误做法（×）", "3×5等于15", "【推广材料】本材料适合稳健型", "金规〔2025〕6号", "MAX 与 xls 文件",
    "138****8000",
    "这样可以吗？", "某银行的客服", "C3=鉴别信息",
)  # fmt: skip
DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))


@pytest.mark.parametrize("text", OPEN)
def test_a_passage_left_open_is_seen(text):
    assert unfilled(text)


@pytest.mark.parametrize("text", FILLED)
def test_what_is_filled_in_is_left_alone(text):
    assert unfilled(text) == ""


@pytest.mark.parametrize("function", ["campaigns_left_open", "kernel_left_open"])
def test_the_database_sees_what_we_see(db, function):
    migration = importlib.import_module("kernel.migrations.0005_left_open_in_bounds")

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT text FROM unnest(%s) AS text"
            f" WHERE {function}(jsonb_build_object('a', text)) IS NOT NULL",
            [[*OPEN, *FILLED]],
        )
        seen = {row[0] for row in cursor.fetchall()}

    assert seen == set(OPEN)
    assert migration.PATTERN == PATTERN, "a new migration, please"


@pytest.mark.parametrize(
    ("field", "path"), [("title", "title"), ("promise", "promise"), ("rules", "rules.0")]
)
def test_a_draft_with_an_open_passage_cannot_be_submitted(marketer, consult, field, path):
    text = "反诈××活动"
    campaign = ready_quiz(marketer, **{field: [text] if field == "rules" else text})

    with pytest.raises(NotSubmittable) as refused:
        submit_for_review(actor=marketer, campaign_id=campaign.id, now=NOON)

    assert (path, "not_filled_in") in {(one.path, one.code) for one in refused.value.checked.problems}


def test_a_notice_to_be_chosen_with_an_open_passage_stops_the_draft(marketer, consult):
    draft = {**ready_quiz(marketer).draft, "disclaimers": ["D-ALL-15"]}

    checked = check(draft, sector="bank", now=NOON)

    assert "disclaimers" in {one.path for one in checked.problems if one.code == "not_filled_in"}


@pytest.mark.parametrize("model", [Version, QuestionVersion])
def test_plain_sql_freezes_no_open_passage(at_bank, model):
    columns = {
        field.column: None for field in model._meta.concrete_fields if field.column not in ("id", "content")
    }
    named = ", ".join(["id", "content", *columns])
    given_ = ", ".join(["%s", "%s::jsonb", *["NULL"] * len(columns)])

    with (
        pytest.raises(IntegrityError, match="waits to be filled in"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({named}) VALUES ({given_})",
            [uuid4(), '{"rules": ["有效期：××。"]}'],
        )


@pytest.mark.parametrize(
    ("model", "column", "text"),
    [
        (Benefit, "title", "××咨询"),
        (Benefit, "summary", "有效期：××。"),
        (NoticeVersion, "title", "【】告知"),
        (NoticeVersion, "body", "处理者：XX银行。"),
        (NoticeVersion, "purposes", '[{"code": "booking", "sentence": "用于____"}]'),
    ],
)
def test_plain_sql_offers_no_service_and_publishes_no_notice_with_an_open_passage(
    at_bank, model, column, text
):
    cast = "::jsonb" if column == "purposes" else ""

    with (
        pytest.raises(IntegrityError, match="waits to be filled in"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} (id, {column}) VALUES (%s, %s{cast})", [uuid4(), text]
        )


def test_a_service_gets_no_open_passage_later(consult):
    with pytest.raises(IntegrityError, match="waits to be filled in"), transaction.atomic():
        Benefit.objects.filter(pk=consult.pk).update(summary="有效期：××。")


def test_phones_close_what_was_approved_with_an_open_passage(live_quiz):
    assert live_quiz.phase(NOON) == "open"
    assert replace(live_quiz, is_complete=False).phase(NOON) == "paused"


def test_a_question_a_service_and_a_notice_are_asked_too(at_bank):
    written: dict[str, Any] = {
        "text": "××银行来电怎么办？",
        "options": [{"id": "A", "text": "挂断"}, {"id": "B", "text": "照办"}],
        "answer": "A", "explanation": "先挂断再核实。", "article": "AF-30", "topic": "反诈",
        "sectors": ["bank"],
        "valid_from": "", "valid_until": "",
    }  # fmt: skip

    assert [(one.path, one.code) for one in problems_of_question(written, today=NOON.date())] == [
        ("text", "not_filled_in")
    ]
    with pytest.raises(BadBenefit):
        add_benefit(
            actor=make_staff("yun.ying", "operations").actor, service="wealth_consult", title="免费咨询",
            summary="由××讲解。", delivered_by="wealth_manager", now=NOON,
        )  # fmt: skip
    with pytest.raises(NoticeIncomplete):
        publish_notice(
            actor=make_staff("xiao.bao", "consumer_protection").actor, key="n", title="告知",
            body="保存××日。信息仅用于服务预约，将加密存储。",
            purposes=[{"code": "booking", "sentence": "用于预约"}], fields=["name"], keep_days=90, now=NOON,
        )  # fmt: skip


@pytest.mark.parametrize("key", sorted(presets()))
@settings(max_examples=25, deadline=None)
@given(day=DAYS)
def test_a_preset_keeps_its_promises_on_whatever_day_it_is_taken(key, day):
    preset = presets()[key]
    for sector in preset.sectors:
        content = read_content(preset.draft(sector=sector, today=day))

        assert [*open_passages(content, ()), *broken_promises(content)] == []


def test_no_question_of_ours_is_left_open():
    assert unkept_in_bank() == []


def test_what_marketers_are_offered_is_complete():
    offered = [one for one in disclaimers().values() if one.is_offered and not one.is_completed_by_platform]

    assert [one.id for one in offered if unfilled(one.worded("安心银行"))] == []


def check_in(days: int, **changed: Any) -> dict[str, Any]:
    today = date(2026, 11, 22)
    draft = presets()["daily_check_in"].draft(sector="bank", today=today)
    draft["ends_on"] = (today + timedelta(days=days - 1)).isoformat()
    draft["settings"].update(changed)
    return draft


@pytest.mark.parametrize(
    ("days", "changed", "path"),
    [
        (45, {}, "settings.months"),
        (45, {"streak": "daily"}, "settings.months"),
        (10, {"streak": "none", "points_a_day": 0}, "settings.days_a_month"),
        (20, {"streak": "none", "days_a_month": 8}, "settings.exchange_points"),
    ],
)
def test_a_service_out_of_reach_is_a_problem_with_a_reason(days, changed, path):
    (problem,) = broken_promises(read_content(check_in(days, **changed)))[-1:]

    assert (problem.path, problem.code) == (path, "out_of_reach")
    assert "请" in problem.words.zh


def test_whoever_comes_every_day_reaches_what_is_not_refused():
    assert broken_promises(read_content(check_in(120))) == []


@pytest.mark.parametrize(
    ("preset", "changed", "promise", "said"),
    [
        ("anti_fraud_quiz", {"per_play": 8}, "答5道题，识别骗局", "答5道题"),
        ("anti_fraud_quiz", {"per_play": 5}, "答八道题，识别骗局", "答八道题"),
        ("anti_fraud_quiz", {"pass_mark": 60}, "正确率达到80%即达标", "正确率达到80%"),
        ("daily_check_in", {"months": 2}, "连续签到3个月有礼", "连续签到3个月"),
        ("daily_check_in", {"streak": "none"}, "连续签到3个月有礼", "连续签到3个月"),
        ("daily_check_in", {"days_a_month": 20}, "每月签到15天", "每月签到15天"),
        ("account_check_together", {"open_hours": 24}, "48小时内有朋友加入即可", "48小时内有朋友加入"),
        ("account_check_together", {"open_hours": 24}, "请在48小时内完成", "48小时内完成"),
    ],
)
def test_a_figure_that_the_settings_contradict_is_a_problem(preset, changed, promise, said):
    draft = presets()[preset].draft(sector="bank", today=date(2026, 11, 22))
    draft["settings"].update(changed)
    draft["promise"] = promise

    found = [one for one in broken_promises(read_content(draft)) if one.path == "promise"]

    assert [one.code for one in found] == ["differs_from_settings"]
    assert f"“{said}”" in found[0].words.zh


def test_the_hours_of_something_else_are_no_contradiction():
    draft = presets()["account_check_together"].draft(sector="bank", today=date(2026, 11, 22))
    draft["settings"]["open_hours"] = 48
    draft["promise"] = "两人同测，专业顾问24小时内联系您"

    assert not [one for one in broken_promises(read_content(draft)) if one.path == "promise"]


@pytest.mark.parametrize(("written", "number"), [("5", 5), ("五", 5), ("两", 2), ("十", 10), ("二十三", 23)])
def test_numbers_are_read_in_both_scripts(written, number):
    assert number_in(written) == number


@pytest.mark.parametrize(("title", "sign"), [("反诈闯关🎉", "🎉"), ("反诈闯关✔", "✔")])
def test_what_no_page_can_draw_is_refused_in_titles_and_questions_alike(marketer, consult, title, sign):
    checked = check({**ready_quiz(marketer).draft, "title": title}, sector="bank", now=NOON)

    (problem,) = (one for one in checked.problems if one.code == "cannot_be_printed")
    assert (problem.path, sign in problem.words.zh) == ("title", True)


PROMISED = [
    ("daily_check_in", {}, {"month", "streak", "exchange"}),
    ("daily_check_in", {"streak": "none"}, {"month", "exchange"}),
    ("daily_check_in", {"points_a_day": 0}, {"month", "streak"}),
    ("account_check_together", {}, {"diagnosis"}),
    ("existing_helps_new", {}, {"helper_service", "newcomer_service"}),
    ("anti_fraud_quiz", {}, set()),
    ("scam_call_walkthrough", {}, set()),
]


@pytest.mark.parametrize(("preset", "changed", "promised"), PROMISED)
def test_an_award_the_rules_promise_needs_a_service_behind_it(at_bank, preset, changed, promised):
    """Rules are generated from the settings: what they promise is given, or nothing is submitted."""
    draft = presets()[preset].draft(sector="bank", today=NOON.date())
    draft["settings"].update(changed)

    checked = check({**draft, "awards": {}}, sector="bank", now=NOON)

    missing = {one.path: one for one in checked.problems if one.code == "no_service_behind"}
    assert set(missing) == {f"awards.{award}" for award in promised}
    assert all("请选择一项服务" in one.words.zh for one in missing.values())


@pytest.mark.parametrize("preset", ["anti_fraud_quiz", "monthly_knowledge_quiz", "scam_call_walkthrough"])
def test_without_a_service_the_rules_promise_none(at_bank, consult, preset):
    draft = presets()[preset].draft(sector="bank", today=NOON.date())
    offering = {**draft, "awards": {"passed": {"benefit": str(consult.id)}}}

    silent, spoken = ([rule.zh for rule in rules_of(read_content(one))] for one in (draft, offering))

    assert [rule for rule in silent if "权益" in rule or "服务" in rule] == []
    assert [rule for rule in spoken if "达标权益每人" in rule] != []
