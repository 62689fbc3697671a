"""Composed expressions: what is meant, however it is turned (a promise near a yield, a loss we take on)."""

from collections.abc import Iterator

from compliance.checks.lexical import innocent_spans
from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.matter import Text
from compliance.scanner.pack import Pattern
from compliance.scanner.spans import Spans

NEIGHBOURHOOD = 12


def _excepted(pattern: Pattern, text: str, begin: int, end: int) -> bool:
    if pattern.unless is None:
        return False
    left = max(0, begin - NEIGHBOURHOOD)
    for hit in pattern.unless.finditer(text, left, min(len(text), end + NEIGHBOURHOOD)):
        if hit.end() > hit.start():
            return True
    return False


class Phrasing(Check):
    key = "phrasing"
    label = "语义句式"
    samples = (
        CheckSample(
            "a loss taken on by us",
            (Text("title", "title", "放心投,亏损由我们全额承担"),),
            frozenset({"principal_protection", "risk_downplay"}),
        ),
        CheckSample("a promise refused", (Text("rule", "rule", "我行不承诺任何收益"),), frozenset()),
        CheckSample(
            "a swindler's words",
            (Text("e", "explanation", "骗子常以稳赚不赔为诱饵,请提高警惕。"),),
            frozenset(),
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        for index, view in enumerate(matter.views):
            ordinary: Spans | None = None
            characters = frozenset(view.text)
            for pattern in matter.pack.patterns:
                if not pattern.may_match(characters) or not matter.binds(pattern.sector, index):
                    continue
                for found in pattern.expression.finditer(view.text):
                    begin, end = found.span()
                    if begin == end:
                        continue
                    if ordinary is None:
                        ordinary = innocent_spans(matter.pack, view.text)
                    if _contained(ordinary, begin, end) or _excepted(pattern, view.text, begin, end):
                        continue
                    yield Hit(
                        index=index,
                        begin=begin,
                        end=end,
                        rule=pattern.rule,
                        category=pattern.category,
                        severity=pattern.severity,
                        article=pattern.article,
                        suggestion=pattern.suggestion,
                    )


def _contained(spans: Spans, begin: int, end: int) -> bool:
    return spans.cut(begin, end) if end - begin <= 4 else spans.hold(begin, end)


CHECK = Phrasing()
