"""A rule pack or a text withdrawn by two people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import Immutable, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0004_standing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pack", "规则包"),
                            ("notice", "个人信息告知"),
                            ("disclaimer", "风险提示语"),
                        ],
                        max_length=12,
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("version", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("reason", models.TextField(max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "待确认"), ("confirmed", "已撤回"), ("dropped", "未执行")],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("revoked", models.PositiveIntegerField(default=0)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "dropped"), _negated=True),
                        fields=("institution_id", "kind", "key", "version"),
                        name="withdrawal_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "confirmed"), _negated=True),
                            models.Q(
                                ("settled_by__isnull", False),
                                models.Q(("settled_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="withdrawal_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="withdrawal_has_reason"
                    ),
                ],
            },
        ),
        TenantTable("compliance_withdrawal"),
        Immutable(
            "compliance_withdrawal", except_columns=["status", "settled_by_id", "settled_at", "revoked"]
        ),
    ]
