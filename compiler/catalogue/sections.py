"""The sections of a publication's page that are tables: from the choice among candidates to the parameters.

They are called as the vendors' articles call them, and tell what the spec says, item by item, with the ids of the
statements of the source. A publication that is ``like`` another tells what it has from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from compiler.backends.words import Clause
from compiler.backends.words_publications import Speech
from compiler.catalogue.excerpts import one_line, text_of
from compiler.catalogue.model import Listing
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.publications import PreferenceTree, PublicationTree
from compiler.syntax.publishing import DependentTree, EventTree, KeyChangeTree, ResyncRowTree, TriggerTree
from compiler.syntax.settled import Settled
from compiler.syntax.unparser import unparse

_CHANGES = {"inserted": "is added", "changed": "is changed", "deleted": "is deleted"}
_DONE = {
    "POST": "Post",
    "PUT": "Put",
    "DELETE": "Delete",
    "DELETE and POST": "Delete, then Post",
    "nothing": "Nothing",
    "forget": "It is taken out of the identity map; then the next row that fits decides",
    "adopt": "It is taken into the identity map; then the next row that fits decides",
}
_SAID = {
    "wanted": ("is to be sent", "is not to be sent"),
    "held": ("is left as it is", "is not left as it is"),
    "mapped": ("is in the identity map", "is not in the identity map"),
    "in ods": ("is in the ODS", "is not in the ODS"),
    "differs": ("differs from the ODS", "does not differ from the ODS"),
}
_REACH = {
    "school": "Of the student at the same school",
    "person": "Of the student at any school",
    "none": "None: they are shared, and stay",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a section is made from: a publication, and its words (None: it has errors); ``like`` names another whose
    part it is.
    """

    written: PublicationTree
    speech: Speech | None
    like: str = ""

    def noun(self, node: tree.Expr | None) -> str:
        """A value in words; as written where there are none."""
        if node is None:
            return ""
        return self.speech.noun(node) if self.speech is not None else unparse(node)

    def condition(self, node: tree.Expr | None) -> str:
        """A condition in words, on one line."""
        if node is None:
            return ""
        return _flat(self.speech.condition(node)) if self.speech is not None else unparse(node)

    @property
    def intro(self) -> tuple[str, ...]:
        return (f"As of {self.like}.",) if self.like else ()


def listings(own: Told, other: Told | None) -> Iterator[Listing]:
    """The sections that have something to say, in the order of the page; ``other`` is the publication it is like."""
    makers: tuple[tuple[Callable[[Told], Listing], str], ...] = (
        (_choice, ""), (_triggers, ""), (_toggle, "configuration"), (_resync, "resync"),
        (_key_changes, "key_changes"), (_cascade, "cascade"), (_scope_year, ""), (_preferences, ""),
        (_identity, ""), (_record, "record"), (_events, ""), (_left, ""), (_parameters, ""),
    )  # fmt: skip
    for make, block in makers:
        inherits = other is not None and block and not getattr(own.written, block)
        listing = make(other if inherits and other is not None else own)
        if listing.rows or listing.intro[len(own.intro) :]:
            yield listing


def ids_of(part: Settled) -> str:
    return ", ".join(name.text for name in part.covers)


def _notes(part: Settled, *more: str) -> str:
    return " ".join(filter(None, (*more, text_of(part.notes))))


def _flat(clause: Clause) -> str:
    """A clause with its parts on one line."""
    if not clause.parts:
        return clause.text
    return f"{clause.text} {'; '.join(_flat(part) for part in clause.parts)}"


def _names(names: Iterable[Scalar]) -> str:
    return ", ".join(name.text for name in names)


# -- who is sent, and why


def _choice(told: Told) -> Listing:
    """Which of several candidates of one key is sent."""
    written = told.written
    ids = f" ({_names(written.behind_covers)})" if written.behind_covers else ""
    return Listing(
        "Which of several is sent",
        (
            "Of several records with one natural key the first is sent, and no other steps in for it, even when it is "
            "held back. What comes first is decided by these, in turn.",
            f"The others are told: {one_line(written.behind.text)}{ids}.",
        ),
        ("By", "Order", "Notes", "Ids"),
        tuple((told.noun(p.value), _order(p), _notes(p), ids_of(p)) for p in written.prefer),
    )


def _order(preference: PreferenceTree) -> str:
    if preference.order is not None:
        return preference.order.text
    return f"{', then '.join(value.text for value in preference.listed)}; all others {preference.others}"


def _triggers(told: Told) -> Listing:
    unlisted = told.written.unlisted
    intro = []
    if told.written.triggers:
        intro.append("The reasons that the source names. A step is told with the reason that fits its change.")
    if unlisted is not None:
        what = (
            "waits for a resync"
            if unlisted.held
            else f'is sent all the same, with the word "{one_line(unlisted.label.text)}"'
        )
        ids = f" ({ids_of(unlisted)})" if unlisted.covers else ""
        intro.append(f"A change of what a record holds for which no reason is named {what}{ids}.")
        intro += [_notes(unlisted)] if unlisted.notes is not None else []
    return Listing(
        "Object triggering",
        tuple(intro),
        ("Action", "When", "Reason", "Notes", "Ids"),
        tuple(
            (_DONE.get(t.verb.text, t.verb.text), _when(t), one_line(t.reason.text), _notes(t), ids_of(t))
            for t in told.written.triggers
        ),
    )


def _when(trigger: TriggerTree) -> str:
    changes = " or ".join(_CHANGES.get(change.text, change.text) for change in trigger.changes)
    fields = f"{', '.join(name.text for name in trigger.fields)} of " if trigger.fields else "a row of "
    to = ", ".join(f"{name.text} {value.text}" for name, value in trigger.to)
    return f"{fields}{trigger.table.text} {changes}{f' to {to}' if to else ''}"


# -- toggles, resyncs, keys


def _toggle(told: Told) -> Listing:
    """What is sent of a resource that is off, and of a year without a valid configuration."""
    configuration = told.written.configuration
    rows = []
    if configuration is not None:
        for condition, case in ((configuration.valid, "the year has no valid configuration"),
                                (configuration.on, "the resource is off")):  # fmt: skip
            if condition is not None:
                decides = f"Decided by: {told.condition(condition.when)}"
                rows.append(
                    (f"When {case}", "Nothing is sent; what was sent stays", _notes(condition, decides),
                     ids_of(condition))
                )  # fmt: skip
        for change in configuration.even_when_off:
            rows.append(
                (f"When {_names(change.fields) or 'anything'} of {change.table.text} is changed, even while it is off",
                 f"Put of what was sent last, with {_names(change.elements)} replaced",
                 _notes(change, f"{one_line(change.reason.text)}."), ids_of(change))
            )  # fmt: skip
    return Listing("Resource toggle", told.intro, ("Case", "What is done", "Notes", "Ids"), tuple(rows))


def _resync(told: Told) -> Listing:
    return Listing(
        "Resync",
        (*told.intro, "The first row that fits a record decides what a resync does.") if told.written.resync else (),
        ("A record that", "What is done", "Notes", "Ids"),
        tuple((_case(row), _DONE.get(row.action, row.action), _notes(row, text_of(row.reason)), ids_of(row))
              for row in told.written.resync),
    )  # fmt: skip


def _case(row: ResyncRowTree) -> str:
    said = [_SAID[name][0 if answer else 1] for name, answer in row.conditions.items()]
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said) or "is none of these"


def _key_changes(told: Told) -> Listing:
    return Listing(
        "Natural key changes",
        told.intro,
        ("Part of the key", "Changed by", "What is done", "Notes", "Ids"),
        tuple(_key_change(change) for change in told.written.key_changes),
    )


def _key_change(change: KeyChangeTree) -> tuple[str, ...]:
    return (
        "none: the key stays" if change.of_no_part else change.part.text,
        _names(change.causes),
        "What was sent stays under the old key" if change.leaves else "Delete, then Post",
        _notes(change, text_of(change.remedy)),
        ids_of(change),
    )


def _cascade(told: Told) -> Listing:
    cascade = told.written.cascade
    dependents: tuple[DependentTree, ...] = cascade.dependents if cascade is not None else ()
    intro: tuple[str, ...] = ()
    if cascade is not None:
        ids = f" ({ids_of(cascade)})" if cascade.covers else ""
        said = "Before a record is deleted, these go" if dependents else "No other records are deleted with a record"
        intro = (*told.intro, f"{said}{ids}.", *filter(None, [_notes(cascade)]))
    return Listing(
        "Cascading deletes",
        intro,
        ("Resource", "Whose records", "Notes", "Ids"),
        tuple((d.resource.text, _REACH.get(d.reach, d.reach), _notes(d), ids_of(d)) for d in dependents),
    )


# -- years, codes, identities


def _scope_year(told: Told) -> Listing:
    return Listing(
        "Scope year",
        (),
        ("Made of", "The school year of a record is", "Notes", "Ids"),
        tuple(
            (c.object_type.text, told.noun(c.year), _notes(c) if told.written.many else "",
             ids_of(c) if told.written.many else "")
            for c in told.written.candidates
            if c.year is not None
        ),
    )  # fmt: skip


def _preferences(told: Told) -> Listing:
    """What a district maps to codes."""
    written = told.written
    return Listing(
        "Resource preferences",
        ("A change of a mapping is sent by a resync.",) if written.mappings else (),
        ("Elements", "Mapping needed", "Of the value", "Codes", "When it is not mapped", "GUI path", "Notes", "Ids"),
        tuple(
            (
                ", ".join(e.name.text for e in written.elements if _uses(e.expressions, mapping.name.text)),
                one_line(mapping.label.text),
                told.noun(mapping.value),
                text_of(mapping.codes),
                "The record is not sent" if mapping.blocks else "The element is left out",
                text_of(mapping.gui),
                _notes(mapping),
                ids_of(mapping),
            )
            for mapping in written.mappings
        ),
    )


def _uses(expressions: Iterable[tree.Expr], name: str) -> bool:
    return any(isinstance(n, tree.Name) and n.name == name for e in expressions for n in tree.walk(e))


def _identity(told: Told) -> Listing:
    return Listing(
        "Identity mapping",
        (),
        ("Type of object", "Key of the object"),
        tuple((c.object_type.text, told.noun(c.object_key)) for c in told.written.candidates if c.object_key),
    )


def _record(told: Told) -> Listing:
    record, rows = told.written.record, []
    if record is not None:
        rows = [("Student", text_of(record.student)), ("Organization", text_of(record.organization))]
        rows.append(("Organizations of one's own", told.noun(record.ours_value)))
    return Listing(
        "Whose a record is",
        (*told.intro, "A resync deletes no records of other organizations.") if rows else (),
        ("What", "Where it stands"),
        tuple(row for row in rows if row[1]),
    )


def _events(told: Told) -> Listing:
    return Listing(
        "Event queue",
        ("A change of these makes the records that read it be looked at again.",) if told.written.events else (),
        ("Table", "Actions", "Fields", "Notes", "Ids"),
        tuple(_event(event) for event in told.written.events),
    )


def _event(event: EventTree) -> tuple[str, ...]:
    fields = _names(event.fields) or ("all (the primary table)" if event.primary else "all")
    actions = ", ".join(_DONE.get(verb.text, verb.text) for verb in event.verbs)
    return event.table.text, actions, fields, _notes(event, text_of(event.added)), ids_of(event)


def _left(told: Told) -> Listing:
    return Listing(
        "Left to the resync",
        ("These are read, and a change of them alone sends nothing before a resync.",) if told.written.left else (),
        ("Table", "Fields", "Notes", "Ids"),
        tuple((e.table.text, _names(e.fields) or "all others", _notes(e), ids_of(e)) for e in told.written.left),
    )


def _parameters(told: Told) -> Listing:
    return Listing(
        "Parameters",
        ("Set for a plan with --set.",) if told.written.parameters else (),
        ("Name", "Type", "Values", "Unless set", "Meaning", "Ids"),
        tuple(
            (f"${p.name.text}", p.type.text, " or ".join(v.text for v in p.one_of), text_of(p.value) or "(missing)",
             _notes(p, text_of(p.doc)), ids_of(p))
            for p in told.written.parameters
        ),
    )  # fmt: skip
