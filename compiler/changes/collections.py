"""Collections and their parameters: years, cycles, who is counted, which values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from compiler.changes.canonical import parameter_values
from compiler.changes.entries import Change, Entry
from compiler.changes.reach import Reach, declared, entry_of, names_of, of_either, value_text
from compiler.changes.sides import Read, Side, subject_terms
from compiler.changes.texts import text
from compiler.changes.wording import change_of
from compiler.semantics.scope import Collection
from compiler.syntax.document import one_line
from compiler.syntax.unparser import unparse


def collection_entries(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    """The collections and parameters that changed."""
    found, others = declared(old, "collections"), declared(new, "collections")
    for name in names_of(found, others):
        shown: Collection = of_either(name, found, others)
        path = shown.written.document.source.path
        changes = [*_collection_changes(old, new, found.get(name), others.get(name))]
        yield from entry_of("collection", name, shown.title, path, changes, collection=name)
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
    yield from change_of("message", "title", (one_line(one.title),), (one_line(other.title),))
    titles = [{name: text(title) for name, title in c.written.cycle_titles.items()} for c in (one, other)]
    if titles[0] != titles[1]:
        yield Change("notes", "titles of cycles")


def _cycles(collection: Collection) -> tuple[str, ...]:
    default = collection.default_cycle
    return tuple(sorted(f"{name} (default)" if name == default else name for name in collection.cycles))


def _parameters(one: Collection, other: Collection, reach: Reach) -> Iterator[Entry]:
    for name in names_of(one.parameters, other.parameters):
        full = f"{one.name}.{name}"
        read: Read = ("parameter", full)
        shown = of_either(name, one.parameters, other.parameters).written
        changes = [*_parameter_changes(one, other, name)]
        path, doc = shown.name.span.source.path, text(shown.doc)
        reaches = partial(reach, read.__eq__)
        yield from entry_of("parameter", f"${name}", doc, path, changes, collection=one.name, reaches=reaches)


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
        was_shown, now_shown = ((value_text(v),) if v is not None else () for v in (before, after))
        yield Change("parameter", part, was_shown, now_shown)
    for part in ("doc", "source"):
        if text(getattr(was.written, part)) != text(getattr(now.written, part)):
            yield Change("notes", part)
    decisions = [[(text(d.question), text(d.chosen)) for d in p.written.decisions] for p in (was, now)]
    if decisions[0] != decisions[1]:
        yield Change("notes", "decision")
