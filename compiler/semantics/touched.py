"""Which specs a change of schemas touches: those that read the property or send it, or go by what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.schema.differences import Change
from compiler.schema.edfi import Path, Resource
from compiler.schema.types import Code, ListOf, Type
from compiler.semantics import ir
from compiler.semantics.checker.project import CheckedProject
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage

UNFELT = frozenset({"added", "bits", "decimals", "entries", "least length", "null"})
"""Changes that neither a rule nor a finding of structure can tell: every value may be missing, every whole number is
one of 64 bits, and only greatest lengths are looked at."""
UNFELT_BY_SENDERS = frozenset({"null"})


@dataclass(frozen=True, slots=True, order=True)
class Spec:
    """A part of the specs that reads data: its state, what it is, its name, and its file."""

    state: str
    kind: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a publication sends: records of a resource, with properties at ``paths``."""

    target: Resource
    paths: tuple[Path, ...]

    def is_touched(self, change: Change) -> bool:
        """Whether a record that was sent before would be another one, or refused."""
        if change.what in UNFELT_BY_SENDERS:
            return False
        if change.resource != self.target.name:
            kinds = (prop.type for prop in map(self.target.find, self.paths) if prop is not None)
            codes = {item.descriptor for kind in kinds for item in (_item(kind),) if isinstance(item, Code)}
            return change.what == "removed" and change.resource in codes
        if change.what in ("added", "required"):
            return change.after == "required" and self._sends_in(change.path[:-1])
        return not change.path or self._sends(change.path)

    def _sends(self, path: Path) -> bool:
        """Whether a property, something inside it or the object around it is sent."""
        return any(sent[: len(path)] == path or path[: len(sent)] == sent for sent in self.paths)

    def _sends_in(self, path: Path) -> bool:
        """Whether an object is sent in which a property lies."""
        return any(sent[: len(path)] == path for sent in self.paths)


@dataclass(frozen=True, slots=True)
class Reader:
    """A spec and what it uses; of a table only the descriptor. A publication also has what it sends."""

    spec: Spec
    used: Usage
    descriptor: str | None = None
    sent: Sent | None = None

    def is_touched(self, change: Change) -> bool:
        """Whether a change is of something that the spec uses."""
        return self._is_read(change) or (self.sent is not None and self.sent.is_touched(change))

    def _is_read(self, change: Change) -> bool:
        if change.what in UNFELT:
            return False
        if self.descriptor is not None:
            removed = change.what == "removed" and change.resource == self.descriptor
            return removed or (change.what == "descriptor" and change.before == self.descriptor)
        if change.path:
            return any(path[: len(change.path)] == change.path for path in self._paths(change.resource))
        crossed = {target for _, _, target in self.used.crossings}
        needed = self.used.needs | {resource for resource, _ in self.used.reads}
        return change.resource in (crossed if change.what == "kind" else crossed | needed)

    def _paths(self, resource: str) -> Iterator[tuple[str, ...]]:
        yield from (path for owner, path in self.used.reads if owner == resource)
        yield from (path for owner, paths, _ in self.used.crossings if owner == resource for path in paths)


def readers(project: CheckedProject, programs: Mapping[str, Program], folder: str) -> list[Reader]:
    """All specs of the states that use a folder of schemas, in the order of their names."""
    found: list[Reader] = []
    for program in programs.values():
        is_source = folder in program.schema_folders
        if is_source:
            found += [*_of_program(program), *_of_extracts(program), *_of_definitions(project, program)]
        published = list(_of_publications(program, folder, is_source=is_source))
        found += published
        if is_source or published:
            found += _of_tables(program)
    return sorted(found, key=lambda reader: reader.spec)


def _of_program(program: Program) -> Iterator[Reader]:
    state = program.state
    for key, rule in program.rules.items():
        file = program.checked[key].written.document.source.path
        yield Reader(Spec(state, "rule", key, file), _used(ir.expressions(rule), program))
    for name, population in program.populations.items():
        file = program.collections[name].written.document.source.path
        yield Reader(Spec(state, "population", name, file), _used(ir.expressions(population), program))
    for name, guide in program.guides.items():
        file = program.guided[name].written.document.source.path
        yield Reader(Spec(state, "guide", name, file), _used(ir.asked_by(guide), program))


def _of_publications(program: Program, folder: str, *, is_source: bool) -> Iterator[Reader]:
    """The publications that read or send records of the schemas of a folder."""
    for key, publication in program.publications.items():
        checked = program.published[key]
        is_target = folder in [name.text for name in checked.written.target]
        spec = Spec(program.state, "publication", key, checked.written.document.source.path)
        used = _used(ir.told_of(publication), program) if is_source else Usage()
        sent = Sent(checked.target, publication.declared) if is_target and checked.target is not None else None
        if is_source or is_target:
            yield Reader(spec, used, sent=sent)


def _of_extracts(program: Program) -> Iterator[Reader]:
    for key, extract in program.extracts.items():
        file = program.filed[key].written.document.source.path
        yield Reader(Spec(program.state, "extract", key, file), _used(ir.written_by(extract), program))


def _of_tables(program: Program) -> Iterator[Reader]:
    state = program.state
    for name, table in program.tables.items():
        if table.descriptor is not None:
            yield Reader(Spec(state, "table", name, table.written.document.source.path), Usage(), table.descriptor)


def _of_definitions(project: CheckedProject, program: Program) -> Iterator[Reader]:
    subjects = (definition for definition, _ in project.subject_definitions)
    for definition in (*project.definitions, *subjects):
        lowered = program.definitions.get(definition.id)
        place = definition.scope.path.split("/")
        if lowered is not None and (len(place) < 2 or place[1] == program.state):
            file = definition.written.document.source.path
            yield Reader(Spec(program.state, "definition", definition.id, file), _used([lowered.body], program))


def _item(kind: Type) -> Type:
    return kind.item if isinstance(kind, ListOf) else kind


def _used(nodes: Iterable[ir.Expr], program: Program) -> Usage:
    return usage(nodes, program.definitions, program.schemas)
