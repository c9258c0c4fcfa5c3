"""Tables and the code sets in them: which rows, cells and codes are new, gone or other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from compiler.changes.canonical import codes_of
from compiler.changes.entries import Change, Entry
from compiler.changes.reach import Reach, declared, entry_of, names_of, of_either, value_text
from compiler.changes.sides import Read, Side
from compiler.changes.terms import members
from compiler.changes.texts import plain
from compiler.changes.wording import change_of
from compiler.semantics.program import natural
from compiler.semantics.scope import CodeSet, Table
from compiler.syntax.document import one_line


def code_set_entries(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    """The named sets of codes that changed."""
    sets, others = declared(old, "sets"), declared(new, "sets")
    tables = declared(old, "tables").keys() | declared(new, "tables").keys()
    for name in names_of(sets, others):
        if name in tables:
            continue  # all codes of a table, of which its rows tell
        shown: CodeSet = of_either(name, sets, others)
        read: Read = ("code set", name)
        changes = _set_changes(sets.get(name), others.get(name))
        path = shown.span.source.path
        yield from entry_of("code set", name, one_line(shown.doc), path, changes, reaches=partial(reach, read.__eq__))


def _set_changes(one: CodeSet | None, other: CodeSet | None) -> Iterator[Change]:
    if one is None or other is None:
        yield Change("notes", "code set added" if one is None else "code set removed")  # who names it has changed
        return
    was, now = codes_of(one), codes_of(other)
    if was == now:
        return
    codes, new_codes = members(was), members(now)
    added = [code[2] for code in new_codes if code not in codes]
    gone = [code[2] for code in codes if code not in new_codes]
    years = () if added or gone else ("the years in which codes hold",)
    said = (*(f"+ {c}" for c in sorted(added, key=natural)), *(f"- {c}" for c in sorted(gone, key=natural)), *years)
    yield Change("code set", "codes", _codes(one), _codes(other), because="; ".join(said))


def _codes(codes: CodeSet) -> tuple[str, ...]:
    found = []
    for (first, last), group in codes.by_validity().items():
        years = " ".join(f"{w} {y}" for w, y in (("from", first), ("to", last)) if y is not None)
        found.append(f"{', '.join(sorted(map(str, group), key=natural))}{f' ({years})' if years else ''}")
    return tuple(sorted(found, key=natural))


# -- tables


def table_entries(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    """The tables that changed."""
    tables, others = declared(old, "tables"), declared(new, "tables")
    for name in names_of(tables, others):
        shown: Table = of_either(name, tables, others)

        def reads(read: Read, name: str = name) -> bool:
            return read in (("table", name), ("code set", name))

        changes = [*_table_changes(tables.get(name), others.get(name))]
        title, path = shown.written.title.text, shown.written.document.source.path
        yield from entry_of("table", name, title, path, changes, reaches=partial(reach, reads))


def _table_changes(one: Table | None, other: Table | None) -> Iterator[Change]:
    if one is None or other is None:
        yield Change("added" if one is None else "retired", "table")
        return
    for part in ("descriptor", "namespace", "absent_key"):
        was, now = getattr(one, part), getattr(other, part)
        yield from change_of("table", part.replace("_", " "), _shown(was), _shown(now))
    kinds, new_kinds = _columns(one), _columns(other)
    yield from change_of("table", "columns", kinds, new_kinds)
    yield from change_of("table", "valid", one.valid or (), other.valid or ())
    yield from change_of("table", "row of every other key", _cells(one.default), _cells(other.default))
    yield from _row_changes(one, other)
    for part in ("title", "source", "decision", "notes"):
        was, now = (plain(table.written.document.root.get(part)) for table in (one, other))
        if was != now:
            yield Change("notes", part)


def _columns(table: Table) -> tuple[str, ...]:
    written = table.written
    keys = (f"key {name.text}: {kind.text}" for name, kind in written.key)
    return (*keys, *sorted(f"{name.text}: {kind.text}" for name, kind in written.columns))


def _row_changes(one: Table, other: Table) -> Iterator[Change]:
    """Rows by their key, and in dated tables by the first year in which they hold."""
    rows, new_rows = _rows(one), _rows(other)
    for place in sorted(rows.keys() | new_rows.keys(), key=lambda place: [natural(part) for part in place]):
        name, was, now = f"row {', '.join(place)}", rows.get(place), new_rows.get(place)
        if was is None or now is None:
            yield Change("table", name, _cells(was), _cells(now))
            continue
        changed = [column for column in sorted(was.keys() | now.keys()) if was.get(column) != now.get(column)]
        if changed:
            only = [{c: cells[c] for c in changed if c in cells} for cells in (was, now)]
            yield Change("table", name, _cells(only[0]), _cells(only[1]))


def _rows(table: Table) -> dict[tuple[str, ...], dict[str, Any]]:
    first = table.valid[0] if table.valid is not None else None
    keys = {name for name, _ in table.key}
    return {
        (*map(str, key), *([f"from {cells[first]}"] if first is not None and first in cells else [])): {
            column: _as_set(value) for column, value in cells.items() if column not in keys
        }
        for key, cells in table.rows
    }


def _as_set(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, tuple) else value


def _cells(cells: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Cells as a line; of a row that is not there none."""
    if cells is None:
        return ()
    return (", ".join(f"{name}: {value_text(value)}" for name, value in sorted(cells.items())) or "(no cell)",)


def _shown(value: Any) -> tuple[str, ...]:
    return (str(value),) if value is not None else ()
