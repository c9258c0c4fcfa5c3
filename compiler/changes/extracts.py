"""Extracts, matched by id: whose rows are other ones, what is printed otherwise, and where."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.changes.compared import (
    apart,
    head_changes,
    note_changes,
    part_changes,
    section_changes,
    spec_entries,
)
from compiler.changes.entries import Change, Entry
from compiler.changes.filed import Field, Filed, Layout
from compiler.changes.sides import Side
from compiler.changes.texts import lines
from compiler.changes.wording import change_of
from compiler.filing.columns import difference


def extract_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The extracts that changed."""
    checked = old.program.filed, new.program.filed
    yield from spec_entries("extract", checked, (old.filed, new.filed), _summed_up, _changes)


def _summed_up(said: Filed) -> str:
    return f"{len(said.fields)} fields, layouts: {', '.join(said.layouts)}"


def _changes(one: Filed, other: Filed) -> Iterator[Change]:
    was, now = one.checked.written, other.checked.written
    yield from head_changes(was, now)
    yield from part_changes(one.parts, other.parts)
    yield from _fields(one.fields, other.fields)
    yield from _layouts(one, other)
    yield from section_changes(one, other)
    yield from note_changes(was.document.root, now.document.root)


def _fields(old: dict[str, Field], new: dict[str, Field]) -> Iterator[Change]:
    """Fields by name; one of another name is the same where its number is, and no field of its name was there."""
    gone = {field.number: name for name, field in old.items() if name not in new}
    pairs = {name: name for name in new if name in old}
    pairs |= {name: gone.pop(f.number) for name, f in new.items() if name not in old and f.number in gone}
    for name in gone.values():
        yield Change("field", name, old[name].part.lines, ())
    for name, field in new.items():
        before = old[pairs[name]].part if name in pairs else None
        if before is None:
            yield Change("field", name, (), field.part.lines)
        elif not before.says_the_same(field.part):
            yield Change("field", name, *apart(before.lines, field.part.lines))


def _layouts(old: Filed, new: Filed) -> Iterator[Change]:
    for name in {**old.layouts, **new.layouts}:
        one, other = old.layouts.get(name), new.layouts.get(name)
        if one is None or other is None:
            before, after = (lines(_whole(layout)) if layout is not None else () for layout in (one, other))
            yield Change("layout", name, before, after)
        else:
            yield from change_of("layout", name, *_apart(one, other))


def _whole(layout: Layout) -> str:
    columns, years = layout.shape.columns, ", ".join(layout.years)
    return f"school years {years}: {len(columns)} fields, {layout.shape.width} characters a line"


def _apart(one: Layout, other: Layout) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What two forms of a layout have that the other has not; what changes of a field is told of the field."""
    found = difference(one.shape, other.shape)
    before, after = ([f"school years: {', '.join(sorted(layout.years))}"] for layout in (one, other))
    before += [f"{position.name} at {position.start}-{position.end}" for position in found.removed]
    after += [f"{position.name} at {position.start}-{position.end}" for position in found.added]
    places = {column.field.name: column for column in one.shape.columns}
    for position in found.moved:
        was = places.get(position.name)
        before += [f"{position.name} at {was.start}-{was.end}"] if was is not None else []
        after += [f"{position.name} at {position.start}-{position.end}"]
    before += one.forms
    after += other.forms
    before.append(f"{found.width[0]} characters a line")
    after.append(f"{found.width[1]} characters a line")
    return apart(tuple(before), tuple(after)) if before != after else ((), ())
