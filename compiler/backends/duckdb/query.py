"""The query of a rule: its subjects with their joins, and the outcome of each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from compiler.backends.duckdb.loops import ItemSql, ListSql, Loop, RecordSql, Value
from compiler.backends.duckdb.picks import Picks
from compiler.backends.sql_tree import (
    TRUE,
    Sql,
    alias_of,
    all_columns,
    and_,
    case,
    column,
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
    """The query of a rule: its text, the resources it reads, the columns of a subject's key, values it is given."""

    text: str
    resources: tuple[str, ...]
    keys: tuple[str, ...]
    parameters: tuple[str, ...]


def statement(program: Program, rule: ir.Rule) -> Statement:
    """The query of a rule."""
    parts = RuleQuery(program, rule)
    query = parts.query()
    keys = tuple(name for name in query.named_selects if name != OUTCOME)
    given = sorted({str(node.this) for node in query.find_all(exp.Placeholder)})
    return Statement(query.sql(dialect="duckdb", pretty=True), tuple(sorted(parts.sources)), keys, tuple(given))


@dataclass
class RuleQuery(Picks):
    """The query of one rule."""

    def query(self) -> exp.Query:
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
        outer = select(*keys, named(outcome, OUTCOME), source=from_table(loop.relation, "l"))
        outer = outer.order_by(*(exp.column(name_of(key)) for key in keys), copy=False)
        return self.with_relations(outer)

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
        query = select(named(column("r", "n"), "#1"), *columns, source=from_table(rule.resource, "r"))
        loop = Loop(rule.variable, self.relation(rule.variable, query), ("#1",), ["#1", *map(alias_of, columns)])
        return loop, record
