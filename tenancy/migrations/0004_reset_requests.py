"""Resetting the sign-in of who decides waits for a second administrator."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import Immutable, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_role_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResetRequest",
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
                    "what",
                    models.CharField(
                        choices=[("password", "重置密码邀请"), ("second_factor", "解除验证器")], max_length=16
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "待确认"), ("confirmed", "已确认"), ("dropped", "已放弃")],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("by_operator", models.BooleanField(default=False)),
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
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reset_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "asked")),
                        fields=("institution_id", "staff", "what"),
                        name="reset_request_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "confirmed"), _negated=True),
                            ("by_operator", True),
                            models.Q(
                                ("settled_by__isnull", False),
                                models.Q(("settled_by", models.F("asked_by")), _negated=True),
                                models.Q(("settled_by", models.F("staff")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="reset_request_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("staff")), _negated=True),
                        name="reset_request_not_for_oneself",
                    ),
                ],
            },
        ),
        TenantTable("tenancy_resetrequest"),
        Immutable(
            "tenancy_resetrequest", except_columns=["status", "settled_by_id", "settled_at", "by_operator"]
        ),
    ]
