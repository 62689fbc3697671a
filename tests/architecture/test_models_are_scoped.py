"""Promise 1: every table belongs to an institution and is walled in, or is on the list with a reason."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

from kernel.models import TenantModel
from kernel.scope import NoScope, scope
from tests.walk import APPS, only_excused

GLOBAL = {
    "tenancy.Institution": "a request must find it before a scope can open; changed only within its own",
    "compliance.Article": "the law is the same for everybody; loaded by the owner, read by all",
    "compliance.ArticleVersion": "as its article",
}

MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
EACH = [pytest.param(model, id=model._meta.label) for model in MODELS]
WALLED = [pytest.param(m, id=m._meta.label) for m in MODELS if m._meta.label not in GLOBAL]
TENANTS = [pytest.param(model, id=model._meta.label) for model in MODELS if issubclass(model, TenantModel)]


def test_every_model_belongs_to_an_institution():
    strays = {
        model._meta.label: model.__module__
        for model in MODELS
        if not issubclass(model, TenantModel) and not _names_its_institution(model)
    }

    only_excused(strays, GLOBAL)


def _names_its_institution(model: type[models.Model]) -> bool:
    """The ledger's rows carry the institution without the tenant manager: they are read in order."""
    try:
        field = model._meta.get_field("institution_id")
    except FieldDoesNotExist:
        return False
    return not field.null


@pytest.mark.parametrize("model", WALLED)
def test_the_database_walls_every_institutions_rows_in(db, model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class"
            " WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        enabled, forced, owner = cursor.fetchone()

    assert enabled, f"{model._meta.db_table} has no row-level security: add TenantTable to its migration"
    assert forced
    assert owner != connection.settings_dict["USER"]


@pytest.mark.parametrize("model", TENANTS)
def test_a_query_outside_a_scope_is_refused(model):
    with pytest.raises(NoScope):
        model._default_manager.all()


@pytest.mark.parametrize("model", TENANTS)
def test_raw_sql_without_a_scope_sees_no_row(db, bank, model):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
        seen = cursor.fetchone()[0]

    assert seen == 0


@pytest.mark.parametrize("model", TENANTS)
def test_rows_cannot_be_written_for_another_institution(db, bank, insurer, model):
    """The policy checks what is written too: what is not the open scope's is refused."""
    with scope(bank.id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_policies"
            " WHERE tablename = %s AND (with_check IS NOT NULL OR cmd = 'ALL')",
            [model._meta.db_table],
        )
        policies = cursor.fetchone()[0]

    assert policies > 0


@pytest.mark.parametrize("model", EACH)
def test_what_a_regulator_may_ask_for_is_protected(model):
    loose = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]

    assert not loose, f"{model._meta.label}: {loose} must be PROTECT"


def test_the_runtime_role_cannot_step_around_the_wall(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        powers = cursor.fetchone()

    assert powers == (False, False, False)


@pytest.mark.parametrize("label", sorted(GLOBAL.keys() - {"tenancy.Institution"}))
def test_what_everybody_reads_nobody_rewrites(db, label):
    table = apps.get_model(label)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE')", [table, table]
        )
        powers = cursor.fetchone()

    assert powers == (False, False)
