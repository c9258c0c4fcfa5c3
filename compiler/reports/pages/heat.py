"""The table of findings by rule and corporation: of a large run its weightiest part, with the rest named."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log1p
from typing import Any

from compiler.reports.summary import CountTable
from compiler.reports.suppression import Count

MOST = 50
"""How many rows and columns are shown at most."""
LEVELS = 5
FEW = 10
"""Cells are not as dark as they can be before one has so many findings."""


@dataclass(frozen=True, slots=True)
class Heat:
    """Rows of (rule, cells of (count, shade from 0 to ``LEVELS``), total); columns and what is left out are ids."""

    columns: tuple[Any, ...]
    rows: tuple[tuple[str, tuple[tuple[Count, int], ...], Count], ...]
    totals: tuple[Count, ...]
    total: Count
    rules_left_out: tuple[str, ...]
    columns_left_out: tuple[Any, ...]


def heat_of(table: CountTable) -> Heat:
    """The part of a table that is shown; where not all is, what has the most findings."""
    rows = _weightiest([row.total for row in table.rows])
    columns = _weightiest(list(table.total.counts))
    kept = set(columns)
    counts = {row: [table.rows[row].counts[column] for column in columns] for row in rows}
    top = log1p(max((FEW, *(count for cells in counts.values() for count in cells if isinstance(count, int)))))

    def cells(row: int) -> tuple[tuple[Count, int], ...]:
        return tuple((count, _shade(count, top)) for count in counts[row])

    return Heat(
        columns=tuple(table.columns[column] for column in columns),
        rows=tuple((table.rows[row].value, cells(row), table.rows[row].total) for row in rows),
        totals=tuple(table.total.counts[column] for column in columns),
        total=table.total.total,
        rules_left_out=tuple(row.value for place, row in enumerate(table.rows) if place not in counts),
        columns_left_out=tuple(value for place, value in enumerate(table.columns) if place not in kept),
    )


def _weightiest(counts: list[Count]) -> list[int]:
    """The places of what is shown, in their order."""
    return sorted(sorted(range(len(counts)), key=lambda place: (weight(counts[place]), place))[:MOST])


def weight(count: Count) -> int:
    """A sort key that puts large counts first, and tells nothing of those that are hidden."""
    return -count if isinstance(count, int) else 0


def _shade(count: Count, top: float) -> int:
    return ceil(LEVELS * log1p(count) / top) if isinstance(count, int) and count else 0
