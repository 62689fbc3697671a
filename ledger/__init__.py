"""Floor 2: the append-only record of everything that happened."""
