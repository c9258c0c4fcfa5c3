"""What is read of a published document: grids of cells, and the rows of rules that were found in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_BYTES = 50_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters; no cell of a workbook holds more


class UnreadableError(Exception):
    """A file that cannot be used, with what is wrong as a sentence."""


class Kind(StrEnum):
    """What a cell held in its file; only workbooks have other cells than text."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, white space collapsed."""

    text: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Line:
    """A line of cells; ``place`` says where it stands ("line 12")."""

    cells: tuple[Cell, ...]
    place: str

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands in a file, under its heading (the name of a sheet, a caption, or nothing)."""

    heading: str
    lines: tuple[Line, ...]


class State(StrEnum):
    """How far the cells of a row could be told apart."""

    WHOLE = "whole"
    INFERRED = "inferred"  # all is there, but where a cell ends had to be inferred
    DAMAGED = "damaged"  # a part is lost, or cannot be told to be this row's


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of rules: its id as printed and its cells by name (type, logic, message, notes), none empty."""

    id: str
    domain: str
    cells: Mapping[str, str]
    place: str
    state: State = State.WHOLE
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Transcript:
    """The rows of a document and, in sentences, what could not be made out."""

    rows: list[Row] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def gaps(self) -> dict[str, list[int]]:
        """The numbers that are missing within the numbering of each prefix."""
        numbers: dict[str, set[int]] = {}
        for row in self.rows:
            prefix, number = parts_of(row.id)
            if number:
                numbers.setdefault(prefix, set()).add(int(re.sub("[a-z]", "", number)))
        return {
            prefix: sorted(set(range(min(found), max(found))) - found)
            for prefix, found in numbers.items()
            if max(found) - min(found) < MAX_ROWS
        }


_ID = re.compile(r"(.*?)[\s\-\u2010-\u2015_]*?0*(\d{1,9}[a-z]?)", re.DOTALL)


def parts_of(identifier: str) -> tuple[str, str]:
    """``Special Education - 05`` is ``Special Education`` and ``5``; an id that ends in no number is all prefix."""
    match = _ID.fullmatch(identifier.strip())
    return (match[1].strip(), match[2]) if match else (identifier.strip(), "")


def words_of(name: str) -> list[str]:
    """The words of a name, also where they are written together: ``SpecialEducation``."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)


def one_line(text: str) -> str:
    """A text with single blanks."""
    return " ".join(text.split())
