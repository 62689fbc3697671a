"""Somebody holds the runtime role's SQL: what they can write down, and what the database does not believe.

Every attack is plain SQL of that role, as it would come through a hole in a web process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from analytics.usecases.seals import hand_out_proof, seal_ledger
from compliance import floor_sql
from compliance import risk as risk_of
from compliance.models import Decision, EvidencePackage, Review
from compliance.packing import make_next_piece
from compliance.risk import SECTOR_POINTS, assess
from compliance.signing import NotAsScanned
from compliance.usecases import ask_evidence, decide_review, open_review
from kernel import keyring
from kernel.actor import SYSTEM, Actor, Ref
from kernel.desk_keys import NoDeskKey, written_public_keys
from kernel.fingerprint import fingerprint
from kernel.ids import new_id
from kernel.scope import scope
from ledger import verify_seals
from ledger.models import Entry
from ledger.record import record
from ledger.recorded_sql import KEPT
from ledger.sealing import check
from ledger.signing import NoSealKey, public_keys
from tenancy.colleagues import change_roles
from tenancy.confirming import confirm_request
from tenancy.models import Staff
from tenancy.posts_sql import GUARDED
from tenancy.second_person import ask_for
from tests.analytics.conftest import until_settled
from tests.cast import make_institution, make_staff
from tests.privacy.people import a_verified_participant
from tests.services import ROOT

SAID_BY_ALL = ("creative", "legal", "operations", "compliance", "consumer_protection")
VERIFIER = Path(verify_seals.__file__)


def write(statement: str, *values: object) -> int:
    """One statement of the runtime role; how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def as_owner(statement: str, *values: object) -> None:
    """Only to prepare a scene: no attacker is the owner here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)


# --- Entries dated at will --------------------------------------------------------------------------


@pytest.fixture
def kept_to_the_clock(committed_db: str) -> Iterator[UUID]:
    """An institution whose ledger is held to the clock, as it is where nobody opened it for tests."""
    as_owner(KEPT)
    with scope(new_id()) as institution_id:
        yield institution_id


@pytest.mark.parametrize("distance", [-timedelta(weeks=8), -timedelta(minutes=16), timedelta(minutes=6)])
def test_an_entry_cannot_be_dated_back_or_ahead(kept_to_the_clock: UUID, distance: timedelta) -> None:
    with pytest.raises(DatabaseError, match="told_at_once"), transaction.atomic():
        record(
            "compliance.decided",
            actor=SYSTEM,
            subject=Ref("review", new_id()),
            at=timezone.now() + distance,
        )

    assert not Entry.objects.exists()


def test_nobody_sets_when_an_entry_was_written_down(kept_to_the_clock: UUID) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        write(
            "INSERT INTO ledger_entry (at, recorded_at, institution_id, verb, actor_kind, actor_id,"
            " subject_kind, subject_id) VALUES (now() - interval '8 weeks', now() - interval '8 weeks', %s,"
            " 'compliance.decided', 'staff', gen_random_uuid(), 'review', gen_random_uuid())",
            kept_to_the_clock,
        )


def test_a_long_transaction_is_no_way_to_the_past(kept_to_the_clock: UUID) -> None:
    """The clock is the statement's, not the transaction's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT now(), pg_sleep(0.05)")
        began = cursor.fetchone()[0]
        record("ledger.checked", actor=SYSTEM, subject=Ref("institution", new_id()), at=timezone.now())

    assert Entry.objects.get().recorded_at > began + timedelta(milliseconds=50)


def test_what_the_owner_dated_back_shows_in_every_proof(committed_db: str, tmp_path: Path) -> None:
    """Whoever can open the ledger to the past cannot hide that it was written today."""
    with scope(new_id()):
        weeks_ago = timezone.now() - timedelta(weeks=8)
        record("compliance.decided", actor=SYSTEM, subject=Ref("review", new_id()), at=weeks_ago)
        until_settled()
        seal_ledger(actor=SYSTEM, now=timezone.now())
        entry = Entry.objects.get(verb="compliance.decided")
        found = tmp_path / "proof.json"
        auditor = Actor(kind="staff", id=new_id(), roles=frozenset({"auditor"}))
        found.write_text(json.dumps(hand_out_proof(actor=auditor, entry=entry, now=timezone.now())))

    told = subprocess.run(
        [sys.executable, str(VERIFIER), str(found)], capture_output=True, text=True, check=False
    )

    assert told.returncode == 0
    assert f"entry {entry.id}: it tells of {weeks_ago.year}" in told.stdout
    assert "and was written down at" in told.stdout


# --- Posts, requests and keys -----------------------------------------------------------------------


@pytest.fixture
def house(committed_db: str) -> Iterator[UUID]:
    """A bank that was opened long ago: its first people are in their posts, and the operator is gone."""
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        for username, role in (
            ("guan.li", "administrator"),
            ("fu.guan", "administrator"),
            ("lin.yue", "marketer"),
            ("zhou.heng", "compliance"),
        ):
            make_staff(username, role)
        as_owner("UPDATE tenancy_institution SET founded_at = now() - interval '2 days'")
        yield bank.id


def who(username: str) -> UUID:
    return UUID(str(Staff.objects.values_list("id", flat=True).get(username=username)))


def test_nobody_takes_a_post_that_decides(house: UUID) -> None:
    for role in GUARDED:
        if role != "compliance":
            with pytest.raises(DatabaseError, match="two administrators"):
                write("UPDATE tenancy_staff SET roles = %s WHERE username = 'lin.yue'", ["marketer", role])
    with pytest.raises(DatabaseError, match="two administrators"):
        write(
            "INSERT INTO tenancy_staff (id, institution_id, password, username, display_name, roles,"
            " language, is_active, session_epoch, created_at) SELECT gen_random_uuid(), institution_id, '!',"
            " 'gui', '鬼', '{compliance}', language, true, 0, now()"
            " FROM tenancy_staff LIMIT 1"
        )


def test_a_colleague_is_not_made_into_another(house: UUID) -> None:
    with pytest.raises(DatabaseError, match="stays who they are"):
        write("UPDATE tenancy_staff SET id = gen_random_uuid() WHERE username = 'zhou.heng'")


def test_a_house_does_not_become_young_again(house: UUID) -> None:
    """On its first day the operator names its people; the day is the database's."""
    write("UPDATE tenancy_institution SET founded_at = now()")

    with pytest.raises(DatabaseError, match="two administrators"):
        write("UPDATE tenancy_staff SET roles = '{compliance}' WHERE username = 'lin.yue'")


REQUEST = (
    "INSERT INTO tenancy_accessrequest (id, institution_id, staff_id, what, roles, asked_by_id, asked_at,"
    " expires_at, status, settled_by_id, settled_at, by_operator)"
    " VALUES (gen_random_uuid(), %s, %s, 'roles', '{compliance}', %s, now(), now() + interval '1 day',"
    " %s, %s, now(), %s)"
)


def test_a_request_is_not_born_confirmed(house: UUID) -> None:
    marketer, first, second = who("lin.yue"), who("guan.li"), who("fu.guan")

    for asker, status, settled_by, by_operator in (
        (first, "confirmed", second, False),
        (first, "confirmed", None, True),
        (first, "asked", second, False),
        (who("zhou.heng"), "asked", None, False),
    ):
        with pytest.raises(DatabaseError, match="second_person"):
            write(REQUEST, house, marketer, asker, status, settled_by, by_operator)


def test_neither_the_operator_nor_who_is_no_administrator_confirms_it(house: UUID) -> None:
    marketer, first = who("lin.yue"), who("guan.li")
    write(REQUEST, house, marketer, first, "asked", None, False)

    for settled_by, by_operator in (
        (None, True),
        (who("zhou.heng"), False),
        (first, False),
        (marketer, False),
    ):
        with pytest.raises(DatabaseError, match="second_person"):
            write(
                "UPDATE tenancy_accessrequest SET status = 'confirmed', settled_at = now(),"
                " settled_by_id = %s, by_operator = %s",
                settled_by,
                by_operator,
            )


def test_a_request_of_long_ago_gives_no_post_again(house: UUID) -> None:
    """A confirmed request is minutes old, by the database's clock, or it gives nothing."""
    marketer = who("lin.yue")
    asked = ask_for(
        Staff.of(marketer), "roles", roles=["compliance"], actor=staff("guan.li"), now=timezone.now()
    )
    confirm_request(actor=staff("fu.guan"), request_id=asked.id, now=timezone.now())
    assert Staff.of(marketer).roles == ["compliance", "marketer"]
    change_roles(actor=staff("guan.li"), staff_id=marketer, roles=["marketer"], now=timezone.now())
    as_owner("ALTER TABLE tenancy_accessrequest DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
    as_owner("UPDATE tenancy_accessrequest SET confirmed_by_clock = now() - interval '6 minutes'")
    as_owner("ALTER TABLE tenancy_accessrequest ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY")

    with pytest.raises(DatabaseError, match="two administrators"):
        write("UPDATE tenancy_staff SET roles = '{marketer,compliance}' WHERE username = 'lin.yue'")


def staff(username: str) -> Actor:
    return Staff.objects.get(username=username).actor


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        ("state = 'retired', wrapped = NULL, retired_at = now()", "forward"),
        ("wrapped = NULL, state = 'retired'", "forward"),
        ("wrapped = '\\x00'", "in place"),
        ("version = version + 1", "in place"),
        ("state = 'coming'", "forward"),
    ],
)
def test_a_key_is_not_retired_or_replaced(house: UUID, deed: str, refusal: str) -> None:
    key = keyring.writing_key("seal", now=timezone.now())

    with pytest.raises(DatabaseError, match=refusal):
        write(f"UPDATE kernel_institutionkey SET {deed} WHERE id = %s", key.id)


@pytest.mark.parametrize("purpose", ["seal", "index"])
def test_a_forged_rotation_destroys_no_key_that_is_needed(house: UUID, purpose: str) -> None:
    """Every row of a rotation forged, as finished as can be: the database counts for itself."""
    a_verified_participant(staff("zhou.heng"))
    old = keyring.writing_key(purpose, now=timezone.now())
    if purpose == "index":
        write("UPDATE privacy_participant SET phone_index_coming = phone_index")
    new = uuid4()
    write("UPDATE kernel_institutionkey SET state = 'retiring' WHERE id = %s", old.id)
    write(
        "INSERT INTO kernel_institutionkey SELECT %s, institution_id, purpose, version + 1, algorithm,"
        " wrapped, 'current', now(), NULL FROM kernel_institutionkey WHERE id = %s",
        new,
        old.id,
    )
    write(
        "INSERT INTO privacy_keyrotation (id, institution_id, purpose, old_id, new_id, total, moved,"
        " started_at, touched_at, switched_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, %s, 1, 1, now(), now(), now())",
        house,
        purpose,
        old.id,
        new,
    )

    with pytest.raises(DatabaseError, match="still need"):
        write("UPDATE kernel_institutionkey SET state = 'retired', wrapped = NULL WHERE id = %s", old.id)
    with pytest.raises(DatabaseError, match="keeps its row"):
        write("DELETE FROM kernel_institutionkey WHERE id = %s", old.id)


# --- Reviews of one's own ---------------------------------------------------------------------------

OPEN = (
    "INSERT INTO compliance_review (id, institution_id, subject_kind, subject_id, title, fingerprint,"
    " content, findings, stages, author_id, last_editor_id, pack_hash, risk, risk_reasons, submitted_at,"
    " status, stage, stage_entered_at, due_at, ended_because)"
    " VALUES (gen_random_uuid(), %s, 'campaign', gen_random_uuid(), '活动', repeat('a', 64),"
    " %s, %s, %s, %s, %s, '', 0, '[]', now(), 'open', 0, now(), now(), '')"
)


@pytest.mark.parametrize(
    ("content", "findings", "stages"),
    [
        ({"title": "活动"}, [], []),
        ({"title": "活动"}, [], [{"legal": 1}]),
        ({"title": "活动"}, [], [{"compliance": 0}]),
        ({"title": "给爸妈和孩子"}, [], [{"compliance": 1}]),
        ({"title": "一起咨询", "game": "group_consult", "awards": [{}]}, [], [{"compliance": 1}]),
        ({"title": "活动"}, [{"severity": "block"}], [{"compliance": 1}]),
        ({"title": "活动"}, [{"severity": "block"}] * 2, [dict.fromkeys(SAID_BY_ALL, 1)]),
    ],
)
def test_a_review_asks_no_fewer_than_its_content_demands(
    house: UUID, content: dict[str, Any], findings: list[Any], stages: list[Any]
) -> None:
    author = who("lin.yue")

    with pytest.raises(DatabaseError, match="fewer are asked"):
        write(OPEN, house, *map(json.dumps, (content, findings, stages)), author, author)


def test_an_approval_lasts_no_longer_than_half_a_year(house: UUID) -> None:
    review = a_review(staff("lin.yue"))

    with pytest.raises(DatabaseError, match="half a year"):
        write(
            "UPDATE compliance_review SET status = 'approved', certificate = 'HQ-X', decided_at = now(),"
            " expires_at = now() + interval '182 days' WHERE id = %s",
            review.id,
        )


def a_review(author: Actor) -> Review:
    return open_review(
        actor=author,
        subject=Ref("campaign", new_id()),
        title="活动",
        fingerprint=fingerprint({"title": "活动"}),
        content={"title": "活动"},
        author_id=author.id,
        last_editor_id=author.id,
        now=timezone.now(),
    )


WORDS = st.sampled_from(["活动", "老年", "爸妈", "孩子", "校园", "知识", ""])
CONTENTS = st.fixed_dictionaries(
    {"title": WORDS},
    optional={
        "promise": WORDS,
        "game": st.sampled_from(["quiz", "group_consult", "referral_assist"]),
        "awards": st.sampled_from([[], [{}], None, "", {}, 0, False]),
        "channels": st.lists(
            st.fixed_dictionaries(
                {"kind": st.sampled_from(["wechat_group", "official_account", "branch", ""])}
            ),
            max_size=5,
        ),
    },
)
FINDINGS = st.lists(st.sampled_from(["warn", "block", "info"]).map(lambda one: {"severity": one}), max_size=6)


@trying(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONTENTS, FINDINGS, st.sampled_from([*SECTOR_POINTS]), st.booleans())
def test_the_database_counts_the_same_points(
    db: None, content: dict[str, Any], findings: list[Any], sector: str, first: bool
) -> None:
    risk = assess(content, findings, sector=sector, first=first)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT points, compliance_floor(points, %s) FROM"
            " compliance_points(%s::jsonb, %s::jsonb, %s, %s) AS points",
            [{"severity": "block"} in findings, *map(json.dumps, (content, findings)), sector, first],
        )
        points, floor = cursor.fetchone()

    asked = {role: people for stage in risk.stages for role, people in stage.items()}
    assert (points, json.loads(floor)) == (risk.points, asked)


def test_the_words_that_weigh_are_the_same_in_both() -> None:
    assert (floor_sql.ELDERLY, floor_sql.MINORS) == (risk_of.ELDERLY, risk_of.MINORS)
    assert (set(floor_sql.TOGETHER), floor_sql.JOINT_POINTS, floor_sql.HIGH_POINTS) == (
        risk_of.TOGETHER,
        risk_of.JOINT_RISK,
        risk_of.HIGH_RISK,
    )


# --- Where keys lie and where sessions look ---------------------------------------------------------


def test_every_role_of_ours_looks_in_public_only(db: None) -> None:
    """No table in another schema, or made by the session, stands before ours, whatever the database says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolconfig FROM pg_roles WHERE rolname LIKE 'hequ%%'")
        configured = dict(cursor.fetchall())
        cursor.execute("SHOW search_path")
        (looks,) = cursor.fetchone()

    assert set(configured) >= {"hequ_app", "hequ_owner"}
    assert all("search_path=public, pg_temp" in (config or []) for config in configured.values())
    assert looks == "public, pg_temp"


def test_only_the_worker_that_seals_is_given_the_key() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name: one for name, one in services.items() if one.get("image") == "hequ"}

    given = {name for name, one in ours.items() if one["environment"]["SEAL_KEYS"]}

    assert len(ours) > 5
    assert given == {"worker-seals"}


def test_without_the_key_a_process_verifies_and_signs_nothing(house: UUID, settings: Any) -> None:
    until_settled()
    seal_ledger(actor=SYSTEM, now=timezone.now())
    record("ledger.checked", actor=SYSTEM, subject=Ref("institution", house), at=timezone.now())
    until_settled()
    halves = public_keys()

    settings.SEAL_PUBLIC_KEYS = ",".join(f"{name}:{key}" for name, key in halves.items())
    settings.SEAL_KEYS = ""

    assert public_keys() == halves
    assert check().is_sound
    with pytest.raises(NoSealKey):
        seal_ledger(actor=SYSTEM, now=timezone.now())


def test_the_last_piece_of_a_package_is_made_where_the_key_is(house: UUID, settings: Any) -> None:
    """Nobody who draws pages holds what signs them: the bell goes to the worker that seals."""
    author = staff("lin.yue")
    review = a_review(author)
    package = ask_evidence(actor=staff("zhou.heng"), subject=review.subject, now=timezone.now())
    seeds = settings.SEAL_KEYS
    settings.SEAL_PUBLIC_KEYS = ",".join(f"{name}:{key}" for name, key in public_keys().items())
    settings.SEAL_KEYS = ""

    while make_next_piece(package_id=package.id, now=timezone.now()):
        pass
    assert EvidencePackage.of(package.id).state == "preparing"

    settings.SEAL_KEYS = seeds
    make_next_piece(package_id=package.id, now=timezone.now())
    assert EvidencePackage.of(package.id).state == "ready"


# --- Decisions in somebody's name -------------------------------------------------------------------

DECIDE = (
    "INSERT INTO compliance_decision (id, institution_id, review_id, author_id, last_editor_id, reviewer_id,"
    " role, stage, verdict, reasons, at, session, key, signature)"
    " VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, 'compliance', 0, 'approve', '', now(), 'x', %s, %s)"
)


def test_no_decision_is_written_in_an_officers_name(house: UUID) -> None:
    """The very SQL of the desk's own role: without the desk's key there is no decision."""
    author, officer = staff("lin.yue"), who("zhou.heng")
    review = a_review(author)
    own = Ed25519PrivateKey.generate()
    others = a_review(author)
    real = decide_review(actor=staff("zhou.heng"), review_id=others.id, verdict="approve", now=timezone.now())
    replayed = Decision.objects.get(review=real)

    for key, signature in (
        ("", b""),
        ("harmless", b"\x00" * 64),
        ("mine", own.sign(b"whatever")),
        (replayed.key, bytes(replayed.signature)),
    ):
        with pytest.raises(DatabaseError, match="signature of the desk"):
            write(DECIDE, house, review.id, author.id, author.id, officer, key, signature)

    assert not Decision.objects.filter(review=review).exists()


def test_nobody_makes_the_database_trust_another_key(house: UUID) -> None:
    own = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    for statement in (
        "INSERT INTO kernel_deskkey (name, public) VALUES ('mine', %s)",
        "UPDATE kernel_deskkey SET public = %s",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            write(statement, own)


def test_a_review_whose_findings_no_scan_wrote_is_not_decided(house: UUID) -> None:
    """Promised yields and no finding: the row is there, and no officer can be brought to decide it."""
    author, officer = who("lin.yue"), staff("zhou.heng")
    content = {"title": "保本保收益"}
    with pytest.raises(DatabaseError, match="signature of the scan"):
        write(OPEN, house, json.dumps(content), "[]", '[{"compliance": 1}]', author, author)
    signed_for_another = a_review(staff("lin.yue"))
    write(
        "INSERT INTO compliance_review SELECT (review).* FROM"
        " (SELECT jsonb_populate_record(review, %s) AS review FROM compliance_review AS review"
        " WHERE id = %s) AS forged",
        json.dumps({"id": str(uuid4()), "subject_id": str(uuid4()), "content": content}),
        signed_for_another.id,
    )
    forged = Review.objects.exclude(id=signed_for_another.id).get()

    with pytest.raises(NotAsScanned):
        decide_review(actor=officer, review_id=forged.id, verdict="approve", now=timezone.now())


def test_a_second_administrators_word_is_not_written_for_them(house: UUID) -> None:
    """Both names right, both in office, and still not the desk's signature."""
    marketer, first, second = who("lin.yue"), who("guan.li"), who("fu.guan")
    write(REQUEST, house, marketer, first, "asked", None, False)

    with pytest.raises(DatabaseError, match="second_person"):
        write(
            "UPDATE tenancy_accessrequest SET status = 'confirmed', settled_at = now(), settled_by_id = %s,"
            " key = 'harmless', signature = decode(repeat('00', 64), 'hex')",
            second,
        )


def test_a_process_that_is_not_the_desk_decides_nothing(house: UUID, settings: Any) -> None:
    review = a_review(staff("lin.yue"))
    settings.DESK_PUBLIC_KEYS = ",".join(f"{name}:{key}" for name, key in written_public_keys().items())
    settings.DESK_KEYS = ""

    with pytest.raises(NoDeskKey):
        decide_review(actor=staff("zhou.heng"), review_id=review.id, verdict="approve", now=timezone.now())


@trying(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.integers(0, 511))
def test_the_database_checks_signatures_as_the_library_does(
    db: None, seed: bytes, message: bytes, flipped: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    good, public = key.sign(message), key.public_key().public_bytes_raw()
    bad = bytearray(good)
    bad[flipped // 8] ^= 1 << flipped % 8

    with connection.cursor() as cursor:
        asked = "SELECT kernel_ed25519_holds(%s, %s, %s), kernel_ed25519_holds(%s, %s, %s)"
        cursor.execute(asked, [public, message, good, public, message, bytes(bad)])
        assert cursor.fetchone() == (True, False)
