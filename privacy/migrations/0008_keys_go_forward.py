"""A key is retired when nothing needs it any more, whoever says so."""

from django.db import migrations

from privacy.keys_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0007_withdrawal_receipts"),
        ("kernel", "0003_framework_tables_are_read"),
        ("tenancy", "0009_posts_by_two"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
