"""Guides as written: the questions by which a symptom is looked into, and the ends they lead to.

As in ``specs``, nothing is looked up here: expressions are parsed, names stand as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.diagnostics import Sink
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, has_blanks
from compiler.syntax.settled import Settled, mappings_at, settled
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

OTHERWISE = "otherwise"
"""The condition of the branch that takes all that is left."""

_END = "end "


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TargetTree:
    """Where a branch leads: the id of a question, or of an end."""

    written: Scalar

    @property
    def is_end(self) -> bool:
        return self.written.text.startswith(_END)

    @property
    def name(self) -> str:
        return self.written.text.removeprefix(_END)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class AskedForTree(Settled):
    """What is needed to begin: what people call the id, which resources, and where they are found."""

    id: Scalar
    resources: tuple[Scalar, ...]
    how: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class PayloadTree(Settled):
    """What a pasted text holds: records of a resource (plural)."""

    resource: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class NoticeTree(Settled):
    """What is told whenever a condition holds."""

    id: Scalar
    when: tree.Expr | None
    says: Scalar
    owner: Scalar
    rules: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class BranchTree(Settled):
    """A branch; ``when`` is None for ``otherwise`` (and where the condition could not be read)."""

    when: tree.Expr | None
    condition: Scalar
    go: TargetTree

    @property
    def takes_all(self) -> bool:
        return self.condition.text == OTHERWISE


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class QuestionTree(Settled):
    """A question; ``evidence`` is what the data answer (None: they are not asked, or it could not be read).

    ``by_person`` says whether a person is asked.
    """

    id: Scalar
    ask: Scalar
    decided_by: Node
    evidence: tree.Expr | None
    has_evidence: bool
    by_person: bool
    asked_of: str
    show: tuple[tuple[Scalar, tree.Expr | None], ...]
    answers: tuple[Scalar, ...]
    branches: tuple[BranchTree, ...]
    cannot_tell: TargetTree | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class EndTree(Settled):
    """An end: who acts, and what is to be done."""

    id: Scalar
    owner: Scalar
    steps: tuple[Scalar, ...]
    rules: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WalkExampleTree:
    """An example of a guide: a small world or a pasted text, what persons answer, and where it leads."""

    name: Scalar
    covers: tuple[Scalar, ...]
    given: Mapping | None
    absent: tuple[Scalar, ...]
    payload: Scalar | None
    answers: tuple[tuple[Scalar, Node], ...]
    school_year: Scalar | None
    as_of: Scalar | None
    invalid: bool
    end: Scalar | None
    open: Scalar | None
    path: tuple[Scalar, ...] | None
    notices: tuple[Scalar, ...] | None
    repairs: tuple[Scalar, ...] | None
    tells: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GuideTree:
    """A guide as written; None where an expression could not be read, or a key is left out."""

    document: Document
    id: Scalar
    title: Scalar
    source: Scalar
    covers: tuple[Scalar, ...]
    symptom: Scalar
    subject: tree.Subject | None
    asks_for: AskedForTree
    payload: PayloadTree | None
    notices: tuple[NoticeTree, ...]
    questions: tuple[QuestionTree, ...]
    ends: tuple[EndTree, ...]
    decisions: tuple[DecisionTree, ...]
    notes: Scalar | None
    examples: tuple[WalkExampleTree, ...]
    broken: bool  # an expression did not parse, so what follows from it is not worth reporting
    unfinished: bool  # a part of it is marked as still to be written


def read_guide(document: Document, sink: Sink) -> GuideTree:
    """The guide in a document that has the shape of one."""
    root, reader = document.root, Reader(sink)
    payload = root.get("payload")
    return GuideTree(
        document=document,
        id=scalar_at(root, "id"),
        title=reader.prose(root, "title") or scalar_at(root, "title"),
        source=scalar_at(mapping_at(root, "source"), "document"),
        covers=list_at(root, "covers"),
        symptom=reader.prose(root, "symptom") or scalar_at(root, "symptom"),
        subject=reader.subject(root.get("for each")),
        asks_for=_asked_for(mapping_at(root, "asks for"), reader),
        payload=_payload(payload, reader) if isinstance(payload, Mapping) else None,
        notices=tuple(_notice(item, reader) for item in mappings_at(root, "notices")),
        questions=tuple(_question(item, reader) for item in mappings_at(root, "questions")),
        ends=tuple(_end(item, reader) for item in mappings_at(root, "ends")),
        decisions=tuple(_decisions(root, reader)),
        notes=reader.prose(root, "notes"),
        examples=tuple(_example(item, reader) for item in mappings_at(root, "examples")),
        broken=reader.broken,
        unfinished=has_blanks(document),
    )


def _decisions(node: Node, reader: Reader) -> Iterator[DecisionTree]:
    """The decisions of a guide, its own first, then those of its parts in the order of the file."""
    if isinstance(node, Mapping):
        yield from reader.decisions(node.get("decision"))
    below = [value for key, value in entries_of(node) if key.text not in ("decision", "examples")]
    for value in (*below, *items_of(node)):
        yield from _decisions(value, reader)


def _asked_for(node: Mapping, reader: Reader) -> AskedForTree:
    return AskedForTree(
        id=scalar_at(node, "id"),
        resources=list_at(node, "resources"),
        how=reader.prose(node, "how") or scalar_at(node, "how"),
        **settled(node, reader),
    )


def _payload(node: Mapping, reader: Reader) -> PayloadTree:
    return PayloadTree(resource=scalar_at(node, "resource"), **settled(node, reader))


def _notice(node: Mapping, reader: Reader) -> NoticeTree:
    return NoticeTree(
        id=scalar_at(node, "id"),
        when=reader.expression(node.get("when")),
        says=reader.prose(node, "says") or scalar_at(node, "says"),
        owner=scalar_at(node, "owner"),
        rules=list_at(node, "rules"),
        **settled(node, reader),
    )


def _question(node: Mapping, reader: Reader) -> QuestionTree:
    decided = node.get("decided by")
    assert decided is not None
    is_person = isinstance(decided, Scalar) and decided.text == "person"
    return QuestionTree(
        id=scalar_at(node, "id"),
        ask=reader.prose(node, "ask") or scalar_at(node, "ask"),
        decided_by=decided,
        evidence=reader.expression(decided.get("evidence")) if isinstance(decided, Mapping) else None,
        has_evidence=isinstance(decided, Mapping),
        by_person=is_person or (isinstance(decided, Mapping) and word_at(decided, "else", "") == "person"),
        asked_of=word_at(node, "asked of", "whoever asks"),
        show=tuple((key, reader.expression(value)) for key, value in entries_of(node.get("show"))),
        answers=list_at(node, "answers"),
        branches=tuple(_branch(item, reader) for item in mappings_at(node, "branches")),
        cannot_tell=TargetTree(scalar_at(node, "cannot tell")) if "cannot tell" in node else None,
        **settled(node, reader),
    )


def _branch(node: Mapping, reader: Reader) -> BranchTree:
    condition = scalar_at(node, "when")
    return BranchTree(
        when=reader.expression(condition) if condition.text != OTHERWISE else None,
        condition=condition,
        go=TargetTree(scalar_at(node, "go")),
        **settled(node, reader),
    )


def _end(node: Mapping, reader: Reader) -> EndTree:
    steps = list_at(node, "steps")
    for step in steps:
        reader.uncut(step)
    return EndTree(
        id=scalar_at(node, "id"),
        owner=scalar_at(node, "owner"),
        steps=steps,
        rules=list_at(node, "rules"),
        **settled(node, reader),
    )


def _example(node: Mapping, reader: Reader) -> WalkExampleTree:
    expect, given = mapping_at(node, "expect"), node.get("given")
    return WalkExampleTree(
        name=reader.prose(node, "name") or scalar_at(node, "name"),
        covers=list_at(node, "covers"),
        given=given if isinstance(given, Mapping) else None,
        absent=list_at(node, "absent"),
        payload=optional_at(node, "payload"),
        answers=entries_of(node.get("answers")),
        school_year=optional_at(node, "school year"),
        as_of=optional_at(node, "as of"),
        invalid=word_at(node, "invalid", "false") == "true",
        end=optional_at(expect, "end"),
        open=optional_at(expect, "open"),
        path=list_at(expect, "path") if "path" in expect else None,
        notices=list_at(expect, "notices") if "notices" in expect else None,
        repairs=list_at(expect, "repairs") if "repairs" in expect else None,
        tells=list_at(expect, "tells"),
    )
