"""The fields of a layout as columns with their positions; two layouts beside each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from compiler.semantics import ir


@dataclass(frozen=True, slots=True)
class Column:
    """A field in a file: its ``index`` among the fields of the extract, and its positions in a line of fixed width.

    ``start`` and ``end`` count characters from 1, both included. ``zeros`` says that it may be filled with zeros.
    """

    field: ir.Field
    index: int
    start: int
    end: int
    zeros: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file of a layout looks like: its columns in order, and what must hold of the texts of each row."""

    name: str
    columns: tuple[Column, ...]
    checks: tuple[ir.Check, ...]

    @property
    def width(self) -> int:
        """How many characters a line of fixed width has, without its end."""
        return self.columns[-1].end

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.field.name for column in self.columns)


def shape_of(extract: ir.Extract, layout: ir.Layout) -> Shape:
    """A layout of an extract with its positions."""
    filled = {number for fill in extract.zero_fill for number in fill.fields}
    places = {field.number: index for index, field in enumerate(extract.fields)}
    forms = {field.number: field for field in layout.forms}
    columns: list[Column] = []
    end = 0
    for number in layout.fields:
        field = forms.get(number, extract.fields[places[number]])
        columns.append(Column(field, places[number], end + 1, end + field.width, number in filled))
        end += field.width
    return Shape(layout.name, tuple(columns), extract.checks)


@dataclass(frozen=True, slots=True)
class Position:
    """A row of the table of positions: ``start`` and ``end`` count characters from 1, both included."""

    number: int
    name: str
    type: str
    width: int
    start: int
    end: int
    picture: str


def positions(shape: Shape) -> tuple[Position, ...]:
    """The table of positions of a layout, for people and for programs that read its files."""
    return tuple(_position(column) for column in shape.columns)


def _position(column: Column) -> Position:
    field = column.field
    return Position(field.number, field.name, field.type, field.width, column.start, column.end, _picture(field))


def _picture(field: ir.Field) -> str:
    return f"{field.picture} (the point is not written)" if field.implied else field.picture


# -- two layouts


_TOLD: dict[str, Callable[[Position], str]] = {
    "number": lambda p: str(p.number),
    "name": lambda p: p.name,
    "type": lambda p: p.type,
    "width": lambda p: str(p.width),
    "picture": lambda p: p.picture,
    "positions": lambda p: f"{p.start}-{p.end}",
}
"""What is compared of a field that both layouts have, by what it is called."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is other about a field that two layouts have: ``what`` is ``number``, ``name``, ``type``, ``width``,
    ``picture`` or ``positions``."""

    number: int
    name: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two layouts compared. ``moved`` are as few fields as explain the other order (as they stand in the newer layout).

    ``changes`` are in the order of the newer layout; positions change behind every field that is added, removed or
    made wider.
    """

    width: tuple[int, int]
    added: tuple[Position, ...]
    removed: tuple[Position, ...]
    moved: tuple[Position, ...]
    changes: tuple[Change, ...]


def difference(before: Shape, after: Shape) -> Difference:
    """What is other in the newer of two layouts. A field is the same by its name; else, where it is renamed, by its
    number."""
    old, new = positions(before), positions(after)
    pairs = _pairs(old, new)
    kept = [(pairs[place], position) for place, position in enumerate(new) if place in pairs]
    still = set(_longest_rise([was for was, _ in kept]))
    return Difference(
        (before.width, after.width),
        tuple(position for place, position in enumerate(new) if place not in pairs),
        tuple(position for place, position in enumerate(old) if place not in pairs.values()),
        tuple(position for was, position in kept if was not in still),
        tuple(
            Change(position.number, position.name, what, told(old[was]), told(position))
            for was, position in kept
            for what, told in _TOLD.items()
            if told(old[was]) != told(position)
        ),
    )


def told_of(found: Difference) -> Iterator[tuple[str, str, str, str]]:
    """A comparison for people: a field (none: the line), what is other, before, after.

    Positions alone are left out: they change behind every field that comes, goes or is made wider.
    """
    for position in found.removed:
        yield position.name, "removed", f"{position.start}-{position.end}", ""
    for position in found.added:
        yield position.name, "added", "", f"{position.start}-{position.end}"
    for position in found.moved:
        yield position.name, "moved", "", f"{position.start}-{position.end}"
    for change in (change for change in found.changes if change.what != "positions"):
        yield change.name, change.what, change.before, change.after
    if found.width[0] != found.width[1]:
        yield "", "characters of a line", str(found.width[0]), str(found.width[1])


def _pairs(old: Sequence[Position], new: Sequence[Position]) -> dict[int, int]:
    """The places of fields in the newer layout with those in the older one."""
    found: dict[int, int] = {}
    for called in (_TOLD["name"], _TOLD["number"]):
        left = {called(position): place for place, position in enumerate(old) if place not in found.values()}
        for place, position in enumerate(new):
            if place not in found and called(position) in left:
                found[place] = left.pop(called(position))
    return found


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """The longest part of a sequence of different numbers that rises."""
    least: list[int] = []  # the last member of the best rise of each length
    chains: list[list[int]] = []
    for number in numbers:
        length = bisect_left(least, number)
        least[length : length + 1] = [number]
        chains[length : length + 1] = [[*(chains[length - 1] if length else ()), number]]
    return chains[-1] if chains else []
