"""Counts as reports show them: students by disposition, findings by rule and corporation, small ones left out.

A count stands in a cell, called by a row and a column. Rows are labels such as ``("corporation", 1056150000)``; what
all rows and all columns add up to is ``ALL``. All counts of one kind are taken together when small ones are hidden, so
that no table gives away what another one hides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.engines.dispositions import DISPOSITIONS, LEVELS, Disposition, Total, totals
from compiler.reports.suppression import Cell, Count, Table, shown, suppressed

ALL = ("all",)
Label = tuple[Any, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Counts:
    """Counts by row and column, with the cells that are not shown.

    ``inside`` tells of which rows a row is the sum, in each way in which it can be parted; ``columns`` are those that
    make up ``ALL``.
    """

    counts: Mapping[Cell, int]
    hidden: frozenset[Cell]
    least: int
    inside: Mapping[tuple[Label, str], Mapping[Label, None]]
    columns: tuple[Any, ...]

    def parts(self, row: Label, kind: str) -> list[Label]:
        """The rows of a kind that make up a row."""
        return list(self.inside.get((row, kind), ()))

    def shown(self, row: Label, column: Hashable = ALL) -> Count:
        """A count as it may be shown."""
        cell = (row, column)
        return shown(self.counts.get(cell, 0), self.least, hidden=cell in self.hidden)

    def value(self, row: Label, column: Hashable = ALL) -> int:
        """A count as it is: to decide what is worth a line, never to be shown."""
        return self.counts.get((row, column), 0)


def _counts(
    counted: Mapping[Cell, int],
    inside: Mapping[tuple[Label, str], Mapping[Label, None]],
    columns: Iterable[Hashable],
    least: int,
) -> Counts:
    """The counts with what is hidden of them; every way in which a row can be parted is a table."""
    across = tuple(columns)
    tables = [Table((*parts, whole), (*across, ALL)) for (whole, _), parts in inside.items()]
    return Counts(counted, frozenset(suppressed(counted, tables, least)), least, inside, across)


def finding_counts(
    found: Iterable[tuple[str, str, str, Any, str]], others: Iterable[tuple[str, Any, str]], least: int
) -> Counts:
    """Findings by rule, severity, effect, corporation and what became of them since an earlier run.

    ``found`` gives these of each finding (the last is empty where nothing is compared), ``others`` rule, corporation
    and state of what is counted by state only: faults of structure, and what the earlier run alone found. Rows are
    ``("rule", id)``, ``("kind", severity, effect)``, ``("severity", name)``, ``("effect", name)``, ``ALL``,
    ``("state", name)`` and ``("state", name, rule)``; columns are ``("corporation", id)`` and ``ALL``.
    """
    counted: Counter[Cell] = Counter()
    inside: dict[tuple[Label, str], dict[Label, None]] = {}
    columns: dict[Label, None] = {}

    def count(number: int, corporation: Any, rows: Iterable[Label], links: Iterable[tuple[Label, str, Label]]) -> None:
        column = ("corporation", corporation)
        columns[column] = None
        for row in rows:
            counted[row, column] += number
            counted[row, ALL] += number
        for whole, kind, part in links:
            inside.setdefault((whole, kind), {})[part] = None

    for (name, severity, effect, corporation, state), number in Counter(found).items():
        rule, kind, wide = ("rule", name), ("kind", severity, effect), (("severity", severity), ("effect", effect))
        links = [(kind, "rule", rule), *((part, "kind", kind) for part in wide), *((ALL, p[0], p) for p in wide)]
        count(number, corporation, (rule, kind, *wide, ALL), links)
        if state:
            whole, part = ("state", state), ("state", state, name)
            count(number, corporation, (whole, part), [(rule, "state", part), (whole, "rule", part)])
    for (name, corporation, state), number in Counter(others).items():
        whole, part = ("state", state), ("state", state, name)
        count(number, corporation, (whole, part), [(whole, "rule", part)])
    return _counts(counted, inside, columns, least)


def student_counts(found: Iterable[Disposition], least: int) -> dict[str, Counts]:
    """The students of each collection by disposition (``ALL`` is a column too).

    Rows are ``ALL``, ``("corporation", id)``, ``("school", id)``, ``("grade", code)``, and, for the tables of one
    corporation, ``("corporation", id, "school", id)`` and ``("corporation", id, "grade", code)``.
    """
    of: dict[str, list[Disposition]] = {}
    for disposition in found:
        of.setdefault(disposition.member.collection, []).append(disposition)
    return {collection: _students(each, least) for collection, each in of.items()}


def _students(found: Iterable[Disposition], least: int) -> Counts:
    counted: Counter[Cell] = Counter()
    inside: dict[tuple[Label, str], dict[Label, None]] = {}
    of_member = Counter((*(getattr(d.member, level) for level in LEVELS), d.disposition) for d in found)
    for (corporation, school, grade, disposition), count in of_member.items():
        own = ("corporation", corporation)
        placed = (("school", school), (*own, "school", school)), (("grade", grade), (*own, "grade", grade))
        for row in (ALL, own, *placed[0], *placed[1]):
            counted[row, disposition] += count
            counted[row, ALL] += count
        inside.setdefault((ALL, "corporation"), {})[own] = None
        for wide, narrow in placed:
            inside.setdefault((ALL, wide[0]), {})[wide] = None
            inside.setdefault((own, wide[0]), {})[narrow] = None
            inside.setdefault((wide, "corporation"), {})[narrow] = None
    return _counts(counted, inside, DISPOSITIONS, least)


def shown_totals(found: Sequence[Disposition], least: int) -> list[tuple[Total, dict[str, Count]]]:
    """The totals of each collection, by corporation, school and grade, with their counts as they may be shown."""
    by_collection = student_counts(found, least)
    return [
        (total, {name: by_collection[total.collection].shown(_label(total), name) for name in DISPOSITIONS})
        for total in totals(found)
    ]


def _label(total: Total) -> Label:
    return ALL if total.level == "all" else (total.level, total.value)
