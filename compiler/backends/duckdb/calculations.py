"""Numbers, dates, and the functions of the language."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TypeAlias

from sqlglot import exp

from compiler.backends.duckdb.loops import Env, Loop, Value
from compiler.backends.duckdb.reading import COLUMN_TYPES
from compiler.backends.duckdb.scalars import Scalars
from compiler.backends.sql_tree import Sql, all_of, binary, case, cast, eq, fn, not_, not_null, number, owned, text
from compiler.schema.types import DATE, DECIMAL, WHOLE, Type
from compiler.semantics import ir
from compiler.semantics.calendar import FEBRUARY_28

_BLANKS = " \t\r\n"
_Made: TypeAlias = Callable[[list[Sql], Type], Sql]
"""What makes SQL of the arguments of a function, and the type of the first."""


class Calculations(Scalars):
    """Translates arithmetic: sums are SQL's, products and quotients are worked out of numbers of 10^-12 parts."""

    def _arithmetic(self, node: ir.Arithmetic, loop: Loop, env: Env) -> Value:
        left, right = (self.plain(self.sql(side, loop, env), loop) for side in (node.left, node.right))
        if node.type is WHOLE:
            kinds = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
            return tried(binary(kinds[node.operator], left, right), left, right)
        a, b = (as_decimal(value, side.type) for value, side in ((left, node.left), (right, node.right)))
        if node.operator in "+-":
            return tried(binary(exp.Add if node.operator == "+" else exp.Sub, a, b), left, right)
        return self.product(a, b, loop) if node.operator == "*" else self.quotient(a, b, loop)

    def product(self, a: Sql, b: Sql, loop: Loop) -> Sql:
        a, b = (self.computed(loop, "parts", fn("parts_of", value)) for value in (a, b))
        found = self.computed(loop, "parts", tried(fn("product_parts", a, b), a, b))
        return tried(fn("decimal_of", found), found)

    def quotient(self, a: Sql, b: Sql, loop: Loop) -> Sql:
        """The quotient of small numbers, as most are, else that of their parts, which takes some ten times as long."""
        small = [self.computed(loop, "thousandths", fn("thousandths", value)) for value in (a, b)]
        of_small = tried(fn("quotient_of_small", small[0], fn("nullif", small[1], number(0))), *small)
        are_small = all_of(map(not_null, small))
        parts = [self.computed(loop, "parts", case([(not_(are_small), fn("parts_of", value))])) for value in (a, b)]
        found = tried(fn("quotient_parts", parts[0], fn("nullif", parts[1], number(0))), *parts)
        of_parts = self.computed(loop, "parts", found)
        return self.computed(
            loop, "quotient", case([(are_small, of_small)], tried(fn("decimal_of", of_parts), of_parts))
        )

    def _shift(self, node: ir.Shift, loop: Loop, env: Env) -> Value:
        day = self.plain(self.sql(node.date, loop, env), loop)
        if node.unit in ("day", "week"):
            moved = binary(exp.Add, day, number(node.count * (7 if node.unit == "week" else 1)))
        else:
            beyond = 0 if self.rules[0].leap_birthday == FEBRUARY_28 else 1
            moved = fn("moved_months", day, number(node.count * (12 if node.unit == "year" else 1)), number(beyond))
        return fn("within_calendar", tried(moved, day))

    def _elapsed(self, node: ir.Elapsed, loop: Loop, env: Env) -> Value:
        start, end = self.sql(node.start, loop, env), self.sql(node.end, loop, env)
        if node.unit == "day":
            return binary(exp.Sub, end, start)
        if node.unit == "week":
            return cast(fn("floor", binary(exp.Div, binary(exp.Sub, end, start), number(7))), "BIGINT")
        late = fn("day", start)
        if self.rules[0].leap_birthday == FEBRUARY_28:
            late = fn("least", late, fn("day", fn("last_day", end)))
        return fn("completed_years" if node.unit == "year" else "completed_months", start, end, late)

    def _call(self, node: ir.Call, loop: Loop, env: Env) -> Value:
        arguments = [self.plain(self.sql(argument, loop, env), loop) for argument in node.arguments]
        return _FUNCTIONS[node.function](arguments, node.arguments[0].type)


def as_decimal(value: Sql, kind: Type) -> Sql:
    """A number as a decimal."""
    return cast(value, COLUMN_TYPES[DECIMAL]) if kind is WHOLE else value


def tried(value: Sql, *operands: Sql) -> Sql:
    """A value, or NULL where computing it fails.

    TRY alone does not do: DuckDB computes what stands in a query twice once and beforehand, outside of TRY. It leaves
    what stands under CASE alone.
    """
    return case([(all_of(map(not_null, operands)), fn("TRY", value))])


def _round(arguments: list[Sql], _kind: Type) -> Sql:
    value, places = arguments
    step = cast(fn("pow", number(10), binary(exp.Sub, number(12), places)), "HUGEINT")
    rounded = fn("decimal_of", fn("rounded_parts", fn("parts_of", value), step))
    return case([(exp.Between(this=owned(places), low=number(0), high=number(12)), tried(rounded, value))])


def _text(arguments: list[Sql], kind: Type) -> Sql:
    return cast(arguments[0], "VARCHAR") if kind is DATE else fn("number_text", arguments[0])


def _joined(arguments: list[Sql], _kind: Type) -> Sql:
    return reduce(lambda left, right: binary(exp.DPipe, left, right), arguments)


def _rank(arguments: list[Sql], _kind: Type) -> Sql:
    value, *listed = arguments
    places = [(eq(value, text), number(n)) for n, text in enumerate(listed, 1)]
    return case([*places, (not_null(value), number(len(listed) + 1))])


def _lower(arguments: list[Sql], _kind: Type) -> Sql:
    return fn("translate", arguments[0], text(_UPPER), text(_LOWER))


def _trim(arguments: list[Sql], _kind: Type) -> Sql:
    return fn("nullif", fn("trim", arguments[0], _blanks()), text(""))


def _is_whole(arguments: list[Sql], _kind: Type) -> Sql:
    return eq(arguments[0], fn("floor", arguments[0]))


def _macro(name: str) -> _Made:
    """A macro of the prelude, or a function of DuckDB, that takes the arguments as they are."""
    return lambda arguments, _kind: fn(name, *arguments)


def _of_days(name: str) -> _Made:
    return lambda arguments, _kind: case([(all_of(map(not_null, arguments)), fn(name, *arguments))])


_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_FUNCTIONS: dict[str, _Made] = {
    "length": _macro("length"),
    "lower": _lower,
    "trim": _trim,
    "joined": _joined,
    "slice": _macro("part_of"),
    "zeroFilled": _macro("zero_filled"),
    "blankFilled": _macro("blank_filled"),
    "picture": _macro("pictured"),
    "rank": _rank,
    "text": _text,
    "wholeNumber": _macro("whole_in"),
    "number": _macro("number_in"),
    "dateText": _macro("date_text"),
    "round": _round,
    "isWhole": _is_whole,
    "earlierOf": _of_days("least"),
    "laterOf": _of_days("greatest"),
}


def _blanks() -> Sql:
    parts = [fn("chr", number(ord(blank))) for blank in _BLANKS]
    return fn("concat", *parts)
