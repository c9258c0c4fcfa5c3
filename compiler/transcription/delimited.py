"""Cells of a CSV file, with the delimiter that its first lines use."""

from __future__ import annotations

import csv
import io

from compiler.transcription.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Cell, Grid, Line, UnreadableError, one_line

DELIMITERS = (",", ";", "\t")
_LOOKED_AT = 20  # lines


def read_delimited(text: str) -> list[Grid]:
    """The one grid of a CSV file; a file that is not well-formed is refused with its line."""
    head = "\n".join(text.splitlines()[:_LOOKED_AT])
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    try:
        first = 1
        for row in reader:
            if len(lines) >= MAX_ROWS:
                raise UnreadableError(f"The file has more than {MAX_ROWS:,} lines.")
            if len(row) > MAX_COLUMNS:
                raise UnreadableError(f"Line {first} has {len(row):,} cells; the limit is {MAX_COLUMNS}.")
            if any(len(cell) > MAX_CELL for cell in row):
                raise UnreadableError(f"A cell in line {first} has more than {MAX_CELL:,} characters.")
            lines.append(Line(tuple(Cell(one_line(text)) for text in row), f"line {first}"))
            first = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(
            f"Line {reader.line_num} is no CSV ({error}); look for a quotation mark that is not closed."
        ) from error
    return [Grid("", tuple(lines))]
