"""The sentences an institution judges its rules by: ours, but for what it set aside, and its own.

Ours are the sets whose words are on every page about the scanner (`docs/scanner.md`): a few hundred, most of
them in no training. The sets the second reader learnt from would only say that it remembers.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from compliance.evaluation import GOLDEN, Labelled, golden
from compliance.models import GoldenSentence, SetAside
from compliance.models.golden import LONGEST_REASON, LONGEST_SENTENCE
from compliance.scanner import ALL_SECTORS, SECTORS, default_pack
from compliance.scanner.matter import CONTENT_TYPES
from kernel.fingerprint import fingerprint
from kernel.scope import current_institution

SHIPPED = ("dev", "test", "check", "unseen")
MOST_OWN = 2000

_WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence as somebody writes it down. `category` only where it offends, and even there optional."""

    text: str
    offends: bool
    content_type: str
    sector: str = ALL_SECTORS
    category: str = ""
    why: str = ""

    @property
    def is_fit(self) -> bool:
        words = 0 < len(self.text) <= LONGEST_SENTENCE and len(self.why) <= LONGEST_REASON
        places = self.content_type in CONTENT_TYPES and self.sector in (ALL_SECTORS, *SECTORS)
        named = self.category in ("", *default_pack().categories) and (self.offends or not self.category)
        return words and places and named and "\0" not in self.text + self.why


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the page: a sentence of ours or theirs, and what became of it."""

    sentence: Labelled
    key: str
    own: GoldenSentence | None = None
    aside: SetAside | None = None


def key_of(text: str) -> str:
    """Names the words whatever their width, case and spacing. Disguises stay: they are what is tested."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()


@lru_cache(maxsize=1)
def shipped() -> dict[str, Labelled]:
    """Our sentences by key."""
    return {key_of(one.text): one for name in SHIPPED for one in golden(GOLDEN / f"{name}.tsv")}


def golden_set() -> list[Labelled]:
    """What a draft is tried on now; two queries. Their own are named by the id of the row."""
    aside = set(SetAside.objects.filter(ended_at=None).values_list("key", flat=True))
    ours = [one for key, one in shipped().items() if key not in aside]
    return ours + [labelled(one) for one in _live()]


def golden_hash(sentences: Sequence[Labelled]) -> str:
    """Names exactly these sentences with their labels, in whatever order."""
    return fingerprint(
        sorted([one.text, one.offends, one.category, one.sector, one.content_type] for one in sentences)
    )


def labelled(row: GoldenSentence) -> Labelled:
    """A row of theirs as the evaluation reads it."""
    return Labelled(str(row.id), row.offends, row.category, row.sector, row.content_type, row.text)


def ours_count() -> int:
    """How many of ours count."""
    aside = SetAside.objects.filter(ended_at=None).values_list("key", flat=True)
    return len(shipped().keys() - set(aside))


def own_count() -> int:
    """How many of their own count."""
    return GoldenSentence.objects.filter(ended_at=None).count()


def listed(*, words: str = "", label: str = "", origin: str = "") -> list[Listed]:
    """The set as people look at it: theirs first, the newest on top. Four queries at most, bounded by
    `MOST_OWN` and by ours; of what was withdrawn, the last `MOST_OWN`.

    `label`: "violation", "fine" or any; `origin`: "own", "ours", "aside", "withdrawn", or all that counts.
    """
    found: list[Listed] = []
    if origin in {"", "own"}:
        found += [Listed(labelled(one), one.key, own=one) for one in _live()]
    if origin == "withdrawn":
        gone = GoldenSentence.objects.filter(ended_at__isnull=False).select_related("added_by", "ended_by")
        found += [
            Listed(labelled(one), one.key, own=one) for one in gone.order_by("-ended_at", "-id")[:MOST_OWN]
        ]
    if origin in {"", "ours", "aside"}:
        aside = {one.key: one for one in SetAside.objects.filter(ended_at=None).select_related("by")}
        found += [
            Listed(one, key, aside=aside.get(key))
            for key, one in shipped().items()
            if (key in aside) == (origin == "aside")
        ]
    return [one for one in found if _matches(one, words.casefold(), label)]


def hold_still() -> None:
    """Let nobody else change the institution's set before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [f"golden:{current_institution()}"])


def _live() -> list[GoldenSentence]:
    rows = GoldenSentence.objects.filter(ended_at=None).select_related("added_by")
    return list(rows.order_by("-added_at", "-id"))


def _matches(one: Listed, words: str, label: str) -> bool:
    if label in {"violation", "fine"} and one.sentence.offends != (label == "violation"):
        return False
    told = f"{one.sentence.text} {one.own.why if one.own else ''}".casefold()
    return not words or words in told
