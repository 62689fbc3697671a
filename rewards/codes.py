"""Redemption codes: twelve signs that survive handwriting, a noisy counter and a tired thumb. Pure.

Thirty-one signs without the look-alikes 0 O 1 I L. Nine are random (44 bits), two say which institution
made the code, one checks the rest: a weighted sum modulo the prime 31 with weights 1 to 12, so every
single wrong sign and every pair of swapped signs is noticed. The two institution signs are derived from
its id and open nothing; they let a desk say "not ours" without a look at anyone else's rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from kernel.errors import DomainError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
_PRIME = len(ALPHABET)
_RANDOM_SIGNS = 9


class Mistyped(DomainError):
    """Not a code at all: wrong length, a sign that codes do not have, or the check sign does not fit."""

    code = "code_mistyped"
    status = 400
    zh = "核销码输入有误，请核对后重新输入。"
    en = "This code was mistyped. Please check it and enter it again."


def make_code(institution_id: UUID, luck: Callable[[int], int]) -> str:
    """A fresh code; `luck(n)` gives an unguessable number below n."""
    signs = institution_signs(institution_id) + "".join(ALPHABET[luck(_PRIME)] for _ in range(_RANDOM_SIGNS))
    return signs + check_sign(signs)


def read_code(typed: str) -> str:
    """The twelve signs of what was typed, scanned or pasted. Raises Mistyped."""
    text = unicodedata.normalize("NFKC", typed).upper()
    signs = "".join(sign for sign in text if not sign.isspace() and sign not in "-–—_.·")
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        raise Mistyped
    if check_sign(signs[:-1]) != signs[-1]:
        raise Mistyped
    return signs


def is_from(code: str, institution_id: UUID) -> bool:
    """Whether the institution made the code: certain when it says no, right 960 times in 961 when yes."""
    return code[:2] == institution_signs(institution_id)


def institution_signs(institution_id: UUID) -> str:
    number = int.from_bytes(sha256(b"hequ code of " + institution_id.bytes).digest()[:8], "big")
    return ALPHABET[number % _PRIME] + ALPHABET[number // _PRIME % _PRIME]


def check_sign(signs: str) -> str:
    """The sign that makes the weighted sum of all twelve a multiple of 31."""
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(signs, start=1))
    # 12 * x = -total (mod 31); 13 is the inverse of 12, for 12 * 13 = 156 = 5 * 31 + 1
    return ALPHABET[-total * 13 % _PRIME]


def grouped(code: str) -> str:
    """As people read it: 7K3M-9QWE-RT5Y."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
