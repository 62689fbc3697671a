"""F13: a code survives handwriting, and a slip of the pen is noticed."""

from __future__ import annotations

import secrets
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.codes import ALPHABET, LENGTH, Mistyped, grouped, is_from, make_code, read_code

INSTITUTION = uuid4()


def test_the_alphabet_has_no_look_alikes():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("0O1IL") & set(ALPHABET)


def test_every_single_wrong_sign_is_noticed():
    code = make_code(INSTITUTION, secrets.randbelow)

    for at in range(LENGTH):
        for sign in set(ALPHABET) - {code[at]}:
            with pytest.raises(Mistyped):
                read_code(code[:at] + sign + code[at + 1 :])


def test_every_pair_of_swapped_signs_is_noticed():
    code = make_code(INSTITUTION, secrets.randbelow)

    for first in range(LENGTH):
        for second in range(first + 1, LENGTH):
            signs = list(code)
            signs[first], signs[second] = signs[second], signs[first]
            if signs[first] != signs[second]:
                with pytest.raises(Mistyped):
                    read_code("".join(signs))


@given(st.integers(min_value=0))
def test_a_code_reads_back_however_it_is_written(luck):
    numbers = iter(divmod(luck, 31**at)[0] % 31 for at in range(20))
    code = make_code(INSTITUTION, lambda below: next(numbers) % below)

    for typed in (code, grouped(code), code.lower(), f" {grouped(code).replace('-', ' ')}\n", _wide(code)):
        assert read_code(typed) == code


@given(st.text(max_size=600))
def test_no_text_makes_the_reader_crash(typed):
    try:
        read_code(typed)
    except Mistyped:
        return
    assert len(typed) >= LENGTH


def test_codes_tell_institutions_apart_and_are_not_repeated():
    others = [uuid4() for _ in range(200)]
    codes = {make_code(INSTITUTION, secrets.randbelow) for _ in range(2000)}

    assert len(codes) == 2000
    assert all(is_from(code, INSTITUTION) for code in codes)
    assert sum(is_from(make_code(other, secrets.randbelow), INSTITUTION) for other in others) <= 3


def _wide(code: str) -> str:
    """Full-width signs, as Chinese keyboards make them."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in code)
