"""Put a changed `data/regulations.tsv` into the library: `manage.py load_library` (as the owner)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance.models import Article, ArticleVersion
from compliance.shelving import shelve


class Command(BaseCommand):
    help = "New or changed articles become new versions; what leans on them is asked to be reviewed again."

    def handle(self, **options: Any) -> None:
        fresh = shelve(Article, ArticleVersion, now=timezone.now(), using="owner")
        self.stdout.write(f"{fresh} new versions")
