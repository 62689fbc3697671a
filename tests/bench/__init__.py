"""``make bench``: what the answer endpoint costs over the floor of the database and over a bare view."""
