"""The rules in force at an institution: the shipped pack with its own terms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from compliance.models import RulePack
from compliance.scanner import Pack, default_pack, load_pack
from tenancy.models import Staff

Terms = Sequence[Mapping[str, str]]


def pack_in_force() -> Pack:
    """The open institution's rules."""
    terms = RulePack.objects.filter(status="active").values_list("terms", flat=True).first()
    return built(terms or ())


def built(terms: Terms) -> Pack:
    """A pack with these terms added; building takes a moment, so the last few are kept. Raises BadPack."""
    return _built(json.dumps(list(terms), ensure_ascii=False, sort_keys=True)) if terms else default_pack()


@lru_cache(maxsize=32)
def _built(terms: str) -> Pack:
    return load_pack(json.loads(terms))


def contributors_of(pack: RulePack) -> list[str]:
    """The names of all who wrote on a pack."""
    writers = Staff.objects.filter(id__in=pack.contributors).order_by("display_name", "id")
    return list(writers.values_list("display_name", flat=True))
