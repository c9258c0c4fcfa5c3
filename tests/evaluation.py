"""Rules over small worlds through every back end: the interpreter, the generated Python, the SQL on DuckDB."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import duckdb

from compiler.backends.duckdb import Plan, Statement, every, prelude, records_query, statement
from compiler.engines.python_engine import PythonEngine
from compiler.semantics import ir
from compiler.semantics.findings import Outcome
from compiler.semantics.outcomes import (
    Context,
    evaluate,
    interpreter_for,
    judge,
    parameters_of,
    subject_key,
    subjects_of,
)
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord, World

Bodies = Mapping[str, Sequence[Mapping[str, Any]]]


def world_of(program: Program, bodies: Bodies) -> World:
    """Records by resource name as the interpreter takes them."""
    return World(program.schemas, {name: map(RawRecord, records) for name, records in bodies.items()})


@cache
def _database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(prelude())
    return connection


def connected(program: Program, bodies: Bodies) -> duckdb.DuckDBPyConnection:
    """A database with one table a resource, as the queries read them; the next call has the same one."""
    connection = _database()
    for name, records in bodies.items():
        resource = program.schemas.resource(name)
        assert resource is not None
        connection.execute(f'CREATE OR REPLACE TABLE "{resource.plural}" (n BIGINT, body JSON)')
        rows = [[number, json.dumps(body)] for number, body in enumerate(records)]
        if rows:
            connection.executemany(f'INSERT INTO "{resource.plural}" VALUES (?, ?)', rows)
    return connection


def by_sql(
    connection: duckdb.DuckDBPyConnection,
    program: Program,
    rule: ir.Rule,
    context: Context,
    made: Statement | None = None,
) -> dict[str, str]:
    """The outcome of each subject by its key, as the query of the rule gives it."""
    made = made or statement(program, rule)
    values = {**parameters_of(program, rule, context), "schoolYear": context.school_year}
    found = connection.execute(made.text, {name: values[name] for name in made.parameters})
    return dict(_keyed(dict(zip(made.columns, row, strict=True))) for row in found.fetchall())


def by_interpreter(program: Program, rule: ir.Rule, world: World, context: Context) -> dict[str, str]:
    """The outcome of each subject by its key, from `when` and `require` alone (`if missing` is not for queries)."""
    rule = replace(rule, if_missing=())
    interpreter = interpreter_for(program, rule, world, context)
    return dict(
        _keyed({**subject_key(interpreter, rule, env), "outcome": judge(interpreter, rule, env).outcome.value})
        for env in subjects_of(interpreter, rule)
    )


def _keyed(row: dict[str, Any]) -> tuple[str, str]:
    """A subject's key as text (the keys of joined records laid out as a query gives them), and its outcome."""
    outcome, flat = row.pop("outcome"), {}
    for name, value in row.items():
        flat.update({f"{name}.{part}": v for part, v in value.items()} if isinstance(value, dict) else {name: value})
    return json.dumps({name: str(value) for name, value in sorted(flat.items()) if value is not None}), outcome


@dataclass(frozen=True)
class Evaluation:
    """What the back ends say of one rule over one subject: the outcome of each, and the detail where there is one."""

    interpreter: str
    python: str
    sql: str
    detail: str = ""
    missing: tuple[str, ...] = ()

    @property
    def outcomes(self) -> set[str]:
        return {self.interpreter, self.python, self.sql}


def evaluations(program: Program, rules: Sequence[str], bodies: Bodies, context: Context) -> dict[str, Evaluation]:
    """Rules of one subject through all back ends, by rule id."""
    world, connection, found = world_of(program, bodies), connected(program, bodies), {}
    engine = PythonEngine(program)
    chosen = [program.rules[name] for name in rules]
    for rule, generated in zip(chosen, engine.evaluate(chosen, bodies, context), strict=True):
        interpreted = evaluate(program, rule, world, context)
        assert generated.findings == interpreted.findings, rule.id
        [outcome] = [outcome.value for outcome, count in interpreted.counts.items() if count]
        [python] = [outcome.value for outcome, count in generated.counts.items() if count]
        [sql] = by_sql(connection, program, rule, context).values()
        finding = interpreted.findings[0] if interpreted.findings else None
        detail, missing = (finding.detail, finding.missing) if finding is not None else ("", ())
        found[rule.id] = Evaluation(outcome, python, sql, detail, missing)
    return found


@dataclass(frozen=True)
class Tally:
    """What a plan says of a rule: its subjects, what settled records say, and the places of the others."""

    subjects: int
    passed: int
    unconcerned: int
    open: tuple[int, ...]


def tallies(connection: duckdb.DuckDBPyConnection, program: Program, plan: Plan, context: Context) -> dict[str, Tally]:
    """What the queries of a plan say of each rule, by its key."""
    found = {}
    for name, columns in plan.resources.items():
        resource = program.schemas.resource(name)
        assert resource is not None
        query = records_query(resource, columns).sql(dialect="duckdb")
        connection.execute(f'CREATE OR REPLACE TABLE "{every(name)}" AS {query}')
    values = {"schoolYear": context.school_year}
    for made in plan.setup:
        given = {name: values[name] for name in made.parameters}
        connection.execute(f'CREATE OR REPLACE TABLE "{made.name}" AS {made.text}', given)
    for query in plan.queries:
        values |= parameters_of(program, program.rules[query.rules[0]], context)
        rows = connection.execute(query.text, {name: values[name] for name in query.parameters}).fetchall()
        for rule, *numbers, numbers_of_open in rows:
            found[rule] = Tally(*numbers, tuple(sorted(numbers_of_open or ())))
    return found


def tally(program: Program, rule: ir.Rule, world: World, bodies: Bodies, context: Context) -> Tally:
    """The same by the interpreter (`if missing` is not for queries)."""
    rule = replace(rule, if_missing=())
    interpreter = interpreter_for(program, rule, world, context)
    places = {id(body): n for n, body in enumerate(bodies[rule.resource])}
    outcomes: dict[int, list[Outcome]] = {}
    for env in subjects_of(interpreter, rule):
        place = places[id(env[rule.variable].record.body)]
        outcomes.setdefault(place, []).append(judge(interpreter, rule, env).outcome)
    is_open = {n for n, found in outcomes.items() if {Outcome.VIOLATION, Outcome.NOT_CHECKED} & set(found)}
    settled = [outcome for n, found in outcomes.items() if n not in is_open for outcome in found]
    return Tally(
        sum(map(len, outcomes.values())), settled.count(Outcome.PASS), settled.count(Outcome.NOT_APPLICABLE),
        tuple(sorted(is_open)),
    )  # fmt: skip
