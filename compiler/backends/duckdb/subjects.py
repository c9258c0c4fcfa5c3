"""The subjects of rules and extracts: the first loop, of records, and the loops of what ``for each`` joins to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from compiler.backends.duckdb.loops import (
    Arm,
    Arms,
    Column,
    Env,
    ItemSql,
    ListSql,
    Loop,
    Records,
    RecordSql,
    Value,
    parts_of,
    rebuilt,
)
from compiler.backends.duckdb.picks import Picks
from compiler.backends.duckdb.relations import every
from compiler.backends.sql_tree import NULL, TRUE, Sql, and_, column, label_of, not_false, number
from compiler.schema.types import Record
from compiler.semantics import ir


@dataclass(frozen=True, slots=True)
class Joined:
    """Subjects with their joins: the loop, its variables, the key of each, and whether a row of the loop is one."""

    loop: Loop
    env: Env
    keys: dict[str, Sql]
    concerned: Sql


@dataclass
class Subjects(Picks):
    """Translates what names records of one resource and of the same school years, one by one.

    The first loop is of records of the school year, unless that takes an aggregate to tell: then ``of_the_year`` tells.
    """

    of_the_year: Sql = field(default_factory=lambda: TRUE)

    def column(self, loop: Loop, name: str, value: Sql) -> str:
        """A value as a column of this very loop."""
        if isinstance(value, exp.Column):
            return str(value.name)
        label = self.label(name)
        loop.columns[label] = Column(value, None, *loop.place_of([value]))
        return label

    def subjects(self) -> RecordSql:
        """The first loop: the records of the resource, of the school years of the rules."""
        rule = self.rules[0]
        loop = self.loop(rule.variable, None, Records(every(rule.resource)), 1, 0)
        record = self.record(loop, rule.resource, rule.variable)
        if rule.in_year is not None:
            of_the_year = not_false(self.sql(rule.in_year, loop, {rule.variable: record}))
            if loop.place_of([of_the_year])[0] == loop.level:
                loop.kept.append(of_the_year)
            else:
                self.of_the_year = of_the_year
        return record

    def joined(self, rule: ir.Rule | ir.Extract, subject: RecordSql) -> Joined:
        """The subjects of a rule or extract, before its condition is asked."""
        loop, concerned = self.loops[0], self.of_the_year
        env: dict[str, Value] = {rule.variable: subject}
        paths = self.resource(rule.resource).key
        keys = {".".join(path): key for path, key in zip(paths, subject.keys, strict=True)}
        for join in rule.joins:
            items = self.listed(join.items, loop, env)
            own = ir.Var(rule.variable, type=Record(rule.resource))
            if not isinstance(join.items, ir.Items) or join.items.base != own:
                items = self.with_unknown(loop, items)
            env[join.variable] = items.member
            loop, concerned = items.loop, and_(concerned, items.maybe)
            keys |= self.joined_key(join.variable, items.member)
        return Joined(loop, env, keys, concerned)

    def joined_key(self, variable: str, member: Value) -> dict[str, Sql]:
        """What tells the members of a joined list apart: the position of an item, the key of a record."""
        if isinstance(member, ItemSql):
            return {variable: member.place[-1]}
        paths = self.resource(member.resource).key
        return {".".join((variable, *path)): key for path, key in zip(paths, member.keys, strict=True)}

    def with_unknown(self, outer: Loop, items: ListSql) -> ListSql:
        """A joined list with a row more where it is not known, of which nothing is known."""
        label, depth = self.label("joined"), len(outer.ids)
        names = [f"{label}.{i}" for i in range(len(parts_of(items.member)))]
        ids = items.loop.ids[depth:]
        members = {**dict(zip(names, parts_of(items.member), strict=True)), **{i: label_of(i) for i in ids}}
        unknown = {**dict.fromkeys(names, NULL), **dict.fromkeys(ids, number(-1))}
        arms = (Arm(items.loop, members, items.maybe), Arm(outer, unknown, items.unknown))
        level = max(arm.loop.place_of([*arm.values.values(), arm.where])[0] for arm in arms)
        loop = self.loop(items.loop.name, outer, Arms(arms), len(ids), level)
        loop.columns |= {name: Column(column("u", name), None, level, 0) for name in members}
        return ListSql(loop, rebuilt(items.member, list(map(label_of, names))), TRUE, TRUE, items.unknown)
