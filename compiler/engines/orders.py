"""A plan as it is read back from its file, to be published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.engines.folder import DataError
from compiler.engines.identity import exact
from compiler.engines.publishing import Orders
from compiler.planning.model import Action, Booking, Mapped, Reason, State, Step
from compiler.semantics.wanted import Sender


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The steps and bookings of a plan, the state whose publications it is of, its school years, and the revision of
    the identity map that it was made from (None: it was made without one).
    """

    orders: Orders
    state: str
    years: tuple[int, ...]
    revision: int | None


def read_plan(path: Path) -> PlanFile:
    """A plan from the lines that `plan --format jsonl` prints; raises :class:`DataError` where it is cut off."""
    try:
        content = path.read_bytes()
        lines = [exact(line) for line in content.splitlines() if line.strip()]
    except OSError as error:
        raise DataError(f"{path} could not be read: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"{path} is no plan: print one with `rulewright plan --format jsonl`") from error
    try:
        about = lines[-1]["plan"]
        steps = tuple(_step(line) for line in lines if "verb" in line and "body" in line)
        bookings = tuple((int(line["schoolYear"]), _booking(line)) for line in lines if "identityMap" in line)
        if len(steps) != about["steps"]:
            raise DataError(f"{path} is no whole plan: it has {len(steps)} of {about['steps']} steps")
        name = hashlib.sha256(content).hexdigest()
        return PlanFile(
            Orders(name, steps, bookings), about["state"], tuple(about["schoolYears"]), about["identityRevision"]
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DataError(f"{path} is no whole plan: its last line is missing, or a line is not one of a plan") from error


def _step(line: dict[str, Any]) -> Step:
    return Step(
        verb=line["verb"],
        year=line["schoolYear"],
        publication=line["publication"],
        resource=line["resource"],
        names=tuple(line["key"]),
        key=tuple(line["key"].values()),
        sender=_sender(line),
        organization=line["organization"],
        body=line["body"],
        reasons=(Reason(line["reason"], tuple(line["because"])),),
        ods_id=line["odsId"],
        moves=line["keyChange"],
        warnings=tuple(line["warnings"]),
    )


def _booking(line: dict[str, Any]) -> Booking:
    row = Mapped(
        line["resource"],
        tuple(line["key"]),
        tuple(line["key"].values()),
        _sender(line),
        line["organization"],
        line["body"],
        State(line["state"]),
        line["odsId"],
        line["etag"],
    )
    return Booking(Action(line["identityMap"]), row, line["reason"], tuple(line["because"]))


def _sender(line: dict[str, Any]) -> Sender:
    return Sender(line["object"]["type"], line["object"]["key"], line["student"])
