-- A million participants of one campaign and everything that happened to them: the same rows every time.
-- Run as the superuser, who passes by row-level security. Parameters: %(institution)s, %(campaign)s,
-- %(version)s, %(questions)s, %(staff)s, %(branches)s, %(benefit)s, %(notice)s, %(people)s, %(start)s, %(days)s.
CREATE FUNCTION pg_temp.key(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid $$;

CREATE TEMP TABLE person AS
SELECT n, pg_temp.key('9000', n) AS participant, pg_temp.key('8000', n) AS play, pg_temp.key('a000', n) AS grant_id,
       %(start)s::timestamptz + (n::float8 / %(people)s) * make_interval(days => %(days)s) AS came,
       CASE WHEN n %% 4 = 0 THEN '' ELSE 'c' || n %% 4 END AS channel,
       n %% 5 < 3 AS passed, n %% 10 < 3 AS booked, n %% 20 < 3 AS redeemed
  FROM generate_series(1, %(people)s) AS n;

CREATE UNLOGGED TABLE million_step (
    at timestamptz, verb text, actor_kind text, actor uuid, subject_kind text, subject uuid, campaign uuid,
    version uuid, channel text, data jsonb
);

INSERT INTO million_step
SELECT came, 'privacy.enrolled', 'system', pg_temp.key('0000', 0), 'participant', participant, %(campaign)s, NULL::uuid,
       channel, '{}'::jsonb FROM person
UNION ALL
SELECT came + interval '1 s', 'play.seen', 'participant', participant, 'campaign', %(campaign)s, %(campaign)s,
       %(version)s, channel, '{}' FROM person
UNION ALL
SELECT came + make_interval(secs => 5 + 900 * (attempt - 1)), 'play.started', 'participant', participant, 'play', play,
       %(campaign)s, %(version)s, channel, jsonb_build_object('attempt', attempt)
  FROM person CROSS JOIN generate_series(1, 2) AS attempt WHERE attempt = 1 OR n %% 10 = 9
UNION ALL
SELECT came + make_interval(secs => 5 + 20 * k + 900 * (attempt - 1)), 'play.answered', 'participant', participant,
       'play', play, %(campaign)s, %(version)s, channel,
       jsonb_build_object('option', chr(65 + ((n * 13 + k) %% 4)::int), 'attempt', attempt,
                          'correct', (n * 13 + k * 7) %% 10 < 7,
                          'question', (%(questions)s::text[])[1 + (n + k * 3) %% cardinality(%(questions)s::text[])])
  FROM person CROSS JOIN generate_series(1, 4) AS k CROSS JOIN generate_series(1, 2) AS attempt
 WHERE attempt = 1 OR n %% 10 = 9
UNION ALL
SELECT came + make_interval(secs => 100 + 900 * (attempt - 1)), 'play.finished', 'participant', participant, 'play',
       play, %(campaign)s, %(version)s, channel,
       jsonb_build_object('score', 20 * ((n + attempt) %% 6), 'passed', passed, 'attempt', attempt)
  FROM person CROSS JOIN generate_series(1, 2) AS attempt WHERE attempt = 1 OR n %% 10 = 9
UNION ALL
SELECT came + interval '101 s', 'rewards.granted', 'participant', participant, 'grant', grant_id, %(campaign)s,
       %(version)s, channel,
       jsonb_build_object('benefit', %(benefit)s, 'service', 'wealth_consult', 'occasion', 'passed',
                          'participant', participant) FROM person WHERE passed
UNION ALL
SELECT came + interval '120 s', 'play.shared', 'participant', participant, 'play', play, %(campaign)s, %(version)s,
       channel, '{}' FROM person WHERE n %% 5 = 4
UNION ALL
SELECT came + interval '150 s', 'privacy.consented', 'participant', participant, 'participant', participant, NULL, NULL,
       '', jsonb_build_object('notice', %(notice)s, 'purposes', '["booking"]'::jsonb) FROM person WHERE booked
UNION ALL
SELECT came + interval '151 s', 'rewards.booked', 'participant', participant, 'grant', grant_id, %(campaign)s,
       %(version)s, channel,
       jsonb_build_object('need', 'wealth', 'service', 'wealth_consult', 'participant', participant)
  FROM person WHERE booked
UNION ALL
SELECT came + interval '2 days', 'rewards.redeemed', 'staff', %(staff)s, 'grant', grant_id, %(campaign)s, %(version)s,
       channel, jsonb_build_object('service', 'wealth_consult', 'participant', participant) FROM person WHERE redeemed
UNION ALL
SELECT came + interval '1 day', 'privacy.revealed', 'staff', %(staff)s, 'participant', participant, NULL, NULL, '',
       jsonb_build_object('field', 'phone', 'purpose', 'service') FROM person WHERE n %% 20 = 0;

INSERT INTO ledger_entry (id, at, institution_id, verb, actor_kind, actor_id, subject_kind, subject_id, campaign_id,
                          version_id, channel, variant, data, transaction)
SELECT n + %(first)s, at, %(institution)s, verb, actor_kind, actor, subject_kind, subject, campaign, version, channel, '',
       data, (%(transaction)s + n / 3)::text::xid8
  FROM (SELECT *, row_number() OVER (ORDER BY at, subject, verb) AS n FROM million_step) AS ordered;
DROP TABLE million_step;
SELECT setval(pg_get_serial_sequence('ledger_entry', 'id'), (SELECT max(id) FROM ledger_entry));

INSERT INTO analytics_person (id, institution_id, campaign_id, participant_id, channel, first_at)
SELECT pg_temp.key('b000', n), %(institution)s, %(campaign)s, participant, channel, came FROM person;
INSERT INTO analytics_reached (id, institution_id, campaign_id, participant_id, stage, day)
SELECT pg_temp.key('b100', n * 8 + place), %(institution)s, %(campaign)s, participant, stage,
       (came AT TIME ZONE 'Asia/Shanghai')::date
  FROM person
  JOIN unnest(ARRAY['seen', 'started', 'finished', 'passed', 'granted', 'booked', 'redeemed'])
       WITH ORDINALITY AS known(stage, place)
    ON place <= 3 OR (place <= 5 AND passed) OR (place = 6 AND booked) OR (place = 7 AND redeemed);
INSERT INTO analytics_tally (id, institution_id, campaign_id, day, channel, stage, events, people)
SELECT gen_random_uuid(), %(institution)s, %(campaign)s, day, channel, stage, count(*), count(*)
  FROM analytics_reached JOIN person ON participant = participant_id
 WHERE campaign_id = %(campaign)s AND participant_id IN (SELECT participant FROM person)
 GROUP BY day, channel, stage
ON CONFLICT (institution_id, campaign_id, day, channel, stage)
DO UPDATE SET events = analytics_tally.events + excluded.events, people = analytics_tally.people + excluded.people;
INSERT INTO analytics_lead (id, institution_id, campaign_id, participant_id, need, declared_at)
SELECT pg_temp.key('b200', n), %(institution)s, %(campaign)s, participant, 'wealth', came + interval '151 s'
  FROM person WHERE booked;
INSERT INTO analytics_leadsign (id, institution_id, campaign_id, participant_id, need, source, about, transaction, entry, at)
SELECT pg_temp.key('b300', n), %(institution)s, %(campaign)s, participant, 'wealth', 'declared', 'wealth_consult', n, n,
       came + interval '151 s' FROM person WHERE booked;

INSERT INTO rewards_slot (id, institution_id, branch_id, starts_at, ends_at, capacity, taken)
SELECT gen_random_uuid(), %(institution)s, branch, at, at + interval '1 minute', 1000, 0
  FROM unnest(%(branches)s::uuid[]) AS branch
  CROSS JOIN generate_series(date_trunc('day', %(start)s::timestamptz) + interval '1 hour 30 seconds',
                             %(start)s::timestamptz + make_interval(days => %(days)s + 20), interval '1 hour') AS at;
CREATE TEMP TABLE time_of_visit AS
SELECT id, starts_at, branch_id, row_number() OVER (ORDER BY starts_at, branch_id) AS place FROM rewards_slot
 WHERE institution_id = %(institution)s AND capacity = 1000;
INSERT INTO rewards_grant (id, institution_id, participant_id, benefit_id, occasion, campaign_id, version_id, channel,
                           variant, state, granted_at, book_before, ended_at)
SELECT grant_id, %(institution)s, participant, (%(benefits)s::uuid[])[1 + n %% cardinality(%(benefits)s::uuid[])], 'passed',
       %(campaign)s, %(version)s, channel, '',
       CASE WHEN redeemed THEN 'redeemed' WHEN booked THEN 'booked' ELSE 'granted' END,
       came + interval '101 s', came + interval '60 days', CASE WHEN redeemed THEN came + interval '2 days' END
  FROM person WHERE passed;
INSERT INTO rewards_appointment (id, institution_id, grant_id, slot_id, need, state, created_at, ended_at)
SELECT pg_temp.key('a100', n), %(institution)s, grant_id, slot.id, 'wealth',
       CASE WHEN redeemed THEN 'kept' ELSE 'booked' END, came + interval '151 s',
       CASE WHEN redeemed THEN came + interval '2 days' END
  FROM person
  JOIN time_of_visit AS slot ON place = 1 + (n * (SELECT count(*) FROM time_of_visit)) / %(people)s %% (SELECT count(*) FROM time_of_visit)
 WHERE booked;
UPDATE rewards_slot SET taken = visits
  FROM (SELECT slot_id, count(*) AS visits FROM rewards_appointment GROUP BY slot_id) AS counted
 WHERE slot_id = rewards_slot.id AND capacity = 1000;
INSERT INTO privacy_consent (id, institution_id, participant_id, notice_id, purpose, fields, text_fingerprint,
                             device_family, given_at)
SELECT pg_temp.key('a200', n), %(institution)s, participant, %(notice)s, 'booking', '["name", "phone"]', 'bench', 'bench',
       came + interval '150 s' FROM person WHERE booked;
