"""Compliance always has its word, in SQL. Used by migrations only.

Whatever stages a review names, it is approved only if a colleague in the post of compliance said yes in this
very review. Such an opinion is never carried, so no earlier one can stand for it. Approvals given before this
stood in the database keep their term.
"""

from __future__ import annotations

CREATE = """
CREATE FUNCTION compliance_review_officer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.status = 'open' AND NEW.status = 'approved' AND NOT EXISTS (
        SELECT 1 FROM compliance_decision AS decision
         WHERE decision.review_id = NEW.id AND decision.role = 'compliance' AND decision.verdict = 'approve')
    THEN
        RAISE EXCEPTION 'compliance has not approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_review_officer BEFORE UPDATE ON compliance_review
    FOR EACH ROW EXECUTE FUNCTION compliance_review_officer();
"""

DROP = """
DROP TRIGGER compliance_review_officer ON compliance_review;
DROP FUNCTION compliance_review_officer();
"""
