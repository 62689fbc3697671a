"""Looks for words that must not be readable anywhere: every table, every Redis value, every log line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import redis
from psycopg2 import sql

from tests.journeys.people import Demo


def places_that_tell(demo: Demo, secrets: list[str]) -> list[str]:
    """Where one of the secrets can be read, as text or as the bytes of its text."""
    sought = [form for secret in secrets for form in (secret, secret.encode().hex())]
    return [
        place
        for place, text in (*_tables(demo), *_redis_values(demo), *_log_files(demo.folder))
        if any(form in text for form in sought)
    ]


def _tables(demo: Demo) -> Iterator[tuple[str, str]]:
    """Every row of every institution, read by the database's owner."""
    with (
        closing(psycopg2.connect(demo.links["database"]["owner"])) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT id::text FROM tenancy_institution")
        institutions = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        for institution in institutions:
            cursor.execute("SELECT set_config('hequ.institution', %s, false)", [institution])
            for table in tables:
                everything = sql.SQL("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {} t")
                cursor.execute(everything.format(sql.Identifier(table)))
                yield from ((f"table {table}", text) for (text,) in cursor.fetchall())


def _redis_values(demo: Demo) -> Iterator[tuple[str, str]]:
    client = redis.Redis.from_url(demo.links["redis"], decode_responses=True, encoding_errors="replace")
    readers: dict[str, Callable[[str], object]] = {
        "string": client.get,
        "list": lambda key: client.lrange(key, 0, -1),
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1),
        "hash": client.hgetall,
    }
    for key in client.scan_iter():
        kept = readers.get(str(client.type(key)))
        yield f"redis {key}", f"{key} {kept(key) if kept else ''}"


def _log_files(folder: Path) -> Iterator[tuple[str, str]]:
    for logs in (folder / "logs", folder / "logs-of-parts"):
        for file in sorted(logs.rglob("*")):
            if file.is_file():
                yield f"log {file.name}", file.read_text(errors="replace")
