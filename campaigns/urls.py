"""Addresses of the marketer's pages, and of the phone's preview inside the back office."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from campaigns import views, views_building, views_deeds, views_disputes, views_texts, views_withdrawals

app_name = "campaigns"

_AT = "desk/campaigns/<uuid:campaign_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/campaigns/", views.campaigns, name="campaigns"),
    path("desk/campaigns/new/", views.gallery, name="gallery"),
    path("desk/campaigns/create/", views.create, name="create"),
    path("desk/texts/", views_texts.texts, name="texts"),
    path("desk/texts/ceiling/", views_texts.set_ceiling, name="texts_ceiling"),
    path("desk/texts/price/", views_texts.set_price, name="texts_price"),
    path("desk/withdrawals/", views_withdrawals.all_withdrawals, name="withdrawals"),
    path("desk/withdrawals/ask/", views_withdrawals.ask, name="withdrawal_ask"),
    path(
        "desk/withdrawals/<uuid:withdrawal_id>/<slug:deed>/",
        views_withdrawals.settle,
        name="withdrawal_settle",
    ),
    path(_AT, views.campaign, name="campaign"),
    path(f"{_AT}build/", views_building.build, name="build"),
    path(f"{_AT}draft/", views_building.save, name="save"),
    path(f"{_AT}disputes/", views_disputes.disputes, name="disputes"),
    path(f"{_AT}disputes/<slug:key>/", views_disputes.dispute, name="dispute"),
    path(f"{_AT}submit/", views_building.submit, name="submit"),
    path(f"{_AT}deeds/<slug:deed>/", views_deeds.carry_out, name="deed"),
    path(f"{_AT}channels/<slug:key>/qr.svg", views_deeds.channel_qr, name="qr"),
    path(f"{_AT}channels/<slug:key>/poster.pdf", views_deeds.poster_pdf, name="poster_pdf"),
    path(f"{_AT}channels/<slug:key>/poster/", views_deeds.poster, name="poster"),
]
