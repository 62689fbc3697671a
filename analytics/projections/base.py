"""What a projection is: a fold over the ledger's stable order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from ledger.models import Entry


class Projection(ABC):
    """Rows computed from ledger entries alone.

    ``apply`` sees every entry of the institution once, in order, in batches of any size: the same ledger
    gives the same rows however it is cut. ``forget`` removes the rows, so that it can be folded again.
    Both run in the transaction that moves the cursor.
    """

    name: ClassVar[str]

    @abstractmethod
    def apply(self, entries: Sequence[Entry]) -> None:
        """Fold the next entries in."""

    @abstractmethod
    def forget(self) -> None:
        """Remove everything folded so far for the open institution."""
