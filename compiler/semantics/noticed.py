"""What a publication reads, against the changes that it speaks of.

A field that is read and of whose change nothing is said would be sent late, or never, and nobody would know; one that
is spoken of and never read is a slip. Fields of the natural key of a table never change, and need not be named; what
is read through a reference is the column that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from compiler.diagnostics import Related, Sink
from compiler.schema.edfi import Schemas
from compiler.semantics import ir
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.usage import reachable, usage
from compiler.source import Span
from compiler.syntax.document import Scalar
from compiler.syntax.publishing import EventTree, EvenWhenOffTree, LeftTree, TriggerTree

Definitions = Mapping[str, ir.Definition]


@dataclass(slots=True)
class _Read:
    """What is read, by table: all fields, and those of which the value can change; a table may be read by key alone."""

    fields: dict[str, set[str]] = field(default_factory=dict)
    changing: dict[str, set[str]] = field(default_factory=dict)

    def holds(self, table: str, name: str) -> bool:
        return name in self.fields.get(table, ())


def check_noticed(
    checked: CheckedPublication, publication: ir.Publication, definitions: Definitions, schemas: Schemas, sink: Sink
) -> None:
    """Report what is read and not spoken of, and what is spoken of and not read."""
    read = _read(ir.told_of(publication), definitions, schemas)
    for source in publication.sources:
        read.fields.setdefault(source.resource, set())
        read.changing.setdefault(source.resource, set())
    written = checked.whole
    if written.events or written.left:
        _unnoticed(checked, publication, read, definitions, sink)
    if written.triggers:
        _unlisted(checked, publication, definitions, schemas, sink)
    _never_read(checked, read, sink)


def _read(nodes: Iterable[ir.Expr], definitions: Definitions, schemas: Schemas) -> _Read:
    used, read = usage(nodes, definitions, schemas), _Read()
    crossed = {target for _, _, target in used.crossings}
    for table in {*used.needs, *(table for table, _ in used.reads)} - (crossed - used.needs):
        read.changing.setdefault(table, set())
    for table in (*used.needs, *crossed):
        read.fields.setdefault(table, set())
    for table, path in used.reads:
        resource = schemas.resource(table)
        assert resource is not None
        read.fields.setdefault(table, set()).add(path[0])
        if path not in resource.key:
            read.changing.setdefault(table, set()).add(path[0])
    return read


# -- what is read


def _unnoticed(
    checked: CheckedPublication, publication: ir.Publication, read: _Read, definitions: Definitions, sink: Sink
) -> None:
    """Report what is read and neither an event nor left to the resync."""
    whole: set[str] = set()
    named: dict[str, set[str]] = {}
    entries: tuple[ir.Event | ir.LeftToResync, ...] = (*publication.events, *publication.left)
    for entry in entries:
        named.setdefault(entry.table, set()).update(entry.fields)
        whole.update(() if entry.fields else [entry.table])
    place = _key(checked, "events", "left to the resync")
    for table in sorted(read.changing.keys() - whole):
        lacking = sorted(read.changing[table] - named.get(table, set()))
        if lacking or table not in named:
            _told("E612", place, table, lacking, sink, _where(publication, table, lacking, definitions))


def _unlisted(
    checked: CheckedPublication, publication: ir.Publication, definitions: Definitions, schemas: Schemas, sink: Sink
) -> None:
    """Report what is read for the elements, leads to steps, and is named by no trigger of a changed row."""
    changed = [trigger for trigger in publication.triggers if "changed" in trigger.changes]
    whole = {trigger.table for trigger in changed if not trigger.fields}
    named = {(trigger.table, name) for trigger in changed for name in trigger.fields}
    sent = [c.value for s in publication.sources for e in s.elements for p in (e.contents, *e.items) for c in p]
    read = _read(sent, definitions, schemas)
    place = _key(checked, "triggers")
    for table in sorted(read.changing.keys() - whole):
        sending = (name for name in read.changing[table] if _sends(publication, table, name))
        lacking = sorted(name for name in sending if (table, name) not in named)
        if lacking and checked.whole.unlisted is None:
            _told("W910", place, table, lacking, sink)
        elif lacking:
            _told("N902", place, table, lacking, sink, label=publication.unlisted.label)


def _sends(publication: ir.Publication, table: str, name: str) -> bool:
    """Whether a change of a field may send something at once: it is an event, or nothing is said of events."""
    events = publication.events
    return not events or any(event.table == table and (not event.fields or name in event.fields) for event in events)


def _where(publication: ir.Publication, table: str, names: list[str], definitions: Definitions) -> tuple[Related, ...]:
    """A place where one of the fields is read."""
    wanted = {(table, name) for name in names}
    for node in reachable(ir.told_of(publication), definitions):
        if isinstance(node, ir.Read) and node.span is not None and tuple(node.label.split(".")[:2]) in wanted:
            return (Related(node.span, "read here"),)
    return ()


# -- what is spoken of


def _never_read(checked: CheckedPublication, read: _Read, sink: Sink) -> None:
    whole = checked.whole
    adding = {cause.text for change in whole.key_changes if change.of_no_part for cause in change.causes}
    even_off = whole.configuration.even_when_off if whole.configuration is not None else ()
    entries: tuple[EventTree | LeftTree | EvenWhenOffTree, ...] = (*whole.events, *whole.left, *even_off)
    for entry in entries:
        for place, name in _spoken_of(entry):
            if not _is_read(read, entry.table.text, name) and f"{entry.table.text}.{name}" not in adding:
                _spoken("W909", place, entry.table.text, name, sink)
    for trigger in whole.triggers:
        for place, name in _spoken_of(trigger):
            if not _is_read(read, trigger.table.text, name) and f"{trigger.table.text}.{name}" not in adding:
                _spoken("E613", place, trigger.table.text, name, sink)
    for change in whole.key_changes:
        for cause in change.causes if not change.of_no_part else ():
            table, _, name = cause.text.partition(".")
            if not read.holds(table, name):
                _spoken("W909", cause, table, name, sink)


def _spoken_of(entry: EventTree | LeftTree | TriggerTree | EvenWhenOffTree) -> Iterator[tuple[Scalar, str]]:
    """The fields of an entry with where they stand; of one without any, its table and an empty name."""
    if not entry.fields:
        yield entry.table, ""
    yield from ((name, name.text) for name in entry.fields)


def _is_read(read: _Read, table: str, name: str) -> bool:
    return read.holds(table, name) if name else table in read.fields


def _spoken(code: str, place: Scalar, table: str, name: str, sink: Sink) -> None:
    sink.report(code, place.span, fields=f"`{name}`" if name else "any field", table=f"`{table}`", it="it")


def _told(
    code: str, place: Span, table: str, names: list[str], sink: Sink, related: tuple[Related, ...] = (), label: str = ""
) -> None:
    one = len(names) == 1
    said = " and ".join(", ".join(f"`{name}`" for name in names).rsplit(", ", 1)) if names else "rows"
    sink.report(
        code, place, fields=said, table=f"`{table}`", is_read="is read" if one else "are read",
        it="it" if one else "them", label=label, related=related,
    )  # fmt: skip


def _key(checked: CheckedPublication, *names: str) -> Span:
    """The first of some keys that stands in the spec, or its id."""
    root = checked.written.document.root
    found = [key.span for name in names if (key := root.key(name)) is not None]
    return found[0] if found else checked.written.id.span
