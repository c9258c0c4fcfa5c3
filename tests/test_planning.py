"""Plans: which steps follow from what is wanted, the identity map and what has changed, and why."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.planning.model import Plan
from compiler.semantics.program import Program
from tests.planned import (
    Body,
    Tables,
    brief,
    enrollment,
    mapped_of,
    open_planned,
    participation,
    planned,
    tables,
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return open_planned(tmp_path_factory.mktemp("planned"))


def after_events(program: Program, before: Tables, after: Tables, **more: Any) -> Plan:
    """The plan after all that was wanted before has been sent."""
    sent = mapped_of(planned(program, before))
    return planned(program, after, before, mapped=sent, **more)


A, B = enrollment(1), enrollment(2, startDate="2025-01-08")

EVENTS: dict[str, tuple[list[Body], list[Body], list[str]]] = {
    "nothing": ([A], [A], []),
    "a new enrollment": ([A], [A, B], ["POST school 2025-01-08 10 900 Enrollment 2 because PL-T1"]),
    "one that is gone": ([A, B], [A], ["DELETE school 2025-01-08 10 900 Enrollment 2 because PL-T20"]),
    "a start status": (
        [A],
        [{**A, "startStatus": "99"}],
        ["PUT school 2024-08-12 10 900 Enrollment 1 because PL-T12"],
    ),
    "an end date, which no trigger names": (
        [A],
        [{**A, "endDate": "2025-03-01"}],
        ["PUT school 2024-08-12 10 900 Enrollment 1"],
    ),
    "a field that nothing reads": ([A], [{**A, "modifiedBy": "somebody"}], []),
    "what an earlier enrollment says": (
        [A, B],
        [{**A, "endAction": "R"}, B],
        ["PUT school 2025-01-08 10 900 Enrollment 2 because PL-T15"],
    ),
    "No Show": (
        [A],
        [{**A, "noShow": True}],
        ["DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T23"],
    ),
    "a start date": (
        [A],
        [{**A, "startDate": "2024-08-19"}],
        [
            "DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T8",
            "POST school 2024-08-19 10 900 Enrollment 1 because PL-T8",
        ],
    ),
    "a successor": (
        [{**A, "serviceType": "P"}, enrollment(2, serviceType="S")],
        [enrollment(2, serviceType="S")],
        ["POST school 2024-08-12 10 900 Enrollment 2 because PL-T3"],
    ),
    "a lower one that is gone": (
        [{**A, "serviceType": "P"}, enrollment(2, serviceType="S")],
        [{**A, "serviceType": "P"}],
        [],
    ),
    "a deletion takes its dependents along, and they are posted again where they still can be": (
        [A, participation(1)],
        [{**A, "startDate": "2024-08-19"}, participation(1)],
        [
            "DELETE program 2024-09-01 10 900 Participation 1",
            "DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T8",
            "POST school 2024-08-19 10 900 Enrollment 1 because PL-T8",
            "POST program 2024-09-01 10 900 Participation 1",
        ],
    ),
    "a dependent without its parent waits": (
        [A, participation(1)],
        [participation(1)],
        [
            "DELETE program 2024-09-01 10 900 Participation 1",
            "DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T20",
        ],
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_steps_after_events(program: Program, name: str) -> None:
    before, after, expected = EVENTS[name]
    assert brief(after_events(program, tables(*before), tables(*after))) == expected
