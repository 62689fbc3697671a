"""When an entry was written down, by the database's own clock, in SQL. Used by migrations and by whoever owns
the tables.

`recorded_at` is the database's to give: the runtime role has no right to write that column, and every seal
covers it. `at` is the moment of the deed as the process tells it; `KEPT` lets it differ from the clock by
what the longest task takes and no more. `LEFT_OPEN` is for whoever owns the tables and fills a world of the
past: the demo while it is planted, the tests, whose noon is not ours. What they write still says when it was
written.
"""

from __future__ import annotations

BEFORE, AFTER = "15 minutes", "5 minutes"

ADD = """
ALTER TABLE ledger_entry ADD COLUMN recorded_at timestamptz;
ALTER TABLE ledger_entry ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
"""
REMOVE = "ALTER TABLE ledger_entry DROP recorded_at;"

KEPT = f"""
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_is_told_at_once CHECK (
    at BETWEEN recorded_at - interval '{BEFORE}' AND recorded_at + interval '{AFTER}') NOT VALID;
"""
LEFT_OPEN = "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_is_told_at_once;"
