"""F18, F35. New or existing is decided by keyed hashes; the list is loaded in pieces and never half."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from kernel.actor import SYSTEM, Actor
from kernel.crypto import blind_index, normal_phone
from kernel.errors import Denied, NotFound
from kernel.scope import scope
from privacy import customer_hashes as tool
from privacy.customers import (
    CustomerImport,
    ImportRunning,
    WrongCustomerFile,
    WrongCustomerKey,
    current_list,
    drop_replaced_customers,
    faults_of,
    imports_left,
    load_customers,
    make_customer_key,
    receive_customers,
    standing_of,
)
from privacy.models import CustomerHash, CustomerPiece, Participant
from privacy.vault import give_key, sealed_for
from tests.cast import NOON

OURS, NOT_OURS = "13812345678", "13912345678"


@pytest.fixture
def key(administrator: Actor) -> bytes:
    """The list's key, as the institution holds it."""
    _, text = make_customer_key(actor=administrator, now=NOON)
    return tool.read_key(text)


def file_of(key: bytes, *lines: str) -> bytes:
    return "\n".join([tool.HEADER + tool.key_fingerprint(key), *lines, ""]).encode()


def hashed(number: str, key: bytes) -> str:
    return tool.customer_hash(tool.normal_number(number), key)


def upload(administrator: Actor, body: bytes, *, piece: int = 64 * 1024) -> CustomerImport:
    chunks = (body[start : start + piece] for start in range(0, len(body), piece))
    return receive_customers(actor=administrator, chunks=chunks, now=NOON)


def loaded(administrator: Actor, body: bytes) -> CustomerImport:
    received = upload(administrator, body)
    while load_customers(actor=SYSTEM, import_id=received.id, now=NOON):
        pass
    return CustomerImport.of(received.id)


def verified(number: str) -> Participant:
    """Somebody whose number is proven."""
    participant = Participant(person_id=UUID(int=1), created_at=NOON)
    participant.person_id = participant.id
    give_key(participant, now=NOON)
    participant.save(force_insert=True)
    participant.phone = sealed_for(participant, Participant, "phone", participant.id, normal_phone(number))
    participant.phone_index = b"index"
    participant.state, participant.verified_at = Participant.State.VERIFIED, NOON
    participant.save()
    return participant


def test_a_listed_number_is_existing_and_any_other_is_new(administrator: Actor, key: bytes) -> None:
    """F18, F35."""
    loaded(administrator, file_of(key, hashed(OURS, key)))

    assert standing_of(verified(OURS).id) == "existing"
    assert standing_of(verified(NOT_OURS).id) == "new"


def test_without_a_proven_number_or_without_a_list_nothing_is_said(
    administrator: Actor, key: bytes, at_bank: UUID
) -> None:
    somebody = verified(OURS)
    anonymous = Participant.objects.create(person_id=somebody.id, created_at=NOON)
    before = standing_of(somebody.id)

    loaded(administrator, file_of(key, hashed(OURS, key)))

    assert before == "unknown"
    assert standing_of(anonymous.id) == "unknown"


def test_bad_lines_are_told_by_number_and_reason_and_never_by_content(
    administrator: Actor, key: bytes
) -> None:
    """The row-level error file."""
    body = file_of(key, hashed(OURS, key), "13812345678", "abc", "z" * 64, hashed(OURS, key))

    done = loaded(administrator, body)

    assert list(faults_of(done.id)) == [(3, "plain_number"), (4, "wrong_length"), (5, "wrong_signs")]
    assert (done.rows, done.rows_taken, done.rows_twice, done.rows_bad) == (5, 1, 1, 3)
    assert done.state == "current"


def test_a_list_without_one_readable_line_replaces_nothing(administrator: Actor, key: bytes) -> None:
    first = loaded(administrator, file_of(key, hashed(OURS, key)))

    second = loaded(administrator, file_of(key, "nonsense"))

    assert second.state == "abandoned"
    assert current_list() == first


def test_a_new_list_replaces_the_old_one_as_a_whole(administrator: Actor, key: bytes) -> None:
    loaded(administrator, file_of(key, hashed(OURS, key)))
    somebody, other = verified(OURS), verified(NOT_OURS)

    received = upload(administrator, file_of(key, hashed(NOT_OURS, key)))
    meanwhile = (standing_of(somebody.id), standing_of(other.id))
    load_customers(actor=SYSTEM, import_id=received.id, now=NOON)

    assert meanwhile == ("existing", "new")
    assert (standing_of(somebody.id), standing_of(other.id)) == ("new", "existing")
    assert drop_replaced_customers(actor=SYSTEM, now=NOON) == 1
    assert CustomerHash.objects.count() == 1


def test_loading_goes_on_with_the_next_piece_after_a_killed_worker(
    administrator: Actor, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resume: what a lost transaction read is read again, what was committed is not."""
    monkeypatch.setattr("privacy.customers.PIECE_BYTES", 700)
    numbers = [hashed(f"138{place:08d}", key) for place in range(50)]
    received = upload(administrator, file_of(key, *numbers), piece=333)
    load_customers(actor=SYSTEM, import_id=received.id, now=NOON)
    halfway = CustomerImport.of(received.id)

    left = imports_left(NOON + timedelta(minutes=2))
    while load_customers(actor=SYSTEM, import_id=received.id, now=NOON):
        pass

    done = CustomerImport.of(received.id)
    assert 0 < halfway.rows_taken < 50
    assert 0 < halfway.percent < 100
    assert left == [received.id]
    assert (done.rows_taken, done.rows_twice, done.percent) == (50, 0, 100)
    assert not CustomerPiece.objects.exists()


def test_a_second_bell_finds_nothing_to_do(administrator: Actor, key: bytes) -> None:
    done = loaded(administrator, file_of(key, hashed(OURS, key)))

    more = load_customers(actor=SYSTEM, import_id=done.id, now=NOON)

    assert more is False
    assert CustomerImport.of(done.id).rows_taken == 1


def test_one_list_at_a_time(administrator: Actor, key: bytes) -> None:
    upload(administrator, file_of(key, hashed(OURS, key)))

    with pytest.raises(ImportRunning):
        upload(administrator, file_of(key, hashed(OURS, key)))


@pytest.mark.parametrize("body", [b"", b"13812345678\n13912345678\n", b"\x00\xff\n", b"no newline at all"])
def test_anything_but_a_file_of_our_tool_is_refused(administrator: Actor, key: bytes, body: bytes) -> None:
    with pytest.raises(WrongCustomerFile):
        upload(administrator, body)


def test_a_file_made_with_another_key_is_refused(administrator: Actor, key: bytes) -> None:
    with pytest.raises(WrongCustomerKey):
        upload(administrator, file_of(b"k" * 32, hashed(OURS, key)))


def test_the_platform_holds_no_number_and_no_plain_key(administrator: Actor, key: bytes) -> None:
    loaded(administrator, file_of(key, hashed(OURS, key)))

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(k::text, '') FROM privacy_customerkey k")
        kept = cursor.fetchone()[0]

    assert key.hex() not in kept
    assert not CustomerHash.objects.filter(digest=OURS.encode()).exists()


def test_only_the_administrator_imports(marketer: Actor, officer: Actor) -> None:
    for actor in (marketer, officer):
        with pytest.raises(Denied):
            make_customer_key(actor=actor, now=NOON)
        with pytest.raises(Denied):
            receive_customers(actor=actor, chunks=[b""], now=NOON)


def test_another_institution_sees_neither_list_nor_faults(
    administrator: Actor, key: bytes, insurer: object, outsider: Actor
) -> None:
    done = loaded(administrator, file_of(key, hashed(OURS, key), "bad"))

    with scope(insurer.id):  # type: ignore[attr-defined]
        assert current_list() is None
        with pytest.raises(NotFound):
            list(faults_of(done.id))


def test_the_tool_and_the_platform_agree_on_a_number(key: bytes) -> None:
    ours = blind_index(normal_phone("+86 138-1234-5678"), secret=key, kind="phone").hex()

    assert hashed("0086 13812345678", key) == ours


def test_a_broken_key_file_is_said(tmp_path: Path) -> None:
    secret = tmp_path / "key.txt"
    secret.write_text("too short")

    assert tool.main(["--key", str(secret), "--in", "x", "--out", "y"]) == 2
