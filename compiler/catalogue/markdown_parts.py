"""Parts of pages of Markdown that publications, extracts and guides have alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from compiler.backends.words import Clause
from compiler.catalogue.model import (
    PUBLICATION_STATUSES,
    Candidates,
    Condition,
    ElementEntry,
    ExtractPage,
    FieldEntry,
    GuidePage,
    Held,
    Link,
    Listing,
    PublicationPage,
    SentExample,
)
from compiler.web import markdown as md

Linker = Callable[[Link], str]
PAYLOAD = "payload"
"""The part of an example that is a pasted text, and no YAML."""
SpecPage = PublicationPage | ExtractPage | GuidePage


def heading(page: SpecPage) -> str:
    """What a page is about."""
    return f"# {page.id}: {md.text(page.title)}\n"


def facts_of(page: SpecPage, *more: list[str]) -> str:
    """What is known of a spec, and how its source was read; ``more`` are rows of Markdown."""
    status = f"{page.source.status}: {PUBLICATION_STATUSES[page.source.status]}"
    return md.table(["", ""], [*([words, md.text(text)] for words, text in page.facts), *more, ["Source", status]])


def population(page: PublicationPage | ExtractPage) -> Iterator[str]:
    """Who is taken, and why others are not."""
    for found in page.candidates:
        yield from _candidates(found, several=len(page.candidates) > 1)
    if page.include:
        yield "### What a record must fulfil\n"
        yield _conditions(page.include, "else it is told", "what must hold")
    if page.exclude:
        yield "### What keeps a record out\n"
        yield _conditions(page.exclude, "it is told", "when")


def reads(page: SpecPage, linked: Linker, of: str = "table", part: str = "column") -> Iterator[str]:
    """What is read: each ``part`` with what it is ``of``."""
    if page.uses:
        yield "## What it reads\n"
        rows = [[linked(use.resource), md.code(use.path), use.type] for use in page.uses]
        yield md.table([of, part, "holds"], rows)


def definitions(page: PublicationPage | GuidePage, linked: Linker) -> Iterator[str]:
    """The definitions that are used."""
    if page.definitions:
        yield "## Definitions\n"
        rows = [[linked(d.link), md.text(d.meaning), md.code(d.code) if d.code else ""] for d in page.definitions]
        yield md.table(["name", "meaning", "text"], rows)


def _candidates(candidates: Candidates, *, several: bool) -> Iterator[str]:
    if several:
        yield f"### {md.text(candidates.title)}{ids_text(candidates.ids)}\n"
    if candidates.who is not None:
        yield f"{said_of(candidates.who)}\n"
    yield md.block(f"for each: {candidates.code}")
    yield f"{md.text(candidates.notes)}\n" if candidates.notes else ""
    if candidates.defines:
        yield md.table(["name", "means"], [[md.text(each.part), held_text(each)] for each in candidates.defines])
    if candidates.include:
        yield _conditions(candidates.include, "else it is told", "what must hold")


def _conditions(conditions: Iterable[Condition], told: str, asked: str) -> str:
    rows = [
        [md.text(c.reason), _words(c.words, c.code), c.effect, md.text(c.notes), ", ".join(c.ids)] for c in conditions
    ]
    return table_of([told, asked, "if it was sent", "notes", "ids"], rows)


def table_of(heads: list[str], rows: list[list[str]]) -> str:
    """A table without the columns in which nothing stands."""
    kept = [place for place, _ in enumerate(heads) if any(row[place] for row in rows)]
    return md.table([heads[place] for place in kept], [[row[place] for place in kept] for row in rows])


def section_of(listing: Listing) -> Iterator[str]:
    """A section of texts and a table."""
    yield f"## {listing.title}\n"
    if listing.intro:
        *texts, last = map(md.text, listing.intro)
        yield from (f"{text}\n" for text in texts)
        yield f"{last}{ids_text(listing.ids)}\n"
    if listing.rows:
        heads = [head.lower() for head in listing.shown_heads]
        yield md.table(heads, [[md.text(cell) for cell in row] for row in listing.shown_rows])


def held_text(held: Held) -> str:
    """What a part holds, in a cell."""
    return _words(held.words, held.code)


def _words(words: Clause | None, code: str) -> str:
    return said_of(words) if words is not None else md.code(code)


def said_of(clause: Clause) -> str:
    """A clause on one line, as in a cell."""
    return " ".join([md.text(clause.text), "; ".join(map(said_of, clause.parts))]).rstrip()


def joined(*lines: str) -> str:
    """Lines of a cell."""
    return "<br>".join(filter(None, lines))


def ids_text(ids: tuple[str, ...]) -> str:
    """Ids behind a sentence."""
    return f" ({', '.join(ids)})" if ids else ""


def holding(found: tuple[Held, ...]) -> Iterator[str]:
    """What an element or field holds, part by part, as lines of a cell."""
    for held in found:
        yield f"{md.code(held.part)}: {held_text(held)}" if held.part else held_text(held)


def known_of(entry: ElementEntry | FieldEntry) -> Iterator[str]:
    """The meanings of the definitions that an element or field names."""
    yield from (f"{md.code(d.link.words)}: {md.text(d.meaning)}" for d in entry.definitions if d.meaning)


def questions_of(entry: ElementEntry | FieldEntry, page: PublicationPage | ExtractPage) -> Iterator[str]:
    """What the source leaves open of an element or field."""
    for place in entry.questions:
        yield f"The source leaves open: {md.text(page.decisions[place - 1].question)}"


def where_from(entry: ElementEntry | FieldEntry) -> str:
    """Where people and the database have what an element or field holds."""
    return joined(md.text(entry.gui), md.code(entry.database) if entry.database else "")


def examples(page: SpecPage) -> Iterator[str]:
    """The examples of a page, whole."""
    if page.examples:
        yield "## Examples\n"
    for example in page.examples:
        yield from _example(example)


def _example(example: SentExample) -> Iterator[str]:
    told = f" With {md.text(', '.join(example.circumstances))}." if example.circumstances else ""
    yield f"### {md.text(example.name)}{ids_text(example.ids)}\n"
    yield f"{told.strip()}\n" if told else ""
    for title, text in example.parts:
        yield f"{title.capitalize()}:\n"
        yield md.block(text, "yaml" if title != PAYLOAD else "")
