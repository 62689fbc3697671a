"""Whoever wrote any of it takes no step in its review, in SQL. Used by migrations only.

`compliance_wrote(review, person)`: author, last editor, or by the ledger anybody who edited the subject at
any time. Asked when somebody decides, is stood in for, sets a finding aside or confirms that, or records a
filing number. `compliance_findings_settled(review)`: behind every blocking finding stands a dismissal by two
people who have written none of it to this day; one of them turning author undoes it.
"""

from __future__ import annotations

CREATE = """
CREATE FUNCTION compliance_wrote(asked uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.id = asked AND (
            person IN (review.author_id, review.last_editor_id)
            OR EXISTS (
                SELECT 1 FROM ledger_entry AS entry
                 WHERE entry.institution_id = review.institution_id
                   AND entry.subject_id = review.subject_id AND entry.subject_kind = review.subject_kind
                   AND entry.actor_id = person AND entry.verb LIKE '%.edited')))
$$;

CREATE FUNCTION compliance_decision_not_by_writer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF compliance_wrote(NEW.review_id, NEW.reviewer_id)
        OR (NEW.stands_in_for_id IS NOT NULL AND compliance_wrote(NEW.review_id, NEW.stands_in_for_id))
    THEN
        RAISE EXCEPTION 'whoever wrote of it does not decide' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER compliance_decision_not_by_writer AFTER INSERT ON compliance_decision
    FOR EACH ROW EXECUTE FUNCTION compliance_decision_not_by_writer();

CREATE FUNCTION compliance_carried_not_by_writer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF compliance_wrote(NEW.review_id, NEW.reviewer_id) THEN
        RAISE EXCEPTION 'there is no such opinion to carry: she wrote of it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_carried_not_by_writer BEFORE INSERT ON compliance_carried
    FOR EACH ROW EXECUTE FUNCTION compliance_carried_not_by_writer();

CREATE OR REPLACE FUNCTION compliance_condition_second_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.recorded_by_id IS NULL
        OR (TG_OP = 'UPDATE' AND NEW.recorded_by_id IS NOT DISTINCT FROM OLD.recorded_by_id)
    THEN
        RETURN NEW;
    END IF;
    IF compliance_wrote(NEW.review_id, NEW.recorded_by_id) OR EXISTS (
        SELECT 1 FROM compliance_decision AS decision
         WHERE decision.id = NEW.decision_id AND decision.reviewer_id = NEW.recorded_by_id)
    THEN
        RAISE EXCEPTION 'a second person records the number' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION compliance_dismissal_not_by_writer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    person uuid := NEW.by_id;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.seconded_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'it was confirmed already' USING ERRCODE = 'check_violation';
        END IF;
        person := NEW.seconded_by_id;
    ELSIF NEW.seconded_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'a dismissal begins with one person' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.institution_id = NEW.institution_id AND review.subject_kind = NEW.subject_kind
           AND review.subject_id = NEW.subject_id AND compliance_wrote(review.id, person))
    THEN
        RAISE EXCEPTION 'whoever wrote of it sets nothing aside' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_dismissal_not_by_writer BEFORE INSERT OR UPDATE ON compliance_dismissal
    FOR EACH ROW EXECUTE FUNCTION compliance_dismissal_not_by_writer();

CREATE FUNCTION compliance_findings_settled(asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT 1 FROM compliance_review AS review, jsonb_array_elements(review.findings) AS finding
         WHERE review.id = asked AND finding ->> 'severity' = 'block' AND NOT EXISTS (
            SELECT 1 FROM compliance_dismissal AS aside
             WHERE aside.institution_id = review.institution_id
               AND aside.subject_kind = review.subject_kind AND aside.subject_id = review.subject_id
               AND aside.finding_key = left(encode(sha256(convert_to(
                    (finding ->> 'rule') || '|' || (finding ->> 'path') || '|' || (finding ->> 'matched'),
                    'UTF8')), 'hex'), 32)
               AND aside.seconded_by_id IS NOT NULL
               AND NOT compliance_wrote(review.id, aside.by_id)
               AND NOT compliance_wrote(review.id, aside.seconded_by_id)))
$$;

CREATE FUNCTION compliance_approval_settles_findings() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.status = 'open' AND NEW.status = 'approved' AND NOT compliance_findings_settled(NEW.id) THEN
        RAISE EXCEPTION 'blocking findings stand' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_approval_settles_findings BEFORE UPDATE ON compliance_review
    FOR EACH ROW EXECUTE FUNCTION compliance_approval_settles_findings();
"""

DROP = """
DROP TRIGGER compliance_approval_settles_findings ON compliance_review;
DROP FUNCTION compliance_approval_settles_findings();
DROP FUNCTION compliance_findings_settled(uuid);
DROP TRIGGER compliance_dismissal_not_by_writer ON compliance_dismissal;
DROP FUNCTION compliance_dismissal_not_by_writer();
CREATE OR REPLACE FUNCTION compliance_condition_second_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.recorded_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM compliance_review AS review
          JOIN compliance_decision AS decision ON decision.id = NEW.decision_id
         WHERE review.id = NEW.review_id
           AND NEW.recorded_by_id IN (review.author_id, review.last_editor_id, decision.reviewer_id))
    THEN
        RAISE EXCEPTION 'a second person records the number' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER compliance_carried_not_by_writer ON compliance_carried;
DROP FUNCTION compliance_carried_not_by_writer();
DROP TRIGGER compliance_decision_not_by_writer ON compliance_decision;
DROP FUNCTION compliance_decision_not_by_writer();
DROP FUNCTION compliance_wrote(uuid, uuid);
"""


def _function(text: str, name: str) -> str:
    begin = text.index(f"CREATE FUNCTION {name}")
    return "CREATE OR REPLACE" + text[begin + len("CREATE") : text.index("$$;", begin) + 3]


ASIDE = _function(CREATE, "compliance_dismissal_not_by_writer")
ASIDE_IN_AN_OPEN_REVIEW = ASIDE.replace(
    """    IF EXISTS (
        SELECT 1""",
    """    IF NOT EXISTS (
        SELECT 1""",
).replace(
    "AND compliance_wrote(review.id, person))",
    "AND review.status = 'open' AND NOT compliance_wrote(review.id, person))",
)
