"""Plans as text and as lines of JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from compiler.engines.planning import Planned
from compiler.planning.model import Action, Booking, Cause, Plan, Reason, Standing, Step
from compiler.planning.telling import record_words, told
from compiler.reports.text import plain, plural
from compiler.semantics.wanted import Sender, Unsent, Why

_ENCODER = msgspec.json.Encoder(decimal_format="number")  # an exact decimal is a number of JSON
_AFTERWARDS = {"keep": "; what was sent before stays", "delete": "; what was sent before is deleted"}
_BOOKED = {
    Action.FORGET: "forgotten",
    Action.ADOPT: "taken over from the API",
    Action.LEAVE: "left behind",
    Action.SETTLE: "tried no more",
}


def as_text(planned: Planned) -> Iterator[str]:
    """Plans for people: by year, a line for each request, and for all that is not sent or stays otherwise."""
    names = " and ".join(publication.id for publication in planned.publications)
    for publication in planned.publications:
        if publication.not_in_schema:
            listed = ", ".join(publication.not_in_schema)
            yield plain(f"{publication.id}: the API has no place for {listed}; nothing is sent of it")
    for plan in planned.plans:
        yield f"{names}, school year {plan.year}: {summary(plan)}"
        for step in plan.steps:
            yield plain(f"  {_step(step)}")
            yield from (plain(f"    warning: {warning}") for warning in step.warnings)
        for booking in plan.bookings:
            row = booking.row
            named = record_words(row.resource, row.names, row.key)
            yield plain(f"  {_BOOKED[booking.action]}: {named}: {_why_booked(booking)}")
        for _, unsent in plan.unsent:
            yield plain(f"  not sent: {unsent.sender}: {unsent.reason}{_AFTERWARDS.get(unsent.after_sending, '')}")
        yield from (plain(f"  not sent: {told(entry)}") for entry in plan.standing if _is_unsent(entry))
        yield from (plain(f"  differs on purpose: {told(entry)}") for entry in plan.standing if not _is_unsent(entry))
        if plan.stale:
            yield f"  resync needed: {len(plan.stale)}"


def _step(step: Step) -> str:
    sender = f" ({step.sender})" if step.sender.type else ""
    moves = ", as its key changes" if step.moves else ""
    reasons = "; ".join(map(_reason, step.reasons))
    named = record_words(step.resource, step.names, step.key)
    return f"{step.verb} {named}{sender}{moves}: {reasons}"


def _reason(reason: Reason) -> str:
    return f"{reason.words} [{', '.join(reason.ids)}]" if reason.ids else reason.words


def _why_booked(booking: Booking) -> str:
    return f"{booking.reason} [{', '.join(booking.ids)}]" if booking.ids else booking.reason


def _is_unsent(entry: Standing) -> bool:
    """Whether something is not sent; else a record stays as it is."""
    return bool(entry.verb) and entry.cause is not Cause.NOT_REPOSTED


def summary(plan: Plan) -> str:
    """How much a plan sends, and what it does not."""
    verbs = Counter(step.verb for step in plan.steps)
    sent = ", ".join(f"{verbs[verb]} {verb}" for verb in ("DELETE", "POST", "PUT") if verbs[verb])
    reasons: Counter[str] = Counter(unsent.why.value for _, unsent in plan.unsent)
    reasons.update(entry.cause.value for entry in plan.standing if _is_unsent(entry))
    places = dict.fromkeys([*(why.value for why in Why), *(cause.value for cause in Cause)])
    unsent = ", ".join(f"{reasons[reason]} {reason}" for reason in places if reasons[reason])
    parts = [
        f"{plural(len(plan.steps), 'request')}{f' ({sent})' if sent else ''}",
        f"{reasons.total()} not sent{f' ({unsent})' if unsent else ''}",
    ]
    kept = sum(1 for entry in plan.standing if not _is_unsent(entry))
    if kept:
        parts.append(f"{kept} {'differs' if kept == 1 else 'differ'} on purpose")
    if plan.stale:
        parts.append(f"resync needed: {len(plan.stale)}")
    return ", ".join(parts)


def as_jsonl(planned: Planned) -> Iterator[str]:
    """Plans for programs: an object a line. Requests with their bodies come first, a line about the whole last.

    Without that line a plan is cut off, and is not published.
    """
    steps = 0
    for plan in planned.plans:
        for step in plan.steps:
            steps += 1
            yield _line(step_json(step))
    for plan in planned.plans:
        yield from (_line(_booking(plan, booking)) for booking in plan.bookings)
        yield from (_line(_unsent(plan, *entry)) for entry in plan.unsent)
        yield from (_line(_standing(plan, entry)) for entry in plan.standing)
        yield from (_line({**_standing(plan, entry), "resyncNeeded": True}) for entry in plan.stale)
    of, years = {"steps": steps, "state": planned.state}, [plan.year for plan in planned.plans]
    yield _line({"plan": {**of, "schoolYears": years, "identityRevision": planned.revision}})


def _line(value: dict[str, Any]) -> str:
    return _ENCODER.encode(value).decode()


def step_json(step: Step) -> dict[str, Any]:
    """A step as a line of a plan holds it."""
    return {
        "publication": step.publication,
        "schoolYear": step.year,
        "verb": step.verb,
        "resource": step.resource,
        "key": step.named,
        "object": _object(step.sender),
        "student": step.sender.student,
        "organization": step.organization,
        "body": step.body,
        "odsId": step.ods_id,
        "because": list(step.ids),
        "reason": "; ".join(reason.words for reason in step.reasons),
        "keyChange": step.moves,
        "goesWith": list(step.with_parent[1]) if step.with_parent is not None else None,
        "warnings": list(step.warnings),
    }


def _booking(plan: Plan, booking: Booking) -> dict[str, Any]:
    row = booking.row
    return {
        "schoolYear": plan.year,
        "identityMap": booking.action.value,
        "resource": row.resource,
        "key": dict(zip(row.names, row.key, strict=True)),
        "object": _object(row.sender),
        "student": row.sender.student,
        "organization": row.organization,
        "body": row.body,
        "state": row.state.value,
        "odsId": row.ods_id,
        "etag": row.etag,
        "because": list(booking.ids),
        "reason": booking.reason,
    }


def _unsent(plan: Plan, publication: str, unsent: Unsent) -> dict[str, Any]:
    return {
        "publication": publication,
        "schoolYear": plan.year,
        "notSent": unsent.why.value,
        "object": _object(unsent.sender),
        "student": unsent.sender.student,
        "reason": unsent.reason,
        "missing": list(unsent.missing),
        "afterSending": unsent.after_sending or None,
        "behind": _object(unsent.winner) if unsent.winner is not None else None,
    }


def _standing(plan: Plan, entry: Standing) -> dict[str, Any]:
    return {
        "publication": entry.publication,
        "schoolYear": plan.year,
        "notSent" if _is_unsent(entry) else "onPurpose": entry.cause.value,
        "verb": entry.verb or None,
        "resource": entry.resource,
        "key": dict(zip(entry.names, entry.key, strict=True)),
        "object": _object(entry.sender),
        "student": entry.sender.student,
        "reason": entry.reason,
    }


def _object(sender: Sender) -> dict[str, str]:
    return {"type": sender.type, "key": sender.key}
