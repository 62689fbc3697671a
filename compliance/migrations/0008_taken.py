"""Who has taken a review in hand, and when its reviewers were last asked to hurry; a leaver carries nothing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from compliance.carry_sql import HOLDS, HOLDS_WHILE_THERE

CHANGING = (
    "status",
    "stage",
    "stage_entered_at",
    "due_at",
    "reminded_at",
    "escalated_at",
    "decided_at",
    "expires_at",
    "certificate",
    "ended_because",
    "looked_at_by_id",
    "looked_at",
)
MORE = ("taken_by_id", "taken_at", "nudged_at")


def _immutable_but(columns: tuple[str, ...]) -> str:
    without = "".join(f" - '{column}'" for column in columns)
    return f"""
    CREATE OR REPLACE FUNCTION compliance_review_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD){without} IS DISTINCT FROM to_jsonb(NEW){without} THEN
            RAISE EXCEPTION 'compliance_review is immutable' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$;
    """


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0007_contributors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("review", "nudged_at", models.DateTimeField(null=True)),
        migrations.AddField("review", "taken_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "review",
            "taken_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(
            _immutable_but(CHANGING + MORE)
            + f"GRANT UPDATE ({', '.join(MORE)}) ON compliance_review TO {settings.RUNTIME_ROLE};",
            f"REVOKE UPDATE ({', '.join(MORE)}) ON compliance_review FROM {settings.RUNTIME_ROLE};"
            + _immutable_but(CHANGING),
        ),
        migrations.RunSQL(HOLDS_WHILE_THERE, HOLDS),
        migrations.AlterField(
            "carried",
            "review",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.review"
            ),
        ),
    ]
