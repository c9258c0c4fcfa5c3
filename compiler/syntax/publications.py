"""Publications as written: which records are sent to a resource of an API, and what each holds.

As in ``specs``, nothing is looked up here: expressions are parsed, names stand as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.diagnostics import Sink
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, Sequence
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

Parts = tuple[tuple[Scalar, tree.Expr | None], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClauseTree:
    """A condition of the population; ``after_sending`` is ``keep`` or ``delete`` for those that exclude, else empty."""

    when: tree.Expr | None
    reason: Scalar
    after_sending: str
    covers: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PreferenceTree:
    """What candidates of one key are compared by. ``order`` holds the word, or ``listed`` the values in order."""

    value: tree.Expr | None
    order: Scalar | None
    listed: tuple[Scalar, ...]
    others: str
    covers: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ElementTree:
    """An element of the record: an expression, the parts of an object, a list of such parts, or none of these.

    ``value`` is what stands under the key as it is written; None when the element has none.
    """

    name: Scalar
    need: str
    path: Scalar
    value: Node | None
    expression: tree.Expr | None
    parts: Parts
    items: tuple[Parts, ...]
    never_reports: bool
    assigned_by: Scalar | None
    blocks: bool
    covers: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SentExampleTree:
    """An example of a publication: a small world, what is sent of it (partial bodies) and what is not."""

    name: Scalar
    covers: tuple[Scalar, ...]
    given: Mapping
    school_year: Scalar | None
    as_of: Scalar | None
    invalid: bool
    sent: tuple[Mapping, ...]
    unsent: tuple[tuple[Scalar, Scalar], ...]  # the key of the object, words of the reason


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PublicationTree:
    """A publication as written; None where an expression could not be read."""

    document: Document
    id: Scalar
    title: Scalar
    source: Scalar
    covers: tuple[Scalar, ...]
    resource: Scalar
    target: tuple[Scalar, ...]
    subject: tree.Subject | None
    object_type: Scalar
    object_key: tree.Expr | None
    year: tree.Expr | None
    include: tuple[ClauseTree, ...]
    exclude: tuple[ClauseTree, ...]
    prefer: tuple[PreferenceTree, ...]
    behind: Scalar
    behind_covers: tuple[Scalar, ...]
    elements: tuple[ElementTree, ...]
    decisions: tuple[DecisionTree, ...]
    examples: tuple[SentExampleTree, ...]
    broken: bool  # an expression did not parse, so what follows from it is not worth reporting


def read_publication(document: Document, sink: Sink) -> PublicationTree:
    """The publication in a document that has the shape of one."""
    root, reader = document.root, Reader(sink)
    source, sender, one = mapping_at(root, "source"), mapping_at(root, "object"), mapping_at(root, "one per key")
    reader.prose(root, "notes")
    return PublicationTree(
        document=document,
        id=scalar_at(root, "id"),
        title=reader.prose(root, "title") or scalar_at(root, "title"),
        source=scalar_at(source, "document"),
        covers=list_at(root, "covers"),
        resource=scalar_at(root, "resource"),
        target=list_at(root, "target"),
        subject=reader.subject(root.get("for each")),
        object_type=scalar_at(sender, "type"),
        object_key=reader.expression(sender.get("key")),
        year=reader.expression(root.get("year")),
        include=tuple(_clause(item, reader) for item in _mappings(root.get("include"))),
        exclude=tuple(_clause(item, reader) for item in _mappings(root.get("exclude"))),
        prefer=tuple(_preference(item, reader) for item in _mappings(one.get("prefer"))),
        behind=reader.prose(one, "reason") or scalar_at(one, "reason"),
        behind_covers=list_at(one, "covers"),
        elements=tuple(_element(item, reader) for item in _mappings(root.get("elements"))),
        decisions=(*reader.decisions(root.get("decision")), *_decisions_below(root, reader)),
        examples=tuple(_example(item, reader) for item in _mappings(root.get("examples"))),
        broken=reader.broken,
    )


def _mappings(node: Node | None) -> tuple[Mapping, ...]:
    return tuple(item for item in items_of(node) if isinstance(item, Mapping))


def _decisions_below(root: Mapping, reader: Reader) -> tuple[DecisionTree, ...]:
    """The decisions of clauses, of the choice among candidates and of elements, in the order of the file."""
    one = mapping_at(root, "one per key")
    holders = [*_mappings(root.get("include")), *_mappings(root.get("exclude")), one, *_mappings(root.get("elements"))]
    return tuple(decision for holder in holders for decision in reader.decisions(holder.get("decision")))


def _clause(node: Mapping, reader: Reader) -> ClauseTree:
    reader.prose(node, "notes")
    return ClauseTree(
        when=reader.expression(node.get("when")),
        reason=reader.prose(node, "reason") or scalar_at(node, "reason"),
        after_sending=word_at(node, "after sending", ""),
        covers=list_at(node, "covers"),
    )


def _preference(node: Mapping, reader: Reader) -> PreferenceTree:
    return PreferenceTree(
        value=reader.expression(node.get("value")),
        order=optional_at(node, "order"),
        listed=list_at(node, "order"),
        others=word_at(node, "others", "last"),
        covers=list_at(node, "covers"),
    )


def _element(node: Mapping, reader: Reader) -> ElementTree:
    reader.prose(node, "notes")
    value = node.get("value")
    return ElementTree(
        name=scalar_at(node, "name"),
        need=word_at(node, "need", ""),
        path=scalar_at(node, "path"),
        value=value,
        expression=reader.expression(value),
        parts=_parts(value, reader),
        items=tuple(_parts(item, reader) for item in items_of(value)) if isinstance(value, Sequence) else (),
        never_reports=word_at(node, "never reports", "") == "true",
        assigned_by=reader.prose(node, "assigned by"),
        blocks=word_at(node, "if missing", "omit") == "block",
        covers=list_at(node, "covers"),
    )


def _parts(node: Node | None, reader: Reader) -> Parts:
    return tuple((key, reader.expression(value)) for key, value in entries_of(node))


def _example(node: Mapping, reader: Reader) -> SentExampleTree:
    expect = mapping_at(node, "expect")
    return SentExampleTree(
        name=reader.prose(node, "name") or scalar_at(node, "name"),
        covers=list_at(node, "covers"),
        given=mapping_at(node, "given"),
        school_year=optional_at(node, "school year"),
        as_of=optional_at(node, "as of"),
        invalid=word_at(node, "invalid", "false") == "true",
        sent=_mappings(expect.get("sent")),
        unsent=tuple((scalar_at(i, "object"), scalar_at(i, "reason")) for i in _mappings(expect.get("not sent"))),
    )
