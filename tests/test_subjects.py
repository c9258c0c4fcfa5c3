"""Subjects of rules: joined lists, conflicts, steps of severity and names, the same from every back end.

Each case is a rule over the world of ``test_meaning``: an enrollment at a school that is there, and one at a school
that is not.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from compiler.diagnostics import Level
from compiler.engines.python_engine import PythonEngine
from compiler.reports.diagnostics import render
from compiler.semantics.findings import Finding
from compiler.semantics.outcomes import Context, evaluate
from tests.evaluation import by_interpreter, by_sql, connected, world_of
from tests.support import Sample
from tests.test_meaning import ENROLLMENTS, WORLD

RULE = """\
id: SX-1
title: Case
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: |
  {subject}
all years: true
{clauses}
message: x
fix: x
examples: []
"""


@dataclass(frozen=True)
class Case:
    """A rule, what is changed of the second enrollment, and the outcomes of its subjects in order."""

    subject: str
    clauses: str
    outcomes: dict[str, int]
    definitions: str = ""
    change: dict[str, Any] = field(default_factory=dict)
    folder: str = "enrollment"


EACH = "studentSchoolAssociation as e"
FIRST_DAY = f"require: (earliest of x.entryDate for x in {ENROLLMENTS}) is 2023-08-07"

CASES = {
    "a joined list that nobody knows is one subject, which is not checked": Case(
        f"{EACH}, g in e.school.gradeLevels",
        "require: g.gradeLevelDescriptor is '03'\nseverity: Error",
        {"pass": 1, "not checked": 2},
    ),
    "a joined list of records that nobody knows is one subject": Case(
        f"{EACH}, s in e.school.localEducationAgency.schools",
        "require: s.schoolId is 10\nseverity: Error",
        {"pass": 1, "not checked": 1},
    ),
    "what a filter of the joined list looks at is known beside it too": Case(
        f"{EACH}, g in (all x in e.school.gradeLevels where (e.student.birthDate is before 2020-01-01))",
        "require: e.student.birthDate is 2016-02-29\nseverity: Error",
        {"pass": 3},
    ),
    "what does not ask for the joined member is checked even so": Case(
        f"{EACH}, g in e.school.gradeLevels", f"{FIRST_DAY}\nseverity: Error", {"pass": 3}
    ),
    "a member that only perhaps belongs to the list keeps its place": Case(
        f"{EACH}, f in (all x in {ENROLLMENTS} where (x.fullTimeEquivalency is 0.2 or x.repeatGradeIndicator))",
        "require: f.schoolReference.schoolId is 99\nonce per: [student]\nseverity: Error",
        {"violation": 4},
    ),
    "a rival whose reference cannot be read is a rival, though without a key": Case(
        EACH,
        f"conflicts with: {ENROLLMENTS}.calendar\nseverity: Error",
        {"violation": 2},
        change={"calendarReference": {"calendarCode": "A"}},
    ),
    "a step without a known end is passed over": Case(
        EACH,
        "require: e.schoolReference.schoolId is 99\n"
        "severity: {steps: [{until: 400 years before 0001-01-01, is: Informational}, {is: Warning}]}",
        {"violation": 2},
    ),
    "a parameter may be called like a function": Case(
        EACH,
        "require: other(e.entryDate) is 2023-08-08\nseverity: Error",
        {"pass": 1, "violation": 1},
        definitions="definitions:\n"
        "- {name: limit, with: {day: date}, doc: A date., is: 1 day after day}\n"
        "- {name: other, with: {limit: date}, doc: A date., is: limit(limit)}\n",
    ),
    "a parameter may be called like the function of a record's definition": Case(
        EACH,
        "require: e.foo(e.entryDate)\nseverity: Error",
        {"pass": 1, "violation": 1},
        definitions="definitions:\n"
        "- {of: student as s, name: first, doc: A date.,"
        " is: earliest of x.entryDate for x in s.studentSchoolAssociations}\n"
        "- {of: studentSchoolAssociation as e, name: foo, with: {student_first: date}, doc: A condition.,"
        " is: e.student.first is student_first}\n",
    ),
    **{
        f"rules may lie in a folder called {folder}": Case(
            EACH, f"{FIRST_DAY}\nseverity: Error", {"pass": 2}, folder=folder
        )
        for folder in ("state", "definitions", "world", "runtime", "import", "1-x")
    },
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, sample: Sample) -> None:
    case = CASES[name]
    counts, _ = found(sample, case)
    assert counts == case.outcomes


def test_the_first_of_joined_members_is_the_one_with_the_lowest_key(sample: Sample) -> None:
    _, [finding] = found(sample, CASES["a member that only perhaps belongs to the list keeps its place"])
    assert (finding.key["f"]["entryDate"], len(finding.others)) == ("2023-08-07", 3)


def test_a_later_severity_holds_where_an_earlier_step_has_no_end(sample: Sample) -> None:
    _, findings = found(sample, CASES["a step without a known end is passed over"])
    assert {finding.severity for finding in findings} == {"Warning"}


def test_a_state_may_be_called_like_a_module_of_ours(sample: Sample) -> None:
    sample.path("").rename(sample.root / "specs" / "runtime")
    program = sample.open().programs["runtime"]
    assert set(PythonEngine(program).state.RULES) == set(program.rules)


def found(sample: Sample, case: Case) -> tuple[dict[str, int], list[Finding]]:
    """How many subjects had each outcome, and the findings; every back end must say the same."""
    sample.replace("['2025']", "['2024', '2025']", "_collections.yaml")
    sample.write(RULE.format(subject=case.subject, clauses=case.clauses), f"{case.folder}/SX-1-case.yaml")
    if case.definitions:
        sample.write(case.definitions, "_definitions.yaml")
    project = sample.open()
    errors = [render(problem) for problem in project.sink.sorted() if problem.level is Level.ERROR]
    assert not errors, "\n".join(errors)
    program, context = project.programs["sample"], Context(2024, date(2024, 6, 1), "state")
    bodies: dict[str, Any] = deepcopy(WORLD)
    bodies["studentSchoolAssociation"][1].update(case.change)
    rule, world = program.rules["SX-1"], world_of(program, bodies)
    interpreted = evaluate(program, rule, world, context)
    [generated] = PythonEngine(program).evaluate([rule], bodies, context)
    assert generated.findings == interpreted.findings
    assert generated.counts == interpreted.counts
    wanted = by_interpreter(program, rule, world, context)
    assert by_sql(connected(program, bodies), program, rule, context) == wanted
    return {outcome.value: count for outcome, count in interpreted.counts.items() if count}, interpreted.findings
