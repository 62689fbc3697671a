"""The two tables that requests were carried over from go; going back makes them again, held as they were."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from kernel.rls import Immutable, OnceSettled, TenantTable

_SETTLING = ["status", "settled_by_id", "settled_at", "by_operator"]


def taken_off(operation: RunSQL) -> RunSQL:
    return RunSQL(operation.reverse_sql, operation.sql)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_access_requests")]

    operations = [
        *(
            taken_off(promise)
            for table in ("tenancy_rolerequest", "tenancy_resetrequest")
            for promise in (
                OnceSettled(table),
                Immutable(table, except_columns=_SETTLING),
                TenantTable(table),
            )
        ),
        migrations.DeleteModel("RoleRequest"),
        migrations.DeleteModel("ResetRequest"),
    ]
