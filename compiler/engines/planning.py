"""Plans: the requests that bring an API to what a publication wants of a data folder.

Nothing is known of what was sent before, so each wanted record is a POST.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from compiler.engines.folder import DataError, DataFolder
from compiler.engines.structure import USED, Fault, read_dataset
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.usage import usage
from compiler.semantics.wanted import Payload, Unsent, Why, want, years_of
from compiler.semantics.world import World


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the API; ``verb`` is POST."""

    verb: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Plan:
    """The requests of a school year in order of student and key, and who sends none."""

    year: int
    requests: tuple[Request, ...]
    unsent: tuple[Unsent, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether a record that should be sent cannot be."""
        return any(unsent.why is Why.BLOCKED for unsent in self.unsent)


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans of a publication by year, and what is wrong with the records that they rest on."""

    publication: ir.Publication
    plans: tuple[Plan, ...]
    faults: tuple[Fault, ...]


def plan(program: Program, publication: ir.Publication, folder: DataFolder, year: int | None, as_of: date) -> Planned:
    """The plan of a school year, or (None) of every year to which records of the folder belong.

    Raises :class:`DataError` when a table that the publication reads has no file: that is not the same as an empty one.
    """
    used = usage(ir.told_of(publication), program.definitions, program.schemas)
    lacking = sorted({*(source.resource for source in publication.sources), *used.needs} - set(folder.files))
    if lacking:
        plurals = [resource.plural for name in lacking if (resource := program.schemas.resource(name)) is not None]
        raise DataError(
            f"{folder.root} has no file of {', '.join(plurals)}, which {publication.id} reads; "
            "an empty file says that there are none"
        )
    dataset = read_dataset(folder, program.schemas, used, {}, USED)
    world = World(program.schemas, dataset.records)
    years = [year] if year is not None else years_of(program, publication, world, Context(as_of.year, as_of))
    return Planned(publication, tuple(_plans(program, publication, world, years, as_of)), tuple(dataset.faults))


def _plans(
    program: Program, publication: ir.Publication, world: World, years: list[int], as_of: date
) -> Iterator[Plan]:
    for year in years:
        wanted = want(program, publication, world, Context(year, as_of))
        requests = tuple(Request("POST", payload) for payload in wanted.records.values())
        yield Plan(year, requests, tuple(wanted.unsent))
