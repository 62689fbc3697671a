"""Fold a projection again from the ledger's first entry, for one institution or for all."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from analytics.usecases.projections import BATCH, advance_projection, restart_projection
from kernel.actor import SYSTEM
from tenancy.scope import every_institution


class Command(BaseCommand):
    help = "Forget a projection's rows and fold the ledger again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("projection", help="such as: figures")
        parser.add_argument("--institution", default="", help="short name; all of them without it")

    def handle(self, *_args: Any, **options: Any) -> None:
        name, only = options["projection"], options["institution"]
        for institution in every_institution(reason="the operator folds figures again"):
            if only and institution.slug != only:
                continue
            restart_projection(actor=SYSTEM, projection=name, now=timezone.now())
            folded, batch = 0, BATCH
            while batch == BATCH:
                batch = advance_projection(actor=SYSTEM, projection=name, now=timezone.now())
                folded += batch
            self.stdout.write(f"{institution.slug}: {folded} entries")
