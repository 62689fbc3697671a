"""Questions of the institution's own: one in use, one waiting for compliance, one half written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from campaigns.models import Question
from campaigns.question_content import Written, WrittenOption
from campaigns.usecases.questions import submit_question, write_question
from compliance.queries import latest_review
from compliance.usecases import decide_review
from kernel.actor import Actor
from tenancy.roles import Role

_SCREEN = Written(
    text="自称“客服”的来电者要您下载会议软件并共享屏幕“核实账户”，您应当？",
    options=[
        WrittenOption("A", "挂断电话，通过官方热线核实"),
        WrittenOption("B", "先共享屏幕再判断"),
        WrittenOption("C", "只共享一会儿，不输密码"),
    ],
    answer="A",
    explanation="共享屏幕会暴露密码和验证码，金融机构不会用这种方式核实身份。依据《反电信网络诈骗法》第三十条。",
    article="AF-30",
    topic="反诈",
)
_CODE = Written(
    text="短信验证码可以告诉谁？",
    options=[
        WrittenOption("A", "银行或保险公司的客服"),
        WrittenOption("B", "任何人都不可以"),
        WrittenOption("C", "公安民警"),
    ],
    answer="B",
    explanation="验证码等同于一次性的密码，任何机构都不会向您索要。依据《反电信网络诈骗法》第三十一条。",
    article="AF-31",
    topic="反诈",
)
_BEGUN = Written(
    text="出租、出借银行卡或电话卡会有什么后果？",
    options=[WrittenOption("A", "没有影响"), WrittenOption("B", "")],
    article="AF-31",
    topic="反诈",
)


def write_questions(*, people: Mapping[Role, Actor], sector: str, now: datetime) -> None:
    """Write them as the marketer does, and let compliance decide on the first."""
    marketer = people[Role.MARKETER]
    for written in (_BEGUN, _CODE, _SCREEN):
        written.sectors = [sector]
    write_question(actor=marketer, written=_BEGUN, now=now)
    _submitted(write_question(actor=marketer, written=_CODE, now=now), marketer, now)
    question = _submitted(write_question(actor=marketer, written=_SCREEN, now=now), marketer, now)
    review = latest_review(question.ref)
    while review is not None and review.status == "open":
        role = next(iter(review.asked_roles))
        review = decide_review(actor=people[Role(role)], review_id=review.id, verdict="approve", now=now)


def _submitted(question: Question, marketer: Actor, now: datetime) -> Question:
    submit_question(actor=marketer, question_id=question.id, now=now)
    return question
