"""The rows of a document, whatever kind of file it is.

The kind is told by what the file holds, for names of files are often wrong: a workbook begins as a ZIP, a page holds a
table, a CSV has headings in its first lines. Everything else is read as text that has lost its grid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from compiler.transcription.rows import MAX_BYTES, Grid, Row, State, Transcript, UnreadableError, parts_of

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def read_rows(content: bytes, suffix: str, chosen: Mapping[str, str]) -> Transcript:
    """The rows of a document; ``suffix`` is that of its file name, ``chosen`` are headings by column."""
    from compiler.transcription.damaged import read_damaged
    from compiler.transcription.tables import rows_of

    grids, text = read_grids(content, suffix)
    if grids:
        return _finished(rows_of(grids, chosen))
    found = read_damaged(text)
    if not found.rows:
        raise UnreadableError("There is no table in the file, and no id with a type behind it in its text.")
    return _finished(found)


def read_grids(content: bytes, suffix: str) -> tuple[list[Grid], str]:
    """The grids of a file; none, and its text, when it has no grid."""
    if len(content) > MAX_BYTES:
        raise UnreadableError(f"The file has {len(content):,} bytes; the limit is {MAX_BYTES:,}.")
    if content.startswith(b"PK\x03\x04"):
        from compiler.transcription.workbooks import read_workbook

        return read_workbook(content), ""
    text = decoded(content)
    if not text.strip():
        raise UnreadableError("The file is empty.")
    if re.search(r"<table[\s>]", text, re.IGNORECASE):
        from compiler.transcription.html_tables import read_html

        return read_html(text), text
    if suffix.lower() in (".csv", ".tsv"):
        from compiler.transcription.delimited import read_delimited

        return read_delimited(text), text
    return [], text


def decoded(content: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else as Windows writes Western languages."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise UnreadableError(
                f"The file begins as {encoding}, but is not ({error.reason}); save it as UTF-8."
            ) from error
        text = content.decode("cp1252", errors="replace")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise UnreadableError(
            f"The file holds the control character {ord(control.group())} in line {line}; it is no text."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _finished(found: Transcript) -> Transcript:
    """With each id once, and with a note where the logic breaks off."""
    rows: dict[tuple[str, str], Row] = {}
    for row in found.rows:
        prefix, number = parts_of(row.id)
        first = rows.setdefault((prefix.casefold(), number), row)
        if first is not row:
            found.unclear.append(f"{row.id} stands in {first.place} and again in {row.place}; the second was left out.")
    return Transcript([_marked(row) for row in rows.values()], found.unclear)


def _marked(row: Row) -> Row:
    """A row whose logic ends in the middle is damaged."""
    logic = row.cells.get("logic", "")
    if not logic.endswith(",") and logic.count("(") <= logic.count(")"):
        return row
    end = " ".join(logic.split()[-3:])
    return replace(row, state=State.DAMAGED, notes=(*row.notes, f'The logic breaks off after "{end}".'))
