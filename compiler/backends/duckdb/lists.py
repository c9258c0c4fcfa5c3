"""Lists: loops of their members."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from compiler.backends.duckdb.calculations import Calculations
from compiler.backends.duckdb.loops import Env, ItemSql, ListSql, Loop, RecordSql, RowSql, Value, parts_of, rebuilt
from compiler.backends.duckdb.reading import column_name, read_json, reader_of
from compiler.backends.duckdb.relations import every
from compiler.backends.sql_tree import (
    FALSE,
    TRUE,
    Sql,
    and_,
    binary,
    column,
    eq,
    fn,
    from_table,
    is_null,
    is_true,
    named,
    not_,
    number,
    or_,
    owned,
    select,
    text,
)
from compiler.schema.types import Item, ListOf
from compiler.semantics import ir


class Lists(Calculations):
    """Translates lists."""

    def listed(self, node: ir.Expr, loop: Loop, env: Env) -> ListSql:
        value = self.value(node, loop, env)
        assert isinstance(value, ListSql), node
        return value

    def _referring(self, node: ir.Referring, loop: Loop, env: Env) -> Value:
        base = self.value(node.base, loop, env)
        self.sources[node.resource] = None
        columns, record = self.record_columns(node.resource, node.resource, "r")
        same = and_(
            *(eq(column("r", column_name(path, True)), key) for path, key in zip(node.paths, base.keys, strict=True))
        )
        added = [named(column("r", "n"), "#"), *columns]
        source = exp.Join(this=from_table(every(node.resource), "r"), on=owned(same))
        members = self.inner(loop, node.resource, added, source)
        return ListSql(members, record, TRUE, or_(*(is_null(key) for key in base.keys)))

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
        members = self.inner(loop, node.label, added, exp.Join(this=inner, kind="CROSS"))
        if isinstance(base, RowSql):
            return ListSql(members, entry, TRUE, unknown)
        if isinstance(item, Item):
            self.keep(members, is_true(eq(fn("json_type", entry), text("OBJECT"))))
            return ListSql(members, ItemSql(entry, (*owner, exp.column(position, quoted=True))), TRUE, unknown)
        reader = reader_of(item)
        return ListSql(members, fn(reader, entry, text("$")), TRUE, unknown)

    def entries(self, base: Value, node: ir.Items, loop: Loop) -> tuple[Sql, tuple[Sql, ...], Sql]:
        """The entries of a list property, the key of their record, and whether the list is unknown."""
        if isinstance(base, RowSql):
            cell = exp.column(f"{self.joined_row(base, loop)}.{node.path[0]}", quoted=True)
            return cell, (), not_(self.given(base, loop))
        if isinstance(base, ItemSql):
            return read_json(base.json, node.path, node.type), base.place, is_null(base.json)
        assert isinstance(base, RecordSql)
        label = self.joined_record(base, loop)
        entries = exp.column(f"{label}.{column_name(node.path, False)}", quoted=True)
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

    def _if(self, node: ir.If, loop: Loop, env: Env) -> Value:
        return self.list_choice(node, loop, env) if isinstance(node.type, ListOf) else super()._if(node, loop, env)

    def list_choice(self, node: ir.If, loop: Loop, env: Env) -> ListSql:
        """One of two lists of one kind: the members of both, each kept where its branch is taken."""
        condition = self.computed(loop, "if", self.sql(node.condition, loop, env))
        shared, joined = list(loop.columns), dict(loop.joined)
        branches = [
            (self.listed(node.consequence, loop, env), condition),
            (self.listed(node.alternative, loop, env), not_(condition)),
        ]
        label, depth = self.label("either"), max(len(items.loop.ids) for items, _ in branches)
        queries, member = [], None
        for items, taken in branches:
            parts = parts_of(items.member)
            ids: list[Sql] = [exp.column(i, quoted=True) for i in items.loop.ids[len(loop.ids) :]]
            ids += [number(0)] * (depth - len(items.loop.ids))
            names = [f"#{len(loop.ids) + 1 + i}" for i in range(len(ids))]
            columns: list[Sql] = [exp.column(name, quoted=True) for name in shared]
            columns += [named(value, name) for value, name in zip(ids, names, strict=True)]
            columns += [named(value, f"{label}.{i}") for i, value in enumerate(parts)]
            columns.append(named(items.sure, f"{label}.sure"))
            queries.append(select(*columns, source=from_table(items.loop.relation, "l"), where=taken))
            made = [exp.column(f"{label}.{i}", quoted=True) for i in range(len(parts))]
            member = rebuilt(items.member, made)
        both = exp.union(queries[0], queries[1], distinct=False, copy=False)
        columns_of = [*shared, *(f"{label}.{i}" for i in range(len(parts_of(member)))), f"{label}.sure"]
        ids_of = (*loop.ids, *(f"#{len(loop.ids) + 1 + i}" for i in range(depth - len(loop.ids))))
        chosen = Loop("either", self.relation("either", both), ids_of, [*columns_of, *ids_of[len(loop.ids) :]], joined)
        yes, no = (items for items, _ in branches)
        unknown = or_(is_null(condition), and_(condition, yes.unknown), and_(not_(condition), no.unknown))
        return ListSql(chosen, member, exp.column(f"{label}.sure", quoted=True), is_true(unknown))
