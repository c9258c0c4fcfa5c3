"""What is said of a whole list: quantifiers, counts, sums, the highest and lowest."""

from __future__ import annotations

from sqlglot import exp

from compiler.backends.duckdb.calculations import tried
from compiler.backends.duckdb.lists import Lists
from compiler.backends.duckdb.loops import Env, ListSql, Loop, RecordSql, Value
from compiler.backends.duckdb.reading import COLUMN_TYPES
from compiler.backends.sql_tree import (
    FALSE,
    TRUE,
    Sql,
    aggregate,
    and_,
    binary,
    case,
    cast,
    column,
    eq,
    fn,
    is_null,
    is_true,
    named,
    not_,
    not_false,
    number,
    or_,
    owned,
)
from compiler.schema.types import WHOLE
from compiler.semantics import ir


class Aggregates(Lists):
    """Translates what groups an inner loop by the rows of the outer one."""

    def _atleast(self, node: ir.AtLeast, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        test = self.sql(node.body, items.loop, {**env, node.variable: items.member})
        return self.at_least(node.count, items, test, loop)

    def at_least(self, count: int, items: ListSql, test: Sql, loop: Loop) -> Sql:
        """Whether so many members pass: true, false or NULL, as a column of the outer loop."""
        surely = aggregate("count", where=is_true(and_(items.sure, test)))
        perhaps = aggregate("count", where=not_false(test))
        relation = self.grouped(items.loop, loop, "counted", [named(surely, "surely"), named(perhaps, "perhaps")])
        found = {name: fn("coalesce", column("g", name), number(0)) for name in ("surely", "perhaps")}
        enough = binary(exp.GTE, found["surely"], number(count))
        too_few = and_(binary(exp.LT, found["perhaps"], number(count)), not_(items.unknown))
        label = self.label("at least")
        self.join_back(loop, relation, [named(case([(enough, TRUE), (too_few, FALSE)]), label)])
        return exp.column(label, quoted=True)

    def _has(self, node: ir.Has, loop: Loop, env: Env) -> Value:
        wanted = self.sql(node.value, loop, env)
        items = self.listed(node.operand, loop, env)
        return self.at_least(1, items, eq(items.member, wanted), loop)

    def _empty(self, node: ir.Empty, loop: Loop, env: Env) -> Value:
        return not_(self.at_least(1, self.listed(node.operand, loop, env), TRUE, loop))

    def no_conflict(self, loop: Loop, env: Env) -> Sql:
        assert self.rule.conflicts is not None
        return not_(self.at_least(1, self.listed(self.rule.conflicts, loop, env), TRUE, loop))

    def aggregated(self, items: ListSql, loop: Loop, unsure: Sql, value: Sql, of_none: Sql | None = None) -> Sql:
        """An aggregate of an inner loop as a column of the outer one; NULL when a member or value is not known."""
        doubtful = aggregate("count", where=unsure)
        relation = self.grouped(items.loop, loop, "aggregated", [named(doubtful, "doubtful"), named(value, "value")])
        found: Sql = case([(eq(column("g", "doubtful"), number(0)), column("g", "value"))])
        if of_none is not None:
            found = case([(is_null(column("g", "doubtful")), of_none)], found)
        if items.unknown != FALSE:
            found = case([(not_(items.unknown), found)])
        label = self.label("aggregate")
        self.join_back(loop, relation, [named(found, label)])
        return exp.column(label, quoted=True)

    def _count(self, node: ir.Count, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        return self.aggregated(items, loop, not_(items.sure), aggregate("count"), number(0))

    def bodies(self, node: ir.CountDifferent | ir.Total | ir.Extreme, loop: Loop, env: Env) -> tuple[ListSql, Sql, Sql]:
        """The list of an aggregate, the value of each member, and whether member or value is doubtful."""
        items = self.listed(node.items, loop, env)
        body = self.value(node.body, items.loop, {**env, node.variable: items.member})
        if isinstance(body, RecordSql):
            return items, fn("row", *body.keys), or_(not_(items.sure), *(is_null(key) for key in body.keys))
        return items, body, or_(not_(items.sure), is_null(body))

    def _countdifferent(self, node: ir.CountDifferent, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        distinct = fn("count", exp.Distinct(expressions=[owned(value)]))
        return self.aggregated(items, loop, unsure, distinct, number(0))

    def _total(self, node: ir.Total, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        kind = COLUMN_TYPES[node.type]
        if node.type is WHOLE:
            found = self.aggregated(items, loop, unsure, fn("sum", value), cast(number(0), kind))
            return tried(cast(found, kind), found)
        parts = self.aggregated(items, loop, unsure, fn("sum_of_parts", fn("parts_of", value)), number(0))
        return tried(fn("decimal_of", parts), parts)

    def _extreme(self, node: ir.Extreme, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        return self.aggregated(items, loop, unsure, fn("max" if node.highest else "min", value))
