"""Posts that decide are given by two administrators, in SQL. Used by migrations only; `tenancy.second_person`
says the rule in words.

On the day an institution is opened the operator names its first people; the database's clock says which day
that is. From then on a post that decides comes to a colleague only while the confirmed request of two
administrators for that very post is minutes old, and the operator stands in for the second one only as the
owner of the tables: `manage.py confirm_request` with the owner's address.
"""

from __future__ import annotations

DECIDING = ("administrator", "compliance", "consumer_protection", "creative", "legal", "operations")

_NAMED = ", ".join(f"'{role}'" for role in DECIDING)
CREATE = f"""
ALTER TABLE tenancy_institution ADD COLUMN founded_at timestamptz;
ALTER TABLE tenancy_accessrequest ADD COLUMN confirmed_by_clock timestamptz;

CREATE FUNCTION tenancy_by_owner() RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT relowner = current_user::regrole FROM pg_class WHERE oid = 'tenancy_staff'::regclass
$$;

CREATE FUNCTION tenancy_institution_founded() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.founded_at := clock_timestamp();
    ELSIF NOT tenancy_by_owner() THEN
        NEW.founded_at := OLD.founded_at;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tenancy_institution_founded BEFORE INSERT OR UPDATE ON tenancy_institution
    FOR EACH ROW EXECUTE FUNCTION tenancy_institution_founded();

CREATE FUNCTION tenancy_operator_may(asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT tenancy_by_owner() OR EXISTS (
        SELECT 1 FROM tenancy_institution
         WHERE id = asked AND founded_at > clock_timestamp() - interval '1 day')
$$;

CREATE FUNCTION tenancy_administers(person uuid, asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM tenancy_staff
         WHERE id = person AND institution_id = asked AND is_active AND 'administrator' = ANY (roles)
           AND (access_until IS NULL OR access_until > clock_timestamp()))
$$;

CREATE FUNCTION tenancy_staff_posts_by_two() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    held text[] := CASE WHEN TG_OP = 'UPDATE' THEN OLD.roles ELSE '{{}}' END;
    gained text[] := ARRAY(
        SELECT role FROM unnest(NEW.roles) AS role WHERE role IN ({_NAMED}) AND role <> ALL (held));
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.institution_id) IS DISTINCT FROM (OLD.id, OLD.institution_id) THEN
        RAISE EXCEPTION 'a colleague stays who they are' USING ERRCODE = 'check_violation';
    END IF;
    IF gained = '{{}}' OR tenancy_operator_may(NEW.institution_id) OR EXISTS (
        SELECT 1 FROM tenancy_accessrequest AS request
         WHERE request.institution_id = NEW.institution_id AND request.staff_id = NEW.id
           AND request.what = 'roles' AND request.status = 'confirmed' AND gained <@ request.roles::text[]
           AND request.confirmed_by_clock > clock_timestamp() - interval '5 minutes')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a post that decides is given by two administrators' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER tenancy_staff_posts_by_two
    BEFORE INSERT OR UPDATE OF id, institution_id, roles ON tenancy_staff
    FOR EACH ROW EXECUTE FUNCTION tenancy_staff_posts_by_two();

CREATE FUNCTION tenancy_accessrequest_second_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.confirmed_by_clock := NULL;
    IF TG_OP = 'INSERT' AND (NEW.status <> 'asked' OR NEW.settled_by_id IS NOT NULL OR NEW.by_operator
        OR NEW.expires_at > NEW.asked_at + interval '14 days'
        OR NOT tenancy_administers(NEW.asked_by_id, NEW.institution_id))
    THEN
        RAISE EXCEPTION 'access_request_second_person: a request begins with one administrator in office'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'confirmed' THEN
        IF NOT tenancy_administers(NEW.asked_by_id, NEW.institution_id) OR NOT (CASE
            WHEN NEW.by_operator THEN tenancy_operator_may(NEW.institution_id)
            ELSE COALESCE(tenancy_administers(NEW.settled_by_id, NEW.institution_id), false) END)
        THEN
            RAISE EXCEPTION 'access_request_second_person: two administrators in office confirm it'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.confirmed_by_clock := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tenancy_accessrequest_second_person BEFORE INSERT OR UPDATE ON tenancy_accessrequest
    FOR EACH ROW EXECUTE FUNCTION tenancy_accessrequest_second_person();
"""  # noqa: S608 - nothing in it but constants of ours

GUARDED = (*DECIDING, "service")
"""Since 0010 also the post that reads customers and redeems their codes."""
_FUNCTION = CREATE[CREATE.index("CREATE FUNCTION tenancy_staff_posts_by_two()") :]
_FUNCTION = _FUNCTION[: _FUNCTION.index("END $$;") + len("END $$;")]
GIVEN_BY_TWO = _FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
GUARD_SERVICE = GIVEN_BY_TWO.replace(_NAMED, ", ".join(f"'{role}'" for role in GUARDED)).replace(
    "a post that decides is", "a post that decides or reads customers is"
)

_BEGIN = CREATE.index("CREATE FUNCTION tenancy_accessrequest_second_person")
SECOND_PERSON = "CREATE OR REPLACE" + CREATE[_BEGIN + len("CREATE") : CREATE.index("$$;", _BEGIN) + 3]
SIGNED_SECOND_PERSON = SECOND_PERSON.replace(
    "ELSE COALESCE(tenancy_administers(NEW.settled_by_id, NEW.institution_id), false) END)",
    """ELSE COALESCE(tenancy_administers(NEW.settled_by_id, NEW.institution_id), false)
                AND kernel_signed_by_desk(NEW.key, concat_ws(E'\\n', 'hequ-access-1', NEW.institution_id,
                    NEW.id, NEW.staff_id, NEW.what, array_to_string(NEW.roles, ','), NEW.asked_by_id,
                    NEW.settled_by_id, NEW.session), NEW.signature) END)""",
)

GUARDED_READERS = (*GUARDED, "auditor")
"""Since 0012 also the post that reads records of people, masked."""
_HELD = "CASE WHEN TG_OP = 'UPDATE' THEN OLD.roles ELSE '{}' END"
_TRIGGER = """
DROP TRIGGER tenancy_staff_posts_by_two ON tenancy_staff;
CREATE TRIGGER tenancy_staff_posts_by_two
    BEFORE INSERT OR UPDATE OF {columns} ON tenancy_staff
    FOR EACH ROW EXECUTE FUNCTION tenancy_staff_posts_by_two();
"""
# Whoever was shut out, or is let in longer, held nothing; who stays shut out gains nothing yet.
GUARD_COMING_BACK = GUARD_SERVICE.replace(
    ", ".join(f"'{role}'" for role in GUARDED), ", ".join(f"'{role}'" for role in GUARDED_READERS)
).replace(
    _HELD,
    """CASE WHEN TG_OP = 'UPDATE' AND OLD.is_active
        AND (OLD.access_until IS NULL OR COALESCE(NEW.access_until <= OLD.access_until, false))
        THEN OLD.roles ELSE '{}' END""",
).replace("IF gained = '{}' OR", "IF gained = '{}' OR NOT NEW.is_active OR") + _TRIGGER.format(
    columns="id, institution_id, roles, is_active, access_until"
)
GUARD_GIVING = GUARD_SERVICE + _TRIGGER.format(columns="id, institution_id, roles")

DROP = """
DROP TRIGGER tenancy_accessrequest_second_person ON tenancy_accessrequest;
DROP FUNCTION tenancy_accessrequest_second_person();
DROP TRIGGER tenancy_staff_posts_by_two ON tenancy_staff;
DROP FUNCTION tenancy_staff_posts_by_two();
DROP FUNCTION tenancy_administers(uuid, uuid);
DROP FUNCTION tenancy_operator_may(uuid);
DROP TRIGGER tenancy_institution_founded ON tenancy_institution;
DROP FUNCTION tenancy_institution_founded();
DROP FUNCTION tenancy_by_owner();
ALTER TABLE tenancy_accessrequest DROP confirmed_by_clock;
ALTER TABLE tenancy_institution DROP founded_at;
"""
