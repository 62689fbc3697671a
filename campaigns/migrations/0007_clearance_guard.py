"""A clearance of an own question names its true author and last editor, so that its constraint means them."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION campaigns_clearance_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM campaigns_question AS question
         WHERE question.institution_id = NEW.institution_id AND question.code = NEW.code
           AND (question.author_id IS DISTINCT FROM NEW.author_id
                OR question.last_editor_id IS DISTINCT FROM NEW.last_editor_id))
    THEN
        RAISE EXCEPTION 'the clearance names other authors' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM compliance_articleversion AS version
         WHERE version.id = NEW.article_version_id AND version.withdrawn)
    THEN
        RAISE EXCEPTION 'the article is withdrawn' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaigns_clearance_guard BEFORE INSERT ON campaigns_clearance
    FOR EACH ROW EXECUTE FUNCTION campaigns_clearance_guard();
"""

DROP = """
DROP TRIGGER campaigns_clearance_guard ON campaigns_clearance;
DROP FUNCTION campaigns_clearance_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_editions"), ("compliance", "0003_library")]

    operations = [migrations.RunSQL(CREATE, DROP)]
