"""When and why records of a publication are sent, as written: events, reasons, changes of keys, cascades, resyncs."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.source import Span
from compiler.syntax import tree
from compiler.syntax.document import Mapping, Scalar
from compiler.syntax.settled import Settled, mappings_at, settled
from compiler.syntax.specs import Reader, entries_of, list_at, mapping_at, optional_at, scalar_at, word_at

RESYNC_CONDITIONS = ("wanted", "held", "mapped", "in ods", "differs")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RecordTree(Settled):
    """Which parts of the natural key name student and organization, and which organizations are the source's own."""

    student: Scalar | None
    organization: Scalar | None
    ours: tree.Subject | None
    ours_value: tree.Expr | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ConditionTree(Settled):
    """A condition without a subject."""

    when: tree.Expr | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class EvenWhenOffTree(Settled):
    """A change that is sent although the resource is off; ``elements`` by name."""

    table: Scalar
    fields: tuple[Scalar, ...]
    elements: tuple[Scalar, ...]
    reason: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ConfigurationTree(Settled):
    """Whether the year of a run is configured, and whether the resource is on."""

    valid: ConditionTree | None
    on: ConditionTree | None
    even_when_off: tuple[EvenWhenOffTree, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class EventTree(Settled):
    """A change that makes records be looked at again; ``added`` says why the source has no such row."""

    table: Scalar
    fields: tuple[Scalar, ...]
    verbs: tuple[Scalar, ...]
    primary: bool
    added: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class LeftTree(Settled):
    """What is read and whose change sends nothing by itself."""

    table: Scalar
    fields: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class TriggerTree(Settled):
    """A change that is the reason of a step; ``to`` are values that fields have after it."""

    verb: Scalar
    changes: tuple[Scalar, ...]
    table: Scalar
    fields: tuple[Scalar, ...]
    to: tuple[tuple[Scalar, Scalar], ...]
    reason: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class UnlistedTree(Settled):
    """What becomes of a step without a listed reason."""

    held: bool
    label: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class KeyChangeTree(Settled):
    """What a change of a part of the key does, by its causes (``table.field``); ``part`` may be ``none``."""

    part: Scalar
    causes: tuple[Scalar, ...]
    leaves: bool
    remedy: Scalar | None

    @property
    def of_no_part(self) -> bool:
        """Whether the cause is no part of the key."""
        return self.part.text == "none"


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class DependentTree(Settled):
    """A resource whose records are deleted with the record."""

    resource: Scalar
    reach: str


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class CascadeTree(Settled):
    """What is deleted with a record."""

    dependents: tuple[DependentTree, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ResyncRowTree(Settled):
    """A row of the table by which a resync decides; ``conditions`` by name, as far as the row has them."""

    conditions: dict[str, bool]
    action: str
    reason: Scalar | None
    span: Span


# -- readers


def read_record(node: Mapping, reader: Reader) -> RecordTree:
    """The block ``record``."""
    ours = node.get("ours")
    return RecordTree(
        student=optional_at(node, "student"),
        organization=optional_at(node, "organization"),
        ours=reader.subject(ours.get("for each")) if isinstance(ours, Mapping) else None,
        ours_value=reader.expression(ours.get("value")) if isinstance(ours, Mapping) else None,
        **settled(node, reader),
    )


def read_configuration(node: Mapping, reader: Reader) -> ConfigurationTree:
    """The block ``configuration``."""
    return ConfigurationTree(
        valid=_condition(node, "valid", reader),
        on=_condition(node, "on", reader),
        even_when_off=tuple(_even_when_off(item, reader) for item in mappings_at(node, "even when off")),
        **settled(node, reader),
    )


def _condition(above: Mapping, name: str, reader: Reader) -> ConditionTree | None:
    if name not in above:
        return None
    node = mapping_at(above, name)
    return ConditionTree(when=reader.expression(node.get("when")), **settled(node, reader))


def _even_when_off(node: Mapping, reader: Reader) -> EvenWhenOffTree:
    return EvenWhenOffTree(
        table=scalar_at(node, "table"),
        fields=list_at(node, "fields"),
        elements=list_at(node, "elements"),
        reason=reader.prose(node, "reason") or scalar_at(node, "reason"),
        **settled(node, reader),
    )


def read_event(node: Mapping, reader: Reader) -> EventTree:
    """An entry of ``events``."""
    return EventTree(
        table=scalar_at(node, "table"),
        fields=list_at(node, "fields"),
        verbs=list_at(node, "verbs"),
        primary=word_at(node, "primary", "false") == "true",
        added=reader.prose(node, "added"),
        **settled(node, reader),
    )


def read_left(node: Mapping, reader: Reader) -> LeftTree:
    """An entry of ``left to the resync``."""
    return LeftTree(table=scalar_at(node, "table"), fields=list_at(node, "fields"), **settled(node, reader))


def read_trigger(node: Mapping, reader: Reader) -> TriggerTree:
    """An entry of ``triggers``."""
    change = optional_at(node, "when")
    to = tuple((key, value) for key, value in entries_of(node.get("to")) if isinstance(value, Scalar))
    return TriggerTree(
        verb=scalar_at(node, "verb"),
        changes=(change,) if change is not None else list_at(node, "when"),
        table=scalar_at(node, "table"),
        fields=list_at(node, "fields"),
        to=to,
        reason=reader.prose(node, "reason") or scalar_at(node, "reason"),
        **settled(node, reader),
    )


def read_unlisted(node: Mapping, reader: Reader) -> UnlistedTree:
    """The block ``unlisted changes``."""
    return UnlistedTree(
        held=word_at(node, "send", "") == "at the resync",
        label=reader.prose(node, "label") or scalar_at(node, "label"),
        **settled(node, reader),
    )


def read_key_change(node: Mapping, reader: Reader) -> KeyChangeTree:
    """An entry of ``key changes``."""
    return KeyChangeTree(
        part=scalar_at(node, "part"),
        causes=list_at(node, "cause"),
        leaves=word_at(node, "do", "") == "leave",
        remedy=reader.prose(node, "remedy"),
        **settled(node, reader),
    )


def read_cascade(node: Mapping, reader: Reader) -> CascadeTree:
    """The block ``cascade``."""
    return CascadeTree(
        dependents=tuple(
            DependentTree(
                resource=scalar_at(item, "resource"), reach=word_at(item, "reach", ""), **settled(item, reader)
            )
            for item in mappings_at(node, "dependents")
        ),
        **settled(node, reader),
    )


def read_resync_row(node: Mapping, reader: Reader) -> ResyncRowTree:
    """An entry of ``resync``."""
    return ResyncRowTree(
        conditions={name: word_at(node, name, "") == "yes" for name in RESYNC_CONDITIONS if name in node},
        action=word_at(node, "do", ""),
        reason=reader.prose(node, "reason"),
        span=scalar_at(node, "do").span,
        **settled(node, reader),
    )
