"""F73: small cells stay unseen, also by subtraction."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from analytics.suppression import K, accuracy_cell, suppress

cells = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), max_size=8)


@given(cells)
def test_no_cell_below_five_is_shown_and_none_follows_from_the_total(table: dict[str, int]) -> None:
    shown = suppress(table)

    hidden = [table[name] for name, value in shown.items() if value is None]
    assert all(value == 0 or value >= K for value in shown.values() if value is not None)
    if hidden and any(value for value in shown.values()):
        assert len(hidden) >= 2
        assert sum(hidden) >= K


@given(cells, cells, cells)
def test_no_two_reports_differ_by_a_small_cell(
    first: dict[str, int], more: dict[str, int], still_more: dict[str, int]
) -> None:
    second = {name: first.get(name, 0) + more.get(name, 0) for name in {**first, **more}}
    third = {name: second.get(name, 0) + still_more.get(name, 0) for name in {**second, **still_more}}

    tables: list[dict[str, int | None]] = []
    for table in (first, second, third):
        tables.append(suppress(table, tables))

    for one, other in combinations(tables, 2):
        for name in one.keys() & other.keys():
            if one[name] is not None and other[name] is not None:
                difference = abs(one[name] - other[name])
                assert difference == 0 or difference >= K


def test_a_lone_small_cell_takes_the_next_smallest_with_it() -> None:
    assert suppress({"app": 3, "branch": 12, "menu": 80}) == {"app": None, "branch": None, "menu": 80}


def test_noughts_and_large_cells_are_shown() -> None:
    assert suppress({"app": 0, "menu": 80}) == {"app": 0, "menu": 80}


def test_an_accuracy_that_tells_of_fewer_than_five_answers_is_bounded() -> None:
    assert accuracy_cell(100, 60) == {"exact": 0.6}
    assert accuracy_cell(100, 97) == {"at_least": 95}
    assert accuracy_cell(100, 2) == {"at_most": 5}
    assert accuracy_cell(100, 100) == {"exact": 1.0}
    assert accuracy_cell(6, 3) == {}
    assert accuracy_cell(None, 3) == {}
