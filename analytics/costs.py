"""Sharing an amount of fen out so that nothing is lost to rounding. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def shared_out(fen: int, weights: Sequence[int]) -> list[int]:
    """The amount by weight, in whole fen. The shares add up to the amount; none for weights of nought.

    What rounding leaves goes, a fen each, to the largest remainders, the first of equals first.
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    shares = [fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(fen * weights[place] % whole))
    for place in by_remainder[: fen - sum(shares)]:
        shares[place] += 1
    return shares


def yuan(fen: int) -> str:
    """1234567 fen are 12,345.67."""
    sign, amount = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"


def fen_of(written: str) -> int | None:
    """What somebody typed as yuan, in fen; None where it is no amount with two decimals at most."""
    plain = written.strip().replace(",", "").replace("，", "")
    whole, _, part = plain.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 11 or len(part) > 2:
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    return int(whole) * 100 + int(part.ljust(2, "0") if part else 0)
