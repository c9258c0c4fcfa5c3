"""Sheets of text: tables in a workbook that a spreadsheet shows as they are, and never works out.

Every cell is text, or a number where a count is given as one; there are no formulas and no links, whatever the text
says. What a cell cannot hold is shown by a stand-in (control characters and half characters) or cut, and a table that
is longer than a sheet goes on in the next one; ``remarks`` says so. The same tables give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""What a sheet can hold, its header included."""
MOST_UNITS = 32_767
"""What a cell can hold, in units of UTF-16."""
_CUT = " … (cut)"
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, and its width in characters."""

    title: str
    width: int = _WIDTH


def fitting(text: str) -> str:
    """A text as a cell can hold it: line breaks are LF, and what is no character has a stand-in."""
    return _UNFIT.sub(_stand_in, text.replace("\r\n", "\n"))


def _stand_in(match: re.Match[str]) -> str:
    """The picture of a control character (as ``␛``); ``\\ufffd`` for what has none."""
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"


_letters = cache(xl_col_to_name)


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet that also takes a row of texts at once, which is several times as quick as cell by cell."""

    def texts(self, row: int, cells: Sequence[str], form: Any) -> None:
        """Write the texts of a row, below all rows so far; empty ones leave their cell empty."""
        self._write_single_row(row)  # what is left of the row before
        self._check_dimensions(row, max(len(cells) - 1, 0))
        style = form._get_xf_index()
        written = []
        for place, text in enumerate(cells):
            if not text:
                continue
            if "_x" in text:
                text = self._escape_control_characters(text)
            if "&" in text or "<" in text or ">" in text:
                text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
            name = f"{_letters(place)}{row + 1}"
            written.append(f'<c r="{name}" s="{style}" t="inlineStr"><is><t{kept}>{text}</t></is></c>')
        if written:
            self.fh.write(f'<row r="{row + 1}">{"".join(written)}</row>')


class Book:
    """A workbook on its way to a file; ``scratch`` is a closed folder for what is not yet written."""

    def __init__(self, target: IO[bytes], scratch: str, created: date, title: str, banner: str) -> None:
        options = {"constant_memory": True, "tmpdir": scratch}
        self._book = xlsxwriter.Workbook(target, options)
        day = datetime(created.year, created.month, created.day)
        self._book.set_properties({"title": fitting(title), "comments": banner, "created": day})
        self._header = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._plain = self._book.add_format({"num_format": "@", "valign": "top"})
        self._wrapped = self._book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self._strong = self._book.add_format({"num_format": "@", "bold": True, "valign": "top"})
        self._number = self._book.add_format({"num_format": "#,##0", "valign": "top"})
        self._cut = 0
        self.remarks: list[str] = []

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        """A table below a header that stays in sight, with a filter; in several sheets when one cannot hold it."""
        sheet, row, number = self._started(name, columns), 0, 1
        for cells in rows:
            if row + 1 == MOST_ROWS:
                self._finished(sheet, columns, row)
                number += 1
                sheet, row = self._started(f"{name} {number}", columns), 0
            row += 1
            if any(isinstance(cell, int) for cell in cells):
                for place, cell in enumerate(cells):
                    if cell is not None and cell != "":
                        self._write(sheet, row, place, cell)
            else:
                sheet.texts(row, ["" if cell is None else self._held(str(cell)) for cell in cells], self._plain)
        self._finished(sheet, columns, row)
        if number > 1:
            self.remarks.append(f"{name} goes on in {name} 2 to {name} {number}: a sheet holds {MOST_ROWS:,} rows.")

    def page(self, name: str, widths: Sequence[int], rows: Iterable[Sequence[Any]], frozen: int) -> None:
        """Rows of cells as they come, the first ``frozen`` of which stay in sight; a row of one text is a heading."""
        sheet = self._book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(frozen, 0)
        for row, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell is not None and cell != "":
                    self._write(sheet, row, place, cell, self._strong if len(cells) == 1 else None)

    def notes(self, name: str, rows: Iterable[tuple[str, str]]) -> None:
        """Pairs of a name and a text, which is wrapped; then what there is to be said of the sheets."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        sheet.freeze_panes(1, 0)
        cut = [f"{self._cut:,} texts end with “{_CUT.strip()}”: a cell holds {MOST_UNITS:,} characters."]
        remarks = [("Limits", remark) for remark in (*self.remarks, *(cut if self._cut else ()))]
        for row, (called, text) in enumerate((*rows, *remarks)):
            self._write(sheet, row, 0, called, self._strong)
            self._write(sheet, row, 1, text, self._wrapped)

    def close(self) -> None:
        """Write the workbook to its file."""
        self._book.close()

    def _started(self, name: str, columns: Sequence[Column]) -> Any:
        sheet = self._book.add_worksheet(name, worksheet_class=_Sheet)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self._header)
        return sheet

    def _finished(self, sheet: Any, columns: Sequence[Column], rows: int) -> None:
        sheet.autofilter(0, 0, rows, len(columns) - 1)

    def _write(self, sheet: Any, row: int, place: int, cell: Any, form: Any = None) -> None:
        if isinstance(cell, int) and not isinstance(cell, bool):
            sheet.write_number(row, place, cell, self._number)
        else:
            sheet.write_string(row, place, self._held(str(cell)), form or self._plain)

    def _held(self, text: str) -> str:
        """A text as a cell can hold it; one that the library would take for markup gets a blank."""
        text = fitting(text)
        if len(text) > MOST_UNITS // 2 and len(text.encode("utf-16-le")) > 2 * MOST_UNITS:
            self._cut += 1
            room = 2 * (MOST_UNITS - len(_CUT))
            text = text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + _CUT
        return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
