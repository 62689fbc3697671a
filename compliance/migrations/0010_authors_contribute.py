"""Whoever is written down as a pack's author becomes a contributor by the database itself, so that a process
of the release before, which knows no such column, keeps the promise too.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

KEEP = """
CREATE OR REPLACE FUNCTION compliance_rulepack_contributors() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.author_id <> ALL (NEW.contributors) THEN
        NEW.contributors := NEW.contributors || NEW.author_id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF NOT NEW.contributors @> OLD.contributors THEN
        RAISE EXCEPTION 'contributors of a rule pack can only grow' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.terms IS DISTINCT FROM OLD.terms AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'only a draft can be rewritten' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER compliance_rulepack_contributors ON compliance_rulepack;
CREATE TRIGGER compliance_rulepack_contributors BEFORE INSERT OR UPDATE ON compliance_rulepack
    FOR EACH ROW EXECUTE FUNCTION compliance_rulepack_contributors();
"""

BEFORE = """
CREATE OR REPLACE FUNCTION compliance_rulepack_contributors() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT NEW.contributors @> OLD.contributors THEN
        RAISE EXCEPTION 'contributors of a rule pack can only grow' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.terms IS DISTINCT FROM OLD.terms AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'only a draft can be rewritten' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER compliance_rulepack_contributors ON compliance_rulepack;
CREATE TRIGGER compliance_rulepack_contributors BEFORE UPDATE ON compliance_rulepack
    FOR EACH ROW EXECUTE FUNCTION compliance_rulepack_contributors();
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0009_defaults_for_older_processes")]

    operations = [
        migrations.AlterField(
            "rulepack",
            "contributors",
            ArrayField(models.UUIDField(), db_default=models.Value([], ArrayField(models.UUIDField()))),
        ),
        migrations.RunSQL(KEEP, BEFORE),
    ]
