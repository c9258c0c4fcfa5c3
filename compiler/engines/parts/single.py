"""The evaluation by generated Python of records that are held in memory: all of a folder, or a part of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from compiler.engines.dispositions import Member, Members
from compiler.engines.evaluation import Place, StructureFinding, Subject, Task, key_of, subject_of
from compiler.engines.folder import Entry
from compiler.engines.owners import Owners, owners_look_at
from compiler.engines.parts.reach import Apart
from compiler.engines.parts.reading import Reading, Records, raw
from compiler.engines.python_engine import PythonEngine
from compiler.engines.structure import Fault, fault_order
from compiler.schema.types import TEXT
from compiler.semantics import ir
from compiler.semantics.findings import Finding
from compiler.semantics.outcomes import RuleResult
from compiler.semantics.values import dig, read
from compiler.semantics.world import World


class Shared:
    """What evaluations of a task share: the generated rules, how records are checked, the records that are common."""

    def __init__(self, task: Task, apart: Apart, common: Records | None = None) -> None:
        """``common`` are the common records where they have been read."""
        self.task = task
        self.apart = {name: path for name, path in apart.items() if name in task.resources}
        self.reading = Reading(task)
        self.common = self._common() if common is None else common

    def _common(self) -> Records:
        names = [name for name in self.task.resources if name not in self.apart]
        records = self.reading.records({name: self.task.folder.entries(name) for name in names})
        for name in names:
            self.reading.dangling(name, records)
        return records

    @cached_property
    def engine(self) -> PythonEngine:
        """The rules of the program as generated Python."""
        return PythonEngine(self.task.program)


class InPython:
    """A task over the records that are kept apart and those that are common.

    ``entries`` are those kept apart; where they are a part of those at hand, the common records are not told of.
    """

    def __init__(self, shared: Shared, entries: Mapping[str, Iterable[Entry]], *, is_part: bool = False) -> None:
        self.task = shared.task
        self.shared = shared
        own = shared.reading.records({name: entries.get(name, ()) for name in shared.apart})
        self.records = own.beside(shared.common)
        for name in own.read:
            shared.reading.dangling(name, self.records)
        if not is_part:
            self.records.faults += shared.common.faults
        self.read = own.count + (0 if is_part else shared.common.count)
        self.present = frozenset(self.records.read)
        self.by_entry: list[str] = []
        self.refused: dict[str, str] = {}

    def results(self) -> Iterator[RuleResult]:
        engine, keyed = self.shared.engine, self.records.keyed.items()
        world = engine.world({name: {key: entry.body for key, entry in found.items()} for name, found in keyed})
        for rule in self.task.rules:
            yield engine.result(rule, world, self.task.context)
        world.close()  # nobody collects garbage during a run

    def structure(self) -> list[StructureFinding]:
        faults = sorted(self.records.faults, key=fault_order)
        if not faults:
            return []
        owners = Owners(self.task.program, self._world_around(faults), self.task.options)
        return [owners.owned(fault) for fault in faults]

    def places(self, findings: Iterable[Finding]) -> dict[Subject, Place]:
        found = {}
        for finding in findings:
            resource = self.task.program.schemas.resource(finding.resource)
            assert resource is not None
            entry = self.records.keyed[resource.name][key_of(resource, finding)]
            found[subject_of(resource, finding.key)] = entry.file, entry.line
        return found

    def worlds(self, findings: Sequence[Finding]) -> Iterator[tuple[World, Sequence[Finding]]]:
        """One world of all records."""
        if findings:
            yield self._world, findings

    def members(self, population: ir.Population) -> Iterable[Member]:
        members = Members(self.task.program, population, self.task.context)
        members.add(self._world)
        return members.ordered()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to let go of but memory."""

    @cached_property
    def _world(self) -> World:
        """All records, as the interpreter takes them."""
        return World(self.task.program.schemas, {n: map(raw, entries) for n, entries in self.records.read.items()})

    def _world_around(self, faults: Iterable[Fault]) -> World:
        """The common records, and those of students with faults: who a record is about is found among them."""
        students = {self._student(fault.resource, fault.record.body) for fault in faults if fault.record is not None}
        looked_at = owners_look_at(self.task.program, {fault.resource for fault in faults})
        records = {
            name: [raw(e) for e in entries if name not in self.shared.apart or self._student(name, e.body) in students]
            for name, entries in self.records.read.items()
            if name in looked_at
        }
        return World(self.task.program.schemas, records)

    def _student(self, name: str, body: Mapping[str, Any] | None) -> Any:
        path = self.shared.apart.get(name)
        return read(dig(body, path), TEXT) if path is not None else None
