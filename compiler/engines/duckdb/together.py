"""Extracts over many small worlds by one query of DuckDB, which says of each what the query of one world says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import msgspec

from compiler.backends.duckdb.together import GIVEN, WORLD, TogetherQuery, given_name, together_query
from compiler.engines.duckdb.candidates import Candidates, given, is_open
from compiler.engines.duckdb.database import with_macros
from compiler.engines.duckdb.extracting import RefusedError, explain
from compiler.engines.duckdb.names import quoted
from compiler.engines.extraction import by_places
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Places, Row, Rows
from compiler.semantics.options import interpreter_of
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord, World


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A world by the bodies of its records, with what a run over it is given."""

    records: Mapping[str, Sequence[Mapping[str, Any]]]
    context: Context
    values: Mapping[str, Any]


def together(program: Program, extract: ir.Extract, cases: Sequence[Case]) -> list[Rows]:
    """The rows of an extract in each world; raises :class:`RefusedError` when DuckDB cannot take the query."""
    if not cases:
        return []
    asked = together_query(program, extract)
    with with_macros() as connection:
        try:
            _fill(connection, program, asked, cases)
            answers = connection.execute(asked.query.text).fetchall()
        except duckdb.Error as error:
            raise RefusedError(str(error).splitlines()[0]) from error
    reading, world = Candidates(extract, asked.query), asked.query.columns.index((WORLD, 0))
    found: list[list[Row | LeftOut]] = [[] for _ in cases]
    for answer in answers:
        found[answer[world]].append(reading.read(answer))
    completed = (_completed(program, extract, case, made) for case, made in zip(cases, found, strict=True))
    return [_in_order(candidates) for candidates in completed]


def _fill(connection: duckdb.DuckDBPyConnection, program: Program, asked: TogetherQuery, cases: Sequence[Case]) -> None:
    """Make the relations of the query."""
    connection.execute("SET threads = 1")  # what there is to do takes less than sharing it out
    columns = {WORLD: "BIGINT", **{given_name(name): kind for name, kind in asked.given.items()}}
    named = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE TABLE {quoted(GIVEN)} ({named})")
    values = [given(case.values, case.context.school_year) for case in cases]
    rows = [[n, *(known[name] for name in asked.given)] for n, known in enumerate(values)]
    connection.executemany(f"INSERT INTO {quoted(GIVEN)} VALUES ({', '.join('?' * len(columns))})", rows)
    for name in asked.query.resources:
        resource = program.schemas.resource(name)
        assert resource is not None
        bodies = [(world, body) for world, case in enumerate(cases) for body in case.records.get(name, ())]
        connection.execute(
            f"CREATE TABLE {quoted(resource.plural)} AS SELECT unnest(?::BIGINT[]) AS n, "
            f"unnest(?::BIGINT[]) AS {quoted(WORLD)}, CAST(unnest(?::VARCHAR[]) AS JSON) AS body",
            [
                list(range(len(bodies))),
                [world for world, _ in bodies],
                [msgspec.json.encode(body).decode() for _, body in bodies],
            ],
        )
    for made in asked.setup:
        connection.execute(f"CREATE TABLE {quoted(made.name)} AS {made.text}")


def _completed(
    program: Program, extract: ir.Extract, case: Case, candidates: list[Row | LeftOut]
) -> list[Row | LeftOut]:
    """The candidates of a world, as many as were answered, where something is missing with what that is."""
    waiting: dict[Places, Row | LeftOut] = {made.places: made for made in candidates if is_open(made)}
    if waiting:
        world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in case.records.items()})
        explain(extract, interpreter_of(program, extract, world, case.context, case.values), waiting)
    return [waiting.get(made.places, made) for made in candidates]


def _in_order(candidates: list[Row | LeftOut]) -> Rows:
    made = sorted(candidates, key=by_places)
    return Rows([one for one in made if isinstance(one, Row)], [one for one in made if isinstance(one, LeftOut)])
