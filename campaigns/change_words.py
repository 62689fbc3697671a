"""A value of a content as people say it: services and notices by their titles, never by their keys."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from campaigns.catalogue import UnknownGame, game_called
from campaigns.content import CONTACT_FIELDS
from campaigns.player.wording import day_typed
from campaigns.wording import CHANNELS, spoken
from compliance.library import articles, disclaimers
from kernel.enumeration import enumerated
from kernel.typed import typed_id
from privacy.models import NoticeVersion
from rewards.queries import benefits_by_id

BETWEEN = "、"
_DAYS = {"starts_on", "ends_on", "valid_from", "valid_until"}


def worded(path: str, text: str) -> str:
    """The text of one side of a change, with every key in it said in words."""
    if text in ("True", "False"):
        return _("是") if text == "True" else _("否")
    first, last = path.partition(".")[0], path.rpartition(".")[2]
    if last == "article":
        known = articles().get(text)
        return f"{known.law}（{text}）" if known else text
    if first in _DAYS:
        return day_typed(text)
    say = {
        "notice": _notice,
        "awards": _services,
        "contact_fields": _fields,
        "disclaimers": _sentences,
        "channels": _channels,
        "game": _game,
    }.get(first)
    return say(text) if say and text else text


def notice_words(key: str) -> str:
    """The title under which customers read the newest notice of this key."""
    newest = NoticeVersion.objects.filter(key=key).order_by("-number").values("title", "number").first()
    return f"{newest['title']}（{_('第%(n)s版') % {'n': newest['number']}}）" if newest else key


def _notice(text: str) -> str:
    return notice_words(text)


def _services(text: str) -> str:
    parts = text.split(BETWEEN)
    named = benefits_by_id([one for one in map(typed_id, parts) if isinstance(one, UUID)])
    titles = {str(key): benefit.title for key, benefit in named.items()}
    return enumerated(titles.get(part, part) for part in parts)


def _fields(text: str) -> str:
    return enumerated(
        spoken(CONTACT_FIELDS[part]) if part in CONTACT_FIELDS else part for part in text.split(BETWEEN)
    )


def _sentences(text: str) -> str:
    known = disclaimers()
    return enumerated(known[part].text if part in known else part for part in text.split(BETWEEN))


def _channels(text: str) -> str:
    """Each channel is told as its kind and its name: the name says both."""
    return enumerated(part for part in text.split(BETWEEN) if part not in CHANNELS)


def _game(text: str) -> str:
    try:
        return spoken(game_called(text).words)
    except UnknownGame:
        return text
