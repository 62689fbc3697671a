"""Campaigns ask the kernel's function, which knows the one pattern, whether a passage waits to be filled in."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

BEFORE = import_module("campaigns.migrations.0012_nothing_left_open").PATTERN

FORWARD = """
CREATE OR REPLACE FUNCTION campaigns_left_open(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$ SELECT kernel_left_open(content) $$;
"""
BACK = f"""
CREATE OR REPLACE FUNCTION campaigns_left_open(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT piece #>> '{{}}' FROM jsonb_path_query(content, 'strict $.**') AS piece
     WHERE jsonb_typeof(piece) = 'string' AND (piece #>> '{{}}') ~ $re${BEFORE}$re$ LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0012_nothing_left_open"), ("kernel", "0005_left_open_in_bounds")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
