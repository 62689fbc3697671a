"""金融老客助力: an existing customer passes on a few questions; the new customer's own answers earn it."""
