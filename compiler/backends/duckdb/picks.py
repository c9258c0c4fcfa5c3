"""One member of a list: the only one, the first or last in an order, the one before or after another."""

from __future__ import annotations

from sqlglot import exp

from compiler.backends.duckdb.aggregates import Aggregates
from compiler.backends.duckdb.loops import Env, ListSql, Loop, RecordSql, Value, parts_of, rebuilt
from compiler.backends.sql_tree import (
    TRUE,
    Sql,
    aggregate,
    alias_of,
    and_,
    binary,
    case,
    column,
    eq,
    fn,
    from_table,
    is_null,
    named,
    not_,
    number,
    or_,
    owned,
    select,
)
from compiler.schema.types import Type
from compiler.semantics import ir


class Picks(Aggregates):
    """Translates picks."""

    def _only(self, node: ir.Only, loop: Loop, env: Env) -> Value:
        items = self.listed(node.items, loop, env)
        parts = [named(fn("any_value", part), f"part{i}") for i, part in enumerate(parts_of(items.member))]
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
        doubtful = exp.Window(this=fn("bool_or", unsure), partition_by=list(map(owned, partition)))
        parts = [named(part, f"part{i}") for i, part in enumerate(parts_of(items.member))]
        order = [named(rank, f"rank{i}") for i, rank in enumerate(ranks)]
        place = items.member.keys if isinstance(items.member, RecordSql) else items.member.place
        places = [named(part, f"place{i}") for i, part in enumerate(place)]
        candidate: Sql = TRUE
        if pivot is not None:
            candidate = binary(exp.LT if last else exp.GT, fn("row", *ranks), fn("row", *pivot))
        listed = select(
            *partition,
            named(doubtful, "doubtful"),
            named(candidate, "candidate"),
            *parts,
            *order,
            *places,
            source=from_table(items.loop.relation, "l"),
        )
        members = self.relation("ordered", listed)
        window_order = [exp.Ordered(this=column("o", alias_of(rank)), desc=last) for rank in order]
        window_order += [exp.Ordered(this=column("o", alias_of(part))) for part in places]
        first = exp.Window(
            this=fn("row_number"), partition_by=[column("o", i) for i in loop.ids],
            order=exp.Order(expressions=window_order),
        )  # fmt: skip
        best = select(exp.Star(), source=from_table(members, "o"), where=column("o", "candidate"))
        best.set("qualify", exp.Qualify(this=eq(first, number(1))))
        relation = self.relation("picked", best)
        return self.picked(items, loop, relation, and_(not_(column("g", "doubtful")), not_(items.unknown)))

    def picked(self, items: ListSql, loop: Loop, relation: str, settled: Sql) -> Value:
        """The member of a grouped relation as a value of the outer loop, where it is settled."""
        label, parts = self.label("picked"), parts_of(items.member)
        columns = [named(case([(settled, column("g", f"part{i}"))]), f"{label}.{i}") for i in range(len(parts))]
        self.join_back(loop, relation, columns)
        return rebuilt(items.member, [exp.column(f"{label}.{i}", quoted=True) for i in range(len(parts))])
