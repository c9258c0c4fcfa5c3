"""The catalogue of a state: a page a rule, table, collection and resource, the definitions, the source documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from compiler.catalogue.model import (
    Book,
    CollectionPage,
    Document,
    Domain,
    Link,
    Named,
    Parameter,
    Read,
    ResourcePage,
    TablePage,
)
from compiler.catalogue.rules import (
    Generated,
    cell,
    decisions,
    held,
    link_to,
    named,
    one_line,
    rule_page,
    stands_for,
    subject_of,
    text_of,
    usage_of,
)
from compiler.schema.types import describe
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program, natural
from compiler.semantics.scope import Collection, Definition, Table
from compiler.semantics.usage import Usage
from compiler.syntax.specs import DocumentTree

NOT_GENERATED = Generated()


def book_of(program: Program, texts: Mapping[str, str], generated: Mapping[str, Generated] | None = None) -> Book:
    """The catalogue of a program; ``texts`` holds the spec files by path, ``generated`` code by the key of its rule."""
    code = generated or {}
    rules = sorted(program.checked.values(), key=lambda rule: natural(rule.key))
    documents = {name: document for rule in rules for name, document in rule.scope.sources.items()}
    run = [(rule, usage_of(rule, program)) for rule in rules if stands_for(rule, program) is rule]
    return Book(
        state=program.state,
        title=_title(rules, program),
        rules=tuple(rule_page(rule, program, texts, code.get(rule.key, NOT_GENERATED)) for rule in rules),
        tables=tuple(_table(table, documents, run) for table in sorted(program.tables.values(), key=lambda t: t.name)),
        collections=tuple(
            _collection(collection, rules) for collection in sorted(program.collections.values(), key=lambda c: c.name)
        ),
        resources=tuple(_resources(run, program)),
        definitions=tuple(_definitions(rules, run, program)),
        documents=tuple(_documents(documents, rules)),
    )


def _title(rules: list[CheckedRule], program: Program) -> str:
    titles = (rule.scope.rulesets[0].title for rule in rules if rule.scope.rulesets)
    return next((title.text for title in titles if title is not None), program.state)


Run = list[tuple[CheckedRule, Usage]]


# -- tables


def _table(table: Table, documents: Mapping[str, DocumentTree], run: Run) -> TablePage:
    columns = [name for name, _ in table.inputs] + list(table.columns)
    names = {codes.name.text for codes in table.written.sets}
    reading = [rule for rule, used in run if table.name in used.tables or used.sets & names]
    return TablePage(
        name=table.name,
        title=one_line(table.written.title.text),
        about=tuple(_about(table, documents)),
        columns=tuple(columns),
        rows=tuple(_rows(table, columns)),
        sets=tuple(
            (codes.name.text, ", ".join(code.text for code in codes.codes), text_of(codes.doc))
            for codes in table.written.sets
        ),
        decisions=decisions(table.written.decisions),
        rules=tuple(map(link_to, reading)),
        path=table.written.document.source.path,
    )


def _rows(table: Table, columns: list[str]) -> Iterable[tuple[str, ...]]:
    """The cells of a table as texts; the row for all other keys is the last."""
    yield from (tuple(cell(cells.get(name)) for name in columns) for _, cells in table.rows)
    if table.default is not None:
        cells = {**{name: "(any other)" for name, _ in table.inputs}, **table.default}
        yield tuple(cell(cells.get(name)) for name in columns)


def _about(table: Table, documents: Mapping[str, DocumentTree]) -> Iterable[str]:
    """What a table holds, where it comes from, what is to be known of that."""
    source = table.written.source
    if table.descriptor:
        yield f"Codes of {table.descriptor}."
    if "document" in source:
        document = documents.get(source["document"].text)
        title = document.text("title") if document is not None else source["document"].text
        yield f"Source: {title}" + (f" ({source['status'].text})." if "status" in source else ".")
    if table.is_lost:
        yield "The source has lost what should stand here: the rows may be incomplete."
    if "note" in source:
        yield one_line(source["note"].text)


# -- collections


def _collection(collection: Collection, rules: list[CheckedRule]) -> CollectionPage:
    population, titles = collection.written.population, collection.written.cycle_titles
    return CollectionPage(
        name=collection.name,
        title=collection.title,
        population=subject_of(population) if population is not None else None,
        years=collection.years,
        cycles=tuple(
            (name, text_of(titles.get(name)) or name, name == collection.default_cycle) for name in collection.cycles
        ),
        parameters=tuple(
            Parameter(
                name=info.name,
                type=describe(info.type),
                meaning=text_of(info.written.doc),
                source=text_of(info.written.source),
                values=tuple((cycle, year, cell(value)) for (cycle, year), value in info.values.items()),
                decisions=decisions(info.written.decisions),
            )
            for _, info in sorted(collection.parameters.items())
        ),
        rules=tuple(link_to(rule) for rule in rules if rule.collection is collection),
    )


# -- resources


def _resources(run: Run, program: Program) -> Iterable[ResourcePage]:
    """The resources that rules read, with the rules that read each property."""
    readers: dict[str, dict[tuple[str, ...], list[Link]]] = {}
    judging: dict[str, list[Link]] = {}
    for rule, used in run:
        judging.setdefault(rule.resource, []).append(link_to(rule))
        for resource, path in sorted(used.reads):
            readers.setdefault(resource, {}).setdefault(path, []).append(link_to(rule))
    for name in sorted({*readers, *(name for name in judging if name)}):
        shape = program.schemas.resource(name)
        if shape is not None:
            reads = (_read(name, path, tuple(links), program) for path, links in sorted(readers.get(name, {}).items()))
            key = tuple(".".join(path) for path in shape.key)
            yield ResourcePage(name, shape.plural, key, tuple(reads), tuple(judging.get(name, ())))


def _read(resource: str, path: tuple[str, ...], links: tuple[Link, ...], program: Program) -> Read:
    kind, codes = held(resource, path, program)
    return Read(".".join(path), kind, codes, links)


# -- definitions and documents


def _definitions(rules: list[CheckedRule], run: Run, program: Program) -> Iterable[tuple[Named, tuple[Link, ...]]]:
    """The definitions of a state with the rules that use them, those for subjects of findings left out."""
    scopes = {rule.scope.path: rule.scope for rule in rules}
    found: dict[str, Definition] = {}
    for scope in scopes.values():
        found.update({definition.id: definition for definition in scope.definitions.values()})
    for name in sorted(found):
        yield named(found[name], program), tuple(link_to(rule) for rule, used in run if name in used.definitions)


def _documents(documents: Mapping[str, DocumentTree], rules: list[CheckedRule]) -> Iterable[Document]:
    """The source documents, each with its domains: those of its rules, and those that have none."""
    named_facts = (("publisher", "publisher"), ("address", "address"), ("read on", "read on"), ("sha256", "hash"))
    for name, document in documents.items():
        counts = Counter({rule.id: rule.scope.title for rule in rules if _is_of(rule, name)}.values())
        domains = [Domain(title, count, "") for title, count in counts.items()]
        domains += [Domain(one_line(title.text), 0, one_line(why.text)) for title, why in document.without_rules]
        facts = tuple((words, document.text(key)) for key, words in named_facts if document.text(key))
        remarks = tuple(one_line(remark.text) for remark in document.remarks)
        yield Document(document.text("title"), facts, document.text("note"), tuple(domains), remarks)


def _is_of(rule: CheckedRule, document: str) -> bool:
    return rule.written.source.document.text == document
