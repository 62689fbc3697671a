"""Confirm what a single administrator asked for a colleague: the operator is the second pair of eyes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from kernel.actor import SYSTEM
from kernel.errors import DomainError, NotFound
from kernel.scope import scope
from tenancy.confirming import confirm_request
from tenancy.models import AccessRequest, Staff
from tenancy.scope import institution_by_slug
from tenancy.second_person import waiting_for

_AS_OWNER = (
    "the database takes the operator's word from the owner of its tables only: "
    "run this with DATABASE_URL set to the owner's address"
)


class Command(BaseCommand):
    """``manage.py confirm_request --institution bank --username lin.yue --what password``: once it wrote.

    From an institution's second day on it runs with ``DATABASE_URL`` set to the owner's address.
    Prints the invitation's code for a password; hand it to the colleague in person, not to who asked.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", required=True, help="its short name")
        parser.add_argument("--username", required=True, help="whom it is for")
        parser.add_argument("--what", required=True, choices=AccessRequest.What.values)

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        try:
            institution = institution_by_slug(options["institution"])
        except NotFound:
            raise CommandError("no such institution") from None
        with scope(institution.id):
            staff = Staff.objects.filter(username=options["username"]).first()
            waiting = waiting_for(staff.id).filter(what=options["what"]).first() if staff else None
            if waiting is None:
                raise CommandError("nothing waits for this colleague")
            try:
                confirmed, token = confirm_request(actor=SYSTEM, request_id=waiting.id, now=timezone.now())
            except DomainError as refusal:
                raise CommandError(refusal.en) from None
            except IntegrityError as refusal:
                if "second_person" not in str(refusal):
                    raise
                raise CommandError(_AS_OWNER) from None
        self.stdout.write(f"{confirmed.username}: {token or ', '.join(waiting.roles) or 'unbound'}")
