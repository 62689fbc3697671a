"""Promises of a campaign that cannot be kept: passages left open, figures its settings contradict, awards
with no service behind them, services nobody can reach between its first day and its last.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from campaigns.content import Content, texts_of
from campaigns.games.base import Problem, Stated, Text, Words
from compliance.library import disclaimers
from kernel.placeholders import unfilled
from kernel.typeface import undrawable
from rewards.models import Benefit

_NUMBER = r"([0-9]{1,6}|[一二两三四五六七八九十]{1,3})"
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_SAID_OF_THE_CAMPAIGN = frozenset({"title", "rule", "share_copy", "reward"})


def open_passages(content: Content, services: Iterable[tuple[str, Benefit]]) -> list[Problem]:
    """What still waits to be filled in: in the campaign's texts, its services and its risk notices."""
    read = [(text.path, text.text) for text in texts_of(content)]
    read += [(f"awards.{award}", f"{benefit.title} {benefit.summary}") for award, benefit in services]
    read += [
        ("disclaimers", known.worded("本机构"))
        for key in content.frame.disclaimers
        if (known := disclaimers().get(key)) is not None and not known.is_completed_by_platform
    ]
    left = [unfilled_problem(path, passage) for path, text in read if (passage := unfilled(text))]
    return left + [undrawable_problem(path, sign) for path, text in read if (sign := undrawable(text))]


def unfilled_problem(path: str, passage: str) -> Problem:
    """Why a text with such a passage cannot be submitted."""
    words = Words(
        f"“{passage}”还没有填写，请换成实际内容", f"“{passage}” has not been filled in; say what is meant"
    )
    return Problem(path, "not_filled_in", words)


def undrawable_problem(path: str, sign: str) -> Problem:
    """Why a text with an emoji or a sign that no printed page can draw cannot be submitted."""
    words = Words(
        f"“{sign}”无法印在海报和审核档案中，请删去或换成文字",
        f"“{sign}” cannot be drawn on posters and in the record; remove it or say it in words",
    )
    return Problem(path, "cannot_be_printed", words)


def is_complete(content: Content) -> bool:
    """Whether every text is filled in. Phones ask: contents may have been approved before anybody did."""
    return not any(unfilled(text.text) for text in texts_of(content))


def broken_promises(content: Content) -> list[Problem]:
    """Figures that differ from the settings, and awards nobody can reach in the campaign's days."""
    frame, game = content.frame, content.game
    found = [
        problem
        for text in texts_of(content)
        if text.content_type in _SAID_OF_THE_CAMPAIGN
        for problem in _contradicted(text, game.stated(content.settings))
    ]
    unreachable = game.unreachable(content.settings, frame.starts_on, frame.ends_on)
    return found + [Problem(f"settings.{one.path}", one.code, one.words) for one in unreachable]


def awards_without_service(content: Content, chosen: Collection[str]) -> Iterator[Problem]:
    """Awards the rules promise a service for while none is chosen."""
    promised = content.game.promised(content.settings)
    for award in content.game.awards:
        if award.key in promised and award.key not in chosen:
            words = Words(
                f"规则写明“{award.words.zh}”可得一份免费服务，这里还没有选择；请选择一项服务，或调整规则设置",
                f"The rules promise a free service for “{award.words.en}”, and none is chosen here; choose "
                "one, or change the settings",
            )
            yield Problem(f"awards.{award.key}", "no_service_behind", words)


def _contradicted(text: Text, stated: Iterable[Stated]) -> Iterator[Problem]:
    for fact in stated:
        for hit in re.finditer(fact.pattern.replace("N", _NUMBER), text.text):
            if number_in(hit.group(1)) != fact.value:
                yield _differs(text.path, hit.group(), fact)
                break


def _differs(path: str, said: str, fact: Stated) -> Problem:
    settings = Words(f"设置为{fact.value}", f"the settings say {fact.value}")
    if fact.value is None:
        settings = Words("设置中没有这一项", "the settings have no such thing")
    words = Words(
        f"这里写“{said}”，而{settings.zh}（{fact.words.zh}），请改为一致",
        f"This says “{said}”, but {settings.en} ({fact.words.en}); make them agree",
    )
    return Problem(path, "differs_from_settings", words)


def number_in(written: str) -> int:
    """5, 五, 十五, 三十 as a number."""
    if written.isascii():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
