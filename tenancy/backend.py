"""Django's authentication, inside an institution."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from kernel.errors import NotFound
from kernel.scope import scope, scope_is_open
from tenancy.models import Staff
from tenancy.scope import institution_by_slug


class InstitutionBackend(BaseBackend):
    """Signs in ``username@slug``. Unknown institution, unknown user and wrong password take equal time."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_other: Any
    ) -> Staff | None:
        name, _, slug = username.strip().rpartition("@")
        try:
            institution = institution_by_slug(slug)
        except NotFound:
            make_password(password)
            return None
        with scope(institution.id):
            staff: Staff | None = Staff.objects.filter(username=name).first()
            if staff is None:
                make_password(password)
                return None
            if not staff.check_password(password) or not staff.is_active:
                return None
            return staff

    def get_user(self, user_id: UUID) -> Staff | None:
        if not scope_is_open():
            return None
        staff: Staff | None = Staff.objects.filter(pk=user_id, is_active=True).first()
        return staff
