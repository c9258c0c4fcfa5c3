"""Publications as written: which records are sent to a resource of an API, and what each holds.

As in ``specs``, nothing is looked up here: expressions are parsed, names stand as they are. What says when and in what
order records are sent is read by ``publishing``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.diagnostics import Sink
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, Sequence
from compiler.syntax.publishing import (
    CascadeTree,
    ConfigurationTree,
    EventTree,
    KeyChangeTree,
    LeftTree,
    RecordTree,
    ResyncRowTree,
    TriggerTree,
    UnlistedTree,
    read_cascade,
    read_configuration,
    read_event,
    read_key_change,
    read_left,
    read_record,
    read_resync_row,
    read_trigger,
    read_unlisted,
)
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

Parts = tuple[tuple[Scalar, tree.Expr | None], ...]

UNKNOWN = "unknown"
"""The path of an element that the schemas of the API have no property for."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ClauseTree(Settled):
    """A condition of the population; ``after_sending`` is ``keep`` or ``delete`` for those that exclude, else empty."""

    when: tree.Expr | None
    reason: Scalar
    after_sending: str


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class PreferenceTree(Settled):
    """What candidates of one key are compared by. ``order`` holds the word, or ``listed`` the values in order."""

    value: tree.Expr | None
    order: Scalar | None
    listed: tuple[Scalar, ...]
    others: str


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class CandidatesTree(Settled):
    """Records that are candidates; ``define`` gives names to values, ``include`` adds to what the publication asks."""

    subject: tree.Subject | None
    object_type: Scalar
    object_key: tree.Expr | None
    year: tree.Expr | None
    define: Parts
    include: tuple[ClauseTree, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ParameterTree(Settled):
    """A parameter of the publication; ``value`` is None where none is given."""

    name: Scalar
    type: Scalar
    one_of: tuple[Scalar, ...]
    value: Scalar | None
    doc: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class MappedTree(Settled):
    """A value of the source and the code that is sent for it, under a name that elements use."""

    name: Scalar
    label: Scalar
    value: tree.Expr | None
    code: tree.Expr | None
    codes: Scalar | None
    blocks: bool
    gui: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CautionTree:
    """What is said of a record that is sent although a condition holds."""

    when: tree.Expr | None
    says: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ElementTree(Settled):
    """An element of the record: an expression, the parts of an object, a list of such parts, or none of these.

    ``value`` is what stands under the key as it is written; None when the element has none. ``shown`` is the form of
    the value for people; ``unfit`` is ``block`` or ``warn``, None where nothing is said.
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
    shown: tree.Expr | None
    unfit: Scalar | None
    one_per: tuple[Scalar, ...]
    cautions: tuple[CautionTree, ...]
    gui: Scalar | None
    db: Scalar | None

    @property
    def in_schema(self) -> bool:
        """Whether the API has a property for it."""
        return self.path.text != UNKNOWN

    @property
    def expressions(self) -> Iterator[tree.Expr]:
        """What is sent of it, and what is shown and asked beside."""
        parts = (*self.parts, *(part for item in self.items for part in item))
        asked = (caution.when for caution in self.cautions)
        for expression in (self.expression, *(value for _, value in parts), self.shown, *asked):
            if expression is not None:
                yield expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepTree:
    """A step of a plan that an example expects; what is None or empty is not compared, but ``because`` is."""

    verb: Scalar
    resource: Scalar | None
    object: Scalar | None
    because: tuple[Scalar, ...]
    body: Mapping | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SentExampleTree:
    """An example of a publication: a small world, what is sent of it (partial bodies) and what is not.

    One with ``steps`` is of a plan: of the step from the world ``before`` (None: nothing was sent) to that ``given``.
    ``mapped`` are rows of the identity map, ``lost`` records that an ODS no longer has, ``foreign`` those of others.
    """

    name: Scalar
    covers: tuple[Scalar, ...]
    given: Mapping
    before: Mapping | None
    mapped: tuple[Mapping, ...]
    lost: tuple[Mapping, ...]
    foreign: tuple[Mapping, ...]
    resync: bool
    parameters: tuple[tuple[Scalar, Node], ...]
    school_year: Scalar | None
    as_of: Scalar | None
    invalid: bool
    sent: tuple[Mapping, ...]
    unsent: tuple[tuple[Scalar, Scalar], ...]  # the key of the object, words of the reason
    steps: tuple[StepTree, ...] | None
    on_purpose: tuple[Scalar, ...]
    resync_needed: Scalar | None
    withheld: Scalar | None
    warnings: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PublicationTree:
    """A publication as written; None where an expression could not be read, or a key is left out.

    ``many`` says that its candidates stand below ``sources``; else there is one kind of them.
    """

    document: Document
    id: Scalar
    title: Scalar
    source: Scalar
    covers: tuple[Scalar, ...]
    resource: Scalar
    target: tuple[Scalar, ...]
    shared_with: tuple[Scalar, ...]
    like: Scalar | None
    parameters: tuple[ParameterTree, ...]
    many: bool
    candidates: tuple[CandidatesTree, ...]
    include: tuple[ClauseTree, ...]
    exclude: tuple[ClauseTree, ...]
    prefer: tuple[PreferenceTree, ...]
    behind: Scalar
    behind_covers: tuple[Scalar, ...]
    mappings: tuple[MappedTree, ...]
    elements: tuple[ElementTree, ...]
    record: RecordTree | None
    configuration: ConfigurationTree | None
    events: tuple[EventTree, ...]
    left: tuple[LeftTree, ...]
    triggers: tuple[TriggerTree, ...]
    unlisted: UnlistedTree | None
    key_changes: tuple[KeyChangeTree, ...]
    cascade: CascadeTree | None
    resync: tuple[ResyncRowTree, ...]
    decisions: tuple[DecisionTree, ...]
    notes: Scalar | None
    examples: tuple[SentExampleTree, ...]
    broken: bool  # an expression did not parse, so what follows from it is not worth reporting


def read_publication(document: Document, sink: Sink) -> PublicationTree:
    """The publication in a document that has the shape of one."""
    root, reader = document.root, Reader(sink)
    one, sources = mapping_at(root, "one per key"), mappings_at(root, "sources")
    configuration, record = root.get("configuration"), root.get("record")
    unlisted, cascade = root.get("unlisted changes"), root.get("cascade")
    return PublicationTree(
        document=document,
        id=scalar_at(root, "id"),
        title=reader.prose(root, "title") or scalar_at(root, "title"),
        source=scalar_at(mapping_at(root, "source"), "document"),
        covers=list_at(root, "covers"),
        resource=scalar_at(root, "resource"),
        target=list_at(root, "target"),
        shared_with=list_at(root, "shared with"),
        like=optional_at(root, "like"),
        parameters=tuple(_parameter(item, reader) for item in mappings_at(root, "parameters")),
        many=bool(sources),
        candidates=tuple(_candidates(item, reader) for item in sources) or (_candidates(root, reader, top=True),),
        include=tuple(_clause(item, reader) for item in mappings_at(root, "include")),
        exclude=tuple(_clause(item, reader) for item in mappings_at(root, "exclude")),
        prefer=tuple(_preference(item, reader) for item in mappings_at(one, "prefer")),
        behind=reader.prose(one, "reason") or scalar_at(one, "reason"),
        behind_covers=list_at(one, "covers"),
        mappings=tuple(_mapped(item, reader) for item in mappings_at(root, "mappings")),
        elements=tuple(_element(item, reader) for item in mappings_at(root, "elements")),
        record=read_record(record, reader) if isinstance(record, Mapping) else None,
        configuration=read_configuration(configuration, reader) if isinstance(configuration, Mapping) else None,
        events=tuple(read_event(item, reader) for item in mappings_at(root, "events")),
        left=tuple(read_left(item, reader) for item in mappings_at(root, "left to the resync")),
        triggers=tuple(read_trigger(item, reader) for item in mappings_at(root, "triggers")),
        unlisted=read_unlisted(unlisted, reader) if isinstance(unlisted, Mapping) else None,
        key_changes=tuple(read_key_change(item, reader) for item in mappings_at(root, "key changes")),
        cascade=read_cascade(cascade, reader) if isinstance(cascade, Mapping) else None,
        resync=tuple(read_resync_row(item, reader) for item in mappings_at(root, "resync")),
        decisions=tuple(decisions_in(root, reader)),
        notes=reader.prose(root, "notes"),
        examples=tuple(_example(item, reader) for item in mappings_at(root, "examples")),
        broken=reader.broken,
    )


def _candidates(node: Mapping, reader: Reader, top: bool = False) -> CandidatesTree:
    """The candidates that stand at the top of a publication, or in its list of them."""
    sender = mapping_at(node, "object")
    return CandidatesTree(
        subject=reader.subject(node.get("for each")),
        object_type=scalar_at(sender, "type"),
        object_key=reader.expression(sender.get("key")),
        year=reader.expression(node.get("year")),
        define=_parts(node.get("define"), reader),
        include=() if top else tuple(_clause(item, reader) for item in mappings_at(node, "include")),
        **settled(node, reader),
    )


def _parameter(node: Mapping, reader: Reader) -> ParameterTree:
    return ParameterTree(
        name=scalar_at(node, "name"),
        type=scalar_at(node, "type"),
        one_of=list_at(node, "one of"),
        value=optional_at(node, "value"),
        doc=reader.prose(node, "doc"),
        **settled(node, reader),
    )


def _clause(node: Mapping, reader: Reader) -> ClauseTree:
    return ClauseTree(
        when=reader.expression(node.get("when")),
        reason=reader.prose(node, "reason") or scalar_at(node, "reason"),
        after_sending=word_at(node, "after sending", ""),
        **settled(node, reader),
    )


def _preference(node: Mapping, reader: Reader) -> PreferenceTree:
    return PreferenceTree(
        value=reader.expression(node.get("value")),
        order=optional_at(node, "order"),
        listed=list_at(node, "order"),
        others=word_at(node, "others", "last"),
        **settled(node, reader),
    )


def _mapped(node: Mapping, reader: Reader) -> MappedTree:
    return MappedTree(
        name=scalar_at(node, "name"),
        label=reader.prose(node, "label") or scalar_at(node, "label"),
        value=reader.expression(node.get("value")),
        code=reader.expression(node.get("code")),
        codes=optional_at(node, "codes"),
        blocks=word_at(node, "if unmapped", "omit") == "block",
        gui=optional_at(node, "gui"),
        **settled(node, reader),
    )


def _element(node: Mapping, reader: Reader) -> ElementTree:
    value, warned = node.get("value"), node.get("warn when")
    cautions = (warned,) if isinstance(warned, Mapping) else mappings_at(node, "warn when")
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
        shown=reader.expression(node.get("shown as")),
        unfit=optional_at(node, "does not fit"),
        one_per=list_at(node, "one per"),
        cautions=tuple(_caution(item, reader) for item in cautions),
        gui=optional_at(node, "gui"),
        db=optional_at(node, "db"),
        **settled(node, reader),
    )


def _caution(node: Mapping, reader: Reader) -> CautionTree:
    return CautionTree(reader.expression(node.get("when")), reader.prose(node, "says") or scalar_at(node, "says"))


def _parts(node: Node | None, reader: Reader) -> Parts:
    return tuple((key, reader.expression(value)) for key, value in entries_of(node))


def _example(node: Mapping, reader: Reader) -> SentExampleTree:
    expect, before = mapping_at(node, "expect"), node.get("before")
    unsent = tuple((scalar_at(item, "object"), scalar_at(item, "reason")) for item in mappings_at(expect, "not sent"))
    steps = tuple(_step(item) for item in mappings_at(expect, "steps")) if "steps" in expect else None
    return SentExampleTree(
        name=reader.prose(node, "name") or scalar_at(node, "name"),
        covers=list_at(node, "covers"),
        given=mapping_at(node, "given"),
        before=before if isinstance(before, Mapping) else None,
        mapped=mappings_at(node, "mapped"),
        lost=mappings_at(node, "lost"),
        foreign=mappings_at(node, "foreign"),
        resync=word_at(node, "resync", "false") == "true",
        parameters=entries_of(node.get("parameters")),
        school_year=optional_at(node, "school year"),
        as_of=optional_at(node, "as of"),
        invalid=word_at(node, "invalid", "false") == "true",
        sent=mappings_at(expect, "sent"),
        unsent=unsent,
        steps=steps,
        on_purpose=list_at(expect, "on purpose"),
        resync_needed=optional_at(expect, "resync needed"),
        withheld=optional_at(expect, "withheld"),
        warnings=list_at(expect, "warnings"),
    )


def _step(node: Mapping) -> StepTree:
    body = node.get("body")
    return StepTree(
        verb=scalar_at(node, "verb"),
        resource=optional_at(node, "resource"),
        object=optional_at(node, "object"),
        because=list_at(node, "because"),
        body=body if isinstance(body, Mapping) else None,
    )
