"""Addresses of the preview, inside the back office: of drafts, versions and questions of the library."""

from __future__ import annotations

from django.urls import URLPattern, path

from campaigns.player import preview, question_preview

app_name = "preview"

_DRAFT = "desk/campaigns/<uuid:campaign_id>/preview/"
_VERSION = "desk/campaigns/<uuid:campaign_id>/versions/<int:number>/preview/"
_QUESTION = "desk/questions/<uuid:question_id>/versions/<int:number>/preview/"

urlpatterns: list[URLPattern] = [
    path(_DRAFT, preview.page, name="draft"),
    path(f"{_DRAFT}me/", preview.me, name="draft-me"),
    path(f"{_DRAFT}start/", preview.start, name="draft-start"),
    path(f"{_DRAFT}move/", preview.move, name="draft-move"),
    path(_VERSION, preview.page, name="version"),
    path(f"{_VERSION}me/", preview.me, name="version-me"),
    path(f"{_VERSION}start/", preview.start, name="version-start"),
    path(f"{_VERSION}move/", preview.move, name="version-move"),
    path(_QUESTION, question_preview.page, name="question"),
    path(f"{_QUESTION}me/", question_preview.me, name="question-me"),
    path(f"{_QUESTION}start/", question_preview.start, name="question-start"),
    path(f"{_QUESTION}move/", question_preview.move, name="question-move"),
]
