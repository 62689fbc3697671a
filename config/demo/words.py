"""What the demo says in the terminal, and the file it leaves for scripts."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from config.embedded.processes import Death
from config.embedded.services import write_private
from kernel import qr


def say(sentence: str) -> None:
    """One line in the terminal; lost where it cannot be written: its file may lie on a full disk."""
    with contextlib.suppress(OSError):
        print(f"[{time.strftime('%H:%M:%S')}] {sentence}", flush=True)


def tell_death(death: Death) -> None:
    """That a part died and is started again."""
    times = f" · 第 {death.deaths} 次 time {death.deaths}" if death.deaths > 1 else ""
    say(f"{death.name} 意外结束（{death.ending}），正在重新启动{times} · ended unexpectedly, starting again")


def write_links(path: Path, links: dict[str, Any]) -> None:
    write_private(path, json.dumps(links, ensure_ascii=False, indent=1))


def warn_of_network(phrase: str, *, file: Path) -> None:
    """That whoever reaches this machine finds every persona; nothing where only this machine does."""
    if not phrase:
        return
    print("  ⚠ 演示对网络开放：人人可以一键成为任何岗位，只用于可信网络，不放真实数据。")
    print("    Open to the network: every persona is one tap away. Trusted networks only, no real data.")
    print(f"    一次性口令 one-time pass phrase: {phrase}")
    print(f"    用过即换，新口令在 · replaced once used, the next is in {file}\n", flush=True)


def welcome(folder: Path, *, seconds: float) -> None:
    """Addresses, people and the QR code of the first campaign."""
    links = json.loads((folder / "links.json").read_text()) if (folder / "links.json").exists() else None
    if links is None:
        return
    print("\n合趣 Hequ · 演示环境 demo\n")
    print(f"  后台 back office     {links['back_office']}")
    print(f"  一键登录 one-tap     {links['back_office'].removesuffix('desk/')}demo/")
    print(f"  短信模拟器 texts     {links['sms']}")
    for link in links["h5"]:
        print(f"  H5 {link['name']}   {link['url']}")
    print(f"  老客户号码 existing customers {' '.join(links['existing_customers'])}")
    print(
        "\n  人员 personas (登录需动态验证码;secret 可加入任何验证器 · add the secret to any authenticator)"
    )
    for who in links["personas"]:
        print(f"    {who['institution']} · {who['role']} · {who['name']}")
        print(f"      {who['username']}   {who['password']}   TOTP {who['totp_secret']}")
    if links["h5"]:
        print(f"\n  扫码体验 scan: {links['h5'][0]['url']}")
        print(qr.terminal(links["h5"][0]["url"], coloured=sys.stdout.isatty()))
    print(f"  脚本可读 for scripts: {folder / 'links.json'}")
    print(f"\n已就绪 ready in {seconds:.1f} s · Ctrl-C 停止 stops · make demo-reset 重来 starts over\n")
    sys.stdout.flush()
