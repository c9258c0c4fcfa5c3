"""Publications without one of their parts each: what an example of a statement must notice.

A part is what stands in the spec under ``covers``: a clause, a preference, an element, a mapping, a parameter, an event
and so on. It is taken out of the IR, so that what depends on it in other parts stays as it was. Of an element that is
never sent, something is sent; of changes without a trigger, what is at once is left to the resync, and the other way
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
from compiler.syntax.publications import CandidatesTree, ElementTree
from compiler.syntax.settled import Settled

SOMETHING = ir.Const("something", type=TEXT)


@dataclass(frozen=True)
class Part:
    """A part of a publication with the ids of the statements it settles, and the publication without it.

    ``spoiled`` is None where there is nothing to take away.
    """

    label: str
    ids: frozenset[str]
    spoiled: ir.Publication | None


def texts(scalars: tuple[Scalar, ...]) -> frozenset[str]:
    return frozenset(scalar.text for scalar in scalars)


def parts(program: Program, name: str) -> Iterator[Part]:
    """All parts of a publication that settle a statement of its source."""
    publication, written = program.publications[name], program.published[name].written
    for candidates, i in zip(written.candidates, range(len(publication.sources)), strict=True):
        ids = texts((*written.covers, *candidates.covers)) if len(written.candidates) == 1 else texts(candidates.covers)
        for what, change in (("year", _any_year), ("object", _any_object)):
            yield Part(f"{candidates.object_type.text}: {what}", ids, _with_source(publication, i, change))
    yield from _clauses(program.published[name], publication)
    shared = [
        (f"prefer {i + 1}", preference, _each_source(publication, _without("prefer", i)))
        for i, preference in enumerate(written.prefer)
    ]
    shared += [
        (f"mapping {mapping.name.text}", mapping, _each_source(publication, _without("mappings", i)))
        for i, mapping in enumerate(written.mappings)
    ]
    shared += [(f"element {e.name.text}", e, _without_element(publication, e)) for e in written.elements]
    shared += [(f"${p.name.text}", p, _without_parameter(publication, p.name.text)) for p in written.parameters]
    for label, settled, spoiled in shared:
        yield Part(label, texts(settled.covers), spoiled)
    yield Part("one per key", texts(written.behind_covers), _each_source(publication, lambda s: replace(s, prefer=())))
    yield from _changes(program.published[name], publication)


def _clauses(checked: CheckedPublication, publication: ir.Publication) -> Iterator[Part]:
    for kind, clauses in (("include", checked.written.include), ("exclude", checked.written.exclude)):
        for clause in clauses:
            yield Part(
                f"{kind}: {clause.reason.text}",
                texts(clause.covers),
                _each_source(publication, _without_clause(kind, clause.reason.text)),
            )
    for i, candidates in enumerate(checked.written.candidates):
        yield from _own_clauses(candidates, i, publication)


def _own_clauses(candidates: CandidatesTree, i: int, publication: ir.Publication) -> Iterator[Part]:
    for clause in candidates.include:
        reason = clause.reason.text
        spoiled = _with_source(publication, i, _without_clause("include", reason))
        yield Part(f"{candidates.object_type.text}: include: {reason}", texts(clause.covers), spoiled)


def _changes(checked: CheckedPublication, publication: ir.Publication) -> Iterator[Part]:
    """What decides when and why records are sent."""
    written = checked.written
    configuration = written.configuration
    if configuration is not None:
        settings = publication.configuration
        for what, condition in (("valid", configuration.valid), ("on", configuration.on)):
            if condition is not None:
                spoiled = replace(publication, configuration=replace(settings, **{what: None}))
                yield Part(f"configuration: {what}", texts(condition.covers), spoiled)
        for i, change in enumerate(configuration.even_when_off):
            less = replace(settings, even_when_off=_left_out(settings.even_when_off, i))
            yield Part(f"even when off {i + 1}", texts(change.covers), replace(publication, configuration=less))
    listed: tuple[tuple[str, tuple[Settled, ...]], ...] = (
        ("events", written.events),
        ("left", written.left),
        ("triggers", written.triggers),
        ("key_changes", written.key_changes),
        ("resync", written.resync),
    )
    for what, settled in listed:
        for i, item in enumerate(settled):
            less_ = replace(publication, **{what: _left_out(getattr(publication, what), i)})
            yield Part(f"{what} {i + 1}", texts(item.covers), less_)
    if written.unlisted is not None:
        unlisted = replace(publication.unlisted, held=not publication.unlisted.held)
        yield Part("unlisted changes", texts(written.unlisted.covers), replace(publication, unlisted=unlisted))
    if written.cascade is not None:
        none = replace(publication, dependents=())
        yield Part("cascade", texts(written.cascade.covers), none if publication.dependents else None)
        for dependent in written.cascade.dependents:
            resource = dependent.resource.text
            rest = tuple(one for one in publication.dependents if one.resource != resource)
            yield Part(f"dependent {resource}", texts(dependent.covers), replace(publication, dependents=rest))
    if written.record is not None:
        yield Part("record", texts(written.record.covers), replace(publication, own=None))


# -- taking away


def _left_out(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return (*items[:place], *items[place + 1 :])


def _with_source(publication: ir.Publication, place: int, change: Callable[[ir.Source], ir.Source]) -> ir.Publication:
    sources = list(publication.sources)
    sources[place] = change(sources[place])
    return replace(publication, sources=tuple(sources))


def _each_source(publication: ir.Publication, change: Callable[[ir.Source], ir.Source]) -> ir.Publication:
    return replace(publication, sources=tuple(map(change, publication.sources)))


def _any_year(source: ir.Source) -> ir.Source:
    return replace(source, in_year=None)


def _any_object(source: ir.Source) -> ir.Source:
    return replace(source, object_key=SOMETHING)


def _without(what: str, place: int) -> Callable[[ir.Source], ir.Source]:
    return lambda source: replace(source, **{what: _left_out(getattr(source, what), place)})


def _without_clause(kind: str, reason: str) -> Callable[[ir.Source], ir.Source]:
    said = " ".join(reason.split())

    def change(source: ir.Source) -> ir.Source:
        return replace(source, **{kind: tuple(clause for clause in getattr(source, kind) if clause.reason != said)})

    return change


def _without_element(publication: ir.Publication, element: ElementTree) -> ir.Publication | None:
    """A publication without an element; one that is never sent is sent, and what the API assigns stays out."""
    name, path = element.name.text, tuple(element.path.text.split("."))
    if element.never_reports:
        sent = ir.Element(name, path, (ir.Content(path, SOMETHING),), (), blocks=False)
        return _each_source(publication, lambda source: replace(source, elements=(*source.elements, sent)))
    if element.assigned_by is not None or not element.in_schema:
        return None

    def change(source: ir.Source) -> ir.Source:
        return replace(source, elements=tuple(one for one in source.elements if one.name != name))

    return _each_source(publication, change)


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
