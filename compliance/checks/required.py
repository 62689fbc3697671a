"""What the institution requires beyond the shipped rules: its sentences, its ceilings, its lower limits.

Without such requirements in the pack there is nothing to look for, and nothing is found.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from compliance.checks.rates import SHARE, share
from compliance.checks.structural import FIELDS, GROUP, LARGEST_GROUP, MOST_FIELDS, MOST_STEPS, STEPS, RedLine
from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.context import EXCUSES
from compliance.scanner.matter import Shape, Text
from compliance.scanner.normalise import normalise
from compliance.scanner.place import WITHIN, place_of, sentence_at
from compliance.scanner.requirements import Ceiling, Limit, Requirement, Sentence

OF_OTHERS = frozenset({"fraud_frame", "marked_wrong"})  # somebody else's figure, shown as somebody else's
_SPAN = rf"(?:\d{{1,16}}(?:\.\d{{1,16}})?%?(?:-|~|—|–|至|到))?{SHARE}"
_YIELD = r"业绩比较基准|比较基准|收益率?|回报率?|净值增长率|结算利率|预定利率"
_LOAN = r"年化利率|年利率|贷款利率|借款利率|综合(?:融资)?成本|单利"
_RATE = rf"{_YIELD}|{_LOAN}|年化"
_SHOWN = re.compile(
    rf"(?:{_RATE})[^。!?;\n%\d]{{0,14}}?(?P<after>{_SPAN})|(?P<before>{_SPAN})[^。!?;\n,%\d]{{0,6}}?(?:{_RATE})"
)
_OF_YIELD, _OF_LOAN = re.compile(_YIELD), re.compile(_LOAN)
_LENDING = re.compile(r"贷|借款|借钱|信用卡|分期")
CATEGORY = {"yield": "past_performance", "loan": "loan_misleading"}


@dataclass(frozen=True)
class Measure:
    """What of a campaign's mechanics a limit counts, and between which numbers it may be set."""

    line: RedLine
    fewest: int
    shipped: int
    count: Callable[[Shape], int]


MEASURES: Mapping[str, Measure] = {
    # a service is booked under a name and a number, at a branch for a time: fewer than four leave no campaign
    "contact_fields": Measure(FIELDS, 4, MOST_FIELDS, lambda shape: len(shape.contact_fields)),
    "steps": Measure(STEPS, 1, MOST_STEPS, lambda shape: shape.steps),
    "group_size": Measure(GROUP, 2, LARGEST_GROUP, lambda shape: shape.group_size),
}


class Required(Check):
    key = "required"
    label = "本机构要求"
    samples = (
        CheckSample(
            "nothing is required beyond the shipped rules",
            (Text("title", "title", "社区讲座的时间和地点"),),
            frozenset(),
            shape=Shape(("name", "phone", "need", "branch", "time"), 3),
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        for one in matter.pack.requirements:
            if isinstance(one, Ceiling):
                yield from _above(matter, one)
            elif matter.shape is not None and isinstance(one, Sentence):
                yield from _missing(matter, matter.shape, one)
            elif matter.shape is not None and isinstance(one, Limit):
                yield from _beyond(matter.shape, one)


def _missing(matter: Matter, shape: Shape, one: Sentence) -> Iterator[Hit]:
    whole = "\n".join(view.text for view in matter.views)
    meant = [normalise(word).text for word in one.when]
    if meant and not any(word in whole for word in meant if word):
        return
    attached = [known.text for known in matter.pack.disclaimers if known.key in shape.disclaimers]
    said = "\n".join([whole, *(normalise(text).text for text in attached)])
    if normalise(one.sentence).text not in said:
        yield _of_mechanics(one, "missing_disclaimer", "rules", f"加入：{one.sentence}")


def _beyond(shape: Shape, one: Limit) -> Iterator[Hit]:
    measure = MEASURES[one.measure]
    if measure.count(shape) > one.most:
        yield _of_mechanics(one, "campaign_structure", measure.line.path, f"不超过：{one.most}")


def _of_mechanics(one: Requirement, category: str, path: str, suggestion: str) -> Hit:
    return Hit(
        index=-1,
        begin=0,
        end=0,
        rule=one.rule,
        category=category,
        severity=one.severity,
        article=one.article,
        why=one.why,
        suggestion=suggestion,
        path=path,
    )


def _above(matter: Matter, one: Ceiling) -> Iterator[Hit]:
    for index, view in enumerate(matter.views):
        for found in _SHOWN.finditer(view.text):
            figures = re.findall(SHARE, _spelt_out(found["after"] or found["before"]))
            if not any(_percent(figure) > one.most for figure in figures):
                continue
            if _measured(view.text, found) != one.measure:
                continue
            hit = Hit(
                index=index,
                begin=found.start(),
                end=found.end(),
                rule=one.rule,
                category=CATEGORY[one.measure],
                severity=one.severity,
                article=one.article,
                why=one.why,
                suggestion=f"不超过：{one.most}%",
                excusable=False,
            )
            if not _of_another(matter, hit):
                yield hit


def _measured(text: str, found: re.Match[str]) -> str:
    """Whether a percentage is a yield or the cost of a loan; empty for what a deposit pays."""
    begin, end = sentence_at(text, found.start(), found.end())
    begin, end = max(begin, found.start() - WITHIN), min(end, found.end() + WITHIN)
    if _OF_YIELD.search(found.group()):
        return "yield"
    lending = bool(_LENDING.search(text[begin:end]))
    if _OF_LOAN.search(found.group()):
        return "" if "存款" in text[begin:end] and not lending else "loan"
    return "loan" if lending else "yield"


def _spelt_out(written: str) -> str:
    """2.5-3.5% with both of its signs."""
    return re.sub(r"(?<=\d)(?=[-~—–至到])", "%", written)


def _percent(written: str) -> Decimal:
    value = share(written)
    return Decimal(0) if value is None else round(Decimal(str(value)) * 100, 4)


def _of_another(matter: Matter, hit: Hit) -> bool:
    """A wrong answer to choose from, or what a swindler is said to promise."""
    text = matter.texts[hit.index]
    if text.content_type == "option" and text.correct is False:
        return True
    place = place_of(matter, hit)
    return any(holds(place) for reason, holds in EXCUSES if reason in OF_OTHERS)


CHECK = Required()
