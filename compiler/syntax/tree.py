"""The abstract syntax tree of expressions: what the author wrote, with names as written and nothing decided yet.

Nodes are immutable and compared by identity, so that passes can keep what they learn in side tables keyed by node.
:func:`same` compares two trees by content. Each class shows its concrete syntax.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from compiler.source import Span

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Any node; ``span`` is where it stands in the file."""

    span: Span


class Expr(Node):
    """Any expression."""

    __slots__ = ()


# -- literals and names


@dataclass(frozen=True, slots=True, eq=False)
class Text(Expr):
    """``'08'``"""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Whole(Expr):
    """``20``"""

    value: int


@dataclass(frozen=True, slots=True, eq=False)
class DecimalNumber(Expr):
    """``0.5``"""

    value: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Date(Expr):
    """``2024-06-01`` (year, month and day as written; checked for being a real day by the parser)"""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True, eq=False)
class Boolean(Expr):
    """``true``"""

    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Nothing(Expr):
    """``nothing``"""


@dataclass(frozen=True, slots=True, eq=False)
class Duration(Expr):
    """``30 days``; ``unit`` is day, week, month or year"""

    count: int
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class SchoolYear(Expr):
    """``the school year``: its ending year as a number"""


@dataclass(frozen=True, slots=True, eq=False)
class MonthDay(Expr):
    """``December 1 of the school year``"""

    month: int
    day: int


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Expr):
    """``$countDate``"""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Name(Expr):
    """``q``"""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Get(Expr):
    """``q.student`` or, with arguments, ``e.activeOn($countDate)``; ``name_span`` is the part behind the point"""

    base: Expr
    name: str
    name_span: Span
    arguments: tuple[Expr, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expr):
    """``lookup(Placements, q.programName)``"""

    name: str
    name_span: Span
    arguments: tuple[Expr, ...]


# -- conditions


@dataclass(frozen=True, slots=True, eq=False)
class Not(Expr):
    """``not e.isPrimary``"""

    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class And(Expr):
    """``a and b and c``"""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or(Expr):
    """``a or b``"""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class If(Expr):
    """``if p.endDate is missing then $lastDay else p.endDate``"""

    condition: Expr
    consequence: Expr
    alternative: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Otherwise(Expr):
    """``p.endDate otherwise $lastDay``"""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Presence(Expr):
    """``x is present``, or ``x is missing`` when not ``present``"""

    operand: Expr
    present: bool


class Comparison(StrEnum):
    """The comparison words, as the unparser prints them."""

    IS = "is"
    IS_NOT = "is not"
    LESS = "is less than"
    MORE = "is more than"
    AT_LEAST = "is at least"
    AT_MOST = "is at most"
    BEFORE = "is before"
    AFTER = "is after"
    ON_OR_BEFORE = "is on or before"
    ON_OR_AFTER = "is on or after"


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Expr):
    """``age of s.birthDate on $countDate is less than 9``"""

    left: Expr
    operator: Comparison
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Between(Expr):
    """``d is [not] between a and b``, both ends included"""

    operand: Expr
    low: Expr
    high: Expr
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class OneOf(Expr):
    """``x is [not] one of ['1', '2']``"""

    operand: Expr
    choices: Choices
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Inline(Node):
    """``['1', '2', $other]``"""

    members: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CodeSet(Node):
    """``codes HighSchool``"""

    name: str
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ParameterSet(Node):
    """``$pilotSchools``"""

    name: str


Choices = Inline | CodeSet | ParameterSet


@dataclass(frozen=True, slots=True, eq=False)
class Matches(Expr):
    """``x matches '\\d{9}'`` (negated: ``does not match``)"""

    operand: Expr
    pattern: Text
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class StartsWith(Expr):
    """``x starts with 'Test'`` (negated: ``does not start with``)"""

    operand: Expr
    prefix: Expr
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Contains(Expr):
    """``list contains x`` or ``period contains date`` (negated: ``does not contain``)"""

    whole: Expr
    part: Expr
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps(Expr):
    """``e.dates overlaps f.dates`` (negated: ``does not overlap``)"""

    left: Expr
    right: Expr
    negated: bool


class Quantifier(StrEnum):
    """How many members must satisfy the body."""

    ANY = "any"
    EVERY = "every"
    NO = "no"
    EXACTLY_ONE = "exactly one"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, eq=False)
class Quantified(Expr):
    """``any d in q.disabilities has (d.orderOfDisability is 1)``; ``count`` for ``at least 2`` and ``at most 2``"""

    quantifier: Quantifier
    count: int | None
    variable: str
    variable_span: Span
    collection: Expr
    body: Expr


# -- collections


@dataclass(frozen=True, slots=True, eq=False)
class Binder(Node):
    """``e in student.enrollments where (e.isPrimary)``"""

    variable: str
    variable_span: Span
    collection: Expr
    condition: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Count(Expr):
    """``number of e in student.enrollments``, or ``number of different e.school for e in ...`` with a ``value``"""

    binder: Binder
    value: Expr | None = None


class Aggregation(StrEnum):
    """What an aggregate makes of its values."""

    SUM = "sum"
    EARLIEST = "earliest"
    LATEST = "latest"
    LOWEST = "lowest"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Expr):
    """``sum of p.days for p in student.homebound``"""

    aggregation: Aggregation
    value: Expr
    binder: Binder


@dataclass(frozen=True, slots=True, eq=False)
class MonthlySum(Expr):
    """``highest monthly sum of d.absences for d in e.days by d.date``"""

    highest: bool
    value: Expr
    binder: Binder
    day: Expr


@dataclass(frozen=True, slots=True, eq=False)
class All(Expr):
    """``all e in student.enrollments where (e.isPrimary)``: the list of them"""

    binder: Binder


@dataclass(frozen=True, slots=True, eq=False)
class The(Expr):
    """``the r in g.recognitions where (...)``: the only one"""

    binder: Binder


@dataclass(frozen=True, slots=True, eq=False)
class Pick(Expr):
    """``latest e in student.enrollments by entryDate then by schoolReference.schoolId where (...)``"""

    pick: Aggregation
    binder: Binder
    order: tuple[tuple[str, ...], ...]
    order_spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour(Expr):
    """``previous e in student.enrollments by entryDate to this``; ``next`` when not ``previous``"""

    previous: bool
    binder: Binder
    order: tuple[tuple[str, ...], ...]
    order_spans: tuple[Span, ...]
    of: Expr


# -- numbers and dates


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Expr):
    """``a + b``; ``operator`` is one of ``+ - * /``"""

    left: Expr
    operator: str
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Shifted(Expr):
    """``30 days before $countDate``"""

    duration: Duration
    before: bool
    anchor: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Age(Expr):
    """``age of s.birthDate on $countDate``"""

    birth: Expr
    on: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Elapsed(Expr):
    """``days from a to b``; ``unit`` is day, week, month or year"""

    unit: str
    start: Expr
    end: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Period(Expr):
    """``period from e.entryDate to e.exitWithdrawDate``"""

    start: Expr
    end: Expr


# -- the head of a rule


@dataclass(frozen=True, slots=True, eq=False)
class Join(Node):
    """``, d in g.diplomas`` of a subject"""

    variable: str
    variable_span: Span
    collection: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Subject(Node):
    """``studentAcademicRecord as g, d in g.diplomas where (...)``"""

    resource: str
    resource_span: Span
    variable: str
    variable_span: Span
    joins: tuple[Join, ...]
    condition: Expr | None


@cache
def _fields_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def children(node: Node) -> Iterator[Node]:
    """The nodes directly under a node, in the order of the text."""
    kind: Any = type(node)
    for name in _fields_of(kind):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all under it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def same(left: object, right: object) -> bool:
    """Whether two trees say the same, wherever they stand."""
    if isinstance(left, Node):
        return type(left) is type(right) and all(
            same(getattr(left, f.name), getattr(right, f.name)) for f in fields(left) if not _is_place(f.name)
        )
    if isinstance(left, tuple):
        return isinstance(right, tuple) and len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def _is_place(field_name: str) -> bool:
    return field_name.endswith(("span", "spans"))
