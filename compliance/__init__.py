"""Compliance: the law library, rule packs, the scanner, the review and the gate."""
