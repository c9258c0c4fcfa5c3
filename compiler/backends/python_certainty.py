"""Which expressions are never missing: generated Python tests those with Python's own operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from compiler.schema.types import ListOf, Record, Row
from compiler.semantics import ir

Known: TypeAlias = frozenset[ir.Expr]
"""Expressions that are given where a test is made, because tests before it said so."""

NOTHING_KNOWN: Known = frozenset()


class Certainty:
    """Tells it of the expressions of a program."""

    def __init__(self, definitions: Mapping[str, ir.Definition], doubtful: frozenset[str] = frozenset()) -> None:
        """``doubtful`` are the parameters that a run may leave without a value."""
        self.definitions = definitions
        self.doubtful = doubtful
        self._bodies: dict[str, bool] = {}

    def is_sure(self, node: ir.Expr, known: Known = NOTHING_KNOWN) -> bool:
        """Whether a value is never missing."""
        if known and node in known:
            return True
        match node:
            case ir.Parameter(name=name):
                return name not in self.doubtful
            case ir.Const() | ir.SchoolYear() | ir.YearDay() | ir.Given():
                return True
            case ir.And(operands=operands) | ir.Or(operands=operands):
                return not self.split(operands, known, isinstance(node, ir.And))[1]
            case ir.If(condition=condition, consequence=consequence, alternative=alternative):
                if isinstance(node.type, ListOf) or not self.is_sure(condition, known):
                    return False
                then, otherwise = known | facts(condition, True), known | facts(condition, False)
                return self.is_sure(consequence, then) and self.is_sure(alternative, otherwise)
            case ir.First(operands=operands):
                return any(self.is_sure(o, known) for o in operands if not isinstance(o.type, Record))
            case ir.Not() | ir.Compare() | ir.Member() | ir.ParameterMember() | ir.Match() | ir.Prefix() | ir.Elapsed():
                return all(self.is_sure(child, known) for child in ir.children(node))
            case ir.Find(keys=keys):
                return not isinstance(node.type, Row) and all(self.is_sure(key, known) for key in keys)
            case ir.Apply(name=name):
                return self._is_sure_body(name)
            case _:
                return False

    def split(
        self, operands: Iterable[ir.Expr], known: Known, both: bool
    ) -> tuple[list[tuple[ir.Expr, Known]], list[ir.Expr], Known]:
        """The operands of ``and`` (or ``or``) that are never missing, the others, and what is known at each.

        Those never missing are tested first; a test is reached when those before it were true (or false).
        """
        sure, unsure = [], []
        for operand in operands:
            if self.is_sure(operand, known):
                sure.append((operand, known))
                known |= facts(operand, both)
            else:
                unsure.append(operand)
        return sure, unsure, known

    def _is_sure_body(self, name: str) -> bool:
        if name not in self._bodies:
            self._bodies[name] = False
            self._bodies[name] = self.is_sure(self.definitions[name].body)
        return self._bodies[name]


def facts(test: ir.Expr, outcome: bool) -> Known:
    """What is given when a test came out true, or false."""
    match test:
        case ir.Given(operand=operand) if outcome:
            return frozenset({operand})
        case ir.Not(operand=operand):
            return facts(operand, not outcome)
        case ir.And(operands=operands) if outcome:
            return frozenset().union(*(facts(operand, outcome) for operand in operands))
        case ir.Or(operands=operands) if not outcome:
            return frozenset().union(*(facts(operand, outcome) for operand in operands))
        case _:
            return NOTHING_KNOWN


def tells_presence(guard: ir.Expr, test: ir.Expr, outcome: bool) -> bool:
    """Whether a guard before a test (of which both must come out so) says no more than the test itself.

    What is missing equals nothing and is in no set.
    """
    while isinstance(guard, ir.Not) and isinstance(test, ir.Not):
        guard, test, outcome = guard.operand, test.operand, not outcome
    if not outcome or not isinstance(guard, ir.Given) or isinstance(guard.operand.type, Record):
        return False
    match test:
        case ir.Compare(operator="eq", left=left, right=right):
            return guard.operand in (left, right) and left != right
        case ir.Member(operand=operand) | ir.ParameterMember(operand=operand):
            return operand == guard.operand
        case _:
            return False
