"""Which column is which, told by the headings, whatever their order and count.

The names are data: what states call these columns. A heading counts without its case, blanks and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": (
        "rule #", "rule id", "rule number", "rule no", "rule code", "rule", "id", "#", "no", "number",
        "error id", "error number", "error code", "edit number", "validation id", "validation rule id",
    ),
    "type": (
        "rule type", "message type", "error type", "validation type", "type",
        "severity", "rule severity", "error level", "level",
    ),
    "logic": ("rule logic", "validation logic", "logic", "rule description", "rule definition", "business rule"),
    "message": ("rule message", "error message", "validation message", "display message", "message text", "message"),
    "notes": ("rule notes", "rule note", "additional notes", "notes", "note", "comments", "comment", "remarks"),
    "domain": ("domain", "collection", "category", "section"),
}  # fmt: skip
NEEDED = (("id",), ("message", "logic"))


@dataclass(frozen=True, slots=True)
class Found:
    """The columns of a line of headings by name, what is missing of those needed, and what stands there twice."""

    columns: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    twice: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        return not self.missing and not self.twice


def folded(heading: str) -> str:
    """A heading without case, blanks and punctuation; ``#`` counts."""
    return re.sub(r"[^\w#]|_", "", heading.casefold())


_BY_NAME = {folded(name): column for column, names in COLUMNS.items() for name in names}


def read_headings(texts: Sequence[str], chosen: Mapping[str, str]) -> Found:
    """What a line of headings names; ``chosen`` are headings by column, as the user gave them, which come first."""
    wanted = {folded(heading): column for column, heading in chosen.items()}
    places: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        name = folded(text)
        column = wanted.get(name) or (None if _BY_NAME.get(name) in chosen else _BY_NAME.get(name))
        if column is not None:
            places.setdefault(column, []).append(index)
    return Found(
        {column: indexes[0] for column, indexes in places.items()},
        tuple(" or ".join(choice) for choice in NEEDED if not any(column in places for column in choice)),
        {column: tuple(texts[i] for i in indexes) for column, indexes in places.items() if len(indexes) > 1},
    )


def heading_pattern() -> str:
    """A regular expression of any heading as it may stand in running text."""
    names = sorted((name for names in COLUMNS.values() for name in names if len(name) > 2), key=len, reverse=True)
    return "|".join(r"\s*".join(map(re.escape, name.split())) for name in names)


def column_of(heading: str) -> str | None:
    """The column that a heading names."""
    return _BY_NAME.get(folded(heading))
