"""The sections of a publication, in the words and the order of the articles in which vendors tell them.

What a section says is a table of plain words, a row for each item of the spec, with the ids of the statements of the
source that the item settles. The catalogue shows the sections, and a comparison of two versions tells which rows are
other ones: what is said of a value or condition is kept with it, since two expressions may sound the same. A
publication that is ``like`` another has some of its sections from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from compiler.backends.words import Clause
from compiler.backends.words_names import listed, one_line
from compiler.backends.words_publications import Speech, speech_of
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.program import Program
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.publications import PreferenceTree, PublicationTree
from compiler.syntax.publishing import DependentTree, EventTree, KeyChangeTree, ResyncRowTree, TriggerTree
from compiler.syntax.settled import Settled
from compiler.syntax.unparser import unparse

_CHANGES = {"inserted": "added", "changed": "changed", "deleted": "deleted"}
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
class Said:
    """What is said of an expression."""

    words: str
    node: tree.Expr


Cell = str | Said


@dataclass(frozen=True, slots=True)
class Row:
    """An item of a section; ``notes`` decide nothing, ``behind`` is what the words are of without saying it."""

    cells: tuple[Cell, ...]
    notes: str = ""
    ids: tuple[str, ...] = ()
    behind: tuple[tree.Expr, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(cell.words if isinstance(cell, Said) else cell for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: what is said before its table (settling ``ids``), the heads of the columns, the rows.

    ``like`` names the publication that it is from, if that is another. ``ordered`` says that the order of the rows
    matters. ``notes`` decide nothing.
    """

    title: str
    intro: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    ordered: bool = False
    like: str = ""
    notes: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """What a section is made from: a publication and its words (None: it has errors)."""

    written: PublicationTree
    speech: Speech | None

    def noun(self, node: tree.Expr) -> Said:
        """A value in words; as written where there are none."""
        return Said(self.speech.noun(node) if self.speech is not None else unparse(node), node)

    def condition(self, node: tree.Expr) -> Said:
        """A condition in words, on one line."""
        return Said(flat(self.speech.condition(node)) if self.speech is not None else unparse(node), node)


def _section(
    title: str,
    heads: str,
    rows: Iterable[Row],
    *intro: str,
    part: Settled | None = None,
    ids: tuple[Scalar, ...] = (),
    ordered: bool = False,
) -> Section:
    """A section; its heads stand in one text. ``part`` is what stands above its rows."""
    covers = part.covers if part is not None else ids
    return Section(
        title, intro, tuple(heads.split(" | ")), tuple(rows), ordered,
        notes=_text(part.notes) if part is not None else "", ids=tuple(name.text for name in covers),
    )  # fmt: skip


def sections(publication: CheckedPublication, program: Program) -> Iterator[Section]:
    """The sections that have something to say, in the order of the articles."""
    own, told = publication.written, _Told(publication.whole, words_for(publication, program))
    for make, block in _SECTIONS:
        section = make(told)
        if section.rows or section.intro:
            inherits = own.like is not None and block and not getattr(own, block)
            yield replace(section, like=own.like.text) if own.like is not None and inherits else section


def words_for(publication: CheckedPublication, program: Program) -> Speech | None:
    """The words of a publication, which one with errors has not."""
    return speech_of(publication, program) if publication.sound else None


def flat(clause: Clause) -> str:
    """A clause with its parts on one line."""
    return " ".join([clause.text, "; ".join(map(flat, clause.parts))]).rstrip()


def _row(part: Settled, *cells: Cell, more: Scalar | None = None, behind: tree.Expr | None = None) -> Row:
    """A row for a part of a publication; ``more`` is a text of it that decides nothing either."""
    notes = " ".join(filter(None, (_text(more), _text(part.notes))))
    return Row(cells, notes, tuple(c.text for c in part.covers), (behind,) if behind is not None else ())


def _text(scalar: Scalar | None) -> str:
    return one_line(scalar.text) if scalar is not None else ""


def _names(names: Iterable[Scalar]) -> str:
    return ", ".join(name.text for name in names)


# -- who is sent, and why


def _choice(told: _Told) -> Section:
    """Which of several candidates of one key is sent."""
    written = told.written
    intro = (
        "Of several records with one natural key the first is sent, and no other steps in for it, even when it is held "
        "back. What comes first is decided by these, in turn.",
        f"The others are told: {_text(written.behind)}.",
    )
    rows = [_row(p, told.noun(p.value), _order(p)) for p in written.prefer if p.value is not None]
    return _section("Which of several is sent", "By | Order", rows, *(intro if rows else ()),
                    ids=written.behind_covers, ordered=True)  # fmt: skip


def _order(preference: PreferenceTree) -> str:
    if preference.order is not None:
        return preference.order.text
    return f"{', then '.join(value.text for value in preference.listed)}; all others {preference.others}"


def _triggers(told: _Told) -> Section:
    unlisted, intro = told.written.unlisted, []
    if told.written.triggers:
        intro.append("The reasons that the source names. A step is told with the reason that fits its change.")
    if unlisted is not None:
        said = f'is sent all the same, with the words "{_text(unlisted.label)}"'
        what = "waits for a resync" if unlisted.held else said
        intro.append(f"A change of what is sent for which no reason is named {what}.")
    rows = (_row(t, _DONE.get(t.verb.text, t.verb.text), _when(t), _text(t.reason)) for t in told.written.triggers)
    return _section("Object triggering", "Action | When | Reason", rows, *intro, part=unlisted)


def _when(trigger: TriggerTree) -> str:
    changes = listed([_CHANGES.get(change.text, change.text) for change in trigger.changes], "or")
    fields = f"{listed([name.text for name in trigger.fields], 'or')} of " if trigger.fields else "a row of "
    after = sorted((name.text, value.text) for name, value in trigger.to)
    to = "".join(f", {name} to {value}" for name, value in after)
    if len(trigger.to) == 1 and [name.text for name in trigger.fields] == [trigger.to[0][0].text]:
        to = f" to {trigger.to[0][1].text}"
    return f"{fields}{trigger.table.text} is {changes}{to}"


# -- toggles, resyncs, keys


def _toggle(told: _Told) -> Section:
    """What is sent of a resource that is off, and of a year without a valid configuration."""
    configuration, rows = told.written.configuration, []
    if configuration is not None:
        for condition, of in ((configuration.valid, "The school year has a valid configuration"),
                              (configuration.on, "The resource is on")):  # fmt: skip
            if condition is not None and condition.when is not None:
                otherwise = "Else nothing is sent, and what was sent stays"
                rows.append(_row(condition, of, told.condition(condition.when), otherwise))
        for change in configuration.even_when_off:
            case = f"{_names(change.fields) or 'anything'} of {change.table.text} is changed while the resource is off"
            done = f"Put of what was sent last, with {_names(change.elements)} replaced"
            rows.append(_row(change, "Even when it is off", f"When {case}: {_text(change.reason)}", done))
    return _section("Resource toggle", "Case | When | What is done", rows)


def _resync(told: _Told) -> Section:
    rows = [_row(row, _case(row), _DONE.get(row.action, row.action), more=row.reason) for row in told.written.resync]
    intro = ("The first row that fits a record decides what a resync does.",) if rows else ()
    return _section("Resync", "A record that | What is done", rows, *intro, ordered=True)


def _case(row: ResyncRowTree) -> str:
    said = [_SAID[name][0 if answer else 1] for name, answer in row.conditions.items()]
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said) or "is none of these"


def _key_changes(told: _Told) -> Section:
    rows = [_key_change(change) for change in told.written.key_changes]
    return _section("Natural key changes", "Part of the key | Changed by | What is done | Then", rows)


def _key_change(change: KeyChangeTree) -> Row:
    part = "none: the key stays" if change.of_no_part else change.part.text
    done = "What was sent stays under the old key" if change.leaves else "Delete, then Post"
    return _row(change, part, _names(change.causes), done, _text(change.remedy))


def _cascade(told: _Told) -> Section:
    cascade = told.written.cascade
    dependents: tuple[DependentTree, ...] = cascade.dependents if cascade is not None else ()
    said = "These are deleted before a record is." if dependents else "No other records are deleted with a record."
    rows = (_row(d, d.resource.text, _REACH.get(d.reach, d.reach)) for d in dependents)
    intro = (said,) if cascade is not None else ()
    return _section("Cascading deletes", "Resource | Whose records", rows, *intro, part=cascade)


# -- years, codes, identities


def _scope_year(told: _Told) -> Section:
    rows = [Row((c.object_type.text, told.noun(c.year))) for c in told.written.candidates if c.year is not None]
    return _section("Scope year", "Made of | The school year of a record is", rows)


def _preferences(told: _Told) -> Section:
    """What a district maps to codes."""
    heads = "Elements | Mapping needed | Of the value | Codes | When it is not mapped | GUI path"
    rows = [
        _row(
            mapping,
            ", ".join(e.name.text for e in told.written.elements if _uses(e.expressions, mapping.name.text)),
            _text(mapping.label),
            told.noun(mapping.value),
            _text(mapping.codes),
            "The record is not sent" if mapping.blocks else "The element is left out",
            _text(mapping.gui),
            behind=mapping.code,
        )
        for mapping in told.written.mappings
        if mapping.value is not None and mapping.code is not None
    ]
    return _section("Resource preferences", heads, rows)


def _uses(expressions: Iterable[tree.Expr], name: str) -> bool:
    return any(isinstance(n, tree.Name) and n.name == name for e in expressions for n in tree.walk(e))


def _identity(told: _Told) -> Section:
    rows = [Row((c.object_type.text, told.noun(c.object_key))) for c in told.written.candidates if c.object_key]
    return _section("Identity mapping", "Type of object | Key of the object", rows)


def _record(told: _Told) -> Section:
    record, rows = told.written.record, []
    if record is not None:
        parts = (("The student", record.student), ("The organization", record.organization))
        rows += [Row((whose, path.text)) for whose, path in parts if path is not None]
        if record.ours is not None and record.ours_value is not None:
            own = f"Organizations of one's own, one of each {record.ours.resource}"
            rows.append(_row(record, own, told.noun(record.ours_value)))
    intro = ("A resync deletes no records of other organizations.",) if rows else ()
    return _section("Whose a record is", "What | Where it stands", rows, *intro)


def _events(told: _Told) -> Section:
    rows = [_event(event) for event in told.written.events]
    intro = ("A change of these makes the records that read it be looked at again.",) if rows else ()
    return _section("Event queue", "Table | Actions | Fields", rows, *intro)


def _event(event: EventTree) -> Row:
    fields = _names(event.fields) or ("all (the primary table)" if event.primary else "all")
    actions = ", ".join(_DONE.get(verb.text, verb.text) for verb in event.verbs)
    return _row(event, event.table.text, actions, fields, more=event.added)


def _left(told: _Told) -> Section:
    rows = [_row(e, e.table.text, _names(e.fields) or "all that no event names") for e in told.written.left]
    intro = ("These are read, and a change of them alone sends nothing before a resync.",) if rows else ()
    return _section("Left to the resync", "Table | Fields", rows, *intro)


def _parameters(told: _Told) -> Section:
    rows = [
        _row(
            p, f"${p.name.text}", p.type.text, " or ".join(v.text for v in p.one_of), _text(p.value) or "(missing)",
            more=p.doc,
        )
        for p in told.written.parameters
    ]  # fmt: skip
    intro = ("They are set with --set when a plan is made.",) if rows else ()
    return _section("Parameters", "Name | Type | Values | Unless set", rows, *intro)


_SECTIONS: tuple[tuple[Callable[[_Told], Section], str], ...] = (
    (_choice, ""),
    (_triggers, "unlisted"),
    (_toggle, "configuration"),
    (_resync, "resync"),
    (_key_changes, "key_changes"),
    (_cascade, "cascade"),
    (_scope_year, ""),
    (_preferences, ""),
    (_identity, ""),
    (_record, "record"),
    (_events, ""),
    (_left, ""),
    (_parameters, ""),
)
"""What makes each section, with the block that a publication may have from the one it is like."""
