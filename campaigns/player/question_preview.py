"""One question of the library on the phone, as customers of a quiz meet it: asked, answered right or wrong.

The quiz's own page and rules, with this one question; nothing is kept or collected.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.content import Content
from campaigns.games.base import Json
from campaigns.models import QuestionVersion
from campaigns.player.mending import mended
from campaigns.player.preview import begun, moved, newcomer, preview_page
from campaigns.question_content import as_setting
from kernel.errors import NotFound
from kernel.scope import current_institution
from kernel.timekeeping import local_day
from kernel.wire import json_reply
from tenancy.doors import StaffRequest, staff_door
from tenancy.roles import Permission
from tenancy.scope import institution_of


@require_GET
@staff_door(Permission.VIEW_CAMPAIGNS)
def page(request: StaffRequest, question_id: UUID, number: int) -> HttpResponse:
    """The question asked, or already answered: `screen` is question, right or wrong. Raises NotFound."""
    written = _as_quiz(request, question_id, number)
    asked = written["settings"]["questions"][0]
    choices = {"right": asked["answer"], "wrong": _wrong(asked)}
    return preview_page(
        request,
        institution=institution_of(current_institution()),
        written=written,
        screen="question",
        choose=choices.get(request.GET.get("screen", ""), ""),
    )


@require_GET
@staff_door(Permission.VIEW_CAMPAIGNS)
def me(request: StaffRequest, question_id: UUID, number: int) -> HttpResponse:
    """Every preview is a newcomer's. Raises NotFound."""
    _as_quiz(request, question_id, number)
    return json_reply(newcomer(request))


@require_POST
@staff_door(Permission.VIEW_CAMPAIGNS)
def start(request: StaffRequest, question_id: UUID, number: int) -> HttpResponse:
    """A fresh state. Raises NotFound, StateSpoilt."""
    return begun(request, _content(request, question_id, number), question_id)


@require_POST
@staff_door(Permission.VIEW_CAMPAIGNS)
def move(request: StaffRequest, question_id: UUID, number: int) -> HttpResponse:
    """One move, by the quiz's own rules. Raises NotFound, StateSpoilt, MoveRefused."""
    return moved(request, _content(request, question_id, number), question_id)


def _content(request: StaffRequest, question_id: UUID, number: int) -> Content:
    return mended(_as_quiz(request, question_id, number), request.now)


def _as_quiz(request: StaffRequest, question_id: UUID, number: int) -> Json:
    """A quiz of this one question. Raises NotFound."""
    versions = QuestionVersion.objects.filter(question_id=question_id, number=number)
    found = versions.values_list("content", "question__code").first()
    if found is None:
        raise NotFound
    content, code = found
    today = local_day(request.now).isoformat()
    return {
        "title": _("题目预览"),
        "promise": "",
        "minutes": 1,
        "game": "quiz",
        "starts_on": today,
        "ends_on": today,
        "settings": {
            "questions": [as_setting(content, code)],
            "pass_mark": 100,
            "attempts": 1,
            "per_play": 0,
            "time_limit_minutes": 0,
            "shuffle": False,
        },
    }


def _wrong(asked: Json) -> str:
    """The first option that is not right; where all are, one alone."""
    keys = [str(option["id"]) for option in asked["options"]]
    return next((key for key in keys if key not in asked["answer"]), keys[0] if keys else "")
