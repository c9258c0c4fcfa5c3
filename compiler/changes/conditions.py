"""Whether one condition holds only where another does, shown by their structure.

``implies(a, b)`` says that wherever ``a`` is *true*, ``b`` is true as well; an undetermined value is not true. Since
negations stand at the leaves, and a negated leaf is true exactly where the leaf is false, that is all there is to show:
what a rule finds are the subjects of which ``when`` and not ``require`` is true. A yes is a proof; a no means that none
was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from compiler.changes.terms import FALSE, TRUE, Term, are_disjoint, conjunction, disjunction, is_subset, negated

MOST_STEPS = 20_000


def implies(premise: Term, conclusion: Term) -> bool:
    """Whether a condition is true wherever another is."""
    return _Prover().shows(premise, conclusion)


class _Prover:
    """Looks for a proof; gives up after so many steps."""

    def __init__(self) -> None:
        self.known: dict[tuple[Term, Term], bool] = {}
        self.steps = 0

    def shows(self, a: Term, b: Term) -> bool:
        if a in (b, FALSE) or b == TRUE:
            return True
        self.steps += 1
        if self.steps > MOST_STEPS:
            return False
        if (a, b) not in self.known:
            self.known[a, b] = self._shows(_choices(a), _choices(b))
        return self.known[a, b]

    def _shows(self, a: Term, b: Term) -> bool:
        if a[0] == "or":
            return all(self.shows(part, b) for part in a[1:])
        if b[0] == "and":
            return all(self.shows(a, part) for part in b[1:])
        if a[0] == "and" and any(self.shows(part, b) for part in a[1:]):
            return True
        if b[0] == "or" and any(self.shows(a, part) for part in b[1:]):
            return True
        if a[0] == "and":
            return any(self.shows(premise, b) for premise in _distributed(a))
        return self._leaf(a, b)

    def _leaf(self, a: Term, b: Term) -> bool:
        match a, b:
            case ("in", x, ("set", one), law), ("in", y, ("set", other), law_too):
                return x == y and law == law_too and is_subset(one, other)
            case ("not", ("in", x, ("set", one), law)), ("not", ("in", y, ("set", other), law_too)):
                return x == y and law == law_too and is_subset(other, one)
            case ("in", x, ("set", one), _), ("not", ("in", y, ("set", other), _)):
                return x == y and are_disjoint(one, other)
            case ("in" | "lt" | "le", *parts), ("present", x):
                return x in (parts[:1] if a[0] == "in" else parts) and x[0] == "get"
            case ("lt" | "le", _, _), ("lt" | "le", _, _):
                return _order_follows(a, b)
            case ("some", n, items, test), ("some", m, others, other_test):
                items, test = _unfiltered(items, test)
                others, other_test = _unfiltered(others, other_test)
                return n >= m and items == others and self.shows(test, other_test)
            case ("not", ("some", n, items, test)), ("not", ("some", m, others, other_test)):
                items, test = _unfiltered(items, test)
                others, other_test = _unfiltered(others, other_test)
                return n <= m and items == others and self.shows(negated(test), negated(other_test))
            case _:
                return False


def _choices(term: Term) -> Term:
    """A choice as what it is true of: one branch where its condition is true, the other where it is false."""
    match term:
        case ("if", condition, consequence, alternative):
            taken = conjunction([condition, consequence])
            return disjunction([taken, conjunction([negated(condition), alternative])])
        case _:
            return term


def _distributed(term: Term) -> Iterator[Term]:
    """For an `and` with a choice in it: the same as an `or`, when that is small."""
    chosen = next((part for part in map(_choices, term[1:]) if part[0] == "or"), None)
    if chosen is not None:
        rest = [part for part in term[1:] if _choices(part) != chosen]
        yield disjunction(conjunction([part, *rest]) for part in chosen[1:])


def _unfiltered(items: Term, test: Term) -> tuple[Term, Term]:
    """A test of the members of a filtered list as one of all members: a doubt of the filter is one of the test."""
    while items[0] == "filter":
        items, test = items[1], conjunction([items[2], test])
    return items, test


# -- orders


def _order_follows(a: Term, b: Term) -> bool:
    """Whether ``low < high`` of one follows from that of the other: its low end is no higher, its high end no lower."""
    strict_needed = b[0] == "lt" and a[0] == "le"
    low, high, other_low, other_high = a[1], a[2], b[1], b[2]
    if low == other_low:
        return _at_most(high, other_high, strict=strict_needed)
    return high == other_high and _at_most(other_low, low, strict=strict_needed)


def _at_most(low: Term, high: Term, *, strict: bool) -> bool:
    """Whether a value is never higher than another (with ``strict``: always lower)."""
    if low == high:
        return not strict
    lowest, highest = _values(low), _values(high)
    if lowest is None or highest is None or lowest[0] != highest[0]:
        return False
    pairs = list(_side_by_side(lowest[1], highest[1]))
    return bool(pairs) and all(one < other if strict else one <= other for one, other in pairs)


def _values(term: Term) -> tuple[str, Any] | None:
    """The values that a constant, a day of the school year or a parameter takes, and of what kind they are."""
    match term:
        case ("const", "whole" | "decimal", value):
            return "number", value
        case ("const", "date", value):
            return "date", date.fromisoformat(value)
        case ("day", month, day) if (month, day) != (7, 29):
            return "day", (month, day)  # February 29 is the 28th in most years
        case ("parameter", tuple() as values) if values and all(_is_ordered(value) for _, value in values):
            return ("date" if isinstance(values[0][1], date) else "number"), dict(values)
        case _:
            return None


def _is_ordered(value: Any) -> bool:
    return value is not None and not isinstance(value, bool | str | tuple)


def _side_by_side(one: Any, other: Any) -> Iterable[tuple[Any, Any]]:
    """The values of two sides in each cycle and school year; none when these are not the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return ((one[place], other[place]) for place in one) if one.keys() == other.keys() else ()
    if isinstance(one, dict):
        return ((value, other) for value in one.values())
    return ((one, value) for value in other.values()) if isinstance(other, dict) else ((one, other),)
