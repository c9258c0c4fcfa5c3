"""Extracts over a data folder: the rows, who has none, and what is wrong with the records that they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Extracted:
    """Rows and candidates without one, in the order of their places, and the faults of records.

    ``refused`` is what DuckDB said of the extract, where it could not take it; ``by_entry`` are large files that it
    had to read entry by entry.
    """

    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: str = ""
    by_entry: list[str] = field(default_factory=list)


@without_collection()
def extracted(asked: Extraction) -> Extracted:
    """The rows of an extract, worked out by DuckDB, or by the interpreter when DuckDB refuses the query.

    Raises :class:`DataError` when a table that the extract reads has no file: that is not the same as an empty one.
    """
    from compiler.engines.duckdb.extracting import RefusedError, in_duckdb

    must_be_at_hand(asked)
    try:
        return in_duckdb(asked)
    except RefusedError as refused:
        found = interpreted(asked)
        found.refused = str(refused)
        return found


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
