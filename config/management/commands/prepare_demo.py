"""Readies the demo at each start: migrate as the owner, gather static files, seed an empty world."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from config.demo import seed
from ledger.recorded_sql import KEPT, LEFT_OPEN
from privacy.certificates import start_list
from privacy.list_check import list_path, newest_inside
from tenancy.models import Institution


class Command(BaseCommand):
    """Called by the demo's supervisor. Refuses to run outside the demo."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("only the demo is prepared like this")
        call_command("migrate", database="owner", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        listed = list_path()
        if listed and not listed.exists() and newest_inside() is None:
            start_list(listed, now=timezone.now())
        folder = Path(os.environ["HEQU_DATA"])
        if not (folder / seed.PERSONAS_FILE).exists() or not Institution.objects.exists():
            with _a_world_of_the_past():
                seed.plant(folder, now=timezone.now())


@contextmanager
def _a_world_of_the_past() -> Iterator[None]:
    """The demo's people were at it for two days: only the owner can have entries say so. Each keeps the
    moment at which it was really written.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(LEFT_OPEN)
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute(KEPT)
