"""The query of a rule: its subjects with their joins, and the outcome of each, for people to read.

The *statement* gives each subject with its outcome. :class:`Rules` translates what is said of the subjects; ``fused``
makes of it what engines run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from compiler.backends.duckdb.loops import (
    Arm,
    Arms,
    Column,
    Env,
    ItemSql,
    ListSql,
    Loop,
    Records,
    RecordSql,
    Value,
    parts_of,
    rebuilt,
)
from compiler.backends.duckdb.picks import Picks
from compiler.backends.duckdb.relations import every
from compiler.backends.duckdb.stages import staged
from compiler.backends.sql_tree import (
    NULL,
    TRUE,
    Sql,
    and_,
    case,
    column,
    from_table,
    is_true,
    label_of,
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


def statement(program: Program, rule: ir.Rule) -> Statement:
    """Each subject of a rule by its key, with its outcome, in the order of keys."""
    parts = Rules(program, (rule,))
    query = parts.outcomes(rule)
    return Statement(
        written(query, pretty=True), tuple(sorted(parts.sources)), tuple(sorted(parts.tables)),
        tuple(query.named_selects), given(query),
    )  # fmt: skip


def written(query: exp.Query, *, pretty: bool) -> str:
    return query.sql(dialect="duckdb", pretty=pretty)


def given(query: exp.Query) -> tuple[str, ...]:
    """The values that a query is given."""
    return tuple(sorted({str(node.this) for node in query.find_all(exp.Placeholder)}))


def with_relations(query: exp.Query, relations: Iterable[tuple[str, exp.Query]]) -> exp.Query:
    for name, relation in relations:
        query = query.with_(exp.to_identifier(name, quoted=True), as_=relation, copy=False)
    return query


@dataclass(frozen=True, slots=True)
class Judged:
    """The subjects of a rule: their loop, their key, whether a row of it is one, and when the rule holds there."""

    loop: Loop
    keys: dict[str, Sql]
    subject: Sql
    applies: Sql
    holds: Sql


@dataclass
class Rules(Picks):
    """The query of rules whose subjects are records of one resource and of the same school years.

    The first loop is of records of the school year, unless that takes an aggregate to tell: then ``of_the_year`` tells.
    """

    of_the_year: Sql = field(default_factory=lambda: TRUE)

    def outcomes(self, rule: ir.Rule) -> exp.Query:
        judged = self.judged(rule, self.subjects())
        applies, holds = judged.applies, judged.holds
        outcome = case(
            [
                (not_(not_false(applies)), text("not applicable")),
                (is_true(holds), text("pass")),
                (and_(applies, not_(holds)), text("violation")),
            ],
            text("not checked"),
        )
        judged.loop.kept.append(judged.subject)
        told = {f"key {i}": value for i, value in enumerate(judged.keys.values())}
        told[OUTCOME] = outcome
        names = {name: self.column(judged.loop, name, value) for name, value in told.items()}
        relations, last = staged(self.loops, judged.loop, names.values())
        labels = [*judged.keys, OUTCOME]
        columns = [named(column("l", label), name) for label, name in zip(names.values(), labels, strict=True)]
        outer = select(*columns, source=from_table(last, "l"))
        ordered = outer.order_by(
            *(exp.column(exp.to_identifier(name, quoted=True)) for name in judged.keys), copy=False
        )
        return with_relations(ordered, [*self.shared().items(), *relations.items()])

    def column(self, loop: Loop, name: str, value: Sql) -> str:
        """A value as a column of this very loop."""
        if isinstance(value, exp.Column):
            return str(value.name)
        label = self.label(name)
        loop.columns[label] = Column(value, None, *loop.place_of([value]))
        return label

    def subjects(self) -> RecordSql:
        """The first loop: the records of the rules' resource, of the school years of the rules."""
        rule = self.rules[0]
        loop = self.loop(rule.variable, None, Records(every(rule.resource)), 1, 0)
        record = self.record(loop, rule.resource, rule.variable)
        if rule.in_year is not None:
            of_the_year = not_false(self.sql(rule.in_year, loop, {rule.variable: record}))
            if loop.place_of([of_the_year])[0] == loop.level:
                loop.kept.append(of_the_year)
            else:
                self.of_the_year = of_the_year
        return record

    def judged(self, rule: ir.Rule, subject: RecordSql) -> Judged:
        """The subjects of a rule, and when it applies and holds; those that are none are to be left out."""
        loop = self.loops[0]
        concerned = self.of_the_year
        env: dict[str, Value] = {rule.variable: subject}
        paths = self.resource(rule.resource).key
        keys = {".".join(path): key for path, key in zip(paths, subject.keys, strict=True)}
        for join in rule.joins:
            items = self.listed(join.items, loop, env)
            own = ir.Var(rule.variable, type=Record(rule.resource))
            if not isinstance(join.items, ir.Items) or join.items.base != own:
                items = self.with_unknown(loop, items)
            env[join.variable] = items.member
            loop, concerned = items.loop, and_(concerned, items.maybe)
            keys |= self.joined_key(join.variable, items.member)
        with self.where(concerned):
            if rule.condition is not None:
                concerned = and_(concerned, not_false(self.sql(rule.condition, loop, env)))
            applies = self.sql(rule.when, loop, env) if rule.when is not None else TRUE
            with self.where(applies):
                holds = self.holds(rule, loop, env)
        return Judged(loop, keys, concerned, applies, holds)

    def holds(self, rule: ir.Rule, loop: Loop, env: Env) -> Sql:
        """What a rule requires: its condition, or that nothing conflicts."""
        if rule.conflicts is not None:
            return not_(self.at_least(1, self.listed(rule.conflicts, loop, env), TRUE, loop))
        assert rule.require is not None
        return self.sql(rule.require, loop, env)

    def joined_key(self, variable: str, member: Value) -> dict[str, Sql]:
        """What tells the members of a joined list apart: the position of an item, the key of a record."""
        if isinstance(member, ItemSql):
            return {variable: member.place[-1]}
        paths = self.resource(member.resource).key
        return {".".join((variable, *path)): key for path, key in zip(paths, member.keys, strict=True)}

    def with_unknown(self, outer: Loop, items: ListSql) -> ListSql:
        """A joined list with a row more where it is not known, of which nothing is known."""
        label, depth = self.label("joined"), len(outer.ids)
        names = [f"{label}.{i}" for i in range(len(parts_of(items.member)))]
        ids = items.loop.ids[depth:]
        members = {**dict(zip(names, parts_of(items.member), strict=True)), **{i: label_of(i) for i in ids}}
        unknown = {**dict.fromkeys(names, NULL), **dict.fromkeys(ids, number(-1))}
        arms = (Arm(items.loop, members, items.maybe), Arm(outer, unknown, items.unknown))
        level = max(arm.loop.place_of([*arm.values.values(), arm.where])[0] for arm in arms)
        loop = self.loop(items.loop.name, outer, Arms(arms), len(ids), level)
        loop.columns |= {name: Column(column("u", name), None, level, 0) for name in members}
        return ListSql(loop, rebuilt(items.member, list(map(label_of, names))), TRUE, TRUE, items.unknown)
