"""Whoever was counted at a stage is counted at those before it, too: no share is ever above one.

What is folded from now on is folded so; this fills in what was folded before. An institution at a time, under
its own row-level security.
"""

from django.db import migrations

FILL = """
DO $$
DECLARE house uuid;
BEGIN
    FOR house IN SELECT id FROM tenancy_institution LOOP
        PERFORM set_config('hequ.institution', house::text, true);
        WITH implied(stage, earlier) AS (VALUES
            ('started', 'seen'), ('finished', 'seen'), ('finished', 'started'), ('passed', 'seen'),
            ('passed', 'started'), ('passed', 'finished'), ('granted', 'seen'), ('granted', 'started'),
            ('booked', 'seen'), ('booked', 'started'), ('booked', 'granted'), ('redeemed', 'seen'),
            ('redeemed', 'started'), ('redeemed', 'granted'), ('redeemed', 'booked'), ('shared', 'seen'),
            ('shared', 'started')
        ), fresh AS (
            INSERT INTO analytics_reached (id, institution_id, campaign_id, participant_id, stage, day)
            SELECT gen_random_uuid(), house, campaign_id, participant_id, earlier, min(day)
              FROM analytics_reached JOIN implied USING (stage) WHERE institution_id = house
             GROUP BY campaign_id, participant_id, earlier
            ON CONFLICT DO NOTHING RETURNING campaign_id, participant_id, stage, day
        )
        INSERT INTO analytics_tally (id, institution_id, campaign_id, day, channel, stage, events, people)
        SELECT gen_random_uuid(), house, campaign_id, day, channel, stage, 0, count(*)
          FROM fresh JOIN analytics_person AS person USING (campaign_id, participant_id)
         WHERE person.institution_id = house
         GROUP BY campaign_id, day, channel, stage
        ON CONFLICT (institution_id, campaign_id, day, channel, stage)
        DO UPDATE SET people = analytics_tally.people + excluded.people;
    END LOOP;
    PERFORM set_config('hequ.institution', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0006_claimed_reports"), ("tenancy", "0001_people")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
