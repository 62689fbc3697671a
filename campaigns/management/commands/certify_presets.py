"""``manage.py certify_presets``: scan every preset and the question bank, and seal what passes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import campaigns.presets
from campaigns.certification import (
    blocking_in,
    blocking_in_bank,
    unkept_in,
    unkept_in_bank,
    write_bank_certificate,
    write_certificate,
)
from campaigns.gallery import presets
from kernel.timekeeping import local_day

_THREE_YEARS = 1096


class Command(BaseCommand):
    help = "Scans every preset for each of its sectors, and the question bank, and writes the certificates."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=_THREE_YEARS, help="how long the certificates hold")
        parser.add_argument(
            "--reread",
            nargs="*",
            default=[],
            metavar="ARTICLE",
            help="articles whose new wording the bank's questions were read against; others stay held",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        today = local_day(timezone.now())
        refused = 0
        for preset in presets().values():
            blocking = blocking_in(preset, today)
            for finding in blocking:
                self.stderr.write(f"{preset.key}: {finding.path} {finding.rule} {finding.matched}")
            unkept = unkept_in(preset, today)
            for problem in unkept:
                self.stderr.write(f"{preset.key}: {problem.path} {problem.code} {problem.words.en}")
            if blocking or unkept:
                refused += 1
                continue
            file = Path(campaigns.presets.__path__[0]) / f"{preset.key}.json"
            write_certificate(preset, file, on=today, until=today + timedelta(days=options["days"]))
        refused += self._certify_bank(today, options)
        if refused:
            raise CommandError(f"{refused} files were not certified")

    def _certify_bank(self, today: date, options: dict[str, Any]) -> int:
        blocking = blocking_in_bank()
        for finding in blocking:
            self.stderr.write(f"question bank: {finding.path} {finding.rule} {finding.matched}")
        unkept = unkept_in_bank()
        for problem in unkept:
            self.stderr.write(f"question bank: {problem.path} {problem.words.en}")
        if blocking or unkept:
            return 1
        until = today + timedelta(days=options["days"])
        for key in write_bank_certificate(on=today, until=until, reread=options["reread"]):
            self.stderr.write(f"question bank: {key} has a new wording; its questions are held until reread")
        return 0
