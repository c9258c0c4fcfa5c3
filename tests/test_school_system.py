"""The twelve students of ``examples/school-system``: a change of each, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support import ROOT, Execute

FOLDER = ROOT / "examples" / "school-system"
DAYS = ("--before", FOLDER / "before", "--after", FOLDER / "after", "--as-of", "2025-03-10")
PLANS = {"nebraska": ("NE-SSA", "NE-SSA-R18"), "minnesota": ("MN-SPED",)}


@pytest.mark.parametrize("state", PLANS)
def test_the_plan_of_a_change_of_each(state: str, execute: Execute, golden: Callable[[str, str], None]) -> None:
    ran = execute(ROOT, "plan", *PLANS[state], *DAYS, "--year", "2025")
    golden(f"plan-school-system-{state}.txt", ran.out)


def test_each_student_is_told_of(execute: Execute) -> None:
    told = "".join(execute(ROOT, "plan", *specs, *DAYS).out for specs in PLANS.values())
    people = [json.loads(line) for line in (FOLDER / "after" / "people.jsonl").read_text().splitlines()]
    enrollments = [json.loads(line) for line in (FOLDER / "after" / "enrollments.jsonl").read_text().splitlines()]
    assert len(people) == 12
    for person in people:
        mine = [f"Enrollment {e['enrollmentID']}" for e in enrollments if e["personID"] == person["personID"]]
        assert person["edFiID"] in told or any(name in told for name in mine)


def test_without_a_change_nothing_is_sent(execute: Execute) -> None:
    for specs in PLANS.values():
        same = execute(ROOT, "plan", *specs, *DAYS[:2], "--after", FOLDER / "before", "--year", "2025")
        assert "0 requests" in same.out
