"""Training the second reader from labelled sentences. Pure, deterministic, no libraries."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.scanner.hearing import hear
from compliance.scanner.likeness import SCALE, grams, meanings
from compliance.scanner.normalise import normalise

REFUTING = (
    "凡是宣称“{words}”的都要警惕。",
    "骗子常说“{words}”,请勿相信。",
    "“{words}”的说法是错误的。",
    "不得使用“{words}”之类的宣传用语。",
    "有人告诉您“{words}”,可信吗?",
    "看到“{words}”这样的宣传,您应当怎么做?",
    "选项A(错误):{words}",
    "以下哪句话违规?A.{words} B.投资有风险",
)
SMALL_PRINT = ("投资有风险,入市需谨慎。", "理财非存款,产品有风险,投资须谨慎。", "具体以合同为准。")
ROUNDS = 30
RATE = 0.35
KEEP_CLOSE = 1e-5
SMALLEST = 60


@dataclass(frozen=True)
class Example:
    """A sentence, whether it offends, and how much it counts."""

    text: str
    offends: bool
    weight: float = 1.0


def framed(examples: Sequence[Example]) -> list[Example]:
    """The same words reported and refuted: no offence when we warn of them; small print mends nothing."""
    offending = [one for one in examples if one.offends]
    mended = [
        Example(f"{one.text.rstrip('。!')}。{SMALL_PRINT[number % len(SMALL_PRINT)]}", True, 0.4)
        for number, one in enumerate(offending)
        if number % 2
    ]
    refuted = [
        Example(REFUTING[number % len(REFUTING)].format(words=one.text.rstrip("。!")), False, 0.3)
        for number, one in enumerate(offending)
        if len(one.text) < 40
    ]
    return mended + refuted


@dataclass
class _Model:
    """Weights and paces by number of the piece; the last one is the bias."""

    weights: list[float]
    paces: list[float]

    def learn(self, pieces: list[tuple[int, float]], offends: bool, weight: float) -> None:
        weights, paces = self.weights, self.paces
        total = sum(weights[number] * value for number, value in pieces)
        slope = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - offends) * weight
        for number, value in pieces:
            pull = slope * value + KEEP_CLOSE * weights[number]
            paces[number] += pull * pull
            weights[number] -= RATE * pull / math.sqrt(paces[number])


def train(examples: Sequence[Example]) -> dict[str, int]:
    """Weights in thousandths: logistic regression by AdaGrad, in the order given, always the same."""
    numbers: dict[str, int] = {"": 0}
    cases = [(_pieces(one, numbers), one.offends, one.weight) for one in examples]
    offending = sum(weight for _, offends, weight in cases if offends)
    innocent = sum(weight for _, offends, weight in cases if not offends)
    balance = {True: (offending + innocent) / (2 * offending), False: (offending + innocent) / (2 * innocent)}
    model = _Model([0.0] * len(numbers), [1e-8] * len(numbers))
    for _ in range(ROUNDS):
        for pieces, offends, weight in cases:
            model.learn(pieces, offends, weight * balance[offends])
    rounded = {piece: round(model.weights[number] * SCALE) for piece, number in numbers.items()}
    return {"": rounded.pop("")} | {
        piece: value
        for piece, value in sorted(rounded.items())
        if abs(value) >= SMALLEST and "\n" not in piece and "\t" not in piece
    }


def _pieces(example: Example, numbers: dict[str, int]) -> list[tuple[int, float]]:
    plain = normalise(example.text)
    text = (hear(plain) or plain).text
    pieces = [(0, 1.0)]
    for found in (grams(text), meanings(text)):
        share = 1 / math.sqrt(max(1, len(found)))
        pieces += [(numbers.setdefault(piece, len(numbers)), share) for piece in found]
    return pieces
