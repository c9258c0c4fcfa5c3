"""Small counts are hidden, and so is what would give them away."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.reports.suppression import Table, shown, suppressed

Grid = list[list[int]]


def grids(most: int = 40, width: int = 5) -> st.SearchStrategy[Grid]:
    """Tables of counts, in which zeros and small counts are frequent."""
    cell = st.one_of(st.just(0), st.integers(1, 9), st.integers(0, most))
    return st.integers(1, width).flatmap(
        lambda columns: st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=1, max_size=width)
    )


def with_totals(grid: Grid) -> tuple[dict[tuple[Any, Any], int], Table]:
    rows = [[*row, sum(row)] for row in grid]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    counts = {(i, j): count for i, row in enumerate(rows) for j, count in enumerate(row)}
    return counts, Table(tuple(range(len(rows))), tuple(range(len(rows[0]))))


def lines(table: Table) -> list[list[Any]]:
    return [[*parts, total] for parts, total in table.lines()]


@settings(deadline=None)
@given(grids(), st.integers(3, 12))
def test_no_line_has_a_single_hidden_count(grid: Grid, least: int) -> None:
    counts, table = with_totals(grid)
    hidden = suppressed(counts, [table], least)
    assert [line for line in lines(table) if len(hidden.intersection(line)) == 1] == []


@settings(deadline=None)
@given(grids(), st.integers(3, 12))
def test_small_counts_are_hidden_zeros_are_not_and_the_rest_is_shown_as_it_is(grid: Grid, least: int) -> None:
    counts, table = with_totals(grid)
    hidden = suppressed(counts, [table], least)
    for cell, count in counts.items():
        if 0 < count < least:
            assert shown(count, least, hidden=cell in hidden) == f"<{least}"
        elif count == 0:
            assert cell not in hidden
        else:
            assert shown(count, least, hidden=cell in hidden) in (count, "*")


@settings(deadline=None)
@given(grids(width=4), st.integers(3, 12))
def test_no_hidden_count_follows_from_rows_and_columns(grid: Grid, least: int) -> None:
    """Solved as equations: the value of a hidden cell is determined when all solutions agree in it."""
    counts, table = with_totals(grid)
    hidden = sorted(suppressed(counts, [table], least))
    place = {cell: i for i, cell in enumerate(hidden)}
    equations = []
    for parts, total in table.lines():
        row = [Fraction(0)] * len(hidden)
        for cell in parts:
            if cell in place:
                row[place[cell]] += 1
        if total in place:
            row[place[total]] -= 1
        equations.append(row)
    assert determined(equations, len(hidden)) == []


def determined(equations: list[list[Fraction]], width: int) -> list[int]:
    """The unknowns of homogeneous equations that are zero in every solution."""
    rows, pivots = [row[:] for row in equations], []
    for column in range(width):
        pivot = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[len(pivots)], rows[pivot] = rows[pivot], rows[len(pivots)]
        head = rows[len(pivots)]
        head[:] = [value / head[column] for value in head]
        for i, row in enumerate(rows):
            if i != len(pivots) and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, head, strict=True)]
        pivots.append(column)
    return [c for i, c in enumerate(pivots) if not any(rows[i][j] for j in range(width) if j != c)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=2), min_size=2, max_size=2))
def test_what_is_known_of_small_counts_tells_none_while_something_can_be_hidden(grid: Grid) -> None:
    """All tables that look the same are gone through: a count that is the same in all of them is given away."""
    least = 4
    counts, table = with_totals(grid)
    look = looks(counts, table, least)
    same = []
    for a, b, c, d in product(range(8), repeat=4):
        other, _ = with_totals([[a, b], [c, d]])
        agree = all(other[cell] == count for cell, count in look.items() if isinstance(count, int))
        if agree and all(fits(other[cell], count, least) for cell, count in look.items()):
            same.append(other)
    given_away = {
        cell for cell, count in look.items() if not isinstance(count, int) and len({o[cell] for o in same}) == 1
    }
    for cell in given_away:  # then all of its row and its column is hidden already
        for line in lines(table):
            if cell in line:
                assert [other for other in line if isinstance(look[other], int) and counts[other]] == []


def looks(counts: dict[Any, int], table: Table, least: int) -> dict[Any, int | str]:
    hidden = suppressed(counts, [table], least)
    return {cell: shown(count, least, hidden=cell in hidden) for cell, count in counts.items()}


def fits(count: int, look: int | str, least: int) -> bool:
    return 0 < count < least if look == f"<{least}" else count >= least if look == "*" else count == look


CASES: dict[str, tuple[Grid, list[str]]] = {
    "nothing small": ([[10, 20], [30, 0]], ["10 20 30", "30 0 30", "40 20 60"]),
    "one small count takes three others along": (
        [[2, 20, 30], [30, 40, 50], [60, 70, 80]],
        ["<10 * 30 52", "* * 50 120", "60 70 80 210", "92 130 160 382"],
    ),
    "two of a row take two of another": (
        [[2, 3, 30], [30, 40, 50]],
        ["<10 <10 30 35", "* * 50 120", "32 43 80 155"],
    ),
    "one column: the total can stay": ([[2], [30]], ["<10 <10", "* *", "32 32"]),
    "only one": ([[4]], ["<10 <10", "<10 <10"]),
}


@pytest.mark.parametrize("case", CASES)
def test_cases(case: str) -> None:
    grid, expected = CASES[case]
    counts, table = with_totals(grid)
    look = looks(counts, table, 10)
    assert [" ".join(str(look[row, column]) for column in table.columns) for row in table.rows] == expected


def test_tables_that_share_cells_hide_them_alike() -> None:
    """The row of one corporation is the total of its schools: what is hidden there is hidden here."""
    counts = {
        ("north", "in"): 42, ("north", "all"): 42, ("south", "in"): 50, ("south", "all"): 50,
        ("n1", "in"): 2, ("n1", "all"): 2, ("n2", "in"): 40, ("n2", "all"): 40,
        ("all", "in"): 92, ("all", "all"): 92,
    }  # fmt: skip
    tables = [Table(("north", "south", "all"), ("in", "all")), Table(("n1", "n2", "north"), ("in", "all"))]
    hidden = suppressed(counts, tables, 10)
    for table in tables:
        assert [line for line in lines(table) if len(hidden.intersection(line)) == 1] == []
    assert {("n1", "in"), ("n1", "all")} <= hidden
