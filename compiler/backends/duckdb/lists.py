"""Lists: loops of their members.

A filter drops no row: it says of each whether its member surely belongs to the list, and whether it perhaps does. So
lists that differ in their filters alone are one loop, and a choice between two such lists is one more filter.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.backends.duckdb.calculations import Calculations
from compiler.backends.duckdb.loops import (
    Arm,
    Arms,
    Column,
    Env,
    ItemSql,
    ListSql,
    Loop,
    RecordSql,
    RowSql,
    Value,
    parts_of,
    rebuilt,
)
from compiler.backends.duckdb.reading import column_name, list_type, read_json, reader_of
from compiler.backends.sql_tree import (
    FALSE,
    TRUE,
    Sql,
    and_,
    case,
    column,
    fn,
    is_null,
    is_true,
    label_of,
    not_,
    not_false,
    number,
    or_,
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

    def _parameter(self, node: ir.Parameter, loop: Loop, env: Env) -> Value:
        """A list that is given to the query is the entries of a list like any other."""
        if not isinstance(node.type, ListOf):
            return super()._parameter(node, loop, env)
        given = self.value_of_run(node.name, list_type(node.type.item))
        members, entry, _ = self.entries(loop, node.name, given, objects=False)
        return ListSql(members, entry, TRUE, TRUE, FALSE)

    def _referring(self, node: ir.Referring, loop: Loop, env: Env) -> Value:
        base = self.value(node.base, loop, env)
        names = [column_name(path, True) for path in node.paths]
        members, record = self.members(loop, node.resource, list(zip(names, base.keys, strict=True)))
        return ListSql(members, record, TRUE, TRUE, or_(*(is_null(key) for key in base.keys)))

    def _items(self, node: ir.Items, loop: Loop, env: Env) -> Value:
        assert isinstance(node.type, ListOf)
        base, item = self.value(node.base, loop, env), node.type.item
        entries, owner, unknown = self.list_property(base, node, loop)
        objects = isinstance(item, Item) and not isinstance(base, RowSql)
        members, entry, at = self.entries(loop, node.label, entries, objects=objects)
        if isinstance(base, RowSql):
            member: Value = entry
        elif objects:
            member = ItemSql(entry, (*owner, at))
        else:
            member = self.computed(members, "value", fn(reader_of(item), entry, text("$")))
        return ListSql(members, member, TRUE, TRUE, unknown)

    def list_property(self, base: Value, node: ir.Items, loop: Loop) -> tuple[Sql, tuple[Sql, ...], Sql]:
        """The entries of a list property, the key of their record, and whether the list is unknown."""
        if isinstance(base, RowSql):
            return self.plain(self.cell(base, node.path[0], loop), loop), (), not_(self.given(base, loop))
        if isinstance(base, ItemSql):
            return read_json(base.json, node.path, node.type), base.place, is_null(base.json)
        assert isinstance(base, RecordSql)
        label = self.joined_record(base, loop)
        return label_of(f"{label}.{column_name(node.path, False)}"), base.keys, not_(self.given(base, loop))

    def _filter(self, node: ir.Filter, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        with self.where(items.maybe):
            found = self.sql(node.condition, items.loop, {**env, node.variable: items.member})
        found = self.plain(found, items.loop)
        return replace(items, sure=and_(items.sure, is_true(found)), maybe=and_(items.maybe, not_false(found)))

    def _each(self, node: ir.Each, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        with self.where(items.maybe):
            body = self.value(node.body, items.loop, {**env, node.variable: items.member})
        if not isinstance(body, ListSql):
            return replace(items, member=body)
        unknown = items.unknown
        if body.unknown != FALSE:
            some = self.grouped(items.loop, loop, "unknown", fn("bool_or", and_(items.maybe, is_true(body.unknown))))
            unknown = or_(unknown, is_true(some))
        sure, maybe = and_(items.sure, body.sure), and_(items.maybe, body.maybe)
        return ListSql(body.loop, body.member, sure, maybe, unknown)

    # -- choices

    def _if(self, node: ir.If, loop: Loop, env: Env) -> Value:
        return self.list_choice(node, loop, env) if isinstance(node.type, ListOf) else super()._if(node, loop, env)

    def list_choice(self, node: ir.If, loop: Loop, env: Env) -> ListSql:
        """One of two lists of one kind: each member as in the list that is taken."""
        condition = self.plain(self.sql(node.condition, loop, env), loop)
        yes, no = (self.listed(branch, loop, env) for branch in (node.consequence, node.alternative))
        taken = [condition, not_(condition)]
        unknown = or_(is_null(condition), and_(condition, yes.unknown), and_(taken[1], no.unknown))
        if yes.loop is no.loop and yes.member == no.member:
            sure, maybe = (
                self.plain(case(zip(taken, flags, strict=True), FALSE), yes.loop)
                for flags in ((yes.sure, no.sure), (yes.maybe, no.maybe))
            )
            return ListSql(yes.loop, yes.member, sure, maybe, is_true(unknown))
        return replace(self.either(loop, [(yes, taken[0]), (no, taken[1])]), unknown=is_true(unknown))

    def either(self, loop: Loop, branches: list[tuple[ListSql, Sql]]) -> ListSql:
        """The members of several lists of a loop, each where its condition holds there."""
        depth = len(loop.ids)
        own = max(len(items.loop.ids) for items, _ in branches) - depth
        label = self.label("either")
        names = [f"{label}.{i}" for i in range(len(parts_of(branches[0][0].member)))]
        arms, level = [], loop.level
        for items, taken in branches:
            ids: list[Sql] = [label_of(i) for i in items.loop.ids[depth:]]
            ids += [number(0)] * (own - len(ids))
            values = dict(zip(names, parts_of(items.member), strict=True))
            values |= {f"#{depth + 1 + i}": value for i, value in enumerate(ids)}
            values[f"{label}.sure"] = items.sure
            where = and_(taken, items.maybe)
            arms.append(Arm(items.loop, values, where))
            level = max(level, items.loop.place_of([*values.values(), where])[0])
        chosen = self.loop("either", loop, Arms(tuple(arms)), own, level)
        for name in arms[0].values:
            chosen.columns[name] = Column(column("u", name), None, level, 0)
        member = rebuilt(branches[0][0].member, list(map(label_of, names)))
        return ListSql(chosen, member, label_of(f"{label}.sure"), TRUE, FALSE)
