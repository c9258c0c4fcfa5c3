"""Checked expressions to terms: sugar, order, layout and the names of variables go; what is said stays.

There are two readings of a text. As *written*, definitions, code sets and parameters stand by name, so that a change of
one of them is none of the rule that names it. In *full*, they are replaced by what they stand for: two texts with equal
terms then say the same whatever they call it. Variables are numbered by how deep they are bound.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from compiler.changes.terms import Term, conjunction, constants, dated, disjunction, negated, ordered
from compiler.schema.types import ListOf
from compiler.semantics.checker.facts import (
    ColumnRef,
    DefinitionRef,
    Facts,
    FunctionRef,
    LookupRef,
    PropertyRef,
    SetRef,
)
from compiler.semantics.scope import BUILT_IN_PARAMETERS, CodeSet, Collection, Definition, Scope, Table
from compiler.syntax import tree
from compiler.syntax.tree import Comparison

MOST_NODES = 20_000
Names = Mapping[str, Callable[[int], Term]]
"""What a name stands for, at the depth of binding at which it is used."""


class TooLargeError(Exception):
    """What a text stands for in full is too large to be compared."""


@dataclass(slots=True)
class Budget:
    """How many nodes may still be read."""

    left: int = MOST_NODES

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooLargeError


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the expressions of one spec; ``full`` replaces names, with the values of a collection's parameters."""

    scope: Scope
    facts: Facts
    full: bool = False
    collection: Collection | None = None
    names: Names = field(default_factory=dict)
    depth: int = 0
    budget: Budget = field(default_factory=Budget)

    def binding(self, *names: str) -> Reader:
        """A reader in which names stand for one more variable."""
        level = self.depth
        bound = {name: lambda _depth: ("var", level) for name in names}
        return replace(self, names={**self.names, **bound}, depth=level + 1)

    def term(self, node: tree.Expr) -> Term:
        """The term of an expression."""
        self.budget.spend()
        method: Callable[[tree.Expr], Term] = getattr(self, f"_{type(node).__name__.lower()}")
        return method(node)

    def terms(self, nodes: tuple[tree.Expr, ...]) -> tuple[Term, ...]:
        return tuple(self.term(node) for node in nodes)

    # -- leaves

    def _text(self, node: tree.Text) -> Term:
        return ("const", "text", node.value)

    def _whole(self, node: tree.Whole) -> Term:
        return ("const", "whole", node.value)

    def _decimalnumber(self, node: tree.DecimalNumber) -> Term:
        return ("const", "decimal", node.value.normalize())

    def _date(self, node: tree.Date) -> Term:
        return ("const", "date", f"{node.year:04}-{node.month:02}-{node.day:02}")

    def _boolean(self, node: tree.Boolean) -> Term:
        return ("const", "boolean", node.value)

    def _nothing(self, _node: tree.Nothing) -> Term:
        return ("nothing",)

    def _duration(self, node: tree.Duration) -> Term:
        return ("duration", node.count, node.unit)

    def _schoolyear(self, _node: tree.SchoolYear) -> Term:
        return ("school year",)

    def _monthday(self, node: tree.MonthDay) -> Term:
        return ("day", (node.month - 7) % 12, node.day)

    def _parameter(self, node: tree.Parameter) -> Term:
        return self._named_parameter(node.name)

    def _named_parameter(self, name: str) -> Term:
        if not self.full or self.collection is None or name in BUILT_IN_PARAMETERS:
            return ("parameter", name)
        return ("parameter", parameter_values(self.collection, name))

    def _name(self, node: tree.Name) -> Term:
        return self.names[node.name](self.depth)

    # -- paths

    def _get(self, node: tree.Get) -> Term:
        ref, base = self.facts.refs[node], self.term(node.base)
        if isinstance(ref, DefinitionRef):
            if not self.full:
                return ("definition", ref.definition.id, base, *self.terms(node.arguments or ()))
            if isinstance(self.facts.types[node.base], ListOf):
                return ("each", base, self._of_each(ref.definition, node.arguments or ()))
            return self._applied(ref.definition, self._later((node.base, *(node.arguments or ()))))
        whole = ("uri",) if node in self.facts.uris else ()
        return ("get", base, node.name, *whole)

    def _of_each(self, definition: Definition, arguments: tuple[tree.Expr, ...]) -> Term:
        """What a definition says of a member of a list."""
        level = self.depth

        def member(_depth: int) -> Term:
            return ("var", level)

        return replace(self, depth=level + 1)._applied(definition, (member, *self._later(arguments)))

    def _call(self, node: tree.Call) -> Term:
        ref = self.facts.refs[node]
        match ref:
            case FunctionRef(name=name):
                return ("call", name, *self.terms(node.arguments))
            case DefinitionRef(definition=definition) if self.full:
                return self._applied(definition, self._later(node.arguments))
            case DefinitionRef(definition=definition):
                return ("definition", definition.id, *self.terms(node.arguments))
            case LookupRef(table=table, resource=source):
                known = digest(table) if self.full and table is not None else ""
                return ("lookup", source, known, *self.terms(node.arguments[1:]))
            case _:
                raise AssertionError(ref)

    def _later(self, nodes: tuple[tree.Expr, ...]) -> tuple[Callable[[int], Term], ...]:
        """Expressions that are read where a definition uses them, at the depth there."""
        return tuple(partial(self._at, node) for node in nodes)

    def _at(self, node: tree.Expr, depth: int) -> Term:
        return replace(self, depth=depth).term(node)

    def _applied(self, definition: Definition, arguments: tuple[Callable[[int], Term], ...]) -> Term:
        """What a definition says of its arguments."""
        body = definition.written.body
        assert body is not None
        names = (name for name, _ in definition.parameters)
        given = dict(zip(names, arguments, strict=True))
        return replace(self, scope=definition.scope, facts=definition.facts, names=given).term(body)

    # -- conditions

    def _not(self, node: tree.Not) -> Term:
        return negated(self.term(node.operand))

    def _and(self, node: tree.And) -> Term:
        return conjunction(self.terms(node.operands))

    def _or(self, node: tree.Or) -> Term:
        return disjunction(self.terms(node.operands))

    def _if(self, node: tree.If) -> Term:
        return ("if", self.term(node.condition), self.term(node.consequence), self.term(node.alternative))

    def _otherwise(self, node: tree.Otherwise) -> Term:
        return ("otherwise", *self.terms(node.operands))

    def _presence(self, node: tree.Presence) -> Term:
        given = ("present", self.term(node.operand))
        return given if node.present else negated(given)

    def _compare(self, node: tree.Compare) -> Term:
        left, right = self.term(node.left), self.term(node.right)
        match node.operator:
            case Comparison.IS:
                return self._equal(node.left, node.right, left, right)
            case Comparison.IS_NOT:
                return negated(self._equal(node.left, node.right, left, right))
            case Comparison.LESS | Comparison.BEFORE:
                return ("lt", left, right)
            case Comparison.MORE | Comparison.AFTER:
                return ("lt", right, left)
            case Comparison.AT_MOST | Comparison.ON_OR_BEFORE:
                return ("le", left, right)
            case Comparison.AT_LEAST | Comparison.ON_OR_AFTER:
                return ("le", right, left)

    def _equal(self, one: tree.Expr, other: tree.Expr, left: Term, right: Term) -> Term:
        if left[0] == "const":
            one, other, left, right = other, one, right, left
        if right[0] == "const":
            return ("in", left, ("set", constants([right])), self._absence(one))
        return _equal(left, self._absence(one), right, self._absence(other))

    def _between(self, node: tree.Between) -> Term:
        operand, low, high = self.terms((node.operand, node.low, node.high))
        both = conjunction([("le", low, operand), ("le", operand, high)])
        return negated(both) if node.negated else both

    def _oneof(self, node: tree.OneOf) -> Term:
        test = disjunction(self._memberships(node, self.term(node.operand), self._absence(node.operand)))
        return negated(test) if node.negated else test

    def _memberships(self, node: tree.OneOf, operand: Term, absence: str) -> list[Term]:
        match node.choices:
            case tree.CodeSet(name=name):
                ref = self.facts.refs[node.choices]
                assert isinstance(ref, SetRef)
                return [("in", operand, ("set", codes_of(ref.codes)) if self.full else ("codes", name), absence)]
            case tree.ParameterSet(name=name):
                return [("in parameter", operand, self._named_parameter(name), absence)]
            case tree.Inline(members=members):
                values = self.terms(members)
                literals = [value for value in values if value[0] == "const"]
                tests: list[Term] = [("in", operand, ("set", constants(literals)), absence)] if literals else []
                return tests + [_equal(operand, "", value, "") for value in values if value[0] != "const"]

    def _matches(self, node: tree.Matches) -> Term:
        return self._negatable(("matches", self.term(node.operand), node.pattern.value), node.negated)

    def _startswith(self, node: tree.StartsWith) -> Term:
        return self._negatable(("starts", self.term(node.operand), self.term(node.prefix)), node.negated)

    def _contains(self, node: tree.Contains) -> Term:
        return self._negatable(("contains", self.term(node.whole), self.term(node.part)), node.negated)

    def _overlaps(self, node: tree.Overlaps) -> Term:
        both = ordered([self.term(node.left), self.term(node.right)])
        return self._negatable(("overlap", *both), node.negated)

    def _negatable(self, test: Term, is_negated: bool) -> Term:
        return negated(test) if is_negated else test

    def _quantified(self, node: tree.Quantified) -> Term:
        items = self.term(node.collection)
        body = self.binding(node.variable).term(node.body)
        count = node.count or 0

        def at_least(least: int, test: Term) -> Term:
            return ("some", least, items, test)

        match node.quantifier:
            case tree.Quantifier.ANY:
                return at_least(1, body)
            case tree.Quantifier.EVERY:
                return negated(at_least(1, negated(body)))
            case tree.Quantifier.NO:
                return negated(at_least(1, body))
            case tree.Quantifier.EXACTLY_ONE:
                return conjunction([at_least(1, body), negated(at_least(2, body))])
            case tree.Quantifier.AT_LEAST:
                return at_least(count, body)
            case tree.Quantifier.AT_MOST:
                return negated(at_least(count + 1, body))

    # -- collections

    def _filtered(self, binder: tree.Binder) -> Term:
        items = self.term(binder.collection)
        if binder.condition is None:
            return items
        return ("filter", items, self.binding(binder.variable).term(binder.condition))

    def _count(self, node: tree.Count) -> Term:
        items = self._filtered(node.binder)
        if node.value is None:
            return ("count", items)
        return ("count different", items, self.binding(node.binder.variable).term(node.value))

    def _aggregate(self, node: tree.Aggregate) -> Term:
        value = self.binding(node.binder.variable).term(node.value)
        return (_which(node.aggregation), self._filtered(node.binder), value)

    def _monthlysum(self, node: tree.MonthlySum) -> Term:
        member = self.binding(node.binder.variable)
        which = "highest" if node.highest else "lowest"
        return ("monthly", which, self._filtered(node.binder), member.term(node.value), member.term(node.day))

    def _all(self, node: tree.All) -> Term:
        return self._filtered(node.binder)

    def _the(self, node: tree.The) -> Term:
        return ("the", self._filtered(node.binder))

    def _pick(self, node: tree.Pick) -> Term:
        return ("pick", _which(node.pick), self._filtered(node.binder), node.order)

    def _neighbour(self, node: tree.Neighbour) -> Term:
        return ("neighbour", node.previous, self._filtered(node.binder), node.order, self.term(node.of))

    # -- numbers and dates

    def _arithmetic(self, node: tree.Arithmetic) -> Term:
        left = self.term(node.left)
        if isinstance(node.right, tree.Duration):
            return _shift(left, node.right, back=node.operator == "-")
        right = self.term(node.right)
        return (node.operator, *(ordered([left, right]) if node.operator in "+*" else (left, right)))

    def _shifted(self, node: tree.Shifted) -> Term:
        return _shift(self.term(node.anchor), node.duration, back=node.before)

    def _age(self, node: tree.Age) -> Term:
        return ("elapsed", "year", self.term(node.birth), self.term(node.on))

    def _elapsed(self, node: tree.Elapsed) -> Term:
        return ("elapsed", node.unit, self.term(node.start), self.term(node.end))

    def _period(self, node: tree.Period) -> Term:
        return ("period", self.term(node.start), self.term(node.end), self._end(node.end))

    # -- what the form of an operand decides

    def _end(self, node: tree.Expr) -> str:
        """Whether a missing end of a period is open: always, when its record is at hand, or never."""
        if isinstance(node, tree.Nothing):
            return "open"
        owner = self._owner(node)
        return "" if owner is None else "open" if isinstance(owner, tree.Name) else "open at hand"

    def _absence(self, node: tree.Expr) -> str:
        """Whether the absence of a compared property is lawful: always, when its record is at hand, or not.

        It is a setting of the ruleset, so it is no part of what the rule itself says.
        """
        if not self.full or not isinstance(node, tree.Get):
            return ""
        ref = self.facts.refs.get(node)
        if isinstance(ref, DefinitionRef) and not node.arguments and not self._is_many(node.base):
            body = ref.definition.written.body
            assert body is not None
            inner = replace(self, scope=ref.definition.scope, facts=ref.definition.facts)._absence(body)
            return "" if inner != "lawful" else "lawful" if isinstance(node.base, tree.Name) else "lawful at hand"
        owner = self._owner(node) if node.name in self.scope.lawful and isinstance(ref, PropertyRef) else None
        return "" if owner is None else "lawful" if isinstance(owner, tree.Name) else "lawful at hand"

    def _owner(self, node: tree.Expr) -> tree.Expr | None:
        """The record, item or row that a single property or column is read of; None for anything else."""
        if not isinstance(node, tree.Get) or not isinstance(self.facts.refs[node], PropertyRef | ColumnRef):
            return None
        owner = node.base
        while isinstance(owner, tree.Get) and isinstance(self.facts.refs[owner], PropertyRef):
            if self._is_many(owner):
                return None
            owner = owner.base
        return None if self._is_many(owner) or self._is_many(node) else owner

    def _is_many(self, node: tree.Expr) -> bool:
        return isinstance(self.facts.types.get(node), ListOf)


def _equal(left: Term, left_absence: str, right: Term, right_absence: str) -> Term:
    return ("eq", *ordered([("side", left, left_absence), ("side", right, right_absence)]))


def _which(aggregation: tree.Aggregation) -> str:
    """`latest` and `highest` are one, as are `earliest` and `lowest`."""
    if aggregation is tree.Aggregation.SUM:
        return "sum"
    return "last" if aggregation in (tree.Aggregation.LATEST, tree.Aggregation.HIGHEST) else "first"


def _shift(day: Term, duration: tree.Duration, *, back: bool) -> Term:
    return ("shift", day, -duration.count if back else duration.count, duration.unit)


# -- what names stand for


def codes_of(codes: CodeSet) -> Any:
    """The codes of a set by school year."""
    return dated(
        (first, last, [("const", "text", str(code)) for code in group])
        for (first, last), group in codes.by_validity().items()
    )


def parameter_values(collection: Collection, name: str) -> tuple[Any, ...]:
    """The values of a parameter: ``((cycle, school year), value)``, sorted."""
    info = collection.parameters.get(name)
    return tuple((place, _as_set(value)) for place, value in sorted(info.values.items())) if info is not None else ()


def _as_set(value: Any) -> Any:
    """A list is asked for its members only."""
    return tuple(sorted(set(value))) if isinstance(value, tuple) else value


@cache
def digest(table: Table) -> str:
    """A hash of what a table says."""
    rows = sorted(repr((key, sorted(cells.items(), key=str))) for key, cells in table.rows)
    default = sorted(table.default.items(), key=str) if table.default is not None else None
    kinds = repr((table.key, sorted(table.columns.items(), key=str), table.valid, table.absent_key, default))
    return hashlib.sha256("\n".join([kinds, *rows]).encode()).hexdigest()
