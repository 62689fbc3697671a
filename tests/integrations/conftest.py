"""A text-message provider in this process, and the settings that lead to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from integrations.simulators.sms import Provider, serve


@pytest.fixture
def provider(settings, monkeypatch) -> Iterator[Provider]:
    server = serve(0, access_key="test-key", secret="test-secret")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_ENDPOINT = f"http://127.0.0.1:{server.server_port}/sms/send"
    settings.SMS_ACCESS_KEY, settings.SMS_SECRET = "test-key", "test-secret"
    settings.SMS_TIMEOUT_SECONDS = 2
    for name in ("SMS_ENDPOINT", "SMS_ACCESS_KEY", "SMS_SECRET"):
        monkeypatch.setenv(name, getattr(settings, name))
    yield server.RequestHandlerClass.provider
    server.shutdown()
    server.server_close()
