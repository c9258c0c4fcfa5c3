"""What becomes of students in the count: dispositions with their reasons and totals, causes, suppressed findings."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from compiler.engines.dispositions import Disposition, totals
from compiler.engines.run import ENGINES
from compiler.reports.findings import rows
from compiler.semantics.program import Program
from tests.running import YEAR, enrollment, put, run_folder, school, student, with_rules
from tests.support import Execute, Sample, lines_of

GRADES = {
    "1": {"entryGradeLevelDescriptor": "uri://example.org/GradeLevelDescriptor#KG"},
    "2": {"entryGradeLevelDescriptor": "uri://example.org/GradeLevelDescriptor#03"},
}


@pytest.fixture(scope="module")
def counting(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The project with a rule of each severity, a population, and links between its rules; not to be changed."""
    sample = with_rules(Sample.copied(template, tmp_path_factory.mktemp("counting") / "project"))
    sample.replace(
        "    title: Enrollment\n",
        "    title: Enrollment\n"
        "    population: studentSchoolAssociation as e where (e.entryDate is before 2025-05-01)\n",
        "_collections.yaml",
    )
    sample.replace(
        "    school year: e.", "    grade: e.entryGradeLevelDescriptor\n    school year: e.", "_ruleset.yaml"
    )
    sample.with_keys("suppresses: [EN-1]\n", "enrollment/EN-3-of-the-tests.yaml")
    return sample.with_keys("because: [EN-1]\n", "enrollment/EN-2-of-the-tests.yaml")


@pytest.fixture(scope="module")
def program(counting: Sample) -> Program:
    project = counting.open()
    assert [line for line in lines_of(project.sink.sorted()) if line.startswith("E")] == []
    return project.programs["sample"]


ERROR = {"exitWithdrawDate": "2024-08-01"}
EXCLUSION = {"fullTimeEquivalency": 2}
OLD = {"birthDate": "2010-01-01"}


def data(folder: Path, *enrollments: dict[str, Any], students: tuple[dict[str, Any], ...] = ()) -> Path:
    schools = [school(1001), school(1002, localEducationAgencyReference={"localEducationAgencyId": 2})]
    ids = {e["studentReference"]["studentUniqueId"] for e in enrollments} - {s["studentUniqueId"] for s in students}
    people = [*students, *(student(number) for number in sorted(ids))]
    return put(folder, {"schools": schools, "students": people, "studentSchoolAssociations": list(enrollments)})


def found(program: Program, folder: Path, **given: Any) -> dict[tuple[Any, Any], Disposition]:
    """Dispositions by student and organization; every engine must give the same."""
    each = [run_folder(program, folder, dispositions=True, engine=engine, **given).dispositions for engine in ENGINES]
    assert all(dispositions == each[0] for dispositions in each)
    return {(d.member.student, d.member.corporation): d for d in each[0]}


CASES: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "nothing found": ({}, "counted", [], []),
    "an error": (ERROR, "blocked", ["EN-1"], []),
    "an exclusion": (EXCLUSION, "not counted", ["EN-3"], []),
    "an exclusion makes an error moot": ({**ERROR, **EXCLUSION}, "not counted", ["EN-3"], ["EN-1"]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_weightiest_reason_decides(program: Program, tmp_path: Path, case: str) -> None:
    more, disposition, reasons, moot = CASES[case]
    [one] = found(program, data(tmp_path, enrollment("1", **more))).values()
    assert (one.disposition, list(one.reasons), one.moot) == (disposition, reasons, moot)
    assert (one.member.collection, one.member.corporation, one.member.school) == ("enrollment", 1, 1001)


def test_warnings_weigh_nothing(program: Program, tmp_path: Path) -> None:
    [one] = found(program, data(tmp_path, enrollment("1"), students=(student("1", **OLD),))).values()
    assert (one.disposition, one.reasons) == ("counted", {})


def test_a_conflict_is_one_of_all_parties_and_outweighs_the_rest(program: Program, tmp_path: Path) -> None:
    both = (enrollment("1", **ERROR), enrollment("1", schoolReference={"schoolId": 1002}), enrollment("2"))
    told = found(program, data(tmp_path, *both))
    assert {key: d.disposition for key, d in told.items()} == {
        ("1", 1): "in conflict", ("1", 2): "in conflict", ("2", 1): "counted",
    }  # fmt: skip
    assert list(told["1", 1].reasons) == ["EN-1", "EN-4"]


def test_two_records_at_one_organization_are_one_student(program: Program, tmp_path: Path) -> None:
    two = (enrollment("1", **ERROR), enrollment("1", entryDate="2024-10-01"))
    [one] = found(program, data(tmp_path, *two)).values()
    assert (one.disposition, len(one.member.records)) == ("blocked", 2)


def test_records_outside_the_population_make_no_member(program: Program, tmp_path: Path) -> None:
    assert found(program, data(tmp_path, enrollment("1", entryDate="2025-05-01"))) == {}


def test_what_was_not_checked_is_kept(program: Program, tmp_path: Path) -> None:
    nobody = student("1")
    del nobody["birthDate"]
    [one] = found(program, data(tmp_path, enrollment("1"), students=(nobody,))).values()
    assert (one.disposition, one.not_checked) == ("counted", ["EN-2"])


def test_totals(program: Program, tmp_path: Path) -> None:
    several = (
        enrollment("1", **GRADES["1"]),
        enrollment("2", **GRADES["2"], **EXCLUSION),
        enrollment("3", **GRADES["2"], schoolReference={"schoolId": 1002}),
    )
    told = found(program, data(tmp_path, *several))
    listed = {(t.level, t.value): (t.counts["not counted"], t.counts["counted"]) for t in totals(told.values())}
    assert listed == {
        ("all", None): (1, 2),
        ("corporation", 1): (1, 1), ("corporation", 2): (0, 1),
        ("school", 1001): (1, 1), ("school", 1002): (0, 1),
        ("grade", "03"): (1, 1), ("grade", "KG"): (0, 1),
    }  # fmt: skip


# -- links between findings


def test_findings_name_their_causes_and_what_makes_them_moot(program: Program, tmp_path: Path) -> None:
    people = (student("1", **OLD), student("2", **OLD), student("3"))
    folder = data(
        tmp_path, enrollment("1", **ERROR), enrollment("2"), enrollment("3", **ERROR, **EXCLUSION), students=people
    )
    listed = {
        (row["student"], row["rule"]): (row["because"], row["suppressedBy"])
        for row in rows(run_folder(program, folder), list_not_checked=False)
        if row["rule"] != "structure" and row["student"] is not None
    }
    assert listed == {
        ("1", "EN-1"): ([], []),
        ("1", "EN-2"): (["EN-1"], []),
        ("2", "EN-2"): ([], []),
        ("3", "EN-1"): ([], ["EN-3"]),
        ("3", "EN-3"): ([], []),
    }


def test_a_cause_at_another_organization_is_none(program: Program, tmp_path: Path) -> None:
    there = enrollment("1", schoolReference={"schoolId": 1002}, **ERROR)
    folder = data(tmp_path, enrollment("1"), there, students=(student("1", **OLD),))
    listed = [
        (row["corporation"], row["because"])
        for row in rows(run_folder(program, folder), list_not_checked=False)
        if row["rule"] == "EN-2"
    ]
    assert listed == [(1, []), (2, ["EN-1"])]


def test_a_suppressed_error_fails_no_run(counting: Sample, tmp_path: Path, execute: Execute) -> None:
    folder = data(tmp_path / "data", enrollment("1", **ERROR, **EXCLUSION))
    ran = execute(counting, "run", "--data", folder, *YEAR, "--scope", "state", "--fail-on", "error")
    assert ran.code == 0
    assert "  1 student more: not counted by EN-3, so nothing is to be mended here\n" in ran.out
    folder = data(tmp_path / "more", enrollment("1", **ERROR), students=(student("1", **OLD),))
    ran = execute(counting, "run", "--data", folder, *YEAR, "--scope", "state")
    assert ran.code == 1
    assert "  1 student more: follows from EN-1, which comes first\n" in ran.out


# -- files


def test_files_of_dispositions(counting: Sample, tmp_path: Path, execute: Execute) -> None:
    folder = data(tmp_path / "data", enrollment("1"), enrollment("2", **ERROR))
    table = tmp_path / "out" / "dispositions.csv"
    ran = execute(counting, "run", "--data", folder, *YEAR, "--dispositions", table, "--fail-on", "never")
    assert ran.code == 0
    listed = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [(row["student"], row["disposition"], row["reasons"]) for row in listed] == [
        ("1", "counted", ""), ("2", "blocked", '["EN-1"]'),
    ]  # fmt: skip
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    whole = next(csv.DictReader((tmp_path / "out" / "dispositions-totals.csv").read_text().splitlines()))
    assert (whole["level"], whole["blocked"], whole["counted"]) == ("all", "1", "1")
    assert "Counted without EN-4, EN-5, which could not be checked at all.\n" in ran.out
    lines = tmp_path / "out" / "dispositions.jsonl"
    masked = execute(counting, "run", "--data", folder, *YEAR, "--dispositions", lines, "--mask-students")
    written = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    aliases = {row["student"] for row in written}
    assert len(aliases) == 2
    assert all(alias.startswith("student-") for alias in aliases)
    assert any(alias in masked.out for alias in aliases)  # the report and the file call a student the same


def test_small_counts_are_hidden_in_totals(counting: Sample, tmp_path: Path, execute: Execute) -> None:
    fine = [enrollment(f"{number}") for number in range(20)]
    there = [enrollment(f"5{number}", schoolReference={"schoolId": 1002}) for number in range(12)]
    folder = data(tmp_path / "data", *fine, *there, enrollment("99", **ERROR))
    options = ("--dispositions", tmp_path / "d.csv", "--min-cell", "10", "--fail-on", "never")
    ran = execute(counting, "run", "--data", folder, *YEAR, *options)
    totals = list(csv.DictReader((tmp_path / "d-totals.csv").read_text().splitlines()))
    assert [(row["level"], row["value"], row["blocked"], row["counted"]) for row in totals] == [
        ("all", "", "<10", "*"),
        ("corporation", "1", "<10", "*"), ("corporation", "2", "0", "12"),
        ("school", "1001", "<10", "*"), ("school", "1002", "0", "12"),
        ("grade", "03", "<10", "*"),
    ]  # fmt: skip
    [line] = [line for line in ran.out.splitlines() if line.startswith("Enrollment")]
    assert line.split() == ["Enrollment", "33", "0", "0", "<10", "*"]
    assert (tmp_path / "d.csv").read_text().count("\n") == 34  # rows of students are no totals
    document = json.loads(execute(counting, "run", "--data", folder, *YEAR, *options, "--format", "json").out)
    assert document["dispositions"][0]["blocked"] == "<10"


def test_a_collection_without_its_records_counts_nobody_and_says_so(
    counting: Sample, tmp_path: Path, execute: Execute
) -> None:
    folder = put(tmp_path / "data", {"schools": [school()], "students": [student()]})
    ran = execute(counting, "run", "--data", folder, *YEAR, "--dispositions", tmp_path / "d.csv", "--fail-on", "never")
    assert "Enrollment: nobody could be counted without studentSchoolAssociation.\n" in ran.out
    assert (tmp_path / "d.csv").read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--dispositions", "d.xlsx"), "`d.xlsx` is of no format"),
        (("--dispositions", "d.csv", "--rule", "EN-1"), "Dispositions rest on all rules of a collection"),
    ],
)
def test_dispositions_that_could_not_be_right(
    counting: Sample, tmp_path: Path, execute: Execute, arguments: tuple[str, ...], said: str
) -> None:
    ran = execute(counting, "run", "--data", data(tmp_path, enrollment("1")), *YEAR, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


def test_without_a_population_nobody_is_counted(sample: Sample, tmp_path: Path, execute: Execute) -> None:
    ran = execute(sample, "run", "--data", data(tmp_path, enrollment("1")), *YEAR, "--dispositions", "d.csv")
    assert (ran.code, ran.err) == (
        2, "No collection says who belongs to it: add `population:` to it in `_collections.yaml`.\n"
    )  # fmt: skip


# -- faults in specs


def test_faults_of_populations_and_links(sample: Sample) -> None:
    sample.replace(
        "    title: Enrollment\n", "    title: Enrollment\n    population: student as s\n", "_collections.yaml"
    )
    sample.with_keys("suppresses: [EN-9]\nbecause: [EN-8]\n")
    assert lines_of(sample.check()) == [
        "E122 _collections.yaml:5:17", "E506 19:1", "E312 19:14", "E312 20:11",
    ]  # fmt: skip
