"""Load the law library, which the runtime may read but never write; drop a table nobody needs."""

from typing import Any

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from compliance.shelving import shelve

TABLES = ("compliance_article", "compliance_articleversion")


def load(apps: Any, schema_editor: Any) -> None:
    shelve(
        apps.get_model("compliance", "Article"),
        apps.get_model("compliance", "ArticleVersion"),
        now=timezone.now(),
        using=schema_editor.connection.alias,
    )


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_gate_looks_in_public")]

    operations = [
        migrations.DeleteModel(name="ScanRecord"),
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS compliance_scanrecord_append_only()", migrations.RunSQL.noop
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(
            [
                f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {settings.RUNTIME_ROLE}"
                for table in TABLES
            ],
            [f"GRANT INSERT, UPDATE ON {table} TO {settings.RUNTIME_ROLE}" for table in TABLES],
        ),
    ]
