"""A publication as a page of Markdown: the same sections as on the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from compiler.backends.words import Clause
from compiler.catalogue.model import (
    PUBLICATION_STATUSES,
    Candidates,
    Condition,
    Descriptor,
    ElementEntry,
    Held,
    Link,
    Listing,
    PublicationPage,
    SentExample,
)
from compiler.web import markdown as md

Linker = Callable[[Link], str]


def publication_page(page: PublicationPage, linked: Linker) -> Iterator[str]:
    """The parts of a page, each ending in a line end; ``linked`` makes a link."""
    status = f"{page.source.status}: {PUBLICATION_STATUSES[page.source.status]}"
    yield f"# {page.id}: {md.text(page.title)}\n"
    yield md.table(["", ""], [*([words, md.text(text)] for words, text in page.facts), ["Source", status]])
    yield f"{md.text(page.notes)}\n" if page.notes else ""
    yield "## Which records are sent\n"
    for candidates in page.candidates:
        yield from _candidates(candidates, several=len(page.candidates) > 1)
    if page.include:
        yield "### What a record must fulfil\n"
        yield _conditions(page.include, "else it is told")
    if page.exclude:
        yield "### What keeps a record out\n"
        yield _conditions(page.exclude, "it is told")
    for listing in page.listings:
        yield from _listing(listing)
    yield "## Object data elements\n"
    yield md.table(
        ["element", "need", "what is sent", "where it comes from"], [_element(e, page) for e in page.elements]
    )
    if page.descriptors:
        yield "## Types and descriptors\n"
        yield md.table(["table", "codes of", "rows"], [_descriptor(d, linked) for d in page.descriptors])
    if page.uses:
        yield "## What it reads\n"
        rows = [[linked(use.resource), md.code(use.path), use.type] for use in page.uses]
        yield md.table(["table", "column", "holds"], rows)
    if page.definitions:
        yield "## Definitions\n"
        rows = [[linked(d.link), md.text(d.meaning), md.code(d.code) if d.code else ""] for d in page.definitions]
        yield md.table(["name", "meaning", "text"], rows)


def examples(page: PublicationPage) -> Iterator[str]:
    """The examples of a page, whole."""
    if page.examples:
        yield "## Examples\n"
    for example in page.examples:
        yield from _example(example)


def _candidates(candidates: Candidates, *, several: bool) -> Iterator[str]:
    if several:
        yield f"### {md.text(candidates.title)}{_ids(candidates.ids)}\n"
    if candidates.who is not None:
        yield f"{_said(candidates.who)}\n"
    yield md.block(f"for each: {candidates.code}")
    yield f"{md.text(candidates.notes)}\n" if candidates.notes else ""
    if candidates.defines:
        yield md.table(["name", "means"], [[md.text(held.part), _held(held)] for held in candidates.defines])
    if candidates.include:
        yield _conditions(candidates.include, "else it is told")


def _conditions(conditions: Iterable[Condition], told: str) -> str:
    rows = [
        [md.text(c.reason), _words(c.words, c.code), c.effect, md.text(c.notes), ", ".join(c.ids)] for c in conditions
    ]
    return _table([told, "when" if any(row[2] for row in rows) else "what must hold", "if it was sent", "notes", "ids"],
                  rows)  # fmt: skip


def _table(heads: list[str], rows: list[list[str]]) -> str:
    """A table without the columns in which nothing stands."""
    kept = [place for place, _ in enumerate(heads) if any(row[place] for row in rows)]
    return md.table([heads[place] for place in kept], [[row[place] for place in kept] for row in rows])


def _listing(listing: Listing) -> Iterator[str]:
    yield f"## {listing.title}\n"
    if listing.intro:
        *texts, last = map(md.text, listing.intro)
        yield from (f"{text}\n" for text in texts)
        yield f"{last}{_ids(listing.ids)}\n"
    if listing.rows:
        heads = [head.lower() for head in listing.shown_heads]
        yield md.table(heads, [[md.text(cell) for cell in row] for row in listing.shown_rows])


def _element(element: ElementEntry, page: PublicationPage) -> list[str]:
    """The cells of an element."""
    path = md.code(element.path) if element.path and element.path != element.name else ""
    questions = [f"The source leaves open: {md.text(page.decisions[q - 1].question)}" for q in element.questions]
    known = [f"{md.code(d.link.words)}: {md.text(d.meaning)}" for d in element.definitions if d.meaning]
    remarks = [md.text(text) for text in (element.state, *element.remarks, element.notes) if text]
    held = [f"{md.code(h.part)}: {_held(h)}" if h.part else _held(h) for h in element.held]
    return [
        _lines(md.text(element.name), path, ", ".join(element.ids)),
        element.need,
        _lines(*held, *known, *remarks, *questions),
        _lines(md.text(element.gui), md.code(element.database) if element.database else ""),
    ]


def _held(held: Held) -> str:
    return _words(held.words, held.code)


def _words(words: Clause | None, code: str) -> str:
    return _said(words) if words is not None else md.code(code)


def _said(clause: Clause) -> str:
    """A clause on one line, as in a cell."""
    return " ".join([md.text(clause.text), "; ".join(map(_said, clause.parts))]).rstrip()


def _lines(*lines: str) -> str:
    return "<br>".join(filter(None, lines))


def _ids(ids: tuple[str, ...]) -> str:
    return f" ({', '.join(ids)})" if ids else ""


def _descriptor(descriptor: Descriptor, linked: Linker) -> list[str]:
    return [linked(descriptor.table), md.text(", ".join(descriptor.elements)), str(len(descriptor.rows))]


def _example(example: SentExample) -> Iterator[str]:
    told = f" With {md.text(', '.join(example.circumstances))}." if example.circumstances else ""
    yield f"### {md.text(example.name)}{_ids(example.ids)}\n"
    yield f"{told.strip()}\n" if told else ""
    for title, text in example.parts:
        yield f"{title.capitalize()}:\n"
        yield md.block(text, "yaml")
