"""双人同行咨询: two new customers ask for the same free consultation together, or one asks alone."""
