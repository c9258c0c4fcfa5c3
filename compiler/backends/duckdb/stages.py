"""Loops to the relations of a query: in what order all is made.

Translation adds columns to loops freely; nothing is written until all of it is known. Then, level by level:

- a loop takes from the level below the columns that are needed from here on, and beside them, in one step, what its
  inner loops gave when they were grouped (one relation for all aggregates of one inner loop and level);
- look-ups and computed columns follow, a relation for each step, since SQL cannot name a column where it is made;
- the inner loops of this level follow, with the columns that they use of the loops around them, and last the groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from compiler.backends.duckdb.loops import EACH, Arms, Column, Entries, Group, Lookup, Loop, Records, free_name, labels
from compiler.backends.duckdb.needs import Needs, needs_of, rests_on
from compiler.backends.sql_tree import (
    TRUE,
    Sql,
    all_columns,
    and_,
    column,
    eq,
    fn,
    from_query,
    from_table,
    is_true,
    label_of,
    left_join,
    named,
    not_false,
    number,
    owned,
    select,
    text,
)


def staged(loops: Sequence[Loop], last: Loop, wanted: Iterable[str]) -> tuple[dict[str, exp.Query], str]:
    """The relations of loops in the order in which they are to be defined, and which of them has the wanted columns."""
    stages = _Stages(needs_of(loops, last, set(wanted)))
    stages.write()
    return stages.relations, stages.latest[last]


@dataclass
class _Stages:
    """``latest``: the relation that a loop stands in, so far; ``names``: those of groups."""

    asked: Needs
    relations: dict[str, exp.Query] = field(default_factory=dict)
    latest: dict[Loop, str] = field(default_factory=dict)
    names: dict[Group, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def write(self) -> None:
        asked = self.asked
        for level in range(asked.top + 1):
            for loop in asked.loops:
                if loop.level <= level and asked.needs[loop, level]:
                    self._write(loop, level)
            for group in (group for loop in asked.loops for group in loop.groups.values()):
                if group.level == level and group in asked.grouped:
                    self._write_group(group)

    def relation(self, name: str, query: exp.Query) -> str:
        """Add a relation under a name that is still free."""
        free = free_name(name, self.taken)
        self.relations[free] = query
        return free

    def _write(self, loop: Loop, level: int) -> None:
        live = self.asked.live(loop, level)
        steps: dict[int, list[str]] = defaultdict(list)
        for label in sorted(live):
            made = loop.columns.get(label)
            if made is not None and made.level == level and made.step:
                steps[made.step].append(label)
        conditions = [kept for kept in loop.kept if loop.place_of([kept])[0] == level]
        needed = self.asked.needs[loop, level].union(*map(labels, conditions))
        after = {step: needed.union(*(rests_on(loop.columns[x]) for s in steps if s > step for x in steps[s]))
                 for step in (0, *steps)}  # fmt: skip
        at_hand = live - {label for made in steps.values() for label in made}
        self._write_base(loop, level, at_hand, at_hand & after[0])
        at_hand &= after[0]
        early = [kept for kept in conditions if labels(kept) <= at_hand]
        self._write_filter(loop, at_hand, early)
        for step in sorted(steps):
            carried = [column("l", label) for label in sorted(at_hand & after[step])]
            self._write_step(loop, carried, [(label, loop.columns[label]) for label in steps[step]])
            at_hand |= set(steps[step])
        self._write_filter(loop, self.asked.needs[loop, level], [kept for kept in conditions if kept not in early])

    def _write_filter(self, loop: Loop, wanted: set[str], conditions: list[Sql]) -> None:
        """The rows of a loop for which no condition is false."""
        if conditions:
            columns = [column("l", label) for label in sorted(wanted)]
            where = and_(*(not_false(_of("l", kept)) for kept in conditions))
            source = from_table(self.latest[loop], "l")
            self.latest[loop] = self.relation(loop.name, select(*columns, source=source, where=where))

    def _write_base(self, loop: Loop, level: int, live: set[str], wanted: set[str]) -> None:
        """The rows of a loop at a level, with what comes with them."""
        if level > loop.level:
            self._write_next(loop, level, live, wanted)
            return
        outer, source = loop.outer, loop.source
        around = [column("l", label) for label in sorted(wanted - loop.columns.keys())]
        own = [named(loop.columns[label].value, label) for label in sorted(wanted & loop.columns.keys())]
        query: exp.Query
        match source:
            case Records(relation=relation, keys=keys):
                if outer is None or loop in self.asked.detached:
                    query = select(*own, source=from_table(relation, "r"))
                else:
                    same = and_(*(eq(column("r", key.column), _of("l", key.value)) for key in keys))
                    join = exp.Join(this=from_table(relation, "r"), on=owned(same))
                    query = select(*around, *own, source=self._wanted_rows(loop, outer)).join(join, copy=False)
            case Entries(entries=entries, objects=objects):
                assert outer is not None
                query = self._entries(self._wanted_rows(loop, outer), around, own, _of("l", entries), objects=objects)
            case Arms():
                assert outer is not None
                query = self._arms(outer, source, around, own)
        self.latest[loop] = self.relation(loop.name, query)

    def _wanted_rows(self, loop: Loop, outer: Loop) -> Sql:
        """The rows of the outer loop for which an inner loop is wanted."""
        rows, wanted = from_table(self.latest[outer], "l"), self.asked.wanted(loop)
        return (
            rows if wanted == TRUE else from_query(select(all_columns("l"), source=rows, where=_of("l", wanted)), "l")
        )

    def _entries(self, outer: Sql, around: list[Sql], own: list[Sql], entries: Sql, *, objects: bool) -> exp.Query:
        unnested = [named(fn("unnest", entries), "item"), named(fn("generate_subscripts", entries, number(1)), "at")]
        rows = from_query(select(*around, *unnested, source=outer), "u")
        where = is_true(eq(fn("json_type", column("u", "item")), text("OBJECT"))) if objects else None
        return select(*(column("u", c.name) for c in around), *own, source=rows, where=where)

    def _arms(self, outer: Loop, source: Arms, around: list[Sql], own: list[Sql]) -> exp.Query:
        ids = self.asked.ids(outer)
        queries = [
            select(
                *(column("l", i) for i in ids),
                *(named(_of("l", value), name) for name, value in arm.values.items()),
                source=from_table(self.latest[arm.loop], "l"),
                where=_of("l", arm.where),
            )
            for arm in source.arms
        ]
        both = exp.union(*queries, distinct=False, copy=False)
        same = and_(*(eq(column("l", i), column("u", i)) for i in ids))
        join = exp.Join(this=from_table(self.latest[outer], "l"), on=owned(same))
        return select(*around, *own, source=from_query(both, "u")).join(join, copy=False)

    def _write_next(self, loop: Loop, level: int, live: set[str], wanted: set[str]) -> None:
        """The rows of a loop from the level below, with what was grouped, and what the loop around it has got."""
        groups, fetched = self.asked.groups(loop, level, live), self.asked.fetched(loop, level, live)
        if not groups and not fetched:
            return
        columns = [column("l", label) for label in sorted(wanted) if loop.level_of(label) < level]
        query = select(*columns, source=from_table(self.latest[loop], "l"))
        for n, group in enumerate(groups, 1):
            same = and_(*(eq(column(f"g{n}", key.column), _of("l", key.value)) for key in self.asked.tie(group)))
            query.append("joins", left_join(self.names[group], f"g{n}", same))
            for label in sorted(wanted & group.values.keys()):
                query.select(column(f"g{n}", label), copy=False)
        if fetched:
            assert loop.outer is not None
            same = and_(*(eq(column("o", i), column("l", i)) for i in self.asked.ids(loop.outer)))
            query.append("joins", exp.Join(this=from_table(self.latest[loop.outer], "o"), on=owned(same)))
            query.select(*(column("o", label) for label in sorted(fetched & wanted)), copy=False)
        self.latest[loop] = self.relation(loop.name, query)

    def _write_step(self, loop: Loop, carried: list[Sql], made: list[tuple[str, Column]]) -> None:
        """The rows of a loop with columns that rest on what it has: looked up, or computed."""
        query = select(*carried, source=from_table(self.latest[loop], "l"))
        lookups = dict.fromkeys(c.origin for _, c in made if isinstance(c.origin, Lookup))
        names = {lookup: f"r{n}" for n, lookup in enumerate(lookups, 1)}
        for lookup, name in names.items():
            same = and_(*(eq(column(name, key.column), _of("l", key.value)) for key in lookup.keys))
            query.append("joins", left_join(lookup.relation, name, same))
        for label, found in made:
            origin = found.origin
            value = column(names[origin], found.value.name) if isinstance(origin, Lookup) else _of("l", found.value)
            query.select(named(value, label), copy=False)
        self.latest[loop] = self.relation(loop.name, query)

    def _write_group(self, group: Group) -> None:
        keys, values = self.asked.tie(group), {name: group.values[name] for name in sorted(self.asked.grouped[group])}
        name, by = f"{group.inner.name} of {group.outer.name}", [column("l", key.column) for key in keys]
        if group.within is None:
            self.names[group] = self._grouped(name, self.latest[group.inner], by, values)
            return
        found: dict[str, Sql] = {}
        values = {label: _taken_out(value, found) for label, value in values.items()}
        first = self._grouped(name, self.latest[group.inner], [*by, named(_of("l", group.within), "within")], found)
        self.names[group] = self._grouped(name, first, by, values)

    def _grouped(self, name: str, relation: str, by: list[Sql], values: dict[str, Sql]) -> str:
        made = (named(_of("l", value), label) for label, value in values.items())
        query = select(*by, *made, source=from_table(relation, "l"))
        return self.relation(name, query.group_by(*(owned(key.unalias()) for key in by), copy=False))


def _taken_out(value: Sql, found: dict[str, Sql]) -> Sql:
    """A value with labels in the place of what is asked of smaller groups; that is put down under these labels."""

    def label(node: Sql) -> Sql:
        if not isinstance(node, exp.Anonymous) or node.this != EACH:
            return node
        inner = node.expressions[0]
        known = next((name for name, other in found.items() if other == inner), f"each {len(found)}")
        found[known] = inner
        return label_of(known)

    return value.transform(label)


def _of(table: str, value: Sql) -> Sql:
    """A value over labels as one over the columns of a table."""
    made = value.copy()
    for found in list(made.find_all(exp.Column)):
        if not found.table:
            found.set("table", exp.to_identifier(table, quoted=True))
    return made
