"""The page shell: the same bytes for everyone of a version, a language and a text size, rendered once."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.catalogue import asset_of
from campaigns.content import Content, rules_of
from campaigns.form_fields import collection_rule
from campaigns.live import LiveCampaign
from campaigns.player.doors import Visit, frame_of
from campaigns.player.texts import (
    articles_cited,
    benefits_promised,
    disclaimers_in_rules,
    disclaimers_shown,
    notice_read,
)
from campaigns.player.wording import period, spoken
from compliance.gate import approval_of
from kernel.actor import Ref
from kernel.fingerprint import fingerprint
from tenancy.models import Institution

MOST_SHELLS = 512
KEPT_SECONDS = 60
_ART = {"bank": "shield", "insurance": "umbrella", "securities": "chart", "wealth": "chart"}


@dataclass(frozen=True, slots=True)
class Shell:
    """Rendered bytes, also compressed, and the tag by which a phone asks whether they changed.

    The page holds no secret and echoes nothing a visitor sent, so compressing it gives nothing away.
    """

    body: bytes
    packed: bytes
    etag: str


_shells: OrderedDict[tuple[str, ...], Shell] = OrderedDict()


def shell_of(live: LiveCampaign, visit: Visit) -> Shell:
    """The shell of what is live, from this process's memory if it was rendered before."""
    key = (
        str(live.version_id),
        live.fingerprint,
        translation.get_language() or "",
        "elder" if visit.elder else "",
        _face_of(visit.institution),
        str(int(time.monotonic() // KEPT_SECONDS)),  # services and notices are worded outside the version
    )
    shell = _shells.get(key)
    if shell is None:
        shell = _shells[key] = _rendered(live, visit)
        if len(_shells) > MOST_SHELLS:
            _shells.popitem(last=False)
    return shell


def forget_shells() -> None:
    """Drop what was rendered (tests)."""
    _shells.clear()


def shell_context(content: Content, visit: Visit, *, approval: str, preview: bool = False) -> dict[str, Any]:
    """Plain data for the landing page and everything the scripts need to know of this version."""
    return {
        **frame_of(visit),
        "page": page_of(content, visit.institution),
        "approval": approval,
        "preview": preview,
        "config": {
            "links": visit.links,
            "script": asset_of(content.game, "play.js"),
            "question": static("player/question.js"),
            "style": asset_of(content.game, "play.css"),
            "articles": articles_cited(content),
            "preview": preview,
            "words": {**_words(), "start": start_label(content), "resume": _resume_label(content)},
        },
    }


def page_of(content: Content, institution: Institution) -> dict[str, Any]:
    """What the landing page says."""
    frame = content.frame
    return {
        "title": frame.title,
        "kicker": spoken(content.game.words),
        "promise": frame.promise,
        "minutes": frame.minutes,
        "period": period(frame.starts_on, frame.ends_on),
        "art": f"player/art/{_ART.get(institution.sector, 'shield')}.html",
        "benefits": [
            {"when": _earned_when(content, award), "name": benefit.title, "summary": benefit.summary}
            for award, benefit in benefits_promised(content).items()
        ],
        "disclaimers": disclaimers_shown(content, institution),
        "notice": notice_read(content).paragraphs,
        "rules": [
            *(spoken(rule) for rule in rules_of(content)),
            *frame.rules,
            *([collected] if (collected := collection_rule(frame)) else []),
            *disclaimers_in_rules(content, institution),
        ],
        "play_template": f"{content.game.key}/play.html",
        "plain_template": f"{content.game.key}/plain.html",
        "start_label": start_label(content),
        "phone_first": content.game.shared_by == "party",
    }


def start_label(content: Content) -> str:
    return _("开始答题") if content.game.key == "quiz" else _("开始参与")


def _resume_label(content: Content) -> str:
    return _("继续答题") if content.game.key == "quiz" else _("继续参与")


def approval_number(live: LiveCampaign, now: datetime) -> str:
    """The 审核编号 of this very version."""
    approval = approval_of(subject=Ref("campaign", live.id), fingerprint=live.fingerprint, now=now)
    return approval.certificate if approval else ""


def _rendered(live: LiveCampaign, visit: Visit) -> Shell:
    context = shell_context(live.content, visit, approval=approval_number(live, visit.now))
    body = render_to_string("player/landing.html", context).encode()
    return Shell(body, gzip.compress(body, 9, mtime=0), f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')


def _face_of(institution: Institution) -> str:
    """Everything of the institution that the page shows; a change makes another shell."""
    return fingerprint(
        {
            "name": institution.name,
            "name_en": institution.name_en,
            "brand": institution.brand,
            "sector": institution.sector,
            "phones": [institution.hotline, institution.complaint_phone],
        }
    )


def _earned_when(content: Content, award: str) -> str:
    declared = next((each for each in content.game.awards if each.key == award), None)
    reached = spoken(declared.words) if declared else ""
    return _("%(reached)s可获得") % {"reached": reached}


def _words() -> dict[str, str]:
    """What the scripts say; they hold no sentence of their own."""
    return {
        "see": _("查看结果"),
        "offline": _("网络不太稳定，您的进度已保存。"),
        "failed": _("没有成功，请再试一次。"),
        "queue": _("现在参与的人较多，正在为您排队，约 {n} 秒后自动继续。"),
        "left": _("您还可以参与 {n} 次。"),
    }
