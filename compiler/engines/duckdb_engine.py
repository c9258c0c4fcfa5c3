"""The engine that lets DuckDB decide: its queries sort out what is settled, the generated Python words the rest.

The query of a rule is run over all records at once. It says how many subjects pass or are not concerned, and which
records have a subject that is violated or not checked. Only these go to the generated evaluators, which say what was
found, or missing, and apply ``if missing``; so findings are those of the Python engine by construction, and the work
that is done record by record grows with what is found, not with what is there.

A rule whose query DuckDB refuses (a number beyond its range) is evaluated by the Python engine alone; ``refused`` says
so. The database is in memory, spills to a folder of its own, and reads no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import msgspec

from compiler.backends.duckdb import Sieves, Statement, prelude, sieves
from compiler.engines.memory import InPython
from compiler.engines.python_engine import PythonEngine
from compiler.semantics import ir
from compiler.semantics.findings import Outcome
from compiler.semantics.outcomes import Context, RuleResult, parameters_of, whole_rule_reasons
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord

_BATCH = 50_000
_encoder = msgspec.json.Encoder(decimal_format="number")

Records = Mapping[str, Sequence[RawRecord]]


class DuckdbEngine:
    """Evaluates some rules of a program; ``refused`` holds those that Python alone evaluated, by id, with why."""

    def __init__(self, program: Program, rules: Iterable[ir.Rule], python: PythonEngine) -> None:
        self.program = program
        self.rules = list(rules)
        self.python = python
        self.sieves = sieves(program, self.rules)
        self.refused: dict[str, str] = {}

    def evaluate(self, records: Records, context: Context) -> Iterator[RuleResult]:
        """The results of the rules over records by singular resource name."""
        world = _PythonWorld(self.python, records)
        with TemporaryDirectory(prefix="rulewright-") as spill, duckdb.connect(":memory:") as connection:
            connection.execute(prelude())
            connection.execute("SET temp_directory = ?", [spill])
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            database = _Database(self.program, self.sieves, connection, records)
            for rule in self.rules:
                yield self._result(rule, database, world, context)

    def _result(self, rule: ir.Rule, database: _Database, world: _PythonWorld, context: Context) -> RuleResult:
        values = {**parameters_of(self.program, rule, context), "schoolYear": context.school_year}
        try:
            subjects, passed, unconcerned, found = database.row(rule, values)
        except duckdb.Error as error:
            self.refused[rule.id] = str(error).splitlines()[0]
            return self.python.result(rule, world.world, context)
        if whole_rule_reasons(rule, frozenset(database.records), context.scope):
            result = self.python.result(rule, world.world, context, ())
            result.counts[Outcome.NOT_CHECKED] = subjects
            return result
        result = self.python.result(rule, world.world, context, world.chosen(rule.resource, found or ()))
        result.counts[Outcome.PASS] += passed
        result.counts[Outcome.NOT_APPLICABLE] += unconcerned
        return result


class _Database:
    """The records and tables as relations of a database, each made when a rule first reads it."""

    def __init__(self, program: Program, made: Sieves, connection: duckdb.DuckDBPyConnection, records: Records) -> None:
        self.program = program
        self.sieves = made
        self.connection = connection
        self.records = records
        self._present: set[str] = set()

    def row(self, rule: ir.Rule, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The row that the sieve of a rule gives."""
        sieve = self.sieves.rules[rule.key]
        for name in sieve.relations:
            self._make(name, values)
        row = self._run(sieve, values).fetchone()
        assert row is not None
        return tuple(row)

    def _run(self, made: Statement, values: Mapping[str, Any], before: str = "") -> duckdb.DuckDBPyConnection:
        return self.connection.execute(before + made.text, {name: values[name] for name in made.parameters})

    def _make(self, name: str, values: Mapping[str, Any]) -> None:
        if name in self._present:
            return
        made = self.sieves.shared[name]
        loaded = [self._load(resource) for resource in made.resources]
        self._run(made, values, f"CREATE TABLE {_quoted(name)} AS ")
        for table in loaded:
            self.connection.execute(f"DROP TABLE {table}")
        self._present.add(name)

    def _load(self, name: str) -> str:
        """The records of a resource as they were read, in a table of its plural name."""
        resource = self.program.schemas.resource(name)
        assert resource is not None
        table, records = _quoted(resource.plural), self.records.get(name, ())
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} (n BIGINT, body JSON)")
        for start in range(0, len(records), _BATCH):
            bodies = [_encoded(record) for record in records[start : start + _BATCH]]
            numbers = list(range(start, start + len(bodies)))
            insert = f"INSERT INTO {table} SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[])"
            self.connection.execute(insert, [numbers, bodies])
        return table


class _PythonWorld:
    """The records as the generated evaluators take them, to be chosen by the order in which they were read."""

    def __init__(self, python: PythonEngine, records: Records) -> None:
        self.bodies = {name: [record.body for record in read] for name, read in records.items()}
        self.world = python.world(self.bodies)
        self._by_body: dict[str, dict[int, Any]] = {}

    def chosen(self, resource: str, numbers: Iterable[int]) -> list[Any]:
        """Records by their place among those of a resource, in the order of their keys."""
        if resource not in self._by_body:
            self._by_body[resource] = {id(record.body): record for record in self.world.records(resource)}
        by_body, bodies = self._by_body[resource], self.bodies[resource]
        return sorted((by_body[id(bodies[number])] for number in numbers), key=lambda record: record.key)


def _encoded(record: RawRecord) -> str:
    """The body of a record as JSON; of Parquet, values that JSON has no form for are null, as evaluators take them."""
    body = _plain(record.body) if record.file.endswith(".parquet") else record.body
    return _encoder.encode(body).decode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | Decimal) else None


class InDuckdb(InPython):
    """A task whose rules are sorted out by DuckDB."""

    def results(self) -> Iterator[RuleResult]:
        program = self.task.program
        engine = DuckdbEngine(program, self.task.rules, PythonEngine(program))
        yield from engine.evaluate(self.dataset.records, self.task.context)
        self.refused = engine.refused
