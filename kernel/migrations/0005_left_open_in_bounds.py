"""The pattern of `kernel/placeholders.py` with bounds on what repeats: read in time that grows with the text."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

PATTERN = (
    r"×{2,}|×[ ]{0,8}[%％]|[RC]×"
    r"|[一-鿿：（“][ ]{0,8}[Xx]{2,}"
    r"|(^|[^A-Za-z0-9])[Xx]{2,60}[ ]{0,8}[一-鿿]"
    r"|[{][^{}]{0,200}[}]|[%][(][A-Za-z_]{1,60}[)]s"
    r"|【[ ]{0,20}】|〔[ ]{0,20}〕"
    r"|[【〔（([][^】〕）)]{0,12}(待填|待补|待定|此处填|请填|自动填写)[^】〕）)]{0,12}[]】〕）)]"
    r"|TODO|TBD|FIXME|待补充|待完善|占位文字|示例文字|[Ll]orem ipsum"
    r"|_{3,}|＿{2,}|[?？]{3,}"
)
BEFORE = import_module("kernel.migrations.0004_nothing_left_open").PATTERN


def function(pattern: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION kernel_left_open(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT piece #>> '{{}}' FROM jsonb_path_query(content, 'strict $.**') AS piece
     WHERE jsonb_typeof(piece) = 'string' AND (piece #>> '{{}}') ~ $re${pattern}$re$ LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_nothing_left_open")]

    operations = [migrations.RunSQL(function(PATTERN), function(BEFORE))]
