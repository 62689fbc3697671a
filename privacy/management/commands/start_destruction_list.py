"""Begin the list of destructions outside the database, once, on a first installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.signing import NoSealKey
from privacy.certificates import start_list, write_list_again
from privacy.destruction_list import BackupRestored, ListBusy
from privacy.list_check import list_path


class Command(BaseCommand):
    """``manage.py start_destruction_list``: makes the file that DESTRUCTION_LIST names.

    Refuses where there is a file, or where the database has seen a list: bring that one back. Only where it
    is lost for good, and the database was never restored since, ``--lost`` writes it again from the
    certificates inside.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lost", action="store_true", help="write a lost list again from the database")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        path = list_path()
        if path is None:
            raise CommandError("DESTRUCTION_LIST names no file")
        begin = write_list_again if options["lost"] else start_list
        try:
            head = begin(path, now=timezone.now())
        except FileExistsError:
            raise CommandError(f"{path} is there already") from None
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from None
        except NoSealKey:
            raise CommandError("run this where the seals are signed, with SEAL_KEYS: worker-seals") from None
        except ListBusy as refusal:
            raise CommandError(f"{refusal.message('zh-hans')}\n{refusal.message('en')}") from None
        except BackupRestored:
            raise CommandError(
                "the database has seen a list of destructions: bring its file back, see docs/restore.md"
            ) from None
        self.stdout.write(f"{path}: {head.number}")
