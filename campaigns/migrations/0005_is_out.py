"""`campaigns_is_out(campaign, moment)`: whether phones may play it at that moment, read with the move itself."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION campaigns_is_out(asked uuid, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM campaigns_campaign AS campaign
          JOIN campaigns_version AS version ON version.id = campaign.live_version_id
         WHERE campaign.id = asked AND campaign.status = 'published'
           AND compliance_stands_until('campaign', campaign.id, version.fingerprint) > moment);
END $$;
"""

DROP = "DROP FUNCTION campaigns_is_out(uuid, timestamptz);"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_gate_looks_in_public"), ("compliance", "0004_standing")]

    operations = [migrations.RunSQL(CREATE, DROP)]
