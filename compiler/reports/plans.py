"""Plans as text and as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from compiler.engines.planning import Plan, Planned, Request
from compiler.reports.text import plain, plural
from compiler.semantics import ir
from compiler.semantics.wanted import Sender, Unsent, Why

_ENCODER = msgspec.json.Encoder(decimal_format="number")  # an exact decimal is a number of JSON


def as_text(planned: Planned) -> Iterator[str]:
    """A plan for people: a line for each request and for each object that sends nothing, by year."""
    publication = planned.publication
    for plan in planned.plans:
        yield f"{publication.id}, school year {plan.year}: {summary(plan)}"
        for request in plan.requests:
            key = ", ".join(f"{name} {value}" for name, value in _key(publication, request).items())
            yield f"  {request.verb} {publication.target_plural} {plain(key)} ({plain(str(request.payload.sender))})"
        for unsent in plan.unsent:
            yield f"  not sent: {plain(str(unsent.sender))}: {plain(unsent.reason)}{_afterwards(unsent)}"


def summary(plan: Plan) -> str:
    """How much a plan sends, and what it does not."""
    counts = {why: sum(1 for unsent in plan.unsent if unsent.why is why) for why in Why}
    listed = ", ".join(f"{count} {why.value}" for why, count in counts.items() if count)
    return f"{plural(len(plan.requests), 'request')}, {len(plan.unsent)} not sent{f' ({listed})' if listed else ''}"


def _afterwards(unsent: Unsent) -> str:
    words = {"keep": "; what was sent before stays", "delete": "; what was sent before is deleted"}
    return words.get(unsent.after_sending, "")


def as_jsonl(planned: Planned) -> Iterator[str]:
    """A plan for programs: an object a line, requests with their bodies, then what is not sent."""
    for plan in planned.plans:
        for request in plan.requests:
            yield _ENCODER.encode(_request(planned.publication, plan.year, request)).decode()
        for unsent in plan.unsent:
            yield _ENCODER.encode(_unsent(planned.publication, plan.year, unsent)).decode()


def _request(publication: ir.Publication, year: int, request: Request) -> dict[str, Any]:
    return {
        "publication": publication.id,
        "schoolYear": year,
        "verb": request.verb,
        "resource": publication.target_plural,
        "key": _key(publication, request),
        "object": _object(request.payload.sender),
        "student": request.payload.sender.student,
        "body": request.payload.body,
    }


def _unsent(publication: ir.Publication, year: int, unsent: Unsent) -> dict[str, Any]:
    return {
        "publication": publication.id,
        "schoolYear": year,
        "notSent": unsent.why.value,
        "object": _object(unsent.sender),
        "student": unsent.sender.student,
        "reason": unsent.reason,
        "missing": list(unsent.missing),
        "afterSending": unsent.after_sending or None,
        "behind": _object(unsent.winner) if unsent.winner is not None else None,
    }


def _key(publication: ir.Publication, request: Request) -> dict[str, Any]:
    return {".".join(path): part for path, part in zip(publication.key, request.payload.key, strict=True)}


def _object(sender: Sender) -> dict[str, str]:
    return {"type": sender.type, "key": sender.key}
