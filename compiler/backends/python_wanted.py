"""What generated publications run on: candidates, their bodies, and the record that each natural key gets.

This file is copied beside the generated modules, as ``runtime`` is, and needs the standard library only. What it gives
is, word for word, what ``rulewright`` itself says is wanted: a record for each natural key, and why each other
candidate sends none.

Use one publication on a dict of records in the shape of the tables of the source::

    from generated.python.nebraska.publications.ne_ssa import want
    records = {"enrollments": [...], "people": [...], "calendars": [...]}
    wanted = want(records, {"schoolYear": 2025, "asOf": "2025-06-01"})
    for payload in wanted.records.values():
        print(payload.key, payload.body)
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from compiler.backends.python_population import Population, Sender, are_missing, places_of
from compiler.backends.python_runtime import (
    Absent,
    Missing,
    Properties,
    Run,
    State,
    joined,
    plain,
    shown,
)

BEHIND, BLOCKED = "behind another record", "blocked"

Path = tuple[str, ...]
Key = tuple[Any, ...]
NO_PARAMETERS: Mapping[str, Any] = {}


# -- what is said of a publication


@dataclass(frozen=True)
class Limits:
    """What a property can hold: characters of a text, the ends of a number (both inclusive)."""

    max_length: int | None = None
    lowest: int | None = None
    highest: int | None = None

    def misfit(self, value: Any) -> str:
        """How a value is beyond them; empty when it fits."""
        if value.__class__ is str:
            most = self.max_length
            return "" if most is None or len(value) <= most else f"is longer than {most} characters"
        if self.lowest is not None and value < self.lowest:
            return f"is less than {self.lowest}, the least that fits"
        if self.highest is not None and value > self.highest:
            return f"is more than {self.highest}, the most that fits"
        return ""


@dataclass(frozen=True, eq=False)
class Mapped:
    """A value of the source that is mapped to a code: what people call it, and whether a record waits for its code."""

    label: str
    blocks: bool


@dataclass(frozen=True)
class Element:
    """An element of a record.

    ``paths`` are where its values stand. Of a list they are empty: it stands at ``list_at``, and ``items`` are the
    paths in each of its objects. ``blocks`` holds back a record without it, ``mapped`` are the values whose codes it
    sends.
    """

    name: str
    paths: tuple[Path, ...] = ()
    list_at: Path = ()
    items: tuple[tuple[Path, ...], ...] = ()
    blocks: bool = False
    sent_unfit: bool = False
    limits: Mapping[Path, Limits] = field(default_factory=dict)
    item_key: tuple[Path, ...] = ()
    mapped: tuple[Mapped, ...] = ()

    @cached_property
    def is_asked_for(self) -> bool:
        """Whether something is said when it is not there."""
        return self.blocks or bool(self.mapped)

    @cached_property
    def places(self) -> tuple[tuple[Path, str, Limits | None], ...]:
        """Where each of its values stands, what that is called, and what fits there."""
        alone = len(self.paths) == 1
        return tuple([(path, self.name if alone else ".".join(path), self.limits.get(path)) for path in self.paths])


@dataclass(frozen=True)
class Preference:
    """What candidates of one key are compared by: the values ``listed``, in order, else the highest or lowest first."""

    listed: tuple[Any, ...] = ()
    highest_first: bool = False
    others_first: bool = False

    def place(self, value: Any) -> tuple[int, Any]:
        """Where a value comes, the least first; values not listed, or not given, come last, or first."""
        if value.__class__ is Missing or (self.listed and value not in self.listed):
            return (-1 if self.others_first else 1), 0
        if self.listed:
            return 0, self.listed.index(value)
        return 0, _Reversed(value) if self.highest_first else value


class _Reversed:
    """A value that comes before those it is higher than."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and self.value == other.value

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.value < self.value)


# -- what comes of it


@dataclass(slots=True)
class Payload:
    """A record to be sent: its natural key, who sends it, its body with exact decimals and dates as texts.

    ``subject`` is where it comes from: the number of the source, and the keys of what its variables stand for.
    """

    key: Key
    sender: Sender
    body: dict[str, Any]
    subject: tuple[int, tuple[Key, ...]]
    warnings: tuple[str, ...]
    shown: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Unsent:
    """A candidate that sends no record, and why; ``key`` is the one that its record would have."""

    sender: Sender
    why: str
    reason: str
    subject: tuple[int, tuple[Key, ...]]
    missing: tuple[str, ...] = ()
    after_sending: str = ""
    winner: Sender | None = None
    key: Key | None = None


@dataclass(slots=True)
class Wanted:
    """The wanted records of a year by natural key, in order of student and key, and all candidates without one."""

    records: dict[Key, Payload]
    unsent: list[Unsent]


# -- bodies


_NONE: Mapping[Any, Any] = {}


class Filling:
    """The body of one candidate while it is filled, what keeps it from being sent, and what is said of it."""

    faults: tuple[str, ...] = ()  # all but the body are of the class until something is found: they mostly stay empty
    missing: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    unfit: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    unmapped: Mapping[Mapped, tuple[str, frozenset[str]]] = _NONE
    left_out: Mapping[Mapped, tuple[str, ...]] = _NONE

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}

    def mapped(self, mapping: Mapped, value: Any, code: Any) -> Any:
        """The code of a value; a value that is given and has none is noted."""
        if code.__class__ is Missing and value.__class__ is not Missing and value.__class__ is not Absent:
            words = f"{mapping.label} `{shown(plain(value))}` is not mapped"
            self.unmapped = {**self.unmapped, mapping: (words, code.causes)}
        return code

    def value(self, element: Element, value: Any) -> bool:
        """Put one value in; whether it is there."""
        kind = value.__class__
        if kind is Missing:
            if element.is_asked_for:
                self._lack(element, value.causes, False)
            return False
        if kind is date:
            value = value.isoformat()
        elif kind is Decimal:
            value = _exact(value)
        ((path, name, limits),) = element.places
        if len(path) == 1:
            self.body[path[0]] = value
        else:
            _put(self.body, path, value)
        problem = limits.misfit(value) if limits is not None else ""
        if problem:
            self._misfit(element, name, value, problem)
        return True

    def values(self, element: Element, *values: Any) -> bool:
        """Put the values of an element in, all or none; whether they are there."""
        missing = joined(values)
        if missing is not None:
            if element.is_asked_for:
                self._lack(element, missing.causes, False)
            return False
        for (path, name, limits), value in zip(element.places, values, strict=True):
            sent = _sent(value)
            _put(self.body, path, sent)
            problem = limits.misfit(sent) if limits is not None else ""
            if problem:
                self._misfit(element, name, sent, problem)
        return True

    def items(self, element: Element, *items: tuple[Any, ...]) -> bool:
        """Put a list in: an object for each group of values of which none is missing; whether there is one."""
        found: list[dict[str, Any]] = []
        causes: set[str] = set()
        repeated: list[str] = []
        for paths, values in zip(element.items, items, strict=True):
            missing = joined(values)
            if missing is not None:
                causes |= missing.causes
                continue
            item: dict[str, Any] = {}
            for path, value in zip(paths, values, strict=True):
                _put(item, path, _sent(value))
            key = [_dug(item, path) for path in element.item_key]
            if key and any(key == [_dug(other, path) for path in element.item_key] for other in found):
                told = ", ".join(shown(part) for part in key)
                repeated.append(f"{element.name} `{told}` is there more than once: the first is sent")
                continue
            found.append(item)
            for path in paths if element.limits else ():
                value = _dug(item, path)
                problem = element.limits[path].misfit(value) if path in element.limits else ""
                if problem:
                    self._misfit(element, ".".join((*element.list_at, *path)), value, problem)
        if found:
            _put(self.body, element.list_at, found)
        if causes:
            self._lack(element, frozenset(causes), bool(found))
        self.notes += tuple(repeated)
        return bool(found)

    def show(self, element: Element, form: Any) -> None:
        """Note the form of an element in which people know it."""
        if form.__class__ is not Missing:
            self.shown += ((element.name, shown(form)),)

    def caution(self, condition: Any, says: str) -> None:
        """Note what is said of a record although it is sent."""
        if condition is True:
            self.notes += (says,)

    def finish(self) -> None:
        """Bring together what was found, when all elements have had their turn."""
        for mapping, (words, causes) in self.unmapped.items():
            if mapping.blocks:
                self.faults += (words,)
                self.missing |= causes
            else:
                lost = self.left_out.get(mapping)
                self.notes += (f"{words}, so {' and '.join(lost)} is left out" if lost else words,)
        self.faults = tuple(dict.fromkeys(self.faults))
        if self.without:
            self.faults += (f"it cannot be sent without {' and '.join(self.without)}",)
        self.faults += self.unfit

    def _lack(self, element: Element, causes: frozenset[str], present: bool) -> None:
        """Note what was missing of an element; a list may have other items."""
        here = [mapping for mapping in element.mapped if mapping in self.unmapped]
        for mapping in here:
            told = f"one of {element.name}" if present else element.name
            self.left_out = {**self.left_out, mapping: (*self.left_out.get(mapping, ()), told)}
        if element.blocks and not present:
            self.missing |= causes
            self.faults += tuple(self.unmapped[mapping][0] for mapping in here if not mapping.blocks)
            others = causes.difference(*(self.unmapped[mapping][1] for mapping in here))
            if others:
                self.without += (f"{element.name} ({are_missing(others)})",)

    def _misfit(self, element: Element, name: str, value: Any, problem: str) -> None:
        """Note a value that its property cannot hold."""
        words = f"{name} `{shown(value)}` {problem}"
        if element.sent_unfit:
            self.notes += (words,)
        else:
            self.unfit += (words,)


def _sent(value: Any) -> Any:
    """A scalar as a record holds it: decimals stay exact, without idle zeros; dates are texts."""
    kind = value.__class__
    if kind is date:
        return value.isoformat()
    return _exact(value) if kind is Decimal else value


def _exact(number: Decimal) -> Decimal:
    """A number without idle zeros, none before its point either."""
    return Decimal(shown(number))


def _put(body: dict[str, Any], path: Path, value: Any) -> None:
    if len(path) == 2:  # the quick way
        body.setdefault(path[0], {})[path[1]] = value
        return
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _dug(body: Any, path: Path) -> Any:
    for name in path:
        body = body.get(name) if body.__class__ is dict else None
    return body


# -- candidates


@dataclass(frozen=True)
class Source(Population):
    """Candidates of one kind, and its parts as functions of (variables of the subject..., run).

    ``subjects`` gives the variables of each subject that begins with a record; ``fill`` takes the :class:`Filling`
    before the variables.
    """

    resource: str
    subjects: Callable[[Any, Run], Iterator[tuple[Any, ...]]]
    rank: Callable[..., tuple[Any, ...]]
    prefer: tuple[Preference, ...]
    fill: Callable[..., None]

    def candidates(self, run: Run) -> Iterator[tuple[Any, ...]]:
        """The variables of each candidate and the run, in the order of the keys of their records."""
        for record in run.world.records(self.resource):
            for variables in self.subjects(record, run):
                yield (*variables, run)

    def rank_of(self, subject: tuple[Any, ...]) -> tuple[Any, ...]:
        values = self.rank(*subject)
        return tuple(preference.place(value) for preference, value in zip(self.prefer, values, strict=True))


@dataclass(slots=True)
class _Candidate:
    """A candidate whose population lets it in."""

    source: Source
    variables: tuple[Any, ...]
    sender: Sender
    subject: tuple[int, tuple[Key, ...]]
    filling: Filling

    def rank(self) -> tuple[Any, ...]:
        return self.source.rank_of(self.variables)


@dataclass(frozen=True)
class Publication:
    """A publication: what is said about it, and where its records come from. ``key`` are the paths of the natural key.

    ``parameters`` have the values that a run does not give; None is none.
    """

    id: str
    title: str
    resource: str
    key: tuple[Path, ...]
    behind: str
    parameters: Mapping[str, Any]
    sources: tuple[Source, ...]
    leap_birthday: str
    properties: Properties = field(repr=False)
    state: State = field(repr=False)

    def __post_init__(self) -> None:
        self.state.add(self.properties)

    def want(self, world: Any, context: Mapping[str, Any], parameters: Mapping[str, Any] = NO_PARAMETERS) -> Wanted:
        """What is wanted of a world. ``context`` has schoolYear and asOf; ``parameters`` take the place of our own."""
        told = {**self.parameters, **parameters}
        given = {name: Missing([f"${name}"]) if value is None else value for name, value in told.items()}
        was_enabled = gc.isenabled()
        gc.disable()  # much is built, and nothing thrown away
        try:
            run = self.state.run_of((self.id, *told.items()), given, self.leap_birthday, world, context)
            return self._wanted(run)
        finally:
            if was_enabled:
                gc.enable()

    def _wanted(self, run: Run) -> Wanted:
        wanted = Wanted({}, [])
        by_key: dict[Key, list[_Candidate]] = {}
        for number, source in enumerate(self.sources):
            for subject in source.candidates(run):
                self._judge(number, source, subject, by_key, wanted)
        for key, candidates in by_key.items():
            self._choose(key, candidates, wanted)
        wanted.records = dict(sorted(wanted.records.items(), key=_student_and_key))
        wanted.unsent.sort(key=lambda unsent: (unsent.sender.student, unsent.sender.type, unsent.sender.key))
        return wanted

    def _judge(
        self,
        number: int,
        source: Source,
        subject: tuple[Any, ...],
        by_key: dict[Key, list[_Candidate]],
        wanted: Wanted,
    ) -> None:
        """Put a candidate with its key, or among those that send nothing."""
        sender = source.sender(subject)
        place = number, places_of(subject)
        filling = Filling()
        source.fill(filling, *subject)
        key = self._key_of(filling.body)
        bars = source.bars(subject)
        if bars is not None:
            why, reason, missing, after_sending = bars.why, bars.reason, bars.missing, bars.after_sending
            wanted.unsent.append(Unsent(sender, why, reason, place, missing, after_sending, key=key))
            return
        filling.finish()
        candidate = _Candidate(source, subject, sender, place, filling)
        if key is None:
            wanted.unsent.append(_blocked(candidate, None))
        elif key in by_key:
            by_key[key].append(candidate)
        else:
            by_key[key] = [candidate]

    def _key_of(self, body: dict[str, Any]) -> Key | None:
        key = tuple([_dug(body, path) for path in self.key])
        return None if None in key else key

    def _choose(self, key: Key, candidates: list[_Candidate], wanted: Wanted) -> None:
        """Send the first candidate of a key, unless it is blocked; the others stay behind it."""
        if len(candidates) > 1:
            candidates = sorted(candidates, key=_Candidate.rank)
        first = candidates[0]
        filling = first.filling
        if filling.faults:
            wanted.unsent.append(_blocked(first, key))
        else:
            wanted.records[key] = Payload(key, first.sender, filling.body, first.subject, filling.notes, filling.shown)
        for other in candidates[1:]:
            reason = f"{self.behind} ({first.sender})"
            wanted.unsent.append(Unsent(other.sender, BEHIND, reason, other.subject, winner=first.sender, key=key))


def _blocked(candidate: _Candidate, key: Key | None) -> Unsent:
    reason, missing = "; ".join(candidate.filling.faults), tuple(sorted(candidate.filling.missing))
    return Unsent(candidate.sender, BLOCKED, reason, candidate.subject, missing, key=key)


def _student_and_key(item: tuple[Key, Payload]) -> tuple[str, tuple[str, ...]]:
    return item[1].sender.student, tuple(map(str, item[0]))
