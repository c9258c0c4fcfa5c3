"""Extracts by DuckDB: one query for all candidates, and the interpreter for what was missing of some.

The query gives values and decisions. Of the few candidates that cannot be decided, or lack a required field, the
interpreter says what is missing, over the records about them, portion by portion.

Nothing here grows with the number of students: records of large files lie in a database in a file, compressed, the
answers of the query beside them, and both are taken a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from compiler.backends.duckdb.extracts import NUMBER, ExtractQuery, extract_query, label
from compiler.engines.duckdb.candidates import Candidates, given, is_open
from compiler.engines.duckdb.database import NO_ROOM, connected, told_of_room
from compiler.engines.duckdb.kept import Kept, is_large
from compiler.engines.duckdb.names import quoted
from compiler.engines.duckdb.neighbours import steps, worlds
from compiler.engines.duckdb.store import Store
from compiler.engines.extraction import Extracted, Extraction, WorkedOut, taken
from compiler.engines.folder import DataFolder
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Places, Row, is_lacking, left_out
from compiler.semantics.interpreter import Interpreter
from compiler.semantics.options import interpreter_of
from compiler.semantics.outcomes import subjects_at
from compiler.semantics.usage import reachable
from compiler.semantics.values import Undetermined
from compiler.semantics.wanted import places_of
from compiler.semantics.world import RawRecord, World

_FETCHED = 1_000
_PORTION = 1_000
"""So many records are explained together: those about a student may be hundreds."""


class RefusedError(Exception):
    """DuckDB cannot take the query of an extract; what it says of it."""


@contextmanager
def extracting(asked: Extraction) -> Iterator[WorkedOut]:
    """The candidates of an extract, in any order; raises :class:`RefusedError` when DuckDB cannot take its query."""
    with TemporaryDirectory(prefix="rulewright-") as scratch, told_of_room():
        connection = connected(asked.task, Path(scratch), in_file=_is_large(asked.folder))
        try:
            store = Store(asked.task, connection, Kept(asked.cache), ir.written_by(asked.extract))
            query = asked.query or extract_query(asked.program, asked.extract)
            _answer(asked, store, query)
            found = _candidates(asked, store, Candidates(asked.extract, query))
            yield WorkedOut(found, [fault for _, fault in store.faults], by_entry=store.by_entry)
        finally:
            connection.close()


def in_duckdb(asked: Extraction) -> Extracted:
    """All rows of an extract at once; raises :class:`RefusedError` when DuckDB cannot take its query."""
    with extracting(asked) as found:
        return taken(found)


def _is_large(folder: DataFolder) -> bool:
    """Whether a database in a file is worth its while; of a database of records, the size is not asked."""
    return folder.root.is_file() or any(is_large(path) for paths in folder.files.values() for path in paths)


def _answer(asked: Extraction, store: Store, query: ExtractQuery) -> None:
    """Put the answers of the query into a table ``answers``, whole: what DuckDB refuses, it may refuse at the end."""
    values = given(asked.values, asked.context.school_year)
    for name in query.resources:
        store.ensure(name)
    try:
        for made in query.setup:
            create = f"CREATE TABLE {quoted(made.name)} AS {made.text}"
            store.connection.execute(create, {name: values[name] for name in made.parameters})
        create = f"CREATE TABLE answers AS {query.text}"
        store.connection.execute(create, {name: values[name] for name in query.parameters})
    except (*NO_ROOM, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise RefusedError(str(error).splitlines()[0]) from error


def _candidates(asked: Extraction, store: Store, reader: Candidates) -> Iterator[Row | LeftOut]:
    """The candidates; those of which something is missing come last, with what that is."""
    unexplained: set[int] = set()
    for answer in _fetched(store.connection.execute("FROM answers")):
        made = reader.read(answer)
        if is_open(made):
            unexplained.add(answer[reader.number])
        else:
            yield made
    if unexplained:
        numbers = sorted(unexplained)
        portion = f"(row_number() OVER (ORDER BY n) - 1) // {_PORTION} AS portion"
        store.connection.execute(f"CREATE TABLE open AS SELECT n, {portion} FROM (SELECT unnest(?) AS n)", [numbers])
        yield from _explained(asked, store, reader)


def _fetched(answers: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while some := answers.fetchmany(_FETCHED):
        yield from some


# -- what was missing


def _explained(asked: Extraction, store: Store, reader: Candidates) -> Iterator[Row | LeftOut]:
    """The candidates of which something is missing; they begin with the records of the table ``open``."""
    certain = (part.value for part in asked.extract.fields if part.required or part.complete)
    reached = reachable([*ir.taking(asked.extract), *certain], asked.program.definitions)
    same = f"o.n = a.{quoted(label(reader.number, NUMBER))}"
    again = f"SELECT o.portion, a.* FROM answers AS a JOIN open AS o ON {same} ORDER BY o.portion"
    answers = groupby(_fetched(store.connection.cursor().execute(again)), key=itemgetter(0))
    bodies = worlds(store, asked.extract.resource, "SELECT portion, n FROM open", steps(reached, store))
    for (_, some), about in zip(answers, bodies, strict=True):
        found = [made for made in (reader.read(answer[1:]) for answer in some) if is_open(made)]
        waiting = {made.places: made for made in found}
        records = {name: [RawRecord(body) for _, body in placed] for name, placed in about.items()}
        world = World(asked.program.schemas, records)
        explain(
            asked.extract, interpreter_of(asked.program, asked.extract, world, asked.context, asked.values), waiting
        )
        yield from (waiting[made.places] for made in found)


def explain(extract: ir.Extract, interpreter: Interpreter, waiting: dict[Places, Row | LeftOut]) -> None:
    """Say what is missing of those waiting candidates that begin with a record of an interpreter's world."""
    first = {places[0] for places in waiting}
    for record in interpreter.world.records(extract.resource):
        if record.key not in first:
            continue
        for env in subjects_at(interpreter, extract, record):
            places = places_of(extract, env)
            made = waiting.get(places)
            if isinstance(made, Row):
                waiting[places] = replace(made, lacking=tuple(_lacking(interpreter, extract, env, made)))
            elif made is not None:
                waiting[places] = left_out(interpreter, extract, env, made.sender, places) or made


def _lacking(
    interpreter: Interpreter, extract: ir.Extract, env: dict[str, Any], row: Row
) -> Iterable[tuple[int, tuple[str, ...]]]:
    fields = {part.number: part for part in extract.fields}
    for number, _ in row.lacking:
        value = interpreter.value(fields[number].value, env)
        causes = tuple(sorted(value.causes)) if isinstance(value, Undetermined) else ()
        if is_lacking(fields[number], causes):
            yield number, causes
