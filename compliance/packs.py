"""The rules in force at an institution: the shipped pack with its own terms and requirements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from compliance.models import RulePack
from compliance.scanner import Pack, default_pack, load_pack
from tenancy.models import Staff

Rows = Sequence[Mapping[str, str]]


def pack_in_force() -> Pack:
    """The open institution's rules."""
    active = RulePack.objects.filter(status="active").values_list("terms", "requirements").first()
    return built(*active) if active else default_pack()


def pack_of(pack: RulePack) -> Pack:
    """The rules as this version has them. Raises BadPack."""
    return built(pack.terms, pack.requirements)


def built(terms: Rows, requirements: Rows = ()) -> Pack:
    """A pack with these rows added; building takes a moment, so the last few are kept. Raises BadPack."""
    if not terms and not requirements:
        return default_pack()
    return _built(
        *(json.dumps(list(rows), ensure_ascii=False, sort_keys=True) for rows in (terms, requirements))
    )


@lru_cache(maxsize=32)
def _built(terms: str, requirements: str) -> Pack:
    return load_pack(json.loads(terms), requirements=json.loads(requirements))


def contributors_of(pack: RulePack) -> list[str]:
    """The names of all who wrote on a pack."""
    writers = Staff.objects.filter(id__in=pack.contributors).order_by("display_name", "id")
    return list(writers.values_list("display_name", flat=True))
