"""Extracts as written: what may be chosen for a file, who has a row, and what the fields of a row are.

As in ``specs``, nothing is looked up here: expressions are parsed, names stand as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.diagnostics import Sink
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, has_blanks
from compiler.syntax.settled import Settled, decisions_in, mappings_at, settled
from compiler.syntax.specs import (
    DecisionTree,
    Reader,
    entries_of,
    items_of,
    list_at,
    mapping_at,
    optional_at,
    scalar_at,
    word_at,
)

ZEROS, BLANKS = "zeros", "blanks"
"""What is printed for no value, by name; any other text stands for itself."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ToldTree(Settled):
    """Words of the source that are for the reader alone."""

    text: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class OptionTree(Settled):
    """An option; ``check`` must hold of what is chosen, else ``says`` is said."""

    name: Scalar
    label: Scalar
    type: Scalar
    many: bool
    one_of: tuple[Scalar, ...]
    default: tree.Expr | None
    required: bool
    check: tree.Expr | None
    says: Scalar | None
    doc: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RowClauseTree(Settled):
    """A condition of the population."""

    when: tree.Expr | None
    reason: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FormTree:
    """How a text is printed in a field, as far as it is said: by a field, or by the kind of fields of its type."""

    align: str | None
    pad: Scalar | None
    missing: Scalar | None
    too_long: str | None
    picture: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class FieldTree(Settled):
    """A field of a row."""

    number: Scalar
    name: Scalar
    type: str
    width: Scalar
    value: tree.Expr | None
    implied: Scalar | None
    form: FormTree
    allowed: tuple[Scalar, ...]
    required: bool
    gui: Scalar | None
    db: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ZeroFillTree(Settled):
    """Fields, by number, that are printed as zeros when a condition holds."""

    when: tree.Expr | None
    fields: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class OtherFormTree:
    """What is other about the form of a field, by number, in a layout; None where it is as the field says it."""

    number: Scalar
    width: Scalar | None
    picture: Scalar | None
    implied: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class LayoutTree(Settled):
    """A form of the file; ``fields`` are numbers, None for all fields, and ``forms`` those with a form of their own."""

    name: Scalar
    years: tuple[Scalar, ...]
    fields: tuple[Scalar, ...] | None
    forms: tuple[OtherFormTree, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class AuditTree(Settled):
    """A value beside the file."""

    name: Scalar
    value: tree.Expr | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class WarningTree(Settled):
    """What is said of a row that is written although a condition holds."""

    when: tree.Expr | None
    says: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class CheckTree(Settled):
    """A condition over the printed texts of a row."""

    name: Scalar
    when: tree.Expr | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ExtensionTree(Settled):
    """A table for what the source has lost."""

    name: Scalar
    table: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RowExampleTree:
    """An example: a small world, what is chosen, and all that is made of it.

    ``left_out`` and ``withheld`` are the keys of objects with words of the reason. With ``refused`` nothing is made.
    """

    name: Scalar
    covers: tuple[Scalar, ...]
    given: Mapping
    options: tuple[tuple[Scalar, Node], ...]
    school_year: Scalar | None
    as_of: Scalar | None
    invalid: bool
    rows: tuple[Mapping, ...]
    audit: tuple[Mapping, ...] | None
    left_out: tuple[tuple[Scalar, Scalar], ...]
    withheld: tuple[tuple[Scalar, Scalar], ...]
    warnings: tuple[Scalar, ...]
    refused: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExtractTree:
    """An extract as written; None where an expression could not be read, or a key is left out."""

    document: Document
    id: Scalar
    title: Scalar
    source: Scalar
    covers: tuple[Scalar, ...]
    purpose: ToldTree | None
    rights: ToldTree | None
    steps: tuple[ToldTree, ...]
    options: tuple[OptionTree, ...]
    subject: tree.Subject | None
    object_type: Scalar
    object_key: tree.Expr | None
    year: tree.Expr | None
    define: tuple[tuple[Scalar, tree.Expr | None], ...]
    include: tuple[RowClauseTree, ...]
    exclude: tuple[RowClauseTree, ...]
    row_order: tuple[tree.Expr | None, ...]
    row_order_at: Scalar
    kinds: dict[str, FormTree]
    fields: tuple[FieldTree, ...]
    zero_fill: tuple[ZeroFillTree, ...]
    layouts: tuple[LayoutTree, ...]
    audit: tuple[AuditTree, ...]
    warnings: tuple[WarningTree, ...]
    checks: tuple[CheckTree, ...]
    extension_points: tuple[ExtensionTree, ...]
    decisions: tuple[DecisionTree, ...]
    notes: Scalar | None
    examples: tuple[RowExampleTree, ...]
    broken: bool  # an expression is not there or did not parse, so what follows is not worth reporting


def read_extract(document: Document, sink: Sink) -> ExtractTree:
    """The extract in a document that has the shape of one."""
    root, reader = document.root, Reader(sink)
    sender, order = mapping_at(root, "object"), root.key("row order")
    assert order is not None
    return ExtractTree(
        document=document,
        id=scalar_at(root, "id"),
        title=reader.prose(root, "title") or scalar_at(root, "title"),
        source=scalar_at(mapping_at(root, "source"), "document"),
        covers=list_at(root, "covers"),
        purpose=_told(root.get("purpose"), reader),
        rights=_told(root.get("rights"), reader),
        steps=tuple(step for item in mappings_at(root, "steps") if (step := _told(item, reader)) is not None),
        options=tuple(_option(item, reader) for item in mappings_at(root, "options")),
        subject=reader.subject(root.get("for each")),
        object_type=scalar_at(sender, "type"),
        object_key=reader.expression(sender.get("key")),
        year=reader.expression(root.get("year")),
        define=tuple((key, reader.expression(value)) for key, value in entries_of(root.get("define"))),
        include=tuple(_clause(item, reader) for item in mappings_at(root, "include")),
        exclude=tuple(_clause(item, reader) for item in mappings_at(root, "exclude")),
        row_order=tuple(reader.expression(item) for item in items_of(root.get("row order"))),
        row_order_at=order,
        kinds={
            key.text: _form(value, reader)
            for key, value in entries_of(root.get("field kinds"))
            if isinstance(value, Mapping)
        },
        fields=tuple(_field(item, reader) for item in mappings_at(root, "fields")),
        zero_fill=tuple(
            ZeroFillTree(
                when=reader.expression(item.get("when")), fields=list_at(item, "fields"), **settled(item, reader)
            )
            for item in mappings_at(root, "zero fill")
        ),
        layouts=tuple(_layout(item, reader) for item in mappings_at(root, "layouts")),
        audit=tuple(
            AuditTree(name=scalar_at(item, "name"), value=reader.expression(item.get("value")), **settled(item, reader))
            for item in mappings_at(root, "audit")
        ),
        warnings=tuple(
            WarningTree(
                when=reader.expression(item.get("when")), says=_words(item, "says", reader), **settled(item, reader)
            )
            for item in mappings_at(root, "warn when")
        ),
        checks=tuple(
            CheckTree(name=scalar_at(item, "name"), when=reader.expression(item.get("when")), **settled(item, reader))
            for item in mappings_at(root, "checks")
        ),
        extension_points=tuple(
            ExtensionTree(name=_words(item, "name", reader), table=scalar_at(item, "table"), **settled(item, reader))
            for item in mappings_at(root, "extension points")
        ),
        decisions=tuple(decisions_in(root, reader)),
        notes=reader.prose(root, "notes"),
        examples=tuple(_example(item, reader) for item in mappings_at(root, "examples")),
        broken=reader.broken or has_blanks(document),
    )


def _words(node: Mapping, name: str, reader: Reader) -> Scalar:
    """A key that holds prose."""
    return reader.prose(node, name) or scalar_at(node, name)


def _told(node: Node | None, reader: Reader) -> ToldTree | None:
    if not isinstance(node, Mapping):
        return None
    return ToldTree(text=_words(node, "text", reader), **settled(node, reader))


def _option(node: Mapping, reader: Reader) -> OptionTree:
    check = node.get("check")
    checked = check if isinstance(check, Mapping) else None
    return OptionTree(
        name=scalar_at(node, "name"),
        label=reader.prose(node, "label") or scalar_at(node, "name"),
        type=scalar_at(node, "type"),
        many=word_at(node, "many", "false") == "true",
        one_of=list_at(node, "one of"),
        default=reader.expression(node.get("default")),
        required=word_at(node, "required", "false") == "true",
        check=reader.expression(checked.get("when")) if checked is not None else None,
        says=_words(checked, "says", reader) if checked is not None else None,
        doc=reader.prose(node, "doc"),
        **settled(node, reader),
    )


def _clause(node: Mapping, reader: Reader) -> RowClauseTree:
    return RowClauseTree(
        when=reader.expression(node.get("when")), reason=_words(node, "reason", reader), **settled(node, reader)
    )


def _form(node: Mapping, reader: Reader) -> FormTree:
    align, too_long = optional_at(node, "align"), optional_at(node, "too long")
    return FormTree(
        align=align.text if align is not None else None,
        pad=optional_at(node, "pad"),
        missing=reader.prose(node, "missing"),
        too_long=too_long.text if too_long is not None else None,
        picture=optional_at(node, "picture"),
    )


def _field(node: Mapping, reader: Reader) -> FieldTree:
    implied = optional_at(node, "implied decimal")
    return FieldTree(
        number=scalar_at(node, "no"),
        name=scalar_at(node, "name"),
        type=word_at(node, "type", ""),
        width=scalar_at(node, "width"),
        value=reader.expression(node.get("value")),
        implied=implied if implied is not None and implied.text == "true" else None,
        form=_form(node, reader),
        allowed=list_at(node, "allowed"),
        required="if missing" in node,
        gui=optional_at(node, "gui"),
        db=optional_at(node, "db"),
        **settled(node, reader),
    )


def _layout(node: Mapping, reader: Reader) -> LayoutTree:
    return LayoutTree(
        name=scalar_at(node, "name"),
        years=list_at(node, "years"),
        fields=None if isinstance(node.get("fields"), Scalar) else list_at(node, "fields"),
        forms=tuple(
            OtherFormTree(
                number=scalar_at(form, "no"),
                width=optional_at(form, "width"),
                picture=optional_at(form, "picture"),
                implied=optional_at(form, "implied decimal"),
            )
            for form in mappings_at(node, "forms")
        ),
        **settled(node, reader),
    )


def _example(node: Mapping, reader: Reader) -> RowExampleTree:
    expect = mapping_at(node, "expect")
    return RowExampleTree(
        name=_words(node, "name", reader),
        covers=list_at(node, "covers"),
        given=mapping_at(node, "given"),
        options=entries_of(node.get("options")),
        school_year=optional_at(node, "school year"),
        as_of=optional_at(node, "as of"),
        invalid=word_at(node, "invalid", "false") == "true",
        rows=mappings_at(expect, "rows"),
        audit=mappings_at(expect, "audit") if "audit" in expect else None,
        left_out=tuple(_without_row(expect, "left out")),
        withheld=tuple(_without_row(expect, "withheld")),
        warnings=list_at(expect, "warnings"),
        refused=reader.prose(expect, "refused"),
    )


def _without_row(expect: Mapping, name: str) -> Iterator[tuple[Scalar, Scalar]]:
    for item in mappings_at(expect, name):
        yield scalar_at(item, "object"), scalar_at(item, "reason")
