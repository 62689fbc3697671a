"""Compute every seal of every institution again; exit code 1 where the ledger is not what was sealed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.sealing import check
from tenancy.scope import every_institution


class Command(BaseCommand):
    help = "Verify all seals of the ledger against its rows."

    def handle(self, *_args: Any, **_options: Any) -> None:
        broken = []
        for institution in every_institution(reason="the operator verifies the whole ledger"):
            checked = check()
            faults = "; ".join(f"seal {one.number}: {one.fault}" for one in checked.faults)
            counts = f"{checked.seals} seals, {checked.entries} entries, {checked.unsealed} waiting"
            self.stdout.write(f"{institution.slug}: {counts}: {faults or 'sound'}")
            if faults:
                broken.append(institution.slug)
        if broken:
            raise CommandError(f"not sound: {', '.join(broken)}")
