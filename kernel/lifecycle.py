"""State machines as tables: no hooks, no library, readable in a meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kernel.errors import DomainError


class IllegalTransition(DomainError):
    """The deed does not exist in this state."""

    code = "illegal_transition"
    zh = "当前状态已不能进行这项操作，请刷新后再看。"
    en = "This step is not possible in the current state. Please refresh and look again."

    def __init__(self, *, state: str, deed: str) -> None:
        super().__init__(state=state, deed=deed)


class Lifecycle:
    """``{(state, deed): next state}``."""

    def __init__(self, table: Mapping[tuple[str, str], str]) -> None:
        self._table = dict(table)

    def next(self, state: str, deed: str) -> str:
        """The state after ``deed``. Raises IllegalTransition."""
        try:
            return self._table[state, deed]
        except KeyError:
            raise IllegalTransition(state=state, deed=deed) from None

    def allows(self, state: str, deed: str) -> bool:
        return (state, deed) in self._table

    @property
    def states(self) -> frozenset[str]:
        return frozenset(state for state, _ in self._table) | frozenset(self._table.values())

    @property
    def deeds(self) -> frozenset[str]:
        return frozenset(deed for _, deed in self._table)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter((state, deed, after) for (state, deed), after in self._table.items())
