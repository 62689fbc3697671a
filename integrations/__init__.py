"""Floor 8: the outside world — text messages now; carried by workers, never inside a transaction."""
