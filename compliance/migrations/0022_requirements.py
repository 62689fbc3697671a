"""A pack also holds what its institution requires beyond the shipped rules; only a draft is rewritten."""

from django.db import migrations, models

# As in 0014, with the requirements beside the terms.
_PACK = """
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
    END IF;%s
    IF (NEW.trial_id, NEW.newly_wrong, NEW.acknowledged)
        IS DISTINCT FROM (OLD.trial_id, OLD.newly_wrong, OLD.acknowledged) AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'only a draft can be tried' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.trial_id IS DISTINCT FROM OLD.trial_id AND NOT EXISTS (
        SELECT 1 FROM compliance_trial AS trial
         WHERE trial.id = NEW.trial_id AND trial.pack_id = NEW.id AND trial.terms_hash = NEW.hash
           AND trial.newly_wrong = NEW.newly_wrong) THEN
        RAISE EXCEPTION 'no such trial of this pack' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

_REQUIRED = """
    IF NEW.requirements IS DISTINCT FROM OLD.requirements AND OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'only a draft can be rewritten' USING ERRCODE = 'check_violation';
    END IF;"""

KEEP = _PACK.replace("%s", _REQUIRED)
BEFORE = _PACK.replace("%s", "")


class Migration(migrations.Migration):
    dependencies = [("compliance", "0021_disputes")]

    operations = [
        migrations.AddField(
            "rulepack",
            "requirements",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.RunSQL(KEEP, BEFORE),
    ]
