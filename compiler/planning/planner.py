"""From what is wanted to the steps of a plan.

Pure: a plan follows from what the publications want, the identity map, the configuration and, after events, the
changes between two worlds; of a resync also from what the API holds. *What* is sent never follows from the changes:
they only say which keys are looked at. In turn:

1. each resource: what is to be done at every key (``deciding``, or the table of ``resyncing``);
2. what is not due, is off or of a year without configuration drops out (``looking``);
3. deletions take their dependents along, which are posted again (``cascading``);
4. what lacks a parent waits, what has got one is looked at (``ordering``);
5. the rest in order, and every record that stays otherwise than wanted with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from compiler.planning.bodies import replaced, says_the_same, sortable
from compiler.planning.cascading import Cascade, cascade
from compiler.planning.deciding import Decided, decide, moves_of, standing, touches_of
from compiler.planning.drafts import DELETE, POST, PUT, Draft
from compiler.planning.evidence import Evidence, Touch
from compiler.planning.looking import Look, look, reasons_for
from compiler.planning.model import (
    Action,
    Booking,
    Cause,
    Mapped,
    OdsRecord,
    Plan,
    Reason,
    Spot,
    Standing,
    State,
    Step,
    Wants,
)
from compiler.planning.ordering import Present, children_first, ordered
from compiler.planning.resyncing import NOBODY, resync, row_of
from compiler.planning.spaces import Space, spaces_of
from compiler.semantics import ir
from compiler.semantics.wanted import Sender, Unsent, Why


class Mode(StrEnum):
    """Which keys are looked at: those that changes touch, all of them, or all of them beside those of the API."""

    EVENT = "event"
    ALL = "all"
    RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class Task:
    """What a plan of a year is made from. ``due`` are the records whose last step failed or is still to be taken.

    ``most_deletes`` limits the deletions of a resync (None: one in a hundred of the mapped records, at least one).
    """

    year: int
    wants: tuple[Wants, ...]
    mapped: tuple[Mapped, ...] = ()
    due: frozenset[Spot] = frozenset()
    evidence: Evidence | None = None
    mode: Mode = Mode.ALL
    ods: tuple[OdsRecord, ...] = ()
    most_deletes: int | None = None


@dataclass(slots=True)
class _Making:
    """A plan in the making: ``due`` are the steps taken at each record, ``waiting`` those that were passed over."""

    task: Task
    plan: Plan
    spaces: dict[str, Space]
    rows: dict[Spot, Mapped]
    due: dict[Spot, list[Draft]] = field(default_factory=dict)
    passed_over: list[Draft] = field(default_factory=list)


def plan_year(task: Task) -> Plan:
    """The plan of a school year."""
    plan = _planned(task, may_delete=True)
    if task.mode is not Mode.RESYNC:
        return plan
    limit = max(1, len(task.mapped) // 100) if task.most_deletes is None else task.most_deletes
    if sum(1 for step in plan.steps if step.verb == DELETE) > limit:
        withheld = [step for step in plan.steps if step.verb == DELETE]
        plan = _planned(task, may_delete=False)
        plan.standing += [_withheld(step, len(withheld), limit) for step in withheld]
    plan.most_deletes = limit
    return plan


def _planned(task: Task, *, may_delete: bool) -> Plan:
    plan = Plan(task.year)
    spaces = {space.resource: space for space in spaces_of(task.wants)}
    making = _Making(task, plan, spaces, {row.spot: row for row in task.mapped})
    for space in spaces.values():
        for wants in space.wants:
            plan.unsent += [(wants.publication.id, _unsent(wants, unsent, task.year)) for unsent in wants.after.unsent]
        plan.standing += space.behind
        _take_up(making, space, _decided(making, space), may_delete=may_delete)
    along = cascade(making.due, spaces, making.rows.values(), task.year)
    plan.standing += along.standing
    resources = children_first([wants.publication for wants in task.wants])
    _settle(making, along, resources)
    plan.stale = [_passed_over(draft) for draft in making.passed_over if draft.spot not in making.due]
    plan.steps = ordered([*along.gone.values(), *_steps(making)], resources)
    _note_what_needs_nothing(making)
    plan.standing.sort(key=_place)
    plan.stale.sort(key=_place)
    plan.bookings.sort(key=lambda booking: (booking.row.resource, sortable(booking.row.key)))
    return plan


def _unsent(wants: Wants, unsent: Unsent, year: int) -> Unsent:
    """Why an object sends nothing: in a year without configuration no record need be mended."""
    if wants.valid or unsent.why not in (Why.BLOCKED, Why.UNDECIDED):
        return unsent
    return replace(unsent, why=Why.INVALID_YEAR, reason=_not_configured(year), missing=())


def _not_configured(year: int) -> str:
    return f"the school year {year} has no valid configuration"


# -- what is to be done, and what of it is due


def _decided(making: _Making, space: Space) -> Decided:
    task = making.task
    rows = {row.key: row for row in task.mapped if row.resource == space.resource and space.has(row.sender)}
    if task.mode is not Mode.RESYNC or not all(wants.valid and wants.on for wants in space.wants):
        return decide(space, rows, moves_of(space, rows, task.evidence), task.evidence)
    found = resync(space, rows, (record for record in task.ods if record.resource == space.resource), task.evidence)
    making.plan.bookings += found.bookings
    for row in rows.values():
        making.rows.pop(row.spot, None)
    making.rows.update({row.spot: row for row in found.rows.values()})
    return found.decided


def _take_up(making: _Making, space: Space, decided: Decided, *, may_delete: bool) -> None:
    """Sort the steps of a resource into those that are due and those that are not."""
    task, plan = making.task, making.plan
    live = all(wants.valid and wants.on for wants in space.wants)
    plan.standing += decided.standing if live else []
    for booking in decided.bookings if live else ():
        _book(making, space, booking)
    for drafts in decided.drafts.values():
        for draft in drafts:
            if not (draft.wants.valid and draft.wants.on):
                _take_up_off(making, draft)
                continue
            if draft.verb == DELETE and not may_delete:
                continue
            row = making.rows.get(draft.spot)
            retried = draft.spot in task.due or (row is not None and row.state is State.PENDING)
            told = bool(draft.reasons)
            found = (
                Look.DUE
                if told
                else look(
                    draft,
                    task.evidence,
                    retried=retried,
                    everything=task.mode is not Mode.EVENT or task.evidence is None,
                )
            )
            _sort(making, draft, found)


def _sort(making: _Making, draft: Draft, found: Look) -> None:
    if found is Look.DUE:
        making.due.setdefault(draft.spot, []).append(draft)
        return
    making.passed_over.append(draft)
    if found is Look.UNLISTED:
        words = "; ".join(reason.words for reason in draft.reasons)
        making.plan.standing.append(_standing(Cause.UNLISTED, draft, f"it is held for the resync: {words}"))


def _take_up_off(making: _Making, draft: Draft) -> None:
    """A step of a resource that is off, or of a year without configuration: told, unless a change is sent even so."""
    wants = draft.wants
    if not wants.valid:
        making.plan.standing.append(_standing(Cause.INVALID_YEAR, draft, _not_configured(making.task.year)))
        return
    put = _even_when_off(making, draft)
    if put is not None:
        making.due.setdefault(put.spot, []).append(put)
    making.plan.standing.append(_standing(Cause.OFF, draft, f"{draft.space.resource} are off"))


def _even_when_off(making: _Making, draft: Draft) -> Draft | None:
    """The PUT of what was last sent, with the elements that are sent although the resource is off."""
    row, slot, evidence = draft.row, draft.slot, making.task.evidence
    if draft.verb != PUT or row is None or slot is None or making.task.mode is Mode.RESYNC:
        return None
    touches = touches_of(draft.space, draft.key, row.sender, evidence)
    heard: list[ir.EvenWhenOff] = []
    caused: list[Touch] = []
    for entry in draft.wants.publication.configuration.even_when_off:
        of_entry = [touch for touch in touches if touch.is_of(entry.table, entry.fields)]
        if of_entry or draft.spot in making.task.due:
            heard.append(entry)
            caused += of_entry
    paths = [path for entry in heard for path in entry.elements]
    body = replaced(row.body, slot.payload.body, paths)
    if says_the_same(paths, body, row.body):
        return None
    put = Draft(PUT, draft.space, draft.key, draft.wants, slot, row, body)
    put.reasons = [*reasons_for(put, caused), *(Reason(entry.reason) for entry in heard)]
    return put


# -- parents


def _settle(making: _Making, along: Cascade, resources: list[str]) -> None:
    """Parents first: what lacks a parent waits; what was passed over is looked at when its parent is posted."""
    present = Present(_there(making))
    for step in along.gone.values():
        present.take(step)
    for draft in _all(making.due):
        if draft.verb == DELETE:
            present.take(draft)
    released: set[Draft] = set()
    for resource in reversed(resources):
        space = making.spaces.get(resource)
        if space is None:
            continue
        for draft in [draft for draft in making.passed_over if draft.space is space]:
            if draft.verb == POST and draft.spot not in making.due and present.is_new_below(draft, making.spaces):
                draft.reasons = [Reason("what it depends on is posted")]
                released.add(draft)
                making.due.setdefault(draft.spot, []).append(draft)
        for draft in [draft for draft in _all(making.due) if draft.space is space and draft.verb != DELETE]:
            lacking = present.lacking(draft, making.spaces)
            if lacking:
                making.due[draft.spot].remove(draft)
                making.plan.standing.append(_standing(Cause.WAITING, draft, f"it waits for {lacking}"))
            else:
                present.take(draft)
    making.passed_over = [draft for draft in making.passed_over if draft not in released]


def _there(making: _Making) -> Iterator[Mapped]:
    """The records that are there before the plan: those of the identity map; in a resync, what the API says."""
    told = making.task.mode is Mode.RESYNC
    yield from (row for row in making.rows.values() if not (told and row.resource in making.spaces))
    for record in making.task.ods if told else ():
        space = making.spaces.get(record.resource)
        key = space.key_of(record.body) if space is not None else None
        if space is not None and key is not None:
            yield row_of(space, key, NOBODY, record)


def _all(due: dict[Spot, list[Draft]]) -> list[Draft]:
    return [draft for drafts in due.values() for draft in drafts]


# -- what the plan says


def _steps(making: _Making) -> Iterable[Step]:
    for draft in _all(making.due):
        yield draft.step(making.task.year)
        for booking in draft.bookings:
            _book(making, draft.space, booking)


def _book(making: _Making, space: Space, booking: Booking) -> None:
    """Note a record that is left under its old key."""
    making.plan.bookings.append(booking)
    making.plan.standing.append(standing(Cause.ABANDONED, space, booking.row, booking.reason))


def _place(entry: Standing) -> tuple[object, ...]:
    return entry.resource, sortable(entry.key), entry.cause, entry.sender, entry.reason


def _standing(cause: Cause, draft: Draft, reason: str) -> Standing:
    space, publication = draft.space, draft.wants.publication
    return Standing(cause, publication.id, space.resource, space.names, draft.key, draft.sender, reason, draft.verb)


def _passed_over(draft: Draft) -> Standing:
    return _standing(Cause.UNLISTED, draft, "nothing that the publication listens to has changed")


def _withheld(step: Step, count: int, limit: int) -> Standing:
    words = f"{count} records would be deleted, and at most {limit} may be"
    return Standing(
        Cause.WITHHELD, step.publication, step.resource, step.names, step.key, step.sender, words, step.verb
    )


def _note_what_needs_nothing(making: _Making) -> None:
    """Records whose last step failed, and that are as they should be by now, are tried no more."""
    plan = making.plan
    open_spots = {step.spot for step in plan.steps} | {entry.spot for entry in (*plan.standing, *plan.stale)}
    for resource, key in sorted(making.task.due - open_spots, key=str):
        space, row = making.spaces.get(resource), making.rows.get((resource, key))
        if space is not None and (row is None or row.state is not State.PENDING):
            row = row or Mapped(resource, space.names, key, Sender("", ""), None, {})
            plan.bookings.append(Booking(Action.SETTLE, row, "nothing is to be done any more"))
