"""The life of an institution's keys, in SQL. Used by migrations only.

A key moves forward only (coming, current, retiring, retired), is never replaced in place and never deleted.
Retired, which destroys it, it is only by the rotation that took its place, after the switch, and while no row
is left that needs it: the database counts for itself, so that a forged row costs nobody their data.
"""

from __future__ import annotations

CREATE = """
CREATE FUNCTION privacy_key_goes_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a key keeps its row' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.id, NEW.institution_id, NEW.purpose, NEW.version, NEW.algorithm, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.institution_id, OLD.purpose, OLD.version, OLD.algorithm, OLD.created_at)
        OR (NEW.wrapped IS DISTINCT FROM OLD.wrapped AND (NEW.wrapped IS NOT NULL OR NEW.state <> 'retired'))
        OR (OLD.state = 'retired' AND NEW IS DISTINCT FROM OLD)
    THEN
        RAISE EXCEPTION 'a key is not replaced in place' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('coming', 'current'), ('current', 'retiring'), ('retiring', 'retired'))
    THEN
        RAISE EXCEPTION 'a key goes forward' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'retired' AND OLD.state <> 'retired' AND (
        NOT EXISTS (
            SELECT 1 FROM privacy_keyrotation AS rotation
             WHERE rotation.old_id = OLD.id AND rotation.institution_id = OLD.institution_id
               AND rotation.switched_at IS NOT NULL AND rotation.finished_at IS NULL)
        OR CASE OLD.purpose WHEN 'seal' THEN
            EXISTS (
                SELECT 1 FROM privacy_participant AS person
                 WHERE person.institution_id = OLD.institution_id AND person.wrapped_under_id = OLD.id
                   AND person.wrapped_key IS NOT NULL)
            OR EXISTS (
                SELECT 1 FROM tenancy_totpdevice AS device
                 WHERE device.institution_id = OLD.institution_id
                   AND substring(device.sealed_secret FROM 3 FOR 16) = uuid_send(OLD.id))
        ELSE
            EXISTS (
                SELECT 1 FROM privacy_participant AS person
                 WHERE person.institution_id = OLD.institution_id AND person.phone_index_coming IS NOT NULL)
        END)
    THEN
        RAISE EXCEPTION 'rows still need this key' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER privacy_key_goes_forward BEFORE UPDATE OR DELETE ON kernel_institutionkey
    FOR EACH ROW EXECUTE FUNCTION privacy_key_goes_forward();
"""

DROP = """
DROP TRIGGER privacy_key_goes_forward ON kernel_institutionkey;
DROP FUNCTION privacy_key_goes_forward();
"""
