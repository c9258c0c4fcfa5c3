"""Text from specs and data on its way to a terminal: never markup, never control characters."""

from __future__ import annotations

from collections.abc import Sequence


def plain(text: str) -> str:
    """The text with tabs as blanks and every other control or invisible character shown as ``?``."""
    return "".join(c if c.isprintable() else " " if c in "\t\n\r" else "?" for c in text)


def plural(count: int, one: str, many: str = "") -> str:
    """``1 rule``, ``2 rules``."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def table(rows: list[list[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows as lines with aligned columns; the columns in ``right`` are aligned to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = [
            cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
