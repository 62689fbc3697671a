"""One answer to "is this approved": until when one review's approval is in force, and everything else from it.

`compliance_approval_until(review, with conditions unmet)`: its own day, or the day by which it had to be given
anew. Null when it was never given, was taken back or lapsed, when an article it leans on was withdrawn since,
or while a condition is unmet (unless that is not asked). `compliance_stands_until` is the latest of a
content's reviews; `compliance_is_approved`, which the gates of other rooms ask, no longer lets through what
is overdue for its recheck.
"""

from __future__ import annotations

from django.db import migrations

NOW = """
CREATE FUNCTION compliance_approval_until(
    asked uuid, whatever_its_conditions boolean DEFAULT false
) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT LEAST(review.expires_at, (
                    SELECT min(recheck.due_at) FROM compliance_recheck AS recheck
                     WHERE recheck.review_id = review.id AND recheck.settled_at IS NULL))
          FROM compliance_review AS review
         WHERE review.id = asked AND review.status = 'approved'
           AND (whatever_its_conditions OR NOT EXISTS (
                SELECT 1 FROM compliance_condition AS condition
                 WHERE condition.review_id = review.id AND condition.met_at IS NULL))
           AND NOT EXISTS (
                SELECT 1 FROM compliance_articleversion AS gone
                  JOIN compliance_citation AS citation ON citation.article_id = gone.article_id
                  JOIN compliance_articleversion AS cited ON cited.id = citation.version_id
                 WHERE gone.withdrawn AND citation.review_id = review.id AND cited.number < gone.number
                   AND NOT EXISTS (
                        SELECT 1 FROM compliance_articleversion AS newer
                         WHERE newer.article_id = gone.article_id AND newer.number > gone.number)));
END $$;

CREATE OR REPLACE FUNCTION compliance_stands_until(
    of_kind text, of_subject uuid, of_fingerprint text
) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT max(compliance_approval_until(review.id)) FROM compliance_review AS review
         WHERE review.subject_kind = of_kind AND review.subject_id = of_subject
           AND review.fingerprint = of_fingerprint AND review.status = 'approved');
END $$;

CREATE OR REPLACE FUNCTION compliance_is_approved(
    of_institution uuid, of_kind text, of_subject uuid, of_fingerprint text
) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.institution_id = of_institution AND review.subject_kind = of_kind
           AND review.subject_id = of_subject AND review.fingerprint = of_fingerprint
           AND review.status = 'approved'
           AND compliance_approval_until(review.id) > clock_timestamp()
           AND compliance_is_complete(review.id))
$$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION compliance_stands_until(
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

CREATE OR REPLACE FUNCTION compliance_is_approved(
    of_institution uuid, of_kind text, of_subject uuid, of_fingerprint text
) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.institution_id = of_institution AND review.subject_kind = of_kind
           AND review.subject_id = of_subject AND review.fingerprint = of_fingerprint
           AND review.status = 'approved' AND review.expires_at > clock_timestamp()
           AND NOT EXISTS (
                SELECT 1 FROM compliance_condition AS condition
                 WHERE condition.review_id = review.id AND condition.met_at IS NULL)
           AND compliance_is_complete(review.id))
$$;

DROP FUNCTION compliance_approval_until(uuid, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0024_settled_by_sentence")]

    operations = [migrations.RunSQL(NOW, BEFORE)]
