"""Scalars: constants, paths, choices and conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from compiler.backends.duckdb.loops import Env, ItemSql, Loop, PeriodSql, RecordSql, RowSql, Value, parts_of
from compiler.backends.duckdb.reading import (
    COLUMN_TYPES,
    Path,
    column_name,
    constant,
    place_of,
    read_json,
    string_reader,
)
from compiler.backends.duckdb.relations import Relations
from compiler.backends.sql_tree import (
    FALSE,
    NULL,
    TRUE,
    Sql,
    all_of,
    and_,
    binary,
    case,
    eq,
    fn,
    is_true,
    not_,
    not_null,
    number,
    or_,
    parameter,
    text,
)
from compiler.schema.patterns import as_regex
from compiler.schema.types import PERIOD, TEXT, Code, Item, Record, Row, Type
from compiler.semantics import ir
from compiler.semantics.usage import reachable

_COMPARISONS: dict[str, type[exp.Binary]] = {"eq": exp.EQ, "lt": exp.LT, "le": exp.LTE, "gt": exp.GT, "ge": exp.GTE}
_WHOLE_LISTS = (
    ir.AtLeast, ir.Has, ir.Empty, ir.Count, ir.CountDifferent, ir.Total, ir.Extreme, ir.MonthlyExtreme, ir.Pick,
    ir.Neighbour, ir.Only,
)  # fmt: skip


class Scalars(Relations):
    """Translates what a single row can answer."""

    def sql(self, node: ir.Expr, loop: Loop, env: Env) -> Sql:
        """A scalar as a SQL expression over the columns of a loop."""
        value = self.value(node, loop, env)
        assert isinstance(value, exp.Expr), node
        return value

    def value(self, node: ir.Expr, loop: Loop, env: Env) -> Value:
        method: Callable[[Any, Loop, Env], Value] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node, self.home_of(node, loop, env) if isinstance(node, _WHOLE_LISTS) else loop, env)

    def home_of(self, node: ir.Expr, loop: Loop, env: Env) -> Loop:
        """The outermost loop that has all variables of an expression."""
        return self.home_of_variables({inner.name for inner in ir.walk(node) if isinstance(inner, ir.Var)}, loop, env)

    def home_of_variables(self, names: set[str], loop: Loop, env: Env) -> Loop:
        """The outermost loop that has all of these variables."""
        return loop.home([part for name in names & env.keys() for part in parts_of(env[name])])

    def _const(self, node: ir.Const, _loop: Loop, _env: Env) -> Value:
        return constant(node.value, node.type)

    def _nothing(self, _node: ir.Nothing, _loop: Loop, _env: Env) -> Value:
        return NULL

    def _var(self, node: ir.Var, _loop: Loop, env: Env) -> Value:
        return env[node.name]

    def _parameter(self, node: ir.Parameter, _loop: Loop, _env: Env) -> Value:
        return self.value_of_run(node.name, COLUMN_TYPES.get(node.type, "VARCHAR"))

    def _schoolyear(self, _node: ir.SchoolYear, _loop: Loop, _env: Env) -> Value:
        return self.value_of_run("schoolYear", "BIGINT")

    def _yearday(self, node: ir.YearDay, _loop: Loop, _env: Env) -> Value:
        year = self.value_of_run("schoolYear", "BIGINT")
        return fn(
            "make_date",
            binary(exp.Sub, year, number(1)) if node.month >= 7 else year,
            number(node.month),
            number(node.day),
        )

    # -- navigation

    def _read(self, node: ir.Read, loop: Loop, env: Env) -> Value:
        base = self.value(node.base, loop, env)
        kind = TEXT if node.uri and isinstance(node.type, Code) else node.type
        match base:
            case ItemSql(json=json, place=place):
                found = self.item_property(json, node.path, kind, loop)
                return ItemSql(found, place) if isinstance(kind, Item) else found
            case RowSql():
                return self.cell(base, node.path[0], loop)
            case RecordSql():
                return self.property(base, node, loop)
            case _:
                return NULL

    def item_property(self, json: Sql, path: Path, kind: Type, loop: Loop) -> Sql:
        """A property of an item, read from its JSON once; a string as it is written first, since that takes longest."""
        name, reader = path[-1], string_reader(kind)
        if reader is None:
            return self.computed(loop, name, read_json(json, path, kind))
        written = self.computed(loop, f"written {name}", fn("string_at", json, place_of(path)))
        return self.computed(loop, name, fn(reader, written))

    def property(self, base: RecordSql, node: ir.Read, loop: Loop) -> Value:
        """A property of a record: a part of its key, or a column that is joined to the loop."""
        paths = self.resource(base.resource).key
        if node.path in paths and not (base.bound and isinstance(node.type, Code) and not node.uri):
            key = base.keys[paths.index(node.path)]
            return fn("code_of", key) if isinstance(node.type, Code) and not node.uri else key
        found = exp.column(f"{self.joined_record(base, loop)}.{column_name(node.path, node.uri)}", quoted=True)
        return ItemSql(found, (*base.keys, number(0))) if isinstance(node.type, Item) else found

    def _find(self, node: ir.Find, loop: Loop, env: Env) -> Value:
        keys = tuple(self.sql(key, loop, env) for key in node.keys)
        if isinstance(node.type, Row):
            return RowSql(node.source, keys)
        return RecordSql(node.source, keys, node.source)

    def _apply(self, node: ir.Apply, loop: Loop, env: Env) -> Value:
        definition = self.program.definitions[node.name]
        arguments = {
            name: self.value(argument, loop, env)
            for (name, _), argument in zip(definition.parameters, node.arguments, strict=True)
        }
        return self.value(definition.body, loop, arguments)

    # -- choices

    def _if(self, node: ir.If, loop: Loop, env: Env) -> Value:
        condition = self.plain(self.sql(node.condition, loop, env), loop)
        branches = [self.value(branch, loop, env) for branch in (node.consequence, node.alternative)]
        return self.chosen([(condition, branches[0]), (not_(condition), branches[1])], node.type, loop)

    def _first(self, node: ir.First, loop: Loop, env: Env) -> Value:
        values = [self.value(operand, loop, env) for operand in node.operands]
        if not isinstance(node.type, Record | Row | Item) and node.type is not PERIOD:
            return fn("coalesce", *values)
        return self.chosen([(self.given(value, loop), value) for value in values], node.type, loop)

    def chosen(self, options: list[tuple[Sql, Value]], kind: Type, loop: Loop) -> Value:
        """The value of the first option whose condition is true; undetermined when none is."""

        def pick(part: Callable[[Value], Sql], otherwise: Sql | None = None) -> Sql:
            return case([(condition, part(value)) for condition, value in options], otherwise)

        def keys(count: int) -> tuple[Sql, ...]:
            made = (pick(lambda v, i=i: _key(v, i)) for i in range(count))  # type: ignore[misc]
            return tuple(self.computed(loop, "chosen", key) for key in made)

        match kind:
            case Record(resource):
                return RecordSql(resource, keys(len(self.resource(resource).key)), resource)
            case Row(table):
                return RowSql(table, keys(len(self.program.tables[table].key)))
            case Item():
                return ItemSql(pick(lambda v: _attribute(v, "json")), ())
        if kind is PERIOD:
            return PeriodSql(
                pick(lambda v: _attribute(v, "known", FALSE), FALSE),
                pick(lambda v: _attribute(v, "start")),
                pick(lambda v: _attribute(v, "end")),
            )
        return pick(lambda v: v)

    # -- rows of tables

    def is_found(self, row: RowSql, loop: Loop) -> Sql:
        """Whether a table has a row with a key."""
        key = self.program.tables[row.table].key[0][0]
        return not_null(exp.column(f"{self.joined_row(row, loop)}.{key}", quoted=True))

    def cell(self, row: RowSql, name: str, loop: Loop) -> Sql:
        """A cell of the row with a key, or of the one that the table has for all other keys."""
        table = self.program.tables[row.table]
        found = exp.column(f"{self.joined_row(row, loop)}.{name}", quoted=True)
        if table.default is None:
            return found
        own = {part: key for (part, _), key in zip(table.key, row.keys, strict=True)}
        other = own[name] if name in own else constant(table.default.get(name), table.columns[name])
        return case([(self.is_found(row, loop), found), (all_of(map(not_null, row.keys)), other)])

    # -- conditions

    def given(self, value: Value, loop: Loop) -> Sql:
        match value:
            case RecordSql(bound=True):
                return TRUE
            case RecordSql():
                return not_null(exp.column(f"{self.joined_record(value, loop)}.n", quoted=True))
            case ItemSql(json=json):
                return not_null(json)
            case RowSql(table=table):
                if self.program.tables[table].default is not None:
                    return all_of(map(not_null, value.keys))
                return self.is_found(value, loop)
            case PeriodSql(known=known):
                return known
            case _:
                return not_null(value)

    def _given(self, node: ir.Given, loop: Loop, env: Env) -> Value:
        return self.given(self.value(node.operand, loop, env), loop)

    def _not(self, node: ir.Not, loop: Loop, env: Env) -> Value:
        return not_(self.sql(node.operand, loop, env))

    def _and(self, node: ir.And, loop: Loop, env: Env) -> Value:
        return and_(*self.operands(node, loop, env, lambda before: before))

    def _or(self, node: ir.Or, loop: Loop, env: Env) -> Value:
        return or_(*self.operands(node, loop, env, not_))

    def operands(self, node: ir.And | ir.Or, loop: Loop, env: Env, goes_on: Callable[[Sql], Sql]) -> list[Sql]:
        """The operands of a connective; one with lists matters only where those without and before it do not decide."""
        found: dict[int, Sql] = {}
        for n, operand in sorted(enumerate(node.operands), key=lambda numbered: self.has_lists(numbered[1])):
            with self.where(*map(goes_on, found.values())):
                found[n] = self.sql(operand, loop, env)
        return [found[n] for n in sorted(found)]

    def has_lists(self, node: ir.Expr) -> bool:
        return any(isinstance(inner, _WHOLE_LISTS) for inner in reachable((node,), self.program.definitions))

    def _compare(self, node: ir.Compare, loop: Loop, env: Env) -> Value:
        left, right = self.value(node.left, loop, env), self.value(node.right, loop, env)
        if isinstance(left, RecordSql) and isinstance(right, RecordSql):
            same = [eq(a, b) for a, b in zip(left.keys, right.keys, strict=True)]
            return (
                same[0] if len(same) == 1 else case([(all_of(map(not_null, (*left.keys, *right.keys))), and_(*same))])
            )
        if isinstance(left, RecordSql) or isinstance(right, RecordSql):
            return NULL
        return binary(_COMPARISONS[node.operator], left, right)

    def _member(self, node: ir.Member, loop: Loop, env: Env) -> Value:
        members = [constant(member, node.operand.type) for member in node.members]
        return exp.In(this=self.sql(node.operand, loop, env), expressions=members)

    def _parametermember(self, node: ir.ParameterMember, loop: Loop, env: Env) -> Value:
        return fn("list_contains", parameter(node.parameter), self.sql(node.operand, loop, env))

    def _match(self, node: ir.Match, loop: Loop, env: Env) -> Value:
        return fn("regexp_full_match", self.sql(node.operand, loop, env), text(as_regex(node.pattern)))

    def _prefix(self, node: ir.Prefix, loop: Loop, env: Env) -> Value:
        return fn("starts_with", self.sql(node.operand, loop, env), self.sql(node.prefix, loop, env))

    def period(self, node: ir.Expr, loop: Loop, env: Env) -> PeriodSql:
        value = self.value(node, loop, env)
        assert isinstance(value, PeriodSql)
        return value

    def _covers(self, node: ir.Covers, loop: Loop, env: Env) -> Value:
        period, day = self.period(node.period, loop, env), self.sql(node.date, loop, env)
        return case([(and_(period.known, not_null(day)), fn("covers", period.start, period.end, day))])

    def _overlap(self, node: ir.Overlap, loop: Loop, env: Env) -> Value:
        left, right = self.period(node.left, loop, env), self.period(node.right, loop, env)
        shared = fn("share_a_day", left.start, left.end, right.start, right.end)
        return case([(and_(left.known, right.known), shared)])

    def _makeperiod(self, node: ir.MakePeriod, loop: Loop, env: Env) -> Value:
        start, end = self.sql(node.start, loop, env), self.sql(node.end, loop, env)
        open_end = is_true(self.sql(node.open_end, loop, env))
        return PeriodSql(and_(not_null(start), or_(not_null(end), open_end)), start, end)


def _key(value: Value, index: int) -> Sql:
    return value.keys[index] if isinstance(value, RecordSql | RowSql) else NULL


def _attribute(value: Value, name: str, otherwise: Sql = NULL) -> Sql:
    return getattr(value, name) if isinstance(value, ItemSql | PeriodSql) else otherwise
