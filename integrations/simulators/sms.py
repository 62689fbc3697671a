"""A text-message provider for the demo and the tests: `python -m integrations.simulators.sms --port 8025`.

It speaks the provider's side of `integrations.sms`: checks signature, time and nonce, sends a token once
however often it is asked, and shows the "phones" on a page that refreshes itself. `GET /messages` gives
the same as JSON; `POST /faults` makes it fail on purpose. It listens on this machine only and keeps
nothing on disk.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4
from zoneinfo import ZoneInfo

from integrations.signing import is_genuine
from kernel.typed import typed_address, typed_length

KEPT = 200
LONGEST_BODY = 65536
_PHONE = re.compile(r"^\+861[3-9]\d{9}$")

PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>短信模拟器</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="2">
<link rel="stylesheet" href="/style.css"></head>
<body><header><h1>短信模拟器</h1><p>演示用：这里显示平台发给客户手机的短信，每 2 秒自动刷新。</p></header>
<main>{items}</main></body></html>"""
ITEM = """<article><header><strong>{phone}</strong><time>{at}</time></header>
<p>{content}</p>{code}</article>"""
EMPTY = '<p class="empty">还没有短信。客户在活动页点“获取验证码”后，短信会出现在这里。</p>'
STYLE = """
body { margin: 0; background: #f4f5f3; color: #1c2422; font: 16px/1.6 "PingFang SC", "Noto Sans CJK SC", sans-serif; }
body > header, main { max-width: 560px; margin: 0 auto; padding: 8px 16px; }
h1 { font-size: 22px; margin: 8px 0 0; }
p { margin: 4px 0; overflow-wrap: anywhere; }
article { background: #fff; border-radius: 16px; padding: 14px 18px; margin: 0 0 12px; box-shadow: 0 1px 3px #0002; }
article header { display: flex; justify-content: space-between; color: #56605d; font-variant-numeric: tabular-nums; }
.code { font-size: 28px; letter-spacing: 6px; font-weight: 700; color: #0b6e4f; }
.empty { color: #56605d; padding: 48px 0; text-align: center; }
"""  # noqa: E501 - a style sheet


@dataclass
class Provider:
    """What the provider remembers: texts, tokens and nonces, and the faults it was told to make."""

    secrets: dict[str, str]
    texts: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    tokens: dict[str, str] = field(default_factory=dict)
    nonces: deque[str] = field(default_factory=lambda: deque(maxlen=10_000))
    faults: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, wanted: dict[str, Any], at: float) -> tuple[int, dict[str, Any]]:
        """One genuine call: sent, or known already, or refused."""
        phone, content = str(wanted.get("phone_number", "")), str(wanted.get("content", ""))
        token = str(wanted.get("client_token", ""))
        if not _PHONE.match(phone):
            return 400, {"code": "MOBILE_NUMBER_ILLEGAL", "request_id": uuid4().hex}
        if not token or not content or len(content) > 500:
            return 400, {"code": "PARAM_ILLEGAL", "request_id": uuid4().hex}
        with self.lock:
            known = self.tokens.get(token)
            if known is None:
                known = self.tokens[token] = uuid4().hex
                self.texts.appendleft({"phone": phone, "content": content, "at": at, "biz_id": known})
        return 200, {"code": "OK", "biz_id": known, "request_id": uuid4().hex}

    def fault(self) -> str:
        """The fault that is due for this call, if any; each is used up."""
        with self.lock:
            self.calls += 1
            for kind, left in self.faults.items():
                if left > 0:
                    self.faults[kind] = left - 1
                    return kind
        return ""

    def is_fresh(self, nonce: str) -> bool:
        with self.lock:
            if nonce in self.nonces:
                return False
            self.nonces.append(nonce)
            return True


class Counter(BaseHTTPRequestHandler):
    """The provider's counter: one request, one answer."""

    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = typed_address(self.path)
        if address.path == "/messages":
            wanted = parse_qs(address.query).get("phone", [""])[0]
            texts = [text for text in self.provider.texts if wanted in text["phone"]]
            self._answer(200, {"messages": texts, "calls": self.provider.calls})
        elif address.path == "/style.css":
            self._send(200, "text/css", STYLE.encode())
        elif address.path == "/":
            self._send(200, "text/html", _page(list(self.provider.texts)).encode())
        else:
            self._answer(404, {"code": "NOT_FOUND"})

    def do_POST(self) -> None:
        length = typed_length(self.headers.get("Content-Length", ""))
        if length > LONGEST_BODY:
            self.close_connection = True
            return self._answer(413, {"code": "TOO_LARGE"})
        body = self.rfile.read(length)
        try:
            wanted = json.loads(body)
        except ValueError:
            wanted = None
        if not isinstance(wanted, dict):
            return self._answer(400, {"code": "PARAM_ILLEGAL"})
        if self.path == "/faults":
            self.provider.faults = {str(kind): int(times) for kind, times in wanted.items()}
            return self._answer(200, {"code": "OK"})
        return self._take(body, wanted)

    def _take(self, body: bytes, wanted: dict[str, Any]) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        genuine = is_genuine(
            headers, secrets=self.provider.secrets, method="POST", path=self.path, body=body,
            now=int(time.time()),
        )  # fmt: skip
        if not genuine or not self.provider.is_fresh(headers.get("X-Nonce", "")):
            return self._answer(403, {"code": "SIGNATURE_DOES_NOT_MATCH"})
        fault = self.provider.fault()
        if fault == "down":
            return self._answer(503, {"code": "INTERNAL_ERROR"})
        if fault == "busy":
            return self._answer(200, {"code": "BUSINESS_LIMIT_CONTROL"})
        if fault == "refuse":
            return self._answer(400, {"code": "MOBILE_NUMBER_ILLEGAL"})
        status, answer = self.provider.take(wanted, time.time())
        if fault == "silent":  # taken, but the answer is lost on the way
            self.close_connection = True
            return None
        if fault == "slow":
            time.sleep(3)
        return self._answer(status, answer)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(body, ensure_ascii=False).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(HTTPStatus(status))
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Silent: numbers and codes have no business in a log."""


def _page(texts: list[dict[str, Any]]) -> str:
    items = []
    for text in texts[:30]:
        at = datetime.fromtimestamp(text["at"], ZoneInfo("Asia/Shanghai"))
        digits = re.search(r"\d{6}", text["content"])
        items.append(
            ITEM.format(
                phone=html.escape(text["phone"].removeprefix("+86")),
                at=f"{at:%H:%M:%S}",
                content=html.escape(text["content"]),
                code=f'<p class="code">{digits.group()}</p>' if digits else "",
            )
        )
    return PAGE.format(items="".join(items) or EMPTY)


def serve(port: int, *, access_key: str, secret: str) -> ThreadingHTTPServer:
    """A provider on this machine, ready to be run by the caller's thread. Port 0 takes any free one."""
    provider = Provider(secrets={access_key: secret})
    counter = type("Counter", (Counter,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", port), counter)
    server.daemon_threads = True
    return server


def main() -> None:
    parser = argparse.ArgumentParser(description="A text-message provider for the demo")
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--access-key", default=os.environ.get("SMS_ACCESS_KEY", "harmless"))
    parser.add_argument("--secret", default=os.environ.get("SMS_SECRET", "harmless"))
    chosen = parser.parse_args()
    with serve(chosen.port, access_key=chosen.access_key, secret=chosen.secret) as server:
        print(f"texts are shown at http://127.0.0.1:{server.server_port}/", flush=True)  # noqa: T201 - a command
        server.serve_forever()


if __name__ == "__main__":
    main()
