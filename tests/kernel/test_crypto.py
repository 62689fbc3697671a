"""F24, F52, F75, ASVS 11.2.2 and 11.3: what is sealed opens only under its key and only at its place."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from os import urandom
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.crypto import (
    Algorithm,
    CryptoFailure,
    Key,
    LocalKeyProvider,
    NotAPhoneNumber,
    Place,
    blind_index,
    key_id_of,
    new_secret,
    normal_phone,
    open_envelope,
    seal,
)
from kernel.sealed import mask_name, mask_phone

PLACE = Place(institution=uuid4(), table="privacy_participant", column="phone", row=uuid4())


def a_key(algorithm: Algorithm) -> Key:
    return Key(id=uuid4(), algorithm=algorithm, secret=new_secret(algorithm))


algorithms = pytest.mark.parametrize("algorithm", list(Algorithm))


@algorithms
@settings(max_examples=60)
@given(text=st.binary(max_size=400))
def test_what_was_sealed_opens_again(algorithm, text):
    key = a_key(algorithm)

    envelope = seal(text, key=key, place=PLACE)

    assert open_envelope(envelope, key=key, place=PLACE) == text


@algorithms
@settings(max_examples=150)
@given(place_of_fault=st.integers(min_value=0, max_value=10_000), bit=st.integers(min_value=0, max_value=7))
def test_one_flipped_bit_anywhere_keeps_it_shut(algorithm, place_of_fault, bit):
    key = a_key(algorithm)
    envelope = bytearray(seal(b"13800138000", key=key, place=PLACE))
    envelope[place_of_fault % len(envelope)] ^= 1 << bit

    with pytest.raises(CryptoFailure):
        open_envelope(bytes(envelope), key=key, place=PLACE)


@algorithms
@pytest.mark.parametrize(
    "moved",
    [
        replace(PLACE, institution=uuid4()),
        replace(PLACE, row=uuid4()),
        replace(PLACE, column="name"),
        replace(PLACE, table="privacy_phonecode"),
    ],
    ids=["institution", "row", "column", "table"],
)
def test_a_value_carried_to_another_place_stays_shut(algorithm, moved):
    key = a_key(algorithm)
    envelope = seal("张三".encode(), key=key, place=PLACE)

    with pytest.raises(CryptoFailure):
        open_envelope(envelope, key=key, place=moved)


@algorithms
def test_another_key_with_the_same_id_does_not_open_it(algorithm):
    key = a_key(algorithm)
    envelope = seal("张三".encode(), key=key, place=PLACE)

    with pytest.raises(CryptoFailure):
        open_envelope(envelope, key=replace(key, secret=new_secret(algorithm)), place=PLACE)


@algorithms
def test_every_envelope_names_its_algorithm_and_key_and_has_a_fresh_nonce(algorithm):
    key = a_key(algorithm)

    first, second = (seal("同一句话".encode(), key=key, place=PLACE) for _ in range(2))

    assert first[1] == algorithm
    assert key_id_of(first) == key.id
    assert first != second


@pytest.mark.parametrize("length", [0, 1, 17, 45])
def test_a_short_value_is_refused_without_a_crash(length):
    key = a_key(Algorithm.AES_256_GCM)

    with pytest.raises(CryptoFailure):
        open_envelope(b"\x01" * length, key=key, place=PLACE)


def test_a_key_does_not_show_its_secret():
    key = a_key(Algorithm.SM4_GCM)

    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in repr(key)


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "+86 138-0013-8000",
        "0086 13800138000",
        "138００138０00",
        " 8613800138000 ",
    ],
)
def test_one_number_has_one_spelling(typed):
    assert normal_phone(typed) == "+8613800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "138001380000",
        "23800138000",
        "12800138000",
        "1380013800a",
        "📱",
        "١٣٨٠٠١٣٨٠٠٠",
        "+" * 500,
    ],
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(NotAPhoneNumber):
        normal_phone(typed)


@given(st.text(max_size=600))
def test_no_text_makes_the_phone_reader_crash(typed):
    with suppress(NotAPhoneNumber):
        assert len(normal_phone(typed)) == 14


def test_the_index_finds_equal_values_and_keeps_kinds_and_keys_apart():
    secret = urandom(32)

    found = blind_index("+8613800138000", secret=secret, kind="phone")

    assert found == blind_index("+8613800138000", secret=secret, kind="phone")
    assert found != blind_index("+8613800138000", secret=secret, kind="code")
    assert found != blind_index("+8613800138000", secret=urandom(32), kind="phone")


def test_master_keys_wrap_with_the_first_and_unwrap_with_any():
    old, new = b64encode(urandom(32)).decode(), b64encode(urandom(32)).decode()
    institution, key_id, secret = uuid4(), uuid4(), urandom(32)
    wrapped = LocalKeyProvider.parse(f"k1:{old}").wrap(secret, institution=institution, key_id=key_id)

    both = LocalKeyProvider.parse(f"k2:{new}, k1:{old}")

    assert both.unwrap(wrapped, institution=institution, key_id=key_id) == secret
    assert both.wrap(secret, institution=institution, key_id=key_id).startswith(b"k2:")
    with pytest.raises(CryptoFailure):
        both.unwrap(wrapped, institution=uuid4(), key_id=key_id)
    with pytest.raises(CryptoFailure):
        LocalKeyProvider.parse(f"k2:{new}").unwrap(wrapped, institution=institution, key_id=key_id)


@pytest.mark.parametrize(
    "text", ["", "k1", "k1:", "k1:not-base64", "k1:c2hvcnQ=", ":" + b64encode(b"x" * 32).decode()]
)
def test_a_bad_master_key_stops_with_a_hint_and_without_the_key(text):
    with pytest.raises(ValueError, match="master key") as refused:
        LocalKeyProvider.parse(text)

    assert "c2hvcnQ" not in str(refused.value)


@pytest.mark.parametrize(
    ("plain", "masked"),
    [("+8613812345678", "138****5678"), ("13812345678", "138****5678"), ("123", "***"), ("", "")],
)
def test_a_phone_is_masked(plain, masked):
    """F54."""
    assert mask_phone(plain) == masked


@pytest.mark.parametrize(
    ("plain", "masked"), [("张三", "张*"), ("张", "张*"), ("欧阳娜娜", "欧**"), ("", "")]
)
def test_a_name_is_masked(plain, masked):
    """F54."""
    assert mask_name(plain) == masked
