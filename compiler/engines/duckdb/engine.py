"""The engine that lets DuckDB decide: its queries sort out what is settled, the generated Python words the rest.

The queries, each of many rules, are run over all records at once. They say how many subjects pass or are not concerned,
and which records have a subject that is violated or not checked. Only these go to the generated evaluators, portion by
portion and with the records about them, which say what was found, or missing, and apply ``if missing``; so findings are
those of the Python engine by construction, and the work that is done record by record grows with what is found, not
with what is there.

When DuckDB refuses a query (a number beyond its range), its rules are asked for one by one, and one that is refused by
itself is evaluated by the generated Python alone; ``refused`` says so. The database is in memory, spills to a folder of
its own, and reads nothing but the files of the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import msgspec

from compiler.backends.duckdb import Made, Plan, Query, fused, sieves
from compiler.engines.dispositions import Member, Members
from compiler.engines.duckdb.database import NO_ROOM, connected, told_of_room
from compiler.engines.duckdb.kept import Kept
from compiler.engines.duckdb.names import quoted
from compiler.engines.duckdb.neighbours import PORTION, Bodies, steps, worlds
from compiler.engines.duckdb.store import Store
from compiler.engines.evaluation import Place, StructureFinding, Subject, Task, subject_of
from compiler.engines.owners import PARTS, Owners, owner_definition
from compiler.engines.python_engine import PythonEngine
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome, grouped
from compiler.semantics.outcomes import RuleResult, parameters_of, whole_rule_reasons
from compiler.semantics.usage import reachable
from compiler.semantics.world import RawRecord, World, named_key


@dataclass(slots=True)
class Sorted:
    """What the query of a rule says: subjects, how many of settled records pass or are of no concern to the rule."""

    subjects: int = 0
    passed: int = 0
    unconcerned: int = 0


class InDuckdb:
    """A task whose records are in a database."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.refused: dict[str, str] = {}
        self._scratch = TemporaryDirectory(prefix="rulewright-")
        self.connection = connected(task, Path(self._scratch.name))
        self.kept = Kept(task.options.cache)
        with told_of_room():
            self.store = Store(task, self.connection, self.kept)
        self.read = self.store.read
        self.present = self.store.present
        self.by_entry = self.store.by_entry
        self._subjects: dict[Subject, tuple[str, int]] = {}

    # -- rules

    def results(self) -> Iterator[RuleResult]:
        with told_of_room():
            python = PythonEngine(self.task.program)
            told = self._sort_out()
            found: dict[str, RuleResult] = {rule.key: RuleResult(rule) for rule in self.task.rules}
            for name in sorted({rule.resource for rule in self.task.rules}):
                self._judge(name, python, found)
            for rule in self.task.rules:
                yield self._finished(rule, found[rule.key], told[rule.key], python)

    def _sort_out(self) -> dict[str, Sorted]:
        """Run the queries; the records that are open for a rule are put down in the table ``open``."""
        self.connection.execute("CREATE TABLE open (rule VARCHAR, n BIGINT)")
        told: dict[str, Sorted] = {}
        plan = self._plan()
        for query in plan.queries:
            try:
                told |= self._told(plan, query)
            except (*NO_ROOM, duckdb.InterruptException):
                raise
            except duckdb.Error:
                told |= self._one_by_one(query)
        return told

    def _plan(self) -> Plan:
        """The queries for the rules of the task; they follow from the specs, and so can be kept."""
        options, rules = self.task.options, self.task.rules

        def made() -> Plan:
            return (fused if options.fuse else sieves)(self.task.program, rules)

        if not options.specs:
            return made()
        what = repr((options.specs, self.task.program.state, options.fuse, [rule.key for rule in rules]))
        name = f"{hashlib.sha256(what.encode()).hexdigest()[:40]}.json"
        kept = msgspec.json.decode(self.kept.text(name, lambda: _encoded(made())), type=_Queries)
        return Plan({}, kept.setup, kept.queries)

    def _one_by_one(self, query: Query) -> dict[str, Sorted]:
        """What the rules of a refused query say by themselves; all records are open for one that is refused again."""
        told: dict[str, Sorted] = {}
        for key in query.rules:
            rule = self.task.program.rules[key]
            alone = sieves(self.task.program, (rule,))
            try:
                told |= self._told(alone, alone.queries[0])
            except (*NO_ROOM, duckdb.InterruptException):
                raise
            except duckdb.Error as error:
                self.refused[rule.id] = str(error).splitlines()[0]
                self.store.ensure(rule.resource)
                everything = f"INSERT INTO open SELECT ?, n FROM {quoted('every ' + rule.resource)}"
                self.connection.execute(everything, [key])
                told[key] = Sorted()
        return told

    def _told(self, plan: Plan, query: Query) -> dict[str, Sorted]:
        """What a query says of each of its rules, which are of one collection and so have the same parameters."""
        run, rule = self.connection.execute, self.task.program.rules[query.rules[0]]
        task = self.task
        values = {**parameters_of(task.program, rule, task.context), "schoolYear": task.options.school_year}
        for name in query.resources:
            self.store.ensure(name)
        for made in plan.setup:
            if made.name in query.needs:
                create = f"CREATE TABLE IF NOT EXISTS {quoted(made.name)} AS {made.text}"
                run(create, {name: values[name] for name in made.parameters})
        told = {}
        for key, *counts, numbers in run(query.text, {name: values[name] for name in query.parameters}).fetchall():
            run("INSERT INTO open SELECT ?, unnest(?::BIGINT[])", [key, numbers or []])
            told[key] = Sorted(*counts)
        return told

    def _judge(self, name: str, python: PythonEngine, found: dict[str, RuleResult]) -> None:
        """Let the generated Python judge the open records of a resource, for each rule those that are open for it."""
        rules = {rule.key: rule for rule in self.task.rules if rule.resource == name}
        run = self.connection.execute
        of_these = "SELECT rule, n FROM open WHERE rule IN (SELECT unnest(?::VARCHAR[]))"
        run(f"CREATE OR REPLACE TABLE asked AS {of_these}", [list(rules)])
        open_rules = [key for (key,) in run("SELECT DISTINCT rule FROM asked ORDER BY rule").fetchall()]
        if not open_rules:
            return
        run(f"CREATE OR REPLACE TABLE seeds AS {self._in_portions(name, 'SELECT DISTINCT n FROM asked')}")
        nodes = [node for key in open_rules for node in ir.expressions(rules[key])]
        taken = steps(reachable(nodes, self.task.program.definitions), self.store)
        asked = self.connection.cursor().execute(
            "SELECT portion, rule, list(n) FROM asked JOIN seeds USING (n) GROUP BY ALL ORDER BY portion, rule"
        )
        row = asked.fetchone()
        for bodies in worlds(self.store, name, "SELECT portion, n FROM seeds", taken):
            portion = row[0] if row else -1
            world = _PythonWorld(python, bodies)
            while row is not None and row[0] == portion:
                _, key, numbers = row
                chosen = world.chosen(name, numbers)
                self._remember(name, chosen)
                rule = rules[key]
                part = python.result(replace(rule, once_per=()), world.world, self.task.context, [r for _, r in chosen])
                found[key].findings += part.findings
                for outcome, count in part.counts.items():
                    found[key].counts[outcome] += count
                row = asked.fetchone()
            world.world.close()  # nobody collects garbage during a run

    def _in_portions(self, name: str, numbers: str) -> str:
        """The places of records in the order of their keys, in portions."""
        keys = ", ".join(quoted(f"key{i}") for i in range(len(self.store.resource(name).key)))
        place = f"row_number() OVER (ORDER BY {keys}) - 1"
        return f"SELECT ({place}) // {PORTION} AS portion, n FROM {quoted('every ' + name)} WHERE n IN ({numbers})"

    def _remember(self, name: str, chosen: Iterable[tuple[int, Any]]) -> None:
        """Remember at which place a record with this key was read."""
        resource = self.store.resource(name)
        for n, record in chosen:
            self._subjects[subject_of(resource, named_key(resource.key, record.key))] = name, n

    def _finished(self, rule: ir.Rule, result: RuleResult, told: Sorted, python: PythonEngine) -> RuleResult:
        reasons = whole_rule_reasons(rule, self.present, self.task.options.scope)
        if reasons:
            world = python.world({name: [] for name in self.present})
            whole = python.result(rule, world, self.task.context, ())
            whole.counts[Outcome.NOT_CHECKED] = told.subjects or sum(result.counts.values())
            return whole
        result.findings = grouped(result.findings, rule.once_per)
        result.counts[Outcome.PASS] += told.passed
        result.counts[Outcome.NOT_APPLICABLE] += told.unconcerned
        return result

    # -- what else is asked of a run

    def structure(self) -> list[StructureFinding]:
        found: dict[int, StructureFinding] = {}
        by_resource: dict[str, list[int]] = {}
        for i, (_, fault) in enumerate(self.store.faults):
            by_resource.setdefault(fault.resource, []).append(i)
        with told_of_room():
            for name, numbers in by_resource.items():
                for start in range(0, len(numbers), PORTION):
                    portion = numbers[start : start + PORTION]
                    owners = self._owners(name, [self.store.faults[i][0] for i in portion])
                    found |= {i: owners.owned(self.store.faults[i][1]) for i in portion}
        return [found[i] for i in range(len(self.store.faults))]

    def _owners(self, name: str, places: list[int]) -> Owners:
        """What tells whose the records of a resource at these places are."""
        program = self.task.program
        bodies = [d.body for part in PARTS if (d := owner_definition(program, name, part)) is not None]
        taken = steps(reachable(bodies, program.definitions), self.store)
        self.connection.execute("CREATE OR REPLACE TABLE faulty AS SELECT unnest(?::BIGINT[]) AS n", [places])
        near = next(worlds(self.store, name, "SELECT 0 AS portion, n FROM faulty", taken), {})
        return Owners(program, _world(self.store, near), self.task.options)

    def places(self, findings: Iterable[Finding]) -> dict[Subject, Place]:
        wanted: dict[str, dict[int, Subject]] = {}
        for subject in {self._subject(finding) for finding in findings}:
            name, n = self._subjects[subject]
            wanted.setdefault(name, {})[n] = subject
        found = {}
        for name, subjects in wanted.items():
            for n, place in self.store.lines(name, sorted(subjects)):
                found[subjects[n]] = place
        return found

    def _subject(self, finding: Finding) -> Subject:
        return subject_of(self.store.resource(finding.resource), finding.key)

    def worlds(self, findings: Sequence[Finding]) -> Iterator[tuple[World, Sequence[Finding]]]:
        """The records about the subjects of findings: by resource, a portion after another."""
        by_resource: dict[str, list[Finding]] = {}
        for finding in findings:
            by_resource.setdefault(finding.resource, []).append(finding)
        with told_of_room():
            for name, found in by_resource.items():
                yield from self._worlds_of(name, found)

    def _worlds_of(self, name: str, findings: Sequence[Finding]) -> Iterator[tuple[World, Sequence[Finding]]]:
        """The same for findings about one resource."""
        by_place: dict[int, list[Finding]] = {}
        for finding in findings:
            by_place.setdefault(self._subjects[self._subject(finding)][1], []).append(finding)
        run = self.connection.execute
        seeds = self._in_portions(name, "SELECT unnest(?::BIGINT[])")
        run(f"CREATE OR REPLACE TABLE seeds AS {seeds}", [list(by_place)])
        portions = run("SELECT list(n ORDER BY n) FROM seeds GROUP BY portion ORDER BY portion").fetchall()
        told = {finding.rule for finding in findings}
        nodes = [node for rule in self.task.rules if rule.id in told for node in ir.expressions(rule)]
        taken = steps(reachable(nodes, self.task.program.definitions), self.store)
        around = worlds(self.store, name, "SELECT portion, n FROM seeds", taken)
        for (places,), bodies in zip(portions, around, strict=True):
            yield _placed_world(self.store, bodies), [finding for n in places for finding in by_place[n]]

    def members(self, population: ir.Population) -> Iterable[Member]:
        program, name = self.task.program, population.resource
        members = Members(program, population, self.task.context)
        with told_of_room():
            self.store.ensure(name)
            every_one = self._in_portions(name, f"SELECT n FROM {quoted('every ' + name)}")
            self.connection.execute(f"CREATE OR REPLACE TABLE seeds AS {every_one}")
            taken = steps(reachable(ir.expressions(population), program.definitions), self.store)
            for near in worlds(self.store, name, "SELECT portion, n FROM seeds", taken):
                members.add(_world(self.store, near))
        return members.ordered()

    def __enter__(self) -> InDuckdb:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self._scratch.cleanup()


class _Queries(msgspec.Struct):
    """What is kept of a plan; the columns of resources are the store's to know."""

    setup: tuple[Made, ...]
    queries: tuple[Query, ...]


def _encoded(plan: Plan) -> str:
    return msgspec.json.encode(_Queries(plan.setup, plan.queries)).decode()


class _PythonWorld:
    """A portion of records as the generated evaluators take them, to be chosen by the place at which they were read."""

    def __init__(self, python: PythonEngine, bodies: Bodies) -> None:
        self.bodies = bodies
        self.world = python.world({name: [body for _, body in records] for name, records in bodies.items()})
        self._by_place: dict[str, dict[int, Any]] = {}

    def chosen(self, name: str, places: Iterable[int]) -> list[tuple[int, Any]]:
        """Records of a resource with their places, in the order of their keys."""
        if name not in self._by_place:
            by_body = {id(record.body): record for record in self.world.records(name)}
            self._by_place[name] = {n: by_body[id(body)] for n, body in self.bodies[name] if id(body) in by_body}
        found = [(n, self._by_place[name][n]) for n in places]
        return sorted(found, key=lambda pair: pair[1].key)


def _world(store: Store, bodies: Bodies) -> World:
    """A portion of records as the interpreter takes them."""
    return World(store.schemas, {name: [RawRecord(body) for _, body in records] for name, records in bodies.items()})


def _placed_world(store: Store, bodies: Bodies) -> World:
    """The same, of records that know their file and line."""
    records = {}
    for name, found in bodies.items():
        places = dict(store.lines(name, [n for n, _ in found]))
        records[name] = [RawRecord(body, *places[n]) for n, body in found]
    return World(store.schemas, records)
