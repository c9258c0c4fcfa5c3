"""What has changed between two worlds: rows that were inserted, changed or deleted, and which of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.semantics.values import BLANKS, Key, Record
from compiler.semantics.world import World

INSERTED, CHANGED, DELETED = "inserted", "changed", "deleted"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A changed row. ``fields`` are those whose values differ; of a row that is new or gone, those that hold one."""

    table: str
    key: Key
    kind: str
    fields: frozenset[str]
    before: Mapping[str, Any] = field(repr=False)
    after: Mapping[str, Any] = field(repr=False)


def changes_between(before: World, after: World) -> list[Change]:
    """The changed rows of all tables that either world has, in order of table and key."""
    return [change for table in sorted(before.present | after.present) for change in _of_table(table, before, after)]


def _of_table(table: str, before: World, after: World) -> Iterator[Change]:
    old = {record.key: record for record in before.records(table)}
    new = {record.key: record for record in after.records(table)}
    for key in sorted({*old, *new}):
        change = _change(table, key, old.get(key), new.get(key))
        if change is not None:
            yield change


def _change(table: str, key: Key, old: Record | None, new: Record | None) -> Change | None:
    left, right = (record.body if record is not None else {} for record in (old, new))
    kind = INSERTED if old is None else DELETED if new is None else CHANGED
    fields = frozenset(name for name in {*left, *right} if _value(left.get(name)) != _value(right.get(name)))
    return Change(table, key, kind, fields, left, right) if fields or kind != CHANGED else None


def _value(raw: Any) -> Any:
    """A blank text is no value; true is not 1."""
    if isinstance(raw, str) and not raw.strip(BLANKS):
        return None
    return (raw,) if isinstance(raw, bool) else raw
