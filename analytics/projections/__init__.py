"""Projections of the ledger, one file each: found by walking this folder."""
