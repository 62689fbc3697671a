"""Merkle trees as RFC 6962 draws them: SHA-256, leaves and nodes told apart by their first byte. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

Hash = bytes


def leaf_hash(leaf: bytes) -> Hash:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[Hash]) -> Hash:
    """The tree's root over leaf hashes (RFC 6962 §2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def audit_path(index: int, leaves: Sequence[Hash]) -> list[Hash]:
    """The neighbours that lead from leaf ``index`` to the root, lowest first (RFC 6962 §2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[Hash] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
        index //= 2
    return path


def root_from_path(leaf: Hash, *, index: int, size: int, path: Sequence[Hash]) -> Hash | None:
    """The root a path leads to (RFC 9162 §2.1.3.2), or None where the path does not fit the tree."""
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return None
        if here % 2 or here == last:
            found = node_hash(neighbour, found)
            while here % 2 == 0 and here:
                here, last = here // 2, last // 2
        else:
            found = node_hash(found, neighbour)
        here, last = here // 2, last // 2
    return found if last == 0 else None
