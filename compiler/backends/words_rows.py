"""The sections of a page: tables of plain words, a row for each item of a spec.

A row has the ids of the statements of the source that the item settles. The catalogue shows the sections, and a
comparison of two versions tells which rows are other ones: what is said of a value or condition is kept with it, since
two expressions may sound the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.backends.words import Clause
from compiler.backends.words_names import one_line
from compiler.backends.words_publications import Speech
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.settled import Settled
from compiler.syntax.unparser import unparse


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an expression."""

    words: str
    node: tree.Expr


@dataclass(frozen=True, slots=True)
class Called:
    """What is said of what has names; the words may be other ones though the names are the same."""

    words: str
    names: tuple[str, ...]


Cell = str | Said | Called


@dataclass(frozen=True, slots=True)
class Row:
    """An item of a section; ``notes`` decide nothing, ``behind`` is what the words are of without saying it."""

    cells: tuple[Cell, ...]
    notes: str = ""
    ids: tuple[str, ...] = ()
    behind: tuple[tree.Expr, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(cell if isinstance(cell, str) else cell.words for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: what is said before its table (settling ``ids``), the heads of the columns, the rows.

    ``like`` names the publication that it is from, if that is another. ``ordered`` says that the order of the rows
    matters. ``notes`` decide nothing.
    """

    title: str
    intro: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    ordered: bool = False
    like: str = ""
    notes: str = ""
    ids: tuple[str, ...] = ()


def section_of(
    title: str,
    heads: str,
    rows: Iterable[Row],
    *intro: str,
    part: Settled | None = None,
    ids: tuple[Scalar, ...] = (),
    ordered: bool = False,
) -> Section:
    """A section; its heads stand in one text. ``part`` is what stands above its rows."""
    covers = part.covers if part is not None else ids
    return Section(
        title, intro, tuple(heads.split(" | ")), tuple(rows), ordered,
        notes=text_of(part.notes) if part is not None else "", ids=tuple(name.text for name in covers),
    )  # fmt: skip


def flat(clause: Clause) -> str:
    """A clause with its parts on one line."""
    return " ".join([clause.text, "; ".join(map(flat, clause.parts))]).rstrip()


def row_of(part: Settled, *cells: Cell, more: Scalar | None = None, behind: tree.Expr | None = None) -> Row:
    """A row for a part of a spec; ``more`` is a text of it that decides nothing either."""
    notes = " ".join(filter(None, (text_of(more), text_of(part.notes))))
    return Row(cells, notes, tuple(c.text for c in part.covers), (behind,) if behind is not None else ())


def text_of(scalar: Scalar | None) -> str:
    return one_line(scalar.text) if scalar is not None else ""


def names_of(names: Iterable[Scalar]) -> str:
    return ", ".join(name.text for name in names)


@dataclass(frozen=True, slots=True)
class Teller:
    """Says what expressions of a spec are; without words (None: it has errors) as they are written."""

    speech: Speech | None

    def noun(self, node: tree.Expr) -> Said:
        """A value in words."""
        return Said(self.speech.noun(node) if self.speech is not None else unparse(node), node)

    def condition(self, node: tree.Expr) -> Said:
        """A condition in words, on one line."""
        return Said(flat(self.speech.condition(node)) if self.speech is not None else unparse(node), node)
