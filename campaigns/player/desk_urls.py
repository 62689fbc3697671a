"""Addresses of the preview, inside the back office: of the draft, and of one version."""

from __future__ import annotations

from django.urls import URLPattern, path

from campaigns.player import preview

app_name = "preview"

_DRAFT = "desk/campaigns/<uuid:campaign_id>/preview/"
_VERSION = "desk/campaigns/<uuid:campaign_id>/versions/<int:number>/preview/"

urlpatterns: list[URLPattern] = [
    path(_DRAFT, preview.page, name="draft"),
    path(f"{_DRAFT}me/", preview.me, name="draft-me"),
    path(f"{_DRAFT}start/", preview.start, name="draft-start"),
    path(f"{_DRAFT}move/", preview.move, name="draft-move"),
    path(_VERSION, preview.page, name="version"),
    path(f"{_VERSION}me/", preview.me, name="version-me"),
    path(f"{_VERSION}start/", preview.start, name="version-start"),
    path(f"{_VERSION}move/", preview.move, name="version-move"),
]
