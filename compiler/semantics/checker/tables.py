"""Tables: written rows to typed ones, each fault of a row reported."""

from __future__ import annotations

from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.types import WHOLE, Type
from compiler.semantics.checker.decisions import asked_by, check_cases, words_of_cell
from compiler.semantics.checker.typed import quoted_code, typed, value_type
from compiler.semantics.scope import Asked, CodeSet, Table
from compiler.suggest import hint, nearest
from compiler.syntax.document import Mapping, Scalar
from compiler.syntax.specs import TableTree

_ROW_NUMBER: tuple[tuple[str, Type], ...] = (("row number", WHOLE),)  # no author can write this name
Rows = tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]


def check_table(written: TableTree, sink: Sink) -> Table:
    """The table with typed cells; rows that do not fit are reported and left out."""
    key = _columns(written.key, sink)
    columns = dict(_columns(written.columns, sink))
    valid = (written.valid[0].text, written.valid[1].text) if written.valid else None
    for column in written.valid or ():
        if columns.get(column.text) is not WHOLE:
            fix = "declare it under `columns` with the type `year`"
            sink.report("E503", column.span, what=f"`{column.text}` is not a column of years", fix=fix)
    kinds = {**dict(key), **columns}
    asked: tuple[tuple[Asked, ...], ...] = ()
    if written.hit:
        rows, asked = _decisions(written, key, columns, sink)
    else:
        rows = _rows(written, [name for name, _ in key], kinds, valid, sink)
    if written.count is not None and written.count.text.isdecimal() and int(written.count.text) != len(written.rows):
        fix = "a row was lost or added: compare with the source, then correct `count`"
        what = f"the table has {len(written.rows)} rows, not {written.count.text}"
        sink.report("E503", written.count.span, what=what, fix=fix)
    if written.descriptor is not None and len(key) != 1:
        fix = "a table of codes has one key column, the code"
        sink.report("E503", written.descriptor.span, what="a descriptor's table has several key columns", fix=fix)
    return Table(
        written=written,
        name=written.name.text,
        descriptor=written.descriptor.text if written.descriptor else None,
        namespace=written.namespace.text if written.namespace else None,
        inputs=key,
        asked=asked,
        key=_ROW_NUMBER if written.hit else key,
        columns=columns,
        rows=rows,
        valid=valid,
        absent_key=written.absent_key,
        default=_default(written, columns, valid or (), sink),
    )


def check_sets(table: Table, sink: Sink) -> dict[str, CodeSet]:
    """The code sets that a table offers: itself, and its named ones."""
    if table.asked:
        return {}  # its rows are for cases, not for codes
    known = table.codes()
    name = table.written.name
    sets = {table.name: CodeSet(table.name, table, tuple(known), table.written.title.text, name.span)}
    for written in table.written.sets:
        for code in written.codes:
            quoted_code(code, sink)
            if code.text not in known:
                close = nearest(code.text, known)
                advice = f"did you mean '{close}'?" if close else "add a row for it first"
                sink.report("E403", code.span, table=table.name, code=code.text, years="", hint=advice)
        if written.name.text in sets:
            related = (Related(sets[written.name.text].span, "declared here"),)
            sink.report("E119", written.name.span, what="the code set", name=written.name.text, related=related)
            continue
        codes = tuple(dict.fromkeys(code.text for code in written.codes))
        doc = written.doc.text if written.doc else ""
        sets[written.name.text] = CodeSet(written.name.text, table, codes, doc, written.name.span)
    return sets


def _columns(written: tuple[tuple[Scalar, Scalar], ...], sink: Sink) -> tuple[tuple[str, Type], ...]:
    found = []
    for name, kind_name in written:
        kind = value_type(kind_name.text)
        if not name.text.isidentifier():
            fix = "a column is called by one word, as `firstYear`"
            sink.report("E503", name.span, what=f"`{name.text}` cannot be the name of a column", fix=fix)
        found.append((name.text, kind))
    return tuple(found)


def _rows(
    written: TableTree, key: list[str], kinds: dict[str, Type], valid: tuple[str, str] | None, sink: Sink
) -> Rows:
    rows: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    seen: dict[tuple[Any, ...], list[tuple[Mapping, dict[str, Any]]]] = {}
    for row in written.rows:
        cells = _cells(row, written, key, kinds, sink)
        if any(name not in cells for name in key):
            continue
        parts = tuple(cells[name] for name in key)
        for earlier, other in seen.setdefault(parts, []):
            if valid is None or _overlap(cells, other, valid):
                related = (Related(earlier.span, "the first is here"),)
                what = "the key " + ", ".join(f"'{part}'" for part in parts) + " has two rows"
                fix = "keep one row a key, or give them years that do not overlap"
                sink.report("E503", row.span, what=what, fix=fix, related=related)
                break
        else:
            seen[parts].append((row, cells))
            rows.append((parts, cells))
    return tuple(rows)


def _default(written: TableTree, columns: dict[str, Type], valid: tuple[str, ...], sink: Sink) -> dict[str, Any] | None:
    """The cells of the row for keys that have none; it says nothing of key and school years."""
    if written.default is None:
        return None
    kinds = {name: kind for name, kind in columns.items() if name not in valid}
    return _cells(written.default, written, [], kinds, sink)


def _decisions(
    written: TableTree, inputs: tuple[tuple[str, Type], ...], columns: dict[str, Type], sink: Sink
) -> tuple[Rows, tuple[tuple[Asked, ...], ...]]:
    """The rows of a decision table by their numbers, and what they ask of the inputs, which cells tell as written."""
    if written.valid is not None:
        fix = "give it an input of the type `year`, or leave `valid` out"
        sink.report("E503", written.valid[0].span, what="a decision table has no years of its own", fix=fix)
    found: list[tuple[Mapping, tuple[Asked, ...]]] = []
    rows: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    names = [name for name, _ in inputs]
    for row in written.rows:
        asked = asked_by(row, inputs, sink)
        outputs = Mapping(tuple(entry for entry in row.entries if entry[0].text not in names), row.span)
        cells = _cells(outputs, written, [], columns, sink)
        if asked is not None:
            found.append((row, asked))
            said = {name: words_of_cell(row.get(name)) for name in names}
            rows.append(((len(found),), {_ROW_NUMBER[0][0]: len(found), **said, **cells}))
    if len(found) == len(written.rows):
        check_cases(written, inputs, found, sink)
    return tuple(rows), tuple(asked for _, asked in found)


def _cells(row: Mapping, written: TableTree, key: list[str], kinds: dict[str, Type], sink: Sink) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    optional = {column.text for column in written.valid or ()}
    for name, node in row.entries:
        kind = kinds.get(name.text)
        if kind is None:
            what = f"`{name.text}` is not a column of {written.name.text}"
            sink.report("E503", name.span, what=what, fix=hint(name.text, kinds))
            continue
        value = typed(node, kind, f"column `{name.text}`", "E503", sink)
        if value is not None:
            cells[name.text] = value
    for column in kinds:
        if column not in row and column not in optional:
            word = "key column" if column in key else "column"
            fix = f"write `{column}:` with its value"
            sink.report("E503", row.span, what=f"the row lacks the {word} `{column}`", fix=fix)
    return cells


def _overlap(left: dict[str, Any], right: dict[str, Any], valid: tuple[str, str]) -> bool:
    first, last = valid
    return bool(left.get(first, 0) <= right.get(last, 9999) and right.get(first, 0) <= left.get(last, 9999))
