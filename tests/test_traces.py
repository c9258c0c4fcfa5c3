"""Why there are the findings of a run: from every engine the same, over the records as they stand in the files."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from compiler.diagnostics import Level
from compiler.engines.duckdb import engine as duckdb_engine
from compiler.engines.explain import traces
from compiler.engines.folder import open_folder
from compiler.engines.memory import InMemory
from compiler.engines.parts import evaluation as parts
from compiler.engines.run import ENGINES, Options, RunResult, task_of
from compiler.reports.traces import render
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.program import Program
from compiler.semantics.steps import FactLine, Step
from tests.running import add_rule, enrollment, put, run_folder, school, services, student
from tests.support import Sample
from tests.test_parts import PARTS, answers_here
from tests.test_run import EXAMPLE, spoil

ALL = 10**9
ENROLLMENTS, SERVICES = "studentSchoolAssociations", "studentSpecialEducationProgramAssociations"
WAYS = (*ENGINES, "parts", "portions")
"""The engines, and two of them as they deal with much data."""

Told = dict[str, list[str]]
Trace = Callable[..., RunResult]


@pytest.fixture(scope="module")
def by() -> Trace:
    """Runs with traces: ``by(way, program, folder, ...)``."""

    def run(way: str, program: Program, folder: Path, **given: Any) -> RunResult:
        with pytest.MonkeyPatch.context() as patch:
            if way == "parts":
                patch.setattr(parts, "LITTLE", 0)
                patch.setattr(parts, "text_size", lambda *_: PARTS * parts.PART)
                patch.setattr(parts, "answers", answers_here)
            if way == "portions":
                patch.setattr(duckdb_engine, "PORTION", 2)
            engine = {"parts": "python", "portions": "duckdb"}.get(way, way)
            return run_folder(program, folder, **{"engine": engine, "traces": ALL, **given})

    return run


def of_2024(by: Trace, way: str, program: Program, folder: Path, **given: Any) -> RunResult:
    return by(way, program, folder, school_year=2024, as_of=date(2024, 6, 1), **given)


def told(result: RunResult) -> Told:
    """The traces of a run as text, by finding key."""
    return {
        key: [*(render(t.when, "when") if t.when else ()), *(render(t.require, "require") if t.require else ())]
        for key, t in result.traces.items()
    }


def differences(left: Told, right: Told) -> list[str]:
    """Where the traces of two runs differ, in few words."""
    lines = (
        f"{a} | {b}"[:300]
        for key in left.keys() & right.keys()
        for a, b in zip(left[key], right[key], strict=False)
        if a != b
    )
    return [*sorted(left.keys() ^ right.keys())[:3], *sorted(lines)[:3]]


def traceable(result: RunResult) -> list[Finding]:
    return [finding for finding in result.findings if finding.key and finding.student is not None]


# -- every finding, by every engine


@pytest.mark.parametrize("way", ["duckdb", "python", "parts"])
def test_traces_of_the_made_up_state(way: str, shared: Path, indiana: Program, by: Trace, plain: Told) -> None:
    """That a trace ends as its finding says is asked where it is made."""
    result = of_2024(by, way, indiana, shared / "data" / "indiana_synthetic_3k")
    found = traceable(result)
    assert len(found) > 500
    assert {finding.outcome for finding in found} == {Outcome.VIOLATION, Outcome.NOT_CHECKED}
    assert result.traces.keys() == {finding.finding_key for finding in found}
    assert differences(told(result), plain) == []


@pytest.fixture(scope="module")
def plain(shared: Path, indiana: Program, by: Trace) -> Told:
    return told(of_2024(by, "interpreter", indiana, shared / "data" / "indiana_synthetic_3k"))


def test_traces_of_the_example(indiana: Program, by: Trace) -> None:
    results = {way: of_2024(by, way, indiana, EXAMPLE) for way in WAYS}
    wanted = told(results["interpreter"])
    assert wanted.keys() == {finding.finding_key for finding in traceable(results["interpreter"])}
    assert [way for way, result in results.items() if differences(told(result), wanted)] == []


@pytest.mark.parametrize("seed", range(5))
def test_traces_of_spoilt_data(seed: int, indiana: Program, tmp_path: Path, by: Trace) -> None:
    chance = random.Random(seed)
    files = {path.relative_to(EXAMPLE).with_suffix("").as_posix(): path for path in sorted(EXAMPLE.rglob("*.jsonl"))}
    records = {name: [json.loads(line) for line in path.read_text().splitlines()] for name, path in files.items()}
    for _ in range(8):
        spoil(records, chance)
    data = put(tmp_path / "data", records)
    plain = told(of_2024(by, "interpreter", indiana, data))
    for way in ("duckdb", "parts"):
        assert differences(told(of_2024(by, way, indiana, data)), plain) == []


# -- whose findings


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("count", "chosen", "left"), [(0, [], 0), (1, ["5"], 2), (2, ["2", "5"], 1), (9, ["2", "5", "9"], 0)]
)
def test_the_first_students_are_traced(
    way: str, count: int, chosen: list[str], left: int, program: Program, tmp_path: Path, by: Trace
) -> None:
    """In the order of corporation and student, all findings of each; who has a finding at two, at the first."""
    bad = {"fullTimeEquivalency": 2}
    second = {"schoolReference": {"schoolId": 1002}, **bad}
    put(
        tmp_path,
        {
            "students": map(student, "2359"),
            "schools": [school(), school(1002, localEducationAgencyReference={"localEducationAgencyId": 2})],
            ENROLLMENTS: [
                enrollment("2", **second),
                enrollment("3", fullTimeEquivalency=1),
                enrollment("5", exitWithdrawDate="2024-08-01", **bad),
                enrollment("5", **second),
                enrollment("9", **second),
            ],
        },
    )  # fmt: skip
    result = by(way, program, tmp_path, traces=count, rules=("EN-1", "EN-3"))
    traced = [finding for finding in result.findings if finding.finding_key in result.traces]
    assert sorted({finding.student for finding in traced}) == chosen
    assert sum(finding.student == "5" for finding in traced) == (3 if "5" in chosen else 0)
    assert (len(result.traces), result.untraced) == (len(traced), left)


# -- which subject


RULES = {
    "EN-6": """
        for each: studentSpecialEducationProgramAssociation as q, d in q.disabilities
        require: d.orderOfDisability is less than 3
        severity: Warning
        message: There are at most two.
        """,
    "EN-7": """
        for each: studentSchoolAssociation as e
        require: e.fullTimeEquivalency is at most 1
        once per: [student]
        severity: Warning
        message: Nobody is enrolled for more than all of the time.
        """,
    "EN-8": """
        for each: studentSchoolAssociation as e
        require: number of o in e.school.studentSchoolAssociations is at most 1
        severity: Warning
        message: A school has one student.
        """,
}


@pytest.fixture(scope="module")
def subjects(rules: Sample, tmp_path_factory: pytest.TempPathFactory) -> Program:
    sample = Sample.copied(rules.root, tmp_path_factory.mktemp("subjects") / "sample")
    for name, keys in RULES.items():
        add_rule(sample, name, keys)
    project = sample.open()
    assert [d.message for d in project.sink if d.level is Level.ERROR] == []
    return project.programs["sample"]


@pytest.mark.parametrize("way", WAYS)
def test_the_subject_of_a_finding_is_traced(way: str, subjects: Program, tmp_path: Path, by: Trace) -> None:
    """The joined item, the first of a group, and what a school's other students have to do with it."""
    disabilities = [{"disabilityDescriptor": f"uri://x#0{order}", "orderOfDisability": order} for order in range(1, 5)]
    put(
        tmp_path,
        {
            "students": map(student, "12"),
            "schools": [school()],
            ENROLLMENTS: [
                enrollment("1", fullTimeEquivalency=3, entryDate="2024-09-02"),
                enrollment("2", fullTimeEquivalency=1),
                enrollment("1", fullTimeEquivalency=2),
            ],
            SERVICES: [services("1", disabilities=disabilities)],
        },
    )
    result = by(way, subjects, tmp_path, rules=tuple(RULES))
    assert [(f.rule, f.student, told(result)[f.finding_key][1]) for f in result.findings] == [
        ("EN-6", "1", f"      d.orderOfDisability = 3   ({SERVICES}.jsonl line 1)"),
        ("EN-6", "1", f"      d.orderOfDisability = 4   ({SERVICES}.jsonl line 1)"),
        ("EN-7", "1", f"      e.fullTimeEquivalency = 2   ({ENROLLMENTS}.jsonl line 3)"),
        ("EN-8", "1", f"      e.school = 1001   ({ENROLLMENTS}.jsonl line 3)"),
        ("EN-8", "1", f"      e.school = 1001   ({ENROLLMENTS}.jsonl line 1)"),
        ("EN-8", "2", f"      e.school = 1001   ({ENROLLMENTS}.jsonl line 2)"),
    ]


def test_a_trace_that_ends_otherwise_than_its_finding_is_none(program: Program, tmp_path: Path) -> None:
    put(tmp_path, {"students": [student()], "schools": [school()], ENROLLMENTS: [enrollment(fullTimeEquivalency=2)]})
    task = task_of(program, open_folder(tmp_path, program.schemas), Options(2025, date(2025, 6, 1), "state"))
    evaluation = InMemory(task)
    [finding] = [finding for result in evaluation.results() for finding in result.findings if finding.rule == "EN-3"]
    assert list(traces(task, evaluation, [finding])) == [finding.finding_key]
    with pytest.raises(AssertionError, match="EN-3 does not say again"):
        traces(task, evaluation, [replace(finding, outcome=Outcome.NOT_CHECKED)])


# -- where values stand


@pytest.mark.parametrize("way", WAYS)
def test_facts_say_where_they_stand(way: str, program: Program, tmp_path: Path, by: Trace) -> None:
    """Blank lines count, in files of every kind; of two files of a resource each counts by itself."""
    pupils = [student(number, birthDate="2010-05-06") for number in ("1", "2", "3")]
    first, second, third = (f"{json.dumps(body)}\n" for body in pupils)
    put(
        tmp_path,
        {
            "students/a.jsonl": f"\n{first}\n\n{second}",
            "students/b.jsonl.gz": gzip.compress(f"\n{third}".encode()),
            "schools.json": json.dumps([school()]),
            ENROLLMENTS: [enrollment(number) for number in ("3", "2", "1")],
        },
    )
    result = by(way, program, tmp_path, rules=("EN-2",))
    born = [step.facts for trace in result.traces.values() if (step := trace.require) is not None]
    assert [fact.place for facts in born for fact in facts if fact.text == "e.student.birthDate"] == [
        "students/a.jsonl line 2", "students/a.jsonl line 5", "students/b.jsonl.gz line 2",
    ]  # fmt: skip
    assert [fact.place for facts in born for fact in facts if fact.text == "e.student"] == [
        f"{ENROLLMENTS}.jsonl line {line}" for line in (3, 2, 1)
    ]


# -- traces as data


def test_steps_are_data(program: Program, tmp_path: Path, by: Trace) -> None:
    files = {"students": [student()], "schools": [school()], SERVICES: [services(disabilities=[
        {"disabilityDescriptor": "uri://x#08", "orderOfDisability": 1},
        {"disabilityDescriptor": "uri://x#08"},
    ])]}  # fmt: skip
    put(tmp_path, files)
    result = by("interpreter", program, tmp_path, rules=("EN-5",))
    [trace] = result.traces.values()
    place = f"{SERVICES}.jsonl line 1"
    clause = "d.orderOfDisability is 1 and d.disabilityDescriptor is '08'"
    code = FactLine("d.disabilityDescriptor", "08", place)
    eight = Step("d.disabilityDescriptor is '08'", "yes", "yes", (code,))

    def order(value: str, answer: str, state: Any) -> Step:
        return Step("d.orderOfDisability is 1", answer, state, (FactLine("d.orderOfDisability", value, place),))

    missing = "not known (missing: studentSpecialEducationProgramAssociation.disabilities.orderOfDisability)"
    assert trace.when is None
    assert trace.require == Step(
        f"no d in q.disabilities has ({clause})", "no", "no", (), (
            Step("[d: disabilities 1]", "yes", "yes", (), (order("1", "yes", "yes"), eight)),
            Step("[d: disabilities 2]", missing, "unknown", (), (order("(blank)", missing, "unknown"), eight)),
        ),
    )  # fmt: skip


def test_a_conflict_is_a_value(program: Program, tmp_path: Path, by: Trace) -> None:
    schools = [school(), school(1002)]
    enrollments = [enrollment(), enrollment(schoolReference={"schoolId": 1002})]
    put(tmp_path, {"students": [student()], "schools": schools, ENROLLMENTS: enrollments})
    result = by("duckdb", program, tmp_path, rules=("EN-4",))
    answers = [(t.require.state, t.require.answer) for t in result.traces.values() if t.require is not None]
    assert answers == [
        ("value", "studentSchoolAssociation 2024-08-12, 1002, 100000001"),
        ("value", "studentSchoolAssociation 2024-08-12, 1001, 100000001"),
    ]
