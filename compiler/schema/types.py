"""The types of values.

=====================  =============================================================================
TEXT, WHOLE, DECIMAL   text; 64-bit integers; exact decimals of 38 digits, 12 of them behind the point
DATE, BOOLEAN          whole days; yes or no
MOMENT                 a time of day or a time stamp: it can be present or missing, nothing more
Code                   a text that is one code of a descriptor
Record, Item, Row      a record of a resource; an object inside a record; a row of a table
Abstract               a reference that may point to several kinds of record, until a kind is chosen
PERIOD, Duration       days from one date to another; a count of days, weeks, months or years
ListOf                 a list of any of these, never of lists
NOTHING                the literal ``nothing``, which fits every type
=====================  =============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """Any type; equal types are equal values."""


@dataclass(frozen=True, slots=True)
class Simple(Type):
    """A type without parts, known by its name."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Code(Type):
    """A code of a descriptor, for example ``GradeLevelDescriptor``; a code is text and never a number."""

    descriptor: str


@dataclass(frozen=True, slots=True)
class Record(Type):
    """A record of the resource of this name (singular)."""

    resource: str


@dataclass(frozen=True, slots=True)
class Item(Type):
    """An object inside a record; ``label`` names its shape, as ``studentAcademicRecord.diplomas``."""

    label: str


@dataclass(frozen=True, slots=True)
class Row(Type):
    """A row of the table of this name."""

    table: str


@dataclass(frozen=True, slots=True)
class Abstract(Type):
    """A record of one of several kinds, for example of an ``educationOrganization``."""

    name: str


@dataclass(frozen=True, slots=True)
class Duration(Type):
    """A count of ``day`` (weeks are days) or of ``month`` (years are months)."""

    unit: str


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """A list; ``item`` is never a list itself."""

    item: Type


TEXT = Simple("text", "a text")
WHOLE = Simple("whole", "a whole number")
DECIMAL = Simple("decimal", "a number")
DATE = Simple("date", "a date")
BOOLEAN = Simple("boolean", "a condition (yes or no)")
MOMENT = Simple("moment", "a time")
PERIOD = Simple("period", "a period")
NOTHING = Simple("nothing", "no value")

BY_NAME = {t.name: t for t in (TEXT, WHOLE, DECIMAL, DATE, BOOLEAN, PERIOD)}
NUMBERS = (WHOLE, DECIMAL)


def describe(kind: Type) -> str:
    """The type in an author's words, with its article."""
    match kind:
        case Simple(words=words):
            return words
        case Code(descriptor):
            return f"a code of {descriptor}"
        case Record(resource):
            return f"a {resource} record"
        case Item(label):
            return f"an item of {label}"
        case Row(table):
            return f"a row of {table}"
        case Abstract(name):
            return f"a reference to an {name}"
        case Duration(unit):
            return f"a number of {unit}s"
        case ListOf(item):
            return f"a list ({describe(item)} each)"
        case _:
            raise AssertionError(kind)


def name_of(kind: Type) -> str:
    """How a record, item, row or reference is called: by its resource, shape, table or abstract name."""
    match kind:
        case Record(name) | Item(name) | Row(name) | Abstract(name):
            return name
        case _:
            return describe(kind)


def is_text(kind: Type) -> bool:
    """Texts and codes are texts."""
    return kind is TEXT or isinstance(kind, Code)


def is_record(kind: Type) -> bool:
    """Whether values of the type are records, items or rows, which have properties."""
    return isinstance(kind, Record | Item | Row)


def join(left: Type, right: Type) -> Type | None:
    """The type that holds values of both, or None when the two do not go together."""
    if left == right or right is NOTHING:
        return left
    if left is NOTHING:
        return right
    if left in NUMBERS and right in NUMBERS:
        return DECIMAL
    if is_text(left) and is_text(right):
        return TEXT
    return None
