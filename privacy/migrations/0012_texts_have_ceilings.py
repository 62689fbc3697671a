"""Texts have ceilings a day, a price, and proofs of work that count once."""

from django.db import migrations, models

import kernel.ids
import kernel.scope
from kernel.rls import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0011_listed_destructions"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpentProof",
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
                ("digest", models.BinaryField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TextCeiling",
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
                    "scope",
                    models.CharField(
                        choices=[
                            ("institution", "全机构"),
                            ("campaign", "单个活动"),
                            ("range", "同一号段（前 7 位）"),
                            ("number", "同一号码"),
                            ("surge", "异常增多"),
                        ],
                        max_length=12,
                    ),
                ),
                ("campaign_id", models.UUIDField(null=True)),
                ("most", models.PositiveIntegerField()),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TextPrice",
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
                ("yuan", models.DecimalField(decimal_places=4, max_digits=6)),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TextTally",
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
                ("day", models.DateField()),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("institution", "全机构"),
                            ("campaign", "单个活动"),
                            ("range", "同一号段（前 7 位）"),
                            ("number", "同一号码"),
                            ("surge", "异常增多"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject", models.CharField(default="", max_length=64)),
                ("used", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("most", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="outboundtext",
            name="campaign_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="outboundtext",
            name="parts",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddIndex(
            model_name="outboundtext",
            index=models.Index(
                condition=models.Q(("state", "sent")),
                fields=["institution_id", "settled_at"],
                name="outbound_text_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="spentproof",
            constraint=models.UniqueConstraint(fields=("institution_id", "digest"), name="spent_proof_once"),
        ),
        migrations.AddConstraint(
            model_name="textceiling",
            constraint=models.UniqueConstraint(
                fields=("institution_id", "scope", "campaign_id"),
                name="text_ceiling_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="textceiling",
            constraint=models.CheckConstraint(
                condition=models.Q(("most__gte", 1)), name="text_ceiling_lets_something_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="textprice",
            constraint=models.UniqueConstraint(fields=("institution_id",), name="text_price_once"),
        ),
        migrations.AddConstraint(
            model_name="textprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("yuan__gt", 0), ("yuan__lte", 10)), name="text_price_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="texttally",
            constraint=models.UniqueConstraint(
                fields=("institution_id", "day", "scope", "subject"), name="text_tally_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="texttally",
            constraint=models.CheckConstraint(
                condition=models.Q(("used__lte", models.F("most"))), name="text_tally_below_ceiling"
            ),
        ),
        TenantTable("privacy_texttally"),
        TenantTable("privacy_textceiling"),
        TenantTable("privacy_textprice"),
        TenantTable("privacy_spentproof"),
    ]
