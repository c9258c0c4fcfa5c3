"""Cells of the sheets of an XLSX workbook.

A workbook is a ZIP of XML. Before anything is unpacked its sizes are added up, and a part that declares entities is
refused. Formulas are not followed: what counts is the value that was saved with them. A number is written as the sheet
shows it where the sheet pads it with zeros (``007``), else as short as possible.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

from compiler.transcription.rows import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Grid,
    Kind,
    Line,
    UnreadableError,
    one_line,
)

MAX_UNPACKED = 300_000_000
MAX_PARTS = 2_000
_INSTALL = "Workbooks are read with openpyxl; install it with `pip install 'rulewright[excel]'`."


def read_workbook(content: bytes) -> list[Grid]:
    """The sheets of a workbook, each under its name."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise UnreadableError(_INSTALL) from error
    _must_be_harmless(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return [_grid(sheet) for sheet in book.worksheets]
    except UnreadableError:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise UnreadableError(
            f"The workbook cannot be read ({type(error).__name__}); open it and save it again."
        ) from error


def _must_be_harmless(content: bytes) -> None:
    """Refuse a ZIP that unpacks to too much, and XML that declares entities."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or size > MAX_UNPACKED:
            raise UnreadableError(
                f"The workbook unpacks to {size:,} bytes in {len(parts):,} parts; that is no table of rules."
            )
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and _declares(archive.read(part)):
                raise UnreadableError(
                    f"{part.filename} in the workbook declares a document type, which no office program does."
                )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zipfile.LargeZipFile) as error:
        raise UnreadableError("The file is no workbook, or a damaged one.") from error


def _declares(xml: bytes) -> bool:
    plain = xml.replace(b"\0", b"")  # so that UTF-16 hides nothing
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _grid(sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what a sheet says of its size need not be true
    lines: list[Line] = []
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        cells = [_cell(cell) for cell in row]
        while cells and not cells[-1].text:
            cells.pop()
        empty = 0 if cells else empty + 1
        if len(lines) >= MAX_ROWS or empty > MAX_ROWS:
            raise UnreadableError(f"The sheet {sheet.title} has more than {MAX_ROWS:,} rows.")
        if len(cells) > MAX_COLUMNS:
            raise UnreadableError(f"Row {number} of the sheet {sheet.title} has more than {MAX_COLUMNS} cells.")
        if any(len(cell.text) > MAX_CELL for cell in cells):
            raise UnreadableError(f"A cell in row {number} of {sheet.title} has more than {MAX_CELL:,} characters.")
        if cells:
            lines.append(Line(tuple(cells), f"{sheet.title}, row {number}"))
    return Grid(sheet.title, tuple(lines))


def _cell(cell: Any) -> Cell:
    match cell.value:
        case None:
            return Cell("")
        case bool():
            return Cell(str(cell.value).upper(), Kind.OTHER)
        case datetime() as moment if moment.time() == time():
            return Cell(moment.date().isoformat(), Kind.DATE)
        case datetime() | date() | time():
            return Cell(str(cell.value), Kind.DATE)
        case int() | float():
            return _number(cell.value, str(cell.number_format or ""))
        case _ if cell.data_type == "e":
            return Cell(str(cell.value), Kind.OTHER)
        case _:
            return Cell(one_line(str(cell.value)))


def _number(value: float, shown: str) -> Cell:
    whole = value == int(value) if abs(value) < 10**15 else False
    text = str(int(value)) if whole else repr(value)
    if whole and value >= 0 and re.fullmatch("0{2,}", shown):
        return Cell(text.zfill(len(shown)))  # the sheet pads it, so it is meant as a code
    return Cell(text, Kind.NUMBER)
