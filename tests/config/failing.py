"""A view and a task whose statement PostgreSQL refuses, quoting a phone number; for tests of the logs."""

from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

PHONE = "13800138000"
STATEMENTS = {
    "integrity": (
        "CREATE TEMP TABLE one (phone text UNIQUE) ON COMMIT DROP;"
        " INSERT INTO one VALUES (%(phone)s); INSERT INTO one VALUES (%(phone)s)"
    ),
    "gone": "SELECT pg_terminate_backend(pg_backend_pid())",
    "data": "SELECT (%(phone)s || '号')::integer",
}


def fail(kind: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STATEMENTS[kind], {"phone": PHONE})


@shared_task(name="tests.fail")
def fail_in_background(kind: str) -> None:
    fail(kind)


def fail_in_view(_request: HttpRequest, kind: str) -> HttpResponse:
    fail(kind)
    return HttpResponse()


handler500 = urls.handler500
urlpatterns = [path("fail/<str:kind>", fail_in_view), *urls.urlpatterns]
