"""The public halves of SEAL_KEYS, as SEAL_PUBLIC_KEYS is written: for every process that only verifies."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ledger.signing import public_keys


class Command(BaseCommand):
    """``SEAL_KEYS=… manage.py seal_public_keys``: once for each new key, beside the worker that seals."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:  # Any: Django's signature
        self.stdout.write(",".join(f"{name}:{key}" for name, key in public_keys().items()))
