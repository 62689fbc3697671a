"""Figures with a legal value: the deposit insurance limit, terms fixed by statute, the ceiling of a prize."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.scanner.answers import asserted
from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.matter import Text
from compliance.scanner.normalise import View

DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


@dataclass(frozen=True)
class Figure:
    """A sentence shape with one number in it, and what the number must be."""

    rule: str
    article: str
    shape: re.Pattern[str]
    right: frozenset[int]
    why: str
    suggestion: str


AMOUNT = r"(?P<n>\d{1,16}|[一二两三四五六七八九十百]{1,16})"
FIGURES = (
    Figure(
        "NU-DEP-LIMIT",
        "DEP-5",
        re.compile(
            rf"存款保险(?:[^。!?;\n]{{0,16}}?(?:限额|上限|最高|保障|赔付?|偿付)[^。!?;\n\d]{{0,10}}?"
            r"|(?:制度|基金|条例|都|也|能|就|是|可以?|一共|总共|只|,|给(?:您|你|大家)){0,4}"
            rf"保(?:到|住|足|得了|满|下|您|你|大家|储户|个|的是){{0,8}}){AMOUNT}万(?!亿)"
        ),
        frozenset({50}),
        "存款保险最高偿付限额为人民币50万元",
        "改为“最高偿付限额为人民币50万元”",
    ),
    Figure(
        "NU-DEP-DAYS",
        "DEP-19",
        re.compile(rf"(?:存款保险|偿付存款|足额偿付)[^。!?;\n]{{0,24}}?{AMOUNT}个?工作日"),
        frozenset({7}),
        "存款保险应自规定情形发生之日起7个工作日内足额偿付",
        "改为“7个工作日内”",
    ),
    Figure(
        "NU-CREDIT-YEARS",
        "CREDIT-16",
        re.compile(
            rf"(?:不良(?:信息|记录)|征信不良|逾期记录)[^。!?;\n]{{0,14}}?保存(?:期限)?[^。!?;\n\d]{{0,6}}?{AMOUNT}年"
        ),
        frozenset({5}),
        "不良信息自不良行为终止之日起保存5年",
        "改为“5年”",
    ),
    Figure(
        "NU-CREDIT-FREE",
        "CREDIT-16",
        re.compile(rf"每年[^。!?;\n]{{0,8}}?{AMOUNT}次[^。!?;\n]{{0,6}}?免费[^。!?;\n]{{0,8}}?信用报告"),
        frozenset({2}),
        "个人每年可两次免费获取本人信用报告",
        "改为“每年两次”",
    ),
    Figure(
        "NU-CREDIT-ANSWER",
        "CREDIT-16",
        re.compile(rf"(?:征信|信用报告)[^。!?;\n]{{0,6}}异议[^。!?;\n\d]{{0,24}}?{AMOUNT}个?(?:工作)?[日天]"),
        frozenset({20}),
        "征信异议应自收到之日起20日内核查并答复",
        "改为“20日内”",
    ),
    Figure(
        "NU-DEP-WITHIN",
        "DEP-5",
        re.compile(
            rf"(?:同一家?(?:投保)?(?:银行|机构)|本金和利息|本息)[^。!?;\n\d]{{0,14}}?{AMOUNT}万元?(?:以内|以下|之内)"
            r"(?=[^。!?;\n]{0,10}(?:全额|偿付|赔付))"
        ),
        frozenset({50}),
        "存款保险最高偿付限额为人民币50万元",
        "改为“50万元以内”",
    ),
    Figure(
        "NU-PRIZE",
        "PROM-17",
        re.compile(rf"(?:抽奖|有奖销售)[^。!?;\n]{{0,12}}?最高奖[^。!?;\n\d]{{0,14}}?{AMOUNT}万元"),
        frozenset(range(1, 6)),
        "抽奖式有奖销售的最高奖不得超过5万元",
        "改为“不超过5万元”",
    ),
    Figure(
        "NU-HESITATION",
        "INS-HEALTH-15",
        re.compile(rf"长期健康(?:保险|险)[^。!?;\n]{{0,10}}?犹豫期[^。!?;\n\d]{{0,8}}?{AMOUNT}[天日]"),
        frozenset(range(15, 366)),
        "长期健康保险犹豫期不得少于15天",
        "改为“不少于15天”",
    ),
)


def _value(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    if written in DIGITS:
        return DIGITS[written]
    match = re.fullmatch(r"([一二两三四五六七八九])?([百十])([一二两三四五六七八九])?", written)
    if not match:
        return None
    unit = 100 if match.group(2) == "百" else 10
    return DIGITS.get(match.group(1) or "一", 1) * unit + (DIGITS[match.group(3)] if match.group(3) else 0)


class Numeric(Check):
    key = "numeric"
    label = "法定数字"
    samples = (
        CheckSample(
            "a wrong limit",
            (Text("e", "explanation", "存款保险最高偿付限额为100万元"),),
            frozenset({"factual_error"}),
        ),
        CheckSample(
            "the right limit", (Text("e", "explanation", "存款保险最高偿付限额为人民币50万元"),), frozenset()
        ),
        CheckSample(
            "the right limit in words", (Text("e", "explanation", "存款保险最高赔付五十万元"),), frozenset()
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        for index, view in enumerate(matter.views):
            asks = matter.texts[index].content_type == "question"
            for figure in FIGURES:
                for found in figure.shape.finditer(view.text):
                    value = _value(found["n"])
                    if value is None or value in figure.right:
                        continue
                    if asks and not asserted(view.text, found.start(), found.end()):
                        continue  # a question may ask whether a wrong figure is right
                    yield Hit(
                        index=index,
                        begin=found.start(),
                        end=found.end(),
                        rule=figure.rule,
                        category="factual_error",
                        severity="block",
                        article=figure.article,
                        suggestion=figure.suggestion,
                        why=figure.why,
                        replacement=_put_right(view, found, figure),
                    )


def _put_right(view: View, found: re.Match[str], figure: Figure) -> str | None:
    """The passage as written, with the figure the law has; None when the law leaves a choice."""
    if len(figure.right) != 1:
        return None
    start, end = view.span(found.start(), found.end())
    first, last = view.span(found.start("n"), found.end("n"))
    return view.original[start:first] + str(next(iter(figure.right))) + view.original[last:end]


CHECK = Numeric()
