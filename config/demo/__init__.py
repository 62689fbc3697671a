"""The demo: everything from one command, on the same PostgreSQL, Redis and code as production."""
