"""Cells of the tables of an HTML page.

A page is read as a run of tags and texts, in time that grows with its length whatever it holds. (The parser of the
standard library takes 20 seconds for 50 KB of tags that do not close, and parsers that build a tree choke on a million
nested elements.) A dozen tags count; nothing outside is asked for, and the only entities are those of HTML. A table in
a cell is a table of its own; a cell that reaches down over several lines is repeated in each, one that reaches across
stands in the first of its columns. The heading of a table is its caption, else the last heading before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from compiler.transcription.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Cell, Grid, Line, UnreadableError, one_line

MAX_DEPTH = 20  # of tables in tables
_MAX_RAW_CELL = 4 * MAX_CELL  # characters, before white space is collapsed
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "hr"}) | _HEADINGS
_UNSEEN = {"script": re.compile("</script", re.IGNORECASE), "style": re.compile("</style", re.IGNORECASE)}
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>(?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}')*+)>"""
)
_COMMENT = "!--"  # the name under which what is not shown is passed on
_SPAN = re.compile(r"""\b(?P<name>colspan|rowspan)\s*=\s*["']?(?P<count>\d{1,5})\b""", re.IGNORECASE)


@dataclass(slots=True)
class _Cell:
    """A cell that is being read, and how many columns and lines it reaches over."""

    across: int
    down: int
    parts: list[str] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class _Table:
    """A table that is being read; ``reaching`` are texts of lines above, by column, with the lines still to come."""

    heading: str
    number: int
    lines: list[Line] = field(default_factory=list)
    row: list[tuple[str, _Cell]] = field(default_factory=list)
    cell: _Cell | None = None
    reaching: dict[int, tuple[str, int]] = field(default_factory=dict)


class _Reader:
    """Collects grids; a text goes to the innermost cell, caption or heading that is open."""

    def __init__(self) -> None:
        self.grids: list[tuple[int, Grid]] = []
        self.open: list[_Table] = []
        self.tables = 0
        self.title: list[str] | None = None
        self.heading = ""
        self.line = 1

    def begin(self, tag: str, attributes: str) -> None:
        """Take the begin of an element."""
        if tag == "table":
            self._begin_table()
        elif tag == "caption" or (tag in _HEADINGS and not self.open):
            self.title = []
        elif tag == "tr" and self.open:
            self._end_row()
        elif tag in ("td", "th") and self.open:
            self._end_cell()
            spans = {match["name"].lower(): int(match["count"]) for match in _SPAN.finditer(attributes)}
            self.open[-1].cell = _Cell(_reach(spans.get("colspan", 1)), _reach(spans.get("rowspan", 1)))
        elif tag in _BLOCKS:
            self.data(" ")

    def finish(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "table" and self.open:
            self._end_table()
        elif (tag == "caption" or tag in _HEADINGS) and self.title is not None:
            title, self.title = one_line("".join(self.title)), None
            if self.open:
                self.open[-1].heading = title or self.open[-1].heading
            else:
                self.heading = title
        elif tag == "tr" and self.open:
            self._end_row()
        elif tag in ("td", "th") and self.open:
            self._end_cell()
        elif tag in _BLOCKS:
            self.data(" ")

    def data(self, text: str) -> None:
        """Take a text."""
        cell = self.open[-1].cell if self.open else None
        if self.title is not None:
            self.title.append(text)
        elif cell is not None:
            cell.size += len(text)
            if cell.size > _MAX_RAW_CELL:
                raise self._too_large(f"A cell has more than {MAX_CELL:,} characters")
            cell.parts.append(text)

    def end(self) -> list[Grid]:
        """The grids in the order in which their tables begin."""
        while self.open:
            self._end_table()
        return [grid for _, grid in sorted(self.grids, key=lambda found: found[0])]

    # -- tables

    def _begin_table(self) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise self._too_large(f"Tables stand in tables more than {MAX_DEPTH} deep")
        self.open.append(_Table("" if self.open else self.heading, self.tables))
        self.tables += 1

    def _end_table(self) -> None:
        self._end_row()
        table = self.open.pop()
        self.grids.append((table.number, Grid(table.heading, tuple(table.lines))))

    def _end_cell(self) -> None:
        table = self.open[-1]
        if table.cell is not None:
            text = one_line("".join(table.cell.parts))
            if len(text) > MAX_CELL:
                raise self._too_large(f"A cell has more than {MAX_CELL:,} characters")
            table.row.append((text, table.cell))
            table.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self.open[-1]
        if not table.row:
            return
        texts: list[str] = []
        reaching: dict[int, tuple[str, int]] = {}

        def repeat() -> None:
            while len(texts) in table.reaching:
                text, left = table.reaching[len(texts)]
                if left > 1:
                    reaching[len(texts)] = (text, left - 1)
                texts.append(text)

        for text, cell in table.row:
            repeat()
            if cell.down > 1:
                reaching[len(texts)] = (text, cell.down - 1)
            texts.extend([text] + [""] * (cell.across - 1))
        repeat()
        table.row, table.reaching = [], reaching
        if len(texts) > MAX_COLUMNS:
            raise self._too_large(f"A row has more than {MAX_COLUMNS} cells")
        if len(table.lines) >= MAX_ROWS:
            raise self._too_large(f"A table has more than {MAX_ROWS:,} rows")
        table.lines.append(Line(tuple(Cell(text) for text in texts), f"line {self.line}"))

    def _too_large(self, what: str) -> UnreadableError:
        return UnreadableError(f"{what} (line {self.line}).")


def read_html(text: str) -> list[Grid]:
    """The tables of a page."""
    reader = _Reader()
    for tag, end, content in _tokens(text):
        if not tag:
            reader.data(unescape(content))
        elif end:
            reader.finish(tag)
        else:
            reader.begin(tag, content)
        reader.line += content.count("\n")
    return reader.end()


def _tokens(text: str) -> Iterator[tuple[str, bool, str]]:
    """The tags of a page, with their attributes, and the texts between them (under an empty name)."""
    at = 0
    while at < len(text):
        begin = text.find("<", at)
        if begin < 0:
            begin = len(text)
        if begin > at:
            yield "", False, text[at:begin]
        at = begin
        tag = _TAG.match(text, at)
        if tag is not None:
            name = tag["name"].lower()
            yield name, bool(tag["end"]), tag["rest"]
            at = tag.end()
            if name in _UNSEEN and not tag["end"]:
                close = _UNSEEN[name].search(text, at)
                end = close.start() if close is not None else len(text)
                yield _COMMENT, False, text[at:end]
                at = end
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
            end = end if end > 2 else len(text)
            yield _COMMENT, False, text[at:end]
            at = end
        elif at < len(text):
            yield "", False, "" if text.startswith(("<!", "<?", "</"), at) else "<"
            at += 1


def _reach(count: int) -> int:
    """How far a cell reaches."""
    return min(max(count, 1), MAX_COLUMNS)
