"""The gate in SQL. Used by migrations only; the words for people are in `compliance.gate`.

`compliance_is_complete(review)`: behind every demand of every stage stand enough approvals of distinct
people. `compliance_is_approved(institution, kind, subject, fingerprint)`: an approved, unexpired, complete
review names exactly this content and no condition of it is unmet. Other rooms' triggers call it. It goes by
the database's own clock.
"""

CREATE = """
ALTER TABLE compliance_decision ADD CONSTRAINT decision_names_the_authors
    FOREIGN KEY (review_id, author_id, last_editor_id)
    REFERENCES compliance_review (id, author_id, last_editor_id);

CREATE FUNCTION compliance_is_complete(asked uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT jsonb_array_length(review.stages) > 0
       AND NOT EXISTS (
            SELECT 1 FROM compliance_decision AS decision
             WHERE decision.review_id = review.id AND decision.verdict <> 'approve')
       AND NOT EXISTS (
            SELECT 1
              FROM jsonb_array_elements(review.stages) WITH ORDINALITY AS stage (roles, number),
                   jsonb_each_text(stage.roles) AS demand (role, people)
             WHERE demand.people::int > (
                    SELECT count(DISTINCT decision.reviewer_id) FROM compliance_decision AS decision
                     WHERE decision.review_id = review.id AND decision.verdict = 'approve'
                       AND decision.role = demand.role AND decision.stage = stage.number - 1))
       AND EXISTS (SELECT 1 FROM compliance_decision AS decision WHERE decision.review_id = review.id)
      FROM compliance_review AS review WHERE review.id = asked
$$;

CREATE FUNCTION compliance_is_approved(
    of_institution uuid, of_kind text, of_subject uuid, of_fingerprint text
) RETURNS boolean LANGUAGE sql STABLE AS $$
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

CREATE FUNCTION compliance_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.status <> 'open' THEN
        RAISE EXCEPTION 'a review begins open' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> NEW.status THEN
        IF OLD.status <> 'open' AND NOT (OLD.status = 'approved' AND NEW.status IN ('lapsed', 'revoked')) THEN
            RAISE EXCEPTION 'a decided review stays decided' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status = 'approved' AND NOT compliance_is_complete(NEW.id) THEN
            RAISE EXCEPTION 'an approval needs every decision asked for' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'approved' AND NEW.expires_at > OLD.expires_at THEN
        RAISE EXCEPTION 'an approval is not prolonged, it is given anew' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_review_guard BEFORE INSERT OR UPDATE ON compliance_review
    FOR EACH ROW EXECUTE FUNCTION compliance_review_guard();

CREATE FUNCTION compliance_decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM tenancy_staff AS staff
         WHERE staff.id = NEW.reviewer_id AND staff.institution_id = NEW.institution_id
           AND staff.is_active AND NEW.role = ANY (staff.roles))
    THEN
        RAISE EXCEPTION 'the reviewer does not hold the role' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM compliance_review AS review
         WHERE review.id = NEW.review_id AND review.status = 'open' AND review.stage = NEW.stage
           AND (review.stages -> NEW.stage::int) ? NEW.role)
    THEN
        RAISE EXCEPTION 'nobody asked for this decision' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_decision_guard BEFORE INSERT ON compliance_decision
    FOR EACH ROW EXECUTE FUNCTION compliance_decision_guard();
"""

DROP = """
DROP TRIGGER compliance_decision_guard ON compliance_decision;
DROP FUNCTION compliance_decision_guard();
DROP TRIGGER compliance_review_guard ON compliance_review;
DROP FUNCTION compliance_review_guard();
DROP FUNCTION compliance_is_approved(uuid, text, uuid, text);
DROP FUNCTION compliance_is_complete(uuid);
ALTER TABLE compliance_decision DROP CONSTRAINT decision_names_the_authors;
"""
