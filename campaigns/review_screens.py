"""A campaign screen by screen, as customers meet it: for proof on paper, from the version's own content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.content import CONTACT_FIELDS, Unreadable, read_content
from campaigns.content import Content as Campaign
from campaigns.form_fields import collection_line, consent_sentence, fields_asked
from campaigns.player.shell import page_of
from campaigns.player.wording import spoken
from compliance.screens import Line, Screen, by_field, draws
from compliance.subjects import Content, Part, Section, faces
from privacy.models import NoticeVersion
from tenancy.models import Institution

KIND = "campaign"
_AFTER_THE_ANSWER = ("explanation", "article")
_LONG_STEM = 60  # signs; a card's text is read, a question's is asked


def screens_of_campaign(content: Content, institution: Institution, at: datetime) -> list[Screen]:
    """Notice and home, every question and its explanation, the result, the form.

    Texts that live outside the version are shown as they were at that moment.
    """
    try:
        read = read_content(content)
    except Unreadable:
        return by_field(KIND, content)
    page = page_of(read, institution)
    notice = _notice(read.frame.notice, at)
    sections = [each for each in faces.of(KIND).sections(content) if each.item is not None]
    return [
        _home(page),
        _before_you_begin(page, notice),
        *(screen for section in sections for screen in _of_item(section, content)),
        _result(read, page),
        *([_form(read, notice)] if read.frame.contact_fields else []),
    ]


def _home(page: dict[str, object]) -> Screen:
    lines = [
        Line("badge", str(page["kicker"])),
        Line("title", str(page["title"])),
        Line("lead", str(page["promise"])),
        Line("note", _("%(count)s 分钟") % {"count": page["minutes"]} + f" · {page['period']}"),
        *_benefits(page),
        *(Line("note", str(sentence)) for sentence in _listed(page["disclaimers"])),
        Line("button", str(page["start_label"])),
    ]
    return Screen(_("首页"), lines)


def _before_you_begin(page: dict[str, object], notice: NoticeVersion | None) -> Screen:
    lines = [Line("heading", _("活动规则"))]
    lines += [Line("text", f"{n}. {rule}") for n, rule in enumerate(_listed(page["rules"]), start=1)]
    disclaimers = _listed(page["disclaimers"])
    if disclaimers:
        lines += [Line("heading", _("风险提示")), *(Line("text", sentence) for sentence in disclaimers)]
    if notice is not None:
        lines += [Line("heading", notice.title), *(Line("text", words) for words in _paragraphs(notice))]
    return Screen(_("规则、提示与告知"), lines)


def _of_item(section: Section, content: Content) -> Iterator[Screen]:
    """A question and, after it, its explanation; anything else as one screen."""
    options = [part for part in section.parts if ".options." in part.path]
    after = [part for part in section.parts if part.path.endswith(_AFTER_THE_ANSWER)]
    asked = [part for part in section.parts if part not in options and part not in after]
    yield Screen(
        section.title,
        [
            *_stem(asked),
            *(Line("option", f"{part.label}  {part.text}") for part in options),
            *([] if options else _explained(after)),
        ],
    )
    if options:
        told = [
            line
            for part in options
            for line in _told_of(part, remark=_remark(part, content), decides=len(options) > 1)
        ]
        if told or after:
            yield Screen(_("%(name)s · 解读") % {"name": section.title}, [*told, *_explained(after)])


def _stem(parts: Sequence[Part]) -> list[Line]:
    """What is said about a question (its topic, its source), its title if it has one, and what is asked."""
    titles = [part for part in parts if part.path.endswith(".title")]
    asked = [part for part in parts if part.path.endswith(".text")]
    about = [part for part in parts if part not in titles and part not in asked]
    return [
        *(Line("note", _labelled(part.label, part.text)) for part in about),
        *(Line("title", part.text) for part in titles),
        *(Line("text" if titles or len(part.text) > _LONG_STEM else "title", part.text) for part in asked),
    ]


def _labelled(label: str, text: str) -> str:
    return _("%(label)s：%(text)s") % {"label": label, "text": text}


def _told_of(part: Part, *, remark: str, decides: bool) -> list[Line]:
    """What a customer is told after choosing this option: that it was right, and the remark on it."""
    lines: list[Line] = []
    if part.correct and decides:
        lines.append(Line("right", f"{part.label}  {part.text}"))
    if remark:
        lines.append(Line("text", _labelled(part.label, remark)))
    return lines


def _remark(part: Part, content: Content) -> str:
    """The remark beside an option, for games that answer each choice in its own words."""
    here: Any = content  # Any: JSON of the game's own shape
    for name in part.path.split(".")[:-1]:
        here = here[int(name)] if isinstance(here, list) else here.get(name, {})
    return str(here.get("remark", "")) if isinstance(here, Mapping) else ""


def _explained(parts: Sequence[Part]) -> list[Line]:
    return [
        Line("article", part.text) if part.path.endswith("article") else Line("text", part.text)
        for part in parts
    ]


def _result(content: Campaign, page: dict[str, object]) -> Screen:
    lines = [
        Line("title", _("参与结果")),
        *_benefits(page),
        *([Line("button", _("预约服务"))] if content.frame.awards else []),
        Line("note", _("权益为免费服务，不可转让，不可兑换现金或礼品。")),
    ]
    return Screen(_("结果与权益"), lines)


def _form(content: Campaign, notice: NoticeVersion | None) -> Screen:
    asked = [CONTACT_FIELDS[name] for name in fields_asked(content.frame)]
    lines = [Line("title", _("预约信息")), *(Line("field", spoken(words)) for words in asked)]
    if notice is not None:
        lines += [Line("heading", f"{notice.title} v{notice.number}")]
        lines += [Line("text", words) for words in (collection_line(content), *_paragraphs(notice))]
        lines += [Line("field", f"□ {consent_sentence(content.frame)}")]
        lines += [Line("field", f"□ {purpose['sentence']}") for purpose in notice.purposes[1:]]
    return Screen(_("表单与个人信息告知"), [*lines, Line("button", _("同意并提交"))])


def _benefits(page: dict[str, object]) -> list[Line]:
    lines = []
    for benefit in page["benefits"]:  # type: ignore[attr-defined]  # a list of plain dicts
        lines += [
            Line("heading", _labelled(benefit["when"], benefit["name"])),
            Line("text", benefit["summary"]),
        ]
    return lines


def _notice(key: str, at: datetime) -> NoticeVersion | None:
    """The notice as it was then; the first one where it was published only later."""
    versions = NoticeVersion.objects.filter(key=key)
    then: NoticeVersion | None = versions.filter(published_at__lte=at).order_by("-number").first()
    return then or versions.order_by("number").first()


def _paragraphs(notice: NoticeVersion) -> list[str]:
    return [line.strip() for line in notice.body.splitlines() if line.strip()]


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


draws(KIND, screens_of_campaign)
