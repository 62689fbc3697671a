"""Django's PostgreSQL backend, with one question asked of our own machine instead of the server."""
