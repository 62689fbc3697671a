"""A consent that was taken back says what became of what rested on it, under the name of a receipt."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

OUTCOMES = [("ended", "已停止处理"), ("kept", "保留预约"), ("cancelled", "取消预约")]

BEFORE = ("withdrawn_at",)
AFTER = (*BEFORE, "outcome", "receipt", "kept_until")


def changing(columns: tuple[str, ...]) -> str:
    """A consent is immutable but for the columns that say how it ended."""
    old = "to_jsonb(OLD)" + "".join(f" - '{column}'" for column in columns)
    new = "to_jsonb(NEW)" + "".join(f" - '{column}'" for column in columns)
    return f"""
        REVOKE UPDATE ON privacy_consent FROM {settings.RUNTIME_ROLE};
        GRANT UPDATE ({", ".join(columns)}) ON privacy_consent TO {settings.RUNTIME_ROLE};
        CREATE OR REPLACE FUNCTION privacy_consent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR {old} IS DISTINCT FROM {new} THEN
                RAISE EXCEPTION 'privacy_consent is immutable' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$;
    """


class Migration(migrations.Migration):
    dependencies = [("privacy", "0006_visit_fields")]

    operations = [
        migrations.AddField(
            "consent", "outcome", models.CharField(choices=OUTCOMES, default="", db_default="", max_length=9)
        ),
        migrations.AddField("consent", "receipt", models.UUIDField(null=True)),
        migrations.AddField("consent", "kept_until", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                condition=Q(outcome="") | Q(withdrawn_at__isnull=False, receipt__isnull=False),
                name="consent_outcome_has_receipt",
            ),
        ),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                condition=~Q(outcome="kept") | Q(kept_until__isnull=False), name="consent_kept_has_term"
            ),
        ),
        migrations.RunSQL(changing(AFTER), changing(BEFORE)),
    ]
