"""What an expression becomes: a SQL expression over the columns of a loop, or one of the values that have several.

Scalars are SQL expressions, NULL where they are undetermined. They name columns by labels, which no two columns of a
query share; an inner loop has the columns of the loops around it.

A loop is written out in *levels*. Of level 0 is what can be read or computed without grouping anything; a column that
rests on an aggregate of level k is of level k + 1. Within a level a column has a *step*: 0 for what comes with the
rows, 1 for what rests on that alone, and so on. ``stages`` writes a relation for each level and step with columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from compiler.backends.sql_tree import Sql, fn


@dataclass(frozen=True, slots=True)
class Key:
    """A part of a key by which rows are found: its column in the relation, its value in the loop, its own label."""

    column: str
    value: Sql
    label: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a relation of records, of all (``keys`` is empty) or of those that refer to the outer loop."""

    relation: str
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a list of the outer loop; of ``objects`` only those that are JSON objects."""

    entries: Sql
    objects: bool


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """Rows of another loop, as values by the labels that they get."""

    loop: Loop
    values: dict[str, Sql]
    where: Sql


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """The rows of several loops, one after another."""

    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """The at most one row of a relation that has a key."""

    relation: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """An inner loop grouped by the rows of an outer one: aggregates by name, all of one level.

    With ``within`` it is first grouped by the values of that as well: what :func:`each` marks are aggregates of these
    smaller groups, and what stands around it is an aggregate of what they come to.
    """

    inner: Loop
    outer: Loop
    level: int
    within: Sql | None = None
    values: dict[str, Sql] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column: its value over the labels of its loop, or over the relation that it comes from; when it is made."""

    value: Sql
    origin: Lookup | Group | None
    level: int
    step: int


@dataclass(slots=True, eq=False)
class Loop:
    """A relation in which expressions are evaluated.

    ``own`` are the labels that tell its rows apart within a row of the outer loop. ``level`` is that of its rows.
    ``known`` remembers, by what it is, whatever was added (columns, look-ups, inner loops), so that it is made once.
    ``wanted`` holds, for each use of the loop, conditions that a row of the outer loop meets where the use looks at it.
    """

    name: str
    outer: Loop | None
    source: Records | Entries | Arms
    own: tuple[str, ...]
    level: int
    columns: dict[str, Column] = field(default_factory=dict)
    groups: dict[tuple[Loop, int, str], Group] = field(default_factory=dict)
    kept: list[Sql] = field(default_factory=list)
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    wanted: list[tuple[Sql, ...]] = field(default_factory=list)

    @property
    def around(self) -> Iterator[Loop]:
        """The loop and those around it, from the inside."""
        loop: Loop | None = self
        while loop is not None:
            yield loop
            loop = loop.outer

    @property
    def ids(self) -> tuple[str, ...]:
        """The labels that tell its rows apart."""
        return (*(self.outer.ids if self.outer is not None else ()), *self.own)

    def level_of(self, label: str) -> int:
        """From which level on a column can be used in this loop."""
        if label in self.columns:
            return self.columns[label].level
        assert self.outer is not None, label
        return max(self.level, self.outer.level_of(label))

    def step_of(self, label: str) -> int:
        return self.columns[label].step if label in self.columns else 0

    def place_of(self, values: Sequence[Sql]) -> tuple[int, int]:
        """The level and step of a column that rests on values."""
        used = set().union(*map(labels, values))
        level = max(map(self.level_of, used), default=self.level)
        return level, 1 + max((self.step_of(label) for label in used if self.level_of(label) == level), default=0)

    def home(self, values: Sequence[Sql]) -> Loop:
        """The outermost loop that has all columns of values: what is computed there is computed least often."""
        used = set().union(*map(labels, values))
        loop = self
        while loop.outer is not None and not used & loop.columns.keys():
            loop = loop.outer
        return loop


EACH = "each"


def each(value: Sql) -> Sql:
    """An aggregate of the smaller groups of a :class:`Group`."""
    return fn(EACH, value)


def labels(value: Sql) -> set[str]:
    """The labels that a value names."""
    return {column.name for column in value.find_all(exp.Column) if not column.table}


def free_name(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, and is now; DuckDB does not tell capitals from small letters, quoted or not."""
    free, n = name, 1
    while free.lower() in taken:
        n += 1
        free = f"{name} {n}"
    taken.add(free.lower())
    return free


@dataclass(frozen=True, slots=True)
class RecordSql:
    """A record by its key. ``label`` names the columns that hold its properties, once they are in the loop."""

    resource: str
    keys: tuple[Sql, ...]
    label: str
    bound: bool = False


@dataclass(frozen=True, slots=True)
class ItemSql:
    """An object inside a record, as JSON; ``place`` decides between equals in an order."""

    json: Sql
    place: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class RowSql:
    """A row of a table by its key."""

    table: str
    keys: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class PeriodSql:
    """A period: whether it is known, its start, and its end (NULL is open)."""

    known: Sql
    start: Sql
    end: Sql


@dataclass(frozen=True, slots=True)
class ListSql:
    """A list: a loop and the member in a row of it.

    ``sure`` and ``maybe`` say whether the row's member belongs to the list surely, and whether it perhaps does; they
    are never NULL. ``unknown`` says, in the outer loop, whether there may be members of which nothing is known.
    """

    loop: Loop
    member: Value
    sure: Sql
    maybe: Sql
    unknown: Sql


Value = Any  # Sql for scalars, else one of the classes above
Env = Mapping[str, Value]


def parts_of(member: Value) -> list[Sql]:
    """What identifies a value in columns: the key of a record, the JSON and place of an item, a scalar itself."""
    match member:
        case RecordSql(keys=keys) | RowSql(keys=keys):
            return list(keys)
        case ItemSql(json=json, place=place):
            return [json, *place]
        case PeriodSql():
            return [member.known, member.start, member.end]
        case _:
            return [member]


def rebuilt(member: Value, parts: Sequence[Sql]) -> Value:
    """A value like another, from the parts it was taken to."""
    match member:
        case RecordSql():
            return RecordSql(member.resource, tuple(parts), member.resource)
        case RowSql():
            return RowSql(member.table, tuple(parts))
        case ItemSql():
            return ItemSql(parts[0], tuple(parts[1:]))
        case PeriodSql():
            return PeriodSql(*parts)
        case _:
            return parts[0]
