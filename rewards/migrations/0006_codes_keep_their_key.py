"""A look-up key is not retired while a redemption code is still found by it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION rewards_codes_keep_their_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM rewards_redemptioncode AS code
         WHERE code.institution_id = OLD.institution_id AND code.fingerprint_coming IS NOT NULL)
    THEN
        RAISE EXCEPTION 'rows still need this key' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rewards_codes_keep_their_key BEFORE UPDATE ON kernel_institutionkey FOR EACH ROW
    WHEN (NEW.state = 'retired' AND OLD.state <> 'retired' AND OLD.purpose = 'index')
    EXECUTE FUNCTION rewards_codes_keep_their_key();
"""
DROP = """
DROP TRIGGER rewards_codes_keep_their_key ON kernel_institutionkey;
DROP FUNCTION rewards_codes_keep_their_key();
"""


class Migration(migrations.Migration):
    dependencies = [("rewards", "0005_days_count_in_full"), ("privacy", "0008_keys_go_forward")]
    operations = [migrations.RunSQL(CREATE, DROP)]
