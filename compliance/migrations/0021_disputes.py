"""What an author holds for a false alarm: bound to the very words, never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import AppendOnly, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0020_warnings_are_answered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
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
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.UUIDField()),
                ("finding_key", models.CharField(max_length=64)),
                ("rule", models.CharField(max_length=40)),
                ("path", models.CharField(max_length=160)),
                ("matched", models.TextField()),
                ("text_hash", models.CharField(max_length=64)),
                ("reason", models.TextField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "subject_id", "finding_key", "text_hash"),
                        name="dispute_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="dispute_has_reason"
                    ),
                ],
            },
        ),
        TenantTable("compliance_dispute"),
        AppendOnly("compliance_dispute"),
    ]
