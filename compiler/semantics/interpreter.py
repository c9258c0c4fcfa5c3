"""The definition of meaning: the IR walked directly.

Every other evaluator (generated Python, SQL) must agree with this one on every example and on random data, so it is
written to be read: one short method a node, no caching, no cleverness. Values are as in ``values``; an undetermined
operand makes most results undetermined, with the causes of all undetermined operands; the exceptions are the logic
operators, ``Given``, ``First`` and ``If``, as the IR says of each.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from compiler.schema.patterns import matches
from compiler.schema.types import TEXT, WHOLE, Code, Item, ListOf, Record, Row, Type
from compiler.semantics import calendar, ir
from compiler.semantics.functions import FUNCTIONS
from compiler.semantics.scope import Rows
from compiler.semantics.values import (
    ItemValue,
    ListValue,
    Member,
    PeriodValue,
    RecordValue,
    RowValue,
    Undetermined,
    Value,
    dig,
    divide,
    fits_whole,
    read,
    settle,
    undetermined,
)
from compiler.semantics.values import Record as StoredRecord
from compiler.semantics.world import World

Environment = Mapping[str, Value]
Tables = Mapping[str, Rows]

DIVISION_BY_ZERO = "a division by zero"
TOO_LARGE = "a number too large"
NO_SUCH_DAY = "a day before the year 1 or after 9999"

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Run:
    """What an evaluation is given besides the records: the school year, the parameters, how much is at hand."""

    school_year: int
    parameters: Mapping[str, Any]
    leap_birthday: str = calendar.MARCH_1


class Interpreter:
    """Evaluates IR over a world."""

    def __init__(self, definitions: Mapping[str, ir.Definition], tables: Tables, world: World, run: Run) -> None:
        self.definitions = definitions
        self.tables = tables
        self.world = world
        self.run = run

    def value(self, node: ir.Expr, env: Environment) -> Any:
        """The value of a node; ``env`` holds the bound variables."""
        method = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node, env)

    # -- leaves

    def _const(self, node: ir.Const, _env: Environment) -> Any:
        return constant(node.value)

    def _nothing(self, _node: ir.Nothing, _env: Environment) -> Any:
        return Undetermined(frozenset({"nothing"}))

    def _var(self, node: ir.Var, env: Environment) -> Any:
        return env[node.name]

    def _parameter(self, node: ir.Parameter, _env: Environment) -> Any:
        value = self.run.parameters[node.name]
        return ListValue(tuple(map(Member, value))) if isinstance(node.type, ListOf) else value

    def _schoolyear(self, _node: ir.SchoolYear, _env: Environment) -> Any:
        return self.run.school_year

    def _yearday(self, node: ir.YearDay, _env: Environment) -> Any:
        return calendar.school_year_day(self.run.school_year, node.month, node.day)

    # -- navigation

    def _read(self, node: ir.Read, env: Environment) -> Any:
        base = self.value(node.base, env)
        if isinstance(base, Undetermined):
            return base
        if isinstance(base, RowValue):
            cell = base.cells.get(node.path[0])
            return Undetermined(frozenset({node.label})) if cell is None else cell
        if isinstance(base, RecordValue) and base.record is None:
            return self._from_key(base, node)
        if isinstance(node.type, Item):
            return _object(base, node)
        kind = TEXT if node.uri and isinstance(node.type, Code) else node.type
        found = read(dig(body_of(base), node.path), kind)
        return Undetermined(frozenset({node.label})) if found is None else found

    def _from_key(self, base: RecordValue, node: ir.Read) -> Value:
        """A part of the natural key of a record that is not there; nothing else of it is known."""
        paths = self.world.key_paths(base.resource)
        part = base.key[paths.index(node.path)] if node.path in paths else None
        found = read(part, node.type) if isinstance(part, str) and not node.uri else part
        return Undetermined(frozenset({base.resource})) if found is None else found

    def _find(self, node: ir.Find, env: Environment) -> Any:
        keys = [self.value(key, env) for key in node.keys]
        unknown = undetermined(keys)
        if unknown is not None:
            return unknown
        if isinstance(node.type, Row):
            row = self.tables[node.source].row(tuple(keys))
            return Undetermined(frozenset({node.source})) if row is None else RowValue(node.source, row)
        return RecordValue(node.source, tuple(keys), self.world.find(node.source, tuple(keys)))

    def _items(self, node: ir.Items, env: Environment) -> Any:
        base = self.value(node.base, env)
        assert isinstance(node.type, ListOf)
        if isinstance(base, Undetermined):
            return ListValue((), base.causes)
        if isinstance(base, RowValue):
            return ListValue(tuple(Member(cell) for cell in base.cells.get(node.path[0], ())))
        if isinstance(base, RecordValue) and base.record is None:
            return ListValue((), frozenset({base.resource}))
        raw = dig(body_of(base), node.path)
        entries = raw if isinstance(raw, list) else []
        if not isinstance(node.type.item, Item):
            values = [read(entry, node.type.item) for entry in entries]
            missing = Undetermined(frozenset({node.label}))
            return ListValue(tuple(Member(missing if value is None else value) for value in values))
        owner, label = owner_of(base), node.type.item.label
        return ListValue(
            tuple(
                Member(ItemValue(label, entry, owner, position))
                for position, entry in enumerate(entries)
                if isinstance(entry, Mapping)
            )
        )

    def _referring(self, node: ir.Referring, env: Environment) -> Any:
        base = self.value(node.base, env)
        if isinstance(base, Undetermined):
            return ListValue((), base.causes)
        assert isinstance(base, RecordValue)
        found = self.world.referring(node.resource, node.paths, base.key)
        return ListValue(tuple(Member(record_value(record)) for record in found))

    def _apply(self, node: ir.Apply, env: Environment) -> Any:
        definition = self.definitions[node.name]
        names = (name for name, _ in definition.parameters)
        arguments = {name: self.value(argument, env) for name, argument in zip(names, node.arguments, strict=True)}
        return self.value(definition.body, arguments)

    # -- choices

    def _if(self, node: ir.If, env: Environment) -> Any:
        condition = self.value(node.condition, env)
        if isinstance(condition, Undetermined):
            return ListValue((), condition.causes) if isinstance(node.type, ListOf) else condition
        return self.value(node.consequence if condition else node.alternative, env)

    def _first(self, node: ir.First, env: Environment) -> Any:
        values = []
        for operand in node.operands:
            value = self.value(operand, env)
            if is_given(value):
                return value
            values.append(value if isinstance(value, Undetermined) else Undetermined(frozenset({value.resource})))
        unknown = undetermined(values)
        assert unknown is not None
        return unknown

    # -- conditions

    def _not(self, node: ir.Not, env: Environment) -> Any:
        value = self.value(node.operand, env)
        return value if isinstance(value, Undetermined) else not value

    def _and(self, node: ir.And, env: Environment) -> Any:
        values = [self.value(operand, env) for operand in node.operands]
        if any(value is False for value in values):
            return False
        return undetermined(values) or True

    def _or(self, node: ir.Or, env: Environment) -> Any:
        values = [self.value(operand, env) for operand in node.operands]
        if any(value is True for value in values):
            return True
        return undetermined(values) or False

    def _given(self, node: ir.Given, env: Environment) -> Any:
        return is_given(self.value(node.operand, env))

    def _empty(self, node: ir.Empty, env: Environment) -> Any:
        items = self._list(node.operand, env)
        if any(not member.doubt for member in items.members):
            return False
        return Undetermined(items.doubts) if items.doubts else True

    def _compare(self, node: ir.Compare, env: Environment) -> Any:
        left, right = self.value(node.left, env), self.value(node.right, env)
        unknown = undetermined((left, right))
        if unknown is not None:
            return unknown
        if isinstance(left, RecordValue):
            assert isinstance(right, RecordValue)
            return (left.resource, left.key) == (right.resource, right.key)
        return _COMPARISONS[node.operator](left, right)

    def _member(self, node: ir.Member, env: Environment) -> Any:
        value = self.value(node.operand, env)
        return value if isinstance(value, Undetermined) else value in [constant(member) for member in node.members]

    def _parametermember(self, node: ir.ParameterMember, env: Environment) -> Any:
        value = self.value(node.operand, env)
        return value if isinstance(value, Undetermined) else value in self.run.parameters[node.parameter]

    def _match(self, node: ir.Match, env: Environment) -> Any:
        value = self.value(node.operand, env)
        return value if isinstance(value, Undetermined) else matches(node.pattern, value)

    def _prefix(self, node: ir.Prefix, env: Environment) -> Any:
        value, prefix = self.value(node.operand, env), self.value(node.prefix, env)
        return undetermined((value, prefix)) or value.startswith(prefix)

    def _has(self, node: ir.Has, env: Environment) -> Any:
        items, wanted = self._list(node.operand, env), self.value(node.value, env)
        tests = [Member(undetermined((m.value, wanted)) or m.value == wanted, m.doubt) for m in items.members]
        return at_least(1, ListValue(tuple(tests), items.unknown))

    def _covers(self, node: ir.Covers, env: Environment) -> Any:
        period, day = self.value(node.period, env), self.value(node.date, env)
        return undetermined((period, day)) or period.covers(day)

    def _overlap(self, node: ir.Overlap, env: Environment) -> Any:
        left, right = self.value(node.left, env), self.value(node.right, env)
        return undetermined((left, right)) or left.overlaps(right)

    def _atleast(self, node: ir.AtLeast, env: Environment) -> Any:
        items = self._list(node.items, env)
        tests = [Member(self.value(node.body, {**env, node.variable: m.value}), m.doubt) for m in items.members]
        return at_least(node.count, ListValue(tuple(tests), items.unknown))

    # -- lists

    def _list(self, node: ir.Expr, env: Environment) -> ListValue:
        value = self.value(node, env)
        assert isinstance(value, ListValue), value
        return value

    def _filter(self, node: ir.Filter, env: Environment) -> Any:
        items, kept = self._list(node.items, env), []
        for member in items.members:
            test = self.value(node.condition, {**env, node.variable: member.value})
            if isinstance(test, Undetermined):
                kept.append(Member(member.value, member.doubt | test.causes))
            elif test:
                kept.append(member)
        return ListValue(tuple(kept), items.unknown)

    def _each(self, node: ir.Each, env: Environment) -> Any:
        items = self._list(node.items, env)
        members: list[Member] = []
        unknown = items.unknown
        for member in items.members:
            value = self.value(node.body, {**env, node.variable: member.value})
            if isinstance(value, ListValue):
                members.extend(Member(inner.value, inner.doubt | member.doubt) for inner in value.members)
                unknown |= value.unknown
            else:
                members.append(Member(value, member.doubt))
        return ListValue(tuple(members), unknown)

    # -- aggregates

    def _count(self, node: ir.Count, env: Environment) -> Any:
        items = self._list(node.items, env)
        return Undetermined(items.doubts) if items.doubts else len(items.members)

    def _bodies(self, node: ir.CountDifferent | ir.Total | ir.Extreme, env: Environment) -> list[Any] | Undetermined:
        """The value of an aggregate's body for each member, when all of them are known."""
        items = self._list(node.items, env)
        values = [self.value(node.body, {**env, node.variable: member.value}) for member in items.members]
        doubts = [Undetermined(items.doubts)] if items.doubts else []
        return undetermined([*doubts, *values]) or values

    def _countdifferent(self, node: ir.CountDifferent, env: Environment) -> Any:
        values = self._bodies(node, env)
        if isinstance(values, Undetermined):
            return values
        return len({(v.resource, v.key) if isinstance(v, RecordValue) else v for v in values})

    def _total(self, node: ir.Total, env: Environment) -> Any:
        values = self._bodies(node, env)
        if isinstance(values, Undetermined):
            return values
        with localcontext(prec=100):
            return fitting(sum(values), node.type)

    def _extreme(self, node: ir.Extreme, env: Environment) -> Any:
        values = self._bodies(node, env)
        if isinstance(values, Undetermined):
            return values
        if not values:
            return Undetermined(frozenset({item_label(node.items)}))
        return max(values) if node.highest else min(values)

    def _monthlyextreme(self, node: ir.MonthlyExtreme, env: Environment) -> Any:
        items = self._list(node.items, env)
        scopes = [{**env, node.variable: member.value} for member in items.members]
        values = [self.value(node.body, scope) for scope in scopes]
        days = [self.value(node.day, scope) for scope in scopes]
        doubts = [Undetermined(items.doubts)] if items.doubts else []
        unknown = undetermined([*doubts, *values, *days])
        if unknown is not None:
            return unknown
        if not values:
            return Undetermined(frozenset({item_label(node.items)}))
        months: dict[tuple[int, int], list[Any]] = {}
        for day, value in zip(days, values, strict=True):
            months.setdefault((day.year, day.month), []).append(value)
        with localcontext(prec=100):
            sums: list[Any] = [fitting(sum(month), node.type) for month in months.values()]
        return undetermined(sums) or (max if node.highest else min)(sums)

    def _pick(self, node: ir.Pick, env: Environment) -> Any:
        ranked = self._ranked(self._list(node.items, env), node.order, ())
        if isinstance(ranked, Undetermined):
            return ranked
        if not ranked:
            return Undetermined(frozenset({item_label(node.items)}))
        return best(ranked, last=node.last)

    def _neighbour(self, node: ir.Neighbour, env: Environment) -> Any:
        of = self.value(node.of, env)
        ranked = self._ranked(self._list(node.items, env), node.order, (of,))
        if isinstance(ranked, Undetermined):
            return ranked
        pivot = self._rank(of, node.order)
        before = [(rank, value) for rank, value in ranked if (rank < pivot if node.previous else rank > pivot)]
        if not before:
            return Undetermined(frozenset({item_label(node.items)}))
        return best(before, last=node.previous)

    def _ranked(
        self, items: ListValue, order: tuple[ir.Order, ...], others: tuple[Any, ...]
    ) -> list[tuple[tuple[Any, ...], Any]] | Undetermined:
        """Each member with its values of the order, when all of them (and of ``others``) are known."""
        doubts = [Undetermined(items.doubts)] if items.doubts else []
        values = [member.value for member in items.members]
        ranks = [self._rank(value, order) for value in (*others, *values)]
        unknown = undetermined([*doubts, *(part for rank in ranks for part in rank)])
        return unknown or list(zip(ranks[len(others) :], values, strict=True))

    def _rank(self, value: Any, order: tuple[ir.Order, ...]) -> tuple[Any, ...]:
        return tuple(
            self._read(ir.Read(ir.Var("it", type=key.type), key.path, key.label, type=key.type), {"it": value})
            for key in order
        )

    def _only(self, node: ir.Only, env: Environment) -> Any:
        items = self._list(node.items, env)
        if items.doubts:
            return Undetermined(items.doubts)
        if len(items.members) == 1:
            return items.members[0].value
        label = item_label(node.items)
        return Undetermined(frozenset({f"several {label}" if items.members else label}))

    # -- numbers and dates

    def _arithmetic(self, node: ir.Arithmetic, env: Environment) -> Any:
        left, right = self.value(node.left, env), self.value(node.right, env)
        unknown = undetermined((left, right))
        if unknown is not None:
            return unknown
        if node.operator == "/":
            if right == 0:
                return Undetermined(frozenset({DIVISION_BY_ZERO}))
            return _known(divide(Decimal(left), Decimal(right)))
        with localcontext(prec=100):
            result = {"+": operator.add, "-": operator.sub, "*": operator.mul}[node.operator](left, right)
        return fitting(result, node.type)

    def _shift(self, node: ir.Shift, env: Environment) -> Any:
        day = self.value(node.date, env)
        if isinstance(day, Undetermined):
            return day
        moved = calendar.shift(day, node.count, node.unit, self.run.leap_birthday)
        return Undetermined(frozenset({NO_SUCH_DAY})) if moved is None else moved

    def _elapsed(self, node: ir.Elapsed, env: Environment) -> Any:
        start, end = self.value(node.start, env), self.value(node.end, env)
        return undetermined((start, end)) or calendar.elapsed(node.unit, start, end, self.run.leap_birthday)

    def _makeperiod(self, node: ir.MakePeriod, env: Environment) -> Any:
        start, end = self.value(node.start, env), self.value(node.end, env)
        if isinstance(end, Undetermined) and self.value(node.open_end, env) is True:
            end = None
        return undetermined((start, end)) or PeriodValue(start, end)

    def _call(self, node: ir.Call, env: Environment) -> Any:
        arguments = [self.value(argument, env) for argument in node.arguments]
        unknown = undetermined(arguments)
        if unknown is not None:
            return unknown
        result = FUNCTIONS[node.function].apply(*arguments)
        return Undetermined(frozenset({f"{node.function}()"})) if result is None else result


def constant(value: ir.Constant) -> Any:
    """A constant of the IR as a value."""
    return date(*value) if isinstance(value, tuple) else value


def body_of(value: Any) -> Mapping[str, Any]:
    """The body of a record at hand, or of an item."""
    if isinstance(value, RecordValue):
        assert value.record is not None
        return value.record.body
    assert isinstance(value, ItemValue), value
    return value.body


def owner_of(value: Any) -> StoredRecord:
    """The record at hand, or the one that an item stands in."""
    owner = value.record if isinstance(value, RecordValue) else value.owner
    assert owner is not None
    return owner


def _object(base: Any, node: ir.Read) -> ItemValue | Undetermined:
    """An object that is a property of its own, not a member of a list; it stands where its base does."""
    body = dig(body_of(base), node.path)
    if not isinstance(body, Mapping):
        return Undetermined(frozenset({node.label}))
    return ItemValue(node.label, body, owner_of(base), base.position if isinstance(base, ItemValue) else 0)


def record_value(record: StoredRecord) -> RecordValue:
    """A record at hand as a value."""
    return RecordValue(record.resource, record.key, record)


def is_given(value: object) -> bool:
    """Whether a value is determined and, for a record, at hand."""
    if isinstance(value, RecordValue):
        return value.record is not None
    return not isinstance(value, Undetermined)


def at_least(count: int, tests: ListValue) -> bool | Undetermined:
    """Whether at least ``count`` of a list of truth values are true."""
    sure = sum(1 for test in tests.members if not test.doubt and test.value is True)
    if sure >= count:
        return True
    causes = tests.unknown
    perhaps = 0
    for test in tests.members:
        if test.value is False or (test.value is True and not test.doubt):
            continue
        perhaps += 1
        causes |= test.doubt
        if isinstance(test.value, Undetermined):
            causes |= test.value.causes
    if sure + perhaps < count and not tests.unknown:
        return False
    return Undetermined(causes)


def fitting(number: int | Decimal, kind: Type) -> Value:
    """A computed number, or undetermined when it has more digits than its type (whole or decimal) holds."""
    if kind is WHOLE and isinstance(number, int):
        return number if fits_whole(number) else Undetermined(frozenset({TOO_LARGE}))
    return _known(settle(Decimal(number)))


def _known(number: Decimal | None) -> Value:
    return Undetermined(frozenset({TOO_LARGE})) if number is None else number


def best(ranked: list[tuple[tuple[Any, ...], Any]], *, last: bool) -> Any:
    """The value with the highest (or lowest) rank; of equals the one with the lowest natural key."""
    wanted = (max if last else min)(rank for rank, _ in ranked)
    return min((value for rank, value in ranked if rank == wanted), key=place)


def place(value: Any) -> tuple[Any, ...]:
    """What decides between equals: a record's natural key, an item's owner and position."""
    if isinstance(value, RecordValue):
        return value.key
    assert isinstance(value, ItemValue)
    return (*value.owner.key, value.position)


def item_label(items: ir.Expr) -> str:
    """How causes call the members of a list: the resource, or the path of the items."""
    assert isinstance(items.type, ListOf)
    match items.type.item:
        case Record(resource):
            return resource
        case Item(label):
            return label
        case _:
            reads = [node.label for node in ir.walk(items) if isinstance(node, ir.Read | ir.Items)]
            return reads[0] if reads else "a value"
