"""Plans of folders: what publications want of the tables of a folder, against what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from compiler.engines.folder import DataError, DataFolder
from compiler.engines.identity import IdentityMap
from compiler.engines.ods import must_be_of, place_of, records_in
from compiler.engines.python_engine import PythonEngine
from compiler.engines.structure import USED, Fault, read_dataset
from compiler.planning.evidence import Evidence
from compiler.planning.model import Cause, OdsRecord, Plan
from compiler.planning.planner import Mode, Task, plan_year
from compiler.planning.spaces import sent_before
from compiler.planning.wants import own, wants_of
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage
from compiler.semantics.wanted import Parameters, Wanted, Why, years_of
from compiler.semantics.world import RawRecord, World

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows that take the place of those of a folder, by the singular name of their table."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What plans are made from. Without ``identity``, what was wanted of ``before`` has been sent.

    ``ods`` is asked in a resync, by school year if it has folders of years.
    """

    after: DataFolder
    before: DataFolder | None = None
    identity: IdentityMap | None = None
    configuration: Tables = field(default_factory=dict)
    ods: Path | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which plans are made: of one year or (None) of all, of all keys or of those that have changed."""

    as_of: date
    year: int | None = None
    everything: bool = False
    most_deletes: int | None = None
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans of a state's publications by year, and what is wrong with the records of the folders."""

    state: str
    publications: tuple[ir.Publication, ...]
    plans: tuple[Plan, ...]
    faults: tuple[Fault, ...]
    revision: int | None

    @property
    def is_held_up(self) -> bool:
        """Whether a record that should be sent cannot be, waits, or is not deleted since too many would be."""
        held_up = any(entry.cause in (Cause.WAITING, Cause.WITHHELD) for plan in self.plans for entry in plan.standing)
        return held_up or any(unsent.why is Why.BLOCKED for plan in self.plans for _, unsent in plan.unsent)


def plan(program: Program, publications: Sequence[ir.Publication], sources: Sources, wishes: Wishes) -> Planned:
    """The plans of all school years that are asked for.

    Raises :class:`DataError` when a table that a publication reads has no file: that is not the same as an empty one.
    """
    if sources.ods is not None:
        must_be_of(sources.ods, program.state)
    expressions = [expression for publication in publications for expression in ir.told_of(publication)]
    used = usage(expressions, program.definitions, program.schemas)
    faults: list[Fault] = []
    after = _world(program, publications, used, sources.after, sources.configuration, faults)
    before = None
    if sources.before is not None:
        before = _world(program, publications, used, sources.before, sources.configuration, faults)
    years = _years(program, publications, after, before, sources.identity, wishes)
    generated = _Generated(program)
    plans = tuple(
        _plan(program, publications, after, before, sources, wishes, Context(year, wishes.as_of), years, generated)
        for year in years
    )
    revision = sources.identity.revision if sources.identity is not None else None
    return Planned(program.state, tuple(publications), plans, tuple(faults), revision)


def _world(
    program: Program,
    publications: Iterable[ir.Publication],
    used: Usage,
    folder: DataFolder,
    configuration: Tables,
    faults: list[Fault],
) -> World:
    needed = {source.resource for publication in publications for source in publication.sources} | used.needs
    lacking = sorted(needed - {*folder.files} - {*configuration})
    if lacking:
        plurals = [resource.plural for name in lacking if (resource := program.schemas.resource(name)) is not None]
        names = " and ".join(publication.id for publication in publications)
        raise DataError(
            f"{folder.root} has no file of {', '.join(plurals)}, which {names} "
            f"{'reads' if ' and ' not in names else 'read'}; an empty file says that there are none"
        )
    dataset = read_dataset(folder, program.schemas, used, {}, USED)
    told = (fault for fault in dataset.faults if fault.resource not in configuration)
    faults.extend(replace(fault, file=str(folder.root / fault.file)) for fault in told)
    given = {name: [RawRecord(row) for row in rows] for name, rows in configuration.items()}
    return World(program.schemas, {**dataset.records, **given})


def _years(
    program: Program,
    publications: Iterable[ir.Publication],
    after: World,
    before: World | None,
    identity: IdentityMap | None,
    wishes: Wishes,
) -> list[int]:
    if wishes.year is not None:
        return [wishes.year]
    context = Context(wishes.as_of.year, wishes.as_of)
    found = {*(identity.years() if identity is not None else ())}
    for publication in publications:
        parameters = own(publication, wishes.parameters)
        for world in (after, before):
            if world is not None:
                found.update(years_of(program, publication, world, context, parameters))
    return sorted(found)


def _plan(
    program: Program,
    publications: Sequence[ir.Publication],
    after: World,
    before: World | None,
    sources: Sources,
    wishes: Wishes,
    context: Context,
    years: list[int],
    generated: _Generated,
) -> Plan:
    year = context.school_year
    wants = tuple(
        wants_of(program, p, after, before, context, own(p, wishes.parameters), evaluate=generated.want)
        for p in publications
    )
    mapped = sources.identity.rows(year) if sources.identity is not None else tuple(sent_before(wants))
    ods: tuple[OdsRecord, ...] = ()
    if sources.ods is not None:
        resources = {publication.target_plural for publication in publications}
        ods = tuple(records_in(place_of(sources.ods, year, years), resources))
    evidence = Evidence(program, before, after, context, wishes.parameters) if before is not None else None
    mode = Mode.EVENT if before is not None and not wishes.everything else Mode.ALL
    return plan_year(
        Task(
            year,
            wants,
            mapped,
            sources.identity.due(year) if sources.identity is not None else frozenset(),
            evidence,
            Mode.RESYNC if sources.ods is not None else mode,
            ods,
            wishes.most_deletes,
        )
    )


class _Generated:
    """What is wanted, by the generated Python; each world is made ready for it once."""

    def __init__(self, program: Program) -> None:
        self._engine = PythonEngine(program)
        self._worlds: dict[int, tuple[World, Any]] = {}

    def want(
        self, program: Program, publication: ir.Publication, world: World, context: Context, parameters: Parameters
    ) -> Wanted:
        assert program.publications[publication.id] is publication
        ready = self._worlds.get(id(world))
        if ready is None:
            bodies = {name: {one.key: one.body for one in world.records(name)} for name in world.present}
            ready = self._worlds[id(world)] = (world, self._engine.world(bodies))
        return self._engine.want(publication, ready[1], context, parameters)
