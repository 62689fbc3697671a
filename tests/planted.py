"""The planted world seen from outside: a colleague who may do everything, and paths that exist."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

from django.apps import apps

from kernel.actor import Actor
from kernel.models import TenantModel
from kernel.scope import scope
from tenancy.models import Institution
from tenancy.roles import Role
from tests.cast import make_staff
from tests.desk import Browser
from tests.walk import APPS, Address

PER_MODEL = 3


def everything(institution: Institution) -> Actor:
    """A colleague who holds every role there."""
    with scope(institution.id):
        return make_staff("quan.neng", *[role.value for role in Role], display_name="全能").actor


def first_open(insider: Browser, address: Address, institution: Institution) -> str:
    """A path of this address that exists for its owner, found by trying; empty where none does."""
    for path in candidates(address, institution):
        answer = insider.get(path)
        if answer.status_code in {200, 302}:
            return path
        if answer.status_code == 405:  # a deed only: whatever the row, the outsider must not find it
            return path
    return ""


def candidates(address: Address, institution: Institution) -> Iterator[str]:
    ids = rows_of(institution, address)
    choices = [
        ids if kind == "UUIDConverter" else words_of(institution, name) for name, kind in address.parts
    ]
    names = [name for name, _kind in address.parts]
    for chosen in product(*choices):
        try:
            yield address.path(**dict(zip(names, chosen, strict=True)))
        except Exception:
            continue


def rows_of(institution: Institution, address: Address) -> list[UUID]:
    """Ids of ours, those of the model the address seems to be about first."""
    app = address.view.__module__.split(".")[0]
    ordered = sorted(tenant_models(), key=lambda model: model._meta.app_label != app)
    with scope(institution.id):
        return [
            pk for model in ordered for pk in model._default_manager.values_list("pk", flat=True)[:PER_MODEL]
        ]


def words_of(institution: Institution, name: str) -> list[str]:
    """What a part that is no id may be: values of columns of that name, or the first of anything."""
    with scope(institution.id):
        found = [
            str(value)
            for model in tenant_models()
            if any(field.name == name for field in model._meta.get_fields())
            for value in model._default_manager.values_list(name, flat=True)[:PER_MODEL]
        ]
    return [*found, "1", "x"]


def tenant_models() -> list[Any]:
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if issubclass(model, TenantModel)
    ]
