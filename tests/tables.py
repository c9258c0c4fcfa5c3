"""Tables of rules as files of each kind, for tests of what is read of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from html import escape

import xlsxwriter

HEADINGS = ("Rule #", "Rule Type", "Rule Logic", "Rule Message", "Notes")
Lines = Sequence[Sequence[str]]


def as_csv(lines: Lines) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def as_html(lines: Lines) -> bytes:
    rows = ("".join(f"<td>{escape(text)}</td>" for text in line) for line in lines)
    return f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></body></html>".encode()


def as_xlsx(lines: Lines, heading: str = "Sheet1") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(heading)
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                sheet.write_string(number, column, text)
    return out.getvalue()


KINDS: dict[str, Callable[[Lines], bytes]] = {".csv": as_csv, ".html": as_html, ".xlsx": as_xlsx}
