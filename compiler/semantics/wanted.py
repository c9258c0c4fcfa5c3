"""What a publication wants to be sent of a world: a record for each natural key, and why each other object sends none.

A *candidate* is a subject of a source whose year is that of the run. Every candidate ends in one of two lists:

- sent: its population lets it in, it comes first among the candidates of its natural key, and nothing blocks it;
- not sent, with the first reason that holds: *not included*, *excluded*, *undecided* (something that decides is
  missing, and nothing is sent on a guess), *blocked* (an element is missing that the record cannot be without, a value
  is not mapped that must be, or does not fit), or *behind* another candidate of its key.

A blocked candidate that comes first keeps its key: none behind it steps in. Nothing here looks at what was sent
before: the result follows from the records, the spec, its parameters and the year alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from compiler.garbage import without_collection
from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter, Run, constant, place, record_value
from compiler.semantics.outcomes import Context, plain_value, subjects_at, subjects_of
from compiler.semantics.payloads import Body, Filled, Filler, are_missing, key_of, key_values, sent
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.values import Undetermined, shown
from compiler.semantics.world import World

Key = tuple[Any, ...]
Parameters = Mapping[str, Any]
NO_PARAMETERS: Parameters = {}


class Why(StrEnum):
    """Why an object sends no record; of a year without configuration a plan tells, whatever else is wanting."""

    NOT_INCLUDED = "not included"
    UNDECIDED = "cannot be decided"
    EXCLUDED = "excluded"
    BEHIND = "behind another record"
    BLOCKED = "blocked"
    INVALID_YEAR = "no valid configuration"


@dataclass(frozen=True, slots=True, order=True)
class Sender:
    """The object of the source that a record stands for: its type, its key as text, and the student's id (or none)."""

    type: str
    key: str
    student: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Where a candidate is found again: the number of its source, and the places of its variables.

    A place is the key of a record, or of an item the key of its record and its position; empty where none is known.
    """

    source: int
    places: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """A record to be sent. ``key`` holds the parts of its natural key as they stand in ``body``.

    Decimals of the body are exact, dates are texts as 2024-08-12; what is missing is not there. ``warnings`` are for
    whoever sends it; ``shown`` has the form in which people know an element (by name).
    """

    key: Key
    sender: Sender
    body: Body
    subject: Subject
    warnings: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unsent:
    """An object that sends no record. ``reason`` is for people; ``missing`` what was not there, where that is why.

    ``after_sending`` says of an exclusion what becomes of an earlier record; ``winner`` who is sent instead, or would
    be; ``key`` is the natural key of the record that it would be, None where a part of that is missing.
    """

    sender: Sender
    why: Why
    reason: str
    subject: Subject
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
class Configured:
    """What the configuration of a school year says: whether it is valid, and whether the resource is on."""

    valid: bool
    on: bool


@dataclass(frozen=True, slots=True)
class Barred:
    """Why a population leaves a candidate out; ``missing`` and ``after_sending`` as of :class:`Unsent`."""

    why: Why
    reason: str
    missing: tuple[str, ...] = ()
    after_sending: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate whose population lets it in."""

    sender: Sender
    subject: Subject
    filled: Filled
    key: Key | None
    rank: tuple[Any, ...]


def want(
    program: Program,
    publication: ir.Publication,
    world: World,
    context: Context,
    parameters: Parameters = NO_PARAMETERS,
) -> Wanted:
    """What is wanted of a world in the school year of a run; ``parameters`` take the place of the publication's own."""
    interpreter = publication_interpreter(program, publication, world, context, parameters)
    with without_collection():
        return _wanted(interpreter, publication)


def _wanted(interpreter: Interpreter, publication: ir.Publication) -> Wanted:
    wanted = Wanted()
    by_key: dict[Key, list[_Candidate]] = {}
    for number, source in enumerate(publication.sources):
        filler = Filler(source)
        for env in subjects_of(interpreter, ir.enumerated(source)):
            found = _judged(interpreter, publication, number, filler, env)
            if isinstance(found, Unsent):
                wanted.unsent.append(found)
            elif found.key is None:
                wanted.unsent.append(_blocked(found))
            else:
                by_key.setdefault(found.key, []).append(found)
    for candidates in by_key.values():
        _choose(publication, candidates, wanted)
    order = sorted(wanted.records.items(), key=lambda item: (item[1].sender.student, _sortable(item[0])))
    wanted.records = dict(order)
    wanted.unsent.sort(key=lambda unsent: (unsent.sender.student, unsent.sender))
    return wanted


def look_at(interpreter: Interpreter, publication: ir.Publication, subject: Subject) -> None:
    """Evaluate again all that decides about a candidate and what it sends, for whoever watches what is read."""
    source = publication.sources[subject.source]
    filler = Filler(source)
    for env in environments_of(interpreter, source, subject):
        _judged(interpreter, publication, subject.source, filler, env)


def environments_of(interpreter: Interpreter, source: ir.Source, subject: Subject) -> Iterator[dict[str, Any]]:
    """The variables of a candidate: once, or not at all when the world has no such candidate."""
    record = interpreter.world.find(source.resource, subject.places[0])
    if record is not None:
        for env in subjects_at(interpreter, ir.enumerated(source), record):
            if places_of(source, env) == subject.places:
                yield env
                return


def years_of(
    program: Program,
    publication: ir.Publication,
    world: World,
    context: Context,
    parameters: Parameters = NO_PARAMETERS,
) -> list[int]:
    """The school years to which the records of a world belong."""
    interpreter = publication_interpreter(program, publication, world, context, parameters)
    found = {
        interpreter.value(source.year, env)
        for source in publication.sources
        for env in subjects_of(interpreter, replace(source, in_year=None))
    }
    return sorted(year for year in found if isinstance(year, int))


def configured(
    program: Program,
    publication: ir.Publication,
    world: World,
    context: Context,
    parameters: Parameters = NO_PARAMETERS,
) -> Configured:
    """What the configuration says of the school year of a run; what is not known is not so."""
    interpreter = publication_interpreter(program, publication, world, context, parameters)
    valid, on = (
        condition is None or interpreter.value(condition, {}) is True
        for condition in (publication.configuration.valid, publication.configuration.on)
    )
    return Configured(valid, on)


def own_organizations(
    program: Program,
    publication: ir.Publication,
    world: World,
    context: Context,
    parameters: Parameters = NO_PARAMETERS,
) -> frozenset[Any]:
    """The organizations, as bodies hold them, whose records in an ODS are those of the source."""
    own = publication.own
    if own is None:
        return frozenset()
    interpreter = publication_interpreter(program, publication, world, context, parameters)
    values = (
        interpreter.value(own.value, {own.variable: record_value(record)}) for record in world.records(own.resource)
    )
    return frozenset(sent(value) for value in values if not isinstance(value, Undetermined))


def publication_interpreter(
    program: Program, publication: ir.Publication, world: World, context: Context, parameters: Parameters
) -> Interpreter:
    """An interpreter with the parameters of a publication, of which those without a value are not known."""
    told = {
        name: Undetermined(frozenset({f"${name}"})) if value is None else constant(value)
        for name, value in {**dict(publication.parameters), **parameters}.items()
    }
    built_in = run_parameters(None, "", context.school_year, context.as_of)
    run = Run(context.school_year, {**built_in, **told}, publication.leap_birthday)
    return Interpreter(program.definitions, program.tables_in(context.school_year), world, run)


# -- the population


def _judged(
    interpreter: Interpreter, publication: ir.Publication, number: int, filler: Filler, env: Environment
) -> Unsent | _Candidate:
    """A candidate with what it would send, or why its population leaves it out."""
    source = publication.sources[number]
    sender, subject = _sender(interpreter, source, env), Subject(number, places_of(source, env))
    out = barred(interpreter, source, env)
    if out is not None:
        key = key_values(interpreter, source, publication.key, env)
        return Unsent(sender, out.why, out.reason, subject, out.missing, out.after_sending, key=key)
    filled = filler.fill(interpreter, env)
    rank = _rank(interpreter, source.prefer, env)
    return _Candidate(sender, subject, filled, key_of(filled.body, publication.key), rank)


def _sender(interpreter: Interpreter, source: ir.Source, env: Environment) -> Sender:
    key = interpreter.value(source.object_key, env)
    student = interpreter.value(source.student, env) if source.student is not None else ""
    return Sender(source.object_type, _text(key), _text(student))


def _text(value: Any) -> str:
    return "" if isinstance(value, Undetermined) else shown(plain_value(value))


def places_of(source: ir.Source | ir.Extract, env: Environment) -> tuple[Key, ...]:
    """Where the variables of a candidate stand, as :class:`Subject` has them."""
    values = (env[variable] for variable in (source.variable, *(join.variable for join in source.joins)))
    return tuple(() if isinstance(value, Undetermined) else place(value) for value in values)


def clauses_of(source: ir.Source | ir.Extract) -> list[tuple[ir.Clause, Why]]:
    """The conditions by which candidates are left out, in their order."""
    included = [(clause, Why.NOT_INCLUDED) for clause in source.include]
    return included + [(clause, Why.EXCLUDED) for clause in source.exclude]


def barred(interpreter: Interpreter, source: ir.Source | ir.Extract, env: Environment) -> Barred | None:
    """Why a candidate is not in the population; None when it is."""
    causes: set[str] = set()
    for condition in (source.in_year, source.condition):
        value = interpreter.value(condition, env) if condition is not None else True
        causes.update(value.causes if isinstance(value, Undetermined) else ())
    for clause, why in clauses_of(source):
        value = interpreter.value(clause.when, env)
        if isinstance(value, Undetermined):
            causes.update(value.causes)
        elif value is (why is Why.EXCLUDED):
            return Barred(why, clause.reason, after_sending=clause.after_sending)
    if not causes:
        return None
    return Barred(Why.UNDECIDED, f"{Why.UNDECIDED}: {are_missing(causes)}", tuple(sorted(causes)))


# -- one for each key


def _choose(publication: ir.Publication, candidates: list[_Candidate], wanted: Wanted) -> None:
    """Send the first candidate of a key, unless it is blocked; the others stay behind it."""
    if len(candidates) > 1:
        candidates = sorted(candidates, key=lambda candidate: candidate.rank)
    first, *others = candidates
    assert first.key is not None
    if first.filled.faults:
        wanted.unsent.append(_blocked(first))
    else:
        filled = first.filled
        wanted.records[first.key] = Payload(
            first.key, first.sender, filled.body, first.subject, tuple(filled.warnings), tuple(filled.shown)
        )
    for other in others:
        reason = f"{publication.behind} ({first.sender})"
        unsent = Unsent(other.sender, Why.BEHIND, reason, other.subject, winner=first.sender, key=first.key)
        wanted.unsent.append(unsent)


def _blocked(candidate: _Candidate) -> Unsent:
    reason, missing = "; ".join(candidate.filled.faults), tuple(sorted(candidate.filled.missing))
    return Unsent(candidate.sender, Why.BLOCKED, reason, candidate.subject, missing, key=candidate.key)


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
