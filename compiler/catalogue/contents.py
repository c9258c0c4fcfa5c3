"""The catalogue of a state: a page for each spec, table, collection and resource; definitions, documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compiler.catalogue import extracts, guides, publications
from compiler.catalogue.excerpts import Generated, cell, decisions, held, named, rows_of, text_of
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
    SentExample,
    TablePage,
)
from compiler.catalogue.parts import examples
from compiler.catalogue.rules import link_to, rule_page, stands_for, subject_of, usage_of
from compiler.schema.types import describe
from compiler.semantics.checker.extracts import CheckedExtract
from compiler.semantics.checker.guides import CheckedGuide
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program, natural
from compiler.semantics.scope import Collection, Definition, Table
from compiler.semantics.usage import Usage
from compiler.syntax.document import one_line
from compiler.syntax.specs import DocumentTree

NOT_GENERATED = Generated()
Spec = CheckedRule | CheckedPublication | CheckedExtract | CheckedGuide


def book_of(program: Program, texts: Mapping[str, str], generated: Mapping[str, Generated] | None = None) -> Book:
    """The catalogue of a program; ``texts`` holds the spec files by path, ``generated`` code by the key of its rule."""
    code = generated or {}
    rules = sorted(program.checked.values(), key=lambda rule: natural(rule.key))
    published = sorted(program.published.values(), key=lambda publication: natural(publication.id))
    filed = sorted(program.filed.values(), key=lambda extract: natural(extract.id))
    guided = sorted(program.guided.values(), key=lambda guide: natural(guide.id))
    specs: list[Spec] = [*rules, *published, *filed, *guided]
    documents = dict(source for spec in specs for source in spec.scope.sources.items())
    readers = [
        Reader(link_to(rule), rule.resource, usage_of(rule, program))
        for rule in rules
        if stands_for(rule, program) is rule
    ]
    readers += [Reader(publications.link_to(each), "", publications.usage_of(each, program)) for each in published]
    readers += [Reader(extracts.link_to(each), "", extracts.usage_of(each, program)) for each in filed]
    readers += [Reader(guides.link_to(each), "", guides.usage_of(each, program)) for each in guided]
    return Book(
        state=program.state,
        title=_title(specs, program),
        rules=tuple(rule_page(rule, program, texts, code.get(rule.key, NOT_GENERATED)) for rule in rules),
        publications=tuple(
            publications.publication_page(each, program, texts, code.get(each.id, NOT_GENERATED)) for each in published
        ),
        extracts=tuple(extracts.extract_page(each, program, texts, code.get(each.id, NOT_GENERATED)) for each in filed),
        guides=tuple(guides.guide_page(each, program, texts) for each in guided),
        tables=tuple(_table(table, documents, readers) for table in sorted(program.tables.values(), key=_name)),
        collections=tuple(
            _collection(collection, rules) for collection in sorted(program.collections.values(), key=_name)
        ),
        resources=tuple(_resources(readers, program)),
        definitions=tuple(_definitions(specs, readers, program)),
        documents=tuple(_documents(documents, rules, published, filed, guided)),
    )


def _name(entry: Table | Collection) -> str:
    return entry.name


def _title(specs: Iterable[Spec], program: Program) -> str:
    titles = (spec.scope.rulesets[0].title for spec in specs if spec.scope.rulesets)
    return next((title.text for title in titles if title is not None), program.state)


@dataclass(frozen=True, slots=True)
class Reader:
    """A spec with what it uses, and the resource that it judges (empty for all but rules)."""

    link: Link
    judges: str
    used: Usage


# -- tables


def _table(table: Table, documents: Mapping[str, DocumentTree], readers: list[Reader]) -> TablePage:
    columns = [name for name, _ in table.inputs] + list(table.columns)
    names = {codes.name.text for codes in table.written.sets}
    return TablePage(
        name=table.name,
        title=one_line(table.written.title.text),
        about=tuple(_about(table, documents)),
        columns=tuple(columns),
        rows=tuple(rows_of(table, columns)),
        sets=tuple(
            (codes.name.text, ", ".join(code.text for code in codes.codes), text_of(codes.doc))
            for codes in table.written.sets
        ),
        decisions=decisions(table.written.decisions),
        readers=tuple(r.link for r in readers if table.name in r.used.tables or r.used.sets & names),
        path=table.written.document.source.path,
    )


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


def _resources(readers: list[Reader], program: Program) -> Iterable[ResourcePage]:
    """The resources that specs read, with the readers of each property."""
    reading: dict[str, dict[tuple[str, ...], list[Link]]] = {}
    judging: dict[str, list[Link]] = {}
    for reader in readers:
        judging.setdefault(reader.judges, []).append(reader.link)
        for resource, path in sorted(reader.used.reads):
            reading.setdefault(resource, {}).setdefault(path, []).append(reader.link)
    for name in sorted({*reading, *(name for name in judging if name)}):
        shape = program.schemas.resource(name)
        if shape is not None:
            reads = (_read(name, path, tuple(links), program) for path, links in sorted(reading.get(name, {}).items()))
            key = tuple(".".join(path) for path in shape.key)
            yield ResourcePage(name, shape.plural, key, tuple(reads), tuple(judging.get(name, ())))


def _read(resource: str, path: tuple[str, ...], links: tuple[Link, ...], program: Program) -> Read:
    kind, codes = held(resource, path, program)
    return Read(".".join(path), kind, codes, links)


# -- definitions and documents


def _definitions(
    specs: Iterable[Spec], readers: list[Reader], program: Program
) -> Iterable[tuple[Named, tuple[Link, ...], tuple[SentExample, ...]]]:
    """The definitions of a state with those that use them and their examples; those for subjects are left out."""
    scopes = {spec.scope.path: spec.scope for spec in specs}
    found: dict[str, Definition] = {}
    for scope in scopes.values():
        found.update({definition.id: definition for definition in scope.definitions.values()})
    for name in sorted(found):
        entry = found[name].written.entry
        told = tuple(examples(entry)) if entry is not None else ()
        yield named(found[name], program), tuple(r.link for r in readers if name in r.used.definitions), told


def _documents(
    documents: Mapping[str, DocumentTree],
    rules: list[CheckedRule],
    published: list[CheckedPublication],
    filed: list[CheckedExtract],
    guided: list[CheckedGuide],
) -> Iterable[Document]:
    """The source documents: the domains of their rules, those that have none, and all other specs made from them."""
    named_facts = (("publisher", "publisher"), ("address", "address"), ("read on", "read on"), ("sha256", "hash"))
    for name, document in documents.items():
        counts = Counter({rule.id: rule.scope.title for rule in rules if _is_of(rule, name)}.values())
        domains = [Domain(title, count, "") for title, count in counts.items()]
        domains += [Domain(one_line(title.text), 0, one_line(why.text)) for title, why in document.without_rules]
        yield Document(
            title=document.text("title"),
            facts=tuple((words, document.text(key)) for key, words in named_facts if document.text(key)),
            note=document.text("note"),
            domains=tuple(domains),
            publications=tuple(publications.link_to(p) for p in published if p.written.source.text == name),
            extracts=tuple(extracts.link_to(e) for e in filed if e.written.source.text == name),
            guides=tuple(guides.link_to(guide) for guide in guided if guide.written.source.text == name),
            remarks=tuple(one_line(remark.text) for remark in document.remarks),
        )


def _is_of(rule: CheckedRule, document: str) -> bool:
    return rule.written.source.document.text == document
