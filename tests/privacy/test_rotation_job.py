"""F24: the rotation as a background job on a real worker, killed in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import transaction

from kernel import keyring
from kernel.actor import SYSTEM
from privacy.models import KeyRotation, Participant
from privacy.tasks import sweep_rotations
from privacy.usecases import continue_rotation, start_rotation
from privacy.vault import give_key, own_key
from tests.cast import NOON
from tests.privacy.people import a_participant

SETTLED = keyring.SETTLED


@pytest.mark.slow
def test_a_rotation_whose_worker_was_killed_goes_on_and_loses_nobody(
    committed_db, at_bank, officer, administrator, celery_worker_process
):
    people = 1500  # three batches
    with transaction.atomic():
        for _ in range(people):
            participant = Participant.of(a_participant().id)
            give_key(participant, now=NOON)
            participant.save(update_fields=["wrapped_key", "wrapped_under"])
    worker = celery_worker_process("default", concurrency=1)
    rotation = start_rotation(actor=administrator, purpose="seal", algorithm="SM4_GCM", now=NOON)
    until(lambda: moved(rotation) > 0)

    worker.kill()
    worker.wait(timeout=10)

    stopped_at = moved(rotation)
    celery_worker_process("default", concurrency=1)
    sweep_rotations()
    until(lambda: Participant.objects.filter(wrapped_under=rotation.old).count() == 0)
    forget_and_finish(rotation)
    assert stopped_at < people
    assert rotation.finished_at is not None
    assert set(rotation.proof["rows_on_old_key"].values()) == {0}
    assert Participant.objects.filter(wrapped_under=rotation.new).count() == people
    assert own_key(Participant.objects.order_by("id")[people // 2])


def moved(rotation: KeyRotation) -> int:
    return Participant.objects.filter(wrapped_under=rotation.new).count()


def forget_and_finish(rotation: KeyRotation) -> None:
    """The last step, when every process has noticed."""
    keyring.forget_cached_keys()
    until(lambda: not _more(rotation))
    rotation.refresh_from_db()


def _more(rotation: KeyRotation) -> bool:
    continue_rotation(actor=SYSTEM, rotation_id=rotation.id, now=NOON + 2 * SETTLED)
    return KeyRotation.of(rotation.id).finished_at is None


def until(condition: Callable[[], bool], patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)
