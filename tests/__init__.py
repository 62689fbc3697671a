"""The house, seen from outside."""
