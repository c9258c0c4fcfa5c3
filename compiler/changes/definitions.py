"""Definitions: which stand for something else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.backends.words import plain_definition
from compiler.changes.conditions import implies
from compiler.changes.entries import Change, Entry
from compiler.changes.findings import OTHER, called
from compiler.changes.reach import Reach, entry_of, names_of, of_either
from compiler.changes.sides import Read, Side, definition_term
from compiler.changes.texts import lines_of, text
from compiler.schema.types import BOOLEAN
from compiler.semantics.scope import Definition


def definition_entries(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    """The definitions that changed."""
    for name in names_of(old.definitions, new.definitions):
        shown: Definition = of_either(name, old.definitions, new.definitions)
        read: Read = ("definition", name)
        changes = _definition_changes(old, new, old.definitions.get(name), new.definitions.get(name))
        path = shown.written.document.source.path
        title = text(shown.written.doc)
        yield from entry_of("definition", name, title, path, changes, reaches=partial(reach, read.__eq__))


def _definition_changes(old: Side, new: Side, one: Definition | None, other: Definition | None) -> Iterator[Change]:
    if one is None or other is None:  # the rules that name it have changed themselves
        yield Change("notes", "definition added" if one is None else "definition removed")
        return
    if text(one.written.doc) != text(other.written.doc):
        yield Change("notes", "doc")
    kinds, new_kinds = ([kind for _, kind in d.parameters] for d in (one, other))
    if kinds == new_kinds and says_the_same(one, other):
        return
    full, new_full = definition_term(one, full=True), definition_term(other, full=True)
    told = OTHER
    if one.type is BOOLEAN and other.type is BOOLEAN and kinds == new_kinds and full and new_full:
        told = called(fewer=implies(new_full, full), more=implies(full, new_full))
    yield Change("definition", "is", _stands_for(one, old), _stands_for(other, new), told)


def says_the_same(one: Definition, other: Definition) -> bool:
    """Whether two definitions name the same, or what they name comes to the same."""
    if definition_term(one, full=False) == definition_term(other, full=False):
        return True
    full = definition_term(one, full=True)
    return full is not None and full == definition_term(other, full=True)


def _stands_for(definition: Definition, side: Side) -> tuple[str, ...]:
    clause = plain_definition(definition, side.program)
    return tuple(lines_of(clause)) if clause is not None else ()
