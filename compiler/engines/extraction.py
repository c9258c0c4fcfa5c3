"""Extracts over a data folder: the rows, who has none, and what is wrong with the records that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler.engines.evaluation import Options, Task
from compiler.engines.folder import DataError, DataFolder
from compiler.engines.structure import USED, Fault, read_dataset
from compiler.garbage import without_collection
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row, rows_of
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage
from compiler.semantics.world import World

if TYPE_CHECKING:
    from compiler.backends.duckdb.extracts import ExtractQuery


@dataclass(frozen=True, slots=True, repr=False)
class Extraction:
    """What is asked: an extract over a folder, with the values of ``$names``; ``cache`` may hold copies of data.

    ``query`` is that of the extract (``extract_query``), where it was made already.
    """

    program: Program
    extract: ir.Extract
    folder: DataFolder
    context: Context
    values: Mapping[str, Any]
    cache: Path | None = None
    query: ExtractQuery | None = None

    @property
    def used(self) -> Usage:
        """What the extract uses of the data, with all resources that must be at hand."""
        used = usage(ir.written_by(self.extract), self.program.definitions, self.program.schemas)
        used.needs.add(self.extract.resource)
        return used

    @property
    def task(self) -> Task:
        """The same as engines that read records take it."""
        options = Options(self.context.school_year, self.context.as_of, self.context.scope, cache=self.cache)
        return Task(self.program, self.folder, options, [], [], self.used, {})


@dataclass(slots=True, repr=False)
class WorkedOut:
    """The candidates of an extract, in any order, while they are worked out, and the faults of records.

    ``refused`` is what DuckDB said of the extract, where it could not take it; ``by_entry`` are large files that it
    had to read entry by entry.
    """

    candidates: Iterable[Row | LeftOut]
    faults: list[Fault]
    refused: str = ""
    by_entry: list[str] = field(default_factory=list)


@dataclass(slots=True, repr=False)
class Extracted:
    """The same, rows and candidates without one apart, in the order of their places."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: str = ""
    by_entry: list[str] = field(default_factory=list)


@contextmanager
def worked_out(asked: Extraction) -> Iterator[WorkedOut]:
    """The candidates, worked out by DuckDB as they are taken, or by the interpreter when DuckDB refuses the query.

    Raises :class:`DataError` when a table that the extract reads has no file: that is not the same as an empty one.
    """
    from compiler.engines.duckdb.extracting import RefusedError, extracting

    must_be_at_hand(asked)
    with ExitStack() as stack:
        try:
            found = stack.enter_context(extracting(asked))
        except RefusedError as refused:
            found = again(interpreted(asked))
            found.refused = str(refused)
        yield found


def again(extracted: Extracted) -> WorkedOut:
    """What was taken all at once, one by one."""
    return WorkedOut(chain(extracted.rows, extracted.left_out), extracted.faults)


@without_collection()
def extracted(asked: Extraction) -> Extracted:
    """All rows of an extract, worked out by DuckDB, or by the interpreter when DuckDB refuses the query."""
    with worked_out(asked) as found:
        return taken(found)


def taken(found: WorkedOut) -> Extracted:
    """All candidates at once."""
    made = sorted(found.candidates, key=by_places)
    return Extracted(
        [one for one in made if isinstance(one, Row)],
        [one for one in made if isinstance(one, LeftOut)],
        found.faults,
        found.refused,
        found.by_entry,
    )


def by_places(made: Row | LeftOut) -> list[Any]:
    """What a candidate comes before others by: its places; what is not known comes last."""
    return [(not key, key) for key in made.places]


def interpreted(asked: Extraction) -> Extracted:
    """The same, by the interpreter, which holds all records."""
    must_be_at_hand(asked)
    dataset = read_dataset(asked.folder, asked.program.schemas, asked.used, {}, USED)
    world = World(asked.program.schemas, dataset.records)
    found = rows_of(asked.program, asked.extract, world, asked.context, asked.values)
    return Extracted(found.rows, found.left_out, dataset.faults)


def must_be_at_hand(asked: Extraction) -> None:
    """Raise :class:`DataError` when a table that an extract reads has no file."""
    schemas, folder = asked.program.schemas, asked.folder
    lacking = sorted(asked.used.needs - set(folder.files))
    if lacking:
        plurals = [resource.plural for name in lacking if (resource := schemas.resource(name)) is not None]
        raise DataError(
            f"{folder.root} has no file of {', '.join(plurals)}, which {asked.extract.id} reads; "
            "an empty file says that there are none"
        )
