"""One member of a list: the only one, the first or last in an order, the one before or after another."""

from __future__ import annotations

from sqlglot import exp

from compiler.backends.duckdb.aggregates import Aggregates
from compiler.backends.duckdb.loops import Env, ListSql, Loop, RecordSql, Value, parts_of, rebuilt
from compiler.backends.sql_tree import (
    Sql,
    aggregate,
    and_,
    binary,
    case,
    eq,
    filtered,
    fn,
    is_null,
    is_true,
    not_,
    number,
    or_,
    owned,
)
from compiler.schema.types import Type
from compiler.semantics import ir


class Picks(Aggregates):
    """Translates picks."""

    def _only(self, node: ir.Only, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        members = self.grouped(items.loop, loop, "members", aggregate("count", where=items.maybe))
        doubtful = self.grouped(items.loop, loop, "doubtful", fn("bool_or", and_(items.maybe, not_(items.sure))))
        parts = [fn("any_value", part) for part in parts_of(items.member)]
        settled = and_(eq(members, number(1)), not_(is_true(doubtful)), not_(items.unknown))
        found = [self.grouped(items.loop, loop, "only", filtered(part, items.maybe)) for part in parts]
        return self.picked(items, loop, found, settled)

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
        unsure = or_(not_(items.sure), *(is_null(rank) for rank in ranks), *(is_null(p) for p in pivot or ()))
        doubtful = self.grouped(items.loop, loop, "doubtful", fn("bool_or", and_(items.maybe, unsure)))
        candidate = items.maybe
        if pivot is not None:
            before = binary(exp.LT if last else exp.GT, fn("row", *ranks), fn("row", *pivot))
            candidate = and_(candidate, is_true(before))
        place = items.member.keys if isinstance(items.member, RecordSql) else items.member.place
        order = [exp.Ordered(this=owned(rank), desc=last) for rank in ranks]
        order += [exp.Ordered(this=owned(part)) for part in place if part not in ranks]
        parts = parts_of(items.member)
        first = exp.Anonymous(this="first", expressions=[exp.Order(this=fn("row", *parts), expressions=order)])
        found = self.grouped(items.loop, loop, "picked", filtered(first, candidate))
        settled = not_(or_(is_true(doubtful), items.unknown))
        firsts = [fn("struct_extract", found, number(n)) for n in range(1, len(parts) + 1)]
        return self.picked(items, loop, firsts, settled)

    def picked(self, items: ListSql, loop: Loop, parts: list[Sql], settled: Sql) -> Value:
        """The member of a list that has these parts, where it is settled that it is the one."""
        return rebuilt(items.member, [self.computed(loop, "picked", case([(settled, part)])) for part in parts])
