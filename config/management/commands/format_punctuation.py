"""``manage.py format_punctuation``: put the project's own Chinese words in full-width marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.punctuation.files import File, files, files_under


class Command(BaseCommand):
    help = "Rewrites the marks of the project's own Chinese words; with --check, only says where it would."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="*", type=Path, help="files or folders instead of the whole project"
        )
        parser.add_argument("--check", action="store_true", help="change nothing; fail where something would")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        chosen = list(files_under(options["paths"])) if options["paths"] else list(files())
        counted = {file: len(file.changes()) for file in chosen}
        for file, count in counted.items():
            if count:
                self._tell(file, count, only_check=options["check"])
        total = sum(counted.values())
        if total and options["check"]:
            raise CommandError(f"{total} marks to change: run manage.py format_punctuation")
        self.stdout.write(f"{total} marks changed")

    def _tell(self, file: File, count: int, *, only_check: bool) -> None:
        if not only_check:
            file.rewrite()
        self.stdout.write(f"{file.name}: {count}")
