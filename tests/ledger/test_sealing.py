"""Seals: nobody who holds only the database can change what happened without it showing."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from analytics.usecases.seals import NotSealedYet, check_ledger, hand_out_proof, hand_out_run, seal_ledger
from kernel.actor import SYSTEM, Actor, Ref
from kernel.errors import Denied
from kernel.ids import new_id
from kernel.scope import scope
from ledger import verify_seals
from ledger.merkle import audit_path, leaf_hash, root_from_path, root_of
from ledger.models import Entry, Seal
from ledger.record import record
from ledger.sealing import check, entries_under, leaf_of, proof_of, seal_of
from ledger.signing import public_keys
from tests.analytics.conftest import until_settled
from tests.cast import NOON

VERIFIER = Path(verify_seals.__file__)


@pytest.fixture
def ledger(committed_db: str) -> Iterator[UUID]:
    """An institution whose ledger holds twenty-three entries under three seals."""
    with scope(new_id()) as institution_id:
        sealed_ledger()
        yield institution_id


def sealed_ledger() -> None:
    for number in range(23):
        happened(number)
    until_settled()
    for size in (8, 8, 8):
        assert seal_ledger(actor=SYSTEM, now=NOON, limit=size)


def happened(number: int) -> None:
    record(
        "play.answered",
        actor=Actor("participant", new_id()),
        subject=Ref("play", new_id()),
        at=NOON,
        campaign_id=new_id(),
        question=f"q{number}",
        option="甲",
        correct=number % 2 == 0,
    )


def as_owner(statement: str, *parameters: object) -> None:
    """A superuser's hand: no trigger fires, no policy holds."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_seal NO FORCE ROW LEVEL SECURITY")
        cursor.execute(statement, parameters)
        assert cursor.rowcount >= 1


def faults() -> list[tuple[int, str]]:
    return [(one.number, one.fault) for one in check().faults]


def test_everything_settled_is_sealed_once_in_order(ledger: UUID) -> None:
    seals = list(Seal.objects.order_by("number"))

    assert [seal.count for seal in seals] == [8, 8, 7]
    assert [seal.number for seal in seals] == [1, 2, 3]
    assert bytes(seals[1].previous) == bytes(seals[0].digest)
    sealed = [entry.id for seal in seals for entry in entries_under(seal)]
    assert sealed == list(Entry.objects.order_by("transaction", "id").values_list("id", flat=True))
    assert seal_ledger(actor=SYSTEM, now=NOON) == 0
    assert check().is_sound


def test_an_altered_entry_shows_even_when_the_owner_altered_it(ledger: UUID) -> None:
    victim = Entry.objects.order_by("transaction", "id")[11]

    as_owner(
        'UPDATE ledger_entry SET data = data || \'{"correct": true, "option": "乙"}\' WHERE id = %s',
        victim.id,
    )

    assert faults() == [(2, "entries")]


@pytest.mark.parametrize(
    "column", ["at", "recorded_at", "verb", "actor_id", "subject_id", "channel", "campaign_id"]
)
def test_every_column_is_under_the_seal(ledger: UUID, column: str) -> None:
    victim = Entry.objects.order_by("transaction", "id")[3]
    later = f"{column} + interval '1 microsecond'"
    value = {"at": later, "recorded_at": later, "verb": "'play.seen'", "channel": "'x'"}.get(
        column, "gen_random_uuid()"
    )

    as_owner(f"UPDATE ledger_entry SET {column} = {value} WHERE id = %s", victim.id)

    assert faults() == [(1, "entries")]


def test_a_removed_entry_shows(ledger: UUID) -> None:
    as_owner("DELETE FROM ledger_entry WHERE id = %s", Entry.objects.order_by("transaction", "id")[20].id)

    assert faults() == [(3, "count")]


def test_an_entry_slipped_in_afterwards_shows(ledger: UUID) -> None:
    early = Entry.objects.order_by("transaction", "id")[2]

    as_owner(
        """INSERT INTO ledger_entry
               (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id, transaction)
           SELECT at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id, transaction
             FROM ledger_entry WHERE id = %s""",
        early.id,
    )

    assert faults() == [(1, "count")]


def test_a_seal_made_to_fit_shows_for_want_of_the_key(ledger: UUID) -> None:
    """Whoever changes an entry and computes its seal anew still cannot sign it."""
    seal = Seal.objects.get(number=3)
    victim = next(iter(entries_under(seal)))
    as_owner("UPDATE ledger_entry SET verb = 'play.seen' WHERE id = %s", victim.id)
    hashes = [leaf_hash(verify_seals.canonical(leaf_of(entry))) for entry in entries_under(seal)]
    forged = Ed25519PrivateKey.generate().sign(b"whatever")

    as_owner("UPDATE ledger_seal SET root = %s, signature = %s WHERE number = 3", root_of(hashes), forged)

    assert (3, "signature") in faults()


def test_a_missing_seal_shows(ledger: UUID) -> None:
    as_owner("DELETE FROM ledger_seal WHERE number = 2")

    assert (2, "missing") in faults()


def test_a_seal_cannot_be_changed_by_the_platform_itself(ledger: UUID) -> None:
    for statement in ("UPDATE ledger_seal SET count = 1", "DELETE FROM ledger_seal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_another_institution_has_a_chain_of_its_own(ledger: UUID) -> None:
    with scope(new_id()):
        happened(1)
        until_settled()
        seal_ledger(actor=SYSTEM, now=NOON)

        assert [seal.number for seal in Seal.objects.all()] == [1]
        assert check().entries == 1


def test_sealers_side_by_side_make_one_chain(ledger: UUID) -> None:
    for number in range(60):
        happened(number)
    until_settled()

    def work() -> None:
        with scope(ledger), closing(connection):
            for _turn in range(15):
                seal_ledger(actor=SYSTEM, now=NOON, limit=4)

    sealers = [threading.Thread(target=work) for _ in range(4)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    while seal_ledger(actor=SYSTEM, now=NOON, limit=4):
        pass

    assert check().is_sound
    assert check().entries == 83
    assert check().unsealed == 0


def test_a_proof_verifies_offline_with_the_standard_library_alone(ledger: UUID, tmp_path: Path) -> None:
    entry = Entry.objects.order_by("transaction", "id")[21]
    seal = seal_of(entry.transaction, entry.id)
    assert seal is not None
    proof = {"format": "hequ-proof-1", **(proof_of(entry, seal) or {}), "public_keys": public_keys()}

    assert verified(proof, tmp_path) == (0, "SOUND")

    proof["entry"]["data"]["correct"] = not proof["entry"]["data"]["correct"]
    code, words = verified(proof, tmp_path)
    assert code == 1
    assert "not under seal 3" in words


def test_a_whole_run_verifies_offline_and_names_what_was_changed(ledger: UUID, tmp_path: Path) -> None:
    run = hand_out_run(actor=SYSTEM, first=1, last=3, now=NOON)

    assert verified(run, tmp_path) == (0, "SOUND")

    run["entries"][9]["verb"] = "play.seen"
    run["entries"].pop(0)
    run["seals"][2]["header"]["sealed_at"] = "2020-01-01T00:00:00.000000Z"
    code, words = verified(run, tmp_path)
    assert code == 1
    for complaint in (
        "seal 1: 7 entries instead of 8",
        "seal 2: an entry was changed",
        "seal 3: the signature is not valid",
    ):
        assert complaint in words


def test_a_proof_signed_with_another_key_is_not_sound(ledger: UUID, tmp_path: Path) -> None:
    entry = Entry.objects.order_by("transaction", "id")[0]
    seal = Seal.objects.get(number=1)
    proof = {"format": "hequ-proof-1", **(proof_of(entry, seal) or {}), "public_keys": public_keys()}
    stranger = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()

    code, words = verified(proof, tmp_path, key=f"{seal.key}:{stranger}")

    assert code == 1
    assert "the signature is not valid" in words


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "hequ-proof-1"}', "\x00"])
def test_rubbish_is_said_to_be_unreadable(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rubbish.json"
    file.write_text(text)

    done = subprocess.run(
        [sys.executable, str(VERIFIER), str(file)], capture_output=True, text=True, check=False
    )

    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40))
def test_every_leaf_has_a_path_to_the_root_and_no_other_leaf_has(leaves: list[bytes]) -> None:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    root = root_of(hashes)

    assert root == verify_seals.root_of(list(hashes))
    for index, each in enumerate(hashes):
        path = audit_path(index, hashes)
        assert root_from_path(each, index=index, size=len(hashes), path=path) == root
        assert verify_seals.root_from_path(each, index, len(hashes), path) == root
        assert root_from_path(leaf_hash(b"stranger"), index=index, size=len(hashes), path=path) != root


def test_the_tree_is_the_one_of_rfc_6962() -> None:
    """Vectors of the certificate-transparency reference implementation."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    leaves = [leaf_hash(bytes.fromhex(each)) for each in inputs]

    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_our_small_verifier_agrees_with_a_grown_up_one(message: bytes, seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)

    assert verify_seals.ed25519_verify(public, message, signature)
    assert not verify_seals.ed25519_verify(public, message + b"!", signature)
    assert not verify_seals.ed25519_verify(public, message, signature[:-1] + bytes([signature[-1] ^ 1]))


def test_looking_is_recorded_and_needs_the_permission(ledger: UUID) -> None:
    auditor = Actor("staff", new_id(), frozenset({"auditor"}))
    marketer = Actor("staff", new_id(), frozenset({"marketer"}))

    checked = check_ledger(actor=auditor, now=NOON)

    assert checked.is_sound
    assert Entry.objects.get(verb="ledger.checked").data == {"entries": 23, "faults": 0, "seals": 3}
    with pytest.raises(Denied):
        check_ledger(actor=marketer, now=NOON)


def test_an_entry_without_its_seal_has_no_proof_yet(ledger: UUID) -> None:
    auditor = Actor("staff", new_id(), frozenset({"auditor"}))
    happened(99)
    waiting = Entry.objects.order_by("-transaction", "-id")[0]

    with pytest.raises(NotSealedYet):
        hand_out_proof(actor=auditor, entry=waiting, now=NOON)


def verified(extract: dict[str, Any], folder: Path, key: str = "") -> tuple[int, str]:
    """What the verifier says, run by itself as an outsider would, without anything of ours installed; but for
    the notes on the noon of tests.
    """
    file = folder / "extract.json"
    file.write_text(json.dumps(extract, ensure_ascii=False), encoding="utf-8")
    name, encoded = next(iter(public_keys().items()))
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(file), "--key", key or f"{name}:{encoded}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    said = [line for line in done.stdout.splitlines() if not line.startswith("note: ")]
    return done.returncode, "\n".join(said)
