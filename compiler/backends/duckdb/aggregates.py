"""What is said of a whole list: quantifiers, counts, sums, the highest and lowest."""

from __future__ import annotations

from sqlglot import exp

from compiler.backends.duckdb.calculations import as_decimal, tried
from compiler.backends.duckdb.lists import Lists
from compiler.backends.duckdb.loops import Env, ListSql, Loop, PeriodSql, RecordSql, Value, each
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
    eq,
    fn,
    is_null,
    is_true,
    not_,
    not_false,
    not_null,
    number,
    or_,
    owned,
    text,
)
from compiler.schema.types import DATE, WHOLE
from compiler.semantics import ir


class Aggregates(Lists):
    """Translates what groups an inner loop by the rows of the outer one."""

    def _atleast(self, node: ir.AtLeast, loop: Loop, env: Env) -> Value:
        asked = self.asked_of_day(node, loop, env)
        if asked is not None:
            return self.covered(node, *asked, loop, env)
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

    # -- whether any of some periods contains a day

    def asked_of_day(self, node: ir.AtLeast, loop: Loop, env: Env) -> tuple[ir.Covers, list[ir.Expr], Loop] | None:
        """The test whether a period contains a day, of ``any p in P has (... and period of p contains day)``, where the
        day alone is of this loop; with the other tests, and the loop around it in which P and they can be told."""
        tests = list(node.body.operands) if isinstance(node.body, ir.And) else [node.body]
        contains = next((test for test in tests if isinstance(test, ir.Covers)), None)
        if node.count != 1 or contains is None or node.variable in variables_of(contains.date):
            return None
        others = [test for test in tests if test is not contains]
        inner = set().union(*map(variables_of, (contains.period, *others))) - {node.variable}
        around = self.home_of_variables(variables_of(node.items) | inner, loop, env)
        return None if around is loop else (contains, others, around)

    def covered(
        self, node: ir.AtLeast, contains: ir.Covers, others: list[ir.Expr], around: Loop, loop: Loop, env: Env
    ) -> Sql:
        """Whether any of some periods contains a day: the periods are gathered once for all days of the loop around."""
        items = self.listed(node.items, around, env)
        inner = {**env, node.variable: items.member}
        with self.where(items.maybe):
            test = and_(*(self.sql(other, items.loop, inner) for other in others))
            period = self.period(contains.period, items.loop, inner)
        sure, maybe = and_(items.sure, is_true(test), period.known), and_(items.maybe, not_false(test))
        day = self.plain(self.sql(contains.date, loop, env), loop)
        vague = is_true(self.grouped(items.loop, around, "vague", fn("bool_or", and_(maybe, not_(period.known)))))
        some = is_true(self.grouped(items.loop, around, "some", fn("bool_or", maybe)))
        among = self.within_spans(items, period, sure, around, day)
        perhaps = self.within_spans(items, period, and_(maybe, period.known), around, day)
        known = not_null(day)
        surely, perhaps = and_(known, among), or_(vague, and_(known, perhaps), and_(not_(known), some))
        too_few = and_(not_(perhaps), not_(items.unknown))
        return self.computed(loop, "at least", case([(surely, TRUE), (too_few, FALSE)]))

    def within_spans(self, items: ListSql, period: PeriodSql, which: Sql, around: Loop, day: Sql) -> Sql:
        """Whether a day lies in one of the periods of members; most have one, which is told without a list."""
        end = fn("coalesce", period.end, cast(text("9999-12-31"), COLUMN_TYPES[DATE]))
        count, first, last, spans = (
            self.grouped(items.loop, around, name, value)
            for name, value in (
                ("spans", aggregate("count", where=which)),
                ("first", aggregate("min", period.start, which)),
                ("last", aggregate("max", end, which)),
                ("spans", aggregate("list", fn("row", period.start, end), which)),
            )
        )
        return is_true(fn("in_spans", count, first, last, spans, day))

    def many(self, count: int, items: ListSql, test: Sql, name: str, loop: Loop) -> Sql:
        """Whether a test, which is never NULL, is true of so many rows of an inner loop."""
        if count == 1:
            return is_true(self.grouped(items.loop, loop, name, fn("bool_or", test)))
        found = self.grouped(items.loop, loop, name, aggregate("count", where=test))
        return is_true(binary(exp.GTE, found, number(count)))

    def _has(self, node: ir.Has, loop: Loop, env: Env) -> Value:
        wanted, given = self.sql(node.value, loop, env), self.given_list(node.operand)
        if given is not None:
            return case([(eq(fn("len", given), number(0)), FALSE)], fn("list_contains", given, wanted))
        items = self.listed(node.operand, loop, env)
        return self.at_least(1, items, eq(items.member, wanted), loop)

    def _empty(self, node: ir.Empty, loop: Loop, env: Env) -> Value:
        given = self.given_list(node.operand)
        if given is not None:
            return eq(fn("len", given), number(0))
        return not_(self.at_least(1, self.listed(node.operand, loop, env), TRUE, loop))

    def aggregated(
        self,
        items: ListSql,
        loop: Loop,
        unsure: Sql,
        value: Sql,
        of_none: Sql | None = None,
        within: Sql | None = None,
    ) -> Sql:
        """An aggregate of an inner loop as a column of the outer one; NULL when a member or value is not known."""
        doubtful = self.grouped(items.loop, loop, "doubtful", fn("bool_or", and_(items.maybe, unsure)))
        found = self.grouped(items.loop, loop, "value", value, within)
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
        """The members are grouped by month within each row of the loop, and the sums of months by the row."""
        items, value, unsure = self.bodies(node, loop, env)
        with self.where(items.maybe):
            day = self.sql(node.day, items.loop, {**env, node.variable: items.member})
        if node.type is WHOLE:
            total: Sql = exp.TryCast(this=fn("sum", value), to=exp.DataType.build("BIGINT", dialect="duckdb"))
        else:
            total = fn("sum_of_decimals", self.plain(as_decimal(value, node.body.type), items.loop))
        too_large = fn("bool_or", and_(each(fn("bool_or", items.maybe)), is_null(each(total))))
        found = case([(not_(too_large), fn("max" if node.highest else "min", each(total)))])
        month = fn("month_number", day)
        return self.aggregated(items, loop, or_(unsure, is_null(day)), found, within=month)


def variables_of(node: ir.Expr) -> set[str]:
    """The variables that an expression names."""
    return {inner.name for inner in ir.walk(node) if isinstance(inner, ir.Var)}
