"""Write an institution's sealed ledger to a file that `ledger/verify_seals.py` verifies anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from analytics.usecases.seals import hand_out_run
from kernel.actor import SYSTEM
from kernel.fingerprint import canonical_json
from kernel.scope import scope
from tenancy.scope import institution_by_slug


class Command(BaseCommand):
    help = "Write sealed ledger entries with their seals to a JSON file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("institution", help="its short name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--first", type=int, default=1, help="number of the first seal")
        parser.add_argument("--last", type=int, default=2**62, help="number of the last seal")

    def handle(self, *_args: Any, **options: Any) -> None:
        with scope(institution_by_slug(options["institution"]).id):
            run = hand_out_run(actor=SYSTEM, first=options["first"], last=options["last"], now=timezone.now())
        options["file"].write_bytes(canonical_json(run))
        self.stdout.write(f"{len(run['seals'])} seals, {len(run['entries'])} entries: {options['file']}")
