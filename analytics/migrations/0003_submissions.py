"""The log of what was handed to a regulator: append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import AppendOnly, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0002_games"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Submission",
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
                ("campaign_id", models.UUIDField()),
                ("authority", models.CharField(max_length=80)),
                ("filed_on", models.DateField()),
                ("receipt", models.CharField(max_length=80)),
                ("remark", models.CharField(blank=True, default="", max_length=300)),
                ("files", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="analytics.report",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["institution_id", "at"], name="submission_log")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "authority", "receipt"), name="submission_receipt_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("authority", ""), _negated=True),
                            models.Q(("receipt", ""), _negated=True),
                        ),
                        name="submission_has_authority_and_receipt",
                    ),
                ],
            },
        ),
        TenantTable("analytics_submission"),
        AppendOnly("analytics_submission"),
    ]
