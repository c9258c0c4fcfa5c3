"""Which changes of the source a record rests on: those of rows that its candidates read, before or after.

Reading is traced only for the candidates that are asked about, and each once. A change is handed on with the fields
that were read of it; none of them when only the row as such was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compiler.planning.changes import Change, changes_between
from compiler.planning.reads import Reader, Reads
from compiler.semantics import ir
from compiler.semantics.interpreter import constant
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.values import shown
from compiler.semantics.wanted import Parameters, Subject, publication_interpreter
from compiler.semantics.world import World


@dataclass(frozen=True, slots=True)
class Touch:
    """A change of a row that a candidate reads, with those of the changed fields that it reads."""

    change: Change
    fields: frozenset[str]

    def is_of(self, table: str, fields: tuple[str, ...]) -> bool:
        """Whether it is of a table and, when fields are given, of one of them."""
        return self.change.table == table and (not fields or bool(self.fields & {*fields}))


def merged(touches: Iterable[Touch]) -> list[Touch]:
    """Each change once, with all fields that were read of it, in order of table and key."""
    fields: dict[Change, frozenset[str]] = {}
    for touch in touches:
        fields[touch.change] = fields.get(touch.change, frozenset()) | touch.fields
    return [Touch(change, fields[change]) for change in sorted(fields, key=lambda c: (c.table, c.key))]


class Evidence:
    """The changes between two worlds, as the candidates of publications read them in a school year."""

    def __init__(self, program: Program, before: World, after: World, context: Context, parameters: Parameters) -> None:
        self.changes = changes_between(before, after)
        self._program = program
        self._worlds = (before, after)
        self._context = context
        self._parameters = parameters
        self._by_row = {(change.table, change.key): change for change in self.changes}
        self._readers: dict[str, tuple[Reader, ...]] = {}
        self._found: dict[tuple[str, Subject], tuple[Touch, ...]] = {}

    def of(self, publication: ir.Publication, subjects: Iterable[Subject]) -> list[Touch]:
        """The changes that some candidates read, in order of table and key; each change once."""
        if not self.changes:
            return []
        return merged(touch for subject in subjects for touch in self._of_one(publication, subject))

    def _of_one(self, publication: ir.Publication, subject: Subject) -> tuple[Touch, ...]:
        found = self._found.get((publication.id, subject))
        if found is None:
            touches: dict[Change, set[str]] = {}
            for reader in self._readers_of(publication):
                self._add(reader.read_of(publication, subject), touches)
            found = tuple(Touch(change, frozenset(fields)) for change, fields in touches.items())
            self._found[publication.id, subject] = found
        return found

    def _readers_of(self, publication: ir.Publication) -> tuple[Reader, ...]:
        found = self._readers.get(publication.id)
        if found is None:
            found = tuple(
                Reader(publication_interpreter(self._program, publication, world, self._context, self._parameters))
                for world in self._worlds
            )
            self._readers[publication.id] = found
        return found

    def _add(self, reads: Reads, touches: dict[Change, set[str]]) -> None:
        for (table, key), fields in reads.fields.items():
            change = self._by_row.get((table, key))
            if change is not None:
                touches.setdefault(change, set()).update(change.fields & fields)
        for (table, key), several in reads.lists.items():
            for paths in several:
                stood, stands = ({r.key for r in world.referring(table, paths, key)} for world in self._worlds)
                for change in (self._by_row[table, row] for row in stood ^ stands if (table, row) in self._by_row):
                    touches.setdefault(change, set()).update({path[0] for path in paths} & change.fields)


def has_values(change: Change, wanted: tuple[tuple[str, ir.Constant], ...]) -> bool:
    """Whether fields of a row have some values after its change; a flag that is not there is false."""
    return all(_is(change.after.get(name), constant(value)) for name, value in wanted)


def _is(raw: Any, value: Any) -> bool:
    return (raw is None and value is False) or (raw is not None and shown(raw) == shown(value))
