"""What a publication says, part by part: words for people beside terms that tell whether two say the same.

Names that a publication gives to values (``define``, mappings) are terms of their own as they are *written*, so that a
change of a mapping is none of the elements that use it; in *full* they are what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from compiler.backends.words_publications import Speech
from compiler.backends.words_sections import sections, words_for
from compiler.changes.canonical import Reader
from compiler.changes.parts import Part, Spoken, Terms, condition, labelled, part_of, told
from compiler.changes.terms import Term
from compiler.changes.texts import lines_of, text
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.program import Program
from compiler.semantics.scope import Table
from compiler.syntax import tree
from compiler.syntax.publications import ClauseTree, ElementTree, Parts, PublicationTree

KINDS_OF_SECTIONS = {
    "Which of several is sent": "population",
    "Resource preferences": "mapping",
    "Parameters": "parameter",
}
"""The kind of change of each section; of all others `sending`."""


@dataclass(frozen=True, slots=True)
class Published(Spoken):
    """A publication of a side."""

    checked: CheckedPublication


def published(checked: CheckedPublication, program: Program) -> Published:
    """What a sound publication says."""
    terms, speech = _Terms(checked, program), words_for(checked, program)
    assert speech is not None
    parts = (*_candidates(terms, speech), *_conditions(terms, speech), *_elements(terms, speech))
    return Published(parts, told(sections(checked, program), KINDS_OF_SECTIONS, "sending", terms), checked)


class _Terms(Terms):
    """The terms of the expressions of a publication."""

    def __init__(self, checked: CheckedPublication, program: Program) -> None:
        self.tables = program.tables
        self.written: PublicationTree = checked.whole
        reader = Reader(checked.scope, checked.facts)
        for candidates in self.written.candidates:
            subject = candidates.subject
            assert subject is not None
            for name in (subject.variable, *(join.variable for join in subject.joins)):
                reader = reader if name in reader.names else reader.binding(name)
            reader = replace(reader, names={**reader.names, "this": reader.names[subject.variable]})
        ours = self.written.record.ours if self.written.record is not None else None
        if ours is not None and ours.variable not in reader.names:
            reader = reader.binding(ours.variable)
        super().__init__(reader, self._named())
        self.stand(self._in_full())

    def _named(self) -> dict[str, list[tree.Expr]]:
        """The names that the publication gives to values, with the expressions behind them."""
        found: dict[str, list[tree.Expr]] = {}
        for candidates in self.written.candidates:
            for name, value in candidates.define:
                found.setdefault(name.text, []).extend([value] if value is not None else [])
        for mapping in self.written.mappings:
            values = (mapping.value, mapping.code)
            found[mapping.name.text] = [value for value in values if value is not None]
        return found

    def _in_full(self) -> dict[str, Callable[[int], Term]]:
        tables = {m.name.text: self.tables.get(text(m.codes)) for m in self.written.mappings}
        settings = {name: (_codes(table),) for name, table in tables.items() if table is not None}
        named = self._named().items()
        return {name: partial(self.stands_for, values, settings.get(name, ())) for name, values in named}


def _codes(table: Table) -> Any:
    """The codes that a mapping may give, each with the years in which it may."""
    found = {(str(key[0]), *(str(cells.get(name)) for name in table.valid or ())) for key, cells in table.rows}
    return table.namespace, tuple(sorted(found))


# -- who is sent


def _candidates(terms: _Terms, speech: Speech) -> Iterator[Part]:
    for candidates, who in zip(terms.written.candidates, speech.who, strict=True):
        subject, kind = candidates.subject, candidates.object_type.text
        assert subject is not None
        known = terms.pair(*(join.collection for join in subject.joins), subject.condition)
        yield part_of("subject", f"for each, {kind}", tuple(lines_of(who)), known, subject.resource)
        for name, value in candidates.define:
            if value is not None:
                said = tuple(lines_of(speech.value(value)))
                yield part_of("subject", f"{name.text}, {kind}", said, terms.pair(value))
        for clause in candidates.include:
            yield _condition(clause, f"include, {kind}", terms, speech)


def _conditions(terms: _Terms, speech: Speech) -> Iterator[Part]:
    for name, clauses in (("include", terms.written.include), ("exclude", terms.written.exclude)):
        for clause in clauses:
            yield _condition(clause, name, terms, speech)


def _condition(clause: ClauseTree, name: str, terms: Terms, speech: Speech) -> Part:
    after = (f"after sending: {clause.after_sending}",) if clause.after_sending else ()
    return condition(clause, name, terms, speech, after)


# -- what is sent


def _elements(terms: _Terms, speech: Speech) -> Iterator[Part]:
    for element in terms.written.elements:
        parts, items = _sorted(element.parts), tuple(map(_sorted, element.items))
        values = [element.expression, *(value for each in (parts, *items) for _, value in each)]
        cautions = [caution.when for caution in element.cautions]
        yield part_of(
            "element",
            element.name.text,
            tuple(_said_of(element, speech)),
            terms.pair(*values, element.shown, *cautions),
            element.path.text, tuple(tuple(name for name, _ in each) for each in (parts, *items)),
            element.blocks, text(element.unfit), tuple(name.text for name in element.one_per), element.never_reports,
            text(element.assigned_by), tuple(text(caution.says) for caution in element.cautions),
            remark=element.need,
        )  # fmt: skip


def _sorted(parts: Parts) -> list[tuple[str, tree.Expr | None]]:
    """The parts of an object by name: their order says nothing."""
    return sorted(((name.text, value) for name, value in parts), key=lambda part: part[0])


def _said_of(element: ElementTree, speech: Speech) -> Iterator[str]:
    yield f"path: {element.path.text}"
    if element.expression is not None:
        yield from lines_of(speech.value(element.expression))
    for name, value in _sorted(element.parts):
        yield from labelled(name, value, speech)
    for number, item in enumerate(element.items, start=1):
        for name, value in _sorted(item):
            yield from labelled(f"item {number}, {name}", value, speech)
    settings = (
        ("if missing: block", element.blocks), ("never reports", element.never_reports),
        (f"assigned by {text(element.assigned_by)}", element.assigned_by is not None),
        (f"does not fit: {text(element.unfit)}", element.unfit is not None),
        (f"one per {', '.join(name.text for name in element.one_per)}", bool(element.one_per)),
    )  # fmt: skip
    yield from (said for said, holds in settings if holds)
    if element.shown is not None:
        yield f"shown as {speech.noun(element.shown)}"
    for caution in element.cautions:
        when = speech.line(caution.when) if caution.when is not None else ""
        yield f"warns when {when}: {text(caution.says)}"
