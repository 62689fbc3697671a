"""PostgreSQL and Redis from their wheels, for the demo and the tests: the real servers, one command, no root.

Production brings its own servers; nothing here runs there.
"""
