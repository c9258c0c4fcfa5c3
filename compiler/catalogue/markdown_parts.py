"""Parts of pages of Markdown that publications and extracts have alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from compiler.backends.words import Clause
from compiler.catalogue.model import (
    Candidates,
    Condition,
    ExtractPage,
    Held,
    Link,
    Listing,
    PublicationPage,
    SentExample,
)
from compiler.web import markdown as md

Linker = Callable[[Link], str]


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


def reads(page: PublicationPage | ExtractPage, linked: Linker) -> Iterator[str]:
    """The columns that are read."""
    if page.uses:
        yield "## What it reads\n"
        rows = [[linked(use.resource), md.code(use.path), use.type] for use in page.uses]
        yield md.table(["table", "column", "holds"], rows)


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


def examples(page: PublicationPage | ExtractPage) -> Iterator[str]:
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
        yield md.block(text, "yaml")
