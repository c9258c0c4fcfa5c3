"""The engine that lets DuckDB decide: what it hands over, what it says when it cannot, and how it reads odd values."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from compiler.backends.duckdb import Plan
from compiler.engines.duckdb import engine
from compiler.engines.folder import DataError
from compiler.engines.python_engine import PythonEngine
from compiler.reports.findings import data_lines
from compiler.semantics.findings import Outcome
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from tests.running import Body, agreed, brief, enrollment, put, run_folder, school, student
from tests.support import Sample

ENROLLMENTS = "studentSchoolAssociations"


def state(*enrollments: Body, **more: Any) -> dict[str, Any]:
    """Records by file name, with the students and schools that the enrollments name."""
    numbers = sorted({body["studentReference"]["studentUniqueId"] for body in enrollments})
    schools = [school(1001), school(1002, localEducationAgencyReference={"localEducationAgencyId": 2})]
    people = [student(number) for number in numbers]
    return {"students": people, "schools": schools, ENROLLMENTS: list(enrollments), **more}


def test_only_open_records_are_handed_over(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four enrollments, the one that is violated and the one whose share of time is missing; one has no key."""
    bodies = [
        enrollment(str(n), **more) for n, more in enumerate(({"fullTimeEquivalency": 2}, {}, {"entryDate": None}))
    ]
    put(tmp_path, state(*bodies, enrollment("9", fullTimeEquivalency=1)))
    handed: list[Any] = []
    result_of = PythonEngine.result

    def result(self: PythonEngine, rule: Any, world: Any, context: Context, among: Any = None) -> Any:
        handed.extend(record.key for record in among)
        return result_of(self, rule, world, context, among)

    monkeypatch.setattr(PythonEngine, "result", result)
    found = run_folder(program, tmp_path, engine="duckdb", rules=("EN-3",), scope="state").results["EN-3"]
    assert [key[-1] for key in handed] == ["0", "1"]
    assert found.counts == {
        Outcome.PASS: 1, Outcome.VIOLATION: 1, Outcome.NOT_APPLICABLE: 1, Outcome.NOT_CHECKED: 0,
    }  # fmt: skip
    assert [finding.outcome for finding in found.findings] == [Outcome.VIOLATION]


def test_a_rule_that_duckdb_refuses_is_evaluated_all_the_same_and_that_is_said(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(made: Callable[..., Plan]) -> Callable[..., Plan]:
        """A plan whose queries of EN-3 fail, whether it is alone in them or not."""

        def plan(*arguments: Any) -> Plan:
            found = made(*arguments)
            failing = (
                replace(query, text="SELECT error('too large')", parameters=()) if "EN-3" in query.rules else query
                for query in found.queries
            )
            return replace(found, queries=tuple(failing))

        return plan

    put(tmp_path, state(enrollment("1", fullTimeEquivalency=2), enrollment("2", exitWithdrawDate="2024-08-01")))
    wanted = run_folder(program, tmp_path)
    for name in ("fused", "sieves"):
        monkeypatch.setattr(engine, name, spoilt(getattr(engine, name)))
    found = run_folder(program, tmp_path, engine="duckdb")
    assert found.findings == wanted.findings
    assert [result.counts for result in found.results.values()] == [r.counts for r in wanted.results.values()]
    assert found.refused == {"EN-3": "Invalid Input Error: too large"}
    assert "EN-3 was evaluated by the engine python, not duckdb: Invalid Input Error: too large." in data_lines(found)
    assert wanted.refused == {}


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (duckdb.OutOfMemoryException, DataError),
        (duckdb.IOException, DataError),
        (duckdb.InterruptException, KeyboardInterrupt),
    ],
)
def test_want_of_room_and_an_interruption_end_the_run(
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[duckdb.Error],
    end: type[BaseException],
) -> None:
    """They say nothing about a rule, so no rule is left to Python for them."""

    def fails(*_: Any) -> None:
        raise error("no space left")

    monkeypatch.setattr(engine.InDuckdb, "_told", fails)
    put(tmp_path, state(enrollment("1")))
    with pytest.raises(end):
        run_folder(program, tmp_path, engine="duckdb")


def test_what_keeps_a_whole_rule_from_being_checked_still_counts_its_subjects(program: Program, tmp_path: Path) -> None:
    """EN-4 needs the state; with a district's records all three enrollments count as not checked."""
    put(tmp_path, state(*(enrollment(number) for number in ("1", "2", "3"))))
    agreed(program, tmp_path, scope="district")
    result = run_folder(program, tmp_path, engine="duckdb", scope="district").results["EN-4"]
    assert result.counts[Outcome.NOT_CHECKED] == 3
    assert [finding.missing for finding in result.findings] == [("scope: state",)]


def changed(sample: Sample, lines: str) -> Program:
    """The sample rule with other keys and no examples."""
    kept = re.sub(r"^(?:when|require): .*\n", "", sample.read().split("examples:")[0], flags=re.MULTILINE)
    sample.write(kept).with_keys(textwrap.dedent(lines).lstrip())
    project = sample.open()
    assert not project.sink.failed, project.sink.sorted()
    return project.programs["sample"]


def test_groups_and_conflicts_keep_their_order_and_their_others(sample: Sample, tmp_path: Path) -> None:
    """One finding for the enrollments of a student at one corporation; the first by key stands for the others."""
    program = changed(
        sample,
        """
        for each: studentSchoolAssociation as e
        conflicts with: >-
          all o in e.student.studentSchoolAssociations
          where (o.schoolReference.schoolId is not e.schoolReference.schoolId)
        once per: [student, corporation]
        detail: "entry {e.entryDate}"
        """,
    )
    days = ("2024-09-02", "2024-08-12", "2024-10-01")
    several = [enrollment("1", entryDate=day, schoolReference={"schoolId": n}) for day in days for n in (1001, 1002)]
    put(tmp_path, state(*several, enrollment("2"), enrollment("3", schoolReference={})))
    rows = [row for row in agreed(program, tmp_path) if row["rule"] != "structure"]
    assert [(row["corporation"], row["detail"], len(row["others"])) for row in rows] == [
        (1, "entry 2024-08-12", 5), (2, "entry 2024-08-12", 5),
    ]  # fmt: skip


def test_a_variable_may_have_the_name_of_a_resource(sample: Sample, tmp_path: Path) -> None:
    program = changed(
        sample,
        """
        for each: studentSchoolAssociation as student
        when: student.student.birthDate is present
        require: student.entryDate is after student.student.birthDate
        all years: true
        detail: "entry {student.entryDate}"
        """,
    )
    put(tmp_path, state(enrollment("1"), enrollment("2", entryDate="2015-01-01")))
    assert [brief(row) for row in agreed(program, tmp_path)] == [
        f"EN-1 violation {ENROLLMENTS}.jsonl:2 2: entry 2015-01-01"
    ]


ODD_COLUMNS = (
    ("entryDate", "CAST('2024-08-12' AS BLOB)"),
    ("entryDate", "TIMESTAMP '2024-08-12 10:00:00'"),
    ("exitWithdrawDate", "CAST(entryDate AS DATE) - 30"),
    ("exitWithdrawDate", "INTERVAL 3 DAY"),
    ("fullTimeEquivalency", "CAST(1.5 AS DECIMAL(10, 3))"),
    ("fullTimeEquivalency", "CAST('nan' AS DOUBLE)"),
    ("fullTimeEquivalency", "CAST('inf' AS DOUBLE)"),
    ("fullTimeEquivalency", "[2]"),
    ("entryGradeLevelDescriptor", "uuid()"),
)


def test_odd_columns_of_parquet_are_read_as_the_other_engines_read_them(program: Program, tmp_path: Path) -> None:
    """Blobs, UUIDs, intervals and numbers that are none, where text, dates and numbers are wanted."""
    put(tmp_path, state(enrollment("1"), enrollment("2")))
    plain, folder = tmp_path / f"{ENROLLMENTS}.jsonl", tmp_path / "odd"
    put(folder, {name: rows for name, rows in state(enrollment("1")).items() if name != ENROLLMENTS})
    path = folder / f"{ENROLLMENTS}.parquet"
    for name, value in ODD_COLUMNS:
        columns = f"* REPLACE ({value} AS {name})" if name in enrollment("1") else f"*, {value} AS {name}"
        duckdb.execute(f"COPY (SELECT {columns} FROM read_json('{plain}')) TO '{path}' (FORMAT parquet)")
        agreed(program, folder)
