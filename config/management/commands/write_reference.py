"""``manage.py write_reference``: write ``docs/reference/`` from the house as it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.reference import pages


class Command(BaseCommand):
    help = (
        "Write docs/reference/ from the code: permissions, ledger verbs, personal data, tasks, games, states."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        folder = settings.BASE_DIR / "docs" / "reference"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (folder / name).write_text(text)
            self.stdout.write(name)
