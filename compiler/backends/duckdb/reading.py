"""Values of the IR's types in SQL: how they are read from JSON, kept in columns, and written as constants."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlglot import exp

from compiler.backends.sql_tree import NULL, Sql, array, cast, fn, number, text
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, TEXT, WHOLE, Code, Item, ListOf, Type

COLUMN_TYPES: dict[Type, str] = {
    TEXT: "VARCHAR", MOMENT: "VARCHAR", WHOLE: "BIGINT", DECIMAL: "DECIMAL(38, 12)", DATE: "DATE", BOOLEAN: "BOOLEAN",
}  # fmt: skip
_READERS: dict[Type, str] = {
    TEXT: "text_at", MOMENT: "text_at", WHOLE: "whole_at", DECIMAL: "decimal_at", DATE: "date_at", BOOLEAN: "flag_at",
}  # fmt: skip
_READERS_OF_KINDS: dict[type[Type], str] = {Code: "code_at", Item: "object_at", ListOf: "items_at"}

Path = tuple[str, ...]


def reader_of(kind: Type) -> str:
    """The macro that reads a value of a type from JSON."""
    return _READERS.get(kind) or _READERS_OF_KINDS[type(kind)]


def read_json(body: Sql, path: Path, kind: Type) -> Sql:
    """A property of a JSON object as a value of a type; NULL when it is missing, blank or of another type."""
    return fn(reader_of(kind), body, place_of(path))


def string_reader(kind: Type) -> str | None:
    """The macro that reads a value of a type from a JSON string, where that is how it is written."""
    reader = reader_of(kind).removesuffix("_at")
    return f"{reader}_of" if reader in ("text", "code", "date") else None


def place_of(path: Path) -> Sql:
    """Where a property stands in a JSON object."""
    return text("$" + "".join(f'."{name}"' for name in path))


def column_name(path: Path, whole: bool) -> str:
    """The column of a property; descriptors read whole, and parts of references, have one of their own."""
    return ".".join(path) + ("#" if whole else "")


def list_type(item: Type) -> str:
    """The type of a list of values of a type."""
    return f"{COLUMN_TYPES.get(item, 'VARCHAR')}[]"


def blank(kind: Type) -> Sql:
    """A missing value of a type."""
    many = "[]" if isinstance(kind, ListOf) else ""
    return cast(NULL, COLUMN_TYPES.get(kind.item if isinstance(kind, ListOf) else kind, "VARCHAR") + many)


def constant(value: Any, kind: Type) -> Sql:
    """A constant of the IR, or a cell of a table, as SQL."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, Decimal):
        return cast(text(f"{value:f}"), "DECIMAL(38, 12)")
    if isinstance(value, int):
        return cast(number(value), "BIGINT")
    if isinstance(value, tuple) and kind is DATE:
        return cast(text("{:04}-{:02}-{:02}".format(*value)), "DATE")
    if isinstance(value, tuple):
        item = kind.item if isinstance(kind, ListOf) else kind
        return array([constant(part, item) for part in value])
    return text(value) if isinstance(value, str) else cast(text(value.isoformat()), "DATE")
