"""``manage.py certify_presets``: scan every preset and seal those that pass."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import campaigns.presets
from campaigns.certification import blocking_in, write_certificate
from campaigns.gallery import presets
from kernel.timekeeping import local_day

_THREE_YEARS = 1096


class Command(BaseCommand):
    help = "Scans every preset for each of its sectors and writes the certificate into its file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=_THREE_YEARS, help="how long the certificates hold")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        today = local_day(timezone.now())
        refused = 0
        for preset in presets().values():
            blocking = blocking_in(preset, today)
            for finding in blocking:
                self.stderr.write(f"{preset.key}: {finding.path} {finding.rule} {finding.matched}")
            if blocking:
                refused += 1
                continue
            file = Path(campaigns.presets.__path__[0]) / f"{preset.key}.json"
            write_certificate(preset, file, on=today, until=today + timedelta(days=options["days"]))
        if refused:
            raise CommandError(f"{refused} presets were not certified")
