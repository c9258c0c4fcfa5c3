"""Checked trees to IR: sugar is taken away, and what a missing value does is made explicit.

The hard part is paths. ``m.student.enrollments.school`` is one chain of names for the author; here it becomes a
:class:`~compiler.semantics.ir.Find` of the student, a definition applied, and an :class:`~compiler.semantics.ir.Each`
over its members. The other decisions: ``every`` is ``not any not``; ``is`` on a property whose absence is lawful asks
first whether it is given; a period whose end is a property of a record at hand is open while that property is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from compiler.schema.edfi import Reference, Resource, Shape
from compiler.schema.types import BOOLEAN, DATE, NOTHING, WHOLE, ListOf, Record, Row, Type, is_record
from compiler.semantics import ir
from compiler.semantics.checker.facts import (
    BackRef,
    ColumnRef,
    CrossRef,
    DefinitionRef,
    Facts,
    FunctionRef,
    KindRef,
    LookupRef,
    PropertyRef,
    SetRef,
)
from compiler.semantics.checker.paths import key_paths
from compiler.semantics.scope import Asked, CodeSet, Definition, Scope, Table
from compiler.source import Span
from compiler.syntax import tree
from compiler.syntax.tree import Comparison
from compiler.syntax.unparser import unparse

_OPERATORS = {
    Comparison.IS: "eq",
    Comparison.LESS: "lt",
    Comparison.BEFORE: "lt",
    Comparison.AT_MOST: "le",
    Comparison.ON_OR_BEFORE: "le",
    Comparison.MORE: "gt",
    Comparison.AFTER: "gt",
    Comparison.AT_LEAST: "ge",
    Comparison.ON_OR_AFTER: "ge",
}


def _in_set(operand: ir.Expr, codes: CodeSet, span: Span) -> ir.Expr:
    """Whether a value is in a code set; of a dated table, in the codes of the school year."""
    groups = codes.by_validity()
    if list(groups) == [(None, None)]:
        return ir.Member(operand, codes.codes, codes.name, span=span)
    tests = []
    for (first, last), members in groups.items():
        years = [f"{word} {year}" for word, year in (("from", first), ("to", last)) if year is not None]
        member = ir.Member(operand, members, " ".join([codes.name, *years]), span=span)
        limits = year_limits(first, last)
        tests.append(ir.And((*limits, member), span=span) if limits else member)
    return tests[0] if len(tests) == 1 else ir.Or(tuple(tests), span=span)


def year_limits(first: int | None, last: int | None) -> tuple[ir.Expr, ...]:
    """The tests that the school year of the run is not before the first and not after the last; None is open."""
    return tuple(
        ir.Compare(operator, ir.SchoolYear(), ir.Const(year, type=WHOLE))
        for operator, year in (("ge", first), ("le", last))
        if year is not None
    )


def _row_number(table: Table, inputs: tuple[ir.Expr, ...]) -> ir.Expr:
    """The number of the row of a decision table that inputs decide for, 0 when none does; of all that are given."""
    number: ir.Expr = ir.Const(0, type=WHOLE)
    for n, asked in reversed(list(enumerate(table.asked, 1))):
        tests = tuple(test for one, value in zip(asked, inputs, strict=True) for test in _as_asked(one, value))
        here = ir.Const(n, type=WHOLE)
        number = ir.If(ir.And(tests), here, number, type=WHOLE) if tests else here
    known = ir.And(tuple(ir.Compare("eq", value, value) for value in inputs))  # undetermined when an input is
    return ir.If(known, number, ir.Nothing(type=NOTHING), type=WHOLE)


def _as_asked(asked: Asked, value: ir.Expr) -> Iterator[ir.Expr]:
    """The tests that a value is as a cell of a decision table asks."""
    if asked.members is not None:
        yield ir.Member(value, tuple(map(constant_of, asked.members)))
    for operator, limit in (("ge", asked.low), ("le", asked.high)):
        if limit is not None:
            yield ir.Compare(operator, value, ir.Const(constant_of(limit), type=value.type))


def constant_of(value: Any) -> ir.Constant:
    return (value.year, value.month, value.day) if isinstance(value, date) else value


def lower_definition(definition: Definition) -> ir.Definition:
    """A checked definition as IR; its first parameter is the record it belongs to."""
    body = definition.written.body
    assert body is not None
    lowerer = Lowerer(definition.scope, definition.facts)
    return ir.Definition(definition.id, definition.parameters, lowerer.expression(body), unparse(body))


class Lowerer:
    """Lowers the expressions of one spec. ``used`` collects the definitions that the result applies."""

    def __init__(self, scope: Scope, facts: Facts, this: str = "") -> None:
        self.scope = scope
        self.schemas = scope.schemas
        self.facts = facts
        self.this = this
        self.used: dict[str, Definition] = {}
        self._fresh = 0

    def expression(self, node: tree.Expr) -> ir.Expr:
        """The IR of an expression."""
        method: Callable[[tree.Expr], ir.Expr] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    def type_of(self, node: tree.Expr) -> Type:
        return self.facts.types[node]

    # -- leaves

    def _text(self, node: tree.Text) -> ir.Expr:
        return ir.Const(node.value, type=self.type_of(node), span=node.span)

    def _whole(self, node: tree.Whole) -> ir.Expr:
        return ir.Const(node.value, type=self.type_of(node), span=node.span)

    def _decimalnumber(self, node: tree.DecimalNumber) -> ir.Expr:
        return ir.Const(node.value, type=self.type_of(node), span=node.span)

    def _date(self, node: tree.Date) -> ir.Expr:
        return ir.Const((node.year, node.month, node.day), type=DATE, span=node.span)

    def _boolean(self, node: tree.Boolean) -> ir.Expr:
        return ir.Const(node.value, type=self.type_of(node), span=node.span)

    def _nothing(self, node: tree.Nothing) -> ir.Expr:
        return ir.Nothing(type=NOTHING, span=node.span)

    def _schoolyear(self, node: tree.SchoolYear) -> ir.Expr:
        return ir.SchoolYear(span=node.span)

    def _monthday(self, node: tree.MonthDay) -> ir.Expr:
        return ir.YearDay(node.month, node.day, span=node.span)

    def _parameter(self, node: tree.Parameter) -> ir.Expr:
        return ir.Parameter(node.name, type=self.type_of(node), span=node.span)

    def _name(self, node: tree.Name) -> ir.Expr:
        name = self.this if node.name == "this" else node.name
        return ir.Var(name, type=self.type_of(node), span=node.span)

    # -- paths

    def _get(self, node: tree.Get) -> ir.Expr:
        match self.facts.refs[node]:
            case PropertyRef():
                anchor, path = self._anchor(node.base)
                return self._over(anchor, node, lambda base: self._read(base, (*path, node.name), node))
            case CrossRef(reference):
                return self._crossed(node, node.base, reference, reference.target)
            case KindRef(reference, kind):
                assert isinstance(node.base, tree.Get)
                return self._crossed(node, node.base.base, reference, kind)
            case BackRef(resource, paths):
                items = ListOf(Record(resource))
                return self._over(
                    node.base, node, lambda base: ir.Referring(base, resource, paths, type=items, span=node.span)
                )
            case ColumnRef(name):
                return self._over(node.base, node, lambda base: self._cell(base, name, node))
            case DefinitionRef(definition):
                arguments = tuple(self.expression(argument) for argument in node.arguments or ())
                return self._over(node.base, node, lambda base: self._applied(definition, (base, *arguments), node))
            case ref:
                raise AssertionError(ref)

    def _anchor(self, node: tree.Expr) -> tuple[tree.Expr, tuple[str, ...]]:
        """The record, item or list that a path of nested objects starts from, and that path."""
        path: tuple[str, ...] = ()
        while isinstance(node, tree.Get):
            ref = self.facts.refs.get(node)
            if not isinstance(ref, PropertyRef) or isinstance(ref.property.type, ListOf):
                break
            path = (node.name, *path)
            node = node.base
        return node, path

    def _shape(self, kind: Type) -> Shape:
        shape = self.schemas.shape_of(kind)
        assert shape is not None, kind
        return shape

    def _read(self, base: ir.Expr, path: tuple[str, ...], node: tree.Get | None) -> ir.Expr:
        shape = self._shape(base.type)
        prop = shape.find(path)
        assert prop is not None, (shape.label, path)
        label = ".".join((shape.label, *path))
        span = node.span if node is not None else None
        if isinstance(prop.type, ListOf):
            return ir.Items(base, path, label, type=prop.type, span=span)
        optional = not shape.is_required(path)
        read = ir.Read(base, path, label, node in self.facts.uris, optional, type=prop.type, span=span)
        return read if prop.default is None else self._with_default(read, prop.default)

    def _with_default(self, read: ir.Read, default: Any) -> ir.Expr:
        """What is read, or what a missing value means there; of a record that is not there nothing is known."""
        kind, span = read.type, read.span
        given = ir.First((read, ir.Const(default, type=kind, span=span)), type=kind, span=span)
        return ir.If(ir.Given(read.base, span=span), given, read, type=kind, span=span)

    def _crossed(self, node: tree.Get, owner: tree.Expr, reference: Reference, kind: str) -> ir.Expr:
        """The record of a kind whose key a reference holds."""
        anchor, prefix = self._anchor(owner)
        target = self._shape(Record(kind))
        assert isinstance(target, Resource)
        paths = [(*prefix, *path) for path in key_paths(self.schemas, reference, kind)]

        def find(base: ir.Expr) -> ir.Expr:
            shape = self._shape(base.type)
            keys = []
            for path, own in zip(paths, target.key, strict=True):
                part = target.find(own)
                assert part is not None
                label, optional = ".".join((shape.label, *path)), not shape.is_required(path)
                keys.append(ir.Read(base, path, label, True, optional, type=part.type, span=node.span))
            return ir.Find(kind, tuple(keys), type=Record(kind), span=node.span)

        return self._over(anchor, node, find)

    def _cell(self, base: ir.Expr, name: str, node: tree.Get) -> ir.Expr:
        assert isinstance(base.type, Row)
        table = self.scope.tables[base.type.table]
        kind = {**dict(table.key), **table.columns}[name]
        label = f"{table.name}.{name}"
        if isinstance(kind, ListOf):
            return ir.Items(base, (name,), label, type=kind, span=node.span)
        may_lack = not table.has_all or name in (table.valid or ())
        return ir.Read(base, (name,), label, optional=may_lack, type=kind, span=node.span)

    def _over(self, base_node: tree.Expr, node: tree.Expr, make: Callable[[ir.Expr], ir.Expr]) -> ir.Expr:
        """``make`` applied to a base, or to each member of it when it is a list."""
        base = self.expression(base_node)
        if not isinstance(base.type, ListOf):
            return make(base)
        self._fresh += 1
        name = f"it.{self._fresh}"  # no author can write this name
        body = make(ir.Var(name, type=base.type.item, span=base_node.span))
        kind = body.type if isinstance(body.type, ListOf) else ListOf(body.type)
        return ir.Each(name, base, body, type=kind, span=node.span)

    def _applied(self, definition: Definition, arguments: tuple[ir.Expr, ...], node: tree.Expr) -> ir.Expr:
        self.used[definition.id] = definition
        assert definition.type is not None
        return ir.Apply(definition.id, arguments, type=definition.type, span=node.span)

    def _call(self, node: tree.Call) -> ir.Expr:
        ref = self.facts.refs[node]
        match ref:
            case FunctionRef(name, function):
                arguments = tuple(self.expression(argument) for argument in node.arguments)
                return ir.Call(name, arguments, type=function.result, span=node.span)
            case DefinitionRef(definition):
                arguments = tuple(self.expression(argument) for argument in node.arguments)
                return self._applied(definition, arguments, node)
            case LookupRef(table, source):
                keys = tuple(self.expression(argument) for argument in node.arguments[1:])
                if table is not None and table.asked:
                    keys = (_row_number(table, keys),)
                may_lack = table is None or not table.has_all
                return ir.Find(source, keys, may_lack, type=self.type_of(node), span=node.span)
            case _:
                raise AssertionError(ref)

    # -- conditions

    def _not(self, node: tree.Not) -> ir.Expr:
        return ir.Not(self.expression(node.operand), span=node.span)

    def _and(self, node: tree.And) -> ir.Expr:
        return ir.And(tuple(self.expression(operand) for operand in node.operands), span=node.span)

    def _or(self, node: tree.Or) -> ir.Expr:
        return ir.Or(tuple(self.expression(operand) for operand in node.operands), span=node.span)

    def _if(self, node: tree.If) -> ir.Expr:
        parts = (self.expression(part) for part in (node.condition, node.consequence, node.alternative))
        return ir.If(*parts, type=self.type_of(node), span=node.span)

    def _otherwise(self, node: tree.Otherwise) -> ir.Expr:
        operands = tuple(self.expression(operand) for operand in node.operands)
        return ir.First(operands, type=self.type_of(node), span=node.span)

    def _presence(self, node: tree.Presence) -> ir.Expr:
        operand = self.expression(node.operand)
        if isinstance(operand.type, ListOf):
            empty = ir.Empty(operand, span=node.span)
            return ir.Not(empty, span=node.span) if node.present else empty
        given = ir.Given(operand, span=node.span)
        return given if node.present else ir.Not(given, span=node.span)

    def _compare(self, node: tree.Compare) -> ir.Expr:
        left, right = self.expression(node.left), self.expression(node.right)
        if node.operator is not Comparison.IS_NOT:
            test: ir.Expr = ir.Compare(_OPERATORS[node.operator], left, right, span=node.span)
        else:
            test = ir.Not(ir.Compare("eq", left, right, span=node.span), span=node.span)
        if node.operator in (Comparison.IS, Comparison.IS_NOT):
            for side, value in ((node.left, left), (node.right, right)):
                test = self._lawfully(side, value, test, node.operator is Comparison.IS)
        return test

    def _lawfully(self, operand: tree.Expr, value: ir.Expr, test: ir.Expr, positive: bool) -> ir.Expr:
        """A test on a property whose absence is lawful: decided, on a record at hand, when the property is missing."""
        owner = self._lawful_owner(operand, value)
        if owner is None:
            return test
        given: ir.Expr = ir.Given(value)
        if not isinstance(owner, ir.Var):
            given = ir.Or((given, ir.Not(ir.Given(owner))))
        if positive:
            return ir.And((given, test), span=test.span)
        return ir.Or((ir.Not(given), test), span=test.span)

    def _lawful_owner(self, operand: tree.Expr, value: ir.Expr) -> ir.Expr | None:
        """The record whose property an operand is, if its absence is lawful; looks through plain definitions."""
        ref = self.facts.refs.get(operand)
        if isinstance(ref, PropertyRef) and ref.property.name in self.scope.lawful and isinstance(value, ir.Read):
            return value.base
        if isinstance(ref, DefinitionRef) and isinstance(value, ir.Apply) and len(value.arguments) == 1:
            definition = ref.definition
            inner = Lowerer(definition.scope, definition.facts)
            body = definition.written.body
            assert body is not None
            owner = inner._lawful_owner(body, inner.expression(body))
            return value.arguments[0] if isinstance(owner, ir.Var) else None
        return None

    def _between(self, node: tree.Between) -> ir.Expr:
        operand = self.expression(node.operand)
        low = ir.Compare("ge", operand, self.expression(node.low), span=node.span)
        high = ir.Compare("le", operand, self.expression(node.high), span=node.span)
        both = ir.And((low, high), span=node.span)
        return ir.Not(both, span=node.span) if node.negated else both

    def _oneof(self, node: tree.OneOf) -> ir.Expr:
        operand = self.expression(node.operand)
        test = self._membership(node, operand)
        if node.negated:
            test = ir.Not(test, span=node.span)
        return self._lawfully(node.operand, operand, test, not node.negated)

    def _membership(self, node: tree.OneOf, operand: ir.Expr) -> ir.Expr:
        match node.choices:
            case tree.CodeSet():
                ref = self.facts.refs[node.choices]
                assert isinstance(ref, SetRef)
                return _in_set(operand, ref.codes, node.span)
            case tree.ParameterSet(name=name):
                return ir.ParameterMember(operand, name, span=node.span)
            case tree.Inline(members=members):
                values = [self.expression(member) for member in members]
                constants = tuple(value.value for value in values if isinstance(value, ir.Const))
                tests: list[ir.Expr] = [ir.Member(operand, constants, span=node.span)] if constants else []
                tests += [ir.Compare("eq", operand, v, span=node.span) for v in values if not isinstance(v, ir.Const)]
                return tests[0] if len(tests) == 1 else ir.Or(tuple(tests), span=node.span)

    def _matches(self, node: tree.Matches) -> ir.Expr:
        return self._negatable(
            ir.Match(self.expression(node.operand), node.pattern.value, span=node.span), node.negated
        )

    def _startswith(self, node: tree.StartsWith) -> ir.Expr:
        test = ir.Prefix(self.expression(node.operand), self.expression(node.prefix), span=node.span)
        return self._negatable(test, node.negated)

    def _contains(self, node: tree.Contains) -> ir.Expr:
        whole, part = self.expression(node.whole), self.expression(node.part)
        kind = ir.Has if isinstance(whole.type, ListOf) else ir.Covers
        test = kind(whole, part, span=node.span)
        return self._negatable(test, node.negated)

    def _overlaps(self, node: tree.Overlaps) -> ir.Expr:
        test = ir.Overlap(self.expression(node.left), self.expression(node.right), span=node.span)
        return self._negatable(test, node.negated)

    def _negatable(self, test: ir.Expr, negated: bool) -> ir.Expr:
        return ir.Not(test, span=test.span) if negated else test

    def _quantified(self, node: tree.Quantified) -> ir.Expr:
        items, body = self.expression(node.collection), self.expression(node.body)

        def at_least(count: int, test: ir.Expr) -> ir.Expr:
            return ir.AtLeast(count, node.variable, items, test, span=node.span)

        def no(test: ir.Expr) -> ir.Expr:
            return ir.Not(test, span=node.span)

        match node.quantifier:
            case tree.Quantifier.ANY:
                return at_least(1, body)
            case tree.Quantifier.EVERY:
                return no(at_least(1, ir.Not(body, span=node.body.span)))
            case tree.Quantifier.NO:
                return no(at_least(1, body))
            case tree.Quantifier.EXACTLY_ONE:
                return ir.And((at_least(1, body), no(at_least(2, body))), span=node.span)
            case tree.Quantifier.AT_LEAST:
                return at_least(node.count or 0, body)
            case tree.Quantifier.AT_MOST:
                return no(at_least((node.count or 0) + 1, body))

    # -- collections

    def _filtered(self, binder: tree.Binder) -> ir.Expr:
        items = self.expression(binder.collection)
        if binder.condition is None:
            return items
        return ir.Filter(binder.variable, items, self.expression(binder.condition), type=items.type, span=binder.span)

    def _count(self, node: tree.Count) -> ir.Expr:
        items = self._filtered(node.binder)
        if node.value is None:
            return ir.Count(items, span=node.span)
        return ir.CountDifferent(node.binder.variable, items, self.expression(node.value), span=node.span)

    def _aggregate(self, node: tree.Aggregate) -> ir.Expr:
        items, body, kind = self._filtered(node.binder), self.expression(node.value), self.type_of(node)
        name = node.binder.variable
        if node.aggregation is tree.Aggregation.SUM:
            return ir.Total(name, items, body, type=kind, span=node.span)
        highest = node.aggregation in (tree.Aggregation.LATEST, tree.Aggregation.HIGHEST)
        return ir.Extreme(highest, name, items, body, type=kind, span=node.span)

    def _monthlysum(self, node: tree.MonthlySum) -> ir.Expr:
        items, body, day = self._filtered(node.binder), self.expression(node.value), self.expression(node.day)
        kind, name = self.type_of(node), node.binder.variable
        return ir.MonthlyExtreme(node.highest, name, items, body, day, type=kind, span=node.span)

    def _all(self, node: tree.All) -> ir.Expr:
        return self._filtered(node.binder)

    def _the(self, node: tree.The) -> ir.Expr:
        return ir.Only(self._filtered(node.binder), type=self.type_of(node), span=node.span)

    def _pick(self, node: tree.Pick) -> ir.Expr:
        last = node.pick in (tree.Aggregation.LATEST, tree.Aggregation.HIGHEST)
        kind = self.type_of(node)
        return ir.Pick(last, self._filtered(node.binder), self._order(kind, node.order), type=kind, span=node.span)

    def _neighbour(self, node: tree.Neighbour) -> ir.Expr:
        kind, items = self.type_of(node), self._filtered(node.binder)
        order, of = self._order(kind, node.order), self.expression(node.of)
        return ir.Neighbour(node.previous, items, order, of, type=kind, span=node.span)

    def _order(self, kind: Type, order: tuple[tuple[str, ...], ...]) -> tuple[ir.Order, ...]:
        assert is_record(kind)
        keys = []
        for path in order:
            read = self._read(ir.Var("it", type=kind), path, None)
            assert isinstance(read, ir.Read)
            keys.append(ir.Order(path, read.type, read.label))
        return tuple(keys)

    # -- numbers and dates

    def _arithmetic(self, node: tree.Arithmetic) -> ir.Expr:
        left = self.expression(node.left)
        if isinstance(node.right, tree.Duration):
            count = -node.right.count if node.operator == "-" else node.right.count
            return ir.Shift(left, count, node.right.unit, span=node.span)
        return ir.Arithmetic(node.operator, left, self.expression(node.right), type=self.type_of(node), span=node.span)

    def _shifted(self, node: tree.Shifted) -> ir.Expr:
        count = -node.duration.count if node.before else node.duration.count
        return ir.Shift(self.expression(node.anchor), count, node.duration.unit, span=node.span)

    def _age(self, node: tree.Age) -> ir.Expr:
        return ir.Elapsed("year", self.expression(node.birth), self.expression(node.on), span=node.span)

    def _elapsed(self, node: tree.Elapsed) -> ir.Expr:
        return ir.Elapsed(node.unit, self.expression(node.start), self.expression(node.end), span=node.span)

    def _period(self, node: tree.Period) -> ir.Expr:
        start, end = self.expression(node.start), self.expression(node.end)
        return ir.MakePeriod(start, end, self._may_be_open(end), span=node.span)

    def _may_be_open(self, end: ir.Expr) -> ir.Expr:
        """Whether a missing end is open: it is a property of a record that is at hand, or `nothing`."""
        if isinstance(end, ir.Read) and not isinstance(end.base, ir.Var):
            return ir.Given(end.base)
        return ir.Const(isinstance(end, ir.Read | ir.Nothing), type=BOOLEAN)
