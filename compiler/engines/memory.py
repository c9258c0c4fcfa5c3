"""The plain evaluation, by which the others are measured: all records in memory, rules walked by the interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from compiler.engines.dispositions import Member, Members
from compiler.engines.evaluation import Place, StructureFinding, Subject, Task, subject_of
from compiler.engines.owners import Owners
from compiler.engines.structure import read_dataset
from compiler.semantics import ir
from compiler.semantics.findings import Finding
from compiler.semantics.outcomes import RuleResult, evaluate
from compiler.semantics.world import World, named_key


class InMemory:
    """A task over records that were read as a whole."""

    def __init__(self, task: Task) -> None:
        self.task = task
        program, options = task.program, task.options
        self.dataset = read_dataset(task.folder, program.schemas, task.used, task.codes, options.structure)
        self.world = World(program.schemas, self.dataset.records)
        self.read = self.dataset.read
        self.present = self.world.present
        self.by_entry: list[str] = []
        self.refused: dict[str, str] = {}

    def results(self) -> Iterator[RuleResult]:
        for rule in self.task.rules:
            yield evaluate(self.task.program, rule, self.world, self.task.context)

    def structure(self) -> list[StructureFinding]:
        owners = Owners(self.task.program, self.world, self.task.options)
        return [owners.owned(fault) for fault in self.dataset.faults]

    def places(self, findings: Iterable[Finding]) -> dict[Subject, Place]:
        found = {}
        for name in {finding.resource for finding in findings}:
            resource = self.task.program.schemas.resource(name)
            assert resource is not None
            for record in self.world.records(name):
                found[subject_of(resource, named_key(resource.key, record.key))] = record.file, record.line
        return found

    def worlds(self, findings: Sequence[Finding]) -> Iterator[tuple[World, Sequence[Finding]]]:
        yield self.world, findings

    def members(self, population: ir.Population) -> Iterable[Member]:
        members = Members(self.task.program, population, self.task.context)
        members.add(self.world)
        return members.ordered()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to let go of."""
