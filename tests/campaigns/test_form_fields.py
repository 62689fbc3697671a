"""Form, notice, consent, rules and evidence name the same fields, or nothing is submitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from campaigns.checking import check
from campaigns.content import CONTACT_FIELDS, read_content
from campaigns.form_fields import (
    FormNotApproved,
    collection_line,
    collection_rule,
    consent_sentence,
    form_problems,
    require_approved_form,
)
from campaigns.gallery import presets
from campaigns.models import Campaign
from campaigns.player.texts import FRAUD_WARNING
from campaigns.posters import poster_of
from campaigns.review_screens import screens_of_campaign
from compliance.library import disclaimers
from kernel.actor import Actor
from privacy.models import Field, NoticeVersion
from privacy.queries import notice_in_force
from privacy.usecases import publish_notice
from tenancy.models import Institution
from tests.campaigns.conftest import ready_quiz
from tests.cast import NOON, make_staff

pytestmark = pytest.mark.django_db

ALL_FIVE = "姓名、手机号、需求类型、网点和预约时间"


def codes(draft: dict[str, Any], path: str = "") -> set[str]:
    checked = check(draft, sector="bank", now=NOON)
    return {problem.code for problem in checked.problems if not path or problem.path == path}


def another_notice(
    body: str = "信息仅用于服务预约，将加密存储。", fields: tuple[str, ...] = ()
) -> NoticeVersion:
    return publish_notice(
        actor=make_staff("gao.zhi", "consumer_protection").actor,
        key="service_booking",
        title="告知",
        body=body,
        purposes=[{"code": "booking", "sentence": "用于预约服务"}],
        fields=list(fields or Field.values),
        keep_days=90,
        now=NOON,
    )


def test_the_names_of_the_fields_are_the_vaults(db: None) -> None:
    assert {key: words.zh for key, words in CONTACT_FIELDS.items()} == dict(Field.choices)


def test_rule_notice_consent_and_evidence_name_what_the_form_asks_for(
    draft_quiz: Campaign, bank: Institution
) -> None:
    content = read_content(draft_quiz.draft)

    said = [collection_rule(content.frame), collection_line(content), consent_sentence(content.frame)]
    drawn = " ".join(
        line.text for screen in screens_of_campaign(draft_quiz.draft, bank, NOON) for line in screen.lines
    )

    assert all(ALL_FIVE in sentence for sentence in said)
    assert said[1] in drawn
    assert said[2] in drawn
    assert not form_problems(content, notice_in_force("service_booking"))


@pytest.mark.parametrize("key", sorted(presets()))
def test_no_preset_says_anything_else_than_it_collects(key: str, draft_quiz: Campaign) -> None:
    preset = presets()[key]
    content = read_content(preset.draft(sector=preset.sectors[0], today=NOON.date()))

    assert not form_problems(content, notice_in_force("service_booking"))
    assert set(content.frame.contact_fields) == set(Field.values)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (["name", "phone", "need"], "field_missing"),
        (["name", "phone", "need", "time"], "half_a_visit"),
        (["name", "phone", "branch", "time"], "form_differs"),
    ],
)
def test_ticking_a_field_changes_what_may_be_submitted(
    draft_quiz: Campaign, fields: list[str], code: str
) -> None:
    assert code in codes({**draft_quiz.draft, "contact_fields": fields}, "contact_fields")


@pytest.mark.parametrize(
    "rule",
    [
        "预约需填写姓名、手机号和需求类型，信息仅用于服务预约。",
        "我们只收集姓名和联系方式。",
        "报名时请留下您的姓名、手机号。",
    ],
)
def test_a_rule_that_names_other_fields_stops_submission(draft_quiz: Campaign, rule: str) -> None:
    assert "form_differs" in codes({**draft_quiz.draft, "rules": [rule]}, "rules.0")


@pytest.mark.parametrize(
    "rule",
    [
        "预约需填写姓名、手机号、需求类型、网点和预约时间。",
        "我们不会收集您的姓名和手机号以外的证件信息。",
        "浏览时不需要填写姓名和手机号。",
        "请到所选网点办理。",
    ],
)
def test_a_rule_that_says_the_same_or_nothing_of_it_passes(draft_quiz: Campaign, rule: str) -> None:
    assert "form_differs" not in codes({**draft_quiz.draft, "rules": [rule]})


def test_a_notice_of_other_fields_stops_submission(draft_quiz: Campaign) -> None:
    another_notice(fields=("name", "phone", "need"))

    assert "form_differs" in codes(draft_quiz.draft, "contact_fields")


def test_a_notice_whose_text_names_other_fields_stops_submission(draft_quiz: Campaign) -> None:
    """As the demo's own notice once did: 收集内容:姓名、手机号、需求类型."""
    another_notice("信息仅用于服务预约，将加密存储。\n收集内容：姓名、手机号、需求类型，用于安排预约。")

    assert "form_differs" in codes(draft_quiz.draft, "notice")


def test_a_form_that_was_approved_for_less_asks_for_nothing(draft_quiz: Campaign) -> None:
    """What was approved before branch and time were named, and what lost its notice since."""
    frame, notice = read_content(draft_quiz.draft).frame, notice_in_force("service_booking")

    with pytest.raises(FormNotApproved):
        require_approved_form(replace(frame, contact_fields=("name", "phone", "need")), notice)
    with pytest.raises(FormNotApproved):
        require_approved_form(frame, another_notice(fields=("name", "phone")))
    with pytest.raises(FormNotApproved):
        require_approved_form(frame, None)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("本活动不会索要验证码、密码。", True),
        ("我们不会向您索要密码或短信验证码。", True),
        ("工作人员不会索要验证码，请勿告知他人。", False),
        ("任何人索要验证码都请拒绝。", False),
    ],
)
def test_nobody_promises_that_no_code_is_asked_for(draft_quiz: Campaign, rule: str, wrong: bool) -> None:
    assert ("code_is_asked_for" in codes({**draft_quiz.draft, "rules": [rule]}, "rules.0")) is wrong


def test_poster_page_and_library_warn_in_the_same_words(draft_quiz: Campaign, bank: Institution) -> None:
    poster = poster_of(read_content(draft_quiz.draft), bank, certificate="H-1")

    assert any(sentence.startswith(FRAUD_WARNING) for sentence in poster.sentences)
    assert disclaimers()["D-ALL-09"].text == FRAUD_WARNING
    assert "不会索要验证码" not in " ".join(poster.sentences)


def test_the_builder_shows_the_rule_that_follows_from_the_fields(
    at_bank: UUID, draft_quiz: Campaign, marketer: Actor
) -> None:
    without = ready_quiz(marketer, contact_fields=["name", "phone", "branch", "time"])

    assert "需求类型" not in collection_rule(read_content(without.draft).frame)
