"""The door of every page on the phone: whose campaign, for whom, in which language and size."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.live import NotOpen, live_campaign
from campaigns.player.booking_form import LONGEST_ENTRY
from campaigns.player.session import participant_in
from campaigns.player.texts import FRAUD_WARNING, pledge_of
from campaigns.player.theme import Theme, theme_for
from campaigns.player.wording import period
from campaigns.wording import AT_REST
from kernel.actor import Actor
from kernel.errors import DomainError, NotFound, TooMany
from kernel.problem import page_of, problem, wants_json
from kernel.proof_of_work import ProofNeeded
from kernel.scope import scope
from tenancy.doors import Door
from tenancy.models import Institution
from tenancy.scope import institution_by_slug

VIEW_COOKIE = "hequ_view"
ELDER = "elder"
_MOST_ENTRIES = 40
_SETTING_AGE = 180 * 24 * 60 * 60

PlayerView = Callable[..., HttpResponse]


@dataclass(slots=True)
class Visit:
    """One request of one phone."""

    institution: Institution
    code: str
    participant_id: UUID | None
    now: datetime
    elder: bool = False
    links: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The participant. Raises Unknown when the phone has not begun."""
        if self.participant_id is None:
            raise Unknown
        return Actor(kind="participant", id=self.participant_id)

    @property
    def theme(self) -> Theme:
        return theme_for(str(self.institution.brand.get("color", "")))


class Unknown(DomainError):
    """The phone carries no pseudonym of this institution: it has not begun, or was forgotten."""

    code = "not_begun"
    status = 401
    zh = "请先打开活动并开始参与。"
    en = "Please open the campaign and begin first."


def player_door(view: PlayerView) -> PlayerView:
    """Opens the institution's scope, reads the pseudonym, and turns refusals into a friendly page.

    A JSON caller gets problem+json instead. ``?lang=`` and ``?view=`` set a preference and come back clean.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, slug: str, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = _setting_chosen(request)
        if chosen is not None:
            return chosen
        institution = institution_by_slug(slug)
        now = timezone.now()
        visit = Visit(
            institution=institution,
            code=code,
            participant_id=participant_in(request, institution_id=institution.id, slug=slug, now=now),
            now=now,
            elder=request.COOKIES.get(VIEW_COOKIE) == ELDER,
            links=links_of(slug, code),
        )
        with scope(institution.id):
            try:
                response = view(request, visit, *args, **kwargs)
            except DomainError as refusal:
                if refusal.status >= 500 or wants_json(request):
                    raise
                response = (proof_page if isinstance(refusal, ProofNeeded) else rest_page)(
                    request, visit, refusal
                )
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", policy_of(visit))
        return response

    guarded.door = Door("participant")  # type: ignore[attr-defined]  # read by the guard tests
    return guarded


def links_of(slug: str, code: str) -> dict[str, str]:
    """Every address of this campaign's phone pages."""
    home = f"/h/{slug}/{code}/"
    names = ("me", "seen", "start", "move", "play", "mine", "privacy", "prove")
    addresses = {name: f"{home}{name}/" for name in names}
    return {
        "home": home,
        **addresses,
        "withdraw": f"{home}privacy/withdraw/",
        "erase": f"{home}privacy/erase/",
        "recover": f"{home}mine/recover/",
        "certificates": f"/certificates/{slug}/",
    }


def policy_of(visit: Visit) -> str:
    """Our own scripts and styles, and this page's colour rule; frames only where the institution says."""
    hosts = " ".join(f"https://{host}" for host in visit.institution.embed_hosts)
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' {visit.theme.policy_hash}; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors 'self' {hosts}".rstrip()
    )


def frame_of(visit: Visit) -> dict[str, Any]:
    """What the frame around every page needs."""
    institution = visit.institution
    english = (translation.get_language() or "").startswith("en")
    name = institution.name_en if english and institution.name_en else institution.name
    return {
        "house": {
            "name": name,
            "mark": str(institution.brand.get("mark", "")) or institution.name[:1],
            "hotline": institution.hotline,
            "complaint_phone": institution.complaint_phone,
            "pledge": pledge_of(institution),
        },
        "theme": visit.theme,
        "code": visit.code,
        "links": visit.links,
        "elder": visit.elder,
        "fraud_warning": _(FRAUD_WARNING),
    }


def page(
    request: HttpRequest, visit: Visit, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the phone, never kept by a cache."""
    kept = _without_settings(request)
    around = frame_of(visit) | {"kept_query": f"{kept}&" if kept else ""}
    return render(request, template, {**around, **context}, status=status)


def rest_page(request: HttpRequest, visit: Visit, refusal: DomainError) -> HttpResponse:
    """A refusal, said kindly, with where to go from here."""
    headline, detail = _headline(refusal), ""
    if isinstance(refusal, NotOpen):
        live = live_campaign(visit.code)
        detail = _("活动时间：%(period)s") % {"period": period(live.starts_on, live.ends_on)}
    waits = isinstance(refusal, TooMany)
    response = page(
        request,
        visit,
        "player/rest.html",
        refusal.status,
        headline=headline,
        text=refusal.message(),
        detail=detail,
        again=(page_of(request) or visit.links["home"]) if waits else "",
    )
    if waits:
        response.headers["Retry-After"] = str(refusal.details["seconds"])
    return response


def proof_page(request: HttpRequest, visit: Visit, needed: DomainError) -> HttpResponse:
    """The form once more, out of sight, while the phone works: nothing that was typed is lost."""
    if wants_json(request):
        return problem(request, needed)
    kept = [
        (name, value[:LONGEST_ENTRY])
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "proof", "proof_token")
        for value in values
    ]
    return page(
        request,
        visit,
        "player/proof.html",
        needed.status,
        action=request.path,
        kept=kept[:_MOST_ENTRIES],
        proof=needed.details,
    )


def _headline(refusal: DomainError) -> str:
    if isinstance(refusal, NotOpen):
        return str(AT_REST.get(refusal.details["phase"], _("活动已经结束")))
    if isinstance(refusal, NotFound):
        return _("没有找到这个页面")
    if isinstance(refusal, TooMany):
        return _("请稍等片刻")
    return _("请从活动首页开始") if isinstance(refusal, Unknown) else _("暂时没有成功")


def _setting_chosen(request: HttpRequest) -> HttpResponse | None:
    """The redirect that keeps a chosen language or text size, or None when nothing was chosen."""
    if request.method != "GET" or not ("lang" in request.GET or "view" in request.GET):
        return None
    rest = _without_settings(request)
    response = HttpResponseRedirect(request.path + (f"?{rest}" if rest else ""))
    language = request.GET.get("lang")
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if "view" in request.GET:
        _keep(response, VIEW_COOKIE, ELDER if request.GET["view"] == ELDER else "plain")
    return response


def _without_settings(request: HttpRequest) -> str:
    """What the address asks besides a language and a text size: it still asks it after they are chosen."""
    return urlencode([(name, value) for name, value in request.GET.items() if name not in ("lang", "view")])


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_SETTING_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
