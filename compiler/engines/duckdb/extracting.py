"""Extracts by DuckDB: one query for all candidates, and the interpreter for what was missing of some.

The query gives values and decisions. Of the few candidates that cannot be decided, or lack a required field, the
interpreter says what is missing, over the records about them, portion by portion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from compiler.backends.duckdb.extracts import extract_query
from compiler.engines.duckdb.candidates import Candidates, given, is_open
from compiler.engines.duckdb.database import NO_ROOM, connected, told_of_room
from compiler.engines.duckdb.kept import Kept
from compiler.engines.duckdb.names import quoted
from compiler.engines.duckdb.neighbours import PORTION, Bodies, steps, worlds
from compiler.engines.duckdb.store import Store
from compiler.engines.extraction import Extracted, Extraction
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row, left_out
from compiler.semantics.interpreter import Interpreter
from compiler.semantics.options import interpreter_of
from compiler.semantics.outcomes import subjects_at
from compiler.semantics.usage import reachable
from compiler.semantics.values import Undetermined
from compiler.semantics.wanted import places_of
from compiler.semantics.world import RawRecord, World

_FETCHED = 10_000

Numbered = list[tuple[int, Row | LeftOut]]
"""Candidates with the number of their record."""


class RefusedError(Exception):
    """DuckDB cannot take the query of an extract; what it says of it."""


def in_duckdb(asked: Extraction) -> Extracted:
    """The rows of an extract; raises :class:`RefusedError` when DuckDB cannot take its query."""
    with TemporaryDirectory(prefix="rulewright-") as scratch, told_of_room():
        connection = connected(asked.task, Path(scratch))
        try:
            store = Store(asked.task, connection, Kept(asked.cache), ir.written_by(asked.extract))
            made = sorted(_completed(asked, store, _answered(asked, store)), key=_order)
        finally:
            connection.close()
    return Extracted(
        [one for one in made if isinstance(one, Row)],
        [one for one in made if isinstance(one, LeftOut)],
        [fault for _, fault in store.faults],
        by_entry=store.by_entry,
    )


def _order(made: Row | LeftOut) -> list[Any]:
    """The order of places; what is not known comes last."""
    return [(not key, key) for key in made.places]


def _answered(asked: Extraction, store: Store) -> Numbered:
    query = asked.query or extract_query(asked.program, asked.extract)
    values, candidates = given(asked.values, asked.context.school_year), Candidates(asked.extract, query)
    for name in query.resources:
        store.ensure(name)
    found: Numbered = []
    try:
        for made in query.setup:
            create = f"CREATE TABLE {quoted(made.name)} AS {made.text}"
            store.connection.execute(create, {name: values[name] for name in made.parameters})
        answers = store.connection.execute(query.text, {name: values[name] for name in query.parameters})
        while some := answers.fetchmany(_FETCHED):
            found += ((answer[candidates.number], candidates.read(answer)) for answer in some)
    except (*NO_ROOM, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise RefusedError(str(error).splitlines()[0]) from error
    return found


# -- what was missing


def _completed(asked: Extraction, store: Store, found: Numbered) -> Iterable[Row | LeftOut]:
    """The candidates, where something is missing with what that is."""
    waiting = {made.places: made for _, made in found if is_open(made)}
    if waiting:
        numbers = sorted({number for number, made in found if is_open(made)})
        required = (part.value for part in asked.extract.fields if part.required)
        taken = steps(reachable([*ir.taking(asked.extract), *required], asked.program.definitions), store)
        store.connection.execute("CREATE TABLE open AS SELECT unnest(?::BIGINT[]) AS n", [numbers])
        seeds = f"SELECT (row_number() OVER (ORDER BY n) - 1) // {PORTION} AS portion, n FROM open"
        for bodies in worlds(store, asked.extract.resource, seeds, taken):
            _explain(asked, bodies, waiting)
    return (waiting.get(made.places, made) for _, made in found)


def _explain(asked: Extraction, bodies: Bodies, waiting: dict[Any, Row | LeftOut]) -> None:
    """Say what is missing of those waiting candidates that begin with a record of a portion."""
    extract = asked.extract
    records = {name: [RawRecord(body) for _, body in placed] for name, placed in bodies.items()}
    world = World(asked.program.schemas, records)
    interpreter = interpreter_of(asked.program, extract, world, asked.context, asked.values)
    first = {places[0] for places in waiting}
    for record in world.records(extract.resource):
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
    values = {part.number: part.value for part in extract.fields}
    for number, _ in row.lacking:
        value = interpreter.value(values[number], env)
        yield number, tuple(sorted(value.causes)) if isinstance(value, Undetermined) else ()
