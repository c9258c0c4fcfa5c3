"""Two layouts of extracts beside each other: what is other in the newer one, as text, JSON and Markdown."""

from __future__ import annotations

import json
from dataclasses import dataclass

from compiler.filing.columns import Shape, difference, told_of
from compiler.reports.text import plain, plural, table
from compiler.web import markdown

VERSION = 1
HEAD = ("field", "what", "before", "after")


@dataclass(frozen=True, slots=True)
class Compared:
    """Two layouts by what they are called, with what is other: a field (none: the line), what, before, after."""

    old: str
    new: str
    rows: tuple[tuple[str, str, str, str], ...]


def compared(old: tuple[str, Shape], new: tuple[str, Shape]) -> Compared:
    """Two layouts, each with what it is called."""
    return Compared(old[0], new[0], tuple(told_of(difference(old[1], new[1]))))


def as_text(found: Compared) -> str:
    """For a terminal."""
    rows = [list(map(plain, (name or "(the line)", *more))) for name, *more in found.rows]
    return "".join(f"{line}\n" for line in table([list(HEAD), *rows] if rows else []))


def as_json(found: Compared) -> str:
    """For programs; ``version`` changes when a key does."""
    changes = [dict(zip(HEAD, row, strict=True)) for row in found.rows]
    document = {"version": VERSION, "old": found.old, "new": found.new, "differs": bool(changes), "changes": changes}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_markdown(found: Compared) -> str:
    """For a release note."""
    title = f"# {markdown.text(found.new)}: what is other than in {markdown.text(found.old)}\n"
    rows = [list(map(markdown.text, row)) for row in found.rows]
    return f"{title}\n{markdown.table(list(HEAD), rows) if rows else 'Nothing.'}".rstrip("\n") + "\n"


def summary(found: Compared) -> str:
    """How much is other."""
    told = plural(len(found.rows), "difference") if found.rows else "the same form"
    return plain(f"{found.old} to {found.new}: {told}.")
