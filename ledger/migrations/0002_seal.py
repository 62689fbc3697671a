"""Seals: append-only, of one institution, beside the ledger's table, which does not change."""

from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import AppendOnly, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_entry"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "institution_id",
                    models.UUIDField(default=kernel.scope.institution_or_none, editable=False),
                ),
                ("number", models.PositiveBigIntegerField()),
                ("first_transaction", models.BigIntegerField()),
                ("first_entry", models.BigIntegerField()),
                ("last_transaction", models.BigIntegerField()),
                ("last_entry", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("root", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
                ("key", models.CharField(max_length=32)),
                ("signature", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["institution_id", "last_transaction", "last_entry"], name="seal_by_last_entry"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution_id", "number"), name="seal_number_once"),
                    models.UniqueConstraint(
                        fields=("institution_id", "previous"), name="seal_chain_does_not_fork"
                    ),
                    models.CheckConstraint(condition=models.Q(("count__gte", 1)), name="seal_holds_entries"),
                ],
            },
        ),
        TenantTable("ledger_seal"),
        AppendOnly("ledger_seal"),
    ]
