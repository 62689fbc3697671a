"""Figures folded from the ledger, and reports that never change."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import Immutable, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0001_runtime_role")]

    operations = [
        migrations.CreateModel(
            name="AnswerTally",
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
                ("version_id", models.UUIDField(null=True)),
                ("question", models.CharField(max_length=64)),
                ("option", models.CharField(max_length=64)),
                ("answered", models.BigIntegerField()),
                ("correct", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "campaign_id", "version_id", "question", "option"),
                        name="answer_tally_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cursor",
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
                ("projection", models.CharField(max_length=40)),
                ("transaction", models.BigIntegerField(default=0)),
                ("entry", models.BigIntegerField(default=0)),
                ("entries", models.BigIntegerField(default=0)),
                ("advanced_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution_id", "projection"), name="cursor_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Holding",
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
                ("subject_id", models.UUIDField()),
                ("campaign_id", models.UUIDField(null=True)),
                ("participant_id", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution_id", "subject_id"), name="holding_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
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
                ("participant_id", models.UUIDField()),
                ("channel", models.CharField(max_length=32)),
                ("first_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "campaign_id", "participant_id"), name="person_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reached",
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
                ("participant_id", models.UUIDField()),
                ("stage", models.CharField(max_length=12)),
                ("day", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "campaign_id", "participant_id", "stage"),
                        name="reached_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportOrder",
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
                ("kind", models.CharField(max_length=40)),
                ("campaign_id", models.UUIDField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待生成"), ("made", "已生成"), ("failed", "生成失败")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(default="", max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField()),
                ("asked_by", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "made"), _negated=True),
                        fields=["institution_id", "next_try_at"],
                        name="report_order_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "kind", "campaign_id", "until"), name="report_order_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "made"), _negated=True),
                            ("settled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="report_order_made_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
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
                ("day", models.DateField()),
                ("channel", models.CharField(max_length=32)),
                ("stage", models.CharField(max_length=12)),
                ("events", models.BigIntegerField()),
                ("people", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("institution_id", "campaign_id", "day", "channel", "stage"), name="tally_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
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
                ("number", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("campaign_id", models.UUIDField()),
                ("until", models.DateTimeField()),
                ("transaction", models.BigIntegerField()),
                ("entry", models.BigIntegerField()),
                ("content", models.JSONField()),
                ("fingerprint", models.CharField(max_length=64)),
                ("pdf", models.BinaryField()),
                ("pdf_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report",
                        to="analytics.reportorder",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["institution_id", "campaign_id", "until"], name="report_by_campaign")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("institution_id", "number"), name="report_number_once")
                ],
            },
        ),
        TenantTable("analytics_answertally"),
        TenantTable("analytics_cursor"),
        TenantTable("analytics_holding"),
        TenantTable("analytics_person"),
        TenantTable("analytics_reached"),
        TenantTable("analytics_reportorder"),
        TenantTable("analytics_tally"),
        TenantTable("analytics_report"),
        Immutable("analytics_report"),
    ]
