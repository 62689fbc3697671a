"""Making the scratch database: the demo's world, then a million participants of its first campaign.

Every row follows from its number, so two builds hold the same. Keys are real: each participant's own key is
wrapped by the institution's, and numbers and codes are sealed under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
from psycopg2.extras import register_uuid

from config.embedded.services import Services
from kernel import crypto, keyring
from kernel.crypto import Key, Place
from kernel.key_models import InstitutionKey
from kernel.scope import scope
from ledger.recorded_sql import KEPT, LEFT_OPEN
from tests.bench.ground import Target

PEOPLE = 1_000_000
DAYS = 40
BOOKED_OF_TEN = 3
ENTRIES_A_TRANSACTION = 3
ENTRIES_A_PERSON = 12
ROWS = Path(__file__).with_name("rows.sql")
_BURN = "DO $$ BEGIN FOR n IN 1..%s LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
_TABLES = (
    "ledger_entry", "privacy_participant", "privacy_consent", "rewards_grant", "rewards_slot",
    "rewards_appointment", "rewards_redemptioncode", "analytics_person", "analytics_reached",
    "analytics_tally", "analytics_lead", "analytics_leadsign",
)  # fmt: skip


def build(services: Services, target: Target, *, people: int = PEOPLE, now: datetime) -> None:
    """Fill the database; the newest participant came an hour before ``now``."""
    register_uuid()
    start = now - timedelta(days=DAYS, hours=1)
    with closing(psycopg2.connect(services.servers.url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            _say("transactions")
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            first = int(cursor.fetchone()[0])
            cursor.execute(_BURN % (people * ENTRIES_A_PERSON // ENTRIES_A_TRANSACTION))
            _fill(cursor, target, people=people, start=start, transaction=first)
            for table in _TABLES:
                cursor.execute(f"VACUUM ANALYZE {table}")


def _fill(cursor: Any, target: Target, *, people: int, start: datetime, transaction: int) -> None:
    with scope(target.institution):
        outer = keyring.writing_key(InstitutionKey.Purpose.SEAL, now=start)
        index = keyring.writing_key(InstitutionKey.Purpose.INDEX, now=start)
    maker = _Maker(target.institution, outer, index, start, people)
    _say("participants")
    _copy(cursor, _PARTICIPANT, maker.participants())
    for month in {start.date(), start.date() + timedelta(days=DAYS)}:
        cursor.execute("SELECT ledger_ensure_partition(%s)", [month])
    _say("entries and what was folded from them")
    cursor.execute(LEFT_OPEN)
    cursor.execute(ROWS.read_text(), _known(cursor, target) | {
        "people": people, "start": start, "days": DAYS, "transaction": transaction,
    })  # fmt: skip
    cursor.execute(KEPT)
    _say("codes")
    cursor.execute("SELECT id FROM tenancy_staff WHERE institution_id = %s ORDER BY id", [target.institution])
    _copy(cursor, _CODE, maker.codes(cursor.fetchone()[0]))


def _known(cursor: Any, target: Target) -> dict[str, Any]:
    """What the rows refer to, of the demo's world."""
    known: dict[str, Any] = {
        "institution": target.institution,
        "campaign": target.campaign,
        "version": target.version,
        "questions": [question["id"] for question in target.content["settings"]["questions"]],
    }
    cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry")
    known["first"] = cursor.fetchone()[0]
    for name, table in (
        ("staff", "tenancy_staff"), ("notice", "privacy_noticeversion"), ("benefit", "rewards_benefit"),
    ):  # fmt: skip
        cursor.execute(f"SELECT id FROM {table} WHERE institution_id = %s ORDER BY id", [target.institution])
        known[name] = cursor.fetchone()[0]
    for name, table in (("branches", "tenancy_branch"), ("benefits", "rewards_benefit")):
        cursor.execute(f"SELECT id FROM {table} WHERE institution_id = %s ORDER BY id", [target.institution])
        known[name] = [str(row[0]) for row in cursor.fetchall()]
    return known


_PARTICIPANT = (
    "privacy_participant (id, institution_id, created_at, state, person_id, wrapped_key, wrapped_under_id, "
    "name, phone, phone_index, verified_at, keep_until, legal_hold)"
)
_CODE = (
    "rewards_redemptioncode (id, institution_id, sealed, fingerprint, state, issued_at, expires_at, "
    "redeemed_at, redeemed_by, grant_id, participant_id)"
)
_Cells = tuple[object, ...]


class _Maker:
    """Rows that hold something sealed, each from its number."""

    def __init__(self, institution: UUID, outer: Key, index: Key, start: datetime, people: int) -> None:
        self._institution, self._outer, self._index = institution, outer, index
        self._start, self._people = start, people

    def participants(self) -> Iterator[_Cells]:
        for number in range(1, self._people + 1):
            participant, key, came = row_id("9000", number), self._own(number), self._came(number)
            wrapped = self._sealed(
                bytes((key.algorithm,)) + key.secret, self._outer, "wrapped_key", participant
            )
            known: _Cells = (None, None, None, None)
            if number % 10 < BOOKED_OF_TEN:
                phone = f"+86199{number:08d}"
                known = (
                    self._sealed("张三丰".encode(), key, "name", participant),
                    self._sealed(phone.encode(), key, "phone", participant),
                    _hex(crypto.blind_index(phone, secret=self._index.secret, kind="phone")),
                    came,
                )
            state = "verified" if known[0] else "pseudonymous"
            kept = came + timedelta(days=180)
            yield (
                participant, self._institution, came, state, participant, wrapped, self._outer.id, *known,
                kept, "",
            )  # fmt: skip

    def codes(self, clerk: UUID) -> Iterator[_Cells]:
        for number in range(1, self._people + 1):
            if number % 10 >= BOOKED_OF_TEN:
                continue
            row, came, text = row_id("a300", number), self._came(number), f"BENCH{number:08d}"
            place = Place(self._institution, "rewards_redemptioncode", "sealed", row)
            used = came + timedelta(days=2) if number % 20 < BOOKED_OF_TEN else None
            sealed = crypto.seal(text.encode(), key=self._own(number), place=place)
            yield (
                row, self._institution, _hex(sealed),
                _hex(crypto.blind_index(text, secret=self._index.secret, kind="code")),
                "redeemed" if used else "live", came, came + timedelta(days=60), used,
                clerk if used else None, row_id("a000", number), row_id("9000", number),
            )  # fmt: skip

    def _own(self, number: int) -> Key:
        secret = hashlib.sha256(f"bench {number}".encode()).digest()
        algorithm = self._outer.algorithm
        return Key(id=row_id("9000", number), algorithm=algorithm, secret=secret[: algorithm.key_bytes])

    def _sealed(self, plain: bytes, key: Key, column: str, row: UUID) -> str:
        place = Place(self._institution, "privacy_participant", column, row)
        return _hex(crypto.seal(plain, key=key, place=place))

    def _came(self, number: int) -> datetime:
        return self._start + number / self._people * timedelta(days=DAYS)


def row_id(kind: str, number: int) -> UUID:
    return UUID(f"00000000-0000-7000-{kind}-{number:012x}")


def _hex(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _copy(cursor: Any, into: str, rows: Iterable[_Cells], *, at_once: int = 20_000) -> None:
    lines: list[str] = []

    def send() -> None:
        cursor.copy_expert(f"COPY {into} FROM STDIN", StringIO("".join(lines)))
        lines.clear()

    for cells in rows:
        lines.append("\t".join("\\N" if cell is None else str(cell) for cell in cells) + "\n")
        if len(lines) >= at_once:
            send()
    send()


def _say(what: str) -> None:
    print(f"{datetime.now(tz=UTC):%H:%M:%S} {what}", flush=True)
