"""Somebody speaks SQL as the role of the processes that phones reach. Issue 9, 4.

The list beside the code (`config.database_roles`) is all it may write; the forged review of that issue is
tried here step by step, by a real sign-in as that role.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg2
import pytest
from django.db import connection, connections

from config.database_checks import database_faults
from config.database_roles import (
    READS,
    READS_COLUMNS,
    NoPhonesRole,
    hold_phones_to_their_rights,
    may_be_written,
    may_write,
)
from config.database_roles import phones_run_as_a_role_of_their_own as checked
from kernel.scope import scope
from ledger.verbs import SAID_BY_PHONES, VERBS
from tenancy.models import Staff
from tests.cast import make_institution, make_staff

pytestmark = pytest.mark.slow
TELL = (
    "INSERT INTO ledger_entry (at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id,"
    " channel, variant, data) VALUES (now(), %s, %s, %s, %s, 'review', %s, '', '', '{}')"
)
REVIEW = (
    "INSERT INTO compliance_review (id, institution_id, subject_kind, subject_id, title, fingerprint,"
    " content, findings, pack_hash, stages, author_id, last_editor_id, status, submitted_at,"
    " stage_entered_at, due_at)"
    " VALUES (gen_random_uuid(), %s, 'campaign', gen_random_uuid(), 'x', 'f', '{\"title\": \"保本保收益\"}',"
    " '[]', '', '[]', %s, %s, 'open', now(), now(), now())"
)

Try = Callable[..., str]


@pytest.fixture
def house(committed_db: str) -> Iterator[UUID]:
    bank = make_institution("bank", "和趣示范银行", "Hequ Demo Bank", "bank")
    with scope(bank.id):
        make_staff("guan.li", "administrator")
        make_staff("zhou.heng", "compliance")
        yield bank.id


def _address(database: str) -> str:
    return urlsplit(os.environ["PHONES_DATABASE_URL"])._replace(path=f"/{database}").geturl()


@pytest.fixture
def tried(house: UUID, committed_db: str) -> Iterator[Try]:
    """A statement as the phones' role, undone at once: what PostgreSQL answered, nothing when it did it."""
    session = psycopg2.connect(_address(committed_db))

    def attempt(statement: str, *values: Any) -> str:
        with session.cursor() as cursor:
            cursor.execute("SELECT set_config('hequ.institution', %s, true)", [str(house)])
            try:
                cursor.execute(statement, [str(each) if isinstance(each, UUID) else each for each in values])
            except psycopg2.Error as refused:
                return str(refused)
            finally:
                session.rollback()
        return ""

    yield attempt
    session.close()


@pytest.fixture
def as_phones(house: UUID) -> Iterator[None]:
    """This very process, signed in as the phones' role."""
    kept = dict(connection.settings_dict)
    address = urlsplit(os.environ["PHONES_DATABASE_URL"])
    connection.close()
    connection.settings_dict.update({"USER": address.username, "PASSWORD": address.password})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def test_of_all_tables_only_the_list_is_writable(as_phones: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("hequ_phones", "hequ_phones")

    assert may_write() == may_be_written()


def test_of_all_tables_only_the_list_is_readable(as_phones: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v') AND has_any_column_privilege(current_user, oid, 'SELECT')"
        )
        readable = {name for (name,) in cursor.fetchall()}

    assert readable == {*READS, *READS_COLUMNS}
    assert not any(name.startswith(("tenancy_totp", "tenancy_rec", "tenancy_inv")) for name in readable)
    assert not {"password", "username", "email"} & {*READS_COLUMNS["tenancy_staff"]}


def test_a_table_of_tomorrow_is_closed(tried: Try) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE of_tomorrow (id int)")

    assert "permission denied" in tried("SELECT * FROM of_tomorrow")
    assert "permission denied" in tried("INSERT INTO of_tomorrow VALUES (1)")


def test_each_step_of_the_forged_review_is_refused(house: UUID, tried: Try) -> None:
    officer = Staff.objects.get(username="zhou.heng").id
    steps = {
        "a version": (
            "INSERT INTO campaigns_version (id, institution_id) VALUES (gen_random_uuid(), %s)",
            house,
        ),
        "a draft": ("UPDATE campaigns_campaign SET status = 'live'",),
        "a review": (REVIEW, house, officer, officer),
        "its end": ("UPDATE compliance_review SET status = 'approved'",),
        "a decision": (
            "INSERT INTO compliance_decision (institution_id, verdict) VALUES (%s, 'approve')",
            house,
        ),
        "an opinion carried": ("INSERT INTO compliance_carried (institution_id) VALUES (%s)", house),
        "a condition met": ("UPDATE compliance_condition SET met_at = now()",),
        "a recheck settled": ("UPDATE compliance_recheck SET settled_at = now()",),
        "a key of the desk": ("INSERT INTO kernel_deskkey (name, public) VALUES ('mine', '')",),
        "a seal": ("INSERT INTO ledger_seal (institution_id) VALUES (%s)", house),
        "a colleague's post": ("UPDATE tenancy_staff SET roles = ARRAY['compliance']",),
        "a colleague's password": ("UPDATE tenancy_staff SET password = 'x'",),
        "a password read": ("SELECT password FROM tenancy_staff",),
        "a second step": ("SELECT * FROM tenancy_totpdevice",),
        "a second step taken away": ("DELETE FROM tenancy_totpdevice",),
        "a link": ("SELECT * FROM tenancy_invitation",),
        "a request": ("UPDATE tenancy_accessrequest SET status = 'confirmed'",),
        "a key retired": ("UPDATE kernel_institutionkey SET state = 'retired'",),
        "an entry changed": ("UPDATE ledger_entry SET verb = 'play.seen'",),
        "entries gone": ("DELETE FROM ledger_entry",),
        "what colleagues did": ("SELECT actor_id, subject_id FROM ledger_entry",),
        "the house": ("UPDATE tenancy_institution SET name = 'x'",),
        "a customer list": ("DELETE FROM privacy_customerhash",),
        "a table": ("CREATE TABLE mine (id int)",),
        "the way up": ("SET ROLE hequ_app",),
        "all the way up": ("SET ROLE hequ_owner",),
    }

    answers = {step: tried(*statement) for step, statement in steps.items()}

    assert {step: told for step, told in answers.items() if "permission denied" not in told} == {}


def test_the_ledger_takes_what_participants_do_and_no_word_of_a_colleague(house: UUID, tried: Try) -> None:
    said = {verb for verb in VERBS if not tried(TELL, house, verb, "participant", uuid4(), uuid4())}

    assert said == SAID_BY_PHONES
    assert not {
        verb for verb in said if verb.startswith(("compliance.", "tenancy.", "campaigns.", "ledger."))
    }
    assert "row-level security" in tried(TELL, house, "play.seen", "staff", uuid4(), uuid4())


def test_only_the_first_key_of_a_purpose_is_made_by_a_phone(house: UUID, tried: Try) -> None:
    insert = (
        "INSERT INTO kernel_institutionkey (id, institution_id, purpose, version, algorithm, wrapped, state,"
        " created_at) VALUES (gen_random_uuid(), %s, 'index', %s, 1, ''::bytea, %s, now())"
    )

    assert "row-level security" in tried(insert, house, 2, "current")
    assert "row-level security" in tried(insert, house, 1, "coming")


def test_no_phone_redeems_a_service(house: UUID, tried: Try) -> None:
    benefit, someone = uuid4(), uuid4()
    grant = (
        "INSERT INTO rewards_grant (id, institution_id, benefit_id, participant_id, occasion, channel,"
        " variant, state, granted_at, book_before)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'x', '', '', %s, now(), now())"
    )

    assert "row-level security" in tried(grant, house, benefit, someone, "redeemed")
    assert "permission denied" in tried("UPDATE rewards_redemptioncode SET redeemed_at = now()")


def test_a_process_for_phones_starts_as_their_role_only(house: UUID, settings: Any) -> None:
    assert checked() == []

    settings.SERVES_PHONES_ONLY = True

    assert [fault.id for fault in checked()] == ["hequ.E021"]


def test_a_process_for_phones_starts_as_their_role(as_phones: None, settings: Any) -> None:
    settings.SERVES_PHONES_ONLY = True
    settings.DESK_KEYS = ""

    assert checked() == []
    assert database_faults() == []


def test_migrating_without_the_role_says_what_to_do(committed_db: str, settings: Any) -> None:
    settings.PRODUCTION, settings.PHONES_ROLE = True, "nobody_of_ours"

    with pytest.raises(NoPhonesRole, match=r"bootstrap\.sql"):
        hold_phones_to_their_rights(using="owner")


def test_what_was_granted_by_hand_stops_the_start(as_phones: None, settings: Any) -> None:
    settings.SERVES_PHONES_ONLY = True
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT UPDATE (status) ON compliance_review TO hequ_phones")

    (fault,) = checked()

    assert fault.msg == "A process for phones could write compliance_review."
