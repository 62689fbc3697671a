"""What waits to be filled in (`kernel/placeholders.py`), seen by the database, for the rooms that keep texts."""

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
CREATE FUNCTION kernel_left_open(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT piece #>> '{{}}' FROM jsonb_path_query(content, 'strict $.**') AS piece
     WHERE jsonb_typeof(piece) = 'string' AND (piece #>> '{{}}') ~ $re${PATTERN}$re$ LIMIT 1
$$;

CREATE FUNCTION kernel_filled_in() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    columns text[] := TG_ARGV;
    name text;
BEGIN
    FOREACH name IN ARRAY columns LOOP
        IF kernel_left_open(to_jsonb(NEW) -> name) IS NOT NULL THEN
            RAISE EXCEPTION 'a passage waits to be filled in' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""

BACK = """
DROP FUNCTION kernel_filled_in();
DROP FUNCTION kernel_left_open(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_framework_tables_are_read")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
