"""The rules in force at an institution: the shipped pack with its own terms and requirements."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from compliance.models import RulePack
from compliance.scanner import Pack, default_pack, load_pack
from kernel.scope import current_institution
from tenancy.models import Institution, Staff

Rows = Sequence[Mapping[str, str]]
_LEGAL_FORM = re.compile(r"(?:股份|集团)?(?:有限)?(?:责任)?公司$|股份$|集团$")


def pack_in_force() -> Pack:
    """The open institution's rules, and the names it goes by."""
    active = RulePack.objects.filter(status="active").values_list("terms", "requirements").first()
    return _ours(built(*active) if active else default_pack())


def _ours(pack: Pack) -> Pack:
    """The rules, and the names by which the open institution is known. One query."""
    name = Institution.objects.filter(id=current_institution()).values_list("name", flat=True).first()
    return _named(pack, names_of(name or ""))


def names_of(institution: str) -> tuple[str, ...]:
    """What an institution is called in a sentence: its whole name, and the name without its legal form."""
    short = _LEGAL_FORM.sub("", institution)
    return tuple(dict.fromkeys(name for name in (institution, short) if len(name) > 1))


def _named(pack: Pack, names: tuple[str, ...]) -> Pack:
    """The same rules for who goes by these names; kept beside the rules, as all that follows from them."""
    ready = pack.caches.get("named " + "|".join(names))
    if isinstance(ready, Pack):
        return ready
    named = replace(pack, own_names=names)
    pack.caches["named " + "|".join(names)] = named
    return named


def pack_of(pack: RulePack) -> Pack:
    """The rules as this version has them, at the open institution. Raises BadPack."""
    return _ours(built(pack.terms, pack.requirements))


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
