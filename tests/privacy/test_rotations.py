"""F24, ASVS 11.2.2: keys change while everybody keeps working, and nothing stays on the old one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import keyring
from kernel.actor import SYSTEM
from kernel.crypto import CryptoFailure, KeyServiceDown
from kernel.errors import Denied
from kernel.key_models import InstitutionKey
from ledger.models import Entry
from privacy.models import KeyRotation, Participant
from privacy.queries import participants_of_phone
from privacy.usecases import continue_rotation, start_rotation
from privacy.usecases import rotations as job
from privacy.usecases.rotations import RotationRunning
from privacy.vault import name_of, phone_of
from rewards.lookup import look_up
from rewards.models import RedemptionCode
from rewards.usecases import redeem_code
from tests.cast import NOON
from tests.privacy.people import PHONE, a_verified_participant, refused
from tests.rewards.visits import a_booking

pytestmark = pytest.mark.django_db
SETTLED = keyring.SETTLED


def run_to_the_end(rotation: KeyRotation) -> KeyRotation:
    """What the worker does, with time passing as the job needs it."""
    for step in range(4):
        while continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON + step * SETTLED):
            keyring.forget_cached_keys()
        keyring.forget_cached_keys()
    rotation.refresh_from_db()
    return rotation


@pytest.mark.parametrize("algorithm", ["AES_256_GCM", "SM4_GCM"])
def test_the_seal_key_changes_and_no_row_stays_on_the_old_one(
    at_bank, officer, administrator, algorithm, monkeypatch
):
    monkeypatch.setattr(job, "BATCH", 3)
    people = [a_verified_participant(officer, phone=f"1380013{n:04d}") for n in range(8)]
    old = InstitutionKey.objects.get(purpose="seal")

    rotation = start_rotation(actor=administrator, purpose="seal", algorithm=algorithm, now=NOON)
    rotation = run_to_the_end(rotation)

    old.refresh_from_db()
    assert rotation.proof["rows_on_old_key"] == {
        "privacy_participant.wrapped_key": 0,
        "tenancy_totpdevice.sealed_secret": 0,
    }
    assert (rotation.total, rotation.moved) == (8, 8)
    assert (old.state, old.wrapped) == ("retired", None)
    assert not Participant.objects.filter(wrapped_under=old).exists()
    assert phone_of(Participant.of(people[0].id)) == "+8613800130000"
    with pytest.raises(CryptoFailure):
        keyring.key_by_id(old.id)


def test_a_batch_begins_where_the_last_one_ended_and_asks_as_much_however_large_it_is(
    at_bank, officer, administrator, monkeypatch
):
    """Issue 8, 39: every batch began at the first key again, and each row was written by itself."""
    for n in range(12):
        a_verified_participant(officer, phone=f"1380013{n:04d}")
    for purpose in ("seal", "index"):
        rotation = start_rotation(actor=administrator, purpose=purpose, now=NOON)
        keyring.forget_cached_keys()
        places, counts = [], []
        for size in (2, 8, 2):
            monkeypatch.setattr(job, "BATCH", size)
            with CaptureQueriesContext(connection) as asked:
                assert continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON)
            [walked] = [one["sql"] for one in asked if f"LIMIT {size} FOR UPDATE" in one["sql"]]
            assert all(str(place) in walked for place in places[-1:])
            rotation.refresh_from_db()
            places.append(rotation.walked_to)
            counts.append(len(asked))

        assert places == sorted(set(places))
        assert rotation.moved == 12
        assert counts[1] <= counts[0]
        assert run_to_the_end(rotation).finished_at is not None


def test_a_row_that_was_held_is_taken_by_the_next_walk(at_bank, officer, administrator, monkeypatch):
    monkeypatch.setattr(job, "BATCH", 2)
    people = [a_verified_participant(officer, phone=f"1380013{n:04d}") for n in range(5)]
    rotation = start_rotation(actor=administrator, purpose="seal", now=NOON)
    continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON)
    first = min(each.id for each in people)
    Participant.objects.filter(pk=first).update(wrapped_under=rotation.old)  # as if it had been passed over

    rotation = run_to_the_end(rotation)

    assert rotation.finished_at is not None
    assert Participant.of(first).wrapped_under_id == rotation.new_id


def test_a_new_customer_during_the_rotation_is_wrapped_by_the_new_key(at_bank, officer, administrator):
    a_verified_participant(officer)
    rotation = start_rotation(actor=administrator, purpose="seal", algorithm="SM4_GCM", now=NOON)
    keyring.forget_cached_keys()

    newcomer = Participant.of(a_verified_participant(officer, phone="13900139000").id)

    assert newcomer.wrapped_under_id == rotation.new_id
    assert phone_of(newcomer) == "+8613900139000"


def test_the_index_key_changes_and_everyone_is_found_at_every_step(
    at_bank, officer, administrator, clerk, monkeypatch
):
    monkeypatch.setattr(job, "BATCH", 2)
    _, booking = a_booking(officer, administrator)
    for n in range(5):
        a_verified_participant(officer, phone=f"1390013{n:04d}")
    before = {row.id: row.phone_index for row in Participant.objects.filter(phone__isnull=False)}
    rotation = start_rotation(actor=administrator, purpose="index", now=NOON)

    for step in range(4):
        more = True
        while more:
            more = continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON + step * SETTLED)
            keyring.forget_cached_keys()
            assert len(participants_of_phone(PHONE, now=NOON)) == 1
            assert look_up(actor=clerk, code=booking.code, phone="", now=NOON)[1] == "ready"

    rotation.refresh_from_db()
    after = {row.id: row.phone_index for row in Participant.objects.filter(phone__isnull=False)}
    assert set(rotation.proof["rows_on_old_key"].values()) == {0}
    assert set(rotation.proof["rows_on_old_key"]) == {
        "privacy_participant.phone_index",
        "rewards_redemptioncode.fingerprint",
    }
    assert all(after[each] != before[each] for each in before)
    assert not RedemptionCode.objects.filter(fingerprint_coming__isnull=False).exists()
    assert redeem_code(actor=clerk, code=booking.code, now=NOON).outcome == "redeemed"


def test_two_visits_are_still_one_person_across_the_change_of_index(at_bank, officer, administrator):
    first = a_verified_participant(officer)
    rotation = start_rotation(actor=administrator, purpose="index", now=NOON)
    keyring.forget_cached_keys()
    second = a_verified_participant(officer, at=NOON + timedelta(minutes=3))
    run_to_the_end(rotation)
    third = a_verified_participant(officer, at=NOON + timedelta(minutes=30))

    people = {Participant.of(each.id).person_id for each in (first, second, third)}
    assert people == {first.id}


def test_a_rotation_does_not_end_before_every_process_has_noticed(at_bank, officer, administrator):
    a_verified_participant(officer)
    rotation = start_rotation(actor=administrator, purpose="seal", now=NOON)
    while continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON):
        pass

    continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON + SETTLED - timedelta(seconds=1))
    rotation.refresh_from_db()
    assert rotation.finished_at is None

    continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON + SETTLED)
    rotation.refresh_from_db()
    assert rotation.finished_at == NOON + SETTLED


def test_one_rotation_of_a_purpose_at_a_time_and_only_by_the_administrator(at_bank, officer, administrator):
    start_rotation(actor=administrator, purpose="seal", now=NOON)

    with refused(RotationRunning):
        start_rotation(actor=administrator, purpose="seal", now=NOON)
    with refused(Denied):
        start_rotation(actor=officer, purpose="index", now=NOON)
    assert Entry.objects.filter(verb="privacy.rotation_started").count() == 1


def test_with_the_key_service_down_nothing_is_shown_and_nothing_stored(at_bank, officer, monkeypatch):
    """F75."""

    class Down:
        def wrap(self, *_where, **_what):
            raise KeyServiceDown

        unwrap = wrap

    participant = a_verified_participant(officer)
    keyring.forget_cached_keys()
    monkeypatch.setattr(keyring, "provider", lambda: Down())

    with refused(KeyServiceDown):
        phone_of(Participant.of(participant.id))
    with refused(KeyServiceDown):
        a_verified_participant(officer, phone="13900139000")
    assert Participant.objects.filter(phone__isnull=False).count() == 1


def test_a_rolled_back_key_is_not_remembered(at_bank, officer):
    """A process must never go on sealing under a key that no table holds."""
    with refused(ZeroDivisionError):
        keyring.writing_key("seal", now=NOON)
        raise ZeroDivisionError

    participant = a_verified_participant(officer)

    assert name_of(Participant.of(participant.id)) == ""
    assert phone_of(Participant.of(participant.id)) == "+86" + PHONE
