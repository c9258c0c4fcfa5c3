"""What a publication wants to be sent of a world: a record for each natural key, and why each other object sends none.

A *candidate* is a subject of ``for each`` whose year is that of the run. Every candidate ends in one of two lists:

- sent: its population lets it in, it comes first among the candidates of its natural key, and no element blocks it;
- not sent, with the first reason that holds: *not included*, *excluded*, *undecided* (something that decides is
  missing, and nothing is sent on a guess), *blocked* (an element is missing that the record cannot be without), or
  *behind* another candidate of its key.

A blocked candidate that comes first keeps its key: none behind it steps in. Nothing here looks at what was sent
before: the result follows from the records, the spec and the year alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter, Run, constant
from compiler.semantics.outcomes import Context, plain_value, subjects_of
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.values import Undetermined, dig, jsonable, shown
from compiler.semantics.world import World

Key = tuple[Any, ...]
Body = dict[str, Any]


class Why(StrEnum):
    """Why an object sends no record."""

    NOT_INCLUDED = "not included"
    UNDECIDED = "cannot be decided"
    EXCLUDED = "excluded"
    BEHIND = "behind another record"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, order=True)
class Sender:
    """The object of the source that a record stands for: its type, its key as text, and the student's id (or none)."""

    type: str
    key: str
    student: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


@dataclass(frozen=True, slots=True)
class Payload:
    """A record to be sent. ``key`` holds the parts of its natural key as they stand in ``body``.

    Decimals of the body are exact, dates are texts as 2024-08-12; what is missing is not there.
    """

    key: Key
    sender: Sender
    body: Body


@dataclass(frozen=True, slots=True)
class Unsent:
    """An object that sends no record. ``reason`` is for people; ``missing`` what was not there, where that is why.

    ``after_sending`` says of an exclusion what becomes of an earlier record; ``winner`` who is sent instead, or would
    be; ``key`` is the natural key, as far as the object came.
    """

    sender: Sender
    why: Why
    reason: str
    missing: tuple[str, ...] = ()
    after_sending: str = ""
    winner: Sender | None = None
    key: Key | None = None


@dataclass(slots=True)
class Wanted:
    """The wanted records of a year by natural key, in order of student and key, and all candidates without one."""

    records: dict[Key, Payload] = field(default_factory=dict)
    unsent: list[Unsent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate whose population lets it in; ``blocks`` are the elements it lacks, with what is missing of each."""

    sender: Sender
    body: Body
    key: Key | None
    rank: tuple[Any, ...]
    blocks: tuple[tuple[str, tuple[str, ...]], ...]


def want(program: Program, publication: ir.Publication, world: World, context: Context) -> Wanted:
    """What is wanted of a world in the school year of a run."""
    interpreter = _interpreter(program, publication, world, context)
    wanted = Wanted()
    by_key: dict[Key, list[_Candidate]] = {}
    for source in publication.sources:
        for env in subjects_of(interpreter, source):
            sender = _sender(interpreter, source, env)
            left_out = _left_out(interpreter, source, sender, env)
            if left_out is not None:
                wanted.unsent.append(left_out)
                continue
            candidate = _candidate(interpreter, publication, source, sender, env)
            if candidate.key is None:
                wanted.unsent.append(_blocked(candidate))
            else:
                by_key.setdefault(candidate.key, []).append(candidate)
    for candidates in by_key.values():
        _choose(publication, candidates, wanted)
    order = sorted(wanted.records.items(), key=lambda item: (item[1].sender.student, _sortable(item[0])))
    wanted.records = dict(order)
    wanted.unsent.sort(key=lambda unsent: (unsent.sender.student, unsent.sender))
    return wanted


def years_of(program: Program, publication: ir.Publication, world: World, context: Context) -> list[int]:
    """The school years to which the records of a world belong."""
    interpreter = _interpreter(program, publication, world, context)
    found = {
        interpreter.value(source.year, env)
        for source in publication.sources
        for env in subjects_of(interpreter, replace(source, in_year=None))
    }
    return sorted(year for year in found if isinstance(year, int))


def _interpreter(program: Program, publication: ir.Publication, world: World, context: Context) -> Interpreter:
    parameters = run_parameters(None, "", context.school_year, context.as_of)
    run = Run(context.school_year, parameters, publication.leap_birthday)
    return Interpreter(program.definitions, program.tables_in(context.school_year), world, run)


# -- the population


def _sender(interpreter: Interpreter, source: ir.Source, env: Environment) -> Sender:
    key = interpreter.value(source.object_key, env)
    student = interpreter.value(source.student, env) if source.student is not None else ""
    return Sender(source.object_type, _text(key), _text(student))


def _text(value: Any) -> str:
    return "" if isinstance(value, Undetermined) else shown(plain_value(value))


def _left_out(interpreter: Interpreter, source: ir.Source, sender: Sender, env: Environment) -> Unsent | None:
    """Why a candidate is not in the population; None when it is."""
    causes: set[str] = set()
    for condition in (source.in_year, source.condition):
        value = interpreter.value(condition, env) if condition is not None else True
        causes.update(value.causes if isinstance(value, Undetermined) else ())
    for clause, why in (
        *((clause, Why.NOT_INCLUDED) for clause in source.include),
        *((clause, Why.EXCLUDED) for clause in source.exclude),
    ):
        value = interpreter.value(clause.when, env)
        if isinstance(value, Undetermined):
            causes.update(value.causes)
        elif value is (why is Why.EXCLUDED):
            return Unsent(sender, why, clause.reason, after_sending=clause.after_sending)
    if not causes:
        return None
    missing = tuple(sorted(causes))
    return Unsent(sender, Why.UNDECIDED, f"cannot be decided: {_are_missing(missing)}", missing)


def _are_missing(missing: tuple[str, ...]) -> str:
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"


# -- records


def _candidate(
    interpreter: Interpreter, publication: ir.Publication, source: ir.Source, sender: Sender, env: Environment
) -> _Candidate:
    body: Body = {}
    blocks = []
    for element in source.elements:
        missing = _fill(interpreter, element, env, body)
        if missing and element.blocks:
            blocks.append((element.name, tuple(sorted(missing))))
    parts = tuple(dig(body, path) for path in publication.key)
    key = None if any(part is None for part in parts) else parts
    rank = _rank(interpreter, source.prefer, env)
    return _Candidate(sender, body, key, rank, tuple(blocks))


def _fill(interpreter: Interpreter, element: ir.Element, env: Environment, body: Body) -> frozenset[str]:
    """Put an element into a body; what was missing, so that it is not there."""
    if element.items:
        made = [_object(interpreter, contents, env) for contents in element.items]
        items = [item for item, missing in made if not missing]
        if items:
            _put(body, element.path, items)
            return frozenset()
        return frozenset().union(*(missing for _, missing in made))
    found, missing = _values(interpreter, element.contents, env)
    for path, value in () if missing else found:
        _put(body, path, value)
    return missing


def _object(
    interpreter: Interpreter, contents: tuple[ir.Content, ...], env: Environment
) -> tuple[Body, frozenset[str]]:
    found, missing = _values(interpreter, contents, env)
    item: Body = {}
    for path, value in found:
        _put(item, path, value)
    return item, missing


def _values(
    interpreter: Interpreter, contents: tuple[ir.Content, ...], env: Environment
) -> tuple[list[tuple[ir.Path, Any]], frozenset[str]]:
    """The values of contents as a record holds them, and what is missing of any."""
    found: list[tuple[ir.Path, Any]] = []
    missing: set[str] = set()
    for content in contents:
        value = interpreter.value(content.value, env)
        if isinstance(value, Undetermined):
            missing.update(value.causes)
        else:
            found.append((content.path, _sent(value)))
    return found, frozenset(missing)


def _sent(value: Any) -> Any:
    """A scalar as a record holds it: decimals stay exact, without idle zeros."""
    return Decimal(shown(value)) if isinstance(value, Decimal) else jsonable(value)


def _put(body: Body, path: ir.Path, value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


# -- one for each key


def _choose(publication: ir.Publication, candidates: list[_Candidate], wanted: Wanted) -> None:
    """Send the first candidate of a key, unless it is blocked; the others stay behind it."""
    if len(candidates) > 1:
        candidates = sorted(candidates, key=lambda candidate: candidate.rank)
    first, *others = candidates
    assert first.key is not None
    if first.blocks:
        wanted.unsent.append(_blocked(first))
    else:
        wanted.records[first.key] = Payload(first.key, first.sender, first.body)
    for other in others:
        reason = f"{publication.behind} ({first.sender})"
        wanted.unsent.append(Unsent(other.sender, Why.BEHIND, reason, winner=first.sender, key=first.key))


def _blocked(candidate: _Candidate) -> Unsent:
    lacking = [f"{name} ({_are_missing(missing)})" for name, missing in candidate.blocks]
    missing = tuple(sorted({cause for _, causes in candidate.blocks for cause in causes}))
    reason = f"it cannot be sent without {' and '.join(lacking)}"
    return Unsent(candidate.sender, Why.BLOCKED, reason, missing, key=candidate.key)


def _rank(interpreter: Interpreter, prefer: tuple[ir.Preference, ...], env: Environment) -> tuple[Any, ...]:
    return tuple(_place(interpreter.value(preference.value, env), preference) for preference in prefer)


def _place(value: Any, preference: ir.Preference) -> tuple[int, Any]:
    """Where a value comes in an order, the least first; ``others`` come before all or after all."""
    listed = [constant(member) for member in preference.listed]
    if isinstance(value, Undetermined) or (listed and value not in listed):
        return (-1 if preference.others_first else 1), 0
    if listed:
        return 0, listed.index(value)
    return 0, _Reversed(value) if preference.highest_first else value


@dataclass(frozen=True, slots=True)
class _Reversed:
    """A value that comes before those it is higher than."""

    value: Any

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.value < self.value)


def _sortable(key: Key) -> tuple[str, ...]:
    return tuple(str(part) for part in key)
