"""The evaluation by generated Python: over all records at once, or one part of the students after another.

What lies below a certain size is evaluated as it is. Of what is larger, records are kept apart by student in files, and
processes of their own evaluate a part at a time; what they found is joined. Rules that look beyond a student are
evaluated over all records, in this process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Self

from compiler.engines.dispositions import Member, owner_order
from compiler.engines.evaluation import Evaluation, Place, StructureFinding, Subject, Task
from compiler.engines.parts.reach import Reach, reach
from compiler.engines.parts.reading import raw
from compiler.engines.parts.single import InPython, Shared
from compiler.engines.parts.spool import Spool, text_size
from compiler.engines.parts.workers import Answer, answers
from compiler.engines.structure import fault_order
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.outcomes import RuleResult
from compiler.semantics.world import World

PART = 16 * 2**20
"""Bytes of JSON lines that make a part: in memory they are some ten times as much."""
LITTLE = 64 * 2**20
"""Bytes below which records are evaluated as a whole: no process is started."""


def in_python(task: Task) -> Evaluation:
    """The evaluation of a task: in parts where there is much to read and something that parts can tell."""
    found = reach(task)
    size = text_size(task.folder, found.apart) if found is not None else 0
    if found is not None and found.rules and size >= LITTLE:
        return InParts(task, found, size // PART)
    return _whole(task, found)


def _whole(task: Task, found: Reach | None) -> InPython:
    apart = found.apart if found is not None else {}
    shared = Shared(task, apart)
    return InPython(shared, {name: task.folder.entries(name) for name in shared.apart})


class InParts:
    """A task of which some is evaluated part by part, and the rest over all records."""

    def __init__(self, task: Task, found: Reach, count: int) -> None:
        self.task = task
        self.found = found
        self.common = InPython(Shared(task, found.apart), {})
        self.spool = Spool(task.folder, found.apart, count)
        self.read = self.common.read + self.spool.read
        self.present = self.common.present
        self.by_entry: list[str] = []
        self.refused: dict[str, str] = {}
        self._answers: list[Answer] = []

    def results(self) -> Iterator[RuleResult]:
        task, found = self.task, self.found
        results = {rule.key: RuleResult(rule) for rule in found.rules}
        told = replace(task, rules=found.rules, populations=found.populations)
        for answer in answers(told, found.apart, self.common.records, self.spool.parts):
            for rule, (findings, counts) in zip(found.rules, answer.results, strict=True):
                _add(results[rule.key], findings, counts)
            answer.results.clear()
            self._answers.append(answer)
        if self._rest is not None:
            results |= {result.rule.key: result for result in self._rest.results()}
        return iter([results[rule.key] for rule in task.rules])

    def structure(self) -> list[StructureFinding]:
        found = [fault for answer in self._answers for fault in answer.structure]
        return sorted([*self.common.structure(), *found], key=lambda owned: fault_order(owned.fault))

    def places(self, findings: Iterable[Finding]) -> dict[Subject, Place]:
        places = {subject: place for answer in self._answers for subject, place in answer.places.items()}
        if self._rest is not None:
            rules = {rule.id for rule in self._rest.task.rules}
            places |= self._rest.places(finding for finding in findings if finding.rule in rules)
        return places

    def worlds(self, findings: Sequence[Finding]) -> Iterator[tuple[World, Sequence[Finding]]]:
        """One world of the common records and those of the students in question, read again from their parts; of what
        looks beyond a student, one of all records."""
        told = {rule.id for rule in self.found.rules}
        inside = [finding for finding in findings if finding.rule in told]
        if inside:
            students = {finding.key[".".join(self.found.apart[finding.resource])] for finding in inside}
            read = {**self.common.records.read, **self.spool.entries_of_students(students)}
            yield World(self.task.program.schemas, {name: map(raw, entries) for name, entries in read.items()}), inside
        beyond = [finding for finding in findings if finding.rule not in told]
        if self._rest is not None:
            yield from self._rest.worlds(beyond)

    def members(self, population: ir.Population) -> Iterable[Member]:
        if population not in self.found.populations:
            assert self._rest is not None
            return self._rest.members(population)
        number = self.found.populations.index(population)
        return sorted((member for answer in self._answers for member in answer.members[number]), key=owner_order)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.spool.close()

    @cached_property
    def _rest(self) -> InPython | None:
        """What looks beyond a student, over all records; None when nothing does."""
        rules = [rule for rule in self.task.rules if rule not in self.found.rules]
        populations = [p for p in self.task.populations if p not in self.found.populations]
        return _whole(self.task.only(rules, populations), None) if rules or populations else None


def _add(result: RuleResult, findings: list[Finding], counts: Mapping[Outcome, int]) -> None:
    """Add what a part says; that a rule could not be checked at all, every part says."""
    told_already = any(not finding.key for finding in result.findings)
    result.findings += (finding for finding in findings if finding.key or not told_already)
    for outcome, count in counts.items():
        result.counts[outcome] += count
