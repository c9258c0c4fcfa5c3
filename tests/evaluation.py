"""Rules over small worlds through every back end: the interpreter, the generated Python, the SQL on DuckDB."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import duckdb

from compiler.backends.duckdb import Statement, prelude, statement
from compiler.engines.python_engine import PythonEngine
from compiler.semantics import ir
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
