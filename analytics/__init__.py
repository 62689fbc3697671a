"""Floor 8: figures, reports and the ledger's reading room. Reads what happened; never called from below."""
