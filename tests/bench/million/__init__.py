"""A scratch database of a million participants and ten million ledger entries, and what is measured on it."""
