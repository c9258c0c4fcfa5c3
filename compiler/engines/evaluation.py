"""What an engine is asked, and what it answers: the seam between a run and the ways to carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, Self

from compiler.engines.dispositions import Member
from compiler.engines.folder import DataFolder
from compiler.engines.structure import Fault, resources_read
from compiler.schema.edfi import Resource
from compiler.schema.types import DECIMAL, Type
from compiler.semantics import ir
from compiler.semantics.findings import Finding
from compiler.semantics.outcomes import Context, RuleResult
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage
from compiler.semantics.values import Key, read
from compiler.semantics.world import World, key_type

Place = tuple[str, int]
"""The file of a record and its line (its row, for Parquet)."""
Subject = tuple[str, str]
"""A record: its resource (singular) and its natural key, as ``subject_of`` writes it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for; ``collections`` and ``rules`` empty mean all.

    ``cache`` is a folder where copies of data may be kept for later runs. Without ``fuse`` the set engine runs a query
    for each rule. ``specs`` is a hash of specs and compiler: what is made of them alone is kept under it. ``traces``
    says of how many students at most the findings are traced.
    """

    school_year: int
    as_of: date
    scope: str = "district"
    cycle: str | None = None
    collections: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    engine: str = "duckdb"
    structure: str = "used"
    dispositions: bool = False
    cache: Path | None = None
    fuse: bool = True
    specs: str = ""
    traces: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """Rules over a folder. ``used`` is what they read; ``codes`` the known codes of each descriptor with a table."""

    program: Program
    folder: DataFolder
    options: Options
    rules: list[ir.Rule]
    populations: list[ir.Population]
    used: Usage
    codes: Mapping[str, frozenset[str]]

    @property
    def context(self) -> Context:
        """What the rules are told."""
        options = self.options
        return Context(options.school_year, options.as_of, options.scope, options.cycle)

    @property
    def resources(self) -> list[str]:
        """The resources that are read, by name."""
        return resources_read(self.folder, self.program.schemas, self.used, self.options.structure)

    def only(self, rules: list[ir.Rule], populations: list[ir.Population]) -> Task:
        """The same for some of the rules and populations, with what these use."""
        return replace(self, rules=rules, populations=populations, used=used_by(self.program, [*rules, *populations]))


def used_by(program: Program, parts: Iterable[ir.Rule | ir.Population]) -> Usage:
    """What rules and populations use of the data, with the resources that they need."""
    parts = list(parts)
    used = usage((node for part in parts for node in ir.expressions(part)), program.definitions, program.schemas)
    used.needs |= {name for part in parts for name in part.needs}
    return used


def known_codes(program: Program, school_year: int) -> dict[str, frozenset[str]]:
    """The codes of a school year of each descriptor that has a table."""
    codes: dict[str, frozenset[str]] = {}
    for table in program.tables.values():
        if table.descriptor is not None:
            codes[table.descriptor] = codes.get(table.descriptor, frozenset()) | frozenset(table.codes(school_year))
    return codes


class EngineError(Exception):
    """An evaluation that could not be brought to its end; the message is for the user."""


@dataclass(frozen=True, slots=True)
class StructureFinding:
    """A fault of a record with the student, school and organisation it concerns, as far as they can be read."""

    fault: Fault
    student: Any
    corporation: Any
    school: Any


def subject_of(resource: Resource, key: Mapping[str, Any]) -> Subject:
    """A record by what a finding holds of its key; parts that joined lists add to the key are left out."""
    parts = {".".join(path): key.get(".".join(path)) for path in resource.key}
    return resource.name, repr(sorted(parts.items()))


def key_of(resource: Resource, finding: Finding) -> Key:
    """The natural key of the record that a finding is about, as worlds hold it."""
    kinds = ((".".join(path), key_type(resource, path)) for path in resource.key)
    return tuple(_key_part(finding.key[name], kind) for name, kind in kinds)


def _key_part(value: Any, kind: Type) -> Any:
    """A part of a key, from what a finding holds of it."""
    return Decimal(value) if kind is DECIMAL and isinstance(value, str) else read(value, kind)


class Evaluation(Protocol):
    """A task under way: the data are read, the answers are worked out when they are asked for.

    ``read`` counts the entries of files, ``present`` are the resources at hand. ``by_entry`` are large files that a set
    engine had to read entry by entry. ``refused`` are rules that the engine could not evaluate by itself, with why; it
    is complete when the results are.
    """

    read: int
    by_entry: list[str]
    present: frozenset[str]
    refused: dict[str, str]

    def results(self) -> Iterator[RuleResult]:
        """The result of each rule, in their order; findings in any order."""
        ...

    def structure(self) -> list[StructureFinding]:
        """What is wrong with the records: by resource, file, line, path and code."""
        ...

    def places(self, findings: Iterable[Finding]) -> dict[Subject, Place]:
        """Where the subjects of findings stand."""
        ...

    def worlds(self, findings: Sequence[Finding]) -> Iterator[tuple[World, Sequence[Finding]]]:
        """Worlds in which the rules of findings say again what they said of the subjects, each with its findings.

        Records know their file and line. It can be asked when the results are complete.
        """
        ...

    def members(self, population: ir.Population) -> Iterable[Member]:
        """The students of a population, in the order of organization and student."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None:
        """Let go of what the evaluation holds."""
        ...
