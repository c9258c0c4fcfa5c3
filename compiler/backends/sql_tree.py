"""Small builders for SQL trees. Everything is a tree of sqlglot's, so that names and literals are quoted by it.

Functions are written as :func:`fn`, which sqlglot prints as they are: it quotes and lays out, and never translates.

A node of such a tree has one parent. A builder takes a node in as it is, or a copy of it where it stands elsewhere
already, so that a value may be written several times and is not copied each time it is wrapped.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from sqlglot import exp

Sql = exp.Expr

NULL = exp.null()
TRUE, FALSE = exp.true(), exp.false()
_SHARED = exp.Tuple(expressions=[NULL, TRUE, FALSE])  # gives the constants a parent, so that trees hold copies of them


def owned(node: Sql) -> Sql:
    """A node that may be put below another: itself while it has no parent, else a copy."""
    return node if node.parent is None else node.copy()


def fn(name: str, *arguments: Sql) -> Sql:
    """A function call, printed as it stands."""
    return exp.Anonymous(this=name, expressions=list(map(owned, arguments)))


def column(table: str, name: str) -> Sql:
    return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True))


def label_of(name: str) -> Sql:
    """A column by its name alone."""
    return exp.column(name, quoted=True)


def parameter(name: str) -> Sql:
    """A value given when the query is run."""
    return exp.Placeholder(this=name)


def text(value: str) -> Sql:
    """A text; signs that do not show are written by their numbers, so that SQL is what it looks like."""
    parts: list[Sql] = []
    for run in map("".join, (run for _, run in groupby(value, str.isprintable))):
        parts += [exp.Literal.string(run)] if run.isprintable() else [fn("chr", number(ord(sign))) for sign in run]
    return fn("concat", *parts) if len(parts) > 1 else next(iter(parts), exp.Literal.string(value))


def number(value: int) -> Sql:
    return exp.Literal.number(value) if value >= 0 else exp.paren(exp.Neg(this=exp.Literal.number(-value)))


def cast(value: Sql, kind: str) -> Sql:
    return exp.Cast(this=owned(value), to=exp.DataType.build(kind, dialect="duckdb"))


def and_(*parts: Sql) -> Sql:
    """The parts joined by AND; plain truth is left out, plain falsehood decides."""
    kept = [part for part in parts if part != TRUE]
    if any(part == FALSE for part in kept):
        return FALSE
    return exp.and_(*map(owned, kept), copy=False) if kept else TRUE


def or_(*parts: Sql) -> Sql:
    """The parts joined by OR; plain falsehood is left out, plain truth decides."""
    kept = [part for part in parts if part != FALSE]
    if any(part == TRUE for part in kept):
        return TRUE
    return exp.or_(*map(owned, kept), copy=False) if kept else FALSE


def all_of(parts: Iterable[Sql]) -> Sql:
    return and_(*parts)


def _wrapped(value: Sql) -> Sql:
    """An operand, in parentheses where it is itself an operation."""
    loose = exp.Binary | exp.Connector | exp.Not | exp.Is | exp.In | exp.Neg | exp.Between
    return exp.paren(owned(value), copy=False) if isinstance(value, loose) else owned(value)


def not_(value: Sql) -> Sql:
    if value == TRUE:
        return FALSE
    if isinstance(value, exp.Not):
        return owned(value.this.unnest())
    return TRUE if value == FALSE else exp.Not(this=_wrapped(value))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    return kind(this=_wrapped(left), expression=_wrapped(right))


def eq(left: Sql, right: Sql) -> Sql:
    return binary(exp.EQ, left, right)


def is_null(value: Sql) -> Sql:
    return exp.Is(this=_wrapped(value), expression=NULL)


def not_null(value: Sql) -> Sql:
    return exp.Not(this=is_null(value))


def is_true(value: Sql) -> Sql:
    return owned(value) if _certain(value) else fn("coalesce", value, FALSE)


def not_false(value: Sql) -> Sql:
    return owned(value) if _certain(value) else fn("coalesce", value, TRUE)


def _certain(value: Sql) -> bool:
    """Whether it shows that a condition is never NULL."""
    match value:
        case exp.Boolean() | exp.Is():
            return True
        case exp.Paren() | exp.Not():
            return _certain(value.this)
        case exp.And() | exp.Or():
            return _certain(value.this) and _certain(value.expression)
        case exp.Anonymous(this="coalesce"):
            return isinstance(value.expressions[-1], exp.Boolean)
    return False


def case(branches: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """``CASE WHEN ... THEN ... ELSE ... END``"""
    ifs = [exp.If(this=owned(condition), true=owned(value)) for condition, value in branches]
    return exp.Case(ifs=ifs, default=owned(otherwise) if otherwise is not None else None)


def distinct(values: Iterable[Sql]) -> Iterable[Sql]:
    """Values without those that are written like one before."""
    return {value.sql(dialect="duckdb"): value for value in values}.values()


def named(value: Sql, name: str) -> Sql:
    return exp.alias_(owned(value), name, quoted=True, copy=False)


def select(*items: Sql, source: Sql | None = None, where: Sql | None = None) -> exp.Select:
    """``SELECT ... FROM ... WHERE ...``"""
    query = exp.select(*map(owned, items), copy=False)
    if source is not None:
        query = query.from_(source, copy=False)
    return query.where(owned(where), copy=False) if where is not None else query


def all_columns(table: str) -> Sql:
    return exp.column(exp.Star(), table=exp.to_identifier(table, quoted=True))


def from_query(query: exp.Query, alias: str) -> Sql:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def from_table(name: str, alias: str) -> Sql:
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return table


def left_join(table: str, alias: str, condition: Sql) -> exp.Join:
    return exp.Join(this=from_table(table, alias), side="LEFT", on=owned(condition))


def name_of(value: Sql) -> exp.Identifier:
    """The quoted name of a column or alias."""
    return exp.to_identifier(value.alias_or_name, quoted=True)


def alias_of(value: Sql) -> str:
    """The name of a column or alias."""
    return str(value.alias_or_name)


def array(items: list[Sql]) -> Sql:
    return exp.Array(expressions=list(map(owned, items)))


def aggregate(name: str, value: Sql | None = None, where: Sql = TRUE) -> Sql:
    """An aggregate function, of rows or values, with an optional filter."""
    return filtered(fn(name, value if value is not None else exp.Star()), where)


def filtered(call: Sql, where: Sql) -> Sql:
    """An aggregate of the rows for which a condition is true."""
    return owned(call) if where == TRUE else exp.Filter(this=owned(call), expression=exp.Where(this=owned(where)))
