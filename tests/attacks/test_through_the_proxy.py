"""From the street, through nginx as production runs it: each name answers its own only. Issue 9, 11."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from privacy.customers import MOST_BYTES
from tests.config.gateway import (
    CONSOLE,
    DESK,
    NGINX,
    PHONES,
    SETTINGS,
    START,
    Gateway,
    answer_of,
    environment,
    firewalls,
    gateway,
)

pytestmark = pytest.mark.slow
runs = pytest.mark.skipif(NGINX is None, reason="not run: Debian's package nginx is not to be had")
OUTSIDE, OFFICE, WAF, BALANCER = "127.0.0.9", "127.0.0.20", "127.0.0.7", "127.0.0.8"


@pytest.fixture(scope="module")
def front() -> Iterator[Gateway]:
    """Open to the street, nobody in front of it."""
    with gateway() as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Gateway]:
    """A firewall and a balancer in front; the back office and the console for the office only."""
    with gateway(
        TRUSTED_PROXIES=f"{WAF},{BALANCER}",
        DESK_NETWORKS=f"{OFFICE}/32",
        CONSOLE_URL=f"https://{CONSOLE}",
        CONSOLE_NETWORKS=f"{OFFICE}/32",
    ) as running:
        yield running


def test_the_proxy_is_run_where_it_must_be() -> None:
    assert NGINX or os.environ.get("CI") != "true", "CI installs nginx: deploy/install-test-tools.sh"


@runs
@pytest.mark.parametrize(
    ("name", "path", "process"),
    [
        (PHONES, "/h/bank/spring/", "phones"),
        (PHONES, "/static/player/play.css", "phones"),
        (PHONES, "/", "phones"),
        (DESK, "/desk/reviews/", "desk"),
        (DESK, "/language/setlang/", "desk"),
        (DESK, "/certificates/bank/HQ1/", "desk"),
        (DESK, "/static/desk/tokens.css", "desk"),
    ],
)
def test_each_name_leads_to_its_processes(front: Gateway, name: str, path: str, process: str) -> None:
    answer = front.ask(name, path)

    assert answer.status == 200
    assert (answer.told["process"], answer.told["path"]) == (process, path)
    assert answer.header("host") == [name]


@runs
@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/desk",
        "/desk/sign-in/",
        "//desk/",
        "/%64esk/",
        "/h/../desk/",
        "/h/..%2fdesk/",
        "/console/",
        "/demo/",
    ],
)
def test_the_phones_name_has_no_back_office(front: Gateway, path: str) -> None:
    asked = len(front.phones.asked) + len(front.desk.asked)

    assert front.ask(PHONES, path).status == 404
    assert len(front.phones.asked) + len(front.desk.asked) == asked


@runs
@pytest.mark.parametrize("path", ["/h/bank/spring/", "/console/", "/demo/", "/h/../h/bank/", "/anything"])
def test_the_back_offices_name_has_no_phones(front: Gateway, path: str) -> None:
    assert front.ask(DESK, path).status == 404


@runs
@pytest.mark.parametrize("name", [PHONES, DESK])
@pytest.mark.parametrize("path", ["/healthz", "/healthz/ledger", "//healthz", "/%68ealthz"])
def test_health_is_nobodys_business_outside(front: Gateway, name: str, path: str) -> None:
    assert front.ask(name, path).status == 404


@runs
def test_health_is_asked_of_the_machine_itself(front: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", front.health), timeout=5) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n")
        answer = answer_of(line)

    assert answer.status == 200
    assert answer.header("host") == [PHONES]
    assert answer.header("x-forwarded-for") == []


@runs
def test_a_name_that_is_not_ours_gets_no_answer(front: Gateway) -> None:
    with pytest.raises(ssl.SSLError):
        front.line("elsewhere.example")
    for named in ("elsewhere.example", "127.0.0.1", "localhost"):
        assert front.ask(named, "/h/bank/", handshake=PHONES).status == 0, (
            "shook hands as one, asks for another"
        )
    with socket.create_connection(("127.0.0.1", front.http), timeout=5) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
        assert answer_of(line).status == 0


@runs
def test_plain_http_is_led_to_the_cipher(front: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", front.http), timeout=5) as line:
        line.sendall(f"GET /h/bank/?a=1 HTTP/1.1\r\nHost: {PHONES}\r\nConnection: close\r\n\r\n".encode())
        answer = answer_of(line)

    assert (answer.status, answer.headers["location"]) == (301, f"https://{PHONES}/h/bank/?a=1")


@runs
def test_a_visitor_writes_no_header_that_only_we_write(front: Gateway) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.5, 127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Port": "80",
        "X-Real-IP": "203.0.113.5",
        "Forwarded": "for=203.0.113.5;host=evil.example",
        "X-Request-Id": "mine",
        "Proxy": "http://evil.example",
        "Upgrade": "websocket",
    }

    answer = front.ask(PHONES, "/h/bank/", headers=forged, comes_from=OUTSIDE)

    assert answer.header("x-forwarded-for") == [OUTSIDE]
    assert answer.header("x-forwarded-proto") == ["https"]
    assert answer.header("x-request-id") not in ([], ["mine"])
    for name in ("x-forwarded-host", "x-forwarded-port", "x-real-ip", "forwarded", "proxy", "upgrade"):
        assert answer.header(name) == []
    assert "evil" not in str(answer.told)


@runs
@pytest.mark.parametrize("front_row", [(WAF,), (WAF, BALANCER)])
def test_behind_a_firewall_the_visitor_is_who_it_says(guarded: Gateway, front_row: tuple[str, ...]) -> None:
    """What a visitor writes further left is not believed, with one hop and with two."""
    with firewalls(guarded, *front_row) as port:
        for forged in ({}, {"X-Forwarded-For": "203.0.113.5"}, {"X-Forwarded-For": f"203.0.113.5, {WAF}"}):
            lines = [f"GET /h/bank/ HTTP/1.1\r\nHost: {PHONES}\r\nConnection: close"]
            lines += [f"{name}: {value}" for name, value in forged.items()]
            visitor = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(OUTSIDE, 0))
            with visitor:
                visitor.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
                answer = answer_of(visitor)

            assert answer.header("x-forwarded-for") == [OUTSIDE], forged


@runs
def test_who_is_no_proxy_of_ours_speaks_for_nobody(guarded: Gateway) -> None:
    answer = guarded.ask(PHONES, "/h/", headers={"X-Forwarded-For": OFFICE}, comes_from=OUTSIDE)

    assert answer.header("x-forwarded-for") == [OUTSIDE]
    assert guarded.ask(DESK, "/desk/", headers={"X-Forwarded-For": OFFICE}, comes_from=OUTSIDE).status == 403


@runs
@pytest.mark.parametrize(
    ("name", "path"), [(DESK, "/desk/"), (CONSOLE, "/console/"), (DESK, "/desk/sign-in/")]
)
def test_back_office_and_console_answer_their_networks_only(guarded: Gateway, name: str, path: str) -> None:
    assert guarded.ask(name, path, comes_from=OUTSIDE).status == 403
    assert guarded.ask(name, path, comes_from=OFFICE).told["process"] == "desk"
    assert guarded.ask(name, path, headers={"X-Forwarded-For": OFFICE}, comes_from=WAF).status == 200
    assert guarded.ask(name, path, headers={"X-Forwarded-For": OUTSIDE}, comes_from=WAF).status == 403


@runs
@pytest.mark.parametrize("path", ["/h/bank/spring/", "/desk/", "/healthz"])
def test_the_consoles_name_has_nothing_else(guarded: Gateway, path: str) -> None:
    assert guarded.ask(CONSOLE, path, comes_from=OFFICE).status == 404


@runs
@pytest.mark.parametrize(
    ("name", "path", "size", "status"),
    [
        (PHONES, "/h/bank/spring/move/", 100 * 1024**2, 413),
        (PHONES, reverse("privacy:customer_upload"), 100 * 1024**2, 413),
        (DESK, "/desk/scan/try/", 2 * 1024**2 + 1, 413),
        (DESK, reverse("privacy:customer_upload"), MOST_BYTES + 2 * 1024**2, 413),
    ],
)
def test_too_large_is_said_before_a_byte_of_it_is_sent(
    front: Gateway, name: str, path: str, size: int, status: int
) -> None:
    """The visitor sends the head only; the answer is there, and nobody behind was asked."""
    asked = len(front.phones.asked) + len(front.desk.asked)

    assert front.ask(name, path, method="POST", headers={"Content-Length": str(size)}).status == status
    assert len(front.phones.asked) + len(front.desk.asked) == asked


@runs
def test_a_customer_list_passes(front: Gateway) -> None:
    body = b"a" * (3 * 1024**2)

    answer = front.ask(
        DESK,
        reverse("privacy:customer_upload"),
        method="POST",
        headers={"Content-Length": str(len(body))},
        body=body,
    )

    assert answer.told["body"] == len(body)


@runs
def test_one_address_holds_two_lines_of_uploads(front: Gateway) -> None:
    upload = reverse("privacy:customer_upload")
    head = f"POST {upload} HTTP/1.1\r\nHost: {DESK}\r\nContent-Length: 1000\r\n\r\n".encode()
    held = [front.line(DESK, "127.0.0.30") for _each in range(2)]
    try:
        for line in held:
            line.sendall(head + b"a" * 10)
        statuses = set()
        for _attempt in range(50):  # until nginx has read both heads
            third = front.ask(
                DESK, reverse("privacy:customer_upload"), method="POST", comes_from="127.0.0.30"
            )
            statuses.add(third.status)
            if third.status == 429:
                break

        assert 429 in statuses
        elsewhere = front.ask(
            DESK, reverse("privacy:customer_upload"), method="POST", comes_from="127.0.0.31"
        )
        assert elsewhere.status == 200
    finally:
        for line in held:
            line.close()


MORE_THAN_A_BURST = 240  # 120 and 30 a second are let through


@runs
def test_one_address_asks_only_so_often(front: Gateway) -> None:
    """All at once on lines that are open already: how quickly each is answered plays no part."""
    request = f"GET /h/bank/ HTTP/1.1\r\nHost: {PHONES}\r\nConnection: close\r\n\r\n".encode()
    lines = [front.line(PHONES, "127.0.0.40") for _each in range(MORE_THAN_A_BURST)]
    received = b""
    try:
        for line in lines:
            line.sendall(request)
        for line in reversed(lines):
            while b"HTTP/1.1 429" not in received and (part := line.recv(65536)):
                received += part
    finally:
        for line in lines:
            line.close()

    assert b"HTTP/1.1 429" in received
    assert front.ask(PHONES, "/h/bank/", comes_from="127.0.0.41").status == 200


@runs
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_not_spoken(front: Gateway, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version

    with pytest.raises(ssl.SSLError):
        front.line(PHONES, context=context)


@runs
@pytest.mark.parametrize(
    "ciphers", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"]
)
def test_weak_ciphers_are_not_spoken(front: Gateway, ciphers: str) -> None:
    """Without forward secrecy, or in blocks."""
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")

    with pytest.raises(ssl.SSLError):
        front.line(PHONES, context=context)


@runs
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_current_tls_is_spoken_with_http_2(front: Gateway, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])

    with front.line(PHONES, context=context) as line:
        assert line.version() == version.name.replace("_", ".")
        assert line.selected_alpn_protocol() == "h2"


@runs
@pytest.mark.parametrize("path", ["/h/bank/", "/desk/"])
def test_every_answer_tells_the_browser_to_stay_with_tls(front: Gateway, path: str) -> None:
    assert (
        front.ask(PHONES, path).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    )
    assert "nginx/" not in front.ask(PHONES, path).headers["server"]


@runs
def test_no_query_and_no_failure_is_written_down(front: Gateway) -> None:
    front.ask(PHONES, "/h/bank/?phone=13800000000", headers={"Referer": "https://x/?phone=13800000000"})
    front.ask(PHONES, "/desk/?phone=13800000000")

    written = "".join(path.read_text() for path in (front.folder / "logs").iterdir())
    assert "/h/bank/" in written
    assert "13800000000" not in written


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://h5.example.cn"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://h5.example.cn;}"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://h5.example.cn/path"}, "PUBLIC_URL"),
        ({"BACK_OFFICE_URL": SETTINGS["PUBLIC_URL"]}, "share a name"),
        ({"CONSOLE_URL": "https://console.example.cn"}, "CONSOLE_NETWORKS"),
        ({"CONSOLE_URL": SETTINGS["PUBLIC_URL"], "CONSOLE_NETWORKS": "10.0.0.0/8"}, "shares a name"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "everybody"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8,::/0"}, "everybody"),
        ({"DESK_NETWORKS": "all"}, "no network"),
        ({"DESK_NETWORKS": "10.0.0.0/8; allow all"}, "no network"),
        ({"PHONES_AT": "web:8000;}"}, "no place"),
        ({"HTTPS_PORT": "https"}, "no port"),
    ],
)
def test_a_setting_that_would_open_it_stops_its_start(
    tmp_path: Path, chosen: dict[str, str], told: str
) -> None:
    here = environment(tmp_path, ["8001", "8002", "8003"]) | SETTINGS | {"NGINX": NGINX or "true"} | chosen

    done = subprocess.run([str(START), "--write-only"], env=here, capture_output=True, text=True, check=False)

    assert done.returncode == 78
    assert told in done.stderr
    assert not (tmp_path / "run").exists()
