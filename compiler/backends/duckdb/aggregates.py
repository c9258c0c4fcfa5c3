"""What is said of a whole list: quantifiers, counts, sums, the highest and lowest."""

from __future__ import annotations

from sqlglot import exp

from compiler.backends.duckdb.calculations import as_decimal, tried
from compiler.backends.duckdb.lists import Lists
from compiler.backends.duckdb.loops import Env, ListSql, Loop, RecordSql, Value
from compiler.backends.duckdb.reading import COLUMN_TYPES, listed_parameter
from compiler.backends.sql_tree import (
    FALSE,
    TRUE,
    Sql,
    aggregate,
    and_,
    binary,
    case,
    cast,
    eq,
    fn,
    is_null,
    is_true,
    not_,
    not_false,
    number,
    or_,
    owned,
)
from compiler.schema.types import WHOLE, ListOf
from compiler.semantics import ir


class Aggregates(Lists):
    """Translates what groups an inner loop by the rows of the outer one."""

    def _atleast(self, node: ir.AtLeast, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        with self.where(items.maybe):
            test = self.sql(node.body, items.loop, {**env, node.variable: items.member})
        return self.at_least(node.count, items, test, loop)

    def at_least(self, count: int, items: ListSql, test: Sql, loop: Loop) -> Sql:
        """Whether so many members pass: true, false or NULL, as a column of the outer loop."""
        surely = self.many(count, items, and_(items.sure, is_true(test)), "surely", loop)
        perhaps = self.many(count, items, and_(items.maybe, not_false(test)), "perhaps", loop)
        too_few = and_(not_(perhaps), not_(items.unknown))
        return self.computed(loop, "at least", case([(surely, TRUE), (too_few, FALSE)]))

    def many(self, count: int, items: ListSql, test: Sql, name: str, loop: Loop) -> Sql:
        """Whether a test, which is never NULL, is true of so many rows of an inner loop."""
        if count == 1:
            return is_true(self.grouped(items.loop, loop, name, fn("bool_or", test)))
        found = self.grouped(items.loop, loop, name, aggregate("count", where=test))
        return is_true(binary(exp.GTE, found, number(count)))

    def _has(self, node: ir.Has, loop: Loop, env: Env) -> Value:
        wanted, given = self.sql(node.value, loop, env), given_list(node.operand)
        if given is not None:
            return fn("list_contains", given, wanted)
        items = self.listed(node.operand, loop, env)
        return self.at_least(1, items, eq(items.member, wanted), loop)

    def _empty(self, node: ir.Empty, loop: Loop, env: Env) -> Value:
        given = given_list(node.operand)
        if given is not None:
            return eq(fn("len", given), number(0))
        return not_(self.at_least(1, self.listed(node.operand, loop, env), TRUE, loop))

    def aggregated(self, items: ListSql, loop: Loop, unsure: Sql, value: Sql, of_none: Sql | None = None) -> Sql:
        """An aggregate of an inner loop as a column of the outer one; NULL when a member or value is not known."""
        doubtful = self.grouped(items.loop, loop, "doubtful", fn("bool_or", and_(items.maybe, unsure)))
        found = self.grouped(items.loop, loop, "value", value)
        if of_none is not None:
            some = self.grouped(items.loop, loop, "some", fn("bool_or", items.maybe))
            found = case([(is_true(some), found)], of_none)
        return self.computed(loop, "aggregate", case([(not_(or_(is_true(doubtful), items.unknown)), found)]))

    def _count(self, node: ir.Count, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        return self.aggregated(items, loop, not_(items.sure), aggregate("count", where=items.maybe), number(0))

    def bodies(
        self, node: ir.CountDifferent | ir.Total | ir.Extreme | ir.MonthlyExtreme, loop: Loop, env: Env
    ) -> tuple[ListSql, Sql, Sql]:
        """The list of an aggregate, the value of each member, and whether member or value is doubtful."""
        items = self.listed(node.items, loop, env)
        with self.where(items.maybe):
            body = self.value(node.body, items.loop, {**env, node.variable: items.member})
        parts = body.keys if isinstance(body, RecordSql) else (body,)
        value = fn("row", *parts) if isinstance(body, RecordSql) else body
        kept = value if items.maybe == TRUE else case([(items.maybe, value)])
        return items, kept, or_(not_(items.sure), *map(is_null, parts))

    def _countdifferent(self, node: ir.CountDifferent, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        distinct = fn("count", exp.Distinct(expressions=[owned(value)]))
        return self.aggregated(items, loop, unsure, distinct, number(0))

    def _total(self, node: ir.Total, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        kind = COLUMN_TYPES[node.type]
        if node.type is WHOLE:
            found = self.aggregated(items, loop, unsure, fn("sum", value), cast(number(0), "HUGEINT"))
            return tried(cast(found, kind), found)
        summand = self.plain(as_decimal(value, node.body.type), items.loop)
        return self.aggregated(items, loop, unsure, fn("sum_of_decimals", summand), cast(number(0), kind))

    def _extreme(self, node: ir.Extreme, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        return self.aggregated(items, loop, unsure, fn("max" if node.highest else "min", value))

    def _monthlyextreme(self, node: ir.MonthlyExtreme, loop: Loop, env: Env) -> Value:
        """One aggregate, of the months and values of all members; what they come to is worked out of that list."""
        items, value, unsure = self.bodies(node, loop, env)
        with self.where(items.maybe):
            day = self.sql(node.day, items.loop, {**env, node.variable: items.member})
        whole = node.type is WHOLE
        number_of = (
            cast(value, "HUGEINT")
            if whole
            else fn("parts_of", self.plain(as_decimal(value, node.body.type), items.loop))
        )
        entries = aggregate("list", fn("row", fn("month_number", day), number_of), items.maybe)
        found = self.aggregated(items, loop, or_(unsure, is_null(day)), entries)
        sums = self.computed(loop, "months", fn("month_sums", found))
        fit = fn(
            "sums_fit", sums, number(-(2**63) if whole else 1 - 10**38), number(2**63 - 1 if whole else 10**38 - 1)
        )
        chosen = self.computed(loop, "month", case([(fit, fn("list_max" if node.highest else "list_min", sums))]))
        return tried(cast(chosen, "BIGINT") if whole else fn("decimal_of", chosen), chosen)


def given_list(node: ir.Expr) -> Sql | None:
    """The list that an expression is when it is given to the query."""
    if isinstance(node, ir.Parameter) and isinstance(node.type, ListOf):
        return listed_parameter(node.name, node.type.item)
    return None
