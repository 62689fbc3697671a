"""The gate asks as phones do: an approval that leans on a withdrawn article puts nothing out, swept or not."""

from __future__ import annotations

from django.db import migrations

NOW = """
CREATE OR REPLACE FUNCTION campaigns_gate() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    shown campaigns_version;
BEGIN
    IF NEW.live_version_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.live_version_id IS NOT DISTINCT FROM OLD.live_version_id
       AND (NEW.status <> 'published' OR OLD.status = 'published')
       AND NEW.starts_on IS NOT DISTINCT FROM OLD.starts_on AND NEW.ends_on IS NOT DISTINCT FROM OLD.ends_on
       AND NEW.id = OLD.id THEN
        RETURN NEW;
    END IF;

    SELECT * INTO shown FROM campaigns_version AS version
     WHERE version.id = NEW.live_version_id AND version.campaign_id = NEW.id
       AND version.institution_id = NEW.institution_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the live version belongs to another campaign' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.starts_on IS DISTINCT FROM (shown.content ->> 'starts_on')::date
       OR NEW.ends_on IS DISTINCT FROM (shown.content ->> 'ends_on')::date THEN
        RAISE EXCEPTION 'the period is not the approved one' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT compliance_is_approved(NEW.institution_id, 'campaign', NEW.id, shown.fingerprint) THEN
        RAISE EXCEPTION 'nobody approved this version' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.institution_id = NEW.institution_id AND review.subject_kind = 'campaign'
           AND review.subject_id = NEW.id AND review.fingerprint = shown.fingerprint
           AND review.status = 'approved' AND review.content = shown.content) THEN
        RAISE EXCEPTION 'this is not what was approved' USING ERRCODE = 'check_violation';
    END IF;
    IF compliance_stands_until('campaign', NEW.id, shown.fingerprint) IS NULL THEN
        RAISE EXCEPTION 'the approval does not stand any more' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION campaigns_gate() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    shown campaigns_version;
BEGIN
    IF NEW.live_version_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.live_version_id IS NOT DISTINCT FROM OLD.live_version_id
       AND (NEW.status <> 'published' OR OLD.status = 'published')
       AND NEW.starts_on IS NOT DISTINCT FROM OLD.starts_on AND NEW.ends_on IS NOT DISTINCT FROM OLD.ends_on
       AND NEW.id = OLD.id THEN
        RETURN NEW;
    END IF;

    SELECT * INTO shown FROM campaigns_version AS version
     WHERE version.id = NEW.live_version_id AND version.campaign_id = NEW.id
       AND version.institution_id = NEW.institution_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the live version belongs to another campaign' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.starts_on IS DISTINCT FROM (shown.content ->> 'starts_on')::date
       OR NEW.ends_on IS DISTINCT FROM (shown.content ->> 'ends_on')::date THEN
        RAISE EXCEPTION 'the period is not the approved one' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT compliance_is_approved(NEW.institution_id, 'campaign', NEW.id, shown.fingerprint) THEN
        RAISE EXCEPTION 'nobody approved this version' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.institution_id = NEW.institution_id AND review.subject_kind = 'campaign'
           AND review.subject_id = NEW.id AND review.fingerprint = shown.fingerprint
           AND review.status = 'approved' AND review.content = shown.content) THEN
        RAISE EXCEPTION 'this is not what was approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_clearance_guard"), ("compliance", "0004_standing")]

    operations = [migrations.RunSQL(NOW, BEFORE)]
