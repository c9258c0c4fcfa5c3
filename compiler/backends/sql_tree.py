"""Small builders for SQL trees. Everything is a tree of sqlglot's, so that names and literals are quoted by it.

Functions are written as :func:`fn`, which sqlglot prints as they are: it quotes and lays out, and never translates.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

Sql = exp.Expr

NULL = exp.null()
TRUE, FALSE = exp.true(), exp.false()


def fn(name: str, *arguments: Sql) -> Sql:
    """A function call, printed as it stands."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def column(table: str, name: str) -> Sql:
    return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True))


def parameter(name: str) -> Sql:
    """A value given when the query is run."""
    return exp.Placeholder(this=name)


def text(value: str) -> Sql:
    return exp.Literal.string(value)


def number(value: int) -> Sql:
    return exp.Literal.number(value) if value >= 0 else exp.paren(exp.Neg(this=exp.Literal.number(-value)))


def cast(value: Sql, kind: str) -> Sql:
    return exp.Cast(this=value.copy(), to=exp.DataType.build(kind, dialect="duckdb"))


def and_(*parts: Sql) -> Sql:
    """The parts joined by AND; plain truth is left out, plain falsehood decides."""
    kept = [part for part in parts if part != TRUE]
    if any(part == FALSE for part in kept):
        return FALSE.copy()
    return exp.and_(*kept) if kept else TRUE.copy()


def or_(*parts: Sql) -> Sql:
    """The parts joined by OR; plain falsehood is left out, plain truth decides."""
    kept = [part for part in parts if part != FALSE]
    if any(part == TRUE for part in kept):
        return TRUE.copy()
    return exp.or_(*kept) if kept else FALSE.copy()


def all_of(parts: Iterable[Sql]) -> Sql:
    return and_(*parts)


def _wrapped(value: Sql) -> Sql:
    """An operand, in parentheses where it is itself an operation."""
    loose = exp.Binary | exp.Connector | exp.Not | exp.Is | exp.In | exp.Neg | exp.Between
    return exp.paren(value.copy()) if isinstance(value, loose) else value.copy()


def not_(value: Sql) -> Sql:
    if value == TRUE:
        return FALSE.copy()
    return TRUE.copy() if value == FALSE else exp.Not(this=_wrapped(value))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    return kind(this=_wrapped(left), expression=_wrapped(right))


def eq(left: Sql, right: Sql) -> Sql:
    return binary(exp.EQ, left, right)


def is_null(value: Sql) -> Sql:
    return exp.Is(this=_wrapped(value), expression=NULL.copy())


def not_null(value: Sql) -> Sql:
    return exp.Not(this=is_null(value))


def is_true(value: Sql) -> Sql:
    return value.copy() if value in (TRUE, FALSE) else fn("coalesce", value, FALSE)


def not_false(value: Sql) -> Sql:
    return value.copy() if value in (TRUE, FALSE) else fn("coalesce", value, TRUE)


def case(branches: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """``CASE WHEN ... THEN ... ELSE ... END``"""
    ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise.copy() if otherwise is not None else None)


def named(value: Sql, name: str) -> Sql:
    return exp.alias_(value.copy(), name, quoted=True)


def select(*items: Sql) -> exp.Select:
    return exp.select(*(item.copy() for item in items))


def from_query(query: exp.Query, alias: str) -> Sql:
    return exp.Subquery(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def from_table(name: str, alias: str) -> Sql:
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return table


def left_join(table: str, alias: str, condition: Sql) -> exp.Join:
    return exp.Join(this=from_table(table, alias), side="LEFT", on=condition.copy())


def name_of(value: Sql) -> exp.Identifier:
    """The quoted name of a column or alias."""
    return exp.to_identifier(value.alias_or_name, quoted=True)


def array(items: list[Sql]) -> Sql:
    return exp.Array(expressions=[item.copy() for item in items])


def aggregate(name: str, value: Sql | None = None, where: Sql | None = None) -> Sql:
    """An aggregate function, of rows or values, with an optional filter."""
    call: Sql = fn(name, value) if value is not None else fn(name, exp.Star())
    return exp.Filter(this=call, expression=exp.Where(this=where.copy())) if where is not None else call
