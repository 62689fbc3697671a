"""Daily and monthly rates beside a yearly one: the yearly figure must follow from the other."""

import re
from collections.abc import Iterator

from compliance.checks.numeric import DIGITS
from compliance.scanner.check import Check, CheckSample, Hit, Matter
from compliance.scanner.matter import Text

DAYS = (360, 366)
MONTHS = 12
TOLERANCE = 0.03
CHINESE = r"[一二两三四五六七八九十](?:点[一二三四五六七八九])?"
NUMBER = r"\d{1,16}(?:\.\d{1,16})?"
SHARE = rf"(?:{NUMBER}%|[百千万]分之(?:{NUMBER}|{CHINESE}))"
TRADITIONAL = rf"(?:{NUMBER}|{CHINESE})[厘分](?:[1-9一二三四五六七八九](?!\d))?"  # 月息8厘, 月息一分二
CONVERSION = re.compile(
    rf"(?P<period>日|月)(?:利率|息|利息率?)(?:为|是|约|仅|只(?:要|有)?|:|,|低至|按|以){{0,8}}(?P<rate>{SHARE}|{TRADITIONAL})"
    rf"(?P<gap>[^。!?;\n]{{0,18}}?)(?:年化|年利率|一年)(?:利率|综合成本)?(?:\(单利\))?"
    rf"(?:也|就|约|为|是|仅|只有?|才|等于|合|相当于|大约|即|:|,|在|左右){{0,8}}(?P<year>{SHARE})"
)
OTHER_METHOD = re.compile(r"等额|分期|手续费|费率|irr|实际|复利|最高|不止|高于|超过")


def share(written: str) -> float | None:
    """A rate as a number: 0.05%, 万分之五 and 百分之一点二 alike; None when it cannot be read."""
    if written.endswith("%"):
        return float(written[:-1]) / 100
    if written[0] not in "万千百":
        return _by_the_month(written)
    unit = {"万": 10_000, "千": 1_000, "百": 100}[written[0]]
    digits = written[3:]
    if re.fullmatch(NUMBER, digits):
        return float(digits) / unit
    whole, _, part = digits.partition("点")
    if whole not in DIGITS:
        return None
    return (DIGITS[whole] + (DIGITS[part] / 10 if part else 0)) / unit


def _by_the_month(written: str) -> float:
    """月息8厘 is 0.8%, 一分 1%, 一分二 1.2%."""
    number, unit, rest = re.split(r"([厘分])", written)
    whole, _, part = number.partition("点")
    value = DIGITS[whole] + DIGITS.get(part, 0) / 10 if whole in DIGITS else float(number)
    small = DIGITS.get(rest) or (int(rest) if rest else 0)
    return (value + small / 10) / (1000 if unit == "厘" else 100)


def follows(rate: float, period: str, year: float) -> bool:
    """Does the yearly rate follow, by simple or compound interest, from the daily or monthly one?"""
    fewest, most = DAYS if period == "日" else (MONTHS, MONTHS)
    compound: float = (1 + min(rate, 1.0)) ** most - 1  # what 日利率99999% comes to is no number
    return rate * fewest * (1 - TOLERANCE) <= year <= max(rate * most, compound) * (1 + TOLERANCE)


class Rates(Check):
    key = "rates"
    label = "利率换算"
    samples = (
        CheckSample(
            "a yearly rate too small for the daily one",
            (Text("e", "explanation", "日利率0.05%,折算年化仅5%"),),
            frozenset({"factual_error"}),
        ),
        CheckSample(
            "the yearly rate that follows",
            (Text("e", "explanation", "日利率0.05%,折算成年化利率约为18%"),),
            frozenset(),
        ),
        CheckSample(
            "in words",
            (Text("e", "explanation", "日利率万分之五,折合年化约18.25%"),),
            frozenset(),
        ),
    )

    def examine(self, matter: Matter) -> Iterator[Hit]:
        for index, view in enumerate(matter.views):
            if matter.texts[index].content_type == "question":
                continue
            for found in CONVERSION.finditer(view.text):
                rate, year = share(found["rate"]), share(found["year"])
                if found["period"] == "日" and "分之" not in found["rate"] and found["rate"][-1] != "%":
                    continue  # 日息 in 厘 and 分 is counted in more than one way
                if rate is None or year is None or OTHER_METHOD.search(found.group()):
                    continue
                if not follows(rate, found["period"], year):
                    yield Hit(
                        index=index,
                        begin=found.start(),
                        end=found.end(),
                        rule="NU-CONVERSION",
                        category="factual_error",
                        severity="block",
                        article="LOAN-2021-3",
                        why="年化利率与所写的日利率、月利率对不上",
                        suggestion="按单利换算：日利率乘以365，月利率乘以12，并以年化利率为主展示",
                    )


CHECK = Rates()
