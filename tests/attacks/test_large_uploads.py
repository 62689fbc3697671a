"""A hundred megabytes from somebody nobody knows are refused before they are read. Issue 9, 7."""

from __future__ import annotations

import io
import re
import tempfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.actor import Actor
from tenancy.body_limits import PLAIN
from tests.desk import signed_in
from tests.services import ROOT
from tests.walk import addresses

HUNDRED = 100 * 1024 * 1024
MULTIPART = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="hashes"; filename="a"\r\n\r\n'


class Counted(io.RawIOBase):
    """A body that tells how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.taken = 0

    def read(self, wanted: int = -1) -> bytes:
        count = self.left if wanted < 0 else min(wanted, self.left)
        start = HEAD[self.taken : self.taken + count]
        self.left -= count
        self.taken += count
        return start + b"a" * (count - len(start))


def sent(browser: Client, path: str, size: int, content_type: str = MULTIPART) -> tuple[Any, Counted]:
    body = Counted(size)
    answer = browser.generic(
        "POST", path, content_type=content_type, **{"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    )
    return answer, body


@pytest.fixture(autouse=True)
def _no_spool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it may be written to disk."""

    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("spooled to disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)


@pytest.mark.parametrize(
    "content_type", [MULTIPART, "application/json", "application/x-www-form-urlencoded", "x/y"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/desk/sign-in/",
        "/desk/privacy/customers/upload/",
        "/h/bank/abcd2345/start/",
        "/nowhere/",
        "/static/x.js",
    ],
)
def test_a_stranger_makes_us_read_nothing(db: None, path: str, content_type: str) -> None:
    answer, body = sent(Client(), path, HUNDRED, content_type)

    assert answer.status_code in {302, 401, 403, 404, 405, 413}
    assert body.taken == 0


def test_no_address_reads_a_large_body_of_a_stranger(db: None) -> None:
    """Every address of the platform, files or not."""
    read = {}
    for address in addresses():
        answer, body = sent(Client(), address.path(), HUNDRED)
        if body.taken or answer.status_code >= 500:
            read[address.route] = (body.taken, answer.status_code)

    assert not read


def test_a_colleague_brings_files_only_where_the_post_allows_them(marketer: Actor) -> None:
    path = reverse("privacy:customer_upload")

    answer, body = sent(signed_in(marketer), path, HUNDRED)

    assert answer.status_code == 403
    assert body.taken == 0


def test_past_the_password_only_is_past_nothing(administrator: Actor) -> None:
    answer, body = sent(signed_in(administrator, verified=False), reverse("privacy:customer_upload"), HUNDRED)

    assert answer.status_code == 302
    assert body.taken == 0


def test_more_than_the_list_may_have_is_refused_of_everybody(administrator: Actor) -> None:
    answer, body = sent(signed_in(administrator), reverse("privacy:customer_upload"), 10 * HUNDRED)

    assert answer.status_code == 413
    assert body.taken == 0


@pytest.mark.parametrize("size", ["-1", "1e9", "１００", "99999999999999999999999", "0x10", "5, 5"])
def test_a_size_that_is_no_size_is_refused(db: None, size: str) -> None:
    body = Counted(HUNDRED)

    answer = Client().generic(
        "POST",
        "/desk/sign-in/",
        content_type=MULTIPART,
        **{"wsgi.input": body, "CONTENT_LENGTH": size.encode().decode("latin-1")},
    )

    assert answer.status_code in {400, 413}
    assert body.taken == 0


def test_what_is_kept_in_memory_is_never_more_than_what_is_let_in(settings: Any) -> None:
    assert PLAIN <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert PLAIN <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def test_the_gateway_asks_before_it_keeps_and_counts_lines() -> None:
    """A buffering proxy would write half a gigabyte of a stranger to its own disk first."""
    gateway = (ROOT / "deploy" / "nginx" / "hequ.conf.in").read_text()
    upload = gateway.split("location = /desk/privacy/customers/upload/ {")[1].split("}")[0]

    assert "proxy_request_buffering off;" in upload
    assert "limit_conn lines 2;" in upload
    assert re.search(r"limit_conn_zone \$binary_remote_addr zone=lines:10m;", gateway)
