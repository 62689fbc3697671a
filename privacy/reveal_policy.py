"""Who may read which field in clear (F25). Pure: the defaults, and what an institution may change of them.

Only the compliance post and the service post can be given anything at all; service staff never reach beyond
the visits they took. An institution may take a right away and give it back, not widen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tenancy.roles import Role


class Reach(StrEnum):
    """How far a post's reading goes."""

    NONE = "none"
    OWN = "own"
    ANY = "any"


FIELDS = ("name", "phone")

WIDEST: Mapping[str, Reach] = {Role.COMPLIANCE.value: Reach.ANY, Role.SERVICE.value: Reach.OWN}
"""The most a post can be given, and the default."""

Policy = Mapping[tuple[str, str], Reach]
DEFAULT: Policy = {(role, field): reach for role, reach in WIDEST.items() for field in FIELDS}

_ORDER = (Reach.NONE, Reach.OWN, Reach.ANY)


def reach_of(roles: Iterable[str], field: str, policy: Policy) -> Reach:
    """The farthest reach that any of the roles has for the field."""
    reaches = [policy.get((role, field), Reach.NONE) for role in roles]
    return max(reaches, key=_ORDER.index, default=Reach.NONE)


def may_be_given(role: str, field: str, reach: str) -> bool:
    """Whether an institution may set this: the post's own reach, or nothing."""
    return field in FIELDS and role in WIDEST and reach in (Reach.NONE, WIDEST[role])
