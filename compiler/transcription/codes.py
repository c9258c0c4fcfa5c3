"""A list of codes as a table spec: which column holds the codes, and what a spreadsheet may have done to them.

Codes are text: ``07`` is not 7. Spreadsheets forget that: they drop leading zeros, show long codes as ``1E+12`` and
take ``1-2`` for a day. What looks so is said and written as it stands, for nobody but the publisher knows what it was.
A code that is missing, or stands twice with different words, keeps the table from being written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compiler.transcription.headings import folded
from compiler.transcription.rows import Cell, Grid, Kind, Line, UnreadableError, words_of
from compiler.transcription.yaml_text import in_braces, yaml_text

CODES = ("code", "code value", "code values", "value", "id")
NAMES = {  # headings, by the name of the column in the spec
    "label": ("label", "short description", "name", "meaning", "code description"),
    "description": ("description", "long description", "definition"),
}
_COLUMNS = {folded(heading): name for name, headings in NAMES.items() for heading in headings}
_CODES = [folded(heading) for heading in CODES]
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_SPOILED = (
    (re.compile(r"\d+(?:\.\d+)?e\+?\d+", re.IGNORECASE), "is a number in powers of ten"),
    (re.compile(r"\d+\.0+"), "is a number with decimals"),
    (
        re.compile(
            rf"\d{{1,2}}[-/ ](?:{_MONTH})\w*|(?:{_MONTH})\w*[-/ ]\d{{1,4}}|\d{{1,4}}[-/]\d{{1,2}}[-/]\d{{1,4}}", re.I
        ),
        "reads as a date",
    ),
)
_OF_KIND = {
    Kind.NUMBER: "is a number in the workbook, without the zeros that a code may begin with",
    Kind.DATE: "is a date in the workbook",
    Kind.OTHER: "is no text in the workbook",
}
_SHOWN = 5  # examples in a warning


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The text of a table spec, with what is wrong (nothing may be written then) and what is doubtful."""

    text: str
    count: int
    faults: tuple[str, ...]
    doubts: tuple[str, ...]


def table_of(grids: Sequence[Grid], *, name: str, title: str, descriptor: str, key: str, modeline: str) -> CodeTable:
    """The table of the first grid with a column of codes; ``key`` is its heading, if it is none of the known ones."""
    columns, lines = _headed(grids, key)
    place = next(index for index, column in columns.items() if column == "code")
    rows: dict[str, dict[str, str]] = {}
    first: dict[str, str] = {}
    faults: list[str] = []
    repeated: list[str] = []
    for line in lines:
        cells = {column: line.texts[index] for index, column in columns.items() if index < len(line.cells)}
        code = cells.get("code", "")
        if not code:
            faults.append(f"{line.place}: the code is missing.")
        elif rows.setdefault(code, cells) != cells:
            faults.append(f"{line.place}: the code {code} stands already in {first[code]}, with other words.")
        elif code in first:
            repeated.append(f"{line.place}: the code {code} stands already in {first[code]}; it was left out.")
        first.setdefault(code, line.place)
    unnamed = [line.place for line in lines if any(t and i not in columns for i, t in enumerate(line.texts))]
    if unnamed:
        repeated.append(f"{unnamed[0]}: what stands in a column without a heading was left out.")
    codes = [(line.cells[place], line.place) for line in lines if place < len(line.cells) and line.cells[place].text]
    if not codes:
        faults.append("There is no code below the headings.")
    text = modeline + "".join(_lines(list(columns.values()), list(rows.values()), name, title, descriptor))
    return CodeTable(text, len(rows), tuple(faults), (*repeated, *_doubts(codes)))


def _headed(grids: Sequence[Grid], key: str) -> tuple[dict[int, str], list[Line]]:
    """The names of the columns by their places, and the lines below the headings."""
    seen: list[str] = []
    for grid in grids:
        for number, line in enumerate(grid.lines):
            names = [folded(text) for text in line.texts]
            wanted = [folded(key)] if key else _CODES
            place = next((names.index(name) for name in wanted if name in names), None)
            if place is not None:
                return _columns(line.texts, place), [below for below in grid.lines[number + 1 :] if any(below.texts)]
        seen += [text for text in (grid.lines[0].texts if grid.lines else ()) if text]
    listed = ", ".join(f'"{text[:40]}"' for text in seen[:12])
    raise UnreadableError(
        f'No column of codes was found; the first line holds {listed or "nothing"}. Say which: --key "..."'
    )


def _columns(headings: Sequence[str], place: int) -> dict[int, str]:
    """A name for each column: ``code``, ``label`` ... or the words of its heading."""
    found = {place: "code"}
    for index, heading in enumerate(headings):
        if index == place or not heading:
            continue
        words = [word.lower() for word in words_of(heading) if word.isalnum()] or ["column"]
        own = words[0] + "".join(word.capitalize() for word in words[1:])
        own = own if own[0].isalpha() else f"column{own}"
        wanted = _COLUMNS.get(folded(heading), own)
        choices = (wanted, own, *(f"{own}{number}" for number in range(2, len(headings) + 3)))
        found[index] = next(choice for choice in choices if choice not in found.values())
    return dict(sorted(found.items(), key=lambda item: (item[1] != "code", item[0])))


def _doubts(codes: Sequence[tuple[Cell, str]]) -> Iterator[str]:
    """What a spreadsheet seems to have done to codes."""
    reasons: dict[str, list[str]] = {}
    for cell, place in codes:
        reason = _OF_KIND.get(cell.kind) or next((why for form, why in _SPOILED if form.fullmatch(cell.text)), None)
        if reason is not None:
            reasons.setdefault(reason, []).append(f"{cell.text} ({place})")
    for reason, places in reasons.items():
        more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
        yield f"{', '.join(places[:_SHOWN])}{more} {reason}: compare with the source."
    texts = [cell.text for cell, _ in codes]
    lengths = sorted({len(text) for text in texts})
    if len(lengths) > 1 and all(text.isdecimal() for text in texts) and not any(_padded(text) for text in texts):
        listed = " and ".join(map(str, lengths[:3]))
        yield f"Codes have {listed} digits, and none begins with 0: leading zeros may have been lost."


def _padded(text: str) -> bool:
    return len(text) > 1 and text.startswith("0")


def _lines(
    columns: Iterable[str], rows: Sequence[dict[str, str]], name: str, title: str, descriptor: str
) -> Iterator[str]:
    _, *others = columns
    yield f"kind: table\nname: {name}\ntitle: {yaml_text(title)}\n"
    if descriptor:
        yield f"descriptor: {descriptor}\n"
    yield "key: {code: text}\n"
    if others:
        yield f"columns: {{{', '.join(f'{column}: text' for column in others)}}}\n"
    yield f"count: '{len(rows)}'\nrows:\n"
    for cells in rows:
        told = ((column, in_braces(cells.get(column, ""))) for column in ("code", *others))
        yield f"- {{{', '.join(f'{column}: {text}' for column, text in told)}}}\n"
