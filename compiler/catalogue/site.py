"""The catalogue as a site: static pages that need no server, with a search that runs in the reader's browser.

::

    index.html                       every spec of every state, with search and filters
    indiana/index.html               what the catalogue of a state holds
    indiana/rules/SE-5.html          a rule; the address never changes
    nebraska/publications/NE-SSA.html
    colorado/extracts/CO-SSA.html
    indiana/guides/IN-IIEP.html
    indiana/tables/AllowedSettings.html, collections/…, resources/…
    indiana/definitions.html, sources.html, decisions.html
    assets/                          the style, the script, the texts that the search looks through
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from compiler.backends.words_extracts import LOST
from compiler.catalogue.model import (
    CHANGES,
    POSITIONS,
    PUBLICATION_STATUSES,
    STATUSES,
    Book,
    CollectionPage,
    ExtractPage,
    GuidePage,
    Link,
    PublicationPage,
    RulePage,
    TablePage,
    title_of,
)
from compiler.web import HOME
from compiler.web.pages import Pages, assets

TEXTS = "assets/texts.js"
WORKBOOK = "catalogue.xlsx"
_FOLDERS = {"rule": "rules/{}.html", "publication": "publications/{}.html", "extract": "extracts/{}.html",
            "guide": "guides/{}.html", "table": "tables/{}.html", "collection": "collections/{}.html",
            "resource": "resources/{}.html",
            "definitions": "definitions.html"}  # fmt: skip
_MENU = (
    ("publications/index.html", "Publications"), ("extracts/index.html", "Extracts"), ("guides/index.html", "Guides"),
    ("tables/index.html", "Tables"),
    ("collections/index.html", "Collections"), ("resources/index.html", "Resources"),
    ("definitions.html", "Definitions"), ("sources.html", "Sources"), ("decisions.html", "Decisions"),
)  # fmt: skip
_PRESENT = {"Publications": "publications", "Extracts": "extracts", "Guides": "guides", "Collections": "collections"}
"""The parts of a state that it has no page of when there are none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A spec in the index.

    ``names`` are ids that lead to it alone, ``filters`` the values by which it is found, ``text`` is what the search
    looks through.
    """

    href: str
    name: str
    names: tuple[str, ...]
    title: str
    filters: dict[str, tuple[str, ...]]
    text: str
    said: str = ""
    weights: tuple[str, ...] = ()
    effect: str = ""
    where: str = ""
    status: str = ""


FILTERS = {
    "state": "State", "kind": "Kind of spec", "domain": "Domain", "collection": "Collection", "severity": "Severity",
    "effect": "Effect on the count", "resource": "Resource", "status": "Status", "source": "Source",
    "changed": "Changed since",
}  # fmt: skip
"""The filters of the index by their name in the address, with their label."""


def site(books: Sequence[Book]) -> dict[str, str]:
    """Every file of the site by its path."""
    made = assets("style.css", "catalogue.js")
    entries = [entry for book in books for entry in entries_of(book)]
    made[TEXTS] = f"window.rulewrightTexts = {json.dumps([entry.text for entry in entries])};\n"
    made |= _Site(books).files(entries)
    return made


def address(link: Link) -> str:
    """Where a page lies below the folder of its state."""
    anchor = f"#{link.anchor}" if link.anchor else ""
    return _FOLDERS[link.kind].format(link.name) + anchor


class _Site:
    def __init__(self, books: Sequence[Book]) -> None:
        self.books = books
        self.title = title_of(books)
        self.pages = Pages(Path(__file__).parent / "templates")

    def files(self, entries: Sequence[Entry]) -> dict[str, str]:
        """The pages by their path."""
        options = {name: _options(entries, name) for name in FILTERS}
        made = {
            HOME: self._page(HOME, "index.html", None, self.title, here="Specs", entries=entries, options=options,
                             labels=FILTERS, texts=TEXTS, books=self.books, workbook=WORKBOOK)
        }  # fmt: skip
        for book in self.books:
            made.update(self._state(book))
        return made

    def _state(self, book: Book) -> Iterator[tuple[str, str]]:
        folder = book.state
        yield self._made(f"{folder}/index.html", "state.html", book, book.title)
        for rule in book.rules:
            title = f"{rule.key}: {rule.title}"
            yield self._made(f"{folder}/{address(rule.link)}", "rule.html", book, title, rule=rule, statuses=STATUSES)
        kinds: tuple[tuple[str, Sequence[Any]], ...] = (
            ("publication", book.publications), ("extract", book.extracts), ("guide", book.guides),
            ("table", book.tables), ("collection", book.collections), ("resource", book.resources),
        )  # fmt: skip
        for kind, items in kinds:
            plural = f"{kind}s"
            if not _is_present(book, plural.capitalize()):
                continue
            words = plural.capitalize()
            yield self._made(f"{folder}/{plural}/index.html", f"{plural}.html", book, words, here=words, items=items)
            for item in items:
                path = f"{folder}/{address(item.link)}"
                title = getattr(item, "title", "") or item.name
                named: dict[str, Any] = {
                    kind: item, "statuses": PUBLICATION_STATUSES, "position_heads": POSITIONS, "change_heads": CHANGES,
                    "lost": LOST,
                }  # fmt: skip
                yield self._made(path, f"{kind}.html", book, title, here=words, **named)
        yield self._made(f"{folder}/definitions.html", "definitions.html", book, "Definitions", here="Definitions")
        yield self._made(f"{folder}/sources.html", "sources.html", book, "Sources", here="Sources")
        groups = [(about, list(found)) for about, found in groupby(book.questions(), key=lambda q: q.about)]
        yield self._made(
            f"{folder}/decisions.html", "decisions.html", book, "Decisions", here="Decisions", groups=groups
        )

    def _made(self, path: str, template: str, book: Book, title: str, **values: Any) -> tuple[str, str]:
        return path, self._page(path, template, book, title, **values)

    def _page(self, path: str, template: str, book: Book | None, title: str, **values: Any) -> str:
        shown = book if book is not None or len(self.books) > 1 else self.books[0]
        menu = [(HOME, "Specs")]
        menu += [
            (f"{shown.state}/{below}", words) for below, words in _MENU if _is_present(shown, words)
        ] if shown is not None else [
            (f"{book.state}/index.html", book.title) for book in self.books
        ]  # fmt: skip
        common: dict[str, Any] = {
            "site": self.title, "home": HOME, "menu": menu, "title": title, "here": "", "book": book, "path": path,
            "several": len(self.books) > 1,
        }  # fmt: skip
        up = "../" * (path.count("/") - 1) if book is not None else ""
        common["address"] = lambda link: up + address(link)
        return self.pages.page(template, path.count("/"), common | values)


def _is_present(book: Book, part: str) -> bool:
    """Whether a state has pages of a part: those of some kinds are there only when it has specs of the kind."""
    return part not in _PRESENT or bool(getattr(book, _PRESENT[part]))


# -- the index


def entries_of(book: Book) -> Iterator[Entry]:
    """The specs of a state."""
    yield from (_rule_entry(rule, book) for rule in book.rules)
    yield from (_publication_entry(publication, book) for publication in book.publications)
    yield from (_extract_entry(extract, book) for extract in book.extracts)
    yield from (_guide_entry(guide, book) for guide in book.guides)
    yield from (_table_entry(table, book) for table in book.tables)
    yield from (_collection_entry(collection, book) for collection in book.collections)


def _rule_entry(rule: RulePage, book: Book) -> Entry:
    collection = rule.collection.words if rule.collection else ""
    resources = sorted({use.resource.words for use in rule.uses})
    cells = [text for _, text in rule.source.cells]
    fields = [use.path for use in rule.uses]
    return Entry(
        href=f"{book.state}/{address(rule.link)}",
        name=rule.key,
        names=(rule.key, *rule.aliases, rule.source.row),
        title=rule.title,
        said=rule.message,
        weights=rule.severities,
        effect="" if rule.effect == "none" else rule.effect,
        where=collection,
        status=rule.source.status,
        filters=_filters(
            state=book.title, kind="rule", domain=rule.domain, collection=collection, severity=rule.severities,
            effect=rule.effect, resource=resources, status=rule.status, source=rule.source.status,
            changed=rule.changed,
        ),
        text=folded(rule.key, *rule.aliases, rule.source.row, rule.title, rule.message, *cells, rule.fix, *fields),
    )  # fmt: skip


def _publication_entry(page: PublicationPage, book: Book) -> Entry:
    cells = [cell for listing in page.listings for row in listing.rows for cell in row]
    elements = [text for e in page.elements for text in (e.name, e.path, e.gui, e.database, e.notes)]
    reasons = [condition.reason for condition in (*page.include, *page.exclude)]
    said = f"{page.resource}: {', '.join(element.name for element in page.elements)}"
    return _spec_entry(page, book, said, [page.resource], [*reasons, *cells, *elements])


def _extract_entry(page: ExtractPage, book: Book) -> Entry:
    cells = [cell for listing in page.listings for row in listing.rows for cell in row]
    fields = [text for f in page.fields for text in (f.name, f.gui, f.database, f.notes)]
    reasons = [condition.reason for condition in (*page.include, *page.exclude)]
    told = [told.text for told in (page.purpose, page.rights) if told is not None]
    said = f"A file of {', '.join(field.name for field in page.fields)}"
    return _spec_entry(page, book, said, told, [*reasons, *cells, *fields])


def _guide_entry(page: GuidePage, book: Book) -> Entry:
    asked = [question.ask for question in page.questions]
    steps = [step for end in page.ends for step in end.steps]
    notices = [notice.says for notice in page.notices]
    return _spec_entry(page, book, page.symptom, [page.symptom], [*asked, *steps, *notices])


def _spec_entry(
    page: PublicationPage | ExtractPage | GuidePage, book: Book, said: str, about: Iterable[str], texts: Iterable[str]
) -> Entry:
    """A spec of another kind than rules; the search finds ``about``, what it is, before its ids and other texts."""
    return Entry(
        href=f"{book.state}/{address(page.link)}",
        name=page.id,
        names=(page.id, *page.ids),
        title=page.title,
        said=said,
        status=page.source.status,
        filters=_filters(
            state=book.title, kind=page.link.kind, resource=sorted({use.resource.words for use in page.uses}),
            source=page.source.status, changed=page.changed,
        ),
        text=folded(page.id, page.title, *about, *page.ids, *texts),
    )  # fmt: skip


def _table_entry(table: TablePage, book: Book) -> Entry:
    return Entry(
        href=f"{book.state}/{address(table.link)}",
        name=table.name,
        names=(table.name,),
        title=table.title,
        filters=_filters(state=book.title, kind="table"),
        text=folded(table.name, table.title, *(cell for row in table.rows for cell in row)),
    )


def _collection_entry(collection: CollectionPage, book: Book) -> Entry:
    parameters = [text for p in collection.parameters for text in (p.name, p.meaning)]
    return Entry(
        href=f"{book.state}/{address(collection.link)}",
        name=collection.name,
        names=(collection.name,),
        title=collection.title,
        where=collection.title,
        filters=_filters(state=book.title, kind="collection", collection=collection.title),
        text=folded(collection.name, collection.title, *parameters),
    )


def _filters(**values: str | Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The values of each filter; those that are empty are left out."""
    listed = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in values.items()}
    return {name: tuple(filter(None, value)) for name, value in listed.items() if any(value)}


def _options(entries: Iterable[Entry], name: str) -> list[tuple[str, int]]:
    """The values of a filter with how many specs have each; days with how many have changed since."""
    counts: dict[str, int] = {}
    for entry in entries:
        for value in entry.filters.get(name, ()):
            counts[value] = counts.get(value, 0) + 1
    if name == "changed":
        days = sorted(counts, reverse=True)
        return [(day, sum(counts[later] for later in days if later >= day)) for day in days]
    return sorted(counts.items())


_LEFT_OUT = re.compile(r"[^\w$%.-]+")


def folded(*texts: str) -> str:
    """Texts as the search looks through them: small letters, no accents, nothing but words between single blanks.

    ``catalogue.js`` does the same to what a reader types.
    """
    plain = unicodedata.normalize("NFKD", " ".join(texts)).lower()
    return _LEFT_OUT.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()
