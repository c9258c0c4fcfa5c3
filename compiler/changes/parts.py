"""What a spec of another kind than rules says: parts of words for people, beside terms that tell when two say the same.

Names that a spec gives to values are terms of their own as they are *written*, so that a change of such a value is none
of the parts that use it; in *full* they are what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.backends.words import Clause, Speaking
from compiler.backends.words_publications import Speech
from compiler.backends.words_rows import Called, Cell, Row, Said, Section
from compiler.changes.canonical import Reader, TooLargeError
from compiler.changes.terms import Term
from compiler.changes.texts import lines_of, text
from compiler.syntax import tree
from compiler.syntax.extracts import RowClauseTree
from compiler.syntax.publications import ClauseTree
from compiler.syntax.unparser import unparse


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a spec: its kind and name, what is said of it, and what that means.

    ``written`` and ``full`` are terms (None: too large to be compared); ``remark`` is a text of it that people read and
    nothing is decided by.
    """

    kind: str
    name: str
    lines: tuple[str, ...]
    written: Any
    full: Any
    remark: str = ""

    def says_the_same(self, other: Part) -> bool:
        """Whether two parts come to the same."""
        return self.written == other.written or (self.full is not None and self.full == other.full)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a spec of a side says: its parts, and its sections, each with its kind and the parts that are its rows."""

    parts: tuple[Part, ...]
    sections: tuple[tuple[Section, str, tuple[Part, ...]], ...]

    def every(self) -> Iterator[Part]:
        """All that it says."""
        yield from self.parts
        yield from (row for _, _, rows in self.sections for row in rows)

    @property
    def full(self) -> Any:
        """All that it means; None when that is too large."""
        found = [part.full for part in self.every()]
        return None if None in found else tuple(found)


class Terms:
    """The terms of the expressions of a spec.

    ``plain`` reads them as written, where the names ``given`` stand for themselves; ``deep`` reads them in full.
    """

    def __init__(self, reader: Reader, given: Iterable[str]) -> None:
        self.plain = naming(reader, {name: named(name) for name in given})
        self.deep = replace(reader, full=True)

    def stand(self, names: dict[str, Callable[[int], Term]]) -> None:
        """Give names their meaning in full."""
        self.deep = naming(self.deep, names)

    def stands_for(self, values: list[tree.Expr], settings: tuple[Any, ...], depth: int) -> Term:
        """What a name stands for."""
        return ("stands for", *(replace(self.deep, depth=depth).term(value) for value in values), *settings)

    def pair(self, *nodes: tree.Expr | None) -> tuple[Any, Any]:
        """The terms of expressions as written and in full."""
        given = [node for node in nodes if node is not None]
        return tuple(map(self.plain.term, given)), self._full(given)

    def _full(self, nodes: list[tree.Expr]) -> Any:
        try:
            return tuple(self.deep.term(node) for node in nodes)
        except TooLargeError:
            return None


def naming(reader: Reader, names: dict[str, Callable[[int], Term]]) -> Reader:
    """A reader that knows more names."""
    return replace(reader, names={**reader.names, **names})


def named(name: str) -> Callable[[int], Term]:
    """What stands for itself."""
    return lambda _depth: ("named", name)


def part_of(
    kind: str, name: str, lines: tuple[str, ...], terms: tuple[Any, Any], *settings: Any, remark: str = ""
) -> Part:
    """A part whose meaning is of terms and of what stands beside them."""
    written, full = terms
    return Part(kind, name, lines, (written, settings), None if full is None else (full, settings), remark)


def condition(
    clause: ClauseTree | RowClauseTree, name: str, terms: Terms, speech: Speech, more: tuple[str, ...] = ()
) -> Part:
    """A condition of a population; ``more`` is what else decides."""
    said = tuple(lines_of(speech.condition(clause.when))) if clause.when is not None else ()
    reason = text(clause.reason)
    return part_of("population", f"{name}: {reason}", (*said, *more), terms.pair(clause.when), more, remark=reason)


def labelled(label: str, value: tree.Expr | None, speech: Speaking) -> Iterator[str]:
    """A value in words behind what it is of."""
    clause = speech.value(value) if value is not None else Clause("nothing")
    yield from lines_of(Clause(f"{label}: {clause.text}", clause.parts))


def told(
    sections: Iterable[Section], kinds: Mapping[str, str], usual: str, terms: Terms
) -> tuple[tuple[Section, str, tuple[Part, ...]], ...]:
    """Sections with their rows as parts, each of the kind of its title (``usual``: of all other titles)."""
    named = ((section, kinds.get(section.title, usual)) for section in sections)
    return tuple((section, kind, tuple(_rows(section, kind, terms))) for section, kind in named)


def _rows(section: Section, kind: str, terms: Terms) -> Iterator[Part]:
    for row in section.rows:
        nodes = [cell.node for cell in row.cells if isinstance(cell, Said)]
        texts = tuple(_named_by(cell) for cell in row.cells)
        yield part_of(kind, section.title, _line_of(row), terms.pair(*nodes, *row.behind), texts)


def _named_by(cell: Cell) -> Any:
    """What tells a cell from others, beside expressions."""
    match cell:
        case Said():
            return ""
        case Called(names=names):
            return names
        case _:
            return cell


def _line_of(row: Row) -> tuple[str, ...]:
    """A row on one line; what words leave unsaid stands as it is written."""
    return ("; ".join(filter(None, (*row.texts, *map(unparse, row.behind)))),)
