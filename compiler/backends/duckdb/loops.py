"""What an expression becomes: a SQL expression over the columns of a loop, or one of the values that have several.

Scalars are SQL expressions, NULL where they are undetermined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.backends.sql_tree import Sql


@dataclass(slots=True, eq=False)
class Loop:
    """A relation in which expressions are evaluated: its latest form, its identifying columns, all columns.

    ``joined`` remembers what was joined already, so that ``m.student`` is found once.
    """

    name: str
    relation: str
    ids: tuple[str, ...]
    columns: list[str]
    joined: dict[tuple[str | Sql, ...], str] = field(default_factory=dict)


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
    """A list: its loop, the member in a row of it, whether the member is sure; ``unknown`` holds in the outer loop."""

    loop: Loop
    member: Value
    sure: Sql
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
