"""The query of a rule: its subjects with their joins, and the outcome of each, for people to read.

The *statement* gives each subject with its outcome. :class:`Rules` translates what is said of the subjects; ``fused``
makes of it what engines run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from compiler.backends.duckdb.loops import Env, Loop, RecordSql
from compiler.backends.duckdb.stages import staged
from compiler.backends.duckdb.subjects import Subjects
from compiler.backends.sql_tree import (
    TRUE,
    Sql,
    and_,
    case,
    column,
    from_table,
    is_true,
    named,
    not_,
    not_false,
    select,
    text,
)
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
class Rules(Subjects):
    """The query of rules whose subjects are records of one resource and of the same school years."""

    rules: tuple[ir.Rule, ...]

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

    def judged(self, rule: ir.Rule, subject: RecordSql) -> Judged:
        """The subjects of a rule, and when it applies and holds; those that are none are to be left out."""
        found = self.joined(rule, subject)
        loop, env, concerned = found.loop, found.env, found.concerned
        with self.where(concerned):
            if rule.condition is not None:
                concerned = and_(concerned, not_false(self.sql(rule.condition, loop, env)))
            applies = self.sql(rule.when, loop, env) if rule.when is not None else TRUE
            with self.where(applies):
                holds = self.holds(rule, loop, env)
        return Judged(loop, found.keys, concerned, applies, holds)

    def holds(self, rule: ir.Rule, loop: Loop, env: Env) -> Sql:
        """What a rule requires: its condition, or that nothing conflicts."""
        if rule.conflicts is not None:
            return not_(self.at_least(1, self.listed(rule.conflicts, loop, env), TRUE, loop))
        assert rule.require is not None
        return self.sql(rule.require, loop, env)
