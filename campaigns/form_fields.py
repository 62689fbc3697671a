"""What a customer is asked for when a service is booked: one approved list, read by all that speaks of it.

The phone's form, the notice and the consent above it, the rule among the rules and the screens of the
evidence are made from `Frame.contact_fields`. What people write themselves, the rules and the text of the
notice, is compared with it: a difference is a problem, and nothing with a problem can be submitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from campaigns.content import CONTACT_FIELDS, VISIT_FIELDS, Content, Frame
from campaigns.games.base import Problem, Words
from campaigns.player.wording import spoken
from kernel.errors import DomainError
from privacy.models import NoticeVersion

_SENTENCES = re.compile(r"[。；;！!？?\n]")
_COLLECTS = re.compile(r"收集|采集|填写|登记|留下|提供|提交")
_REFUSES = re.compile(
    r"(?:不|无需|无须|免|未|严禁|禁止|警惕|勿|别)[^，,、：:]{0,6}(?:收集|采集|填写|登记|留下|提供|提交)"
)
_CALLED = {
    "name": re.compile(r"姓名|称呼"),
    "phone": re.compile(r"手机号|联系方式|联系电话|电话号码"),
    "need": re.compile(r"需求|咨询方向|咨询类型"),
    "branch": re.compile(r"网点|支行|营业部"),
    "time": re.compile(r"(?:预约|到访|到店)的?时间|时段"),
}
_OF_A_PERSON = frozenset({"name", "phone"})  # a list of what is collected names one of these
_NO_CODE = re.compile(r"(?:不会|绝不|不)[^，。；,;]{0,12}(?:索要|索取|收集|要求)[^。；;]{0,12}验证码")
_WHO_ASKS = re.compile(r"(?:工作人员|员工|客服|任何人|他人)[^，。；,;]{0,4}(?:都|也|均)?(?:不会|绝不|不)")


class FormNotApproved(DomainError):
    """The live version or its notice does not name all that a booking asks for: nothing may be collected."""

    code = "form_not_approved"
    zh = "本活动的预约信息正在更新，暂时不能预约。您的权益会保留，请稍后再来，或拨打客服电话。"
    en = "The booking form of this campaign is being updated. Your service is kept: come back, or call us."


def fields_asked(frame: Frame) -> tuple[str, ...]:
    """The approved fields, in the order in which every page names them."""
    return tuple(key for key in CONTACT_FIELDS if key in frame.contact_fields)


def fields_named(keys: Iterable[str]) -> str:
    """姓名、手机号和需求类型, in the active language."""
    *most, last = [spoken(CONTACT_FIELDS[key]) for key in CONTACT_FIELDS if key in set(keys)] or [""]
    return _("%(most)s和%(last)s") % {"most": _("、").join(most), "last": last} if most else last


def collection_rule(frame: Frame) -> str:
    """The rule that says what a booking asks for; empty where nothing is asked."""
    if not frame.contact_fields:
        return ""
    return _("预约需填写%(fields)s；信息仅用于服务预约，将加密存储。") % {
        "fields": fields_named(fields_asked(frame))
    }


def collection_line(content: Content) -> str:
    """The line of the notice that says what is collected, and when."""
    frame = content.frame
    if not frame.contact_fields:
        return ""
    named = {"fields": fields_named(fields_asked(frame))}
    if content.game.shared_by == "party":
        return (
            _("收集内容：%(fields)s。手机号在参与时验证，其余只在您预约服务时填写；不填写则无法预约。")
            % named
        )
    return _("收集内容：%(fields)s。只在您预约服务时填写，不填写则无法预约，不影响参与活动。") % named


def consent_sentence(frame: Frame) -> str:
    """What a customer ticks before booking."""
    return _("我已阅读并同意以上告知，同意为预约本次服务处理我的%(fields)s。") % {
        "fields": fields_named(fields_asked(frame))
    }


def require_approved_form(frame: Frame, notice: NoticeVersion | None) -> tuple[str, ...]:
    """The fields a booking may ask for. Raises FormNotApproved when the notice names others."""
    asked = fields_asked(frame)
    if notice is None or not set(VISIT_FIELDS) <= set(asked) or set(notice.fields) != set(asked):
        raise FormNotApproved
    return asked


def form_problems(content: Content, notice: NoticeVersion | None) -> list[Problem]:
    """Where the notice or a text says something other than the form asks for."""
    frame = content.frame
    if not frame.contact_fields:
        return []
    return [*_notice_problems(frame, notice), *_text_problems(frame)]


def _notice_problems(frame: Frame, notice: NoticeVersion | None) -> Iterator[Problem]:
    if notice is None:
        return  # said where the reference is checked
    asked = frozenset(frame.contact_fields)
    if set(notice.fields) != asked:
        yield _difference(
            "contact_fields", "个人信息告知写明收集", "The privacy notice names", notice.fields, asked
        )
    for listed in _lists(notice.body):
        if listed != asked:
            yield _difference(
                "notice", "个人信息告知的正文写的是", "The text of the notice names", listed, asked
            )


def _text_problems(frame: Frame) -> Iterator[Problem]:
    asked = frozenset(frame.contact_fields)
    texts = [("title", frame.title), ("promise", frame.promise)]
    texts += [(f"rules.{number}", rule) for number, rule in enumerate(frame.rules)]
    for path, text in texts:
        for listed in _lists(text):
            if listed != asked:
                yield _difference(path, "这里写的是", "This says", listed, asked)
        if _NO_CODE.search(text) and not _WHO_ASKS.search(text):
            yield Problem(path, "code_is_asked_for", _CODE_IS_ASKED_FOR)


def _lists(text: str) -> Iterator[frozenset[str]]:
    """The fields named by each sentence that says what is collected from a customer."""
    for sentence in _SENTENCES.split(text):
        if not _COLLECTS.search(sentence) or _REFUSES.search(sentence):
            continue
        listed = frozenset(key for key, called in _CALLED.items() if called.search(sentence))
        if listed & _OF_A_PERSON:
            yield listed


def _difference(
    path: str, zh: str, en: str, named: Sequence[str] | frozenset[str], asked: frozenset[str]
) -> Problem:
    def in_words(keys: Iterable[str]) -> Words:
        chosen = [words for key, words in CONTACT_FIELDS.items() if key in set(keys)]
        return Words("、".join(each.zh for each in chosen), ", ".join(each.en.lower() for each in chosen))

    said, form = in_words(named), in_words(asked)
    return Problem(
        path,
        "form_differs",
        Words(
            f"{zh}{said.zh}，预约表单收集的是{form.zh}；两处须一致，请修改其中一处",
            f"{en} {said.en}, while the booking form asks for {form.en}; make both say the same",
        ),
    )


_CODE_IS_ASKED_FOR = Words(
    "预约时客户要在页面上填写短信验证码，不能写成“不会索要验证码”；可写“工作人员不会索要验证码，请勿告知他人”",
    "A booking asks for a one-time code on the page, so “we never ask for a code” is not true; say that no"
    " member of staff asks for it",
)
