"""What the cell of the type says of a rule's severity, and of its effect on the count.

States write ``Error``, ``Fatal``, ``Informational/Error`` (first the one, from some day on the other). What the table
does not know stays a blank of the draft.
"""

from __future__ import annotations

import re

# A word of the cell: the severity of the language, and the effect (empty: none said).
TYPES: dict[str, tuple[str, str]] = {
    "error": ("Error", ""),
    "fatal": ("Error", ""),
    "fatal error": ("Error", ""),
    "critical": ("Error", ""),
    "conflict": ("Conflict", "not counted by any party"),
    "exclusion": ("Exclusion", "not counted"),
    "exclude": ("Exclusion", "not counted"),
    "warning": ("Warning", ""),
    "warn": ("Warning", ""),
    "informational": ("Informational", ""),
    "information": ("Informational", ""),
    "info": ("Informational", ""),
}


def severities(cell: str) -> tuple[str, ...]:
    """The severities that a cell names, in its order; none when it holds a word that is not known."""
    words = [" ".join(part.lower().split()) for part in re.split(r"[/,;]| or ", cell) if part.strip()]
    return tuple(TYPES[word][0] for word in words) if all(word in TYPES for word in words) else ()


def effect(cell: str) -> str:
    """The effect that a cell of one word says; empty when it says none."""
    return TYPES.get(" ".join(cell.lower().split()), ("", ""))[1]


def type_pattern() -> str:
    """A regular expression of a cell of the type in running text."""
    word = "|".join(name.title().replace(" ", r"\s+") for name in sorted(TYPES, key=len, reverse=True))
    return rf"(?:{word})(?:\s*/\s*(?:{word}))*"
