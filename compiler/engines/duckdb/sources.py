"""The files of a resource as SQL: the cells of each record, and whether it may have a fault of structure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlglot import exp

from compiler.backends.sql_tree import (
    Sql,
    aggregate,
    binary,
    cast,
    column,
    fn,
    from_query,
    is_null,
    named,
    not_false,
    number,
    or_,
    select,
    text,
)
from compiler.engines import folder
from compiler.engines.duckdb.layout import Layout, Tree
from compiler.engines.duckdb.leaves import ITEM, Raw, doubts, value
from compiler.engines.duckdb.names import quoted
from compiler.schema.edfi import Resource, Shape
from compiler.schema.types import ListOf, Type

DOUBT = "doubt"


PLACE = "n"


def json_lines(path: Path, layout: Layout) -> exp.Select:
    """The records of a file of JSON lines, with their places.

    Numbering rows keeps DuckDB from reading one file on several threads. Without it, the order in which rows arrive in
    a table is not that of the lines.
    """
    types = {name: _type_of(layout.resource, name, inner) for name, inner in layout.tree.items()}
    raws = {name: _raw(column("f", name), layout.resource, name, inner) for name, inner in layout.tree.items()}
    records = _select(layout, raws, _from(_read_json(path, types)))
    return select(named(_numbered(), PLACE), exp.Star(), source=from_query(records, "r"))


def count_odd_lines(path: Path) -> exp.Select:
    """How many lines DuckDB takes for JSON though we may not: with a comma too many, with NaN, too long."""
    return select(aggregate("count"), source=_from(_lines(path)), where=_is_odd())


def odd_lines(path: Path) -> exp.Select:
    """Their places among the lines that are not blank (which takes longer to find out)."""
    numbered = select(named(_numbered(), PLACE), column("f", "json"), source=_from(_lines(path)))
    return select(column("f", PLACE), source=from_query(numbered, "f"), where=_is_odd())


def _numbered() -> Sql:
    return binary(exp.Sub, exp.Window(this=fn("row_number")), number(1))


def _lines(path: Path) -> Sql:
    return fn("read_ndjson_objects", text(str(path)), *_settings())


def _is_odd() -> Sql:
    line = column("f", "json")
    long = binary(exp.GT, fn("strlen", line), number(folder.MAX_LINE - 2**10))
    return or_(long, *(fn("regexp_matches", line, text(pattern)) for pattern in _ODD))


_ODD = (r",\s*(?:[\]}]|-?[NI]|n[aA]|i)", r":\s*-?(?:[NI]|n[aA]|i)", r"\[\s*-?(?:[NI]|n[aA]|i)")


def parquet_rows(path: Path) -> Sql:
    """The rows of a Parquet file, as what a query selects from."""
    return _from(fn("read_parquet", text(str(path)), _setting("file_row_number", exp.true())))


def table_rows(database: str, schema: str, name: str) -> Sql:
    """The rows of a table of a database that is attached."""
    table = exp.table_(name, db=schema, catalog=database, quoted=True)
    numbered = select(named(_numbered(), FILE_ROW), exp.Star(), source=table)
    return from_query(numbered, "f")


FILE_ROW = "file_row_number"


def typed_records(rows: Sql, layout: Layout, types: Mapping[str, object]) -> exp.Select:
    """The records in rows with columns of these types, with their places."""
    records = _select(layout, {name: _typed(column("f", name), kind) for name, kind in types.items()}, rows)
    return records.select(named(column("f", FILE_ROW), PLACE), copy=False)


# -- JSON


def _read_json(path: Path, types: Mapping[str, str]) -> Sql:
    structure = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=exp.Literal.string(kind))
            for name, kind in types.items()
        ]
    )
    format_ = _setting("format", exp.Literal.string("newline_delimited"))
    records = _setting("records", exp.Literal.string("true"))
    return fn("read_json", text(str(path)), format_, records, _setting("columns", structure), *_settings())


def _settings() -> list[Sql]:
    return [_setting("maximum_object_size", exp.Literal.number(folder.MAX_LINE))]


def _setting(name: str, to: Sql) -> Sql:
    return exp.EQ(this=exp.column(name), expression=to)


def _type_of(shape: Shape, name: str, inner: Tree | None) -> str:
    """The type by which DuckDB reads a property: as texts of JSON, in the structure of what is read."""
    prop = shape.properties[name]
    if inner is None:
        return "JSON[]" if isinstance(prop.type, ListOf) else "JSON"
    assert prop.shape is not None
    members = (f"{quoted(member)} {_type_of(prop.shape, member, below)}" for member, below in inner.items())
    return f"STRUCT({', '.join(members)})"


def _raw(sql: Sql, shape: Shape | Resource, name: str, inner: Tree | None) -> Raw:
    prop = shape.properties[name]
    if inner is None:
        return Raw("list" if isinstance(prop.type, ListOf) else "json", sql)
    assert prop.shape is not None
    below = prop.shape
    fields = {
        member: _raw(fn("struct_extract", sql, text(member)), below, member, more) for member, more in inner.items()
    }
    return Raw("struct", sql, fields)


# -- typed columns

_FORMS = {
    "VARCHAR": "text", "DATE": "date", "BOOLEAN": "flag", "DOUBLE": "decimal", "DECIMAL": "decimal",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "whole"),
}  # fmt: skip


def _name(kind: object) -> str:
    """The name of a type of DuckDB's; JSON is a text to it, but none to us."""
    return "JSON" if str(kind) == "JSON" else getattr(kind, "id", "").upper()


def _typed(sql: Sql, kind: object) -> Raw:
    """A typed column as a raw value; of a type that is not foreseen, one that no property can be read from."""
    name = _name(kind)
    if name == "LIST" and _is_plain(kind):
        member = _typed(ITEM, dict(getattr(kind, "children", ()))["child"])
        return Raw("list", cast(fn("to_json", sql), "JSON[]"), item=member, typed=sql)
    if name == "STRUCT" and _is_plain(kind):
        children = dict(getattr(kind, "children", ()))
        return Raw("struct", sql, {m: _typed(fn("struct_extract", sql, text(m)), t) for m, t in children.items()})
    return Raw(_FORMS.get(name, name), sql)


def _is_plain(kind: object) -> bool:
    """Whether a type holds only what JSON holds in the same way."""
    name = _name(kind)
    if name in ("LIST", "STRUCT"):
        return all(_is_plain(inner) for _, inner in getattr(kind, "children", ()))
    return name in _FORMS


# -- both


def _select(layout: Layout, raws: Mapping[str, Raw], source: Sql) -> exp.Select:
    record = Raw("struct", exp.null(), raws)
    cells = [named(_read(record, cell.path, cell.kind), cell.name) for cell in layout.cells]
    keyless = (is_null(_read(record, cell.path, cell.kind)) for cell in layout.keys)
    doubt = not_false(or_(*keyless, *doubts(layout.parts, record)))
    return select(*cells, named(doubt, DOUBT), source=source)


def _from(source: Sql) -> Sql:
    return exp.Table(this=source, alias=exp.TableAlias(this=exp.to_identifier("f", quoted=True)))


def _read(record: Raw, path: tuple[str, ...], kind: Type) -> Sql:
    raw: Raw | None = record
    for name in path:
        raw = raw.member(name) if raw is not None else None
    return value(raw, kind)
