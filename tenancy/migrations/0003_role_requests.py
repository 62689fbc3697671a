"""Posts that decide wait for a second administrator."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import Immutable, TenantTable


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_staff_notice")]

    operations = [
        migrations.CreateModel(
            name="RoleRequest",
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
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "待确认"), ("confirmed", "已确认"), ("dropped", "已放弃")],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
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
                        related_name="role_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "asked")),
                        fields=("institution_id", "staff"),
                        name="role_request_one_waits",
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
                        name="role_request_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("staff")), _negated=True),
                        name="role_request_not_for_oneself",
                    ),
                ],
            },
        ),
        TenantTable("tenancy_rolerequest"),
        Immutable(
            "tenancy_rolerequest", except_columns=["status", "settled_by_id", "settled_at", "by_operator"]
        ),
    ]
