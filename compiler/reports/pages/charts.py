"""Bars of counts, drawn beside the same numbers as a table.

Each bar is a row of a table: the shares of its columns, each with a pattern of its own and, where there is room, its
number. Lengths are percentages and texts have a size of their own, so that a chart reads the same on a telephone. What
is hidden of a row is drawn as a part without a number, of the length that the row's total leaves; a row whose total is
hidden too is all hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compiler.reports.findings import number
from compiler.reports.summary import CountRow, CountTable
from compiler.reports.suppression import Count
from compiler.web.pages import visible

BARS = 24
"""How many bars a chart has at most."""
ROOM = 14.0
"""The least share, in percent, of which the number is written into its part of a bar."""
HEIGHT = 44
"""How high a bar with its label is, in pixels."""
LABEL = 44
"""How long a label is at most, in characters."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: what it stands for, where it begins and how long it is in percent, its number if it has room."""

    kind: str
    start: float
    length: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with what stands above it; ``top`` is in pixels."""

    label: str
    total: str
    top: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars below one another; ``words`` tell all of it to those who do not see it."""

    title: str
    words: str
    height: int
    bars: tuple[Bar, ...]


def drawn(table: CountTable) -> Chart:
    """The chart of a table."""
    listed = [(_label(row), row) for row in table.rows[:BARS]]
    bars = tuple(_bar(label, table.columns, row, place * HEIGHT) for place, (label, row) in enumerate(listed))
    words = "; ".join(f"{label}: {_told(table.columns, row)}" for label, row in listed)
    return Chart(table.title, words, len(bars) * HEIGHT, bars)


def _label(row: CountRow) -> str:
    if row.value is None:
        return "not known"
    return visible(str(row.name or row.value))


def _bar(label: str, kinds: Sequence[str], row: CountRow, top: int) -> Bar:
    known = [count if isinstance(count, int) and isinstance(row.total, int) else 0 for count in row.counts]
    whole = row.total if isinstance(row.total, int) else 1
    segments: list[Segment] = []
    start = 0.0
    for kind, count in zip((*kinds, "hidden"), (*known, whole - sum(known)), strict=True):
        if count:
            length = round(100 * count / whole, 2)
            told = f"{count:,}" if length >= ROOM and kind != "hidden" else ""
            segments.append(Segment(kind, round(start, 2), length, told))
            start += length
    short = label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"
    return Bar(short, number(row.total), top, tuple(segments))


def _told(kinds: Sequence[str], row: CountRow) -> str:
    counts: Iterable[tuple[str, Count]] = zip(kinds, row.counts, strict=True)
    return ", ".join(f"{number(count)} {kind}" for kind, count in counts if count) or "none"
