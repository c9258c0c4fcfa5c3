"""A publication as a page of Markdown: the same sections as on the site."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalogue.markdown_parts import (
    Linker,
    definitions,
    facts_of,
    heading,
    holding,
    joined,
    known_of,
    population,
    questions_of,
    reads,
    section_of,
    where_from,
)
from compiler.catalogue.model import Descriptor, ElementEntry, PublicationPage
from compiler.web import markdown as md


def publication_page(page: PublicationPage, linked: Linker) -> Iterator[str]:
    """The parts of a page, each ending in a line end; ``linked`` makes a link."""
    yield heading(page)
    yield facts_of(page)
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
    yield from definitions(page, linked)


def _element(element: ElementEntry, page: PublicationPage) -> list[str]:
    """The cells of an element."""
    path = md.code(element.path) if element.path and element.path != element.name else ""
    remarks = [md.text(text) for text in (element.state, *element.remarks, element.notes) if text]
    return [
        joined(md.text(element.name), path, ", ".join(element.ids)),
        element.need,
        joined(*holding(element.held), *known_of(element), *remarks, *questions_of(element, page)),
        where_from(element),
    ]


def _descriptor(descriptor: Descriptor, linked: Linker) -> list[str]:
    return [linked(descriptor.table), md.text(", ".join(descriptor.elements)), str(len(descriptor.rows))]
