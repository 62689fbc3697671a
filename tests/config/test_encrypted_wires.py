"""Where an address asks for TLS, nobody in between is believed. Issue 9, 6 and 11."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.config.certificates import certificate_for
from tests.services import ROOT

pytestmark = pytest.mark.slow

CACHE = (
    "from django.core.cache import cache; cache.set('wire', 'held', 5); assert cache.get('wire') == 'held'"
)
BROKER = "from config.celery import app; app.connection().ensure_connection(max_retries=1)"
DATABASE = "from django.db import connection; connection.ensure_connection()"


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The tests' Redis behind TLS: its address, and the certificate to trust."""
    certificate, private = certificate_for(["127.0.0.1"], tmp_path_factory.mktemp("wire") / "ours")
    plain = urlsplit(settings.REDIS_URL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                asking, _address = door.accept()
            except OSError:
                return
            threading.Thread(
                target=_carry, args=(context, asking, (plain.hostname, plain.port)), daemon=True
            ).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"rediss://{plain.netloc.split('@')[0]}@127.0.0.1:{door.getsockname()[1]}{plain.path}", certificate
    door.close()


def _carry(context: ssl.SSLContext, asking: socket.socket, to: tuple[str, int]) -> None:
    try:
        inner = context.wrap_socket(asking, server_side=True)
    except (ssl.SSLError, OSError):
        return
    behind = socket.create_connection(to)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        finally:
            sink.close()

    threading.Thread(target=pump, args=(behind, inner), daemon=True).start()
    pump(inner, behind)


def _run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settled = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    command = [sys.executable, "-c", f"import django; django.setup(); {script}"]
    return subprocess.run(command, cwd=ROOT, env=settled, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("script", "name"), [(CACHE, "CACHE_URL"), (BROKER, "REDIS_URL")])
def test_redis_is_reached_by_tls(wire: tuple[str, Path], script: str, name: str) -> None:
    address, certificate = wire

    done = _run(script, **{name: address, "REDIS_CA": str(certificate)})

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("script", "name"), [(CACHE, "CACHE_URL"), (BROKER, "REDIS_URL")])
def test_a_redis_nobody_vouches_for_is_not_spoken_to(
    wire: tuple[str, Path], tmp_path: Path, script: str, name: str
) -> None:
    address, _certificate_of_ours = wire
    another, _key = certificate_for(["127.0.0.1"], tmp_path / "another")

    for authority in ("", str(another)):
        done = _run(script, **{name: address, "REDIS_CA": authority})

        assert done.returncode != 0
        assert "CERTIFICATE_VERIFY_FAILED" in done.stderr


def test_a_database_that_does_not_encrypt_is_not_spoken_to(django_db_setup: None) -> None:
    """What follows the address's question mark reaches the driver."""
    plain = os.environ["DATABASE_URL"]

    assert _run(DATABASE, DATABASE_URL=plain).returncode == 0
    refused = _run(DATABASE, DATABASE_URL=f"{plain}?sslmode=require")

    assert refused.returncode != 0
    assert "SSL" in refused.stderr
