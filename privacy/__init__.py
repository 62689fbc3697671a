"""Floor 5: the only place of names, phone numbers and the like; consent, retention, forgetting."""
