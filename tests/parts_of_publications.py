"""Publications without one of their parts each: what an example of a statement must notice.

A part is what stands in the spec under ``covers``: a clause, a preference, an element, a mapping, a parameter, an event
and so on. It is taken out of the IR, so that what depends on it in other parts stays as it was. Where something else
would come in its place, the opposite does: an element that is never sent is sent, a change that makes records be looked
at is left to the resync, and so is what no trigger names; what is deleted when its key changes stays, or the other way
round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from compiler.schema.types import TEXT
from compiler.semantics import ir
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.program import Program
from compiler.syntax.document import Scalar
from compiler.syntax.publications import ElementTree, PublicationTree
from compiler.syntax.publishing import ConfigurationTree

SOMETHING = ir.Const("something", type=TEXT)
_Told = tuple[str, tuple[Scalar, ...], tuple[ir.Publication, ...]]


@dataclass(frozen=True)
class Part:
    """A part of a publication with the ids of the statements it settles, and the publication without it.

    ``spoiled`` holds a publication for each thing that the part says; none where there is nothing to take away.
    """

    label: str
    ids: frozenset[str]
    spoiled: tuple[ir.Publication, ...]


def texts(scalars: tuple[Scalar, ...]) -> frozenset[str]:
    return frozenset(scalar.text for scalar in scalars)


def parts(program: Program, name: str) -> Iterator[Part]:
    """All parts of a publication that settle a statement of its source."""
    for label, settled, spoiled in _parts(program.published[name], program.publications[name]):
        if settled:
            yield Part(label, texts(settled), spoiled)


def _parts(checked: CheckedPublication, publication: ir.Publication) -> Iterator[_Told]:
    written = checked.written
    head = [_candidates(publication, i) for i in range(len(publication.sources))]
    yield "the head", written.covers, tuple(spoiled for several in head for spoiled in several)
    for candidates, spoiled in zip(written.candidates, head, strict=True):
        if written.many:
            yield f"source {candidates.object_type.text}", candidates.covers, spoiled
    yield from _clauses(checked, publication)
    for i, preference in enumerate(written.prefer):
        yield f"prefer {i + 1}", preference.covers, (_each_source(publication, _without("prefer", i)),)
    for i, mapping in enumerate(written.mappings):
        yield f"mapping {mapping.name.text}", mapping.covers, (_each_source(publication, _without("mappings", i)),)
    for element in written.elements:
        yield f"element {element.name.text}", element.covers, _without_element(publication, element)
    for parameter in written.parameters:
        name = parameter.name.text
        yield f"parameter {name}", parameter.covers, (_without_parameter(publication, name),)
    unordered = _each_source(publication, lambda source: replace(source, prefer=()))
    yield "one per key", written.behind_covers, (unordered,)
    yield from _changes(written, publication)


def _candidates(publication: ir.Publication, place: int) -> tuple[ir.Publication, ...]:
    """A publication with candidates of all years, and with one object for them all."""
    return (
        _with_source(publication, place, lambda source: replace(source, in_year=None)),
        _with_source(publication, place, lambda source: replace(source, object_key=SOMETHING)),
    )


def _clauses(checked: CheckedPublication, publication: ir.Publication) -> Iterator[_Told]:
    for kind, clauses in (("include", checked.written.include), ("exclude", checked.written.exclude)):
        for clause in clauses:
            reason = clause.reason.text
            yield f"{kind}: {reason}", clause.covers, (_each_source(publication, _without_clause(kind, reason)),)
    for i, candidates in enumerate(checked.written.candidates):
        for clause in candidates.include:
            reason = clause.reason.text
            spoiled = _with_source(publication, i, _without_clause("include", reason))
            yield f"include: {reason}", clause.covers, (spoiled,)


def _changes(written: PublicationTree, publication: ir.Publication) -> Iterator[_Told]:
    """What decides when and why records are sent."""
    if written.configuration is not None:
        yield from _configuration(written.configuration, publication)
    for i, event in enumerate(written.events):
        heard = publication.events[i]
        left = (*publication.left, ir.LeftToResync(heard.table, heard.fields))
        spoiled = replace(publication, events=_left_out(publication.events, i), left=left)
        yield f"event {event.table.text} {i + 1}", event.covers, (spoiled,)
    for what, settled in (("left", written.left), ("triggers", written.triggers), ("resync", written.resync)):
        for i, item in enumerate(settled):
            spoiled = replace(publication, **{what: _left_out(getattr(publication, what), i)})
            yield f"{what} {i + 1}", item.covers, (spoiled,)
    for i, key_change in enumerate(written.key_changes):
        yield f"key change {i + 1}", key_change.covers, (_without_key_change(publication, i),)
    if written.unlisted is not None:
        unlisted = replace(publication.unlisted, held=not publication.unlisted.held)
        yield "unlisted changes", written.unlisted.covers, (replace(publication, unlisted=unlisted),)
    if written.cascade is not None:
        alone = (replace(publication, dependents=()),) if publication.dependents else ()
        yield "cascade", written.cascade.covers, alone
        for dependent in written.cascade.dependents:
            resource = dependent.resource.text
            rest = tuple(one for one in publication.dependents if one.resource != resource)
            yield f"dependent {resource}", dependent.covers, (replace(publication, dependents=rest),)
    if written.record is not None:
        yield "record", written.record.covers, (replace(publication, own=None),)


def _configuration(written: ConfigurationTree, publication: ir.Publication) -> Iterator[_Told]:
    settings = publication.configuration
    for what, condition in (("valid", written.valid), ("on", written.on)):
        if condition is not None:
            spoiled = replace(publication, configuration=replace(settings, **{what: None}))
            yield f"configuration: {what}", condition.covers, (spoiled,)
    for i, change in enumerate(written.even_when_off):
        less = replace(settings, even_when_off=_left_out(settings.even_when_off, i))
        yield f"even when off {i + 1}", change.covers, (replace(publication, configuration=less),)


# -- taking away


def _left_out(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return (*items[:place], *items[place + 1 :])


def _with_source(publication: ir.Publication, place: int, change: Callable[[ir.Source], ir.Source]) -> ir.Publication:
    sources = list(publication.sources)
    sources[place] = change(sources[place])
    return replace(publication, sources=tuple(sources))


def _each_source(publication: ir.Publication, change: Callable[[ir.Source], ir.Source]) -> ir.Publication:
    return replace(publication, sources=tuple(map(change, publication.sources)))


def _without(what: str, place: int) -> Callable[[ir.Source], ir.Source]:
    return lambda source: replace(source, **{what: _left_out(getattr(source, what), place)})


def _without_clause(kind: str, reason: str) -> Callable[[ir.Source], ir.Source]:
    said = " ".join(reason.split())

    def change(source: ir.Source) -> ir.Source:
        return replace(source, **{kind: tuple(clause for clause in getattr(source, kind) if clause.reason != said)})

    return change


def _without_element(publication: ir.Publication, element: ElementTree) -> tuple[ir.Publication, ...]:
    """A publication without an element, or with one that is never sent; what the API assigns cannot be taken away."""
    name, path = element.name.text, tuple(element.path.text.split("."))
    if element.never_reports:
        sent = ir.Element(name, path, (ir.Content(path, SOMETHING),), (), blocks=False)
        return (_each_source(publication, lambda source: replace(source, elements=(*source.elements, sent))),)
    if element.assigned_by is not None or not element.in_schema:
        return ()

    def change(source: ir.Source) -> ir.Source:
        return replace(source, elements=tuple(one for one in source.elements if one.name != name))

    return (_each_source(publication, change),)


def _without_key_change(publication: ir.Publication, place: int) -> ir.Publication:
    """A publication that deletes what a change of the key leaves, or leaves what it deletes."""
    change = publication.key_changes[place]
    others = _left_out(publication.key_changes, place)
    if change.part is not None:
        others = (*others, replace(change, leaves=not change.leaves))
    return replace(publication, key_changes=others)


def _without_parameter(publication: ir.Publication, name: str) -> ir.Publication:
    """A publication in which a parameter has no value, whatever a run gives it."""

    def erased(node: Any) -> Any:
        if isinstance(node, ir.Parameter) and node.name == name:
            return ir.Nothing(type=node.type)
        if isinstance(node, tuple):
            return tuple(map(erased, node))
        if is_dataclass(node) and not isinstance(node, type) and isinstance(node, _WITH_EXPRESSIONS):
            held = {part.name: getattr(node, part.name) for part in fields(node)}
            return replace(node, **{part: erased(value) for part, value in held.items() if value is not None})
        return node

    return replace(publication, sources=erased(publication.sources))


_WITH_EXPRESSIONS = (
    ir.Expr, ir.Join, ir.Source, ir.Clause, ir.Preference, ir.Mapping, ir.Element, ir.Content, ir.Caution,
)  # fmt: skip
