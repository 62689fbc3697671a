"""What the environment must bring, and what it must not."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.core.checks import CheckMessage

from config import checks
from config.logs import JsonLines
from tests.services import ROOT

SEED = "one:Ub6oOAC4BVMQPBTYaqQUiyQW/A89t7bhvkFvheqdiqQ="
COMPLETE = {
    "HEQU_MODE": "production",
    "SECRET_KEY": "V3x8mQeZrT5yKpWfJhLsNbGcDaUoIi2467901RtY-EwQzXvBnM",
    "ALLOWED_HOSTS": "h5.example.cn,desk.example.cn",
    "PUBLIC_URL": "https://h5.example.cn",
    "BACK_OFFICE_URL": "https://desk.example.cn",
    "DATABASE_URL": "postgres://hequ_app:p@127.0.0.1:1/hequ",
    "REDIS_URL": "redis://hequ_broker:p@127.0.0.1:1/0",
    "MASTER_KEYS": "one:8NbgAmdlm9yqkTX38ZKueN7+jG2I7dcqRQBjes6lm/U=",
    "SEAL_PUBLIC_KEYS": "one:wZ0t5jTqvC1m2h8oQn3Lr7yX9bK4sEuVdPfGaHiJkMs=",
    "DESK_PUBLIC_KEYS": "one:Tq8rYb3nWc6vLx1zGm5kHd9sPj2fRu7aEo4iNy0tBgU=",
    "DESTRUCTION_LIST": "/srv/hequ/destructions/list.jsonl",
    "SMS_ENDPOINT": "https://sms.example.cn/send",
    "SMS_ACCESS_KEY": "k",
    "SMS_SECRET": "s",
}


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_when_everything_is_named() -> None:
    started = _start(COMPLETE)

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    "secret",
    [
        "SECRET_KEY",
        "PUBLIC_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "MASTER_KEYS",
        "SEAL_PUBLIC_KEYS",
        "DESK_PUBLIC_KEYS",
        "SMS_SECRET",
        "DESTRUCTION_LIST",
    ],
)
def test_a_missing_secret_stops_the_start_with_a_hint(secret: str) -> None:
    started = _start({name: value for name, value in COMPLETE.items() if name != secret})

    assert started.returncode != 0
    assert f"{secret} is missing" in started.stderr
    assert ".env.example" in started.stderr


def test_demo_sign_in_outside_the_demo_stops_the_start() -> None:
    started = _start(COMPLETE | {"DEMO_DOORS": "true"})

    assert started.returncode != 0
    assert "hequ.E001" in started.stderr


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"PUBLIC_URL": "http://h5.example.cn"}, "hequ.E008"),
        ({"PUBLIC_URL": "h5.example.cn"}, "hequ.E008"),
        ({"PUBLIC_URL": "https://h5.example.cn/campaigns"}, "hequ.E008"),
        ({"PUBLIC_URL": "https://elsewhere.example"}, "hequ.E009"),
        ({"BACK_OFFICE_URL": "https://elsewhere.example"}, "hequ.E009"),
        ({"CONSOLE_URL": "https://elsewhere.example"}, "hequ.E009"),
        ({"BACK_OFFICE_URL": "https://h5.example.cn"}, "hequ.E019"),
        ({"CONSOLE_URL": "https://desk.example.cn"}, "hequ.E019"),
    ],
)
def test_links_that_would_lead_nowhere_stop_the_start(wrong: dict[str, str], told: str) -> None:
    started = _start(COMPLETE | wrong)

    assert started.returncode != 0
    assert told in started.stderr


def _ids(found: list[CheckMessage]) -> set[str | None]:
    return {message.id for message in found}


def test_known_secrets_are_refused_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    settings.SECRET_KEY = "harmless" * 10
    settings.MASTER_KEYS = "harmless:AAAA"
    settings.SEAL_KEYS = "harmless:AAAA"
    settings.ALLOWED_HOSTS = ["*"]

    found = checks.production_keeps_no_harmless_secret()

    assert _ids(found) == {"hequ.E002", "hequ.E003", "hequ.E004", "hequ.E006"}


def test_the_platform_does_not_run_as_the_owner(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRODUCTION = True
    monkeypatch.setitem(settings.DATABASES["default"], "USER", "hequ_owner")

    assert _ids(checks.the_runtime_role_cannot_migrate()) == {"hequ.E005"}


def test_every_setting_that_is_read_is_named_in_the_example() -> None:
    source = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|needed)\(\s*"([A-Z_]+)"', source))
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert read - named == set()


def test_a_log_line_tells_where_it_failed_and_never_what_the_row_held() -> None:
    try:
        raise ValueError("Key (phone)=(13800138000) already exists")
    except ValueError:
        record = logging.LogRecord("hequ", logging.ERROR, __file__, 1, "refused", (), sys.exc_info())

    line = json.loads(JsonLines().format(record))

    assert line["exception"] == "ValueError"
    assert "13800138000" not in json.dumps(line)
    assert line["where"][-1].endswith("never_what_the_row_held")


PHONE = "13800138000"
QUOTING = f'duplicate key value violates "one"\nDETAIL:  Key (phone)=({PHONE}, 张三) already exists.'


def _refused() -> Any:
    """An error that a library wrapped, as Django wraps the driver's."""
    try:
        try:
            raise ValueError(QUOTING)
        except ValueError as cause:
            raise RuntimeError(str(cause)) from cause
    except RuntimeError:
        return sys.exc_info()


@pytest.mark.parametrize(
    ("sentence", "arguments", "known"),
    [
        ("it failed: %s", (_refused()[1],), False),
        ("it failed: %r", (_refused()[1],), False),
        ("it failed: %s", (QUOTING,), True),
        (f"it failed: {QUOTING}", (), True),
        (f"it failed: {_refused()[1]!r}", (), True),
        (_refused()[1], (), False),
        ("Task %(name)s raised: %(exc)s", ({"name": "a.task", "exc": repr(_refused()[1])},), False),
        ("Task %(name)s called with %(kwargs)s", ({"name": "a.task", "kwargs": "{'name': '张三'}"},), False),
        ("only the number escaped: %s", (PHONE,), False),
        ("too few arguments %s %s", (QUOTING,), True),
    ],
)
def test_no_librarys_sentence_quotes_an_error(sentence: Any, arguments: Any, known: bool) -> None:
    """``known``: the record brings the error along, as ``exc_info`` does."""
    record = logging.LogRecord(
        "celery.app.trace", logging.ERROR, __file__, 1, sentence, arguments, _refused() if known else None
    )

    line = JsonLines().format(record)

    assert PHONE not in line
    assert "张三" not in line
    assert json.loads(line)["logger"] == "celery.app.trace"


def test_what_ends_a_thread_is_logged_without_its_message() -> None:
    script = (
        "import django; django.setup()\n"
        "from config.logs import log_what_nobody_caught; log_what_nobody_caught()\n"
        "import threading\n"
        f"def fail(): raise ValueError({QUOTING!r})\n"
        "thread = threading.Thread(target=fail); thread.start(); thread.join()\n"
        "fail()\n"
    )
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **COMPLETE}

    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(line["message"], line["exception"]) for line in lines] == [("uncaught", "ValueError")] * 2
    assert PHONE not in ended.stderr


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("MASTER_KEYS", "ours:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "hequ.E003"),
        ("SEAL_KEYS", "ours:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", "hequ.E006"),
        ("DATABASE_URL", "postgres://hequ_app:change-me@127.0.0.1:1/hequ", "hequ.E007"),
        ("CACHE_URL", "redis://:change-me@127.0.0.1:1/1", "hequ.E007"),
        ("SECRET_KEY", "x3" * 40, "hequ.E013"),
        ("MASTER_KEYS", f"one:{_encoded(bytes(32))}", "hequ.E013"),
        ("MASTER_KEYS", f"one:{_encoded(bytes(range(16)) * 2)}", "hequ.E013"),
        ("MASTER_KEYS", f"one:{_encoded(b'a phrase of thirty-two letters ..')}", "hequ.E013"),
        ("MASTER_KEYS", f"one:{_encoded(bytes(range(100, 131)))}", "hequ.E013"),
        ("MASTER_KEYS", "8NbgAmdlm9yqkTX38ZKueN7+jG2I7dcqRQBjes6lm/U=", "hequ.E013"),
        ("SEAL_KEYS", "one:not base64", "hequ.E013"),
        ("SEAL_KEYS", COMPLETE["MASTER_KEYS"], "hequ.E013"),
        ("DESK_KEYS", COMPLETE["MASTER_KEYS"], "hequ.E013"),
        ("DESK_KEYS", "ours:ZGVzayBrZXkgb2YgdGVzdHMgYW5kIHRoZSBkZW1vISE=", "hequ.E006"),
        ("SEAL_KEYS", f"{SEED},two:{SEED.split(':')[1]}", "hequ.E013"),
        ("SMS_ENDPOINT", "http://sms.example.cn/send", "hequ.E011"),
        ("HTTPS", "false", "hequ.E012"),
        ("HEQU_EMBEDDED_SERVICES", "true", "hequ.E014"),
        ("DATABASE_URL", "postgres://postgres:p@127.0.0.1:1/hequ", "hequ.E005"),
        ("ALLOWED_HOSTS", "*", "hequ.E004"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "hequ.E010"),
        ("CACHE_URL", "redis://hequ_cache:@127.0.0.1:1/0", "hequ.E010"),
    ],
)
def test_an_unsafe_environment_stops_the_start(name: str, value: str, fault: str) -> None:
    """Security 60; issue 9, 12: each bad environment stops the start, with the code of what is wrong."""
    started = _start({**COMPLETE, name: value})

    assert started.returncode != 0
    assert fault in started.stderr
