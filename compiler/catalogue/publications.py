"""A checked publication to its page, in the order in which the readers know it from the vendors' articles.

The sections between its population and its elements are made of plain words (``words_sections``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.backends.words_publications import Speech
from compiler.backends.words_sections import sections, words_for
from compiler.catalogue.excerpts import (
    Generated,
    codes_of,
    decisions,
    definitions_in,
    named,
    rows_of,
    table_link,
    text_of,
    uses_of,
)
from compiler.catalogue.model import (
    Candidates,
    Condition,
    Descriptor,
    ElementEntry,
    Held,
    Link,
    PublicationPage,
)
from compiler.catalogue.parts import (
    condition,
    definitions_named,
    examples,
    held,
    ids_in,
    listing,
    questions,
    quoted,
    source_text,
)
from compiler.schema.types import Code, ListOf, describe
from compiler.semantics import ir
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.program import Program
from compiler.semantics.scope import Table
from compiler.semantics.usage import Usage, usage
from compiler.syntax import tree
from compiler.syntax.document import one_line
from compiler.syntax.publications import ClauseTree, ElementTree, PublicationTree
from compiler.syntax.unparser import unparse

_AFTER = {
    "keep": "what was sent stays",
    "delete": "what was sent is deleted",
}


def publication_page(
    publication: CheckedPublication, program: Program, texts: Mapping[str, str], code: Generated
) -> PublicationPage:
    """The page of a publication; ``texts`` holds the spec files by path."""
    written = publication.written
    path = written.document.source.path
    speech = words_for(publication, program)
    return PublicationPage(
        id=publication.id,
        title=one_line(written.title.text),
        facts=tuple(_facts(publication)),
        resource=written.resource.text,
        ids=tuple(ids_in(written.document.root)),
        notes=text_of(written.notes),
        candidates=tuple(_candidates(written, speech)),
        include=tuple(_conditions(written.include, speech)),
        exclude=tuple(_conditions(written.exclude, speech)),
        listings=tuple(map(listing, sections(publication, program))),
        elements=tuple(_elements(publication, program, speech)),
        descriptors=tuple(_descriptors(publication, program)),
        uses=uses_of(usage_of(publication, program), program),
        definitions=tuple(named(definition, program) for definition in definitions_in(publication.facts)),
        decisions=decisions(written.decisions),
        examples=tuple(examples(written.document.root)),
        source=quoted(publication.scope, written.source, written.document),
        changed=source_text(publication.scope, written.source, "read on"),
        path=path,
        yaml=texts.get(path, ""),
        python=code.python,
    )


def usage_of(publication: CheckedPublication, program: Program) -> Usage:
    """What a publication reads; nothing for one that has errors."""
    lowered = program.publications.get(publication.id)
    return usage(ir.told_of(lowered), program.definitions, program.schemas) if lowered is not None else Usage()


def link_to(publication: CheckedPublication) -> Link:
    """The page of a publication."""
    return Link("publication", publication.id, publication.id)


# -- what it is


def _facts(publication: CheckedPublication) -> Iterator[tuple[str, str]]:
    written = publication.written
    yield "Sent to", written.resource.text
    yield "Schemas of the API", ", ".join(name.text for name in written.target)
    if publication.target is not None:
        yield "Natural key", ", ".join(".".join(path) for path in publication.target.key)
    yield "Made of", ", ".join(dict.fromkeys(kind.resource for kind in publication.candidates))
    if written.shared_with:
        yield "Shares the resource with", ", ".join(name.text for name in written.shared_with)
    if written.like is not None:
        yield "Is like", written.like.text


# -- who is sent


def _candidates(written: PublicationTree, speech: Speech | None) -> Iterator[Candidates]:
    """The kinds of records that a publication is made of."""
    who = speech.who if speech is not None else ()
    for place, candidates in enumerate(written.candidates):
        yield Candidates(
            title=candidates.object_type.text,
            who=who[place] if place < len(who) else None,
            code=unparse(candidates.subject) if candidates.subject is not None else "",
            defines=tuple(held(name.text, value, speech) for name, value in candidates.define if value),
            include=tuple(_conditions(candidates.include, speech)),
            notes=text_of(candidates.notes) if written.many else "",
            ids=tuple(covered.text for covered in candidates.covers) if written.many else (),
        )


def _conditions(clauses: Iterable[ClauseTree], speech: Speech | None) -> Iterator[Condition]:
    for clause in clauses:
        yield condition(clause, speech, _AFTER.get(clause.after_sending, ""))


# -- what is sent


def _elements(publication: CheckedPublication, program: Program, speech: Speech | None) -> Iterator[ElementEntry]:
    written = publication.written
    known = {definition.id: named(definition, program) for definition in definitions_in(publication.facts)}
    for element in written.elements:
        kind, codes = _type(publication, element.path.text, program)
        yield ElementEntry(
            name=element.name.text,
            need=element.need,
            path=element.path.text if element.in_schema else "",
            type=kind,
            codes=codes,
            state=_state(element),
            held=tuple(_held(element, speech)),
            remarks=tuple(_remarks(element, speech)),
            gui=text_of(element.gui),
            database=text_of(element.db),
            notes=text_of(element.notes),
            definitions=tuple(
                known.pop(name) for name in definitions_named(element.expressions, publication.facts) if name in known
            ),
            questions=tuple(questions(element, written.decisions)),
            ids=tuple(covered.text for covered in element.covers),
        )


def _type(publication: CheckedPublication, path: str, program: Program) -> tuple[str, Link | None]:
    """What the property of an element holds, in words, and the table of its codes."""
    prop = publication.target.find(tuple(path.split("."))) if publication.target is not None else None
    return (describe(prop.type), codes_of(prop.type, program)) if prop is not None else ("", None)


def _state(element: ElementTree) -> str:
    """What keeps an element from being sent, in words; empty for one that is sent."""
    if element.assigned_by is not None:
        return f"Assigned by {one_line(element.assigned_by.text)}; never sent."
    if element.never_reports:
        return "Never sent."
    if not element.in_schema:
        return "The schemas of the API have no property for it; never sent."
    return ""


def _held(element: ElementTree, speech: Speech | None) -> Iterator[Held]:
    """What an element holds: its value, or those of its parts; of lists, part by part for each item."""
    if element.expression is not None:
        yield held("", element.expression, speech)
    for name, value in element.parts:
        if value is not None:
            yield held(name.text, value, speech)
    for place, parts in enumerate(element.items, start=1):
        lead = f"item {place}: " if len(element.items) > 1 else ""
        for name, value in parts:
            if value is not None:
                yield held(f"{lead}{name.text}", value, speech)


def _remarks(element: ElementTree, speech: Speech | None) -> Iterator[str]:
    """What becomes of a record without the element, and of values that do not fit."""
    if element.expression is None and not element.parts and not element.items:
        return
    if element.one_per:
        yield f"Of items with the same {' and '.join(name.text for name in element.one_per)} the first is sent."
    if element.in_schema:
        whole = " All parts are sent, or none." if len(element.parts) > 1 else ""
        if not _is_always_given(element.expression):
            missing = "the record is not sent" if element.blocks else "it is left out"
            yield f"When it is missing, {missing}.{whole}"
        if element.unfit is not None and element.unfit.text == "warn":
            yield "A value that is longer or larger than the API allows is sent with a warning."
    if element.shown is not None:
        yield f"People are shown {speech.noun(element.shown) if speech is not None else unparse(element.shown)}."
    for caution in element.cautions:
        if caution.when is not None:
            when = speech.line(caution.when) if speech is not None else unparse(caution.when)
            yield f"When {when}, it is sent with a warning: {one_line(caution.says.text)}"


def _is_always_given(value: tree.Expr | None) -> bool:
    """Whether a value cannot be missing: a literal stands in the place of any other."""
    last = value.operands[-1] if isinstance(value, tree.Otherwise) else value
    return isinstance(last, tree.Text | tree.Whole | tree.DecimalNumber | tree.Date | tree.Boolean)


# -- codes


def _descriptors(publication: CheckedPublication, program: Program) -> Iterator[Descriptor]:
    """The tables of the state that list the codes of what is sent, in the order of the elements."""
    elements: dict[str, list[str]] = {}
    tables: dict[str, Table] = {}
    for element in publication.written.elements:
        prop = publication.target.find(tuple(element.path.text.split("."))) if publication.target is not None else None
        kind = prop.type.item if prop is not None and isinstance(prop.type, ListOf) else prop.type if prop else None
        if isinstance(kind, Code):
            for table in program.tables.values():
                if table.descriptor == kind.descriptor:
                    elements.setdefault(table.name, []).append(element.name.text)
                    tables[table.name] = table
    for name, names in elements.items():
        columns = [key for key, _ in tables[name].inputs] + list(tables[name].columns)
        yield Descriptor(
            table=table_link(tables[name]),
            title=one_line(tables[name].written.title.text),
            elements=tuple(names),
            columns=tuple(columns),
            rows=tuple(rows_of(tables[name], columns)),
        )
