"""Posts and resets that wait for a second administrator are one kind of thing; what was asked is carried over."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import Immutable, OnceSettled, TenantTable

# Row-level security is lifted for these statements only; foreign keys are checked before it is laid again.
LIFT = """
ALTER TABLE tenancy_rolerequest NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenancy_resetrequest NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenancy_accessrequest NO FORCE ROW LEVEL SECURITY;
"""
LAY = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE tenancy_rolerequest FORCE ROW LEVEL SECURITY;
ALTER TABLE tenancy_resetrequest FORCE ROW LEVEL SECURITY;
ALTER TABLE tenancy_accessrequest FORCE ROW LEVEL SECURITY;
"""
SHARED = "id, institution_id, staff_id, asked_by_id, asked_at, status, settled_by_id, settled_at, by_operator"
# What was confirmed before requests lapsed was confirmed in time.
UNTIL = "GREATEST(asked_at + interval '14 days', settled_at + interval '1 second')"
CARRY = f"""{LIFT}
INSERT INTO tenancy_accessrequest ({SHARED}, what, roles, expires_at)
    SELECT {SHARED}, 'roles', roles, {UNTIL} FROM tenancy_rolerequest;
INSERT INTO tenancy_accessrequest ({SHARED}, what, roles, expires_at)
    SELECT {SHARED}, what, '{{}}', {UNTIL} FROM tenancy_resetrequest;
{LAY}"""
CARRY_BACK = f"""{LIFT}
INSERT INTO tenancy_rolerequest ({SHARED}, roles)
    SELECT {SHARED}, roles FROM tenancy_accessrequest WHERE what = 'roles' ON CONFLICT DO NOTHING;
INSERT INTO tenancy_resetrequest ({SHARED}, what)
    SELECT {SHARED}, what FROM tenancy_accessrequest WHERE what <> 'roles' ON CONFLICT DO NOTHING;
{LAY}"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_settled_stays_settled")]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
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
                        choices=[
                            ("roles", "授予岗位"),
                            ("password", "重置密码邀请"),
                            ("second_factor", "解除验证器"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
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
                        related_name="access_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "asked")),
                        fields=("institution_id", "staff", "what"),
                        name="access_request_one_waits",
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
                        name="access_request_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("staff")), _negated=True),
                        name="access_request_not_for_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "confirmed"), _negated=True),
                            models.Q(
                                ("settled_at__isnull", False), ("settled_at__lt", models.F("expires_at"))
                            ),
                            _connector="OR",
                        ),
                        name="access_request_in_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("roles__len__gt", 0), ("what", "roles")),
                            models.Q(models.Q(("what", "roles"), _negated=True), ("roles__len", 0)),
                            _connector="OR",
                        ),
                        name="access_request_names_roles",
                    ),
                ],
            },
        ),
        TenantTable("tenancy_accessrequest"),
        Immutable(
            "tenancy_accessrequest", except_columns=["status", "settled_by_id", "settled_at", "by_operator"]
        ),
        OnceSettled("tenancy_accessrequest"),
        migrations.RunSQL(CARRY, CARRY_BACK),
    ]
