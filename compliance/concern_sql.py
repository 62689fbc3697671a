"""Whom a change concerns at the least, in SQL. Used by migrations only; `compliance.carrying` says it all.

Rooms write down which field of their content is what kind of matter (`compliance_matter`); which posts answer
for a matter stands in `compliance_concern`. Both are read by the application's role and never written.
`compliance_asked_at_least(kind, before, after)`: the posts that the changed fields concern. A field nobody
has placed is everyone's. What stands inside a list of things (questions, cards) is not told apart: whatever
changes there concerns the law at the least, and the order of questions alone concerns how it looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings

POSTS: Mapping[str, Sequence[str]] = {
    "wording": ("creative", "legal"),
    "look": ("creative",),
    "question": ("creative", "legal"),
    "teaching": ("legal",),
    "law": ("legal", "consumer_protection"),
    "mechanics": ("legal", "operations", "consumer_protection"),
    "benefit": ("legal", "operations", "consumer_protection"),
    "form": ("legal", "operations", "consumer_protection"),
    "notice": ("legal", "consumer_protection"),
    "channel": ("operations", "consumer_protection"),
    "period": ("operations",),
    "things": ("legal",),
    "everything": ("creative", "legal", "operations", "consumer_protection"),
}

_ROWS = ", ".join(f"('{matter}', '{role}')" for matter, roles in POSTS.items() for role in roles)

CREATE = f"""
CREATE TABLE compliance_concern (
    matter varchar(32) NOT NULL, role varchar(32) NOT NULL, PRIMARY KEY (matter, role));
CREATE TABLE compliance_matter (
    subject_kind varchar(32) NOT NULL, path varchar(80) NOT NULL, matter varchar(32) NOT NULL,
    PRIMARY KEY (subject_kind, path));
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON compliance_concern, compliance_matter FROM {settings.RUNTIME_ROLE};
INSERT INTO compliance_concern (matter, role) VALUES {_ROWS};

CREATE FUNCTION compliance_asked_at_least(of_kind text, old_content jsonb, new_content jsonb)
RETURNS SETOF text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH outer_field AS (
        SELECT key AS path, before.value AS was, after.value AS now_is,
               jsonb_typeof(before.value) = 'object' AND jsonb_typeof(after.value) = 'object' AND EXISTS (
                    SELECT 1 FROM compliance_matter AS inside
                     WHERE inside.subject_kind = of_kind AND starts_with(inside.path, key || '.')) AS opens
          FROM jsonb_each(old_content) AS before FULL JOIN jsonb_each(new_content) AS after USING (key)
         WHERE before.value IS DISTINCT FROM after.value
    ), field AS (
        SELECT path, was, now_is, false AS inner_one FROM outer_field WHERE NOT COALESCE(opens, false)
        UNION ALL
        SELECT outer_field.path || '.' || part.key, part.was, part.now_is, true
          FROM outer_field CROSS JOIN LATERAL (
                SELECT key, before.value AS was, after.value AS now_is
                  FROM jsonb_each(CASE WHEN opens THEN outer_field.was ELSE '{{}}' END) AS before
                  FULL JOIN jsonb_each(CASE WHEN opens THEN outer_field.now_is ELSE '{{}}' END) AS after
                 USING (key)
                 WHERE before.value IS DISTINCT FROM after.value) AS part
         WHERE outer_field.opens
    )
    SELECT DISTINCT concern.role
      FROM field
      LEFT JOIN compliance_matter AS placed ON placed.subject_kind = of_kind AND placed.path = field.path
      CROSS JOIN LATERAL (
            SELECT 'object' IN (
                COALESCE(jsonb_typeof(was), ''), COALESCE(jsonb_typeof(now_is), ''),
                CASE WHEN jsonb_typeof(was) = 'array' THEN COALESCE(jsonb_typeof(was -> 0), '') ELSE '' END,
                CASE WHEN jsonb_typeof(now_is) = 'array'
                     THEN COALESCE(jsonb_typeof(now_is -> 0), '') ELSE '' END
            ) AS holds_things) AS shape
      JOIN compliance_concern AS concern ON concern.matter = CASE
            WHEN NOT (inner_one AND holds_things) THEN COALESCE(placed.matter, 'everything')
            WHEN placed.matter = 'question'
                 AND jsonb_typeof(was) = 'array' AND jsonb_typeof(now_is) = 'array'
                 AND (SELECT jsonb_agg(thing ORDER BY thing) FROM jsonb_array_elements(
                        CASE WHEN jsonb_typeof(was) = 'array' THEN was ELSE '[]' END) AS thing)
                   = (SELECT jsonb_agg(thing ORDER BY thing) FROM jsonb_array_elements(
                        CASE WHEN jsonb_typeof(now_is) = 'array' THEN now_is ELSE '[]' END) AS thing)
            THEN 'look'
            ELSE 'things' END
$$;

CREATE FUNCTION compliance_carried_concerns_nobody_of_the_post() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.role = 'compliance' OR EXISTS (
        SELECT 1 FROM compliance_review AS review
          JOIN compliance_review AS previous ON previous.id = review.previous_id
         WHERE review.id = NEW.review_id AND NEW.role IN (
            SELECT compliance_asked_at_least(review.subject_kind, previous.content, review.content)))
    THEN
        RAISE EXCEPTION 'there is no such opinion to carry: what changed concerns the post'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_carried_concerns_nobody_of_the_post BEFORE INSERT ON compliance_carried
    FOR EACH ROW EXECUTE FUNCTION compliance_carried_concerns_nobody_of_the_post();
"""  # noqa: S608 - nothing in it but constants of ours

DROP = """
DROP TRIGGER compliance_carried_concerns_nobody_of_the_post ON compliance_carried;
DROP FUNCTION compliance_carried_concerns_nobody_of_the_post();
DROP FUNCTION compliance_asked_at_least(text, jsonb, jsonb);
DROP TABLE compliance_matter;
DROP TABLE compliance_concern;
"""


def place(kind: str, matters: Mapping[str, str]) -> tuple[str, str]:
    """SQL, there and back, by which a room writes down what kind of matter its fields are."""
    rows = ", ".join(f"('{kind}', '{path}', '{matter}')" for path, matter in matters.items())
    return (
        f"INSERT INTO compliance_matter (subject_kind, path, matter) VALUES {rows};",  # noqa: S608 - constants
        f"DELETE FROM compliance_matter WHERE subject_kind = '{kind}';",  # noqa: S608 - constants
    )
