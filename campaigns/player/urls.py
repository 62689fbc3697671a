"""Addresses of the phone, under ``/h/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from campaigns.player import booking, plain, privacy_pages, proving, recovery, views

app_name = "player"

_AT = "<slug:slug>/<slug:code>/"

urlpatterns: list[URLPattern] = [
    path(_AT, views.home, name="home"),
    path(f"{_AT}me/", views.me, name="me"),
    path(f"{_AT}seen/", views.seen, name="seen"),
    path(f"{_AT}start/", views.start, name="start"),
    path(f"{_AT}move/", views.move, name="move"),
    path(f"{_AT}play/", plain.play, name="play"),
    path(f"{_AT}prove/", proving.prove, name="prove"),
    path(f"{_AT}mine/", booking.mine, name="mine"),
    path(f"{_AT}mine/recover/", recovery.recover, name="recover"),
    path(f"{_AT}book/<uuid:grant_id>/", booking.book, name="book"),
    path(f"{_AT}ticket/<uuid:grant_id>/", booking.ticket, name="ticket"),
    path(f"{_AT}ticket/<uuid:grant_id>/cancel/", booking.cancel, name="cancel"),
    path(f"{_AT}privacy/", privacy_pages.centre, name="privacy"),
    path(f"{_AT}privacy/withdraw/", privacy_pages.withdraw, name="withdraw"),
    path(f"{_AT}privacy/erase/", privacy_pages.erase, name="erase"),
    path(f"{_AT}<path:_rest>", views.nowhere, name="nowhere"),
]
