"""Taking the steps of a plan, one request at a time, so that nothing is lost or sent twice when it is cut off.

Before the first request all steps are in the queue of the identity map. Each step is *pending* before its request and
settled after it. A step that was cut off is first asked for by its key: when the API has it, it is done. What is
refused stops the steps of its student, which stay in the queue; the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.engines.identity import IdentityMap
from compiler.engines.ods import Ods, RefusedError, plain
from compiler.planning.drafts import DELETE
from compiler.planning.model import Booking, Mapped, OdsRecord, State, Step


@dataclass(frozen=True, slots=True)
class Orders:
    """A plan as it is published: its name (a hash of all it says), its steps in order, its bookings by year."""

    name: str
    steps: tuple[Step, ...]
    bookings: tuple[tuple[int, Booking], ...]


@dataclass(slots=True)
class Published:
    """What came of a plan. ``known`` steps had come through before they were cut off; ``held_up`` were not tried."""

    accepted: int = 0
    known: int = 0
    refused: list[tuple[Step, str]] = field(default_factory=list)
    held_up: int = 0


def publish(orders: Orders, identity: IdentityMap, ods: Mapping[int, Ods]) -> Published:
    """Take the steps of a plan that are not yet taken; ``ods`` is the API of each school year."""
    if not identity.begun(orders.name):
        identity.begin(orders.name, orders.steps, orders.bookings)
    result = Published()
    stopped: set[tuple[int, object]] = set()
    last = {(step.year, step.spot): number for number, step in enumerate(orders.steps)}
    for number, step in enumerate(orders.steps):
        whose = (step.year, step.sender.student or step.spot)
        if identity.is_done(orders.name, number):
            continue
        if whose in stopped:
            result.held_up += 1
            continue
        # what goes with a parent and is of no publication of the plan stays in the queue of its own
        is_last = last[step.year, step.spot] == number and (bool(step.publication) or step.verb != DELETE)
        try:
            settled = _taken(step, identity, ods[step.year], result)
        except RefusedError as refusal:
            result.refused.append((step, str(refusal)))
            stopped.add(whose)
        else:
            identity.accepted(orders.name, number, step, settled, is_last=is_last)
    return result


def _taken(step: Step, identity: IdentityMap, ods: Ods, result: Published) -> Mapped | None:
    """Take a step; gives the row of the identity map that it comes to (None: the record is deleted)."""
    known = identity.row(step.year, step.spot)
    if known is not None and known.state is State.PENDING:
        there = ods.find(step.resource, step.named)
        if _is_as_wanted(step, there):
            result.known += 1
            return _row(step, there) if there is not None else None
        known = replace(_row(step, there), sender=known.sender, body=there.body) if there is not None else None
    identity.pending(known or _row(step, None), step.year)
    try:
        there = ods.send(step, step.ods_id or (known.ods_id if known is not None else ""))
    except RefusedError as refusal:
        if not (step.verb == DELETE and refusal.missing):
            identity.refused(step, known, str(refusal))
            raise
        there = None
    result.accepted += 1
    return _row(step, there) if there is not None else None


def _is_as_wanted(step: Step, there: OdsRecord | None) -> bool:
    if there is None or step.body is None:
        return there is None and step.body is None
    return bool(plain(there.body) == plain(step.body))


def _row(step: Step, there: OdsRecord | None) -> Mapped:
    """What the identity map has of a step that has come through, or (nothing there) is about to be taken."""
    body: dict[str, Any] = {} if there is None else (step.body if step.body is not None else there.body)
    return Mapped(
        step.resource,
        step.names,
        step.key,
        step.sender,
        step.organization,
        body,
        State.SENT,
        there.ods_id if there is not None else "",
        there.etag if there is not None else "",
    )
