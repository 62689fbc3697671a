"""Evidence packages and the pieces of their ZIPs: who asked stays, a piece is written once and then removed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import Immutable, TenantTable

MOVING = [
    "state",
    "plan",
    "as_of",
    "pieces",
    "planned",
    "size",
    "tries",
    "problem",
    "touched_at",
    "root",
    "sha256",
    "made_at",
    "keep_until",
]
ROLE = settings.RUNTIME_ROLE


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0014_golden_set"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidencePackage",
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
                ("review_id", models.UUIDField()),
                ("title", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "正在制作"),
                            ("ready", "可以下载"),
                            ("failed", "未能制作"),
                            ("removed", "已过期删除"),
                        ],
                        default="preparing",
                        max_length=12,
                    ),
                ),
                ("plan", models.JSONField(default=dict)),
                ("as_of", models.DateTimeField(null=True)),
                ("pieces", models.PositiveIntegerField(default=0)),
                ("planned", models.PositiveIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(default="", max_length=64)),
                ("touched_at", models.DateTimeField()),
                ("root", models.CharField(default="", max_length=64)),
                ("sha256", models.CharField(default="", max_length=64)),
                ("made_at", models.DateTimeField(null=True)),
                ("keep_until", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EvidencePiece",
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
                ("number", models.PositiveIntegerField()),
                ("files", models.JSONField()),
                ("body", models.BinaryField()),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_pieces",
                        to="compliance.evidencepackage",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="evidencepackage",
            index=models.Index(fields=["institution_id", "asked_by", "-asked_at"], name="evidence_of_mine"),
        ),
        migrations.AddIndex(
            model_name="evidencepackage",
            index=models.Index(
                condition=models.Q(("state__in", ["preparing", "ready"])),
                fields=["institution_id", "touched_at"],
                name="evidence_to_look_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencepackage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "preparing")),
                fields=("institution_id", "subject_kind", "subject_id", "asked_by"),
                name="evidence_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencepackage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(
                        ("keep_until__isnull", False),
                        ("made_at__isnull", False),
                        models.Q(("root", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="evidence_ready_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencepiece",
            constraint=models.UniqueConstraint(fields=("package", "number"), name="evidence_piece_once"),
        ),
        TenantTable("compliance_evidencepackage"),
        TenantTable("compliance_evidencepiece"),
        Immutable("compliance_evidencepackage", except_columns=MOVING),
        migrations.RunSQL(
            f"REVOKE UPDATE, TRUNCATE ON compliance_evidencepiece FROM {ROLE}",
            f"GRANT UPDATE ON compliance_evidencepiece TO {ROLE}",
        ),
    ]
