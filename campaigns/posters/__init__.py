"""Posters for branches (F16), on screen and on paper."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typst
from django.utils.translation import override

from campaigns.content import Content
from campaigns.player.texts import FRAUD_WARNING, disclaimers_shown
from campaigns.player.wording import period
from kernel import qr
from kernel.paper import fonts
from kernel.typeface import printable
from tenancy.brand import palette
from tenancy.models import Institution

_SHEET = Path(__file__).parent / "poster.typ"


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. Always Chinese: it hangs in a branch, whoever prints it."""

    institution: str
    mark: str
    color: str
    title: str
    promise: str
    scan: str
    period: str
    sentences: tuple[str, ...]


def poster_of(content: Content, institution: Institution, *, certificate: str) -> Poster:
    """The poster of an approved content."""
    frame = content.frame
    with override("zh-hans"):
        dates = period(frame.starts_on, frame.ends_on)
    return Poster(
        institution=institution.name,
        mark=str(institution.brand.get("mark", "")) or institution.name[:1],
        color=palette(str(institution.brand.get("color", ""))).text,
        title=frame.title,
        promise=frame.promise,
        scan=f"{_reader(content)}扫码参与，约 {frame.minutes} 分钟",
        period=f"活动时间：{dates}",
        sentences=(
            *disclaimers_shown(content, institution),
            f"{FRAUD_WARNING}官方客服：{institution.hotline}。",
            f"主办方：{institution.name} · 投诉电话：{institution.complaint_phone} · 审核编号：{certificate}",
        ),
    )


def _reader(content: Content) -> str:
    """What to scan with: inside WeChat nobody can invite or be invited."""
    return "用手机相机或浏览器" if content.game.shared_by == "party" else "微信或手机浏览器"


def as_pdf(poster: Poster, *, link: str, at: datetime) -> bytes:
    """One A4 sheet. Raises typst.TypstError."""
    said = printable({name: getattr(poster, name) for name in Poster.__dataclass_fields__})
    return typst.compile(
        str(_SHEET),
        root=str(_SHEET.parent),
        format="pdf",
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"poster": json.dumps({**said, "qr": qr.svg_file(link).decode()}, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
