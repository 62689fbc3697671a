"""What a version leans on outside itself: articles, disclaimers, services and the notice, in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from campaigns.content import Content, articles_of
from campaigns.form_fields import collection_line, consent_sentence
from campaigns.player.wording import period
from compliance.library import disclaimers
from compliance.queries import article_titles
from kernel.placeholders import unfilled
from privacy.queries import notice_in_force
from rewards.models import Benefit
from rewards.queries import benefits_by_id
from tenancy.models import Institution

# Said elsewhere on every page: organiser and rules, notice, fraud warning.
_SAID_ELSEWHERE = frozenset({"D-ALL-01", "D-ALL-05", "D-ALL-09"})
FRAUD_WARNING = (
    "防骗提示：本活动不收取任何费用，不会索要密码，不会要求转账；短信验证码只由您本人在活动页面填写，任何人索要都请拒绝。"
    "如有疑问，请拨打官方客服电话或 96110 核实。"
)
_FOR_THE_RULES = "D-ALL-"
# F56, F57: the sentence of the sector that no page goes without.
_ON_EVERY_PAGE = {"securities": "D-SEC-01", "insurance": "D-INS-01", "wealth": "D-BANK-01"}


@dataclass(frozen=True, slots=True)
class Purpose:
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """The notice in force, headed by what this campaign collects.

    `purpose` is what a booking needs, `optional` is asked for separately, `agreed` is what a customer ticks.
    """

    id: UUID | None
    title: str
    paragraphs: tuple[str, ...]
    purpose: str
    optional: tuple[Purpose, ...]
    agreed: str = ""


NO_NOTICE = NoticeRead(None, "", (), "", ())


def notice_read(content: Content) -> NoticeRead:
    """The notice the campaign names, in its latest version."""
    notice = notice_in_force(content.frame.notice) if content.frame.notice else None
    if notice is None:
        return NO_NOTICE
    written = [line.strip() for line in notice.body.splitlines() if line.strip()]
    collected = collection_line(content)
    paragraphs = (collected, *written) if collected else tuple(written)
    purposes = [Purpose(each["code"], each["sentence"]) for each in notice.purposes]
    return NoticeRead(
        notice.id,
        notice.title,
        paragraphs,
        purposes[0].code,
        tuple(purposes[1:]),
        consent_sentence(content.frame),
    )


def articles_cited(content: Content) -> dict[str, str]:
    """《反电信网络诈骗法》第三十条 by AF-30, for every article of this version."""
    keys = sorted({cited.article for cited in articles_of(content)})
    titles = article_titles(keys)
    return {key: titles.get(key, key) for key in keys}


def benefits_promised(content: Content) -> dict[str, Benefit]:
    """The service of each award, in the order of the awards."""
    promised = {award: reward.benefit for award, reward in content.frame.awards.items()}
    found = benefits_by_id(list(promised.values()))
    return {award: found[benefit] for award, benefit in promised.items() if benefit in found}


def disclaimers_shown(content: Content, institution: Institution) -> list[str]:
    """The sentences of the sector and the subject, on the first screen."""
    keys = [key for key in content.frame.disclaimers if not key.startswith(_FOR_THE_RULES)]
    return list(_worded(keys, institution).values())


def pledge_of(institution: Institution) -> str:
    """What an institution of this sector says on every page, in the reader's language."""
    key = _ON_EVERY_PAGE.get(institution.sector)
    return gettext(disclaimers()[key].worded(institution.name)) if key else ""


def disclaimers_in_rules(content: Content, institution: Institution) -> list[str]:
    """The general ones, among the rules."""
    keys = [key for key in content.frame.disclaimers if key.startswith(_FOR_THE_RULES)]
    return list(_worded([key for key in keys if key not in _SAID_ELSEWHERE], institution).values())


def disclaimer_read(key: str, content: Content, institution: Institution) -> str:
    """A disclaimer as customers read it; one line for each place where a page says a part of it."""
    frame = content.frame
    if key == "D-ALL-01":
        lines = [gettext("主办方：%(name)s") % {"name": institution.name}]
        lines += (
            [gettext("客服电话：%(phone)s") % {"phone": institution.hotline}] if institution.hotline else []
        )
        return "\n".join(
            [*lines, gettext("活动时间：%(period)s") % {"period": period(frame.starts_on, frame.ends_on)}]
        )
    if key == "D-ALL-05":
        return "\n".join(notice_read(content).paragraphs)
    if key == "D-ALL-09":
        return gettext(FRAUD_WARNING)
    return _worded([key], institution).get(key, "")


def _worded(keys: list[str], institution: Institution) -> dict[str, str]:
    known = disclaimers()
    worded = {key: known[key].worded(institution.name) for key in keys if key in known}
    return {key: sentence for key, sentence in worded.items() if not unfilled(sentence)}
