"""What answers a finding, in SQL. Used by migrations only; `compliance.settling` says the rule in full.

`compliance_findings_settled(review)`: behind every blocking finding stands a dismissal by two people, one of
them of compliance (a promise of principal or return: compliance and law), behind every warning one by a
reviewer (where somebody is pressed or promised something: by two); none of them wrote any of the content.
"""

from __future__ import annotations

from compliance.writers_sql import CREATE as WRITERS

PROMISES = ("principal_protection", "guaranteed_return")
TWO = (
    *PROMISES,
    "urgency_pressure",
    "risk_downplay",
    "exaggeration",
    "past_performance",
    "induced_sharing",
    "disguised_rebate",
    "minor_targeting",
)


def _named(keys: tuple[str, ...]) -> str:
    return ", ".join(f"'{key}'" for key in keys)


CREATE = f"""
CREATE OR REPLACE FUNCTION compliance_findings_settled(asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT 1 FROM compliance_review AS review, jsonb_array_elements(review.findings) AS finding
         WHERE review.id = asked AND finding ->> 'severity' IN ('block', 'warn') AND NOT EXISTS (
            SELECT 1 FROM compliance_dismissal AS aside
              JOIN tenancy_staff AS one ON one.id = aside.by_id
              LEFT JOIN tenancy_staff AS other ON other.id = aside.seconded_by_id
             WHERE aside.institution_id = review.institution_id
               AND aside.subject_kind = review.subject_kind AND aside.subject_id = review.subject_id
               AND aside.finding_key = left(encode(sha256(convert_to(
                    (finding ->> 'rule') || '|' || (finding ->> 'path') || '|' || (finding ->> 'matched'),
                    'UTF8')), 'hex'), 32)
               AND NOT compliance_wrote(review.id, aside.by_id)
               AND (other.id IS NULL OR NOT compliance_wrote(review.id, aside.seconded_by_id))
               AND CASE
                    WHEN finding ->> 'severity' = 'block' AND finding ->> 'category' IN ({_named(PROMISES)})
                    THEN ('compliance' = ANY (one.roles) AND 'legal' = ANY (other.roles))
                      OR ('legal' = ANY (one.roles) AND 'compliance' = ANY (other.roles))
                    WHEN finding ->> 'severity' = 'block'
                    THEN other.id IS NOT NULL AND 'compliance' = ANY (one.roles || other.roles)
                    WHEN finding ->> 'category' IN ({_named(TWO)}) THEN other.id IS NOT NULL
                    ELSE true END))
$$;
CREATE OR REPLACE FUNCTION compliance_approval_settles_findings() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.status = 'open' AND NEW.status = 'approved' AND NOT compliance_findings_settled(NEW.id) THEN
        RAISE EXCEPTION 'findings stand' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""  # noqa: S608 - the names stand above


def _as_it_was(function: str) -> str:
    begin = WRITERS.index(f"CREATE FUNCTION {function}")
    return "CREATE OR REPLACE" + WRITERS[begin + len("CREATE") : WRITERS.index("$$;", begin) + 3]


IN_ITS_SENTENCE = CREATE[: CREATE.index("CREATE OR REPLACE FUNCTION compliance_approval")].replace(
    "AND NOT compliance_wrote(review.id, aside.by_id)",
    "AND aside.sentence = coalesce(finding ->> 'sentence', '')\n"
    "               AND NOT compliance_wrote(review.id, aside.by_id)",
)
ANYWHERE = CREATE[: CREATE.index("CREATE OR REPLACE FUNCTION compliance_approval")]

DROP = f"{_as_it_was('compliance_findings_settled')}\n{_as_it_was('compliance_approval_settles_findings')}"
