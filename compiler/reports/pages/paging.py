"""Long lists on several pages: ``findings.html``, ``findings-2.html``, ... each with its place in the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

ROWS = 500
"""How many rows a page has at most."""


@dataclass(frozen=True, slots=True, repr=False)
class Leaf:
    """One page of a list: its path, its number from 1, its rows, of how many, and the paths of all pages."""

    path: str
    number: int
    rows: Sequence[Any]
    total: int
    paths: tuple[str, ...]

    @property
    def place(self) -> str:
        """Which rows these are, in words."""
        if len(self.paths) == 1:
            return f"{self.total:,} in all"
        first = (self.number - 1) * ROWS + 1
        return f"Rows {first:,} to {first + len(self.rows) - 1:,} of {self.total:,}"


def leaves(stem: str, rows: Sequence[Any]) -> Iterator[Leaf]:
    """The pages of a list; an empty one has none."""
    count = -(-len(rows) // ROWS)
    paths = tuple(path_of(stem, number) for number in range(1, count + 1))
    for number, path in enumerate(paths, start=1):
        yield Leaf(path, number, rows[(number - 1) * ROWS : number * ROWS], len(rows), paths)


def path_of(stem: str, number: int) -> str:
    """Where a page of a list lies."""
    return f"{stem}.html" if number == 1 else f"{stem}-{number}.html"


def page_of(stem: str, place: int) -> str:
    """Where the row at a place (from 0) of a list is found."""
    return path_of(stem, place // ROWS + 1)
