"""Write the figures of `docs/scanner.md` anew from the labelled sentences."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance.measured import BY_SECTOR, BY_SET, sectors_measured, sets_measured, with_measured


class Command(BaseCommand):
    help = "Rewrites the tables by set and by sector in docs/scanner.md; the rest of the page stays."

    def handle(self, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "scanner.md"
        written = page.read_text(encoding="utf-8")
        tables = [(BY_SET, sets_measured()), (BY_SECTOR, sectors_measured())]
        page.write_text(with_measured(written, tables), encoding="utf-8")
        self.stdout.write(str(page.relative_to(settings.BASE_DIR)))
