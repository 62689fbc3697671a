"""The public halves of DESK_KEYS, as DESK_PUBLIC_KEYS is written: for every process that is not the desk."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kernel.desk_keys import written_public_keys


class Command(BaseCommand):
    """``DESK_KEYS=… manage.py desk_public_keys``: once for each new key, and migrate."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:  # Any: Django's signature
        self.stdout.write(",".join(f"{name}:{key}" for name, key in written_public_keys().items()))
