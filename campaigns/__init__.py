"""Floor 7: campaigns, their immutable versions, the games they play, and the plays themselves."""
