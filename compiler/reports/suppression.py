"""Small counts of students are not shown, nor are those from which a small one could be worked out.

What goes in: tables of counts, each with its totals in the last row and the last column. Tables may share cells, as the
total of one corporation's schools is the row of this corporation in the table of all. What comes out is the set of
cells that must not be shown.

A count from 1 to ``least - 1`` is hidden for itself. That is not enough: with its row's total and the rest of the row
it could be worked out. The hidden cells of a table are edges between its rows and its columns, and as every row and
column adds up, those whose value follows from what is shown are just the edges that lie on no cycle. So each of these
is given a cycle: the one that costs the least, when a cell that was to be shown costs its count. Totals are large, and
so are hidden last. Then the limits of what is hidden are drawn together along rows and columns (a small count is at
least 1 and below ``least``); a cell of which they leave a single value gets one more for company.

Zeros are always shown. What follows from several tables taken together, beyond the cells they share, is not looked for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

Cell = tuple[Hashable, Hashable]
Count = int | str
"""A count as it is shown: itself, ``<10`` for a small one, ``*`` for one that is hidden for the sake of others."""
OTHER = "*"
LEAST = 3
"""The smallest limit that hides anything: all that lies between 0 and 2 is 1."""


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the rows and columns of a table, totals last; a cell is called by its row and column."""

    rows: tuple[Hashable, ...]
    columns: tuple[Hashable, ...]

    def lines(self) -> Iterator[tuple[list[Cell], Cell]]:
        """The parts and the total of every row and column."""
        for row in self.rows:
            cells = [(row, column) for column in self.columns]
            yield cells[:-1], cells[-1]
        for column in self.columns:
            cells = [(row, column) for row in self.rows]
            yield cells[:-1], cells[-1]


def shown(count: int, least: int, *, hidden: bool) -> Count:
    """A count as it may be shown."""
    return count if not hidden else f"<{least}" if count < least else OTHER


def suppressed(counts: Mapping[Cell, int], tables: Sequence[Table], least: int) -> set[Cell]:
    """The cells that must not be shown; a cell that ``counts`` lacks is zero."""
    hidden = {cell for cell, count in counts.items() if 0 < count < least}
    if not hidden:
        return hidden
    graphs = [_Graph(table, counts) for table in tables]
    while True:
        before = len(hidden)
        for graph in graphs:
            graph.protect(hidden)
        if len(hidden) == before:
            hidden |= _company(hidden, counts, tables, least)
        if len(hidden) == before:
            return hidden


Node = tuple[bool, Hashable]
"""A row (True) or a column (False) of a table."""


class _Graph:
    """The cells of a table that are not zero, as edges between rows and columns."""

    def __init__(self, table: Table, counts: Mapping[Cell, int]) -> None:
        self._cells: dict[Cell, int] = {}
        self._near: dict[Node, list[Cell]] = {}
        self._done = 0
        for row in table.rows:
            for column in table.columns:
                if count := counts.get((row, column), 0):
                    self._cells[row, column] = count
                    self._near.setdefault((True, row), []).append((row, column))
                    self._near.setdefault((False, column), []).append((row, column))

    def protect(self, hidden: set[Cell]) -> None:
        """Hide what is needed for every hidden cell of the table to lie on a cycle of hidden ones."""
        own = [cell for cell in self._cells if cell in hidden]
        if len(own) == self._done:
            return
        safe: set[Cell] = set()
        for cell in _bridges(own):
            if cell not in safe:
                cycle = [cell, *self._way_round(cell, hidden)]
                hidden.update(cycle)
                safe.update(cycle)
        self._done = sum(cell in hidden for cell in self._cells)

    def _way_round(self, cell: Cell, hidden: set[Cell]) -> list[Cell]:
        """The cheapest way from the row of a cell to its column that does without the cell."""
        start, end = (True, cell[0]), (False, cell[1])
        reached: dict[Node, Cell] = {}
        waiting: list[tuple[int, int, Node, Cell]] = [(0, 0, start, cell)]
        number = 0
        while waiting:
            cost, _, node, by = heappop(waiting)
            if node in reached:
                continue
            reached[node] = by
            if node == end:
                break
            for edge in self._near[node]:
                beyond = _beyond(edge, node)
                if edge != cell and beyond not in reached:
                    number += 1
                    heappush(waiting, (cost + (0 if edge in hidden else self._cells[edge]), number, beyond, edge))
        way: list[Cell] = []
        node = end
        while node in reached and node != start:
            way.append(reached[node])
            node = _beyond(way[-1], node)
        return way


def _beyond(cell: Cell, node: Node) -> Node:
    """The column of a cell, seen from its row, or its row, seen from its column."""
    return (False, cell[1]) if node[0] else (True, cell[0])


def _bridges(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that lie on no cycle: behind such a one no way leads back before it."""
    near: dict[Node, list[Cell]] = {}
    for cell in cells:
        near.setdefault((True, cell[0]), []).append(cell)
        near.setdefault((False, cell[1]), []).append(cell)
    found: list[Cell] = []
    number: dict[Node, int] = {}
    back: dict[Node, int] = {}  # the earliest node that a way from here leads back to
    for root in near:
        if root in number:
            continue
        number[root] = back[root] = len(number)
        path: list[tuple[Node, Cell | None, Iterator[Cell]]] = [(root, None, iter(near[root]))]
        while path:
            node, by, rest = path[-1]
            edge = next(rest, None)
            if edge is None:
                path.pop()
                if by is not None:
                    before = path[-1][0]
                    back[before] = min(back[before], back[node])
                    if back[node] > number[before]:
                        found.append(by)
            elif edge != by:
                other = _beyond(edge, node)
                if other in number:
                    back[node] = min(back[node], number[other])
                else:
                    number[other] = back[other] = len(number)
                    path.append((other, edge, iter(near[other])))
    return found


def _company(hidden: set[Cell], counts: Mapping[Cell, int], tables: Iterable[Table], least: int) -> set[Cell]:
    """One more cell to hide for each of which limits tell the value; nothing where nothing is left to be hidden."""
    lines = [line for table in tables for line in table.lines() if any(c in hidden for c in (*line[0], line[1]))]
    told = _told(hidden, counts, lines, least)
    more: set[Cell] = set()
    for parts, total in lines:
        if told.isdisjoint((*parts, total)):
            continue
        visible = [cell for cell in (*parts, total) if cell not in hidden and counts.get(cell, 0)]
        if visible:
            more.add(min(visible, key=lambda cell: counts[cell]))
    return more


def _told(
    hidden: set[Cell], counts: Mapping[Cell, int], lines: Iterable[tuple[list[Cell], Cell]], least: int
) -> set[Cell]:
    """Hidden cells of which rows and columns, with what is known of small counts, leave a single value."""
    limits: dict[Cell, tuple[float, float]] = {
        cell: (1, least - 1) if counts[cell] < least else (least, inf) for cell in hidden
    }
    sums: list[tuple[list[tuple[Cell, int]], int]] = []
    for parts, total in lines:  # the hidden parts less the hidden total are a sum that follows from what is shown
        signs = [(cell, 1) for cell in parts if cell in hidden] + [(total, -1)] * (total in hidden)
        sums.append((signs, sum(sign * counts[cell] for cell, sign in signs)))
    of_cell: dict[Cell, list[int]] = {}
    for line, (signs, _) in enumerate(sums):
        for cell, _ in signs:
            of_cell.setdefault(cell, []).append(line)
    waiting = dict.fromkeys(range(len(sums)))
    while waiting:
        line = next(iter(waiting))
        del waiting[line]
        signs, known = sums[line]
        for cell, narrowed in _narrowed(signs, known, limits):
            if narrowed != limits[cell]:
                limits[cell] = narrowed
                waiting.update(dict.fromkeys(of_cell[cell]))
    return {cell for cell, (low, high) in limits.items() if low == high}


def _narrowed(
    signs: Sequence[tuple[Cell, int]], known: int, limits: Mapping[Cell, tuple[float, float]]
) -> list[tuple[Cell, tuple[float, float]]]:
    """The limits of the cells of a sum, each as narrow as those of all others make it."""
    ends = [sorted((sign * limits[cell][0], sign * limits[cell][1])) for cell, sign in signs]
    low, high = _Sum(end for end, _ in ends), _Sum(end for _, end in ends)
    found = []
    for (cell, sign), (own_low, own_high) in zip(signs, ends, strict=True):
        between = sorted((sign * (known - high.without(own_high)), sign * (known - low.without(own_low))))
        found.append((cell, (max(limits[cell][0], between[0]), min(limits[cell][1], between[1]))))
    return found


class _Sum:
    """A sum of numbers, some of which are infinite (all in one direction), that tells itself without one of them."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self._finite, self._infinite, self._without_end = 0.0, 0, inf
        for number in numbers:
            if abs(number) == inf:
                self._infinite, self._without_end = self._infinite + 1, number
            else:
                self._finite += number

    def without(self, number: float) -> float:
        """The sum of the others."""
        infinite = abs(number) == inf
        return self._without_end if self._infinite > infinite else self._finite - (0 if infinite else number)
