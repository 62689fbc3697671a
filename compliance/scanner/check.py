"""What a check is: it looks at the matter and yields hits; context then decides which are excused.

A check lives alone in `compliance/checks/<name>.py`, brings its own samples, and is found by walking there.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from compliance.scanner.matter import ALL_SECTORS, Shape, Text
from compliance.scanner.normalise import View, normalise
from compliance.scanner.pack import Pack
from compliance.scanner.work import Work


@dataclass(frozen=True)
class Hit:
    """A candidate in one field: [begin, end) in the view, before context has spoken.

    A hit on the campaign's mechanics rather than its words has `index` -1 and names a `path` itself.
    """

    index: int
    begin: int
    end: int
    rule: str
    category: str
    severity: str
    article: str
    suggestion: str = ""
    why: str = ""
    excusable: bool = True
    replacement: str | None = None
    path: str = ""


@dataclass(frozen=True)
class Matter:
    """Everything under examination: the fields, their views, the sector, the campaign's shape if known."""

    texts: Sequence[Text]
    views: Sequence[View]
    sector: str
    pack: Pack
    shape: Shape | None = None
    work: Work = field(default_factory=Work, compare=False, repr=False)
    _facts: dict[object, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        texts: Sequence[Text],
        sector: str,
        pack: Pack,
        shape: Shape | None = None,
        work: Work | None = None,
    ) -> "Matter":
        """The fields, made ready to be read. Raises TooMuchWork."""
        work = work or Work()
        work.characters(sum(len(text.text) for text in texts))
        return cls(tuple(texts), tuple(normalise(text.text) for text in texts), sector, pack, shape, work)

    def facts(self, gather: "Callable[[Matter], frozenset[str]]") -> frozenset[str]:
        """What `gather` says of all the fields, gathered once however often it is asked for."""
        if gather not in self._facts:
            self._facts[gather] = gather(self)
        return self._facts[gather]

    def sector_of(self, index: int) -> str:
        return self.texts[index].sector or self.sector

    def binds(self, rule_sector: str, index: int) -> bool:
        """Does a rule for this sector bind this field? A field of no particular sector obeys them all."""
        sector = self.sector_of(index)
        return rule_sector == ALL_SECTORS or sector in (ALL_SECTORS, rule_sector)


@dataclass(frozen=True)
class CheckSample:
    """A case a check ships with: these fields give findings of exactly these categories."""

    name: str
    texts: tuple[Text, ...]
    expect: frozenset[str]
    sector: str = ALL_SECTORS
    shape: Shape | None = None


class Check(ABC):
    """One way of looking. `key` is unique; `samples` prove it."""

    key: str
    label: str
    samples: tuple[CheckSample, ...] = ()

    @abstractmethod
    def examine(self, matter: Matter) -> Iterator[Hit]:
        """Yield candidate hits."""
