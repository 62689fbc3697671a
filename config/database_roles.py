"""What the role of the phones' processes may do in the database, table by table.

Everything else is refused to it, a table of tomorrow too: nothing is granted by default. ``migrate`` has the
database hold it to this list, as the owner, each time it ran. Desk and workers run as `RUNTIME_ROLE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connection, connections, transaction

from ledger.verbs import SAID_BY_PHONES

READS = frozenset(
    {
        "campaigns_campaign",
        "campaigns_channel",
        "campaigns_edition",
        "campaigns_halt",
        "campaigns_party",
        "campaigns_partymember",
        "campaigns_play",
        "campaigns_version",
        "campaigns_visit",
        "compliance_article",
        "compliance_articleversion",
        "compliance_citation",
        "compliance_condition",
        "compliance_recheck",
        "compliance_review",
        "kernel_institutionkey",
        "privacy_consent",
        "privacy_customerhash",
        "privacy_customerimport",
        "privacy_customerkey",
        "privacy_destruction",
        "privacy_listhead",
        "privacy_noticeversion",
        "privacy_outboundtext",
        "privacy_participant",
        "privacy_phonecode",
        "privacy_reveal",
        "privacy_spentproof",
        "privacy_textceiling",
        "privacy_textprice",
        "privacy_texttally",
        "rewards_appointment",
        "rewards_benefit",
        "rewards_grant",
        "rewards_pointbalance",
        "rewards_pointmovement",
        "rewards_redemptioncode",
        "rewards_slot",
        "tenancy_branch",
        "tenancy_institution",
        "tenancy_staffnotice",
    }
)
"""Whole tables. None of them knows a colleague's password, post, session or second step."""
READS_COLUMNS: Mapping[str, tuple[str, ...]] = {
    # whom to tell that texts near their ceiling
    "tenancy_staff": ("id", "institution_id", "roles", "is_active", "access_until", "display_name"),
    # `healthz/ledger`: whether the seals hold; a certificate: since when a campaign is stopped. Never by whom
    "ledger_entry": (
        "id",
        "at",
        "institution_id",
        "verb",
        "subject_kind",
        "subject_id",
        "data",
        "transaction",
    ),
}
_TOLD = (
    "at", "institution_id", "verb", "actor_kind", "actor_id", "subject_kind", "subject_id", "campaign_id",
    "version_id", "channel", "variant", "data",
)  # fmt: skip
INSERTS: Mapping[str, tuple[str, ...]] = {  # no columns: the whole row
    "campaigns_party": (),
    "campaigns_partymember": (),
    "campaigns_play": (),
    "campaigns_visit": (),
    "kernel_institutionkey": (),  # the first of each purpose only: see ROWS
    "ledger_entry": _TOLD,
    "privacy_consent": (),
    "privacy_destruction": (),
    "privacy_outboundtext": (),
    "privacy_participant": (),
    "privacy_phonecode": (),
    "privacy_spentproof": (),
    "privacy_texttally": (),
    "rewards_appointment": (),
    "rewards_grant": (),
    "rewards_pointmovement": (),
    "rewards_redemptioncode": (),
    "tenancy_staffnotice": (),
}
UPDATES: Mapping[str, tuple[str, ...]] = {
    "campaigns_party": ("state", "revision", "status", "ended_at"),
    "campaigns_partymember": (
        "state", "seat", "came_at", "seated_at", "person_id", "device", "network", "last_key", "last_reply",
    ),
    "campaigns_play": ("state", "revision", "last_key", "last_reply", "moved_at", "finished_at"),
    "privacy_consent": ("withdrawn_at", "outcome", "receipt", "kept_until"),
    "privacy_outboundtext": ("state", "settled_at", "sealed"),
    "privacy_participant": (
        "state", "person_id", "wrapped_key", "wrapped_under_id", "name", "phone", "phone_index",
        "phone_index_coming", "verified_at", "keep_until", "forgotten_at",
    ),
    "privacy_phonecode": ("phone", "phone_index", "digest", "tries", "closed_at"),
    "privacy_texttally": ("used", "refused", "most"),
    "rewards_appointment": ("state", "ended_at"),
    "rewards_grant": ("state", "person_id", "participant_id"),
    "rewards_redemptioncode": (
        "state", "participant_id", "sealed", "fingerprint", "fingerprint_coming", "issued_at", "expires_at",
    ),
    "rewards_slot": ("taken",),
}  # fmt: skip
DELETES: frozenset[str] = frozenset()

# What else a row of theirs must be: policies on top of the wall between institutions.
_SAID = f"'{{{','.join(sorted(SAID_BY_PHONES))}}}'::text[]"  # one constant: it is planned with each move
ROWS: Mapping[tuple[str, str], str] = {
    ("ledger_entry", "INSERT"): (f"verb::text = ANY ({_SAID}) AND actor_kind IN ('participant', 'system')"),
    ("kernel_institutionkey", "INSERT"): "version = 1 AND state = 'current'",
    ("tenancy_staffnotice", "INSERT"): "kind LIKE 'privacy.text%'",
    ("rewards_grant", "INSERT"): "state = 'granted'",
    ("rewards_grant", "UPDATE"): "state IN ('granted', 'booked')",
    ("rewards_redemptioncode", "UPDATE"): "state IN ('live', 'unbooked')",
}

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
_WRITTEN = """
SELECT polrelid::regclass::text, polname, obj_description(pg_policy.oid, 'pg_policy') FROM pg_policy
WHERE starts_with(polname, 'phones_')
"""
# What a role may write, whole tables and columns alike, by whatever grant; public's included.
_MAY_WRITE = """
SELECT relname, verb FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS verb
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND has_table_privilege(current_user, pg_class.oid, verb)
UNION ALL
SELECT relname, verb || ' ' || attname FROM pg_class, pg_attribute, unnest(ARRAY['INSERT', 'UPDATE']) AS verb
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attrelid = pg_class.oid
  AND attnum > 0 AND NOT attisdropped AND NOT has_table_privilege(current_user, pg_class.oid, verb)
  AND has_column_privilege(current_user, pg_class.oid, attnum, verb)
"""


class NoPhonesRole(RuntimeError):
    """The role of the phones' processes is not there yet."""


def hold_phones_to_their_rights(*, using: str, **_signal: Any) -> None:
    """After migrating, as the owner: what is on the list and nothing else. Raises NoPhonesRole."""
    role = settings.PHONES_ROLE
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            if not settings.PRODUCTION:
                return  # a server of before this role; the demo's makes it at each start
            hint = f"there is no role {role}: run deploy/postgres/bootstrap.sql again"
            raise NoPhonesRole(hint)
        cursor.execute(_TABLES)
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        for table, verbs in _grants():
            if table in there:  # on the way back to an older state some are gone
                cursor.execute(f"GRANT {verbs} ON {table} TO {role}")
        cursor.execute(_WRITTEN)
        written = {(table, name): told for table, name, told in cursor.fetchall()}
        for (table, verb), condition in ROWS.items():
            name = f"phones_{verb.lower()}"
            if table in there and written.pop((table, name), None) != condition:
                quoted = condition.replace("'", "''")
                cursor.execute(
                    f"DROP POLICY IF EXISTS {name} ON {table};"
                    f" CREATE POLICY {name} ON {table} AS RESTRICTIVE FOR {verb} TO {role}"
                    f" WITH CHECK ({condition});"
                    f" COMMENT ON POLICY {name} ON {table} IS '{quoted}'"
                )
        for table, name in written:
            cursor.execute(f"DROP POLICY {name} ON {table}")


def _grants() -> Iterator[tuple[str, str]]:
    yield from ((table, "SELECT") for table in sorted(READS))
    for verb, rights in (("SELECT", READS_COLUMNS), ("INSERT", INSERTS), ("UPDATE", UPDATES)):
        for table, columns in rights.items():
            yield table, f"{verb} ({', '.join(columns)})" if columns else verb
    yield from ((table, "DELETE") for table in sorted(DELETES))


def may_write() -> set[tuple[str, str]]:
    """What the role of this connection may write, says PostgreSQL: ``("rewards_slot", "UPDATE taken")``."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_WRITE)
        return {(table, verb) for table, verb in cursor.fetchall()}


def may_be_written() -> set[tuple[str, str]]:
    """The same, as this list says."""
    return {
        (table, f"{verb} {column}" if column else verb)
        for verb, rights in (("INSERT", INSERTS), ("UPDATE", UPDATES), ("DELETE", dict.fromkeys(DELETES, ())))
        for table, columns in rights.items()
        for column in columns or ("",)
    }


def phones_run_as_a_role_of_their_own(**_asked: Any) -> list[CheckMessage]:
    """A process that serves phones only may write what phones write; asked of PostgreSQL itself."""
    if not settings.SERVES_PHONES_ONLY:
        return []
    try:
        surplus = sorted({table for table, _verb in may_write() - may_be_written()})
    finally:
        connection.close()
    if not surplus:
        return []
    told = ", ".join(surplus[:5]) + (f" and {len(surplus) - 5} more" if len(surplus) > 5 else "")
    hint = f"DATABASE_URL of a process for phones signs in as {settings.PHONES_ROLE}; apply the migrations."
    return [Error(f"A process for phones could write {told}.", hint=hint, id="hequ.E021")]
