"""Floor 1: what every room stands on. Knows nothing of banks, campaigns or people."""
