"""Which specs a change of schemas touches: those that read the property, or go by what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.schema.differences import Change
from compiler.semantics import ir
from compiler.semantics.checker.project import CheckedProject
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage

UNFELT = frozenset({"added", "bits", "decimals", "entries", "least length", "null"})
"""Changes that neither a rule nor a finding of structure can tell: every value may be missing, every whole number is
one of 64 bits, and only greatest lengths are looked at."""


@dataclass(frozen=True, slots=True, order=True)
class Spec:
    """A part of the specs that reads data: its state, what it is, its name, and its file."""

    state: str
    kind: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A spec and what it uses; of a table only the descriptor."""

    spec: Spec
    used: Usage
    descriptor: str | None = None

    def is_touched(self, change: Change) -> bool:
        """Whether a change is of something that the spec uses."""
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
    found = [
        reader
        for program in programs.values()
        if folder in program.schema_folders
        for reader in (*_of_program(program), *_of_definitions(project, program))
    ]
    return sorted(found, key=lambda reader: reader.spec)


def _of_program(program: Program) -> Iterator[Reader]:
    state = program.state
    for key, rule in program.rules.items():
        file = program.checked[key].written.document.source.path
        yield Reader(Spec(state, "rule", key, file), _used(ir.expressions(rule), program))
    for name, population in program.populations.items():
        file = program.collections[name].written.document.source.path
        yield Reader(Spec(state, "population", name, file), _used(ir.expressions(population), program))
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


def _used(nodes: Iterable[ir.Expr], program: Program) -> Usage:
    return usage(nodes, program.definitions, program.schemas)
