"""What an extract says, part by part: words for people beside terms that tell whether two say the same.

Fields are spoken of by their names: one that gets another number because of a field before it is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from compiler.backends.words import Clause
from compiler.backends.words_extracts import TOO_LONG, form_words, missing_words, sections, words_for
from compiler.backends.words_publications import Speech
from compiler.changes.canonical import Reader
from compiler.changes.parts import Part, Spoken, Terms, condition, labelled, named, naming, part_of, told
from compiler.changes.terms import Term
from compiler.changes.texts import lines_of, text
from compiler.filing.columns import Shape, shape_of
from compiler.semantics import ir
from compiler.semantics.checker.extracts import CheckedExtract
from compiler.semantics.checker.fields import CheckedField
from compiler.semantics.program import Program
from compiler.syntax import tree

KINDS_OF_SECTIONS = {"Options": "option", "School year": "subject"}
"""The kind of change of each section; of all others `file`."""
_TELLING = ("How it is made",)
"""The sections that are for the reader alone."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an extract as a part, with its number."""

    number: int
    part: Part


@dataclass(frozen=True, slots=True)
class Layout:
    """A form of the file, of school years; ``forms`` tell of the fields that have another form in it."""

    years: tuple[str, ...]
    shape: Shape
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filed(Spoken):
    """An extract of a side; fields by name, layouts by name."""

    checked: CheckedExtract
    fields: dict[str, Field]
    layouts: dict[str, Layout]

    def every(self) -> Iterator[Part]:
        """All that it says."""
        yield from Spoken.every(self)
        yield from (field.part for field in self.fields.values())


def filed(checked: CheckedExtract, program: Program) -> Filed:
    """What a sound extract says."""
    terms, speech = _Terms(checked), words_for(checked, program)
    assert speech is not None
    lowered = program.extracts[checked.id]
    years = {layout.name.text: tuple(year.text for year in layout.years) for layout in checked.written.layouts}
    deciding = (section for section in sections(checked, program) if section.title not in _TELLING)
    return Filed(
        (*_candidates(terms, checked, speech), *_conditions(terms, checked, speech)),
        told(deciding, KINDS_OF_SECTIONS, "file", terms),
        checked,
        {field.written.name.text: Field(field.number, _field(field, terms, speech)) for field in checked.fields},
        {
            layout.name: Layout(
                years[layout.name],
                shape_of(lowered, layout),
                tuple(f"{field.written.name.text}: {form_words(field)}" for field in checked.forms[layout.name]),
            )
            for layout in lowered.layouts
        },
    )


class _Terms(Terms):
    """The terms of the expressions of an extract; the printed text of a field stands for its name."""

    def __init__(self, checked: CheckedExtract) -> None:
        written, subject = checked.written, checked.written.subject
        assert subject is not None
        reader = Reader(checked.scope, checked.facts).binding(subject.variable, "this")
        self.joins = tuple(join.collection for join in subject.joins)
        for join in subject.joins:
            reader = reader.binding(join.variable)
        printed = {ir.printed_name(field.number): named(f"field {field.written.name.text}") for field in checked.fields}
        super().__init__(naming(reader, printed), (name.text for name, _ in written.define))
        self.stand({name.text: partial(self._value, value) for name, value in written.define if value is not None})

    def _value(self, value: tree.Expr, depth: int) -> Term:
        """What a name stands for: the same as its value written out."""
        return replace(self.deep, depth=depth).term(value)


def _candidates(terms: _Terms, checked: CheckedExtract, speech: Speech) -> Iterator[Part]:
    written, subject = checked.written, checked.written.subject
    assert subject is not None
    [who] = speech.who
    yield part_of("subject", "for each", tuple(lines_of(who)), terms.pair(*terms.joins, subject.condition),
                  subject.resource)  # fmt: skip
    kind = written.object_type.text
    if written.object_key is not None:
        said = f"{kind}: {speech.noun(written.object_key)}"
        yield part_of("subject", "object", (said,), terms.pair(written.object_key), kind)
    for name, value in written.define:
        if value is not None:
            yield part_of("subject", name.text, tuple(lines_of(speech.value(value))), terms.pair(value))


def _conditions(terms: _Terms, checked: CheckedExtract, speech: Speech) -> Iterator[Part]:
    for name, clauses in (("include", checked.written.include), ("exclude", checked.written.exclude)):
        for clause in clauses:
            yield condition(clause, name, terms, speech)


# -- fields


def _field(field: CheckedField, terms: _Terms, speech: Speech) -> Part:
    """A field; whether its form is said by itself or by the kind of its type is the same to it."""
    written = field.written
    own = (
        written.form.align, text(written.form.pad), text(written.form.missing), written.form.too_long,
        text(written.form.picture),
    )  # fmt: skip
    whole = (field.align_left, field.pad, field.missing, field.cuts, field.picture)
    stated = (written.name.text, written.type, field.width, written.implied is not None, written.required,
              tuple(sorted(allowed.text for allowed in written.allowed)))  # fmt: skip
    said = tuple(_said_of(field, speech))
    part = part_of("field", written.name.text, said, terms.pair(written.value), stated)
    return replace(part, written=(part.written, own), full=None if part.full is None else (part.full, whole))


def _said_of(field: CheckedField, speech: Speech) -> Iterator[str]:
    written = field.written
    yield from labelled("prints", written.value, speech) if written.value is not None else lines_of(Clause("nothing"))
    yield f"name: {written.name.text}"
    yield f"type: {written.type}"
    yield f"width: {field.width}"
    pad = "blanks" if field.pad == " " else field.pad
    settings = (
        ("picture", f"{field.picture}{' without its point' if written.implied else ''}"),
        ("when missing", missing_words(field)),
        ("too long", TOO_LONG["cut" if field.cuts else "error"]),
        ("stands", f"{'left' if field.align_left else 'right'}, filled with {pad}"),
        ("allowed", ", ".join(allowed.text for allowed in written.allowed)),
    )  # fmt: skip
    yield from (f"{name}: {setting}" for name, setting in settings if setting)
