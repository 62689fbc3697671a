"""Until when an approval stands, asked at once by whoever shows the content; no sweep need have run.

`compliance_stands_until(kind, subject, fingerprint)`: the moment at which the newest standing approval of
exactly this content ends: its own day, or the day by which it had to be reviewed again. Null when there is
none: never given, taken back, lapsed, a condition unmet, or an article it leans on withdrawn since.
"""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE INDEX compliance_article_withdrawn ON compliance_articleversion (article_id) WHERE withdrawn;

CREATE FUNCTION compliance_stands_until(
    of_kind text, of_subject uuid, of_fingerprint text
) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT max(LEAST(review.expires_at, (
                    SELECT min(recheck.due_at) FROM compliance_recheck AS recheck
                     WHERE recheck.review_id = review.id AND recheck.settled_at IS NULL)))
          FROM compliance_review AS review
         WHERE review.subject_kind = of_kind AND review.subject_id = of_subject
           AND review.fingerprint = of_fingerprint AND review.status = 'approved'
           AND NOT EXISTS (
                SELECT 1 FROM compliance_condition AS condition
                 WHERE condition.review_id = review.id AND condition.met_at IS NULL)
           AND NOT EXISTS (
                SELECT 1 FROM compliance_articleversion AS gone
                  JOIN compliance_citation AS citation ON citation.article_id = gone.article_id
                  JOIN compliance_articleversion AS cited ON cited.id = citation.version_id
                 WHERE gone.withdrawn AND citation.review_id = review.id AND cited.number < gone.number
                   AND NOT EXISTS (
                        SELECT 1 FROM compliance_articleversion AS newer
                         WHERE newer.article_id = gone.article_id AND newer.number > gone.number)));
END $$;
"""

DROP = """
DROP FUNCTION compliance_stands_until(text, uuid, text);
DROP INDEX compliance_article_withdrawn;
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0003_library")]

    operations = [migrations.RunSQL(CREATE, DROP)]
