"""What stands in a file, as SQL: values by their types, and whether a record is plainly sound.

A *raw* value is a SQL expression together with its form: what DuckDB makes of JSON (a text of one value, or a structure
of such texts), or a typed column of Parquet or of a database. ``value`` reads a type from it; ``doubts`` are conditions
under which a record may have a fault of structure. They hold for every record that has one, perhaps for some that have
none: whoever asks looks at these records again, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from compiler.backends.duckdb.reading import reader_of
from compiler.backends.sql_tree import (
    NULL,
    Sql,
    and_,
    binary,
    cast,
    eq,
    fn,
    is_null,
    not_,
    not_false,
    not_null,
    number,
    or_,
    text,
)
from compiler.engines.structure import Part, Parts
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, TEXT, WHOLE, Code, ListOf, Type


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as a file holds it. ``form`` says what it is; of a structure ``fields`` are the members.

    Of a typed list ``item`` is a member, called "item", and ``typed`` the list before it became one of JSON texts.
    """

    form: str
    sql: Sql
    fields: Mapping[str, Raw] = field(default_factory=dict)
    item: Raw | None = None
    typed: Sql | None = None

    def member(self, name: str) -> Raw | None:
        """A property of an object; None where the file has no such column."""
        if self.form == "json":
            return Raw("json", fn("json_extract", self.sql, text(f'$."{name}"')))
        return self.fields.get(name)


class UnreadableFormError(Exception):
    """A column of a form from which its property cannot be read: its records are to be looked at one by one."""


_READERS: dict[tuple[str, str], str] = {
    ("json", "text_at"): "json_text",
    ("json", "code_at"): "json_code",
    ("json", "date_at"): "json_date",
    ("json", "whole_at"): "json_whole",
    ("json", "decimal_at"): "json_decimal",
    ("json", "flag_at"): "json_flag",
    ("json", "object_at"): "json_object",
    ("json", "items_at"): "json_items",
    ("text", "text_at"): "filled",
    ("text", "code_at"): "code_of",
    ("text", "date_at"): "day_written",
    ("list", "items_at"): "",
    ("date", "date_at"): "day_typed",
    ("flag", "flag_at"): "",
    ("whole", "whole_at"): "BIGINT",
    ("whole", "decimal_at"): "DECIMAL(38, 12)",
    ("decimal", "decimal_at"): "number_typed",
    ("decimal", "whole_at"): "whole_of",
    ("struct", "object_at"): "to_json",
}
"""How a value is read from each form: a macro, a type to cast to, or (empty) as it stands."""


def value(raw: Raw | None, kind: Type) -> Sql:
    """The value of a type, NULL where it is missing or faulty."""
    if raw is None:
        return NULL
    read = _READERS.get((raw.form, reader_of(kind)))
    if read is None:
        raise UnreadableFormError
    if not read:
        return raw.sql
    return cast(raw.sql, read) if read[0].isupper() else fn(read, raw.sql)


def doubts(parts: Parts, object_: Raw) -> Iterator[Sql]:
    """The conditions under which an object that is there may have a fault.

    They are told from what is written, without reading it: a test of a text costs less than its value, and a macro
    within another is written out by DuckDB as often as it is named.
    """
    for name, part in parts.checked:
        raw = object_.member(name)
        if raw is None:
            if part.is_reported:
                yield exp.true()
        elif part.is_list:
            yield from _of_list(part, raw)
        elif part.parts is not None:
            yield from _of_object(part.parts, raw, part.is_reported)
        else:
            yield from _of_scalar(part, raw, part.is_reported)


def _of_scalar(part: Part, raw: Raw, is_required: bool) -> Iterator[Sql]:
    tests = list(_unsound(part, raw))
    if is_required:
        yield _is_missing(raw)
        if raw.form in ("json", "text"):
            yield not_(fn("regexp_matches", raw.sql, text(_FILLED[raw.form])))
    if tests:
        yield and_(not_(_is_missing(raw)), or_(*tests))


_FILLED = {"json": r'^(?:"[^\s"\\]|[^"])', "text": r"\S"}
_WRITTEN: dict[Type, str] = {
    TEXT: r'".*"', MOMENT: r'".*"', BOOLEAN: "true|false", WHOLE: "-?[0-9]{1,18}",
    DECIMAL: r"-?[0-9]{1,20}(?:\.[0-9]{1,12})?", DATE: r'"[0-9]{4}-[0-9]{2}-[0-9]{2}"',
}  # fmt: skip
"""How plain values are written in JSON; what is written otherwise is in doubt."""


def _unsound(part: Part, raw: Raw) -> Iterator[Sql]:
    """The conditions under which a scalar that is there may be faulty."""
    kind = part.prop.type
    if isinstance(kind, Code):
        yield from _unsound_code(part, raw)
    elif raw.form == "json":
        yield not_(fn("regexp_full_match", raw.sql, text(_WRITTEN[kind])))
        if kind is DATE:
            yield binary(exp.LT, cast(raw.sql, "VARCHAR"), text('"0001'))
            yield is_null(exp.TryCast(this=fn("substring", raw.sql, number(2), number(10)), to=_DATE.copy()))
    elif (found := value(raw, kind)) is not raw.sql:
        yield is_null(found)


_DATE = exp.DataType.build("DATE", dialect="duckdb")


def _unsound_code(part: Part, raw: Raw) -> Iterator[Sql]:
    """A code is what follows the mark, or all that is written; in JSON it ends with a quotation mark."""
    value(raw, part.prop.type)
    is_json = raw.form == "json"
    if part.codes is None:
        yield is_null(fn("json_code" if is_json else "code_of", raw.sql))
        return
    end = binary(exp.Add, fn("strpos", raw.sql, text("#")), number(1))
    code = fn("substring", cast(raw.sql, "VARCHAR") if is_json else raw.sql, end)
    known = [f'{mark}{code}"' for code in sorted(part.codes) for mark in ("", '"')] if is_json else sorted(part.codes)
    yield not_(exp.In(this=code, expressions=list(map(text, known))))


def _is_missing(raw: Raw) -> Sql:
    """Whether nothing stands there; within a JSON text that may be written as null."""
    if raw.form == "json":
        return not_false(eq(cast(raw.sql, "VARCHAR"), text("null")))
    return is_null(raw.sql)


def _of_object(parts: Parts, raw: Raw, is_required: bool) -> Iterator[Sql]:
    if is_required:
        yield _is_missing(raw)
    tests = list(doubts(parts, raw))
    if raw.form == "json":
        tests = [not_(fn("starts_with", raw.sql, text("{"))), fn("names_twice", raw.sql), *tests]
    elif raw.form != "struct":
        raise UnreadableFormError
    if tests:
        yield and_(not_(_is_missing(raw)), or_(*tests))


def _of_list(part: Part, raw: Raw) -> Iterator[Sql]:
    if part.is_reported:
        yield _is_missing(raw)
    if raw.form == "json":
        yield and_(not_(_is_missing(raw)), not_(fn("starts_with", raw.sql, text("["))))
    items = value(raw, ListOf(part.prop.type)) if raw.typed is None else raw.typed
    item = raw.item or Raw("json", ITEM)
    tests = [_is_missing(item)]
    if part.parts is not None:
        tests += _of_object(part.parts, item, is_required=False)
    else:
        tests += _of_scalar(part, item, is_required=False)
    bad = exp.Lambda(this=or_(*tests), expressions=[exp.to_identifier("item", quoted=True)], colon=True)
    yield and_(not_null(items), binary(exp.GT, fn("len", fn("list_filter", items, bad)), number(0)))


ITEM = exp.column(exp.to_identifier("item", quoted=True))
"""A member of a list, within a test of it."""
