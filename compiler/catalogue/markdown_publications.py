"""A publication as a page of Markdown: the same sections as on the site."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalogue.markdown_parts import Linker, held_text, joined, population, reads, section_of
from compiler.catalogue.model import (
    PUBLICATION_STATUSES,
    Descriptor,
    ElementEntry,
    PublicationPage,
)
from compiler.web import markdown as md


def publication_page(page: PublicationPage, linked: Linker) -> Iterator[str]:
    """The parts of a page, each ending in a line end; ``linked`` makes a link."""
    status = f"{page.source.status}: {PUBLICATION_STATUSES[page.source.status]}"
    yield f"# {page.id}: {md.text(page.title)}\n"
    yield md.table(["", ""], [*([words, md.text(text)] for words, text in page.facts), ["Source", status]])
    yield f"{md.text(page.notes)}\n" if page.notes else ""
    yield "## Which records are sent\n"
    yield from population(page)
    for each in page.listings:
        yield from section_of(each)
    yield "## Object data elements\n"
    yield md.table(
        ["element", "need", "what is sent", "where it comes from"], [_element(e, page) for e in page.elements]
    )
    if page.descriptors:
        yield "## Types and descriptors\n"
        yield md.table(["table", "codes of", "rows"], [_descriptor(d, linked) for d in page.descriptors])
    yield from reads(page, linked)
    if page.definitions:
        yield "## Definitions\n"
        rows = [[linked(d.link), md.text(d.meaning), md.code(d.code) if d.code else ""] for d in page.definitions]
        yield md.table(["name", "meaning", "text"], rows)


def _element(element: ElementEntry, page: PublicationPage) -> list[str]:
    """The cells of an element."""
    path = md.code(element.path) if element.path and element.path != element.name else ""
    questions = [f"The source leaves open: {md.text(page.decisions[q - 1].question)}" for q in element.questions]
    known = [f"{md.code(d.link.words)}: {md.text(d.meaning)}" for d in element.definitions if d.meaning]
    remarks = [md.text(text) for text in (element.state, *element.remarks, element.notes) if text]
    held = [f"{md.code(h.part)}: {held_text(h)}" if h.part else held_text(h) for h in element.held]
    return [
        joined(md.text(element.name), path, ", ".join(element.ids)),
        element.need,
        joined(*held, *known, *remarks, *questions),
        joined(md.text(element.gui), md.code(element.database) if element.database else ""),
    ]


def _descriptor(descriptor: Descriptor, linked: Linker) -> list[str]:
    return [linked(descriptor.table), md.text(", ".join(descriptor.elements)), str(len(descriptor.rows))]
