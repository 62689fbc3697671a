"""What changed between two contents, in the marketer's and the reviewer's words. Pure.

Lists of things with an `id` are compared by id: a question that moved is told as moved, not as rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from campaigns.catalogue import UnknownGame, game_called
from campaigns.games.base import Json, Words

Kind = Literal["added", "removed", "changed", "moved"]

_LABELS: Mapping[str, Words] = {
    "title": Words("活动标题", "Title"),
    "promise": Words("一句话介绍", "One-line promise"),
    "minutes": Words("预计用时", "Minutes"),
    "starts_on": Words("开始日期", "Starts on"),
    "ends_on": Words("结束日期", "Ends on"),
    "awards": Words("权益", "Services"),
    "awards.*": Words("权益", "Service"),
    "awards.*.benefit": Words("权益", "Service"),
    "rules": Words("补充规则", "Rules"),
    "rules.*": Words("补充规则第{n}条", "Rule {n}"),
    "disclaimers": Words("风险提示", "Disclaimers"),
    "notice": Words("个人信息告知", "Privacy notice"),
    "channels": Words("渠道", "Channels"),
    "contact_fields": Words("收集的信息", "Fields collected"),
    "game": Words("玩法", "Game"),
}


@dataclass(frozen=True)
class Change:
    """One difference: where, in words, and the text before and after (empty when there was none)."""

    path: str
    kind: Kind
    label: Words
    before: str = ""
    after: str = ""


def changes_between(before: Json | None, after: Json) -> list[Change]:
    """Every difference a reader would notice; none when there is nothing to compare with."""
    if before is None:
        return []
    labels = dict(_LABELS) | {f"settings.{path}": words for path, words in _game_labels(after).items()}
    return list(_differences(before, after, "", "", labels, Words("", "")))


def _game_labels(content: Json) -> Mapping[str, Words]:
    try:
        return game_called(str(content.get("game"))).labels
    except UnknownGame:
        return {}


def _differences(
    old: Any, new: Any, path: str, pattern: str, labels: Mapping[str, Words], under: Words
) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(name for name in old if name not in new)]:
            yield from _member(old, new, name, path, pattern, labels, under)
    elif _are_things(old) and _are_things(new):
        yield from _things(old, new, path, pattern, labels, under)
    else:
        yield Change(path, "changed", under, _said(old), _said(new))


def _member(
    old: Json, new: Json, name: str, path: str, pattern: str, labels: Mapping[str, Words], under: Words
) -> Iterator[Change]:
    inner, shape = _joined(path, name), _known(_joined(pattern, name), _joined(pattern, "*"), labels)
    label = _labelled(labels.get(shape), under, {"id": name})
    if name not in old:
        yield Change(inner, "added", label, after=_said(new[name]))
    elif name not in new:
        yield Change(inner, "removed", label, before=_said(old[name]))
    else:
        yield from _differences(old[name], new[name], inner, shape, labels, label)


def _things(
    old: list[Json], new: list[Json], path: str, pattern: str, labels: Mapping[str, Words], under: Words
) -> Iterator[Change]:
    before = {thing["id"]: (place, thing) for place, thing in enumerate(old)}
    shape = _joined(pattern, "*")
    kept = [thing["id"] for thing in new if thing["id"] in before]
    in_order = [thing["id"] for thing in old if thing["id"] in set(kept)]
    for place, thing in enumerate(new):
        label = _labelled(labels.get(shape), under, {"n": place + 1, "id": thing["id"]})
        inner = _joined(path, str(place))
        if thing["id"] not in before:
            yield Change(inner, "added", label, after=_said(thing))
        else:
            yield from _differences(before[thing["id"]][1], thing, inner, shape, labels, label)
    now = {thing["id"] for thing in new}
    for place, thing in enumerate(old):
        if thing["id"] not in now:
            label = _labelled(labels.get(shape), under, {"n": place + 1, "id": thing["id"]})
            yield Change(_joined(path, str(place)), "removed", label, before=_said(thing))
    if kept != in_order:
        yield Change(path, "moved", under)


def _labelled(own: Words | None, under: Words, values: Mapping[str, Any]) -> Words:
    if own is None:
        return under
    zh, en = own.zh.format(**{"n": "", "id": "", **values}), own.en.format(**{"n": "", "id": "", **values})
    return Words(f"{under.zh} · {zh}", f"{under.en} · {en}") if _is_item(under) else Words(zh, en)


def _is_item(words: Words) -> bool:
    """Whether the words name one thing of a list: its parts are told under it."""
    return any(sign.isdigit() for sign in words.zh) or words.zh.startswith("选项")


def _known(exact: str, any_name: str, labels: Mapping[str, Words]) -> str:
    return exact if exact in labels or any_name not in labels else any_name


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _are_things(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in value)
    )


def _said(value: Any) -> str:
    """A value as one line of text."""
    if isinstance(value, dict):
        return value["text"] if isinstance(value.get("text"), str) else "、".join(map(_said, value.values()))
    if isinstance(value, list):
        return "、".join(map(_said, value))
    return "" if value is None else str(value)
