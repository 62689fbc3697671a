"""The real addresses and the bare view."""

from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.bench import bare

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("bench/bare", bare.answer), *urlpatterns]
