"""What a campaign does, for the structural rules: read from its game, or from what a draft tries to write.

A game declares its steps and what its awards are for. A draft may name things that no game knows, a ladder
of invitations or a purchase as a condition: it is unreadable, and the rule it would break is told with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from campaigns.content import Content
from campaigns.games.base import Problem
from compliance.scanner import Finding, scan
from compliance.scanner.matter import FORBIDDEN_CONDITIONS, FORBIDDEN_REWARDS, Shape

STRANGE = frozenset({"unknown_field", "no_such_award"})  # what a reader of drafts calls a name nobody knows
MOST_STRANGERS = 50
_INVITED_ALONE = 1  # one other person is company; more is a number to be reached

# Words in names and values that say what a strange field is for: English ones whole, Chinese ones anywhere.
_COUNTING = frozenset(
    {"tier", "tiers", "ladder", "rank", "ranking", "ranks", "leaderboard", "invited", "invites", "invitees"}
    | {"invitations", "referrals", "headcount", "recruits", "阶梯", "榜单", "排行", "排名", "邀请人数"}
    | {"拉新", "邀请数量"}
)
_SHARING = frozenset({"share", "shared", "shares", "sharing", "forward", "repost", "分享", "转发", "朋友圈"})
_CONDITIONS = FORBIDDEN_CONDITIONS | {
    *("buy", "bought", "aum", "invest", "invested", "investment", "subscription", "renewal", "topup"),
    *("购买", "申购", "认购", "投保", "续保", "存款", "存入", "开户", "入金", "交易", "资产", "持仓", "保费"),
}
_REWARDS = FORBIDDEN_REWARDS | {
    *("money", "rebate", "cashback", "bonus", "prize", "lottery", "现金", "红包", "返现", "礼品", "实物"),
    *("卡券", "话费", "抽奖"),
}
_CHINESE = sorted(one for one in _COUNTING | _SHARING | _CONDITIONS | _REWARDS if not one.isascii())


def shape_of(content: Content, *, services: Sequence[str]) -> Shape:
    """The mechanics of a content that was read. `services` are the kinds of service its awards stand for."""
    frame, game = content.frame, content.game
    promised = [award for award in game.awards if award.key in frame.awards]
    return Shape(
        contact_fields=frame.contact_fields,
        steps=len(game.steps(content.settings)),
        reward_kinds=tuple(services),
        conditions=tuple(frame.awards),
        invite_tiers=sum(award.people > _INVITED_ALONE for award in promised),
        group_size=len(game.seats),
        channels=tuple(channel.kind for channel in frame.channels),
        earns_by_sharing=any(award.by_sharing for award in promised),
        disclaimers=frame.disclaimers,
    )


def lines_crossed(written: Mapping[str, Any], problems: Sequence[Problem], sector: str) -> list[Finding]:
    """The red lines behind names that nobody could read, each where it is written."""
    strange = [problem.path for problem in problems if problem.code in STRANGE]
    return [
        replace(finding, path=path)
        for path in strange[:MOST_STRANGERS]
        for finding in scan([], sector, shape=_meant(path, written))
        if finding.rule.startswith("ST-")
    ]


def _meant(path: str, written: Mapping[str, Any]) -> Shape:
    """What a strange field is for, by the words in its name and in its value."""
    said = {word for text in [path.rpartition(".")[2], *_texts(_at(path, written))] for word in _words(text)}
    return Shape(
        conditions=("purchase",) if said & _CONDITIONS else (),
        reward_kinds=("cash",) if said & _REWARDS else (),
        invite_tiers=int(bool(said & _COUNTING)),
        earns_by_sharing=bool(said & _SHARING),
    )


def _words(text: str) -> Iterator[str]:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text[:200]).lower()
    yield re.sub(r"[\s-]+", "_", plain)
    yield from re.findall(r"[a-z]+", plain)
    yield from (word for word in _CHINESE if word in plain)


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < 4 and isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _texts(inner, depth + 1)
    elif depth < 4 and isinstance(value, list):
        for inner in value[:MOST_STRANGERS]:
            yield from _texts(inner, depth + 1)


def _at(path: str, written: Any) -> Any:
    """What is written at a dotted path; None where there is nothing."""
    for name in path.split("."):
        if isinstance(written, Mapping):
            written = written.get(name)
        elif isinstance(written, list) and name.isdigit() and int(name) < len(written):
            written = written[int(name)]
        else:
            return None
    return written
