"""Training the second reader from labelled sentences. Pure, deterministic, no libraries."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.scanner.likeness import SCALE, grams
from compliance.scanner.normalise import normalise

FRAMES = (
    "凡是宣称“{words}”的都要警惕。",
    "骗子常说“{words}”,请勿相信。",
    "“{words}”的说法是错误的。",
    "不得使用“{words}”之类的宣传用语。",
    "有人告诉您“{words}”,可信吗?",
    "看到“{words}”这样的宣传,您应当怎么做?",
)
ROUNDS = 40
RATE = 0.35
KEEP_CLOSE = 2e-5
SMALLEST = 60


@dataclass(frozen=True)
class Example:
    """A sentence, whether it offends, and how much it counts."""

    text: str
    offends: bool
    weight: float = 1.0


SMALL_PRINT = ("投资有风险,入市需谨慎。", "理财非存款,产品有风险,投资须谨慎。", "具体以合同为准。")


def framed(examples: Sequence[Example]) -> list[Example]:
    """The same words reported and refuted: no offence when we warn of them; small print mends nothing."""
    mended = [
        Example(f"{one.text.rstrip('。!')}。{SMALL_PRINT[number % len(SMALL_PRINT)]}", True, 0.5)
        for number, one in enumerate(examples)
        if one.offends
    ]
    return mended + [
        Example(FRAMES[(number + shift) % len(FRAMES)].format(words=one.text.rstrip("。!")), False, 0.3)
        for number, one in enumerate(examples)
        if one.offends and len(one.text) < 40
        for shift in (0, 3)
    ]


def train(examples: Sequence[Example]) -> dict[str, int]:
    """Weights in thousandths: logistic regression by AdaGrad, in the order given, always the same."""
    cases = [(grams(normalise(one.text).text), one.offends, one.weight) for one in examples]
    offending = sum(weight for _, offends, weight in cases if offends)
    innocent = sum(weight for _, offends, weight in cases if not offends)
    balance = {True: (offending + innocent) / (2 * offending), False: (offending + innocent) / (2 * innocent)}
    table: dict[str, float] = {}
    paces: dict[str, float] = {}
    bias, bias_pace = 0.0, 1e-8
    for _ in range(ROUNDS):
        for found, offends, weight in cases:
            length = math.sqrt(max(1, len(found)))
            total = bias + sum(table.get(gram, 0.0) for gram in found) / length
            guess = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
            slope = (guess - offends) * weight * balance[offends]
            bias_pace += slope * slope
            bias -= RATE * slope / math.sqrt(bias_pace)
            step = slope / length
            for gram in found:
                value = table.get(gram, 0.0)
                pull = step + KEEP_CLOSE * value
                pace = paces.get(gram, 1e-8) + pull * pull
                paces[gram] = pace
                table[gram] = value - RATE * pull / math.sqrt(pace)
    kept = {
        gram: round(value * SCALE) for gram, value in table.items() if "\n" not in gram and "\t" not in gram
    }
    return {"": round(bias * SCALE)} | {
        gram: value for gram, value in sorted(kept.items()) if abs(value) >= SMALLEST
    }
