"""What may be wrong with a value, a row or a file, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from compiler.semantics import ir
from compiler.web.pages import visible

_MOST = 40  # characters of a text that are quoted


class Kind(StrEnum):
    """A kind of problem; the value is what programs see."""

    # of a value
    LACKING = "lacking"
    NO_ROW = "no-row"
    TOO_LONG = "too-long"
    CUT = "cut"
    NEGATIVE = "negative"
    TOO_MANY_DIGITS = "too-many-digits"
    TOO_MANY_DECIMALS = "too-many-decimals"
    NOT_A_NUMBER = "not-a-number"
    NOT_IN_PICTURE = "not-in-picture"
    NOT_A_DATE = "not-a-date"
    NOT_ALLOWED = "not-allowed"
    NO_TEXT = "no-text"
    NOT_ENCODED = "not-encoded"
    CONTROL = "control"
    FORMULA = "formula"
    # of a row
    CHECK = "check"
    # of a file
    NOT_DECODED = "not-decoded"
    NOT_FILLED = "not-filled"
    LENGTH = "length"
    COLUMNS = "columns"
    BLANK_LINE = "blank-line"
    QUOTE = "quote"
    OPEN_QUOTE = "open-quote"
    RETURN = "return"
    NO_HEADER = "no-header"
    HEADER = "header"
    LINE_END = "line-end"
    LAST_LINE_END = "last-line-end"
    LONG_LINE = "long-line"
    MARK = "mark"
    UTF_16 = "utf-16"


_WORDS = {
    Kind.LACKING: "has no value, and must have one",
    Kind.NO_ROW: "has no value: what it looks up has no row in {table}",
    Kind.TOO_LONG: "{text} is longer than {width} characters",
    Kind.CUT: "{text} is longer than {width} characters: the rest is cut off",
    Kind.NEGATIVE: "{text} is negative, and there is no place for a sign",
    Kind.TOO_MANY_DIGITS: "{text} has more digits than there is place for in {form}",
    Kind.TOO_MANY_DECIMALS: "{text} has more decimals than there is place for in {form}, and nothing is rounded here",
    Kind.NOT_A_NUMBER: "{text} is not made of digits",
    Kind.NOT_IN_PICTURE: "{text} is no number as {form}",
    Kind.NOT_A_DATE: "{text} is no day of the calendar as {form}",
    Kind.NOT_ALLOWED: "{text} is none of {allowed}",
    Kind.NO_TEXT: "{text} cannot be written in a field of type {form}",
    Kind.NOT_ENCODED: "{text} holds {character}, which {form} does not have",
    Kind.CONTROL: "{text} holds {character}, which must not stand in the file",
    Kind.FORMULA: "{text} begins like a formula: a spreadsheet may work it out",
    Kind.CHECK: "this does not hold of the row",
    Kind.NOT_DECODED: "{text} holds {character}, which is no part of a text in {form}",
    Kind.NOT_FILLED: "{text} is not filled to {width} characters as it should be: {form}",
    Kind.LENGTH: "the line has {count} characters, not {width}{hint}",
    Kind.COLUMNS: "there are {count} columns, not {width}",
    Kind.BLANK_LINE: "the line is empty",
    Kind.QUOTE: "column {count} has a quote where none can stand: {text}",
    Kind.OPEN_QUOTE: "column {count} has a quote that is not closed within {width} characters and {lines} lines",
    Kind.RETURN: "column {count} has a carriage return that is not in quotes: {text}",
    Kind.NO_HEADER: "the first line does not hold the names of the fields",
    Kind.HEADER: "the column is called {text}, not {form}",
    Kind.LINE_END: "the line ends with {text}, not with {form}; further lines that do are not listed",
    Kind.LAST_LINE_END: "the last line has no line end: the file may have been cut off",
    Kind.LONG_LINE: "the line has {count} bytes; one of more than {width} is not read",
    Kind.MARK: "the file begins with a byte order mark, which is no part of it",
    Kind.UTF_16: "the file is in UTF-16, and was not read",
}
WITHOUT_HARM = frozenset({Kind.CUT, Kind.FORMULA})
"""Problems of values that are told, while the row is filed."""


class Slip(NamedTuple):
    """A kind of problem with what fills the gaps of its words; ``at`` is where in a text it is, from 0."""

    kind: Kind
    gaps: Mapping[str, object] = MappingProxyType({})
    at: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a field, by number and name; number 0 is the row (with the name of a check) or the file."""

    kind: Kind
    number: int
    name: str
    words: str

    @property
    def withholds(self) -> bool:
        """Whether a row that has it is not filed."""
        return self.kind not in WITHOUT_HARM

    def __str__(self) -> str:
        where = f"field {self.number} {visible(self.name)}: " if self.number else f"{visible(self.name)}: "
        return f"{where if self.name else ''}{self.words}"


def of_field(field: ir.Field, slip: Slip) -> Problem:
    """A problem with the value or text of a field."""
    return Problem(slip.kind, field.number, field.name, _words(slip))


def of_row(slip: Slip, name: str = "") -> Problem:
    """A problem with a row, a line or a whole file; ``name`` is that of a check."""
    return Problem(slip.kind, 0, name, _words(slip))


def _words(slip: Slip) -> str:
    gaps = {name: quoted(gap) if name == "text" else gap for name, gap in slip.gaps.items()}
    return _WORDS[slip.kind].format(**gaps)


def quoted(text: object) -> str:
    """A text as it stands in words: in quotes, no longer than a line has room for, nothing in it invisible."""
    written = str(text)
    short = written if len(written) <= _MOST else f"{written[: _MOST - 1]}…"
    return f"'{visible(short)}'".replace("\n", "[U+000A]").replace("\t", "[U+0009]")


def character_name(character: str) -> str:
    """A character as words name it: its code, and itself where it can be seen; a byte that is none, by its value."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # as `surrogateescape` keeps a byte that is no text
        return f"the byte 0x{code - 0xDC00:02X}"
    return f"U+{code:04X}{f' ({character})' if character.isprintable() else ''}"
