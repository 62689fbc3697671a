"""Unsettled remarks of reviewers on a campaign or a question, each with its field, for its author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.games.base import Json
from campaigns.player.wording import day
from compliance.mentions import Thread, threads_on
from compliance.queries import last_sent
from compliance.subjects import faces
from kernel.actor import Ref


@dataclass(frozen=True, slots=True)
class OpenRemark:
    """One thread; `label` names the field in words, `path` is where the builder shows it."""

    thread: Thread
    label: str
    path: str
    thing: str = ""  # the question or scene it stands in, by its id: that one moves while the draft is edited


def open_remarks(subject: Ref) -> list[OpenRemark]:
    """Those on the content last sent of this campaign or question, oldest first."""
    threads = [thread for thread in threads_on(subject) if thread.resolved_at is None]
    sent = last_sent(subject) if threads else None
    content: Mapping[str, Any] = sent.content if sent else {}
    labels = _labels(subject.kind, content) if sent else {}
    return [
        OpenRemark(thread, labels.get(thread.path, ""), thread.path, _thing(thread.path, content))
        for thread in threads
    ]


def as_shown(remark: OpenRemark) -> Json:
    """A remark as the builder's script shows it, in the manner of a finding."""
    first, answers = remark.thread.first.remark, remark.thread.answers
    return {
        "severity": "remark",
        "path": remark.path,
        "thing": remark.thing,
        "why": f"{remark.label}：{first.text}" if remark.label else first.text,
        "text": first.text,
        "article": f"{first.writer.display_name} · {day(first.at)}",
        "advice": " / ".join(f"{one.remark.writer.display_name}：{one.remark.text}" for one in answers),
    }


def _labels(kind: str, content: Mapping[str, Any]) -> dict[str, str]:
    return {
        part.path: f"{section.title} · {part.label}"
        for section in faces.of(kind).sections(content)
        for part in section.parts
    }


def _thing(path: str, content: Mapping[str, Any]) -> str:
    """The id of the list member a path of the settings leads through, if it does."""
    names = path.split(".")
    if len(names) < 3 or names[0] != "settings" or not names[2].isdigit():
        return ""
    members = content.get("settings", {}).get(names[1])
    place = int(names[2])
    found = members[place] if isinstance(members, list) and place < len(members) else None
    return str(found.get("id", "")) if isinstance(found, dict) else ""
