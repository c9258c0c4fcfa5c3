"""Which codes two conditions test for, where that is all in which they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.changes.sides import Clauses
from compiler.changes.terms import Term, members


def code_changes(one: Clauses, other: Clauses) -> Iterator[str]:
    """The codes that are new and gone in each test; nothing when something else differs as well."""
    clauses = [(getattr(one, name), getattr(other, name)) for name in ("where", "when", "require")]
    found: list[tuple[Term, Term]] | None = [] if one.years == other.years else None
    for term, changed in clauses:
        pairs = _pairs(term, changed)
        found = None if found is None or pairs is None else [*found, *pairs]
    for before, after in dict.fromkeys(found or ()):
        yield _told(before, after)


def _pairs(one: Any, other: Any) -> list[tuple[Term, Term]] | None:
    """The sets that stand at the same place of two terms and differ; None when other things do too."""
    if one == other:
        return []
    if not isinstance(one, tuple) or not isinstance(other, tuple) or len(one) != len(other):
        return None
    if one and one[0] == other[0] == "in" and one[1] == other[1]:
        return [(one[2], other[2])]
    if one and one[0] in ("and", "or") and one[0] == other[0]:
        return _of_operands([t for t in one[1:] if t not in other[1:]], [t for t in other[1:] if t not in one[1:]])
    found: list[tuple[Term, Term]] = []
    for part, changed in zip(one, other, strict=True):
        pairs = _pairs(part, changed)
        if pairs is None:
            return None
        found += pairs
    return found


def _of_operands(ones: list[Term], others: list[Term]) -> list[tuple[Term, Term]] | None:
    """The same for operands, whose order tells nothing."""
    if not ones:
        return []
    for i, other in enumerate(others):
        pairs = _pairs(ones[0], other)
        rest = _of_operands(ones[1:], [*others[:i], *others[i + 1 :]]) if pairs is not None else None
        if pairs is not None and rest is not None:
            return [*pairs, *rest]
    return None


def _told(before: Term, after: Term) -> str:
    if before[0] != "set" or after[0] != "set":
        return f"{_named(before)} -> {_named(after)}"
    was, now = members(before[1]), members(after[1])
    new, gone = [code for code in now if code not in was], [code for code in was if code not in now]
    return ", ".join([*(f"+ {_literal(code)}" for code in new), *(f"- {_literal(code)}" for code in gone)])


def _named(codes: Term) -> str:
    return f"codes {codes[1]}" if codes[0] == "codes" else ", ".join(map(_literal, members(codes[1])))


def _literal(code: Term) -> str:
    return f"'{code[2]}'" if code[1] == "text" else str(code[2]).lower()
