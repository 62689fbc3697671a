"""The gate's part on carried opinions, in SQL. Used by migrations only; `compliance.carrying` says the rule.

`compliance_carried_holds(carried)`: it names a real approval, by the same person in the same post, of the
previous approved review of the same subject (or one that review itself carried); its reviewer wrote none of
the new content and has not spoken in this review; what changed does not concern the post. While the review
is open also: the previous approval stands and no article it cites has a newer wording, the condition it was
given under is met for good, the reviewer is in office. `compliance_is_complete` counts such a row as a
voice, beside at least one decision made in this very review.

Which posts a change concerns SQL cannot know: `asked_again` is taken from the use case that opens the review,
as `stages` is, and neither can be changed after.
"""

from __future__ import annotations

from compliance.gate_sql import CREATE as GATE

CREATE = """
CREATE FUNCTION compliance_carried_holds(asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_carried AS carried
          JOIN compliance_review AS review ON review.id = carried.review_id
          JOIN compliance_review AS previous ON previous.id = carried.previous_id
          JOIN compliance_decision AS decision ON decision.id = carried.decision_id
         WHERE carried.id = asked
           AND previous.id = review.previous_id
           AND previous.subject_kind = review.subject_kind AND previous.subject_id = review.subject_id
           AND previous.certificate IS NOT NULL AND previous.content <> review.content
           AND decision.verdict = 'approve' AND decision.role = carried.role
           AND decision.reviewer_id = carried.reviewer_id
           AND (decision.review_id = previous.id OR EXISTS (
                SELECT 1 FROM compliance_carried AS before
                 WHERE before.review_id = previous.id AND before.decision_id = decision.id))
           AND carried.reviewer_id NOT IN (review.author_id, review.last_editor_id)
           AND jsonb_array_length(review.asked_again) > 0 AND NOT review.asked_again ? carried.role
           AND NOT EXISTS (
                SELECT 1 FROM compliance_decision AS own
                 WHERE own.review_id = review.id AND own.reviewer_id = carried.reviewer_id)
           AND (review.status <> 'open' OR (
                previous.status = 'approved' AND previous.expires_at > clock_timestamp()
                AND NOT EXISTS (
                    SELECT 1 FROM compliance_recheck AS recheck
                     WHERE recheck.review_id = previous.id AND recheck.settled_at IS NULL)
                AND NOT EXISTS (
                    SELECT 1 FROM compliance_condition AS condition
                     WHERE condition.decision_id = decision.id AND condition.met_at IS NULL)
                AND EXISTS (
                    SELECT 1 FROM tenancy_staff AS staff
                     WHERE staff.id = carried.reviewer_id AND staff.institution_id = review.institution_id
                       AND staff.is_active AND carried.role = ANY (staff.roles)))))
$$;

CREATE OR REPLACE FUNCTION compliance_is_complete(asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_array_length(review.stages) > 0
       AND NOT EXISTS (
            SELECT 1 FROM compliance_decision AS decision
             WHERE decision.review_id = review.id AND decision.verdict <> 'approve')
       AND NOT EXISTS (
            SELECT 1
              FROM jsonb_array_elements(review.stages) WITH ORDINALITY AS stage (roles, number),
                   jsonb_each_text(stage.roles) AS demand (role, people)
             WHERE demand.people::int > (
                    SELECT count(DISTINCT voice.reviewer_id) FROM (
                        SELECT decision.reviewer_id FROM compliance_decision AS decision
                         WHERE decision.review_id = review.id AND decision.verdict = 'approve'
                           AND decision.role = demand.role AND decision.stage = stage.number - 1
                        UNION ALL
                        SELECT carried.reviewer_id FROM compliance_carried AS carried
                         WHERE carried.review_id = review.id
                           AND carried.role = demand.role AND carried.stage = stage.number - 1
                           AND compliance_carried_holds(carried.id)) AS voice))
       AND EXISTS (SELECT 1 FROM compliance_decision AS decision WHERE decision.review_id = review.id)
      FROM compliance_review AS review WHERE review.id = asked
$$;

CREATE FUNCTION compliance_carried_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT compliance_carried_holds(NEW.id) OR NOT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.id = NEW.review_id AND review.status = 'open'
           AND (review.stages -> NEW.stage::int) ? NEW.role)
    THEN
        RAISE EXCEPTION 'there is no such opinion to carry' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER compliance_carried_guard AFTER INSERT ON compliance_carried
    FOR EACH ROW EXECUTE FUNCTION compliance_carried_guard();

CREATE FUNCTION compliance_approval_outlives_nothing() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.status = 'open' AND NEW.status = 'approved' AND EXISTS (
        SELECT 1 FROM compliance_carried AS carried
          JOIN compliance_review AS previous ON previous.id = carried.previous_id
         WHERE carried.review_id = NEW.id AND compliance_carried_holds(carried.id)
           AND previous.expires_at < NEW.expires_at)
    THEN
        RAISE EXCEPTION 'an approval outlives no opinion it carries' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_approval_outlives_nothing BEFORE UPDATE ON compliance_review
    FOR EACH ROW EXECUTE FUNCTION compliance_approval_outlives_nothing();
"""


def _as_it_was(function: str) -> str:
    begin = GATE.index(f"CREATE FUNCTION {function}")
    return "CREATE OR REPLACE" + GATE[begin + len("CREATE") : GATE.index("$$;", begin) + 3]


DROP = f"""
DROP TRIGGER compliance_approval_outlives_nothing ON compliance_review;
DROP FUNCTION compliance_approval_outlives_nothing();
DROP TRIGGER compliance_carried_guard ON compliance_carried;
DROP FUNCTION compliance_carried_guard();
{_as_it_was("compliance_is_complete")}
ALTER FUNCTION compliance_is_complete(uuid) SET search_path = public, pg_temp;
DROP FUNCTION compliance_carried_holds(uuid);
"""

_BEGIN = CREATE.index("CREATE FUNCTION compliance_carried_holds")
HOLDS = "CREATE OR REPLACE" + CREATE[_BEGIN + len("CREATE") : CREATE.index("$$;", _BEGIN) + 3]
HOLDS_WHILE_THERE = HOLDS.replace(
    "AND staff.is_active AND",
    "AND staff.is_active AND (staff.access_until IS NULL OR staff.access_until > clock_timestamp()) AND",
)
HOLDS_UNDER_THE_LAW = HOLDS_WHILE_THERE.replace(
    "AND condition.met_at IS NULL)",
    "AND (condition.met_at IS NULL OR condition.kind IN ('clean_scan', 'service_on_offer')))",
).replace(
    "AND recheck.settled_at IS NULL)",
    """AND recheck.settled_at IS NULL)
                AND NOT EXISTS (
                    SELECT 1 FROM compliance_citation AS citation
                      JOIN compliance_articleversion AS cited ON cited.id = citation.version_id
                      JOIN compliance_articleversion AS newer
                        ON newer.article_id = cited.article_id AND newer.number > cited.number
                     WHERE citation.review_id = previous.id)""",
)
