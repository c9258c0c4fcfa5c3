"""The catalogue as a workbook: a sheet each of rules, fields, examples, what publications and extracts say, guides,
tables, parameters, decisions and sources.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from tempfile import TemporaryDirectory

from compiler.backends.words import Clause
from compiler.catalogue.model import STATUSES, Book, ExtractPage, Held, PublicationPage, RulePage, said, title_of
from compiler.web.sheets import Book as Workbook
from compiler.web.sheets import Column

Rows = Iterator[Sequence[str]]
_EPOCH = date(2000, 1, 1)
"""The day that the file says it was made on: the same specs give the same bytes."""


def workbook(books: Sequence[Book]) -> bytes:
    """The bytes of a workbook of all states; every cell is text."""
    target = io.BytesIO()
    with TemporaryDirectory(prefix="rulewright-") as scratch:
        book = Workbook(target, scratch, _EPOCH, title_of(books), "")
        for name, columns, rows in _SHEETS:
            of_all = ((each.title, *row) for each in books for row in rows(each))
            book.table(name, (Column("state", 12), *columns), of_all)
        book.notes("About", _about(books))
        book.close()
    return target.getvalue()


def _about(books: Sequence[Book]) -> Iterable[tuple[str, str]]:
    for book in books:
        yield book.title, ", ".join(book.counts)
    yield from (("Rules", "What each rule asks, of whom, and what a district does about it."),
                ("Publications", "What is sent to an API: Population says whose records, Elements what each holds, "
                 "Sending when and why."),
                ("Extracts", "What a file holds: Population says who has a row, Layouts what stands where, Options and "
                 "the like everything else."),
                ("Source", "; ".join(f"{status}: {words}" for status, words in STATUSES.items())))  # fmt: skip


def _rules(book: Book) -> Rows:
    for rule in book.rules:
        cells = dict(rule.source.cells)
        yield (
            rule.key, rule.title, ", then ".join(weight.severity for weight in rule.weights), rule.effect,
            rule.collection.words if rule.collection else "", rule.domain, rule.status, rule.holds, _plain(rule),
            rule.message, rule.fix, rule.notes, ", ".join(rule.aliases), rule.repeats.words if rule.repeats else "",
            rule.source.status, rule.source.title, rule.source.row, cells.get("logic", ""), cells.get("message", ""),
            cells.get("notes", ""), rule.changed, rule.path,
        )  # fmt: skip


def _plain(rule: RulePage) -> str:
    """The plain words of a rule, a line a clause."""
    words = rule.words
    if words is None:
        return ""
    clauses = [clause for clause in (words.who, words.when, words.require) if clause is not None]
    return "\n".join([*(line for clause in clauses for line in _lines(clause, 0)), *words.if_missing])


def _lines(clause: Clause, depth: int) -> Iterator[str]:
    yield f"{'   ' * depth}{'- ' if depth else ''}{clause.text}"
    for part in clause.parts:
        yield from _lines(part, depth + 1)


def _fields(book: Book) -> Rows:
    for rule in book.rules:
        for use in rule.uses:
            yield rule.key, use.resource.words, use.path, use.type, use.codes.words if use.codes else ""


def _examples(book: Book) -> Rows:
    for rule in book.rules:
        for example in rule.examples:
            missing = said(example.missing)
            yield (rule.key, example.name, example.outcome, example.severity, example.detail, missing,
                   "; ".join(example.circumstances), example.given)  # fmt: skip


def _publications(book: Book) -> Rows:
    for page in book.publications:
        yield (
            page.id, page.title, page.resource, dict(page.facts).get("Natural key", ""), page.notes,
            ", ".join(page.ids), page.source.status, page.source.title, page.changed, page.path,
        )  # fmt: skip


def _conditions(book: Book) -> Rows:
    """Whom a publication sends or who has a row of a file, and why not."""
    pages: list[PublicationPage | ExtractPage] = [*book.publications, *book.extracts]
    for page in pages:
        kinds = [("must hold", page.include), ("keeps it out", page.exclude)]
        kinds += [(f"must hold of {found.title}", found.include) for found in page.candidates]
        for kind, conditions in kinds:
            for each in conditions:
                yield (page.id, kind, each.reason, _said(each.words, each.code), each.effect, each.notes,
                       ", ".join(each.ids))  # fmt: skip


def _elements(book: Book) -> Rows:
    for page in book.publications:
        for element in page.elements:
            told = "\n".join(filter(None, [element.state, *_held(element.held), *element.remarks]))
            yield (page.id, element.name, element.need, element.path, element.type,
                   element.codes.words if element.codes else "", told, element.gui, element.database, element.notes,
                   ", ".join(element.ids))  # fmt: skip


def _held(parts: Iterable[Held]) -> list[str]:
    return [f"{h.part}: {_said(h.words, h.code)}" if h.part else _said(h.words, h.code) for h in parts]


def _said(words: Clause | None, code: str) -> str:
    return "\n".join(_lines(words, 0)) if words is not None else code


def _sending(book: Book) -> Rows:
    """The sections of publications."""
    for page in book.publications:
        yield from _sections(page)


def _sections(page: PublicationPage | ExtractPage) -> Rows:
    """The sections of a page, a row an item; what each column is called stands before its text."""
    for listing in page.listings:
        for row in listing.rows:
            *told, notes, ids = zip(listing.heads, row, strict=True)
            said = "; ".join(f"{head}: {text}" for head, text in told if text)
            yield page.id, listing.title, said, notes[1], ids[1]


def _extracts(book: Book) -> Rows:
    for page in book.extracts:
        purpose, rights = (told.text if told is not None else "" for told in (page.purpose, page.rights))
        yield (
            page.id, page.title, page.resource, purpose, rights, page.notes, ", ".join(page.ids), page.source.status,
            page.source.title, page.changed, page.path,
        )  # fmt: skip


def _layouts(book: Book) -> Rows:
    """The fields of extracts, each once for each layout that has it."""
    for page in book.extracts:
        fields = {str(field.number): field for field in page.fields}
        for layout in page.layouts:
            for number, name, kind, width, start, end, picture in layout.positions:
                field = fields[number]
                told = "\n".join([*_held(field.held), *field.remarks])
                yield (page.id, layout.name, number, name, kind, width, start, end, picture, told, field.missing,
                       ", ".join(field.allowed), field.gui, field.database, field.notes,
                       ", ".join(field.ids))  # fmt: skip


def _choices(book: Book) -> Rows:
    """The sections of extracts."""
    for page in book.extracts:
        yield from _sections(page)


def _guides(book: Book) -> Rows:
    """The questions of guides, a row a branch; one that leads to an end has who acts, and the steps."""
    for page in book.guides:
        ends = {end.name: end for end in page.ends}
        for number, question in enumerate(page.questions, start=1):
            for branch in question.branches:
                end = ends.get(branch.name) if branch.is_end else None
                leads_to = branch.name if branch.is_end else f"question {page.number(branch.name)}"
                yield (page.id, str(number), question.ask, question.by, branch.answer, leads_to,
                       end.owner if end is not None else "", "\n".join(end.steps) if end is not None else "",
                       ", ".join(question.ids))  # fmt: skip


def _tables(book: Book) -> Rows:
    for table in book.tables:
        for row in table.rows:
            cells = zip(table.columns[1:], row[1:], strict=True)
            yield table.name, table.title, row[0], "; ".join(f"{name}: {cell}" for name, cell in cells if cell)


def _parameters(book: Book) -> Rows:
    for collection in book.collections:
        for parameter in collection.parameters:
            for cycle, year, value in parameter.values:
                yield collection.title, f"${parameter.name}", str(year), cycle, value, parameter.meaning


def _decisions(book: Book) -> Rows:
    for question in book.questions():
        found = question.decision
        yield (question.about.words, found.question, found.chosen, "\n".join(found.alternatives), found.why,
               found.answered)  # fmt: skip


def _sources(book: Book) -> Rows:
    for document in book.documents:
        for domain in document.domains:
            yield document.title, domain.title, str(domain.rules), domain.why
        for remark in document.remarks:
            yield document.title, "", "", remark


_SHEETS: tuple[tuple[str, tuple[Column, ...], Callable[[Book], Rows]], ...] = (
    ("Rules", (
        Column("rule", 10), Column("what it asks", 50), Column("severity", 14), Column("in the count", 20),
        Column("collection", 24), Column("domain", 22), Column("status", 10), Column("holds", 20),
        Column("in plain words", 80), Column("message", 60), Column("how to fix it", 60), Column("notes", 40),
        Column("also known as", 24), Column("repeats", 10), Column("source", 14), Column("document", 30),
        Column("row", 24), Column("row: logic", 60), Column("row: message", 60), Column("row: notes", 60),
        Column("changed", 12), Column("file", 50),
    ), _rules),
    ("Fields", (Column("rule", 10), Column("resource", 44), Column("property", 50), Column("holds", 34),
                Column("codes", 26)), _fields),
    ("Examples", (Column("rule", 10), Column("example", 50), Column("outcome", 16), Column("severity", 14),
                  Column("detail", 50), Column("missing", 40), Column("run with", 24),
                  Column("records", 90)), _examples),
    ("Publications", (Column("publication", 14), Column("title", 44), Column("resource", 44), Column("natural key", 50),
                      Column("notes", 60), Column("ids", 40), Column("source", 14), Column("document", 40),
                      Column("changed", 12), Column("file", 50)), _publications),
    ("Population", (Column("spec", 14), Column("condition", 20), Column("reason", 40), Column("in words", 70),
                    Column("if it was sent", 26), Column("notes", 50), Column("ids", 20)), _conditions),
    ("Elements", (Column("publication", 14), Column("element", 34), Column("need", 6), Column("path", 44),
                  Column("holds", 30), Column("codes", 26), Column("what is sent", 90), Column("GUI path", 50),
                  Column("database", 34), Column("notes", 50), Column("ids", 20)), _elements),
    ("Sending", (Column("publication", 14), Column("section", 26), Column("what is said", 110), Column("notes", 50),
                 Column("ids", 20)), _sending),
    ("Extracts", (Column("extract", 14), Column("title", 44), Column("made of", 24), Column("purpose", 60),
                  Column("tool rights", 40), Column("notes", 60), Column("ids", 40), Column("source", 14),
                  Column("document", 40), Column("changed", 12), Column("file", 50)), _extracts),
    ("Layouts", (Column("extract", 14), Column("layout", 14), Column("number", 8), Column("field", 34),
                 Column("type", 14), Column("width", 8), Column("from", 8), Column("to", 8), Column("picture", 14),
                 Column("what is printed", 90), Column("when missing", 20), Column("allowed", 20),
                 Column("GUI path", 50), Column("database", 34), Column("notes", 50), Column("ids", 20)), _layouts),
    ("Options and the like", (Column("extract", 14), Column("section", 26), Column("what is said", 110),
                              Column("notes", 50), Column("ids", 20)), _choices),
    ("Guides", (Column("guide", 14), Column("number", 8), Column("question", 60), Column("answered by", 30),
                Column("answer", 34), Column("leads to", 20), Column("who acts", 24), Column("steps", 90),
                Column("ids", 20)), _guides),
    ("Tables", (Column("table", 26), Column("title", 44), Column("key", 14), Column("row", 90)), _tables),
    ("Parameters", (Column("collection", 30), Column("parameter", 20), Column("school year", 12), Column("cycle", 12),
                    Column("value", 14), Column("meaning", 80)), _parameters),
    ("Decisions", (Column("about", 18), Column("question", 60), Column("reading taken", 60), Column("others", 60),
                   Column("why", 60), Column("answered", 30)), _decisions),
    ("Sources", (Column("document", 44), Column("part", 30), Column("rules", 8), Column("why none", 80)), _sources),
)  # fmt: skip
