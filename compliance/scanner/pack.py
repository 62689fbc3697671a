"""Rule packs: terms, patterns, categories and innocent words, read from tab-separated rows.

A pack is data. `Pack.hash` names exactly these rows, so a stored result can be re-run and comes out the same.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from compliance.scanner.openings import Opening, opening_of
from compliance.scanner.requirements import Requirement, requirements_in

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = (
    "lexicon.tsv",
    "patterns.tsv",
    "concepts.tsv",
    "innocents.tsv",
    "categories.tsv",
    "disguises.tsv",
    "traditional.tsv",
    "sounds.tsv",
    "heard.tsv",
    "ordinary.tsv",
    "disclaimers.tsv",
    "rewordings.tsv",
    "frames.tsv",
    "likeness.tsv",
    "kinship.tsv",
    "own_sector.tsv",
)
SAME_SENTENCE = r"[^。!?;\n]"


@dataclass(frozen=True)
class Category:
    key: str
    label: str
    label_en: str
    why: str
    suggestion: str
    penalty: str


@dataclass(frozen=True)
class Term:
    """One literal of the lexicon."""

    rule: str
    term: str
    category: str
    sector: str
    severity: str
    article: str
    unless: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True)
class Pattern:
    """One composed expression: a promise word near a yield word, and the like."""

    rule: str
    category: str
    sector: str
    severity: str
    article: str
    expression: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    suggestion: str = ""
    opening: Opening = None

    def may_match(self, characters: frozenset[str]) -> bool:
        """Whether a text of these characters could hold a match at all."""
        return self.opening is None or not self.opening.isdisjoint(characters)


@dataclass(frozen=True)
class Disclaimer:
    """A sentence that must stand where its trigger occurs."""

    key: str
    sector: str
    trigger: str
    text: str
    placement: str
    level: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """Everything the checks look up. Built once, never changed."""

    terms: tuple[Term, ...]
    patterns: tuple[Pattern, ...]
    categories: Mapping[str, Category]
    innocents: tuple[str, ...]
    disclaimers: tuple[Disclaimer, ...]
    rewordings: str
    hash: str
    own_sector: Mapping[tuple[str, str], str] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()
    own_names: tuple[str, ...] = ()  # what the institution calls itself; an input like the words, no rule
    caches: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def article_for(self, article: str, sector: str) -> str:
        """The article by which a house of this sector is judged, where a rule cites another trade's."""
        return self.own_sector.get((article, sector), article)

    @cached_property
    def terms_by_rule(self) -> dict[str, Term]:
        return {term.rule: term for term in self.terms}


class BadPack(ValueError):
    """A row that cannot be read; says which and why."""


def rows_of(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [{key: (value or "") for key, value in row.items() if key} for row in reader]


def term_rule(term: str, sector: str) -> str:
    """A stable short name for a lexicon row."""
    return "LX-" + hashlib.sha256(f"{sector}:{term}".encode()).hexdigest()[:8]


def _terms(rows: Iterable[Mapping[str, str]]) -> list[Term]:
    return [
        Term(
            rule=row.get("rule") or term_rule(row["term"], row["sector"]),
            term=row["term"].lower(),
            category=row["category"],
            sector=row["sector"] or "all",
            severity=row["severity"],
            article=row["article"],
            unless=tuple(part.lower() for part in row.get("unless", "").split("|") if part),
            suggestion=row.get("suggestion", ""),
        )
        for row in rows
    ]


def _expander(concepts: Mapping[str, str]) -> re.Pattern[str]:
    names = sorted(concepts, key=len, reverse=True)
    return re.compile("|".join(names) + r"|G(?=\{)")


def compile_pattern(expression: str, concepts: Mapping[str, str]) -> re.Pattern[str]:
    """Fill in the concept words. Raises BadPack when the result is no expression."""
    names = _expander(concepts)

    def fill(hit: re.Match[str]) -> str:
        return SAME_SENTENCE if hit.group() == "G" else f"(?:{concepts[hit.group()]})"

    filled = expression
    for _ in range(3):
        filled = names.sub(fill, filled)
    try:
        return re.compile(filled)
    except re.error as fault:
        raise BadPack(f"{expression[:60]}: {fault}") from fault


def _patterns(rows: Sequence[Mapping[str, str]], concepts: Mapping[str, str]) -> list[Pattern]:
    names = [row["rule"] for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadPack(f"two patterns are called {twice}")
    compiled = {row["rule"]: compile_pattern(row["pattern"], concepts) for row in rows}
    return [
        Pattern(
            rule=row["rule"],
            category=row["category"],
            sector=row["sector"] or "all",
            severity=row["severity"],
            article=row["article"],
            expression=compiled[row["rule"]],
            opening=opening_of(compiled[row["rule"]]),
            unless=compile_pattern(row["unless"], concepts) if row["unless"] else None,
            suggestion=row.get("suggestion", ""),
        )
        for row in rows
    ]


def load_pack(
    extra_terms: Iterable[Mapping[str, str]] = (),
    folder: Path = DATA,
    *,
    requirements: Sequence[Mapping[str, str]] = (),
) -> Pack:
    """Read the shipped pack, with an institution's own terms and requirements added. Raises BadPack."""
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    added = [dict(row) for row in extra_terms]
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(name.encode() + b"\0" + texts[name].encode() + b"\0")
    for row in added:
        digest.update(repr(sorted(row.items())).encode())
    for one in requirements:
        digest.update(b"\0required\0" + repr(sorted(one.items())).encode())
    concepts = {row["name"]: row["words"] for row in rows_of(texts["concepts.tsv"])}
    categories = {
        row["category"]: Category(
            row["category"], row["label"], row["label_en"], row["why"], row["suggestion"], row["penalty"]
        )
        for row in rows_of(texts["categories.tsv"])
    }
    terms = _terms([*rows_of(texts["lexicon.tsv"]), *added])
    patterns = _patterns(rows_of(texts["patterns.tsv"]), concepts)
    rules: list[Term | Pattern] = [*terms, *patterns]
    for rule in rules:
        if rule.category not in categories:
            raise BadPack(f"{rule.rule}: unknown category {rule.category!r}")
    return Pack(
        terms=tuple(terms),
        patterns=tuple(patterns),
        categories=categories,
        innocents=tuple(row["word"] for row in rows_of(texts["innocents.tsv"])),
        disclaimers=tuple(_disclaimers(rows_of(texts["disclaimers.tsv"]))),
        rewordings=texts["rewordings.tsv"],
        hash=digest.hexdigest(),
        own_sector={
            (row["article"], row["sector"]): row["instead"] for row in rows_of(texts["own_sector.tsv"])
        },
        requirements=_required(requirements),
    )


def _required(rows: Sequence[Mapping[str, str]]) -> tuple[Requirement, ...]:
    try:
        return requirements_in(rows)
    except (ValueError, KeyError) as fault:
        raise BadPack(f"a requirement that cannot be read: {fault}") from fault


def _disclaimers(rows: Iterable[Mapping[str, str]]) -> list[Disclaimer]:
    return [
        Disclaimer(
            key=row["id"],
            sector=row["sector"],
            trigger=row["trigger"],
            text=row["required_text"],
            placement=row["placement"],
            level=row["mandatory_level"],
            articles=tuple(part.strip() for part in row["basis"].split(";") if part.strip()),
        )
        for row in rows
    ]


@lru_cache(maxsize=1)
def default_pack() -> Pack:
    return load_pack()
