"""CSV as RFC 4180 has it: a row of names, then the texts of the rows with blanks at their ends removed."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from compiler.filing.columns import Shape
from compiler.filing.forms import CRLF, UTF_8, Characters, FormError, Record, encoding_of
from compiler.filing.lines import LONGEST, Line, lines_of, without_mark
from compiler.filing.problems import Kind, Slip

MOST_LINES = 1_000
"""How many lines a text in quotes goes on in at most."""
_IN_QUOTES = frozenset("\t\r\n")
_NEEDS_QUOTES = re.compile('[,"\r\n]')
_FORMULA = tuple("=+-@\t\r")
_INSIDE = re.compile('[^"]*+(?:""[^"]*+)*+')
_PLAIN = re.compile('[^,"\r]*+')
_QUOTES_OR_RETURNS = re.compile('["\r]')


@dataclass(frozen=True, slots=True)
class Delimited:
    """CSV in UTF-8 or a single-byte encoding; raises :class:`FormError` for any other."""

    encoding: str = UTF_8
    line_end: str = CRLF
    spreadsheets: bool = True
    has_names: bool = True

    def __post_init__(self) -> None:
        encoding_of(self.encoding, single_byte=False)

    @property
    def characters(self) -> Characters:
        return Characters(encoding_of(self.encoding, single_byte=False), _IN_QUOTES)

    def head(self, shape: Shape) -> bytes:
        slips = (self.characters.fault(name) for name in shape.names)
        slip = next((slip for slip in slips if slip is not None), None)
        if slip is not None:
            raise FormError(
                f"the name of a field holds {slip.gaps['character']}, which cannot stand in {self.encoding}"
            )
        return self.row(shape.names)

    def row(self, texts: Sequence[str]) -> bytes:
        cells = [_cell(text.rstrip(" ")) for text in texts]
        line = ",".join(cells) if len(cells) > 1 else cells[0] or '""'  # a line of nothing is no row
        return f"{line}{self.line_end}".encode(self.encoding)

    def filled(self, text: str, width: int) -> str:
        return text.ljust(width)

    def records(self, file: IO[bytes], _shape: Shape) -> Iterator[Record]:
        """Each row as a record. A quote that is never closed costs its own line: reading goes on with the next one."""
        lines = _Lines(lines_of(file), encoding_of(self.encoding, single_byte=False))
        first = lines.next()
        if first is not None:
            slip, line = without_mark(first)
            if slip is not None:
                yield Record(1, (), slip, 0, line.end)
            lines.back([line])
        while (line_or_none := lines.next()) is not None:
            yield _record(line_or_none, lines)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula."""
    return text.lstrip(" ").startswith(_FORMULA)


def spreadsheet_safe(form: Delimited, shape: Shape, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Another CSV file for spreadsheets, never to be filed: an apostrophe goes before what looks like a formula."""
    yield form.row([_defanged(name) for name in shape.names])
    for texts in rows:
        yield form.row([_defanged(text) for text in texts])


def _defanged(text: str) -> str:
    return f"'{text}" if looks_like_formula(text) else text


def _cell(text: str) -> str:
    if _NEEDS_QUOTES.search(text) is None:
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


# -- reading

_FAULTS = {"\r": Kind.RETURN}  # by the character after a text, which should be a comma; a quote needs no other words


class _Lines:
    """Lines that can be given back, to be read once more."""

    def __init__(self, lines: Iterator[Line], encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self._waiting: deque[Line] = deque()

    def next(self) -> Line | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def back(self, lines: Sequence[Line]) -> None:
        self._waiting.extendleft(reversed(lines))

    def text(self, line: Line) -> str:
        return line.text.decode(self._encoding, "surrogateescape")


def _record(line: Line, lines: _Lines) -> Record:
    """The record that begins with a line."""
    if line.slip is not None:
        return Record(line.number, (), line.slip, 0, line.end)
    if not line.text:
        return Record(line.number, (), Slip(Kind.BLANK_LINE), 0, line.end)
    text = lines.text(line)
    if _QUOTES_OR_RETURNS.search(text) is None:
        return Record(line.number, text.split(","), None, 0, line.end)
    return _Quoted(line, text, lines).record()


class _Quoted:
    """Reads a record that has quotes, in which lines may break."""

    def __init__(self, line: Line, text: str, lines: _Lines) -> None:
        self._first = line
        self._line = line
        self._text = text
        self._at = 0
        self._lines = lines
        self._cells: list[str] = []
        self._numbers: list[int] = []

    def record(self) -> Record:
        while True:
            line = self._line
            opened = self._text.startswith('"', self._at)
            taken: list[Line] = []
            cell = self._quoted(taken) if opened else self._plain()
            after = self._text[self._at : self._at + 1]
            if cell is None or after not in ("", ","):
                self._lines.back(taken)  # what was taken for the rest of a text is read as lines of their own
                return self._fault(line, Kind.OPEN_QUOTE if cell is None else _FAULTS.get(after, Kind.QUOTE))
            self._cells.append(cell)
            self._numbers.append(line.number)
            if not after:
                return Record(self._first.number, self._cells, None, 0, self._line.end, self._numbers)
            self._at += 1

    def _plain(self) -> str:
        found = _PLAIN.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        return found[0]

    def _quoted(self, taken: list[Line]) -> str | None:
        """A text in quotes, with the lines that it goes on in; None when it is not closed."""
        parts: list[str] = []
        size = 0
        self._at += 1
        while True:
            found = _INSIDE.match(self._text, self._at)
            assert found is not None
            parts.append(found[0])
            self._at = found.end()
            if self._at < len(self._text):
                self._at += 1
                return "".join(parts).replace('""', '"')
            size += len(found[0])
            line = self._lines.next() if size <= LONGEST and len(taken) < MOST_LINES else None
            if line is None:
                return None
            taken.append(line)
            if line.slip is not None:
                return None
            parts.append(self._line.end.decode("ascii"))
            self._line, self._text, self._at = line, self._lines.text(line), 0

    def _fault(self, line: Line, kind: Kind) -> Record:
        place = len(self._cells) + 1
        gaps = {"count": place, "text": self._lines.text(line), "width": f"{LONGEST:,}", "lines": f"{MOST_LINES:,}"}
        return Record(line.number, (), Slip(kind, gaps), place, line.end)
