"""Values as the interpreter sees them, and how they are read from records.

A value of a scalar type is a Python ``str``, ``int``, ``Decimal``, ``bool`` or ``date``; records, items and rows are
:class:`RecordValue` and :class:`ItemValue`; lists are :class:`ListValue`. What is not known is :class:`Undetermined`,
with its causes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias

from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, TEXT, WHOLE, Code, Type

Path = tuple[str, ...]
Scalar: TypeAlias = str | int | Decimal | bool | date
Key = tuple[Scalar, ...]

BLANKS = " \t\r\n"  # a text of nothing else is blank, which is missing
PLACES = Decimal("1e-12")
_LARGEST = Decimal(10) ** 26
_EXACT = Context(prec=100)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A value that is not known, and why."""

    causes: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A record as it was read: its resource (singular), natural key, body, and the file and line it came from."""

    resource: str
    key: Key
    body: Mapping[str, Any]
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class RecordValue:
    """A record by its key; ``record`` is None when no such record is at hand."""

    resource: str
    key: Key
    record: Record | None


@dataclass(frozen=True, slots=True, eq=False)
class ItemValue:
    """An object inside a record: its body, its owner and its place (property and position)."""

    label: str
    body: Mapping[str, Any]
    owner: Record
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class RowValue:
    """A row of a table; its cells are values already."""

    table: str
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """Days from ``start`` to ``end``, both included; ``end`` None is open."""

    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: PeriodValue) -> bool:
        if any(p.end is not None and p.end < p.start for p in (self, other)):
            return False
        return (other.end is None or self.start <= other.end) and (self.end is None or other.start <= self.end)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a list. ``doubt`` is empty for a certain member, else why it is only perhaps one."""

    value: Any
    doubt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListValue:
    """A list. ``unknown`` is empty when all members are known, else why there may be others."""

    members: tuple[Member, ...]
    unknown: frozenset[str] = frozenset()

    @property
    def doubts(self) -> frozenset[str]:
        """Why the list is not known for certain; empty when it is."""
        return self.unknown.union(*(member.doubt for member in self.members))


Value: TypeAlias = Scalar | RecordValue | ItemValue | RowValue | PeriodValue | ListValue | Undetermined


def undetermined(values: Iterable[object]) -> Undetermined | None:
    """The undetermined value that joins the causes of all undetermined ones, or None when there are none."""
    causes = [value.causes for value in values if isinstance(value, Undetermined)]
    return Undetermined(frozenset().union(*causes)) if causes else None


def dig(body: Mapping[str, Any] | None, path: Path) -> Any:
    """What stands at a path of a body; None when nothing does."""
    found: Any = body
    for name in path:
        if found.__class__ is not dict and not isinstance(found, Mapping):  # the first is quick
            return None
        found = found.get(name)
    return found


def read(raw: object, kind: Type) -> Scalar | None:
    """The value of a JSON scalar as a type, or None when it is missing, blank or of another type."""
    return reader(kind)(raw)


def reader(kind: Type) -> Callable[[object], Scalar | None]:
    """What reads the JSON scalars of a type; nothing is a scalar of a type that has none."""
    return code_value if isinstance(kind, Code) else _READERS.get(kind, _nothing)


def _nothing(_raw: object) -> None:
    return None


def code_value(raw: object) -> str | None:
    """The code of a descriptor as an API sends it (``uri://.../GradeLevelDescriptor#09``), or of a bare code."""
    if not isinstance(raw, str):
        return None
    namespace, mark, code = raw.partition("#")
    if mark:
        return code if code.strip(BLANKS) else None
    return namespace if namespace.strip(BLANKS) and "://" not in namespace else None


def is_cut(raw: object) -> bool:
    """Whether a text is the beginning of a descriptor whose code has been cut off, as ``uri://``."""
    return isinstance(raw, str) and "://" in raw and not raw.partition("#")[2].strip(BLANKS)


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw.strip(BLANKS) else None


def _boolean(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _whole(raw: object) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    if not isinstance(raw, int):
        if raw != raw or raw in (float("inf"), float("-inf")) or raw != int(raw):
            return None
        raw = int(raw)
    return raw if fits_whole(raw) else None


def _decimal(raw: object) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    try:
        return settle(Decimal(repr(raw) if isinstance(raw, float) else raw))
    except InvalidOperation:
        return None


def _date(raw: object) -> date | None:
    return _day(raw) if isinstance(raw, str) else None


@lru_cache(maxsize=100_000)
def _day(raw: str) -> date | None:
    if not _DATE.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


_READERS: dict[Type, Callable[[object], Scalar | None]] = {
    TEXT: _text,
    MOMENT: _text,
    BOOLEAN: _boolean,
    WHOLE: _whole,
    DECIMAL: _decimal,
    DATE: _date,
}


def fits_whole(number: int) -> bool:
    """Whether a whole number has at most 64 bits."""
    return -(2**63) <= number < 2**63


def settle(number: Decimal) -> Decimal | None:
    """A number with 12 places, rounded half away from zero; None when it has more than 38 digits."""
    if not number.is_finite() or number.copy_abs() >= _LARGEST:
        return None
    settled = number.quantize(PLACES, rounding=ROUND_HALF_UP, context=_EXACT)
    return settled if settled.copy_abs() < _LARGEST else None


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """The quotient with 12 places, rounded half away from zero once; None when it is too large."""
    scaled = left.scaleb(12, context=_EXACT), right
    numerator, denominator = scaled[0].as_integer_ratio(), scaled[1].as_integer_ratio()
    top, bottom = numerator[0] * denominator[1], numerator[1] * denominator[0]
    if bottom < 0:
        top, bottom = -top, -bottom
    rounded = (2 * abs(top) + bottom) // (2 * bottom)
    return settle(Decimal(rounded if top >= 0 else -rounded).scaleb(-12, context=_EXACT))


def shown(value: object) -> str:
    """A scalar as people read it: ISO dates, numbers without idle zeros, yes and no as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize(_EXACT):f}"
    return str(value)


def jsonable(value: object) -> Any:
    """A scalar as JSON holds it; a decimal that a JSON number would change is given as text."""
    if isinstance(value, Decimal):
        number = int(value) if value == value.to_integral_value() else float(value)
        return number if isinstance(number, int) or Decimal(repr(number)) == value else shown(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
