"""Decisions carry the desk's signature, in SQL. Used by migrations only; `compliance.signing` says of what.

`compliance_decided(decision, fingerprint)`: a decision as it is signed. The database takes none without a
sound signature of a key that it trusts, and no review without one of the scan, which the desk checks before
anybody decides. What there was before has empty ones.
"""

from __future__ import annotations

CREATE = """
CREATE FUNCTION compliance_decided(decision compliance_decision, fingerprint text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT concat_ws(E'\\n', 'hequ-decision-1', decision.institution_id, decision.review_id, fingerprint,
        decision.verdict, decision.reviewer_id, COALESCE(decision.stands_in_for_id::text, ''), decision.role,
        decision.stage, encode(sha256(convert_to(decision.reasons, 'UTF8')), 'hex'), decision.session,
        to_char(decision.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
$$;

CREATE FUNCTION compliance_decision_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT kernel_signed_by_desk(NEW.key, compliance_decided(NEW, (
        SELECT review.fingerprint FROM compliance_review AS review WHERE review.id = NEW.review_id)),
        NEW.signature)
    THEN
        RAISE EXCEPTION 'a decision carries the signature of the desk' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER compliance_decision_signed AFTER INSERT ON compliance_decision
    FOR EACH ROW EXECUTE FUNCTION compliance_decision_signed();

CREATE FUNCTION compliance_review_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF length(NEW.scan_signature) <> 64 OR NOT EXISTS (
        SELECT 1 FROM kernel_deskkey
         WHERE name = NEW.scan_key AND (until IS NULL OR until > clock_timestamp()))
    THEN
        RAISE EXCEPTION 'a review carries the signature of the scan' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER compliance_review_signed AFTER INSERT ON compliance_review
    FOR EACH ROW EXECUTE FUNCTION compliance_review_signed();
"""

DROP = """
DROP TRIGGER compliance_review_signed ON compliance_review;
DROP FUNCTION compliance_review_signed();
DROP TRIGGER compliance_decision_signed ON compliance_decision;
DROP FUNCTION compliance_decision_signed();
DROP FUNCTION compliance_decided(compliance_decision, text);
"""
