"""The public halves of DESK_KEYS, as DESK_PUBLIC_KEYS is written: for every process that is not the desk."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.desk_keys import retire_desk_key, written_public_keys


class Command(BaseCommand):
    """``DESK_KEYS=… manage.py desk_public_keys``: once for each new key, and migrate.

    ``--retire NAME --database owner``: the database takes no new signature of that key.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retire", default="", metavar="NAME")
        parser.add_argument("--database", default="owner")

    def handle(self, *_args: Any, **options: Any) -> None:  # Any: Django's signature
        if options["retire"]:
            if not retire_desk_key(using=options["database"], name=options["retire"]):
                raise CommandError(f"the database trusts no desk key {options['retire']}")
            return
        self.stdout.write(",".join(f"{name}:{key}" for name, key in written_public_keys().items()))
