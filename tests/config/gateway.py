"""nginx as production runs it, on free ports, before processes that say what they were told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from config.embedded.accounts import die_with_parent
from tests.config.certificates import certificate_for
from tests.services import ROOT

_UNPACKED = ROOT / ".cache" / "tools"
NGINX = (
    shutil.which("nginx")
    or shutil.which("nginx", path="/usr/sbin")
    or shutil.which("nginx", path=str(_UNPACKED / "usr/sbin"))
)
MIME = next(
    (str(path) for root in (Path("/"), _UNPACKED) if (path := root / "etc/nginx/mime.types").exists()), ""
)
START = ROOT / "deploy" / "nginx" / "start.sh"
PHONES, DESK, CONSOLE = "h5.example.cn", "desk.example.cn", "console.example.cn"
SETTINGS = {"PUBLIC_URL": f"https://{PHONES}", "BACK_OFFICE_URL": f"https://{DESK}"}


@dataclass
class Process:
    """Stands for a process of the platform: answers with what it was asked, and counts what it read."""

    name: str
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Process:
        behind = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                told = {
                    "process": behind.name,
                    "path": self.path,
                    "body": len(self.rfile.read(size)),
                    "headers": [[name.lower(), value] for name, value in self.headers.items()],
                }
                behind.asked.append(told)
                body = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Strict-Transport-Security", "max-age=1")
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_told: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """What the process behind says it was asked."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def header(self, name: str) -> list[str]:
        return [value for each, value in self.told["headers"] if each == name]


@dataclass(frozen=True)
class Gateway:
    """A running nginx: its ports, its folder, the processes behind it."""

    http: int
    https: int
    health: int
    folder: Path
    phones: Process
    desk: Process

    def ask(
        self,
        host: str,
        path: str = "/",
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        comes_from: str = "127.0.0.1",
        handshake: str | None = None,
    ) -> Answer:
        """One request as a visitor at ``comes_from`` sends it."""
        with self.line(handshake or host, comes_from) as line:
            sent = {"Host": host, "Connection": "close", **(headers or {})}
            lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
            line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            return answer_of(line)

    def line(
        self, name: str, comes_from: str = "127.0.0.1", context: ssl.SSLContext | None = None
    ) -> ssl.SSLSocket:
        """A TLS connection that asks for ``name``."""
        if context is None:
            context = ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))
        raw = socket.create_connection(("127.0.0.1", self.https), timeout=10, source_address=(comes_from, 0))
        return context.wrap_socket(raw, server_hostname=name)


def answer_of(line: socket.socket) -> Answer:
    """Everything until the other side ends. Status 0: it ended without a word."""
    received = b""
    try:
        while part := line.recv(65536):
            received += part
    except (ConnectionResetError, ssl.SSLError):
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    first, *others = head.decode().split("\r\n")
    pairs = (each.partition(": ") for each in others)
    return Answer(
        int(first.split()[1]) if first else 0, {name.lower(): value for name, _, value in pairs}, body
    )


@contextmanager
def gateway(**chosen: str) -> Iterator[Gateway]:
    """nginx started by its own script with these settings."""
    folder = Path(tempfile.mkdtemp(prefix="hequ-nginx-"))
    folder.chmod(0o755)
    certificate_for([PHONES, DESK, CONSOLE], folder / "tls")
    ports = [str(free_port()) for _each in range(3)]
    with Process("phones") as phones, Process("desk") as desk:
        told = (
            environment(folder, ports)
            | {"PHONES_AT": phones.place, "DESK_AT": desk.place}
            | SETTINGS
            | chosen
        )
        (folder / "logs").mkdir()
        with (folder / "output").open("wb") as sink:
            started = subprocess.Popen(
                [str(START)],
                env=told,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        http, https, health = (int(port) for port in ports)
        try:
            _until_it_answers(https, started, folder / "output")
            yield Gateway(http, https, health, folder, phones, desk)
        finally:
            started.terminate()
            started.wait(timeout=10)
            shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, ports: list[str]) -> dict[str, str]:
    """Where it writes and listens, for a machine where it is no service."""
    http, https, health = ports
    return {
        "PATH": os.environ["PATH"],
        "NGINX": NGINX or "nginx",
        "NGINX_MIME": MIME,
        "NGINX_USER": "nobody nogroup",
        "NGINX_RUN": str(folder / "run"),
        "NGINX_CACHE": str(folder / "cache"),
        "NGINX_LOGS": str(folder / "logs"),
        "TLS_FOLDER": str(folder / "tls"),
        "HTTP_PORT": f"127.0.0.1:{http}",
        "HTTPS_PORT": f"127.0.0.1:{https}",
        "HEALTH_PORT": health,
    }


@contextmanager
def firewalls(behind: Gateway, *addresses: str) -> Iterator[int]:
    """Proxies in a row, the outermost first, each with an address of its own. Yields the first's port."""
    folder = Path(tempfile.mkdtemp(prefix="hequ-waf-"))
    folder.chmod(0o755)
    ports = [free_port() for _each in addresses]
    onward = [f"http://127.0.0.1:{port}" for port in ports[1:]] + [f"https://127.0.0.1:{behind.https}"]
    servers = "".join(
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {target}; proxy_bind {address};"
        " proxy_ssl_server_name on; proxy_ssl_name $http_host; proxy_set_header Host $http_host;"
        " proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }\n"
        for port, target, address in zip(ports, onward, addresses, strict=True)
    )
    paths = "".join(
        f"{kind}_temp_path {folder}/t;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user nobody nogroup;" if os.geteuid() == 0 else ""
    (folder / "conf").write_text(
        f"{user} pid {folder}/pid; error_log {folder}/log; events {{}} "
        f"http {{ access_log off; {paths} {servers} }}"
    )
    started = subprocess.Popen(
        [str(NGINX), "-e", f"{folder}/log", "-c", f"{folder}/conf", "-g", "daemon off;"],
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        _until_it_answers(ports[0], started, folder / "log")
        yield ports[0]
    finally:
        started.terminate()
        started.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _until_it_answers(port: int, started: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        except OSError:
            if started.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)
