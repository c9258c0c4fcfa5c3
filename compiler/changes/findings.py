"""Whether a rule finds a part of what it found before: its clauses as a whole, and what decides beside them."""

from __future__ import annotations

from compiler.changes.conditions import implies
from compiler.changes.sides import Clauses, Side
from compiler.changes.terms import Term, negated
from compiler.semantics import ir
from compiler.semantics.checker.rules import CheckedRule

NARROWER, WIDER, SAME, OTHER = "narrower", "wider", "same", "other"


def direction(old: Side, new: Side, before: str, after: str) -> str:
    """What the rule ``after`` finds beside what ``before`` did: a part, more, the same, or nobody can tell.

    It is told of the records that violate a rule, in every run over the same data, before `once per` groups them.
    """
    fewer, more = _finds_part(new, after, old, before), _finds_part(old, before, new, after)
    return called(fewer=fewer, more=more)


def called(*, fewer: bool, more: bool) -> str:
    """What is said when everything that is found now was found before, and when all of that is still found."""
    return {(True, True): SAME, (True, False): NARROWER, (False, True): WIDER}.get((fewer, more), OTHER)


def _finds_part(one: Side, key: str, other: Side, other_key: str) -> bool:
    """Whether every subject that a rule of one side finds is found by that of the other."""
    rule, whole = one.rules[key], other.rules[other_key]
    clauses, all_of_it = one.in_full(key), other.in_full(other_key)
    lowered, its = one.program.rules.get(key), other.program.rules.get(other_key)
    if not rule.runs or clauses is None or all_of_it is None or lowered is None or its is None or not whole.runs:
        return False
    if one.program.schemas != other.program.schemas or clauses.judged != all_of_it.judged:
        return False
    return (
        rule.scope.leap_birthday == whole.scope.leap_birthday
        and _is_checked_where(lowered, its)
        and not any(outcome == "violation" for _, outcome in lowered.if_missing)
        and _holds_within(rule, whole)
        and all_of_it.years in (None, clauses.years)
        and implies(clauses.found, all_of_it.found)
        and _are_subjects(clauses, all_of_it)
    )


def _is_checked_where(one: ir.Rule, other: ir.Rule) -> bool:
    """Whether the data of every run in which a rule can be checked will do for the other."""
    order = ("district", "state", "history")
    return other.needs <= one.needs and order.index(other.scope) <= order.index(one.scope)


def _holds_within(one: CheckedRule, other: CheckedRule) -> bool:
    """Whether a rule holds only in runs in which the other does."""
    a, b = one.validity, other.validity
    return (
        (b.first_year is None or (a.first_year is not None and b.first_year <= a.first_year))
        and (b.last_year is None or (a.last_year is not None and a.last_year <= b.last_year))
        and (b.first_day is None or (a.first_day is not None and b.first_day <= a.first_day))
        and (b.last_day is None or (a.last_day is not None and a.last_day <= b.last_day))
    )


def _are_subjects(clauses: Clauses, other: Clauses) -> bool:
    """Whether what a rule finds are subjects of the other, which leaves out those of whom `where` is false."""
    parts: tuple[Term, ...] = other.where[1:] if other.where[0] == "and" else (other.where,)
    return all(implies(clauses.found, part) or implies(negated(part), negated(clauses.where)) for part in parts)
