"""Which changes of the source a record rests on: those of rows that its candidates read, before or after.

Reading is traced only for the objects that are asked about, and each object once. A change is handed on with the
fields that were read of it; none of them when only the row as such was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from compiler.planning.changes import CHANGED, Change, changes_between
from compiler.planning.reads import Reader, Reads
from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter, Run, constant
from compiler.semantics.outcomes import Context, plain_value, subjects_of
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.values import Undetermined, shown
from compiler.semantics.wanted import Sender
from compiler.semantics.world import World


@dataclass(frozen=True, slots=True)
class Touch:
    """A change of a row that a candidate reads, with those of the changed fields that it reads."""

    change: Change
    fields: frozenset[str]


Candidate = tuple[ir.Source, Environment]


@dataclass(slots=True)
class _Side:
    """The candidates of a publication in one of the worlds, by object."""

    reader: Reader
    candidates: dict[Sender, list[Candidate]] = field(default_factory=dict)


class Evidence:
    """The changes between two worlds, as the candidates of publications read them in a school year."""

    def __init__(
        self, program: Program, before: World, after: World, context: Context, parameters: dict[str, Any]
    ) -> None:
        self.changes = changes_between(before, after)
        self._program = program
        self._worlds = (before, after)
        self._context = context
        self._parameters = parameters
        self._by_row = {(change.table, change.key): change for change in self.changes}
        self._sides: dict[str, tuple[_Side, _Side]] = {}
        self._found: dict[tuple[str, Sender], tuple[Touch, ...]] = {}

    def of(self, publication: ir.Publication, senders: Iterable[Sender]) -> list[Touch]:
        """The changes that some objects read, in order; each change once."""
        merged: dict[Change, frozenset[str]] = {}
        for sender in senders:
            for touch in self._of_one(publication, sender):
                merged[touch.change] = merged.get(touch.change, frozenset()) | touch.fields
        return [Touch(change, fields) for change, fields in merged.items()]

    def _of_one(self, publication: ir.Publication, sender: Sender) -> tuple[Touch, ...]:
        found = self._found.get((publication.id, sender))
        if found is None:
            touches: dict[Change, set[str]] = {}
            for side in self._sides_of(publication) if self.changes else ():
                for source, env in side.candidates.get(sender, ()):
                    self._add(side.reader.read_by(source, env), touches)
            ordered = sorted(touches, key=lambda change: (change.table, change.key))
            found = tuple(Touch(change, frozenset(touches[change])) for change in ordered)
            self._found[publication.id, sender] = found
        return found

    def _add(self, reads: Reads, touches: dict[Change, set[str]]) -> None:
        for (table, key), fields in reads.fields.items():
            change = self._by_row.get((table, key))
            if change is not None:
                touches.setdefault(change, set()).update(change.fields & fields)
        for (table, key), several in reads.lists.items():
            for paths in several:
                stood, stands = ({r.key for r in world.referring(table, paths, key)} for world in self._worlds)
                for row in stood ^ stands:
                    change = self._by_row[table, row]
                    touches.setdefault(change, set()).update({path[0] for path in paths} & change.fields)

    def _sides_of(self, publication: ir.Publication) -> tuple[_Side, _Side]:
        sides = self._sides.get(publication.id)
        if sides is None:
            before, after = (self._side(publication, world) for world in self._worlds)
            sides = self._sides[publication.id] = (before, after)
        return sides

    def _side(self, publication: ir.Publication, world: World) -> _Side:
        interpreter = interpreter_of(self._program, publication, world, self._context, self._parameters)
        side = _Side(Reader(interpreter))
        for source in publication.sources:
            for env in subjects_of(interpreter, source):
                key = interpreter.value(source.object_key, env)
                text = "" if isinstance(key, Undetermined) else shown(plain_value(key))
                side.candidates.setdefault(Sender(source.object_type, text), []).append((source, env))
        return side


def interpreter_of(
    program: Program, publication: ir.Publication, world: World, context: Context, parameters: dict[str, Any]
) -> Interpreter:
    """An interpreter with the parameters that a publication sees in a run."""
    values = run_parameters(None, "", context.school_year, context.as_of)
    for name, default in publication.parameters:
        values[name] = Undetermined(frozenset({f"${name}"})) if default is None else constant(default)
    values.update({name: value for name, value in parameters.items() if name in dict(publication.parameters)})
    run = Run(context.school_year, values, publication.leap_birthday)
    return Interpreter(program.definitions, program.tables_in(context.school_year), world, run)


def is_among(touch: Touch, table: str, fields: tuple[str, ...]) -> bool:
    """Whether a change is of a table and, when fields are given, of one of them that was read."""
    return touch.change.table == table and (not fields or bool(touch.fields & {*fields}))


def has_values(change: Change, wanted: tuple[tuple[str, ir.Constant], ...]) -> bool:
    """Whether fields of a row have some values after its change; a flag that is not there is false."""
    return all(_is(change.after.get(name), constant(value)) for name, value in wanted)


def _is(raw: Any, value: Any) -> bool:
    return (raw is None and value is False) or (raw is not None and shown(raw) == shown(value))


__all__ = ["CHANGED", "Evidence", "Touch", "has_values", "interpreter_of", "is_among"]
