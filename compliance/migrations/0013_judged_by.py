"""By which rules a clean scan was judged last, so that the same words are not scanned again and again."""

from django.conf import settings
from django.db import migrations, models

BEFORE = ("met_at", "number", "recorded_by_id", "recorded_at")


def _immutable_but(columns: tuple[str, ...]) -> str:
    without = "".join(f" - '{column}'" for column in columns)
    return f"""
    CREATE OR REPLACE FUNCTION compliance_condition_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD){without} IS DISTINCT FROM to_jsonb(NEW){without}
            OR (OLD.number <> '' AND (NEW.number, NEW.recorded_by_id, NEW.recorded_at)
                IS DISTINCT FROM (OLD.number, OLD.recorded_by_id, OLD.recorded_at))
        THEN
            RAISE EXCEPTION 'compliance_condition is immutable' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$;
    """


class Migration(migrations.Migration):
    dependencies = [("compliance", "0012_settled_stays_settled")]

    operations = [
        migrations.AddField(
            "condition",
            "judged_by",
            models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.RunSQL(
            _immutable_but((*BEFORE, "judged_by"))
            + f"GRANT UPDATE (judged_by) ON compliance_condition TO {settings.RUNTIME_ROLE};",
            f"REVOKE UPDATE (judged_by) ON compliance_condition FROM {settings.RUNTIME_ROLE};"
            + _immutable_but(BEFORE),
        ),
    ]
