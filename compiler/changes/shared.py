"""What rules share: tables, code sets, parameters, definitions, collections, rulesets, schemas.

A change of one of them is told once, with the rules that mean something else because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from compiler.backends.words import plain_definition
from compiler.changes.canonical import codes_of, parameter_values
from compiler.changes.conditions import implies
from compiler.changes.entries import Change, Entry
from compiler.changes.findings import NARROWER, OTHER, SAME, WIDER, direction
from compiler.changes.rules import change_of, lines_of
from compiler.changes.rules import plain as plain_node
from compiler.changes.sides import Read, Side, definition_term, subject_terms
from compiler.changes.terms import members
from compiler.schema.types import BOOLEAN
from compiler.semantics.program import natural
from compiler.semantics.scope import CodeSet, Collection, Definition, Scope, Table
from compiler.syntax.document import Scalar
from compiler.syntax.unparser import unparse

Reached = tuple[tuple[str, str], ...]
Reach = Callable[[Callable[[Read], bool]], Reached]


def shared_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The shared specs that changed."""
    reach = _reach(old, new)
    yield from _sets(old, new, reach)
    yield from _tables(old, new, reach)
    yield from _definitions(old, new, reach)
    yield from _collections(old, new, reach)
    yield from _rulesets(old, new, reach)
    yield from _schemas(old, new)


def _reach(old: Side, new: Side) -> Reach:
    """Gives the rules that read something and mean something else now, each with what it finds."""
    known: dict[str, str | None] = {}

    def told(key: str) -> str | None:
        """What a rule finds now; None when it says what it said, empty when its own text changed as well."""
        one, other = old.in_full(key), new.in_full(key)
        if one is not None and one == other:
            return None
        return direction(old, new, key, key) if old.written.get(key) == new.written.get(key) else ""

    def reach(is_read: Callable[[Read], bool]) -> Reached:
        found = []
        for key in sorted(old.reads.keys() & new.reads.keys(), key=natural):
            if any(map(is_read, old.reads[key] | new.reads[key])):
                if key not in known:
                    known[key] = told(key)
                if known[key] is not None:
                    found.append((key, known[key] or ""))
        return tuple(found)

    return reach


def _entry(
    sort: str,
    name: str,
    title: str,
    path: str,
    changes: Iterable[Change],
    *,
    collection: str = "",
    reaches: Callable[[], Reached] = tuple,
) -> Iterator[Entry]:
    """The entry of a spec, when it changed; whom it reaches is only asked when more than notes did."""
    found = tuple(changes)
    if found:
        is_told = any(change.kind != "notes" for change in found)
        yield Entry(sort, name, title, collection, path, found, reaches() if is_told else ())


def _either(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
    return new[name] if name in new else old[name]


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(old.keys() | new.keys(), key=natural)


def _text(scalar: Scalar | None) -> str:
    return " ".join(scalar.text.split()) if scalar is not None else ""


# -- code sets


def _sets(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    sets, others = _all(old, "sets"), _all(new, "sets")
    for name in _names(sets, others):
        if name in _all(old, "tables") or name in _all(new, "tables"):
            continue  # all codes of a table, of which its rows tell
        shown: CodeSet = _either(name, sets, others)
        read: Read = ("code set", name)
        changes = _set_changes(sets.get(name), others.get(name))
        path = shown.span.source.path
        yield from _entry("code set", name, _line(shown.doc), path, changes, reaches=partial(reach, read.__eq__))


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


def _line(text: str) -> str:
    return " ".join(text.split())


def _all(side: Side, name: str) -> dict[str, Any]:
    """What the folders of a side declare, by name."""
    return {key: value for scope in side.scopes.values() for key, value in getattr(scope, name).items()}


# -- tables


def _tables(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    tables, others = _all(old, "tables"), _all(new, "tables")
    for name in _names(tables, others):
        shown: Table = _either(name, tables, others)

        def reads(read: Read, name: str = name) -> bool:
            return read in (("table", name), ("code set", name))

        changes = [*_table_changes(tables.get(name), others.get(name))]
        title, path = shown.written.title.text, shown.written.document.source.path
        yield from _entry("table", name, title, path, changes, reaches=partial(reach, reads))


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
    yield from _row_changes(one, other)
    for part in ("title", "source", "sets", "decision", "notes", "count"):
        was, now = (plain_node(table.written.document.root.get(part)) for table in (one, other))
        if was != now and part not in ("sets", "count"):
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
    if cells is None:
        return ()
    return (
        (", ".join(f"{name}: {_value(value)}" for name, value in sorted(cells.items())),) if cells else ("(no cell)",)
    )


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: Any) -> tuple[str, ...]:
    return (str(value),) if value is not None else ()


# -- definitions


def _definitions(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    for name in _names(old.definitions, new.definitions):
        shown: Definition = _either(name, old.definitions, new.definitions)
        read: Read = ("definition", name)
        changes = _definition_changes(old, new, old.definitions.get(name), new.definitions.get(name))
        path = shown.written.document.source.path
        title = _text(shown.written.doc)
        yield from _entry("definition", name, title, path, changes, reaches=partial(reach, read.__eq__))


def _definition_changes(old: Side, new: Side, one: Definition | None, other: Definition | None) -> Iterator[Change]:
    if one is None or other is None:  # the rules that name it have changed themselves
        yield Change("notes", "definition added" if one is None else "definition removed")
        return
    if _text(one.written.doc) != _text(other.written.doc):
        yield Change("notes", "doc")
    kinds, new_kinds = ([kind for _, kind in d.parameters] for d in (one, other))
    if kinds == new_kinds and _says_the_same(one, other):
        return
    full, new_full = definition_term(one, full=True), definition_term(other, full=True)
    told = OTHER
    if one.type is BOOLEAN and other.type is BOOLEAN and kinds == new_kinds and full and new_full:
        fewer, more = implies(new_full, full), implies(full, new_full)
        told = {(True, True): SAME, (True, False): NARROWER, (False, True): WIDER}.get((fewer, more), OTHER)
    yield Change("definition", "is", _stands_for(one, old), _stands_for(other, new), told)


def _says_the_same(one: Definition, other: Definition) -> bool:
    """Whether two definitions name the same, or what they name comes to the same."""
    if definition_term(one, full=False) == definition_term(other, full=False):
        return True
    full = definition_term(one, full=True)
    return full is not None and full == definition_term(other, full=True)


def _stands_for(definition: Definition, side: Side) -> tuple[str, ...]:
    clause = plain_definition(definition, side.program)
    return tuple(lines_of(clause)) if clause is not None else ()


# -- collections and their parameters


def _collections(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    found, others = _all(old, "collections"), _all(new, "collections")
    for name in _names(found, others):
        shown: Collection = _either(name, found, others)
        path = shown.written.document.source.path
        changes = [*_collection_changes(old, new, found.get(name), others.get(name))]
        yield from _entry("collection", name, shown.title, path, changes, collection=name)
        if name in found and name in others:
            yield from _parameters(found[name], others[name], reach)


def _collection_changes(old: Side, new: Side, one: Collection | None, other: Collection | None) -> Iterator[Change]:
    if one is None or other is None:
        yield Change("added" if one is None else "retired", "collection")
        return
    yield from change_of("collection", "school years", sorted(map(str, one.years)), sorted(map(str, other.years)))
    yield from change_of("collection", "cycles", _cycles(one), _cycles(other))
    populations = [side.populations.get(one.name) for side in (old, new)]
    terms = [
        (p.resource, subject_terms(p.subject, p.scope, p.facts, p.collection, full=False)[1:]) if p else None
        for p in populations
    ]
    if terms[0] != terms[1]:
        before, after = ((unparse(p.subject),) if p is not None else () for p in populations)
        yield Change("population", "population", before, after)
    yield from change_of("message", "title", (_line(one.title),), (_line(other.title),))
    titles = [{name: _text(text) for name, text in c.written.cycle_titles.items()} for c in (one, other)]
    if titles[0] != titles[1]:
        yield Change("notes", "titles of cycles")


def _cycles(collection: Collection) -> tuple[str, ...]:
    default = collection.default_cycle
    return tuple(sorted(f"{name} (default)" if name == default else name for name in collection.cycles))


def _parameters(one: Collection, other: Collection, reach: Reach) -> Iterator[Entry]:
    for name in _names(one.parameters, other.parameters):
        full = f"{one.name}.{name}"
        read: Read = ("parameter", full)
        shown = _either(name, one.parameters, other.parameters).written
        changes = [*_parameter_changes(one, other, name)]
        path, doc = shown.name.span.source.path, _text(shown.doc)
        reaches = partial(reach, read.__eq__)
        yield from _entry("parameter", f"${name}", doc, path, changes, collection=one.name, reaches=reaches)


def _parameter_changes(one: Collection, other: Collection, name: str) -> Iterator[Change]:
    was, now = one.parameters.get(name), other.parameters.get(name)
    if was is None or now is None:
        yield Change("added" if was is None else "retired", "parameter")
        return
    yield from change_of("parameter", "type", (was.written.type.text,), (now.written.type.text,))
    values, new_values = (dict(parameter_values(c, name)) for c in (one, other))
    by_year: dict[tuple[Any, Any], list[tuple[str, int]]] = {}
    for place in sorted(values.keys() | new_values.keys()):
        pair = (values.get(place), new_values.get(place))
        if pair[0] != pair[1]:
            by_year.setdefault(pair, []).append(place)
    for (before, after), places in by_year.items():
        part = ", ".join(f"{year} {cycle}" for cycle, year in sorted(places, key=lambda p: (p[1], p[0])))
        was_shown, now_shown = ((_value(v),) if v is not None else () for v in (before, after))
        yield Change("parameter", part, was_shown, now_shown)
    for part in ("doc", "source"):
        if _text(getattr(was.written, part)) != _text(getattr(now.written, part)):
            yield Change("notes", part)
    decisions = [[(_text(d.question), _text(d.chosen)) for d in p.written.decisions] for p in (was, now)]
    if decisions[0] != decisions[1]:
        yield Change("notes", "decision")


# -- rulesets and schemas


def _rulesets(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    for name in _names(old.scopes, new.scopes):
        one, other = old.scopes.get(name), new.scopes.get(name)
        if one is None or other is None:
            continue  # its specs are told one by one
        changes = [*_ruleset_changes(one, other, _above(old, name), _above(new, name))]
        path = f"{other.path}/_ruleset.yaml"
        reaches = partial(_within_folder, new, f"{other.path}/", changes, reach)
        yield from _entry("ruleset", name or new.program.state, "", path, changes, reaches=reaches)


def _within_folder(new: Side, folder: str, changes: list[Change], reach: Reach) -> Reached:
    """The rules of a folder that mean something else by its ruleset and not by their own text."""
    resources = {change.part.split(", ")[1] for change in changes if change.part.startswith("subjects, ")}
    is_narrow = all(change.part.startswith("subjects, ") for change in changes)

    def reads(read: Read) -> bool:
        return read[0] == "resource" and (not is_narrow or read[1] in resources)

    paths = {key: rule.written.document.source.path for key, rule in new.rules.items()}
    return tuple((key, told) for key, told in reach(reads) if told and paths[key].startswith(folder))


def _above(side: Side, name: str) -> Scope | None:
    """The folder above one."""
    scope = side.scopes[name]
    parent = scope.path.rpartition("/")[0]
    return next((s for s in side.scopes.values() if s.path == parent), None)


def _ruleset_changes(one: Scope, other: Scope, above: Scope | None, new_above: Scope | None) -> Iterator[Change]:
    """What a folder sets itself; what it has from the folder above is told there."""

    def own(get: Callable[[Scope], Any]) -> Iterator[tuple[Any, Any]]:
        was, now = get(one), get(other)
        if was != now and not (
            above is not None and new_above is not None and was == get(above) and now == get(new_above)
        ):
            yield was, now

    for was, now in own(lambda s: s.schema_folders):
        yield Change("ruleset", "schemas", was, now)
    for was, now in own(lambda s: s.leap_birthday):
        yield Change("ruleset", "leap birthday", (was,), (now,))
    for was, now in own(lambda s: s.lawful):
        gone = set(was) ^ set(now)
        if not (above is not None and new_above is not None and gone <= set(above.lawful) ^ set(new_above.lawful)):
            yield Change("ruleset", "absence is lawful", tuple(sorted(was)), tuple(sorted(now)))
    mine, others = _own_missing(one, above), _own_missing(other, new_above)
    yield from change_of("ruleset", "if missing", mine, others)
    yield from _subject_changes(one, other, above, new_above)
    yield from change_of("notes", "title", _own_title(one), _own_title(other))


def _own_title(scope: Scope) -> tuple[str, ...]:
    return tuple(_text(r.title) for r in scope.rulesets[-1:] if r.document.source.path.startswith(f"{scope.path}/_"))


def _own_missing(scope: Scope, above: Scope | None) -> tuple[str, ...]:
    """What the folder itself says of missing values; its entries come before those of the folder above."""
    inherited = len(above.if_missing) if above is not None else 0
    own = scope.if_missing[: len(scope.if_missing) - inherited]
    told = [f"{path}: {outcome}" for path, outcome in own]
    return tuple(sorted(told) if len({outcome for _, outcome in own}) == 1 else told)


def _subject_changes(one: Scope, other: Scope, above: Scope | None, new_above: Scope | None) -> Iterator[Change]:
    """How records are laid to students, schools and years."""
    for resource in _names(one.subjects, other.subjects):
        parts, others = one.subjects.get(resource, {}), other.subjects.get(resource, {})
        inherited = [scope.subjects.get(resource) for scope in (above, new_above) if scope is not None]
        if inherited == [parts, others]:
            continue
        for name in _names(parts, others):
            was, now = parts.get(name), others.get(name)
            if was is None or now is None or not _says_the_same(was, now):
                before, after = (_expression(d) for d in (was, now))
                yield Change("ruleset", f"subjects, {resource}, {name}", before, after)


def _expression(definition: Definition | None) -> tuple[str, ...]:
    body = definition.written.body if definition is not None else None
    return (unparse(body),) if body is not None else ()


def _schemas(old: Side, new: Side) -> Iterator[Entry]:
    documents, others = old.program.schemas.documents, new.program.schemas.documents
    changed = [name for name in sorted(documents.keys() | others.keys()) if documents.get(name) != others.get(name)]
    for name in changed:
        kind = "schema" if name in documents and name in others else "added" if name in others else "retired"
        yield Entry("schema", name, "", "", "", (Change(kind, "schema"),))
