"""The fewest people a review may ask, in SQL. Used by migrations only; `compliance.risk` says it all.

`compliance_points(content, findings, sector, first)`: the points of risk, counted again by the database from
what is laid before it. A review that opens asks each post at least as many people as its points demand, in
whatever stage; nobody's hand in `stages` makes them fewer. An approval lasts no longer than half a year.
"""

from __future__ import annotations

ELDERLY = ("老年", "老人", "长辈", "退休", "银发", "养老", "爸妈", "父母")
MINORS = ("未成年", "少儿", "儿童", "青少年", "学生", "校园", "亲子", "压岁钱", "孩子")
TOGETHER = ("group_consult", "referral_assist")
JOINT_POINTS, HIGH_POINTS = 35, 60
LASTS = "181 days"  # 180 whole days, to the end of the last one


def _said(words: tuple[str, ...]) -> str:
    return " OR ".join(f"strpos(addressed, '{word}') > 0" for word in words)


_TOGETHER = ", ".join(f"'{game}'" for game in TOGETHER)

CREATE = f"""
CREATE FUNCTION compliance_points(content jsonb, findings jsonb, sector text, is_first boolean)
RETURNS integer LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT LEAST(100,
        CASE sector WHEN 'insurance' THEN 5 WHEN 'securities' THEN 10 WHEN 'wealth' THEN 10 ELSE 0 END
        + CASE WHEN COALESCE(content -> 'awards', 'null') IN ('null', 'false', '0', '""', '[]', '{{}}')
               THEN 0 ELSE 5 END
        + CASE WHEN content ->> 'game' IN ({_TOGETHER}) THEN 25 ELSE 0 END
        + CASE WHEN wechat THEN 5 ELSE 0 END
        + CASE WHEN {_said(ELDERLY)} THEN 15 ELSE 0 END
        + CASE WHEN {_said(MINORS)} THEN 15 ELSE 0 END
        + CASE WHEN channels > 3 THEN 5 ELSE 0 END
        + CASE WHEN is_first THEN 5 ELSE 0 END
        + LEAST(24, 6 * warnings) + LEAST(60, 30 * blocks))
      FROM (SELECT COALESCE(content ->> 'title', '') || COALESCE(content ->> 'promise', '') AS addressed
            ) AS said,
           (SELECT count(*)::integer AS channels, COALESCE(bool_or(
                starts_with(channel ->> 'kind', 'wechat')
                OR starts_with(channel ->> 'kind', 'official_account')
                OR starts_with(channel ->> 'kind', 'mini_program')), false) AS wechat
              FROM jsonb_array_elements(CASE WHEN jsonb_typeof(content -> 'channels') = 'array'
                                             THEN content -> 'channels' ELSE '[]' END) AS channel) AS spread,
           (SELECT count(*) FILTER (WHERE finding ->> 'severity' = 'warn')::integer AS warnings,
                   count(*) FILTER (WHERE finding ->> 'severity' = 'block')::integer AS blocks
              FROM jsonb_array_elements(findings) AS finding) AS found
$$;

CREATE FUNCTION compliance_floor(points integer, blocks boolean) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN points >= {HIGH_POINTS} THEN
            '{{"creative": 1, "legal": 1, "operations": 1, "compliance": 2, "consumer_protection": 1}}'::jsonb
        WHEN points >= {JOINT_POINTS} OR blocks THEN
            '{{"creative": 1, "legal": 1, "operations": 1, "compliance": 1, "consumer_protection": 1}}'::jsonb
        ELSE '{{"compliance": 1}}'::jsonb END
$$;

CREATE FUNCTION compliance_review_floor() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    points integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.status = 'approved' AND NEW.expires_at > NEW.decided_at + interval '{LASTS}' THEN
            RAISE EXCEPTION 'an approval lasts half a year at most' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    points := compliance_points(NEW.content, NEW.findings,
        (SELECT sector FROM tenancy_institution WHERE id = NEW.institution_id),
        NOT EXISTS (
            SELECT 1 FROM compliance_review AS earlier
             WHERE earlier.institution_id = NEW.institution_id AND earlier.subject_kind = NEW.subject_kind
               AND earlier.subject_id = NEW.subject_id AND earlier.certificate IS NOT NULL));
    IF EXISTS (
        SELECT 1 FROM jsonb_each_text(compliance_floor(
                points, NEW.findings @? '$[*] ? (@.severity == "block")')) AS demand (role, people)
         WHERE demand.people::integer > COALESCE((
            SELECT max((stage ->> demand.role)::integer) FROM jsonb_array_elements(NEW.stages) AS stage), 0))
    THEN
        RAISE EXCEPTION 'fewer are asked than the content demands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER compliance_review_floor BEFORE INSERT OR UPDATE OF status, expires_at, decided_at
    ON compliance_review FOR EACH ROW EXECUTE FUNCTION compliance_review_floor();
"""  # noqa: S608 - nothing in it but constants of ours

DROP = """
DROP TRIGGER compliance_review_floor ON compliance_review;
DROP FUNCTION compliance_review_floor();
DROP FUNCTION compliance_floor(integer, boolean);
DROP FUNCTION compliance_points(jsonb, jsonb, text, boolean);
"""
