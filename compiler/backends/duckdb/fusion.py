"""Rules evaluated together: what an engine runs to learn which records it must look at.

Rules of one collection whose subjects are records of one resource, of the same school years, are one query: they are
translated over the same first loop, which knows what was added to it, so that what several of them use (a look-up, a
list, a test of its members, an aggregate) is there once. See ``relations.once`` for what counts as the same: the text
of the SQL, which names columns by labels that no two columns of a query share. A definition that reads its arguments
alone thus becomes the same columns wherever it is applied to the same record, and rules whose lists differ in their
filters alone group the same rows once.

A query gives a row a rule: how many ``subjects`` it has, and how many of settled records ``pass`` or are ``not
applicable``. A record is settled when each of its subjects is one of the two; ``open`` lists the others by their ``n``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from compiler.backends.duckdb.loops import RecordSql
from compiler.backends.duckdb.query import Rules, given, with_relations, written
from compiler.backends.duckdb.relations import Columns, columns_of, rows_of, table_query
from compiler.backends.duckdb.stages import staged
from compiler.backends.sql_tree import (
    NULL,
    Sql,
    aggregate,
    binary,
    case,
    cast,
    column,
    eq,
    fn,
    from_table,
    is_true,
    label_of,
    named,
    not_,
    not_false,
    not_null,
    number,
    owned,
    select,
    text,
)
from compiler.semantics import ir
from compiler.semantics.program import Program

NOT_APPLICABLE, PASS, OPEN = map(number, range(3))
ALIKE, OUTCOMES = "records alike", "outcomes of rules"  # no loop has such a name: those begin with one word
TOLD = ("subjects", "pass", "not applicable", "open")
LARGEST = 64  # rules of a query: its plan takes time, and what is shared is shared by then


@dataclass(frozen=True, slots=True)
class Made:
    """A relation that queries share, the query that makes it, and the values of the run it is given."""

    name: str
    text: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """The query of some rules, by their keys: all are of one collection, whose parameters it is given.

    It reads ``every X`` of these ``resources`` and, of the relations to be made before, those that ``needs`` names.
    """

    rules: tuple[str, ...]
    collection: str
    text: str
    parameters: tuple[str, ...]
    resources: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Queries, what they read of the records of resources (by singular name), and what is to be made before them."""

    resources: dict[str, Columns]
    setup: tuple[Made, ...]
    queries: tuple[Query, ...]


def fused(program: Program, rules: Iterable[ir.Rule]) -> Plan:
    """A plan in which rules share what they can."""
    alike: dict[object, list[ir.Rule]] = {}
    for rule in rules:
        alike.setdefault((rule.collection, rule.resource, rule.in_year, rule.leap_birthday), []).append(rule)
    return _plan(program, [part for group in alike.values() for part in _parts(group)])


def sieves(program: Program, rules: Iterable[ir.Rule]) -> Plan:
    """A plan with a query for each rule."""
    return _plan(program, [(rule,) for rule in rules])


def _parts(rules: list[ir.Rule]) -> Iterator[tuple[ir.Rule, ...]]:
    for start in range(0, len(rules), LARGEST):
        yield tuple(rules[start : start + LARGEST])


def _plan(program: Program, groups: Iterable[tuple[ir.Rule, ...]]) -> Plan:
    queries, nodes = [], list[ir.Expr]()
    resources, tables = set[str](), set[str]()
    for rules in groups:
        parts = _Fused(program, rules)
        query = parts.query()
        needs = tuple(map(rows_of, sorted(parts.tables)))
        keys = tuple(rule.key for rule in rules)
        read = tuple(sorted(parts.sources))
        queries.append(Query(keys, rules[0].collection, written(query, pretty=False), given(query), read, needs))
        nodes += parts.nodes
        resources |= parts.sources.keys()
        tables |= parts.tables.keys()
    columns = {name: columns_of(nodes, name, program) for name in sorted(resources)}
    return Plan(columns, tuple(made_rows(program, name) for name in sorted(tables)), tuple(queries))


def made_rows(program: Program, table: str) -> Made:
    """A table of the specs as a relation that queries share."""
    query = table_query(program.tables[table])
    return Made(rows_of(table), written(query, pretty=False), given(query))


@dataclass
class _Fused(Rules):
    """The query of rules that share their first loop."""

    def query(self) -> exp.Query:
        subject = self.subjects()
        found = {rule.key: self.tally(rule, subject) for rule in self.rules}
        first = self.loops[0]
        wanted = {*first.own, *(label for labels in found.values() for label in labels)}
        relations, last = staged(self.loops, first, wanted)
        every = {label: column("l", label) for labels in found.values() for label in labels}
        alike = [named(aggregate("count"), "records"), named(aggregate("list", column("l", first.own[0])), "n")]
        counted = select(*every.values(), *alike, source=from_table(last, "l"))
        relations[ALIKE] = counted.group_by(*map(owned, every.values()), copy=False)
        told = [named(told, f"{key} {name}") for key, labels in found.items() for name, told in _told(labels)]
        relations[OUTCOMES] = select(*told, source=from_table(ALIKE, "a"))
        rows = [
            select(
                named(text(rule.key), "rule"),
                *(named(column("o", f"{rule.key} {name}"), name) for name in TOLD),
                source=from_table(OUTCOMES, "o"),
            )
            for rule in self.rules
        ]
        query = exp.union(*rows, distinct=False, copy=False) if len(rows) > 1 else rows[0]
        return with_relations(query, relations.items())

    def tally(self, rule: ir.Rule, subject: RecordSql) -> list[str]:
        """The labels of the outcome of a record; of the numbers of its outcomes, where a rule joins lists to it."""
        judged = self.judged(rule, subject)
        outcome = case(
            [
                (not_(judged.subject), NULL),
                (not_(not_false(judged.applies)), NOT_APPLICABLE),
                (is_true(judged.holds), PASS),
            ],
            OPEN,
        )
        label = self.column(judged.loop, rule.key, outcome)
        if judged.loop is self.loops[0]:
            return [label]
        of = label_of(label)
        counted = [aggregate("count", of), *(aggregate("count", where=eq(of, o)) for o in (PASS, NOT_APPLICABLE))]
        return [self.grouped(judged.loop, self.loops[0], rule.key, value).name for value in counted]


def _told(labels: list[str]) -> list[tuple[str, Sql]]:
    """What a query tells of a rule, by name, over groups of records with the same outcomes."""
    of, records = [column("a", label) for label in labels], column("a", "records")
    if len(of) == 1:
        counts = [
            _sum(case([(test, records)])) for test in (not_null(of[0]), eq(of[0], PASS), eq(of[0], NOT_APPLICABLE))
        ]
        is_open = eq(of[0], OPEN)
    else:
        is_open = binary(exp.GT, of[0], binary(exp.Add, of[1], of[2]))
        settled = [of[0], *(case([(not_(is_open), count)]) for count in of[1:])]
        counts = [_sum(binary(exp.Mul, count, records)) for count in settled]
    return list(zip(TOLD, [*counts, fn("flatten", aggregate("list", column("a", "n"), is_open))], strict=True))


def _sum(value: Sql) -> Sql:
    return cast(fn("coalesce", fn("sum", value), number(0)), "BIGINT")
