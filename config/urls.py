"""Every address. An app's ``urls.py`` spells its own full prefixes, such as ``desk/reviews/…``."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config import health
from tenancy.records import records

handler400 = "kernel.problem.handler400"
handler403 = "kernel.problem.handler403"
handler404 = "kernel.problem.handler404"
handler500 = "kernel.problem.handler500"

# The phone's addresses stand first: they are asked most, and every pattern before them costs each answer.
urlpatterns: list[URLPattern | URLResolver] = [
    path("h/", include("campaigns.player.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("healthz/ledger", health.ledgerz, name="ledgerz"),
    path("desk/records/", records.urls),
    path("language/", include("django.conf.urls.i18n")),
    *[path("", include(f"{app}.urls")) for app in settings.PLATFORM_APPS if find_spec(f"{app}.urls")],
    path("", include("campaigns.player.desk_urls")),
    path("", include("campaigns.question_urls")),
]
if settings.DEMO and settings.DEMO_DOORS:
    urlpatterns.append(path("demo/", include("config.demo.urls")))
