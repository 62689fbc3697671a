"""Confirm the posts that a single administrator asked for: the operator is the second pair of eyes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.actor import SYSTEM
from kernel.errors import DomainError, NotFound
from kernel.scope import scope
from tenancy.grants import confirm_roles, waiting_for
from tenancy.models import Staff
from tenancy.scope import institution_by_slug


class Command(BaseCommand):
    """``manage.py confirm_roles --institution bank --username lin.yue``: once the house wrote."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", required=True, help="its short name")
        parser.add_argument("--username", required=True, help="whom the roles are for")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        try:
            institution = institution_by_slug(options["institution"])
        except NotFound:
            raise CommandError("no such institution") from None
        with scope(institution.id):
            staff = Staff.objects.filter(username=options["username"]).first()
            waiting = waiting_for(staff.id) if staff else None
            if waiting is None:
                raise CommandError("nothing waits for this colleague")
            try:
                confirmed = confirm_roles(actor=SYSTEM, request_id=waiting.id, now=timezone.now())
            except DomainError as refusal:
                raise CommandError(refusal.en) from None
        self.stdout.write(f"{confirmed.username}: {', '.join(confirmed.roles)}")
