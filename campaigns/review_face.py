"""How a campaign shows itself to reviewers: the phone, the fields in order, and what changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.catalogue import UnknownGame, game_called
from campaigns.change_words import notice_words, worded
from campaigns.changes import Change, changes_between
from campaigns.checking import scan_content, shapes_read, texts_read
from campaigns.content import CONTACT_FIELDS, Unreadable, read_content
from campaigns.content import Content as Written
from campaigns.games.base import Words
from campaigns.models import Campaign, Version
from campaigns.offline import halt_of, halts_of
from campaigns.player.texts import disclaimer_read
from campaigns.player.wording import day_typed
from campaigns.question_face import QuestionFace, source_parts
from campaigns.wording import spoken
from compliance.library import disclaimers
from compliance.scanner import Text
from compliance.scanner.matter import Shape
from compliance.subjects import Content, Difference, Halted, Part, Section, Stop, faces
from kernel.enumeration import enumerated
from kernel.scope import current_institution
from privacy.queries import notice_in_force
from rewards.queries import benefits_by_id, on_offer
from tenancy.scope import institution_of

T = TypeVar("T")
_GRAVE = (
    "awards",
    "settings.pass_mark",
    "settings.attempts",
    "contact_fields",
    "notice",
    "disclaimers",
    "game",
)


_CONCERNS = {
    "title": "wording",
    "promise": "wording",
    "minutes": "look",
    "starts_on": "period",
    "ends_on": "period",
    "awards": "benefit",
    "rules": "mechanics",
    "disclaimers": "law",
    "notice": "notice",
    "channels": "channel",
    "contact_fields": "form",
}
# In a game's settings the last name tells what kind of matter a field is. An unknown name is everyone's.
_CONCERNS_INSIDE = {
    "questions": "question",
    "cards": "question",
    "options": "question",
    "text": "wording",
    "title": "wording",
    "topic": "wording",
    "invitation": "wording",
    "answer": "teaching",
    "explanation": "teaching",
    "article": "teaching",
    "pass_mark": "mechanics",
    "attempts": "mechanics",
    "per_play": "mechanics",
    "time_limit_minutes": "mechanics",
    "months": "mechanics",
    "days_a_month": "mechanics",
    "make_up_days": "mechanics",
    "streak": "mechanics",
    "open_days": "mechanics",
    "open_hours": "mechanics",
    "points_a_day": "mechanics",
    "points_valid_days": "mechanics",
    "exchange_points": "mechanics",
    "shuffle": "look",
}


class CampaignFace:
    """Registered for subjects of kind "campaign"."""

    kind = "campaign"

    def preview_url(self, subject_id: UUID, fingerprint: str) -> str:
        number = (
            Version.objects.filter(campaign_id=subject_id, fingerprint=fingerprint)
            .values_list("number", flat=True)
            .first()
        )
        if number is None:
            return ""
        return reverse("preview:version", kwargs={"campaign_id": subject_id, "number": number})

    def sections(self, content: Content) -> list[Section]:
        return [
            Section(_("开场"), _opening(content), "landing"),
            *_game_sections(content),
            Section(_("权益与规则"), _rules(content), "result"),
            Section(_("收集信息与提示"), _notices(content), "book"),
        ]

    def blocking(self, content: Content, sector: str) -> int:
        legible = _read(content)
        if legible is None:  # a shape of long ago: nobody can say that it is clean
            return 1
        return sum(finding.severity == "block" for finding in scan_content(legible, sector=sector))

    def texts(self, contents: Sequence[Content]) -> list[list[Text] | None]:
        return _of_each(contents, texts_read)

    def shapes(self, contents: Sequence[Content]) -> list[Shape | None]:
        return _of_each(contents, shapes_read)

    def serves(self, content: Content) -> bool | None:
        awards: Mapping[str, Any] = content.get("awards") or {}
        promised = [UUID(str(reward["benefit"])) for reward in awards.values()]
        return all(on_offer(promised).values()) if promised else None

    def stopped(self, subject_id: UUID) -> Stop | None:
        campaign = Campaign.objects.filter(id=subject_id, status=Campaign.Status.STOPPED).first()
        halt = halt_of(campaign) if campaign else None
        return Stop(halt.at, halt.by.display_name, halt.reason) if halt else None

    def halts(self, subject_id: UUID) -> list[Halted]:
        return [Halted(one.deed, one.reason, one.by.display_name, one.at) for one in halts_of(subject_id)]

    def differences(self, before: Content | None, after: Content) -> list[Difference]:
        changes = changes_between(dict(before) if before is not None else None, dict(after))
        return [
            Difference(
                path=change.path,
                kind=change.kind,
                label=spoken(change.label),
                before=worded(change.path, change.before),
                after=worded(change.path, change.after),
                grave=change.path.startswith(_GRAVE) or change.path.endswith((".answer", ".article")),
                concern=_concern(change),
            )
            for change in changes
        ]


def _of_each(contents: Sequence[Content], told: Callable[[list[Written]], list[T]]) -> list[T | None]:
    """What is told of every content that can be read, in their order; None for the others."""
    legible = {place: one for place, one in enumerate(map(_read, contents)) if one is not None}
    read = dict(zip(legible, told(list(legible.values())), strict=True))
    return [read.get(place) for place in range(len(contents))]


def _read(content: Content) -> Written | None:
    try:
        return read_content(content)
    except Unreadable:
        return None


def _concern(change: Change) -> str:
    """What kind of matter a change is, for `compliance.carrying.CONCERNS`; empty when nobody has said."""
    first, *inside = [name for name in change.path.split(".") if not name.isdigit()]
    if first != "settings":
        return _CONCERNS.get(first, "")
    if change.kind == "moved":  # elsewhere an order may mean something: the first scene opens the case
        return "look" if change.path == "settings.questions" else ""
    return _CONCERNS_INSIDE.get(inside[-1], "") if inside else ""


def _opening(content: Content) -> list[Part]:
    channels = enumerated(channel.get("name", "") for channel in content.get("channels", []))
    return [
        Part("title", _("活动标题"), str(content.get("title", ""))),
        Part("promise", _("一句话介绍"), str(content.get("promise", ""))),
        Part("minutes", _("预计用时"), _("%(count)s 分钟") % {"count": content.get("minutes", "")}),
        Part("starts_on", _("开始日期"), day_typed(str(content.get("starts_on", "")))),
        Part("ends_on", _("结束日期"), day_typed(str(content.get("ends_on", "")))),
        Part("channels", _("渠道"), channels),
    ]


def _rules(content: Content) -> list[Part]:
    awards: Mapping[str, Any] = content.get("awards", {})
    known = benefits_by_id([UUID(str(reward["benefit"])) for reward in awards.values()])
    parts = [
        Part(f"awards.{key}", _award(content, key), f"{benefit.title}。{benefit.summary}")
        for key, reward in awards.items()
        if (benefit := known.get(UUID(str(reward["benefit"])))) is not None
    ]
    rules = enumerate(content.get("rules", []))
    return [*parts, *(Part(f"rules.{n}", _("补充规则"), str(rule)) for n, rule in rules)]


def _award(content: Content, key: str) -> str:
    """What earns a service, in the words of its game."""
    with contextlib.suppress(UnknownGame):
        for award in game_called(str(content.get("game", ""))).awards:
            if award.key == key:
                return spoken(award.words)
    return _("权益")


def _notices(content: Content) -> list[Part]:
    asked = [
        spoken(CONTACT_FIELDS[name]) for name in content.get("contact_fields", []) if name in CONTACT_FIELDS
    ]
    notice = notice_in_force(str(content.get("notice", "")))
    return [
        Part("contact_fields", _("收集的信息"), enumerated(asked)),
        *([Part("notice", _("个人信息告知"), notice_words(notice.key))] if notice else []),
        *(
            Part(f"disclaimers.{n}", _("风险提示"), text)
            for n, text in enumerate(_disclaimers(content))
            if text
        ),
    ]


def _disclaimers(content: Content) -> list[str]:
    """Each as customers read it; of a shape of long ago, what the library says."""
    legible, house = _read(content), institution_of(current_institution())
    keys = [str(key) for key in content.get("disclaimers", [])]
    if legible is not None:
        return [disclaimer_read(key, legible, house) for key in keys]
    known = disclaimers()
    return [known[key].worded(house.name) if key in known else "" for key in keys]


def _game_sections(content: Content) -> Iterator[Section]:
    """The game's own settings, walked with the words it gives them. Each thing of a list is a section."""
    try:
        labels: Mapping[str, Words] = game_called(str(content.get("game", ""))).labels
    except UnknownGame:
        labels = {}
    settings: Mapping[str, Any] = content.get("settings", {})
    sources = source_parts(settings.get("questions", []))
    plain: list[Part] = []
    for name, value in _in_order(settings, "", labels):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for place, thing in enumerate(value):
                title = _label(labels, f"{name}.*", {"n": place + 1, "id": thing.get("id", "")})
                parts = list(_thing(thing, f"{name}.{place}", f"{name}.*", labels))
                parts += sources[place : place + 1] if name == "questions" else []
                yield Section(title or f"{place + 1}", parts, "question", place)
        else:
            plain += list(_leaves(value, name, name, labels))
    if plain:
        yield Section(_("玩法设置"), plain, "landing")


def _thing(thing: Mapping[str, Any], path: str, shape: str, labels: Mapping[str, Words]) -> Iterator[Part]:
    answer = str(thing.get("answer", ""))
    for name, value in _in_order(thing, f"{shape}.", labels):
        if name in {"id", "answer"}:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for place, inner in enumerate(value):
                key = str(inner.get("id", place))
                label = _label(labels, f"{shape}.{name}.*", {"n": place + 1, "id": key})
                text = str(inner.get("text", ""))
                yield Part(
                    f"settings.{path}.{name}.{place}.text", label, text, correct=bool(key) and key in answer
                )
                for part, told in _in_order(inner, f"{shape}.{name}.*.", labels):
                    if part not in {"id", "text"}:  # where a choice leads, what is said of it
                        at = f"{path}.{name}.{place}.{part}"
                        yield from _leaves(told, at, f"{shape}.{name}.*.{part}", labels)
        else:
            yield from _leaves(value, f"{path}.{name}", f"{shape}.{name}", labels)


def _in_order(thing: Mapping[str, Any], shape: str, labels: Mapping[str, Words]) -> list[tuple[str, Any]]:
    """The fields in the order their game names them: a stored document keeps none."""
    places = {name: place for place, name in enumerate(labels)}
    return sorted(thing.items(), key=lambda one: places.get(shape + one[0], len(places)))


def _leaves(value: Any, path: str, shape: str, labels: Mapping[str, Words]) -> Iterator[Part]:
    if value in ("", None, [], {}):
        return
    label = _label(labels, shape, {"n": "", "id": ""})
    yield Part(f"settings.{path}", label or path.rsplit(".", 1)[-1], _worded(path, value))


def _label(labels: Mapping[str, Words], shape: str, values: Mapping[str, Any]) -> str:
    words = labels.get(shape)
    return spoken(words).format(**values) if words else ""


def _worded(path: str, value: Any) -> str:
    """A value as people say it: yes and no, the law's name for its key."""
    said = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return worded(f"settings.{path}", said)


faces.register(CampaignFace())
faces.register(QuestionFace(), quarantined=True)
