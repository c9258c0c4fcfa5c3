"""The database of a task: in memory or in a file, with the macros of queries, closed to all files but the task's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from compiler.backends.duckdb import prelude
from compiler.engines.duckdb.arrivals import ATTACHED
from compiler.engines.duckdb.names import literal
from compiler.engines.evaluation import Task
from compiler.engines.folder import DATABASE, DataError

MEMORY = 3 * 2**30
"""What the database may hold before it spills; less on a machine that has little."""
LITTLE = 3 * 2**28
"""The same for a database in a file."""

NO_ROOM = (duckdb.OutOfMemoryException, duckdb.IOException)
"""What no other query would help with; whatever else DuckDB says of a query is about the query."""


def connected(task: Task, scratch: Path, *, in_file: bool = False) -> duckdb.DuckDBPyConnection:
    """A database of its own that reads no other files than the task's, and spills to a folder of its own.

    Tables of a database in a file are compressed, which those in memory are not: they take a small part of the room.
    """
    folders = {Path(os.path.realpath(path)).parent for paths in task.folder.files.values() for path in paths}
    allowed = [
        str(folder) for folder in sorted({*folders, scratch, *([task.options.cache] if task.options.cache else [])})
    ]
    memory = min(LITTLE if in_file else MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
    connection = with_macros(scratch / "records.duckdb" if in_file else ":memory:")
    connection.execute(files("compiler.engines.duckdb").joinpath("leaves.sql").read_text(encoding="utf-8"))
    if task.folder.root.suffix == DATABASE and task.folder.root.is_file():
        connection.execute(f"ATTACH {literal(Path(os.path.realpath(task.folder.root)))} AS {ATTACHED} (READ_ONLY)")
    connection.execute("SET temp_directory = ?", [str(scratch / "spill")])
    connection.execute("SET memory_limit = ?", [f"{memory}B"])
    connection.execute("SET allowed_directories = ?", [allowed])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def with_macros(place: Path | str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A database, in memory or in a file, with the macros of queries."""
    connection = duckdb.connect(place)
    connection.execute(prelude())
    connection.execute("SET enable_progress_bar = false")
    _keep_steps(connection)
    return connection


@contextmanager
def told_of_room() -> Iterator[None]:
    """What the database cannot do for want of room is told as such; a query that is interrupted interrupts the run."""
    try:
        yield
    except NO_ROOM as error:
        first = str(error).splitlines()[0]
        raise DataError(f"the records do not fit into memory and the temporary folder: {first}") from error
    except (duckdb.InterruptException, RuntimeError) as error:
        if isinstance(error, RuntimeError) and str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error


def _keep_steps(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave aggregates above joins: below them, the steps to what they add up are made again for each mention."""
    known = connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()
    if (_PUSHED_DOWN,) in known:
        connection.execute("SET disabled_optimizers = ?", [_PUSHED_DOWN])


_PUSHED_DOWN = "partial_aggregate_pushdown"
