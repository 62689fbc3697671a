"""What must stand there: the disclaimers a sector and its subjects ask for, an explanation to each question.

Runs on whole campaigns only (a `Shape` is given): a single sentence is not blamed for what stands elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.matter import Shape, Text


@dataclass(frozen=True)
class Needed:
    """When the trigger occurs in the texts, one of these disclaimers must be attached or said in words."""

    rule: str
    sector: str
    trigger: re.Pattern[str]
    disclaimer: str
    said: re.Pattern[str]
    article: str
    sentence: str


NEEDED = (
    Needed(
        "PR-WMP",
        "bank",
        re.compile(r"理财产品|净值型|业绩比较基准|固收|理财风险"),
        "D-BANK-01",
        re.compile(r"理财非存款"),
        "WM-SALES",
        "理财非存款、产品有风险、投资须谨慎。",
    ),
    Needed(
        "PR-WMP-W",
        "wealth",
        re.compile(r"理财产品|净值型|业绩比较基准|固收|理财风险"),
        "D-BANK-01",
        re.compile(r"理财非存款"),
        "WM-SALES",
        "理财非存款、产品有风险、投资须谨慎。",
    ),
    Needed(
        "PR-INS",
        "insurance",
        re.compile(r"保险|保单|理赔|投保|分红险|年金"),
        "D-INS-01",
        re.compile(r"保险产品不保证收益|以保险条款为准|理赔需符合"),
        "INS-16",
        "保险产品不保证收益，理赔需符合保险合同约定；具体保障责任、责任免除以保险条款为准。",
    ),
    Needed(
        "PR-SEC",
        "securities",
        re.compile(r"股票|基金|证券|投资|定投|债券"),
        "D-SEC-01",
        re.compile(r"投资有风险"),
        "AD-25-0",
        "投资有风险，入市需谨慎。",
    ),
)


class Presence(Check):
    key = "presence"
    label = "必备提示"
    samples = (
        CheckSample(
            "the sentence is missing",
            (Text("title", "title", "认识净值型理财产品"),),
            frozenset({"missing_disclaimer"}),
            sector="bank",
            shape=Shape(),
        ),
        CheckSample(
            "the sentence is attached",
            (Text("title", "title", "认识净值型理财产品"),),
            frozenset(),
            sector="bank",
            shape=Shape(disclaimers=("D-BANK-01",)),
        ),
        CheckSample(
            "a question without an explanation",
            (Text("q", "question", "收到陌生短信怎么办?", group="q"),),
            frozenset({"missing_disclaimer"}),
            shape=Shape(),
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        if matter.shape is None:
            return
        whole = "\n".join(view.text for view in matter.views)
        for needed in NEEDED:
            wanted = needed.sector == matter.sector and needed.trigger.search(whole)
            if not wanted or needed.disclaimer in matter.shape.disclaimers or needed.said.search(whole):
                continue
            yield Hit(
                index=-1,
                begin=0,
                end=0,
                rule=needed.rule,
                category="missing_disclaimer",
                severity="block",
                article=needed.article,
                why=f"内容涉及“{wanted.group()}”，须附风险提示",
                suggestion=f"加入：{needed.sentence}",
                path="disclaimers",
                replacement=needed.disclaimer,
            )
        yield from self._unexplained(matter)

    def _unexplained(self, matter: Matter) -> Iterator[Hit]:
        explained = {
            text.group
            for text in matter.texts
            if text.content_type == "explanation" and text.text.strip() and text.group
        }
        for text in matter.texts:
            if text.content_type == "question" and text.group and text.group not in explained:
                yield Hit(
                    index=-1,
                    begin=0,
                    end=0,
                    rule="PR-EXPL",
                    category="missing_disclaimer",
                    severity="block",
                    article="PROJ-EXPL",
                    why="每题须附知识讲解",
                    suggestion="补充解读，并注明法规依据",
                    path=text.path,
                )


CHECK = Presence()
