"""The relations of a query: records by their keys, rows of tables, loops and what is joined to them.

What is the same for all rules, the records of a resource with typed columns and the rows of a table, has names with a
blank in front of which a word stands (``every student``), so that no relation of a rule can have one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from compiler.backends.duckdb.loops import Loop, RecordSql, RowSql
from compiler.backends.duckdb.reading import Path, column_name, constant, read_json
from compiler.backends.sql_tree import (
    Sql,
    alias_of,
    all_columns,
    all_of,
    and_,
    binary,
    column,
    eq,
    fn,
    from_query,
    from_table,
    left_join,
    named,
    not_false,
    not_null,
    number,
    owned,
    parameter,
    select,
)
from compiler.schema.edfi import Resource
from compiler.schema.types import TEXT, Code, ListOf, Record, Type
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.scope import Table
from compiler.semantics.usage import reachable
from compiler.semantics.world import key_type

Columns = list[tuple[str, Path, Type]]


@dataclass
class Relations:
    """The named relations that a query is made of, in the order in which they are to be defined."""

    program: Program
    rule: ir.Rule
    relations: dict[str, exp.Query] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    sources: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    alone: bool = True

    @cached_property
    def nodes(self) -> list[ir.Expr]:
        """All that decides on the subjects of the rule and their outcomes, with the definitions used for it."""
        return list(reachable(ir.deciding(self.rule), self.program.definitions))

    def with_relations(self, query: exp.Select) -> exp.Query:
        shared = self.shared() if self.alone else {}
        for name, relation in {**shared, **self.relations}.items():
            query = query.with_(exp.to_identifier(name, quoted=True), as_=relation, copy=False)
        return query

    def shared(self) -> dict[str, exp.Query]:
        """The relations that are not the rule's own, by their names."""
        made = {rows_of(name): table_query(self.program.tables[name]) for name in self.tables}
        for name in sorted(self.sources):
            made[every(name)] = records_query(self.resource(name), self.columns(name))
        return made

    def relation(self, name: str, query: exp.Query) -> str:
        """Add a relation under a name that is still free."""
        free, n = name, 1
        while free in self.relations:
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
        query = select(all_columns("l"), *added, source=from_table(loop.relation, "l"))
        if join is not None:
            query.append("joins", join)
        loop.relation = self.relation(loop.name, query)
        loop.columns = [*loop.columns, *map(alias_of, added)]

    def keep(self, loop: Loop, condition: Sql) -> None:
        """Leave out the rows for which a condition is false."""
        query = select(exp.Star(), source=from_table(loop.relation, "l"), where=not_false(condition))
        loop.relation = self.relation(loop.name, query)

    def inner(self, loop: Loop, name: str, added: list[Sql], source: exp.Join) -> Loop:
        """A loop within another: its columns, one more identifying column, and those of the members."""
        identity = f"#{len(loop.ids) + 1}"
        members = [named(a, identity) if alias_of(a) == "#" else a for a in added]
        query = select(all_columns("l"), *members, source=from_table(loop.relation, "l")).join(source, copy=False)
        columns = [identity if alias_of(a) == "#" else alias_of(a) for a in added]
        return Loop(
            name, self.relation(name, query), (*loop.ids, identity), [*loop.columns, *columns], dict(loop.joined)
        )

    def grouped(self, inner: Loop, outer: Loop, name: str, values: list[Sql]) -> str:
        """The rows of an inner loop grouped by those of the outer one."""
        ids = [exp.column(i, quoted=True) for i in outer.ids]
        query = select(*ids, *values, source=from_table(inner.relation, "l"))
        return self.relation(name, query.group_by(*map(owned, ids), copy=False))

    def join_back(self, loop: Loop, relation: str, added: list[Sql]) -> None:
        same = and_(*(eq(column("g", i), column("l", i)) for i in loop.ids))
        self.extend(loop, added, left_join(relation, "g", same))

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

    # -- resources and tables

    def resource(self, name: str) -> Resource:
        resource = self.program.schemas.resource(name)
        assert resource is not None
        return resource

    def columns(self, name: str) -> Columns:
        return columns_of(self.nodes, name, self.program)

    def record_columns(self, resource: str, label: str, table: str) -> tuple[list[Sql], RecordSql]:
        """The columns by which a record of a relation is bound to a label, and the record."""
        label = self.label(label)
        keys = range(len(self.resource(resource).key))
        columns = [named(column(table, f"key{i}"), f"{label}.key{i}") for i in keys]
        columns += [named(column(table, name), f"{label}.{name}") for name, _, _ in self.columns(resource)]
        columns.append(named(column(table, "n"), f"{label}.n"))
        found = tuple(exp.column(f"{label}.key{i}", quoted=True) for i in keys)
        return columns, RecordSql(resource, found, label, True)

    def joined_record(self, base: RecordSql, loop: Loop) -> str:
        """The label under which the columns of a record stand in the loop; joins them when they do not yet."""
        if base.bound:
            return base.label
        known: tuple[str | Sql, ...] = (base.resource, *base.keys)
        if known not in loop.joined:
            self.sources[base.resource] = None
            label = self.label(base.label)
            columns = [named(column("r", name), f"{label}.{name}") for name, _, _ in self.columns(base.resource)]
            columns.append(named(column("r", "n"), f"{label}.n"))
            same = and_(*(eq(column("r", f"key{i}"), key) for i, key in enumerate(base.keys)))
            self.extend(loop, columns, left_join(every(base.resource), "r", same))
            loop.joined[known] = label
        return loop.joined[known]

    def joined_row(self, base: RowSql, loop: Loop) -> str:
        """The label under which the cells of a table's row stand in the loop."""
        known: tuple[str | Sql, ...] = (f"table {base.table}", *base.keys)
        if known not in loop.joined:
            self.tables[base.table] = None
            table, label = self.program.tables[base.table], self.label(base.table)
            names = [part for part, _ in table.key] + list(table.columns)
            same = and_(*(eq(column("r", part), key) for (part, _), key in zip(table.key, base.keys, strict=True)))
            columns = [named(column("r", part), f"{label}.{part}") for part in names]
            self.extend(loop, columns, left_join(rows_of(base.table), "r", same))
            loop.joined[known] = label
        return loop.joined[known]


def every(resource: str) -> str:
    """The relation of the records of a resource."""
    return f"every {resource}"


def rows_of(table: str) -> str:
    """The relation of the rows of a table."""
    return f"row of {table}"


def records_query(resource: Resource, columns: Columns) -> exp.Query:
    """The records of a resource with typed keys and columns; of those with one key the first."""
    body = column("raw", "body")
    keys = [named(read_json(body, path, key_type(resource, path)), f"key{i}") for i, path in enumerate(resource.key)]
    read = [named(read_json(body, path, kind), label) for label, path, kind in columns]
    typed = select(column("raw", "n"), *keys, *read, source=from_table(resource.plural, "raw"))
    key_columns = [column("typed", f"key{i}") for i in range(len(keys))]
    first = exp.Window(
        this=fn("row_number"), partition_by=list(map(owned, key_columns)),
        order=exp.Order(expressions=[column("typed", "n")]),
    )  # fmt: skip
    query = select(exp.Star(), source=from_query(typed, "typed"), where=all_of(map(not_null, key_columns)))
    query.set("qualify", exp.Qualify(this=eq(first, number(1))))
    return query


def table_query(table: Table) -> exp.Query:
    """A table of the specs as rows of constants."""
    kinds = {**dict(table.key), **table.columns}
    rows = [[constant(cells.get(part), kind) for part, kind in kinds.items()] for _, cells in table.rows]
    values = exp.Values(expressions=[exp.Tuple(expressions=row) for row in rows])
    names = [exp.to_identifier(part, quoted=True) for part in kinds]
    values.set("alias", exp.TableAlias(this=exp.to_identifier("cells", quoted=True), columns=names))
    valid: Sql | None = None
    if table.valid:
        first, last = (column("cells", part) for part in table.valid)
        year = parameter("schoolYear")
        valid = and_(not_false(binary(exp.LTE, first, year)), not_false(binary(exp.GTE, last, year)))
    return select(exp.Star(), source=values, where=valid)


def columns_of(nodes: Iterable[ir.Expr], name: str, program: Program) -> Columns:
    """The properties of a resource that expressions read, as columns: name, path and type (lists are of JSON)."""
    found: dict[str, tuple[Path, Type]] = {}
    for node in nodes:
        if isinstance(node, ir.Read) and node.base.type == Record(name):
            kind = TEXT if node.uri and isinstance(node.type, Code) else node.type
            found[column_name(node.path, node.uri)] = (node.path, kind)
        if isinstance(node, ir.Items) and node.base.type == Record(name):
            found[column_name(node.path, False)] = (node.path, node.type)
        if isinstance(node, ir.Referring) and node.resource == name:
            assert isinstance(node.base.type, Record)
            base = program.schemas.resource(node.base.type.resource)
            assert base is not None
            for path, own in zip(node.paths, base.key, strict=True):
                found[column_name(path, True)] = (path, key_type(base, own))
        if isinstance(node, ir.Pick | ir.Neighbour) and node.items.type == ListOf(Record(name)):
            found.update({column_name(key.path, False): (key.path, key.type) for key in node.order})
    return [(label, *found[label]) for label in sorted(found)]
