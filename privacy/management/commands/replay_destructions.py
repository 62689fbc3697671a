"""After a backup was restored: destroy again what the list outside the database names."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import DomainError
from privacy.certificates import replay_list
from privacy.list_check import list_path, refuse_restored_backup


class Command(BaseCommand):
    """``manage.py replay_destructions``: checks the whole list, strikes the keys, says how many.

    As the runtime role, before any process starts. Safe to run again at any time, also after single tables
    were restored.
    """

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        path = list_path()
        if path is None:
            raise CommandError("DESTRUCTION_LIST names no file")
        try:
            struck = replay_list(path, now=timezone.now())
            refuse_restored_backup()
        except DomainError as refusal:
            raise CommandError(f"{refusal.message('zh-hans')}\n{refusal.message('en')}") from None
        self.stdout.write(f"已重新销毁 {struck} 个密钥 · {struck} keys destroyed again")
