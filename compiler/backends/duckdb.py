"""Rules to SQL for DuckDB, one query a rule: the readable form, and the oracle for anything faster.

The query is built by *loop lifting*. A loop is a relation with a row for each time an expression is evaluated: the
subjects of the rule at first. An expression becomes a SQL expression over the columns of its loop, NULL where the IR
is undetermined, so AND and OR are Kleene's by themselves. What a single row cannot answer becomes another relation:

- a record found by its key is a left join that adds its columns to the loop;
- a list is a loop of its own, with a row a member, the columns of the loop it comes from, and a condition ``sure``
  that says whether the member surely belongs to it (beside it, whether there may be unknown others);
- a quantifier, count, sum or pick is that inner loop grouped by the rows of the outer one, joined back as a column.

No subquery is correlated, every join is an equality, and the work grows with the number of rows. Definitions are put
in where they are used. The query reads one table a resource, with the columns ``body`` (JSON) and ``n`` (the order of
reading), and gives key and outcome of each subject; values of the run are parameters such as ``$schoolYear``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

from sqlglot import exp

from compiler.backends.artifacts import one_line
from compiler.backends.sql_tree import (
    FALSE,
    NULL,
    TRUE,
    Sql,
    aggregate,
    all_of,
    and_,
    array,
    binary,
    case,
    cast,
    column,
    eq,
    fn,
    from_query,
    from_table,
    is_null,
    is_true,
    left_join,
    name_of,
    named,
    not_,
    not_false,
    not_null,
    number,
    or_,
    parameter,
    select,
    text,
)
from compiler.schema.edfi import Resource
from compiler.schema.patterns import as_regex
from compiler.schema.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    MOMENT,
    PERIOD,
    TEXT,
    WHOLE,
    Code,
    Item,
    ListOf,
    Record,
    Row,
    Type,
)
from compiler.semantics import ir
from compiler.semantics.calendar import FEBRUARY_28
from compiler.semantics.program import Program
from compiler.semantics.usage import reachable
from compiler.semantics.world import key_type

_TYPES: dict[Type, str] = {
    TEXT: "VARCHAR", MOMENT: "VARCHAR", WHOLE: "BIGINT", DECIMAL: "DECIMAL(38, 12)", DATE: "DATE", BOOLEAN: "BOOLEAN",
}  # fmt: skip
_READERS: dict[Type, str] = {
    TEXT: "text_at", MOMENT: "text_at", WHOLE: "whole_at", DECIMAL: "decimal_at", DATE: "date_at", BOOLEAN: "flag_at",
}  # fmt: skip
_READERS_OF_KINDS: dict[type[Type], str] = {Code: "code_at", Item: "object_at", ListOf: "items_at"}
_COMPARISONS: dict[str, type[exp.Binary]] = {"eq": exp.EQ, "lt": exp.LT, "le": exp.LTE, "gt": exp.GT, "ge": exp.GTE}
_MACRO = re.compile(r"^CREATE OR REPLACE MACRO (\w+)\(.*?;$", re.DOTALL | re.MULTILINE)
_BLANKS = " \t\r\n"

Path = tuple[str, ...]


def prelude() -> str:
    """The macros that the queries use; to be run once per connection."""
    return files("compiler.backends").joinpath("duckdb_prelude.sql").read_text(encoding="utf-8")


def macros_in(query: str) -> str:
    """The part of the prelude that a query needs, to be read or run with it."""
    macros = {match[1]: match[0] for match in _MACRO.finditer(prelude())}
    needed, texts = set[str](), [query]
    while texts:
        called = {name.lower() for name in re.findall(r"(\w+)\(", texts.pop())}
        added = called & macros.keys() - needed
        needed |= added
        texts += [macros[name] for name in added]
    return "".join(f"{body}\n" for name, body in macros.items() if name in needed)


def rule_sql(program: Program, rule: ir.Rule) -> str:
    """The query of a rule, with its id and title in a comment."""
    query = _RuleQuery(program, rule).query()
    return f"-- {one_line(rule.key)}: {one_line(rule.title)}\n{query.sql(dialect='duckdb', pretty=True)}\n"


@dataclass(slots=True, eq=False)
class Loop:
    """A relation in which expressions are evaluated: its latest form, its identifying columns, all columns.

    ``joined`` remembers what was joined already, so that ``m.student`` is found once.
    """

    name: str
    relation: str
    ids: tuple[str, ...]
    columns: list[str]
    joined: dict[tuple[str, ...], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordSql:
    """A record by its key. ``label`` names the columns that hold its properties, once they are in the loop."""

    resource: str
    keys: tuple[Sql, ...]
    label: str
    bound: bool = False


@dataclass(frozen=True, slots=True)
class ItemSql:
    """An object inside a record, as JSON; ``place`` decides between equals in an order."""

    json: Sql
    place: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class RowSql:
    """A row of a table by its key."""

    table: str
    keys: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class PeriodSql:
    """A period: whether it is known, its start, and its end (NULL is open)."""

    known: Sql
    start: Sql
    end: Sql


@dataclass(frozen=True, slots=True)
class ListSql:
    """A list: its loop, the member in a row of it, whether the member is sure; ``unknown`` holds in the outer loop."""

    loop: Loop
    member: Value
    sure: Sql
    unknown: Sql


Value = Any  # Sql for scalars, else one of the classes above
Env = Mapping[str, Value]


@dataclass
class _RuleQuery:
    program: Program
    rule: ir.Rule
    relations: dict[str, exp.Query] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    sources: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)

    # -- the whole query

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
        outer = select(*keys, named(outcome, "outcome")).from_(from_table(loop.relation, "l"))
        outer = outer.order_by(*(exp.column(name_of(key)) for key in keys))
        return self.with_relations(outer)

    def joined_key(self, variable: str, member: Value) -> list[Sql]:
        """What tells the members of a joined list apart: the position of an item, the key of a record."""
        if isinstance(member, ItemSql):
            return [named(member.place[-1], variable)]
        paths = self.resource(member.resource).key
        return [named(key, ".".join((variable, *path))) for key, path in zip(member.keys, paths, strict=True)]

    def keep_unknown(self, outer: Loop, items: ListSql) -> None:
        """Give a joined list that is not known one row, of which nothing is known."""
        star = exp.column(exp.Star(), table=exp.to_identifier("l", quoted=True))
        ids = [named(number(-1), identity) for identity in items.loop.ids[len(outer.ids) :]]
        unknown = select(star, *ids).from_(from_table(outer.relation, "l")).where(items.unknown)
        members = select(exp.Star()).from_(from_table(items.loop.relation, "l"))
        both = exp.Union(this=members, expression=unknown, distinct=False, by_name=True)
        items.loop.relation = self.relation(items.loop.name, both)
        items.loop.joined = {key: label for key, label in items.loop.joined.items() if outer.joined.get(key) == label}

    def with_relations(self, query: exp.Select) -> exp.Query:
        made: dict[str, exp.Query] = {name: self.table_query(name) for name in self.tables}
        made.update({name: self.clean_query(name) for name in sorted(self.sources)})
        for name, relation in {**made, **self.relations}.items():
            query = query.with_(exp.to_identifier(name, quoted=True), as_=relation, copy=False)
        return query

    def subjects(self, rule: ir.Rule) -> tuple[Loop, RecordSql]:
        self.sources[rule.resource] = None
        columns, record = self.record_columns(rule.resource, rule.variable, "r")
        query = select(named(column("r", "n"), "#1"), *columns).from_(from_table(rule.resource, "r"))
        loop = Loop(rule.variable, self.relation(rule.variable, query), ("#1",), ["#1", *map(_alias, columns)])
        return loop, record

    # -- relations

    def relation(self, name: str, query: exp.Query) -> str:
        """Add a relation under a name that is still free."""
        free, n = name, 1
        while free in self.relations or free in self.sources or free in self.tables:
            n += 1
            free = f"{name} {n}"
        self.relations[free] = query
        return free

    def label(self, name: str) -> str:
        """A name for columns that is still free."""
        free, n = name, 1
        while free in self.taken:
            n += 1
            free = f"{name} {n}"
        self.taken.add(free)
        return free

    def extend(self, loop: Loop, added: list[Sql], join: exp.Join | None = None) -> None:
        """Add columns to a loop, from a join or computed."""
        query = select(exp.column(exp.Star(), table=exp.to_identifier("l", quoted=True)), *added)
        query = query.from_(from_table(loop.relation, "l"))
        if join is not None:
            query.append("joins", join)
        loop.relation = self.relation(loop.name, query)
        loop.columns = [*loop.columns, *map(_alias, added)]

    def keep(self, loop: Loop, condition: Sql) -> None:
        """Leave out the rows for which a condition is false."""
        query = select(exp.Star()).from_(from_table(loop.relation, "l")).where(not_false(condition))
        loop.relation = self.relation(loop.name, query)

    def inner(self, loop: Loop, name: str, added: list[Sql], source: Callable[[exp.Select], exp.Select]) -> Loop:
        """A loop within another: its columns, one more identifying column, and those of the members."""
        identity = f"#{len(loop.ids) + 1}"
        star = exp.column(exp.Star(), table=exp.to_identifier("l", quoted=True))
        query = source(
            select(star, *(named(a, identity) if _alias(a) == "#" else a for a in added)).from_(
                from_table(loop.relation, "l")
            )
        )
        columns = [identity if _alias(a) == "#" else _alias(a) for a in added]
        return Loop(
            name, self.relation(name, query), (*loop.ids, identity), [*loop.columns, *columns], dict(loop.joined)
        )

    def grouped(self, inner: Loop, outer: Loop, name: str, values: list[Sql], condition: Sql | None = None) -> str:
        """The rows of an inner loop grouped by those of the outer one."""
        ids = [exp.column(i, quoted=True) for i in outer.ids]
        query = select(*ids, *values).from_(from_table(inner.relation, "l")).group_by(*ids)
        if condition is not None:
            query = query.where(condition)
        return self.relation(name, query)

    def join_back(self, loop: Loop, relation: str, added: list[Sql]) -> None:
        same = and_(*(eq(column("g", i), column("l", i)) for i in loop.ids))
        self.extend(loop, added, left_join(relation, "g", same))

    # -- resources and tables

    def resource(self, name: str) -> Resource:
        resource = self.program.schemas.resource(name)
        assert resource is not None
        return resource

    def clean_query(self, name: str) -> exp.Select:
        """The records of a resource with typed keys and columns; of those with one key the first."""
        resource = self.resource(name)
        body = column("raw", "body")
        keys = [
            named(self.read_json(body, path, key_type(resource, path)), f"key{i}")
            for i, path in enumerate(resource.key)
        ]
        columns = [named(self.read_json(body, path, kind), label) for label, path, kind in self.columns(name)]
        typed = select(column("raw", "n"), *keys, *columns).from_(from_table(resource.plural, "raw"))
        key_columns = [column("typed", f"key{i}") for i in range(len(keys))]
        first = exp.Window(
            this=fn("row_number"), partition_by=[key.copy() for key in key_columns],
            order=exp.Order(expressions=[column("typed", "n")]),
        )  # fmt: skip
        query = select(exp.Star()).from_(from_query(typed, "typed")).where(all_of(map(not_null, key_columns)))
        query.set("qualify", exp.Qualify(this=eq(first, number(1))))
        return query

    def columns(self, name: str) -> list[tuple[str, Path, Type]]:
        """The properties of a resource that the rule reads, as columns: name, path and type (lists are of JSON)."""
        found: dict[str, tuple[Path, Type]] = {}
        for node in reachable(ir.expressions(self.rule), self.program.definitions):
            if isinstance(node, ir.Read) and node.base.type == Record(name):
                kind = TEXT if node.uri and isinstance(node.type, Code) else node.type
                found[_column_name(node.path, node.uri)] = (node.path, kind)
            if isinstance(node, ir.Items) and node.base.type == Record(name):
                found[_column_name(node.path, False)] = (node.path, node.type)
            if isinstance(node, ir.Referring) and node.resource == name:
                assert isinstance(node.base.type, Record)
                base = self.resource(node.base.type.resource)
                for path, own in zip(node.paths, base.key, strict=True):
                    found[_column_name(path, True)] = (path, key_type(base, own))
            if isinstance(node, ir.Pick | ir.Neighbour) and node.items.type == ListOf(Record(name)):
                found.update({_column_name(key.path, False): (key.path, key.type) for key in node.order})
        return [(label, *found[label]) for label in sorted(found)]

    def record_columns(self, resource: str, label: str, table: str) -> tuple[list[Sql], RecordSql]:
        """The columns by which a record of a relation is bound to a label, and the record."""
        label = self.label(label)
        keys = range(len(self.resource(resource).key))
        columns = [named(column(table, f"key{i}"), f"{label}.key{i}") for i in keys]
        columns += [named(column(table, name), f"{label}.{name}") for name, _, _ in self.columns(resource)]
        columns.append(named(column(table, "n"), f"{label}.n"))
        found = tuple(exp.column(f"{label}.key{i}", quoted=True) for i in keys)
        return columns, RecordSql(resource, found, label, True)

    def table_query(self, name: str) -> exp.Query:
        """A table of the specs as rows of constants."""
        table = self.program.tables[name]
        kinds = {**dict(table.key), **table.columns}
        rows = [[constant(cells.get(part), kind) for part, kind in kinds.items()] for _, cells in table.rows]
        values = exp.Values(expressions=[exp.Tuple(expressions=row) for row in rows])
        names = [exp.to_identifier(part, quoted=True) for part in kinds]
        values.set("alias", exp.TableAlias(this=exp.to_identifier("cells", quoted=True), columns=names))
        query = select(exp.Star()).from_(values)
        if table.valid:
            first, last = (column("cells", part) for part in table.valid)
            year = parameter("schoolYear")
            query = query.where(and_(not_false(binary(exp.LTE, first, year)), not_false(binary(exp.GTE, last, year))))
        return query

    def read_json(self, body: Sql, path: Path, kind: Type) -> Sql:
        """A property of a JSON object as a value of a type; NULL when it is missing, blank or of another type."""
        where = text("$" + "".join(f'."{name}"' for name in path))
        return fn(_READERS.get(kind) or _READERS_OF_KINDS[type(kind)], body, where)

    # -- scalars

    def sql(self, node: ir.Expr, loop: Loop, env: Env) -> Sql:
        """A scalar as a SQL expression over the columns of a loop."""
        value = self.value(node, loop, env)
        assert isinstance(value, exp.Expr), node
        return value

    def value(self, node: ir.Expr, loop: Loop, env: Env) -> Value:
        method: Callable[[Any, Loop, Env], Value] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node, loop, env)

    def computed(self, loop: Loop, name: str, value: Sql) -> Sql:
        """A value as a column of the loop, so that it is computed once."""
        label = self.label(name)
        self.extend(loop, [named(value, label)])
        return exp.column(label, quoted=True)

    def plain(self, value: Sql, loop: Loop) -> Sql:
        """A value that may be written several times: a column, or a constant or parameter."""
        core = value.this if isinstance(value, exp.Cast) else value
        return (
            value
            if isinstance(core, exp.Column | exp.Literal | exp.Placeholder)
            else self.computed(loop, "value", value)
        )

    def _const(self, node: ir.Const, _loop: Loop, _env: Env) -> Value:
        return constant(node.value, node.type)

    def _nothing(self, _node: ir.Nothing, _loop: Loop, _env: Env) -> Value:
        return NULL.copy()

    def _var(self, node: ir.Var, _loop: Loop, env: Env) -> Value:
        return env[node.name]

    def _parameter(self, node: ir.Parameter, _loop: Loop, _env: Env) -> Value:
        return cast(parameter(node.name), _TYPES.get(node.type, "VARCHAR"))

    def _schoolyear(self, _node: ir.SchoolYear, _loop: Loop, _env: Env) -> Value:
        return cast(parameter("schoolYear"), "BIGINT")

    def _yearday(self, node: ir.YearDay, _loop: Loop, _env: Env) -> Value:
        year = cast(parameter("schoolYear"), "BIGINT")
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
                found = self.read_json(json, node.path, kind)
                return ItemSql(found, place) if isinstance(kind, Item) else found
            case RowSql():
                return exp.column(f"{self.joined_row(base, loop)}.{node.path[0]}", quoted=True)
            case RecordSql():
                return self.property(base, node, loop)
            case _:
                return NULL.copy()

    def property(self, base: RecordSql, node: ir.Read, loop: Loop) -> Value:
        """A property of a record: a part of its key, or a column that is joined to the loop."""
        paths = self.resource(base.resource).key
        if node.path in paths:
            key = base.keys[paths.index(node.path)]
            return fn("code_of", key) if isinstance(node.type, Code) and not node.uri else key
        found = exp.column(f"{self.joined_record(base, loop)}.{_column_name(node.path, node.uri)}", quoted=True)
        return ItemSql(found, (*base.keys, number(0))) if isinstance(node.type, Item) else found

    def joined_record(self, base: RecordSql, loop: Loop) -> str:
        """The label under which the columns of a record stand in the loop; joins them when they do not yet."""
        if base.bound:
            return base.label
        known = (base.resource, *(key.sql(dialect="duckdb") for key in base.keys))
        if known not in loop.joined:
            self.sources[base.resource] = None
            label = self.label(base.label)
            columns = [named(column("r", name), f"{label}.{name}") for name, _, _ in self.columns(base.resource)]
            same = and_(*(eq(column("r", f"key{i}"), key) for i, key in enumerate(base.keys)))
            self.extend(loop, [*columns, named(column("r", "n"), f"{label}.n")], left_join(base.resource, "r", same))
            loop.joined[known] = label
        return loop.joined[known]

    def joined_row(self, base: RowSql, loop: Loop) -> str:
        """The label under which the cells of a table's row stand in the loop."""
        known = (f"table {base.table}", *(key.sql(dialect="duckdb") for key in base.keys))
        if known not in loop.joined:
            self.tables[base.table] = None
            table, label = self.program.tables[base.table], self.label(base.table)
            names = [part for part, _ in table.key] + list(table.columns)
            same = and_(*(eq(column("r", part), key) for (part, _), key in zip(table.key, base.keys, strict=True)))
            self.extend(
                loop, [named(column("r", part), f"{label}.{part}") for part in names], left_join(base.table, "r", same)
            )
            loop.joined[known] = label
        return loop.joined[known]

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
        condition = self.sql(node.condition, loop, env)
        if isinstance(node.type, ListOf):
            return self.list_choice(condition, node, loop, env)
        condition = self.plain(condition, loop)
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

    # -- conditions

    def given(self, value: Value, loop: Loop) -> Sql:
        match value:
            case RecordSql(bound=True):
                return not_null(exp.column(f"{value.label}.n", quoted=True))
            case RecordSql():
                return not_null(exp.column(f"{self.joined_record(value, loop)}.n", quoted=True))
            case ItemSql(json=json):
                return not_null(json)
            case RowSql(table=table):
                key = self.program.tables[table].key[0][0]
                return not_null(exp.column(f"{self.joined_row(value, loop)}.{key}", quoted=True))
            case PeriodSql(known=known):
                return known
            case _:
                return not_null(value)

    def _given(self, node: ir.Given, loop: Loop, env: Env) -> Value:
        return self.given(self.value(node.operand, loop, env), loop)

    def _not(self, node: ir.Not, loop: Loop, env: Env) -> Value:
        return not_(self.sql(node.operand, loop, env))

    def _and(self, node: ir.And, loop: Loop, env: Env) -> Value:
        return and_(*[self.sql(operand, loop, env) for operand in node.operands])

    def _or(self, node: ir.Or, loop: Loop, env: Env) -> Value:
        return or_(*[self.sql(operand, loop, env) for operand in node.operands])

    def _compare(self, node: ir.Compare, loop: Loop, env: Env) -> Value:
        left, right = self.value(node.left, loop, env), self.value(node.right, loop, env)
        if isinstance(left, RecordSql) and isinstance(right, RecordSql):
            same = [eq(a, b) for a, b in zip(left.keys, right.keys, strict=True)]
            return (
                same[0] if len(same) == 1 else case([(all_of(map(not_null, (*left.keys, *right.keys))), and_(*same))])
            )
        if isinstance(left, RecordSql) or isinstance(right, RecordSql):
            return NULL.copy()
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

    # -- lists

    def listed(self, node: ir.Expr, loop: Loop, env: Env) -> ListSql:
        value = self.value(node, loop, env)
        assert isinstance(value, ListSql), node
        return value

    def _referring(self, node: ir.Referring, loop: Loop, env: Env) -> Value:
        base = self.value(node.base, loop, env)
        self.sources[node.resource] = None
        columns, record = self.record_columns(node.resource, node.resource, "r")
        same = and_(
            *(eq(column("r", _column_name(path, True)), key) for path, key in zip(node.paths, base.keys, strict=True))
        )
        added = [named(column("r", "n"), "#"), *columns]
        members = self.inner(loop, node.resource, added, lambda q: q.join(from_table(node.resource, "r"), on=same))
        return ListSql(members, record, TRUE.copy(), or_(*(is_null(key) for key in base.keys)))

    def _items(self, node: ir.Items, loop: Loop, env: Env) -> Value:
        assert isinstance(node.type, ListOf)
        base, item = self.value(node.base, loop, env), node.type.item
        entries, owner, unknown = self.entries(base, node, loop)
        label = self.label(f"item of {node.label}")
        subscripts = fn("generate_subscripts", entries, number(1))
        unnested = select(named(fn("unnest", entries), "item"), named(subscripts, "at"))
        inner = exp.Lateral(
            this=exp.Subquery(this=unnested), alias=exp.TableAlias(this=exp.to_identifier("u", quoted=True))
        )
        entry, position = exp.column(label, quoted=True), f"{label} at"
        place = binary(exp.Sub, column("u", "at"), number(1))
        added = [named(column("u", "at"), "#"), named(column("u", "item"), label), named(place, position)]
        members = self.inner(loop, node.label, added, lambda q: q.join(inner, join_type="cross"))
        if isinstance(base, RowSql):
            return ListSql(members, entry, TRUE.copy(), unknown)
        if isinstance(item, Item):
            self.keep(members, is_true(eq(fn("json_type", entry), text("OBJECT"))))
            return ListSql(members, ItemSql(entry, (*owner, exp.column(position, quoted=True))), TRUE.copy(), unknown)
        reader = _READERS.get(item) or _READERS_OF_KINDS[type(item)]
        return ListSql(members, fn(reader, entry, text("$")), TRUE.copy(), unknown)

    def entries(self, base: Value, node: ir.Items, loop: Loop) -> tuple[Sql, tuple[Sql, ...], Sql]:
        """The entries of a list property, the key of their record, and whether the list is unknown."""
        if isinstance(base, RowSql):
            cell = exp.column(f"{self.joined_row(base, loop)}.{node.path[0]}", quoted=True)
            return cell, (), not_(self.given(base, loop))
        if isinstance(base, ItemSql):
            return self.read_json(base.json, node.path, node.type), base.place, is_null(base.json)
        assert isinstance(base, RecordSql)
        label = self.joined_record(base, loop)
        entries = exp.column(f"{label}.{_column_name(node.path, False)}", quoted=True)
        return entries, base.keys, not_(self.given(base, loop))

    def _filter(self, node: ir.Filter, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        test = self.sql(node.condition, items.loop, {**env, node.variable: items.member})
        found = self.computed(items.loop, "where", test)
        self.keep(items.loop, found)
        return replace(items, sure=and_(items.sure, is_true(found)))

    def _each(self, node: ir.Each, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        body = self.value(node.body, items.loop, {**env, node.variable: items.member})
        if not isinstance(body, ListSql):
            return replace(items, member=body)
        unknown = items.unknown
        if body.unknown != FALSE:
            some = self.grouped(items.loop, loop, "unknown", [named(fn("bool_or", is_true(body.unknown)), "some")])
            label = self.label("unknown")
            self.join_back(loop, some, [named(is_true(column("g", "some")), label)])
            unknown = or_(unknown, exp.column(label, quoted=True))
        return ListSql(body.loop, body.member, and_(items.sure, body.sure), unknown)

    def list_choice(self, condition: Sql, node: ir.If, loop: Loop, env: Env) -> ListSql:
        """One of two lists of one kind: the members of both, each kept where its branch is taken."""
        condition = self.computed(loop, "if", condition)
        shared, joined = list(loop.columns), dict(loop.joined)
        branches = [
            (self.listed(node.consequence, loop, env), condition),
            (self.listed(node.alternative, loop, env), not_(condition)),
        ]
        label, depth = self.label("either"), max(len(items.loop.ids) for items, _ in branches)
        queries, member = [], None
        for items, taken in branches:
            parts = _parts_of(items.member)
            ids: list[Sql] = [exp.column(i, quoted=True) for i in items.loop.ids[len(loop.ids) :]]
            ids += [number(0)] * (depth - len(items.loop.ids))
            names = [f"#{len(loop.ids) + 1 + i}" for i in range(len(ids))]
            columns: list[Sql] = [exp.column(name, quoted=True) for name in shared]
            columns += [named(value, name) for value, name in zip(ids, names, strict=True)]
            columns += [named(value, f"{label}.{i}") for i, value in enumerate(parts)]
            columns.append(named(items.sure, f"{label}.sure"))
            queries.append(select(*columns).from_(from_table(items.loop.relation, "l")).where(taken))
            made = [exp.column(f"{label}.{i}", quoted=True) for i in range(len(parts))]
            member = _rebuilt(items.member, made)
        both = exp.union(queries[0], queries[1], distinct=False)
        columns_of = [*shared, *(f"{label}.{i}" for i in range(len(_parts_of(member)))), f"{label}.sure"]
        ids_of = (*loop.ids, *(f"#{len(loop.ids) + 1 + i}" for i in range(depth - len(loop.ids))))
        chosen = Loop("either", self.relation("either", both), ids_of, [*columns_of, *ids_of[len(loop.ids) :]], joined)
        yes, no = (items for items, _ in branches)
        unknown = or_(is_null(condition), and_(condition, yes.unknown), and_(not_(condition), no.unknown))
        return ListSql(chosen, member, exp.column(f"{label}.sure", quoted=True), is_true(unknown))

    # -- quantifiers and aggregates

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
        return not_(self.at_least(1, self.listed(node.operand, loop, env), TRUE.copy(), loop))

    def no_conflict(self, loop: Loop, env: Env) -> Sql:
        assert self.rule.conflicts is not None
        return not_(self.at_least(1, self.listed(self.rule.conflicts, loop, env), TRUE.copy(), loop))

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
        distinct = fn("count", exp.Distinct(expressions=[value.copy()]))
        return self.aggregated(items, loop, unsure, distinct, number(0))

    def _total(self, node: ir.Total, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        kind = _TYPES[node.type]
        if node.type is WHOLE:
            found = self.aggregated(items, loop, unsure, fn("sum", value), cast(number(0), kind))
            return _tried(cast(found, kind), found)
        parts = self.aggregated(items, loop, unsure, fn("sum_of_parts", fn("parts_of", value)), number(0))
        return _tried(fn("decimal_of", parts), parts)

    def _extreme(self, node: ir.Extreme, loop: Loop, env: Env) -> Value:
        items, value, unsure = self.bodies(node, loop, env)
        return self.aggregated(items, loop, unsure, fn("max" if node.highest else "min", value))

    # -- picks

    def _only(self, node: ir.Only, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        parts = [named(fn("any_value", part), f"part{i}") for i, part in enumerate(_parts_of(items.member))]
        facts = [named(aggregate("count"), "members"), named(fn("bool_and", items.sure), "sure")]
        relation = self.grouped(items.loop, loop, "only", [*facts, *parts])
        alone = and_(eq(column("g", "members"), number(1)), column("g", "sure"), not_(items.unknown))
        return self.picked(items, loop, relation, alone)

    def _pick(self, node: ir.Pick, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        ranks = self.ranks(node.order, node.type, items.member, items.loop)
        return self.ordered(items, ranks, None, node.last, loop)

    def _neighbour(self, node: ir.Neighbour, loop: Loop, env: Env) -> Value:
        pivot = self.ranks(node.order, node.type, self.value(node.of, loop, env), loop)
        items = self.listed(node.items, loop, env)
        ranks = self.ranks(node.order, node.type, items.member, items.loop)
        return self.ordered(items, ranks, pivot, node.previous, loop)

    def ranks(self, order: tuple[ir.Order, ...], kind: Type, member: Value, loop: Loop) -> list[Sql]:
        reads = [ir.Read(ir.Var("it", type=kind), key.path, key.label, type=key.type) for key in order]
        return [self._read(read, loop, {"it": member}) for read in reads]

    def ordered(self, items: ListSql, ranks: list[Sql], pivot: list[Sql] | None, last: bool, loop: Loop) -> Value:
        """The last or first member in an order, before or after a pivot; ties go to the lowest key."""
        partition = [exp.column(i, quoted=True) for i in loop.ids]
        unsure = or_(not_(items.sure), *(is_null(rank) for rank in ranks), *(is_null(p) for p in pivot or ()))
        doubtful = exp.Window(this=fn("bool_or", unsure), partition_by=[p.copy() for p in partition])
        parts = [named(part, f"part{i}") for i, part in enumerate(_parts_of(items.member))]
        order = [named(rank, f"rank{i}") for i, rank in enumerate(ranks)]
        place = items.member.keys if isinstance(items.member, RecordSql) else items.member.place
        places = [named(part, f"place{i}") for i, part in enumerate(place)]
        candidate: Sql = TRUE.copy()
        if pivot is not None:
            candidate = binary(exp.LT if last else exp.GT, fn("row", *ranks), fn("row", *pivot))
        listed = select(*partition, named(doubtful, "doubtful"), named(candidate, "candidate"), *parts, *order, *places)
        members = self.relation("ordered", listed.from_(from_table(items.loop.relation, "l")))
        window_order = [exp.Ordered(this=column("o", _alias(rank)), desc=last) for rank in order]
        window_order += [exp.Ordered(this=column("o", _alias(part))) for part in places]
        first = exp.Window(
            this=fn("row_number"), partition_by=[column("o", i) for i in loop.ids],
            order=exp.Order(expressions=window_order),
        )  # fmt: skip
        best = select(exp.Star()).from_(from_table(members, "o")).where(column("o", "candidate"))
        best.set("qualify", exp.Qualify(this=eq(first, number(1))))
        relation = self.relation("picked", best)
        return self.picked(items, loop, relation, and_(not_(column("g", "doubtful")), not_(items.unknown)))

    def picked(self, items: ListSql, loop: Loop, relation: str, settled: Sql) -> Value:
        """The member of a grouped relation as a value of the outer loop, where it is settled."""
        label, parts = self.label("picked"), _parts_of(items.member)
        columns = [named(case([(settled, column("g", f"part{i}"))]), f"{label}.{i}") for i in range(len(parts))]
        self.join_back(loop, relation, columns)
        return _rebuilt(items.member, [exp.column(f"{label}.{i}", quoted=True) for i in range(len(parts))])

    # -- numbers and dates

    def _arithmetic(self, node: ir.Arithmetic, loop: Loop, env: Env) -> Value:
        left, right = (self.plain(self.sql(side, loop, env), loop) for side in (node.left, node.right))
        if node.type is WHOLE:
            kinds = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
            return _tried(binary(kinds[node.operator], left, right), left, right)
        a, b = fn("parts_of", left), fn("parts_of", right)
        parts = {
            "+": lambda: binary(exp.Add, a, b),
            "-": lambda: binary(exp.Sub, a, b),
            "*": lambda: fn("product_parts", a, b),
            "/": lambda: fn("quotient_parts", a, fn("nullif", b, number(0))),
        }[node.operator]()
        return _tried(fn("decimal_of", parts), left, right)

    def _shift(self, node: ir.Shift, loop: Loop, env: Env) -> Value:
        day = self.plain(self.sql(node.date, loop, env), loop)
        if node.unit in ("day", "week"):
            moved = binary(exp.Add, day, number(node.count * (7 if node.unit == "week" else 1)))
        else:
            beyond = 0 if self.rule.leap_birthday == FEBRUARY_28 else 1
            moved = fn("moved_months", day, number(node.count * (12 if node.unit == "year" else 1)), number(beyond))
        return fn("within_calendar", _tried(moved, day))

    def _elapsed(self, node: ir.Elapsed, loop: Loop, env: Env) -> Value:
        start, end = self.sql(node.start, loop, env), self.sql(node.end, loop, env)
        if node.unit == "day":
            return binary(exp.Sub, end, start)
        if node.unit == "week":
            return cast(fn("floor", binary(exp.Div, binary(exp.Sub, end, start), number(7))), "BIGINT")
        late = fn("day", start)
        if self.rule.leap_birthday == FEBRUARY_28:
            late = fn("least", late, fn("day", fn("last_day", end)))
        return fn("completed_years" if node.unit == "year" else "completed_months", start, end, late)

    def _call(self, node: ir.Call, loop: Loop, env: Env) -> Value:
        arguments = [self.plain(self.sql(argument, loop, env), loop) for argument in node.arguments]
        return _FUNCTIONS[node.function](arguments)


def _tried(value: Sql, *operands: Sql) -> Sql:
    """A value, or NULL where computing it fails.

    TRY alone does not do: DuckDB computes what stands in a query twice once and beforehand, outside of TRY. It leaves
    what stands under CASE alone.
    """
    return case([(all_of(map(not_null, operands)), fn("TRY", value))])


def _round(arguments: list[Sql]) -> Sql:
    value, places = arguments
    step = cast(fn("pow", number(10), binary(exp.Sub, number(12), places)), "HUGEINT")
    rounded = fn("decimal_of", binary(exp.Mul, fn("half_away", fn("parts_of", value), step), step))
    return case([(exp.Between(this=places.copy(), low=number(0), high=number(12)), _tried(rounded, value))])


def _of_days(name: str) -> Callable[[list[Sql]], Sql]:
    return lambda arguments: case([(all_of(map(not_null, arguments)), fn(name, *arguments))])


_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_FUNCTIONS: dict[str, Callable[[list[Sql]], Sql]] = {
    "length": lambda arguments: fn("length", *arguments),
    "lower": lambda arguments: fn("translate", arguments[0], text(_UPPER), text(_LOWER)),
    "trim": lambda arguments: fn("nullif", fn("trim", arguments[0], _blanks()), text("")),
    "round": _round,
    "isWhole": lambda arguments: eq(arguments[0], fn("floor", arguments[0])),
    "earlierOf": _of_days("least"),
    "laterOf": _of_days("greatest"),
}


def _blanks() -> Sql:
    parts = [fn("chr", number(ord(blank))) for blank in _BLANKS]
    return fn("concat", *parts)


def constant(value: Any, kind: Type) -> Sql:
    """A constant of the IR, or a cell of a table, as SQL."""
    if value is None:
        return NULL.copy()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, Decimal):
        return cast(text(f"{value:f}"), "DECIMAL(38, 12)")
    if isinstance(value, int):
        return cast(number(value), "BIGINT")
    if isinstance(value, tuple) and kind is DATE:
        return cast(text("{:04}-{:02}-{:02}".format(*value)), "DATE")
    if isinstance(value, tuple):
        item = kind.item if isinstance(kind, ListOf) else kind
        return array([constant(part, item) for part in value])
    return text(value) if isinstance(value, str) else cast(text(value.isoformat()), "DATE")


def _alias(value: Sql) -> str:
    return str(value.alias_or_name)


def _column_name(path: Path, whole: bool) -> str:
    """The column of a property; descriptors read whole, and parts of references, have one of their own."""
    return ".".join(path) + ("#" if whole else "")


def _parts_of(member: Value) -> list[Sql]:
    """What identifies a value in columns: the key of a record, the JSON and place of an item, a scalar itself."""
    match member:
        case RecordSql(keys=keys) | RowSql(keys=keys):
            return list(keys)
        case ItemSql(json=json, place=place):
            return [json, *place]
        case PeriodSql():
            return [member.known, member.start, member.end]
        case _:
            return [member]


def _rebuilt(member: Value, parts: Sequence[Sql]) -> Value:
    """A value like another, from the parts it was taken to."""
    match member:
        case RecordSql():
            return RecordSql(member.resource, tuple(parts), member.resource)
        case RowSql():
            return RowSql(member.table, tuple(parts))
        case ItemSql():
            return ItemSql(parts[0], tuple(parts[1:]))
        case PeriodSql():
            return PeriodSql(*parts)
        case _:
            return parts[0]


def _key(value: Value, index: int) -> Sql:
    return value.keys[index] if isinstance(value, RecordSql | RowSql) else NULL.copy()


def _attribute(value: Value, name: str, otherwise: Sql = NULL) -> Sql:
    return getattr(value, name) if isinstance(value, ItemSql | PeriodSql) else otherwise.copy()
