import django.contrib.postgres.fields
from django.db import migrations, models

# Packs that exist know their last editor only. Row-level security is lifted for the one statement that says so.
FILL = """
ALTER TABLE compliance_rulepack NO FORCE ROW LEVEL SECURITY;
UPDATE compliance_rulepack SET contributors = ARRAY[author_id];
ALTER TABLE compliance_rulepack FORCE ROW LEVEL SECURITY;
"""

HOLD = """
ALTER TABLE compliance_rulepack
    ADD CONSTRAINT rule_pack_author_contributes CHECK (author_id = ANY (contributors)),
    ADD CONSTRAINT rule_pack_not_by_contributor CHECK (
        activated_by_id IS NULL OR activated_by_id <> ALL (contributors));
CREATE FUNCTION compliance_rulepack_contributors() RETURNS trigger
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
CREATE TRIGGER compliance_rulepack_contributors BEFORE UPDATE ON compliance_rulepack
    FOR EACH ROW EXECUTE FUNCTION compliance_rulepack_contributors();
"""

LET_GO = """
DROP TRIGGER compliance_rulepack_contributors ON compliance_rulepack;
DROP FUNCTION compliance_rulepack_contributors();
ALTER TABLE compliance_rulepack
    DROP CONSTRAINT rule_pack_not_by_contributor, DROP CONSTRAINT rule_pack_author_contributes;
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0006_carried")]

    operations = [
        migrations.AddField(
            model_name="rulepack",
            name="contributors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(HOLD, LET_GO),
    ]
