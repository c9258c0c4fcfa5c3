"""An extract as a page of Markdown: the same sections as on the site."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.backends.words_extracts import LOST
from compiler.catalogue.markdown_parts import (
    Linker,
    facts_of,
    heading,
    holding,
    ids_text,
    joined,
    known_of,
    population,
    questions_of,
    reads,
    said_of,
    section_of,
    table_of,
    where_from,
)
from compiler.catalogue.model import (
    CHANGES,
    POSITIONS,
    Calculation,
    ExtractPage,
    FieldEntry,
    LayoutEntry,
    Rested,
    Told,
)
from compiler.web import markdown as md


def extract_page(page: ExtractPage, linked: Linker) -> Iterator[str]:
    """The parts of a page, each ending in a line end; ``linked`` makes a link."""
    rights = [["Tool rights", _told(page.rights)]] if page.rights is not None else []
    yield heading(page)
    yield f"{_told(page.purpose)}\n" if page.purpose is not None else ""
    yield facts_of(page, *rights)
    yield f"{md.text(page.notes)}\n" if page.notes else ""
    yield "## Report logic\n"
    yield from population(page)
    for listing in page.listings:
        yield from section_of(listing)
    yield "## Layout\n"
    heads = ["no.", "field", "positions", "what is printed", "when missing", "where it comes from"]
    yield md.table(heads, [_field(field, page) for field in page.fields])
    yield "## Positions\n"
    for layout in page.layouts:
        yield from _layout(layout)
    if page.calculations:
        yield "## Calculations\n"
        yield table_of(["name", "meaning", "in words", "fields"], [_calculation(c, linked) for c in page.calculations])
    if page.tables:
        yield "## Tables\n"
        yield table_of(["table", "title", "rows", "state"], [_table(rested, linked) for rested in page.tables])
    yield from reads(page, linked)


def _told(told: Told) -> str:
    return f"{md.text(told.text)}{ids_text(told.ids)}"


def _field(field: FieldEntry, page: ExtractPage) -> list[str]:
    """The cells of a field."""
    allowed = f"Allowed: {md.text(', '.join(field.allowed))}" if field.allowed else ""
    remarks = [md.text(text) for text in (*field.remarks, field.notes) if text]
    return [
        str(field.number),
        joined(md.text(field.name), md.text(field.form), ", ".join(field.ids)),
        joined(*map(md.text, field.places)),
        joined(*holding(field.held), allowed, *known_of(field), *remarks, *questions_of(field, page)),
        md.text(field.missing),
        where_from(field),
    ]


def _layout(layout: LayoutEntry) -> Iterator[str]:
    years = f"School year{'s' if layout.years[1:] else ''} {', '.join(layout.years)}"
    width = f": {len(layout.positions)} fields, {layout.width} characters a line" if layout.positions else ""
    yield f"### {md.text(layout.name)}{ids_text(layout.ids)}\n"
    yield f"{years}{width}.{f' {md.text(layout.notes)}' if layout.notes else ''}\n"
    if layout.is_new:
        yield table_of([head.lower() for head in POSITIONS], [list(map(md.text, row)) for row in layout.positions])
    if layout.changes:
        yield f"What is other than in {md.text(layout.before)}:\n"
        yield md.table([head.lower() for head in CHANGES], [list(map(md.text, row)) for row in layout.changes])
    if layout.positions and not layout.is_new:
        yield f"The same as {md.text(layout.before)}.\n"


def _calculation(found: Calculation, linked: Linker) -> list[str]:
    words = said_of(found.named.words) if found.named.words is not None else ""
    return [linked(found.named.link), md.text(found.named.meaning), words, ", ".join(map(str, found.fields))]


def _table(found: Rested, linked: Linker) -> list[str]:
    return [linked(found.link), md.text(found.title), str(found.rows), f"unknown: {LOST}" if found.is_lost else ""]
