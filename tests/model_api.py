"""An API to plan against: it keeps what an Ed-Fi API keeps together, and can be told to fail."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from compiler.engines.ods import RefusedError, plain
from compiler.planning.model import OdsRecord, Spot, Step
from compiler.semantics.values import dig, shown
from tests.planned import PROGRAMS, SCHOOLS

REFUSED, CUT_OFF_BEFORE, CUT_OFF_AFTER = "refused", "cut off before", "cut off after"


class CutOffError(Exception):
    """The process ends in the middle of a request."""


class ModelApi:
    """Records by resource and key. ``faults`` are what goes wrong, by the number of the request.

    A program association, or a grade, cannot be without an association of its student with its school; an association
    cannot be deleted while it is the last and has any.
    """

    def __init__(self) -> None:
        self.records: dict[Spot, OdsRecord] = {}
        self.faults: dict[int, str] = {}
        self.requests = 0
        self.broken: list[str] = []
        """What was refused although nobody asked for a fault."""
        self.half_done: tuple[str, Spot] | None = None
        """The request that was cut off after it was done, until the next one."""
        self._number = 0

    def find(self, resource: str, named: Mapping[str, Any]) -> OdsRecord | None:
        return self.records.get((resource, tuple(named.values())))

    def send(self, step: Step, ods_id: str) -> OdsRecord | None:
        fault = self.faults.get(self.requests)
        self.requests += 1
        if self.half_done == (step.verb, step.spot):
            self.broken.append(f"{step.verb} {step.spot} is repeated blindly")
        self.half_done = None
        if fault == REFUSED:
            raise RefusedError("the API is not well")
        if fault == CUT_OFF_BEFORE:
            raise CutOffError
        found = self._send(step)
        if fault == CUT_OFF_AFTER:
            self.half_done = (step.verb, step.spot)
            raise CutOffError
        return found

    def _send(self, step: Step) -> OdsRecord | None:
        there = self.records.get(step.spot)
        if step.verb == "DELETE":
            if there is None:
                raise RefusedError("there is no such record", missing=True)
            self._check(step, not self._left_alone(step.spot), "has dependents")
            del self.records[step.spot]
            return None
        self._check(step, step.verb == "POST" or there is not None, "is not there")
        self._check(step, self._has_parent(step.resource, step.body or {}), "has no parent")
        self.add(step.resource, step.key, step.body or {})
        return self.records[step.spot]

    def add(self, resource: str, key: tuple[Any, ...], body: Mapping[str, Any]) -> OdsRecord:
        """Hold a record, under the id that it has."""
        there = self.records.get((resource, key))
        self._number += 1
        taken = there.ods_id if there is not None else f"id-{self._number}"
        found = OdsRecord(resource, taken, copy.deepcopy(dict(body)), f"tag-{self._number}")
        self.records[resource, key] = found
        return found

    def _check(self, step: Step, holds: bool, problem: str) -> None:
        if not holds:
            self.broken.append(f"{step.verb} {step.resource} {step.key} {problem}")
            raise RefusedError(problem)

    def _has_parent(self, resource: str, body: Mapping[str, Any]) -> bool:
        return resource == SCHOOLS or self.schools(near(resource, body)) > 0

    def schools(self, place: tuple[str, str]) -> int:
        """How many associations a student has with a school."""
        return sum(1 for spot, r in self.records.items() if spot[0] == SCHOOLS and near(SCHOOLS, r.body) == place)

    def _left_alone(self, spot: Spot) -> list[Spot]:
        """What would be left without a parent."""
        place = near(spot[0], self.records[spot].body)
        if spot[0] != SCHOOLS or self.schools(place) > 1:
            return []
        return [s for s, record in self.records.items() if s[0] != SCHOOLS and near(s[0], record.body) == place]


def near(resource: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """The student and the school of a record."""
    place = {
        SCHOOLS: ("schoolReference", "schoolId"),
        PROGRAMS: ("educationOrganizationReference", "educationOrganizationId"),
    }.get(resource, ("school",))
    student = ("studentReference", "studentUniqueId") if resource in (SCHOOLS, PROGRAMS) else ("student",)
    return shown(dig(body, student)), shown(dig(body, place))


def same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two bodies say the same."""
    return bool(plain(left) == plain(right))
