"""No version is frozen, and none goes live, with a passage that waits to be filled in (`kernel/placeholders.py`)."""

from __future__ import annotations

from django.db import migrations

PATTERN = (
    r"×{2,}|×[ ]*[%％]|[RC]×"
    r"|[一-鿿：（“][ ]*[Xx]{2,}"
    r"|(^|[^A-Za-z0-9])[Xx]{2,}[ ]*[一-鿿]"
    r"|[{][^{}]*[}]|[%][(][A-Za-z_]+[)]s"
    r"|【[ ]*】|〔[ ]*〕"
    r"|[【〔（([][^】〕）)]{0,12}(待填|待补|待定|此处填|请填|自动填写)[^】〕）)]{0,12}[]】〕）)]"
    r"|TODO|TBD|FIXME|待补充|待完善|占位文字|示例文字|[Ll]orem ipsum"
    r"|_{3,}|＿{2,}|[?？]{3,}"
)

FORWARD = f"""
CREATE FUNCTION campaigns_left_open(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT piece #>> '{{}}' FROM jsonb_path_query(content, 'strict $.**') AS piece
     WHERE jsonb_typeof(piece) = 'string' AND (piece #>> '{{}}') ~ $re${PATTERN}$re$ LIMIT 1
$$;

CREATE FUNCTION campaigns_filled_in() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF campaigns_left_open(NEW.content) IS NOT NULL THEN
        RAISE EXCEPTION 'a passage waits to be filled in' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION campaigns_shows_filled_in() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.live_version_id IS NOT DISTINCT FROM OLD.live_version_id
       AND (NEW.status <> 'published' OR OLD.status = 'published') THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM campaigns_version AS version
                WHERE version.id = NEW.live_version_id AND campaigns_left_open(version.content) IS NOT NULL) THEN
        RAISE EXCEPTION 'a passage waits to be filled in' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaigns_version_filled_in BEFORE INSERT ON campaigns_version
    FOR EACH ROW EXECUTE FUNCTION campaigns_filled_in();
CREATE TRIGGER campaigns_questionversion_filled_in BEFORE INSERT ON campaigns_questionversion
    FOR EACH ROW EXECUTE FUNCTION campaigns_filled_in();
CREATE TRIGGER campaigns_campaign_shows_filled_in BEFORE INSERT OR UPDATE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_shows_filled_in();
"""

BACK = """
DROP TRIGGER campaigns_campaign_shows_filled_in ON campaigns_campaign;
DROP TRIGGER campaigns_questionversion_filled_in ON campaigns_questionversion;
DROP TRIGGER campaigns_version_filled_in ON campaigns_version;
DROP FUNCTION campaigns_shows_filled_in();
DROP FUNCTION campaigns_filled_in();
DROP FUNCTION campaigns_left_open(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_halts")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
