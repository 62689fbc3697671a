"""The one JSON shape of a campaign: versioned, fingerprinted, scanned, reviewed, compiled for phones.

`read_content` is strict: a missing, misspelt or mistyped field is a problem with its path, in Chinese and
English. Drafts are kept as they were typed and read only to say what is still missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from campaigns.catalogue import AnyGame, UnknownGame, game_called
from campaigns.games.base import Cited, Json, Problem, Text, Words, broken

CONTACT_FIELDS = {
    "name": Words("姓名", "Name"),
    "phone": Words("手机号", "Mobile number"),
    "need": Words("需求类型", "Need"),
    "branch": Words("网点", "Branch"),
    "time": Words("预约时间", "Time"),
}
VISIT_FIELDS = ("branch", "time")
"""What a customer chooses of the times on offer. A booking needs both."""
MOST_CONTACT_FIELDS = 5  # W6


@dataclass(frozen=True)
class Reward:
    """What an award stands for: one service of the catalogue. Nothing here could hold money or goods."""

    benefit: UUID


@dataclass(frozen=True)
class ChannelPlan:
    """A way in that the institution owns."""

    kind: str
    name: str


@dataclass(frozen=True)
class Frame:
    """The content as it is written down; `settings` belong to the game."""

    title: str
    promise: str
    minutes: int
    game: str
    settings: Json
    starts_on: date
    ends_on: date
    awards: dict[str, Reward] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    disclaimers: tuple[str, ...] = ()
    notice: str = ""
    channels: tuple[ChannelPlan, ...] = ()
    contact_fields: tuple[str, ...] = tuple(CONTACT_FIELDS)


@dataclass(frozen=True)
class Content:
    """A campaign that has been read: the frame, its game, and the game's own settings."""

    frame: Frame
    game: AnyGame
    settings: Any  # Any: the type belongs to the game

    def as_json(self) -> Json:
        """The content written out in full, defaults included: what is fingerprinted."""
        return {**_written_out(self.frame), "settings": _settings_out(self.settings)}


class Unreadable(Exception):
    """The content does not have the right shape."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.path for problem in problems))
        self.problems = problems


def read_content(written: Mapping[str, Any]) -> Content:
    """The content, typed. Raises Unreadable."""
    frame, game, settings, problems = _read(written)
    if frame is None or game is None or settings is None:
        raise Unreadable(problems)
    return Content(frame, game, settings)


def problems_of(written: Mapping[str, Any]) -> list[Problem]:
    """Everything that keeps this draft from being submitted, as far as the text alone can tell."""
    frame, game, settings, problems = _read(written)
    if frame is not None:
        problems += _frame_problems(frame)
    if frame is not None and game is not None:
        problems += [*_award_problems(frame, game), *_asking_problems(frame, game)]
    if game is not None and settings is not None:
        problems += [_under("settings", problem) for problem in game.problems(settings)]
    return problems


def texts_of(content: Content) -> list[Text]:
    """Every text a customer may read."""
    frame = content.frame
    inside = content.game.texts(content.settings)
    return [
        Text("title", "title", frame.title),
        Text("promise", "title", frame.promise),
        *(Text(f"rules.{number}", "rule", rule) for number, rule in enumerate(frame.rules)),
        *(replace(text, path=f"settings.{text.path}", group=_placed(text.group)) for text in inside),
    ]


def rules_of(content: Content) -> list[Words]:
    """The rules generated from the settings, and for each service on offer what they add for its award."""
    game, settings, awards = content.game, content.settings, content.frame.awards
    added = game.award_rules(settings)
    return [*game.rules(settings), *(words for award, words in added.items() if award in awards)]


def _placed(group: str) -> str:
    return f"settings.{group}" if group else ""


def articles_of(content: Content) -> list[Cited]:
    """Every article that is cited."""
    return [
        Cited(f"settings.{cited.path}", cited.article) for cited in content.game.articles(content.settings)
    ]


def _frame_problems(frame: Frame) -> list[Problem]:
    return [*_wording_problems(frame), *_period_problems(frame), *_contact_problems(frame)]


# fmt: off
def _wording_problems(frame: Frame) -> list[Problem]:
    return broken(
        (bool(frame.title.strip()), "title", "empty", "请填写活动标题", "The title is empty"),
        (len(frame.title) <= 60, "title", "too_long", "活动标题最多60字",
         "The title has at most 60 characters"),
        (bool(frame.promise.strip()), "promise", "empty", "请用一句话说明能学到什么", "Say what is learnt"),
        (len(frame.promise) <= 120, "promise", "too_long", "一句话介绍最多120字", "At most 120 characters"),
        (1 <= frame.minutes <= 60, "minutes", "out_of_range", "预计用时应为1到60分钟",
         "Between 1 and 60 minutes"),
        (all(len(rule) <= 200 for rule in frame.rules), "rules", "too_long", "每条规则最多200字",
         "A rule has at most 200 characters"),
    )


def _period_problems(frame: Frame) -> list[Problem]:
    return broken(
        (frame.starts_on <= frame.ends_on, "ends_on", "ends_first", "结束日期早于开始日期",
         "It ends before it starts"),
        ((frame.ends_on - frame.starts_on).days <= 366, "ends_on", "too_long", "活动最长一年，到期请重新送审",
         "A campaign runs for a year at most; have it reviewed again after that"),
        (bool(frame.channels), "channels", "no_channel", "请至少选择一个官方渠道",
         "Choose at least one official channel"),
    )


def _contact_problems(frame: Frame) -> list[Problem]:
    unknown = sorted(set(frame.contact_fields) - set(CONTACT_FIELDS))
    return broken(
        (len(frame.contact_fields) <= MOST_CONTACT_FIELDS, "contact_fields", "too_many_fields",
         "最多收集5项信息",
         "At most five fields may be collected"),
        (not unknown, "contact_fields", "field_not_allowed",
         f"不能收集这些信息：{'、'.join(unknown)}（《个人信息保护法》第六条 最小必要）",
         f"These fields may not be collected: {', '.join(unknown)} (PIPL art. 6)"),
        (not frame.awards or {"name", "phone", *VISIT_FIELDS} <= set(frame.contact_fields), "contact_fields",
         "field_missing",
         "服务按网点和时段预约，需要姓名、手机号、网点和预约时间；不设权益时可以不收集",
         "A service is booked at a branch for a time: name, mobile number, branch and time are needed"),
        (len(set(VISIT_FIELDS) & set(frame.contact_fields)) != 1, "contact_fields", "half_a_visit",
         "网点和预约时间须一并收集或都不收集（《个人信息保护法》第六条 最小必要）",
         "Branch and time are asked for together or not at all (PIPL art. 6)"),
    )
# fmt: on


def _asking_problems(frame: Frame, game: AnyGame) -> list[Problem]:
    """A game that says what may be asked of a person asks for exactly that, beside the visit (F20)."""
    if not game.asks_for or set(frame.contact_fields) - set(VISIT_FIELDS) == set(game.asks_for):
        return []
    fields = "、".join(CONTACT_FIELDS[key].zh for key in game.asks_for)
    fields_en = ", ".join(CONTACT_FIELDS[key].en.lower() for key in game.asks_for)
    words = Words(
        f"该玩法只能收集{fields}（《个人信息保护法》第六条 最小必要）",
        f"This game may ask for exactly: {fields_en} (PIPL art. 6)",
    )
    return [Problem("contact_fields", "exactly_these_fields", words)]


def _award_problems(frame: Frame, game: AnyGame) -> list[Problem]:
    declared = {award.key for award in game.awards}
    unknown = sorted(set(frame.awards) - declared)
    words = Words("该玩法没有这种权益条件", "This game has no such award")
    return [Problem(f"awards.{key}", "no_such_award", words) for key in unknown]


def _read(written: Mapping[str, Any]) -> tuple[Frame | None, AnyGame | None, Any, list[Problem]]:
    problems: list[Problem] = []
    frame = _converted(written, Frame, "", problems)
    game = _game(written, problems)
    settings = _converted(written.get("settings", {}), game.settings, "settings.", problems) if game else None
    return frame, game, settings, problems


def _game(written: Mapping[str, Any], problems: list[Problem]) -> AnyGame | None:
    key = written.get("game")
    if not isinstance(key, str):
        return None  # reading the frame has said so already
    try:
        return game_called(key)
    except UnknownGame as unknown:
        problems.append(Problem("game", unknown.code, Words(unknown.message("zh"), unknown.message("en"))))
        return None


def _converted(value: Any, kind: type[Any], under: str, problems: list[Problem]) -> Any:
    """The value as `kind`, or None and what is wrong with it."""
    missing = _missing(value, kind)
    if missing:
        problems += [Problem(under + name, "missing", _WORDS["missing"]) for name in missing]
        return None
    try:
        read = msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        problems.append(_understood(str(error), under))
        return None
    strays = list(_strays(value, _written_out(read), under))
    problems += strays
    return None if strays else read


def _written_out(value: Any) -> Json:
    """Plain JSON with every default in it; msgspec alone would leave out what was not given."""
    plain: Json = msgspec.json.decode(msgspec.json.encode(asdict(value)))
    return plain


def _settings_out(settings: Any) -> Json:
    """The settings in full, but for quiet ones that are not set (`games.base.QUIET`)."""
    unset = {
        part.name
        for part in fields(settings)
        if part.metadata.get("quiet") and getattr(settings, part.name) == part.default
    }
    return {name: value for name, value in _written_out(settings).items() if name not in unset}


def _missing(value: Any, kind: type[Any]) -> list[str]:
    if not isinstance(value, Mapping):
        return []  # said by the conversion
    required = [
        part.name for part in fields(kind) if part.default is MISSING and part.default_factory is MISSING
    ]
    return [name for name in required if value.get(name) is None]


def _strays(given: Any, understood: Any, path: str) -> Iterator[Problem]:
    """Names that nobody reads: a misspelt setting must not be silently ignored."""
    if isinstance(given, Mapping) and isinstance(understood, Mapping):
        for name, value in given.items():
            if name in understood:
                yield from _strays(value, understood[name], f"{path}{name}.")
            else:
                yield Problem(f"{path}{name}", "unknown_field", _WORDS["unknown_field"])
    elif isinstance(given, list) and isinstance(understood, list):
        for number, (one, other) in enumerate(zip(given, understood, strict=False)):
            yield from _strays(one, other, f"{path}{number}.")


_WORDS = {
    "missing": Words("此项必填", "This field is required"),
    "unknown_field": Words("无法识别的字段", "There is no such field"),
    "bad_date": Words("请填写正确的日期", "Please enter a valid date"),
    "bad_choice": Words("请从列表中选择", "Please choose from the list"),
    "wrong_type": Words("格式不正确", "This has the wrong format"),
}


def _understood(complaint: str, under: str) -> Problem:
    """msgspec's sentence as a problem with a dotted path."""
    sentence, _, where = complaint.partition(" - at ")
    named = where.strip("`").removeprefix("$").partition("[...]")[0]  # msgspec does not name the key
    path = re.sub(r"\[(\d{1,9})\]", r".\1", named).strip(".")
    if missing := re.search(r"missing required field `(\w{1,80})`", sentence):
        path, code = f"{path}.{missing[1]}".strip("."), "missing"
    elif "date" in sentence:
        code = "bad_date"
    else:
        code = "bad_choice" if "UUID" in sentence else "wrong_type"
    return Problem((under + path).strip("."), code, _WORDS[code])


def _under(place: str, problem: Problem) -> Problem:
    return Problem(f"{place}.{problem.path}", problem.code, problem.words)
