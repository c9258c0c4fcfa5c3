"""A checked extract to its page, in the order in which the readers know it from the vendors' articles.

The sections between its population and its layout are made of plain words (``words_extracts``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.backends.words_extracts import TOO_LONG, defined_in, form_words, missing_words, sections, words_for
from compiler.backends.words_publications import Speech
from compiler.catalogue.excerpts import (
    Generated,
    decisions,
    definitions_in,
    named,
    table_link,
    text_of,
    uses_of,
)
from compiler.catalogue.model import (
    Calculation,
    Candidates,
    ExtractPage,
    FieldEntry,
    LayoutEntry,
    Link,
    Rested,
    Told,
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
from compiler.filing.columns import Shape, difference, positions, shape_of, told_of
from compiler.semantics import ir
from compiler.semantics.checker.extracts import CheckedExtract
from compiler.semantics.checker.fields import CheckedField
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage
from compiler.syntax.document import one_line
from compiler.syntax.extracts import LayoutTree, ToldTree
from compiler.syntax.unparser import unparse


def extract_page(extract: CheckedExtract, program: Program, texts: Mapping[str, str], code: Generated) -> ExtractPage:
    """The page of an extract; ``texts`` holds the spec files by path."""
    written = extract.written
    path = written.document.source.path
    speech = words_for(extract, program)
    shapes = _shapes(extract, program)
    return ExtractPage(
        id=extract.id,
        title=one_line(written.title.text),
        facts=tuple(_facts(extract)),
        ids=tuple(ids_in(written.document.root)),
        notes=text_of(written.notes),
        purpose=_told(written.purpose),
        rights=_told(written.rights),
        candidates=(_candidates(extract, speech),),
        include=tuple(condition(clause, speech) for clause in written.include),
        exclude=tuple(condition(clause, speech) for clause in written.exclude),
        listings=tuple(map(listing, sections(extract, program))),
        fields=tuple(_fields(extract, program, speech, shapes)),
        layouts=tuple(_layouts(extract, shapes)),
        calculations=tuple(_calculations(extract, program)),
        tables=tuple(_tables(extract, program)),
        uses=uses_of(usage_of(extract, program), program),
        decisions=decisions(written.decisions),
        examples=tuple(examples(written.document.root)),
        source=quoted(extract.scope, written.source, written.document),
        changed=source_text(extract.scope, written.source, "read on"),
        path=path,
        yaml=texts.get(path, ""),
        python=code.python,
    )


def usage_of(extract: CheckedExtract, program: Program) -> Usage:
    """What an extract reads, the tables that it leaves to others included; nothing for one that has errors."""
    lowered = program.extracts.get(extract.id)
    found = usage(ir.written_by(lowered), program.definitions, program.schemas) if lowered is not None else Usage()
    found.tables.update(point.table.text for point in extract.written.extension_points)
    return found


def link_to(extract: CheckedExtract) -> Link:
    """The page of an extract."""
    return Link("extract", extract.id, extract.id)


# -- what it is


def _facts(extract: CheckedExtract) -> Iterator[tuple[str, str]]:
    written = extract.written
    yield "Made of", extract.resource
    yield "A row stands for", written.object_type.text
    if written.object_key is not None:
        yield "Told by", unparse(written.object_key)
    yield "Fields", str(len(extract.fields))
    yield "Layouts", ", ".join(layout.name.text for layout in written.layouts)


def _told(written: ToldTree | None) -> Told | None:
    if written is None:
        return None
    return Told(one_line(written.text.text), tuple(covered.text for covered in written.covers))


def _candidates(extract: CheckedExtract, speech: Speech | None) -> Candidates:
    written = extract.written
    return Candidates(
        title=written.object_type.text,
        who=speech.who[0] if speech is not None else None,
        code=unparse(written.subject) if written.subject is not None else "",
        defines=tuple(held(name.text, value, speech) for name, value in written.define if value),
        include=(),
        notes="",
        ids=tuple(covered.text for covered in written.covers),
    )


# -- what is printed


def _fields(
    extract: CheckedExtract, program: Program, speech: Speech | None, shapes: Mapping[str, Shape]
) -> Iterator[FieldEntry]:
    known = {definition.id: named(definition, program) for definition in definitions_in(extract.facts)}
    filled = {number.text for fill in extract.written.zero_fill for number in fill.fields}
    places = {
        name: {p.number: f"{p.start}-{p.end}" if p.width > 1 else str(p.start) for p in positions(shape)}
        for name, shape in shapes.items()
    }
    others = [(name, other) for name, forms in extract.forms.items() for other in forms]
    lowered = program.extracts.get(extract.id)
    complete = {field.number: field.complete for field in lowered.fields} if lowered is not None else {}
    for field in extract.fields:
        written = field.written
        value = written.value
        behind = list(defined_in(value, extract.written)) if value is not None else []
        values = [*([value] if value is not None else []), *(part for _, part in behind)]
        yield FieldEntry(
            number=field.number,
            name=one_line(written.name.text),
            form=form_words(field),
            positions=tuple((name, found.get(field.number, "")) for name, found in places.items()),
            held=tuple(held(name, part, speech) for name, part in zip(["", *dict(behind)], values, strict=False)),
            missing=missing_words(field, complete.get(field.number, ())),
            allowed=tuple(text.text for text in written.allowed),
            remarks=(
                *(f"In {name}: {form_words(other)}." for name, other in others if other.number == field.number),
                *_remarks(field, is_filled=written.number.text in filled),
            ),
            gui=text_of(written.gui),
            database=text_of(written.db),
            notes=text_of(written.notes),
            definitions=tuple(known.pop(name) for name in definitions_named(values, extract.facts) if name in known),
            questions=tuple(questions(written, extract.written.decisions)),
            ids=tuple(covered.text for covered in written.covers),
        )


def _remarks(field: CheckedField, *, is_filled: bool) -> Iterator[str]:
    """What a field says of its form for itself, and whether it may be filled with zeros."""
    form = field.written.form
    if form.align is not None or form.pad is not None:
        pad = "blanks" if field.pad == " " else field.pad
        yield f"The text stands on the {'left' if field.align_left else 'right'}, filled with {pad}."
    if form.too_long is not None:
        yield f"When a text is too long, {TOO_LONG[form.too_long]}."
    if is_filled:
        yield "Zeros in the cases of the zero fill."


# -- layouts


def _shapes(extract: CheckedExtract, program: Program) -> dict[str, Shape]:
    """The layouts by name with their positions, which an extract with errors has not."""
    lowered = program.extracts.get(extract.id)
    return {layout.name: shape_of(lowered, layout) for layout in lowered.layouts} if lowered is not None else {}


def _layouts(extract: CheckedExtract, shapes: Mapping[str, Shape]) -> Iterator[LayoutEntry]:
    before: LayoutTree | None = None
    for layout in extract.written.layouts:
        shape, older = shapes.get(layout.name.text), shapes.get(before.name.text) if before is not None else None
        yield LayoutEntry(
            name=layout.name.text,
            years=tuple(year.text for year in layout.years),
            width=shape.width if shape is not None else 0,
            positions=tuple(_positions(shape)) if shape is not None else (),
            before=before.name.text if before is not None else "",
            changes=tuple(told_of(difference(older, shape))) if older is not None and shape is not None else (),
            notes=text_of(layout.notes),
            ids=tuple(covered.text for covered in layout.covers),
        )
        before = layout


def _positions(shape: Shape) -> Iterator[tuple[str, ...]]:
    for p in positions(shape):
        yield str(p.number), p.name, p.type, str(p.width), str(p.start), str(p.end), p.picture


# -- what it rests on


def _calculations(extract: CheckedExtract, program: Program) -> Iterator[Calculation]:
    lowered = program.extracts.get(extract.id)
    fields = lowered.fields if lowered is not None else ()
    used = {f.number: usage([f.value], program.definitions, program.schemas).definitions for f in fields}
    for definition in definitions_in(extract.facts):
        numbers = tuple(number for number, names in used.items() if definition.id in names)
        yield Calculation(named(definition, program), numbers)


def _tables(extract: CheckedExtract, program: Program) -> Iterator[Rested]:
    found = usage_of(extract, program)
    for name, table in sorted(program.tables.items()):
        if name in found.tables or found.sets & {codes.name.text for codes in table.written.sets}:
            yield Rested(table_link(table), one_line(table.written.title.text), len(table.rows), table.is_lost)
