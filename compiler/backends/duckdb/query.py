"""The query of a rule: its subjects with their joins, and the outcome of each.

There are two forms of it. The *statement* gives each subject with its outcome: it is what people read, and the oracle.
The *sieve* is for an engine that words findings by other means: of records whose subjects all pass, or are none of the
rule's concern, it gives but how many there are; of the others, where they stand. Sieves share what does not depend on
a rule: the records of a resource with all columns that any of the rules reads, and the rows of tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from compiler.backends.duckdb.loops import ItemSql, ListSql, Loop, RecordSql, Value
from compiler.backends.duckdb.picks import Picks
from compiler.backends.duckdb.relations import columns_of, every, records_query, rows_of, table_query
from compiler.backends.sql_tree import (
    TRUE,
    Sql,
    aggregate,
    alias_of,
    all_columns,
    and_,
    binary,
    case,
    column,
    eq,
    fn,
    from_table,
    is_true,
    name_of,
    named,
    not_,
    not_false,
    number,
    select,
    text,
)
from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.program import Program

OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Statement:
    """A query: its text, the resources and tables it reads, the names of its columns, the values it is given."""

    text: str
    resources: tuple[str, ...]
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def relations(self) -> tuple[str, ...]:
        """The shared relations that a sieve reads."""
        return (*map(every, self.resources), *map(rows_of, self.tables))


@dataclass(frozen=True, slots=True)
class Sieves:
    """The sieves of several rules, by their keys, and the queries that make the relations they share, by name."""

    rules: dict[str, Statement]
    shared: dict[str, Statement]


def statement(program: Program, rule: ir.Rule) -> Statement:
    """Each subject of a rule by its key, with its outcome, in the order of keys."""
    parts = RuleQuery(program, rule)
    return _made(parts.query(), parts.sources, parts.tables, pretty=True)


def sieves(program: Program, rules: Iterable[ir.Rule]) -> Sieves:
    """One row a rule: how many ``subjects`` there are, how many of the settled records ``pass`` or ``not applicable``.

    A record is settled when each of its subjects is one of the two; ``open`` lists the others by their ``n``.
    """
    made: dict[str, Statement] = {}
    nodes: list[ir.Expr] = []
    for rule in rules:
        parts = RuleQuery(program, rule, alone=False)
        made[rule.key] = _made(parts.sieve(), parts.sources, parts.tables, pretty=False)
        nodes += parts.nodes
    shared: dict[str, Statement] = {}
    for name in sorted({name for one in made.values() for name in one.resources}):
        resource = program.schemas.resource(name)
        assert resource is not None
        query = records_query(resource, columns_of(nodes, name, program))
        shared[every(name)] = _made(query, (name,), (), pretty=False)
    for name in sorted({name for one in made.values() for name in one.tables}):
        shared[rows_of(name)] = _made(table_query(program.tables[name]), (), (name,), pretty=False)
    return Sieves(made, shared)


def _made(query: exp.Query, resources: Iterable[str], tables: Iterable[str], *, pretty: bool) -> Statement:
    given = sorted({str(node.this) for node in query.find_all(exp.Placeholder)})
    sql = query.sql(dialect="duckdb", pretty=pretty)
    return Statement(sql, tuple(sorted(resources)), tuple(sorted(tables)), tuple(query.named_selects), tuple(given))


@dataclass
class RuleQuery(Picks):
    """The query of one rule."""

    def query(self) -> exp.Query:
        loop, keys, outcome = self.judged()
        outer = select(*keys, named(outcome, OUTCOME), source=from_table(loop.relation, "l"))
        return self.with_relations(outer.order_by(*(exp.column(name_of(key)) for key in keys), copy=False))

    def sieve(self) -> exp.Query:
        loop, _, outcome = self.judged()
        told = [named(column("l", loop.ids[0]), "n"), named(outcome, OUTCOME)]
        outcomes = self.relation("outcomes", select(*told, source=from_table(loop.relation, "l")))
        counts = [
            named(aggregate("count", where=eq(column("o", OUTCOME), text(name))), name)
            for name in ("pass", "not applicable")
        ]
        wanted = [named(aggregate("count"), "subjects"), *counts]
        by_record = select(column("o", "n"), *wanted, source=from_table(outcomes, "o"))
        records = self.relation("records", by_record.group_by(column("o", "n"), copy=False))
        settled = eq(column("r", "subjects"), binary(exp.Add, column("r", "pass"), column("r", "not applicable")))
        sums = [
            named(fn("coalesce", aggregate("sum", column("r", name), where), number(0)), name)
            for name, where in (("subjects", None), ("pass", settled), ("not applicable", settled))
        ]
        open_ = named(aggregate("list", column("r", "n"), not_(settled)), "open")
        return self.with_relations(select(*sums, open_, source=from_table(records, "r")))

    def judged(self) -> tuple[Loop, list[Sql], Sql]:
        """The loop of the subjects, their keys, and their outcome."""
        rule = self.rule
        loop, subject = self.subjects(rule)
        env: dict[str, Value] = {rule.variable: subject}
        keys = [
            named(key, ".".join(path)) for key, path in zip(subject.keys, self.resource(rule.resource).key, strict=True)
        ]
        if rule.in_year is not None:
            self.keep(loop, self.sql(rule.in_year, loop, env))
        for join in rule.joins:
            items = self.listed(join.items, loop, env)
            env[join.variable] = items.member
            if not isinstance(join.items, ir.Items) or join.items.base != ir.Var(
                rule.variable, type=Record(rule.resource)
            ):
                self.keep_unknown(loop, items)
            loop = items.loop
            keys += self.joined_key(join.variable, items.member)
        if rule.condition is not None:
            self.keep(loop, self.sql(rule.condition, loop, env))
        applies = self.sql(rule.when, loop, env) if rule.when is not None else TRUE
        holds = self.sql(rule.require, loop, env) if rule.require is not None else self.no_conflict(loop, env)
        outcome = case(
            [
                (not_(not_false(applies)), text("not applicable")),
                (is_true(holds), text("pass")),
                (and_(applies, not_(holds)), text("violation")),
            ],
            text("not checked"),
        )
        return loop, keys, outcome

    def joined_key(self, variable: str, member: Value) -> list[Sql]:
        """What tells the members of a joined list apart: the position of an item, the key of a record."""
        if isinstance(member, ItemSql):
            return [named(member.place[-1], variable)]
        paths = self.resource(member.resource).key
        return [named(key, ".".join((variable, *path))) for key, path in zip(member.keys, paths, strict=True)]

    def keep_unknown(self, outer: Loop, items: ListSql) -> None:
        """Give a joined list that is not known one row, of which nothing is known."""
        ids = [named(number(-1), identity) for identity in items.loop.ids[len(outer.ids) :]]
        unknown = select(all_columns("l"), *ids, source=from_table(outer.relation, "l"), where=items.unknown)
        members = select(exp.Star(), source=from_table(items.loop.relation, "l"))
        both = exp.Union(this=members, expression=unknown, distinct=False, by_name=True)
        items.loop.relation = self.relation(items.loop.name, both)
        items.loop.joined = {key: label for key, label in items.loop.joined.items() if outer.joined.get(key) == label}

    def subjects(self, rule: ir.Rule) -> tuple[Loop, RecordSql]:
        self.sources[rule.resource] = None
        columns, record = self.record_columns(rule.resource, rule.variable, "r")
        query = select(named(column("r", "n"), "#1"), *columns, source=from_table(every(rule.resource), "r"))
        loop = Loop(rule.variable, self.relation(rule.variable, query), ("#1",), ["#1", *map(alias_of, columns)])
        return loop, record
