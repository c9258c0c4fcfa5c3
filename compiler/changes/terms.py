"""The normal form of expressions: nested tuples that are equal when two texts say the same.

A term is ``(head, *parts)``. Conditions are and/or trees whose negations stand at the leaves only (the logic is strong
Kleene, so De Morgan holds of undetermined values and their causes too); operands are sorted, without repetitions, and
tests of one value for constants are one test for all of them::

    x is '1' or not (y is not '2' and x is not '3')
    ("or", ("in", x, {'1', '3'}), ("in", y, {'2'}))

A set of constants is ``("set", segments)``: from which school year on (None: ever) which constants, sorted; None stands
for years in which a dated set has no line at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Term = tuple[Any, ...]
Codes = tuple[Term, ...] | None
Segments = tuple[tuple[int | None, Codes], ...]

TRUE: Term = ("const", "boolean", True)
FALSE: Term = ("const", "boolean", False)


def conjunction(operands: Iterable[Term]) -> Term:
    """All of these."""
    return _joined("and", operands, TRUE, FALSE)


def disjunction(operands: Iterable[Term]) -> Term:
    """At least one of these."""
    return _joined("or", operands, FALSE, TRUE)


def negated(term: Term) -> Term:
    """The opposite of a condition."""
    match term:
        case ("const", "boolean", value):
            return FALSE if value else TRUE
        case ("and", *operands):
            return disjunction(map(negated, operands))
        case ("or", *operands):
            return conjunction(map(negated, operands))
        case ("not", operand):
            assert isinstance(operand, tuple)
            return operand
        case ("lt", left, right):
            return ("le", right, left)
        case ("le", left, right):
            return ("lt", right, left)
        case ("if", condition, consequence, alternative):
            return ("if", condition, negated(consequence), negated(alternative))
        case _:
            return ("not", term)


def _joined(head: str, operands: Iterable[Term], neutral: Term, decisive: Term) -> Term:
    flat = [part for operand in operands for part in (operand[1:] if operand[0] == head else (operand,))]
    if decisive in flat:
        return decisive
    kept = list(_merged(head, dict.fromkeys(part for part in flat if part != neutral)))
    if len(kept) < 2:
        return kept[0] if kept else neutral
    return (head, *ordered(kept))


def _merged(head: str, operands: Iterable[Term]) -> Iterator[Term]:
    """The operands, those that test one value for constants as one: ``in`` under `or`, ``not in`` under `and`."""
    tests: dict[Term, Segments] = {}
    for operand in operands:
        test = operand if head == "or" else operand[1] if operand[0] == "not" else ()
        match test:
            case ("in", value, ("set", segments), absence):
                known = tests.get((value, absence))
                tests[value, absence] = segments if known is None else union(known, segments)
            case _:
                yield operand
    for (value, absence), segments in tests.items():
        test = ("in", value, ("set", segments), absence)
        yield test if head == "or" else ("not", test)


def ordered(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms in an order that depends on nothing but what they are."""
    return tuple(sorted(terms, key=repr))


# -- sets of constants by school year


def constants(members: Iterable[Term]) -> Segments:
    """A set that is the same in every year."""
    return ((None, ordered(set(members))),)


def dated(groups: Iterable[tuple[int | None, int | None, Iterable[Term]]]) -> Segments:
    """A set of which each group holds from a first to a last school year (None: open)."""
    found = list(groups)
    starts = {first for first, _, _ in found} | {last + 1 for _, last, _ in found if last is not None} | {None}
    segments = []
    for start in _in_order(starts):
        held = [set(members) for first, last, members in found if _holds(start, first, last)]
        segments.append((start, ordered(set().union(*held)) if held else None))
    return _shortened(segments)


def _holds(year: int | None, first: int | None, last: int | None) -> bool:
    if year is None:
        return first is None
    return (first is None or first <= year) and (last is None or year <= last)


def union(left: Segments, right: Segments) -> Segments:
    """What is in one of two sets."""
    found: list[tuple[int | None, Codes]] = []
    for start, one, other in side_by_side(left, right):
        both = None if one is None and other is None else ordered({*(one or ()), *(other or ())})
        found.append((start, both))
    return _shortened(found)


def side_by_side(left: Segments, right: Segments) -> Iterator[tuple[int | None, Codes, Codes]]:
    """The constants of two sets in every span of years in which neither changes."""
    for start in _in_order({start for start, _ in (*left, *right)}):
        yield start, _at(left, start), _at(right, start)


def is_subset(left: Segments, right: Segments) -> bool:
    """Whether a set is part of another in every year; where the other has no line, neither must it."""
    return all(
        one is None or (other is not None and set(one) <= set(other)) for _, one, other in side_by_side(left, right)
    )


def are_disjoint(left: Segments, right: Segments) -> bool:
    """Whether two sets share nothing in any year."""
    return all(not set(one or ()) & set(other or ()) for _, one, other in side_by_side(left, right))


def members(segments: Segments) -> tuple[Term, ...]:
    """Everything that is in a set in some year."""
    return ordered({code for _, codes in segments for code in codes or ()})


def _at(segments: Segments, year: int | None) -> Codes:
    found: Codes = None
    for start, codes in segments:
        if start is None or (year is not None and start <= year):
            found = codes
    return found


def _in_order(years: Iterable[int | None]) -> list[int | None]:
    return sorted(years, key=lambda year: (year is not None, year or 0))


def _shortened(segments: Iterable[tuple[int | None, Codes]]) -> Segments:
    """Without the beginnings of spans that change nothing."""
    kept: list[tuple[int | None, Codes]] = []
    for start, codes in segments:
        if not kept or kept[-1][1] != codes:
            kept.append((start, codes))
    return tuple(kept)
