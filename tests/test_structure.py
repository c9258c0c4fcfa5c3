"""Structure findings: what is one at each level, where it is said to be, what never is one, what it does to rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from compiler.engines.run import ENGINES
from compiler.semantics.program import Program
from tests.running import (
    GRADE,
    Body,
    agreed,
    brief,
    enrollment,
    lines_of_json,
    put,
    run_folder,
    school,
    services,
    student,
)
from tests.support import Sample

ENROLLMENTS, SERVICES = "studentSchoolAssociations", "studentSpecialEducationProgramAssociations"
SOUND: dict[str, list[Body]] = {
    "schools": [school()],
    "students": [student()],
    ENROLLMENTS: [enrollment()],
    SERVICES: [services()],
}
ENROLLMENT = ENROLLMENTS[:-1]
SINGULAR = {ENROLLMENTS: ENROLLMENT, SERVICES: SERVICES[:-1], "students": "student", "schools": "school"}


def structure(program: Program, folder: Path, level: str) -> list[str]:
    """The structure findings of a run, as ``code file:line resource.path: problem``; the same from every engine."""
    return [brief(row) for row in agreed(program, folder, structure=level) if row["rule"] == "structure"]


@pytest.mark.parametrize("level", ["used", "all"])
def test_sound_records_give_nothing(level: str, program: Program, tmp_path: Path) -> None:
    assert agreed(program, put(tmp_path, SOUND), structure=level) == []


# -- one faulty record, the second of its file


@dataclass(frozen=True)
class Case:
    """A line and its findings (``code path: problem``); ``more`` are those of level `all` alone."""

    resource: str
    line: Body | str
    used: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def enrolled(*used: str, more: tuple[str, ...] = (), leave: str = "", **given: Any) -> Case:
    """An enrollment of another day."""
    body = enrollment(**{"entryDate": "2024-09-02", **given})
    return Case(ENROLLMENTS, {name: value for name, value in body.items() if name != leave}, used, more)


def served(*used: str, more: tuple[str, ...] = (), **given: Any) -> Case:
    """A special education program association of another day."""
    return Case(SERVICES, services(**{"beginDate": "2024-10-01", **given}), used, more)


def taught(*more: str, **given: Any) -> Case:
    """Another student, of whom the rules read little."""
    return Case("students", student("100000002", **given), (), more)


LEFT_OUT = "a part of the natural key is missing, so the record is left out"
ABC = "abcdefghij" * 8
CASES = {
    "not-json": Case(ENROLLMENTS, '{"entryDate"', ("not-json: the line is cut off",)),
    # wrong-type
    "text-for-a-number": enrolled(
        "wrong-type fullTimeEquivalency: should be a number, but is '1'", fullTimeEquivalency="1"
    ),
    "truth-for-a-number": enrolled(
        "wrong-type fullTimeEquivalency: should be a number, but is true", fullTimeEquivalency=True
    ),
    "a-list-for-a-date": enrolled(
        "wrong-type exitWithdrawDate: should be a date, but is a list", exitWithdrawDate=["2025-01-01"]
    ),
    "an-object-for-a-date": enrolled(
        "wrong-type exitWithdrawDate: should be a date, but is an object", exitWithdrawDate={}
    ),
    "a-number-for-a-date": enrolled(
        "wrong-type exitWithdrawDate: should be a date, but is 20250101", exitWithdrawDate=20250101
    ),
    "a-number-for-a-code": enrolled(
        "wrong-type entryGradeLevelDescriptor: should be the URI of a code, but is 3", entryGradeLevelDescriptor=3
    ),
    "a-uri-without-code": enrolled(
        "wrong-type entryGradeLevelDescriptor: should be the URI of a code, but is 'uri://x'",
        entryGradeLevelDescriptor="uri://x",
    ),
    "a-long-value-is-cut": enrolled(
        f"wrong-type fullTimeEquivalency: should be a number, but is '{ABC[:37]}...'", fullTimeEquivalency=ABC
    ),
    "an-object-for-a-list": served("wrong-type disabilities: should be a list, but is an object", disabilities={}),
    "a-text-for-an-object": served("wrong-type disabilities: should be an object, but is '08'", disabilities=["08"]),
    "inside-a-list": served(
        "wrong-type disabilities.orderOfDisability: should be a whole number, but is 1.5",
        "wrong-type disabilities.orderOfDisability: should be a whole number, but is 'one'",
        disabilities=[{"disabilityDescriptor": "uri://x#1", "orderOfDisability": n} for n in (1.5, "one", 2.0)],
    ),
    "of-a-property-no-rule-reads": enrolled(
        more=("wrong-type primarySchool: should be true or false, but is 'yes'",), primarySchool="yes"
    ),
    "a-number-for-a-text": taught("wrong-type middleName: should be text, but is 7", middleName=7),
    "too-long": taught("wrong-type birthCity: has 80 characters, more than 30", birthCity=ABC),
    "too-much": enrolled(more=("wrong-type fullTimeEquivalency: is 10, more than 9.9999",), fullTimeEquivalency=10),
    "too-little": enrolled(more=("wrong-type fullTimeEquivalency: is -0.5, less than 0",), fullTimeEquivalency=-0.5),
    # bad-date
    "february-30": enrolled("bad-date exitWithdrawDate: '2024-02-30' is not a date", exitWithdrawDate="2024-02-30"),
    "february-29": enrolled("bad-date exitWithdrawDate: '2025-02-29' is not a date", exitWithdrawDate="2025-02-29"),
    "february-29-of-a-leap-year": enrolled(exitWithdrawDate="2024-02-29", entryDate="2024-02-28"),
    "month-first": enrolled("bad-date exitWithdrawDate: '09/02/2024' is not a date", exitWithdrawDate="09/02/2024"),
    "without-zeros": enrolled("bad-date exitWithdrawDate: '2025-1-5' is not a date", exitWithdrawDate="2025-1-5"),
    "with-a-time": enrolled(
        "bad-date exitWithdrawDate: '2025-01-05T00:00:00' is not a date", exitWithdrawDate="2025-01-05T00:00:00"
    ),
    "year-0": enrolled("bad-date exitWithdrawDate: '0000-01-01' is not a date", exitWithdrawDate="0000-01-01"),
    # unknown-code
    "unknown-code": enrolled(
        "unknown-code entryGradeLevelDescriptor: '99' is not a code of GradeLevelDescriptor",
        entryGradeLevelDescriptor=f"{GRADE}99",
    ),
    "the-zero-counts": enrolled(
        "unknown-code entryGradeLevelDescriptor: '3' is not a code of GradeLevelDescriptor",
        entryGradeLevelDescriptor=f"{GRADE}3",
    ),
    "case-counts": enrolled(
        "unknown-code entryGradeLevelDescriptor: 'kg' is not a code of GradeLevelDescriptor",
        entryGradeLevelDescriptor="kg",
    ),
    "a-bare-code": enrolled(entryGradeLevelDescriptor="KG"),
    "a-descriptor-without-table": enrolled(exitWithdrawTypeDescriptor="uri://x#whatever"),
    # missing-required
    "absent": enrolled("missing-required entryGradeLevelDescriptor: is missing", leave="entryGradeLevelDescriptor"),
    "null": enrolled("missing-required entryGradeLevelDescriptor: is missing", entryGradeLevelDescriptor=None),
    "blank": enrolled("missing-required entryGradeLevelDescriptor: is missing", entryGradeLevelDescriptor=" "),
    "required-inside-a-list": served(
        "missing-required disabilities.disabilityDescriptor: is missing", disabilities=[{"orderOfDisability": 2}]
    ),
    "required-of-a-student": Case(
        "students", student("100000002", lastSurname=""), ("missing-required lastSurname: is missing",)
    ),
    "optional-and-blank": enrolled(exitWithdrawDate="", fullTimeEquivalency=None),
    # missing-key
    "key-absent": enrolled(f"missing-key entryDate: {LEFT_OUT}", leave="entryDate"),
    "key-blank": enrolled(f"missing-key entryDate: {LEFT_OUT}", entryDate=""),
    "key-reference-absent": enrolled(
        f"missing-key studentReference.studentUniqueId: {LEFT_OUT}", leave="studentReference"
    ),
    "key-reference-empty": enrolled(f"missing-key studentReference.studentUniqueId: {LEFT_OUT}", studentReference={}),
    "key-reference-a-text": enrolled(
        "wrong-type studentReference: should be an object, but is '100000001'",
        f"missing-key studentReference.studentUniqueId: {LEFT_OUT}",
        studentReference="100000001",
    ),
    "key-of-another-type": enrolled(
        "wrong-type schoolReference.schoolId: should be a whole number, but is '1001'",
        schoolReference={"schoolId": "1001"},
    ),
    "key-out-of-range": enrolled(
        f"wrong-type schoolReference.schoolId: {2**63} is out of range", schoolReference={"schoolId": 2**63}
    ),
    "key-bad-date": enrolled("bad-date entryDate: '2024-09-31' is not a date", entryDate="2024-09-31"),
    "an-empty-object": Case(
        "students",
        {},
        (
            "missing-required birthDate: is missing",
            "missing-required firstName: is missing",
            "missing-required lastSurname: is missing",
            f"missing-key studentUniqueId: {LEFT_OUT}",
        ),
    ),
    # duplicate-key
    "duplicate-key": enrolled(
        "duplicate-key: repeats the key of line 1; only the first counts", entryDate="2024-08-12"
    ),
    "another-key": enrolled(entryDate="2024-08-13"),
    # dangling-reference
    "no-such-student": enrolled(
        "dangling-reference studentReference: there is no student 7", studentReference={"studentUniqueId": "7"}
    ),
    "no-such-school": enrolled(
        "dangling-reference schoolReference: there is no school 7", schoolReference={"schoolId": 7}
    ),
    "a-reference-no-rule-crosses": served(
        more=("dangling-reference studentReference: there is no student 7",), studentReference={"studentUniqueId": "7"}
    ),
    "of-a-resource-without-a-file": enrolled(calendarReference={"calendarCode": "C", "schoolId": 1, "schoolYear": 1}),
    # unknown-property
    "unknown-property": enrolled(
        more=("unknown-property exitDate: is no property of the schema",), exitDate="2025-01-01"
    ),
    "unknown-inside": enrolled(
        more=("unknown-property schoolReference.name: is no property of the schema",),
        schoolReference={"schoolId": 1001, "name": "S"},
    ),
    # what a server or another extension adds
    "of-the-server": enrolled(
        id="0a1b",
        _etag="5250",
        _lastModifiedDate="2024-09-02T00:00:00Z",
        studentReference={"studentUniqueId": "100000001", "link": {"rel": "Student", "href": "/ed-fi/students/0a1b"}},
    ),
    "foreign-extension": enrolled(_ext={"elsewhere": {"anything": [1, {"x": None}]}}),
}


@pytest.mark.parametrize("case", CASES)
def test_faulty_record(case: str, program: Program, tmp_path: Path) -> None:
    found = CASES[case]
    line = found.line if isinstance(found.line, str) else lines_of_json([found.line])
    name = found.resource
    put(tmp_path, {**SOUND, f"{name}.jsonl": lines_of_json(SOUND[name]) + line})

    def told(short: str) -> str:
        what, _, problem = short.partition(": ")
        code, _, path = what.partition(" ")
        return f"{code} {name}.jsonl:2 {SINGULAR[name]}{'.' if path else ''}{path}: {problem}"

    assert structure(program, tmp_path, "used") == sorted(map(told, found.used), key=_path)
    assert structure(program, tmp_path, "all") == sorted(map(told, (*found.used, *found.more)), key=_path)


def _path(told: str) -> tuple[str, str]:
    code, _, words = told.split(" ", 2)
    return words.split(":")[0], code


# -- several records


def test_findings_stand_in_the_order_of_resource_file_and_line(program: Program, tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "students/b": [student(lastSurname="")],
            "students/a": [student("100000002", birthDate="x"), student("100000003", lastSurname=None, firstName=None)],
            "schools": [school(), school()],
            ENROLLMENTS: [enrollment("7"), enrollment(exitWithdrawDate="x", fullTimeEquivalency="x")],
            SERVICES: [],
        },
    )
    assert structure(program, tmp_path, "used") == [
        "duplicate-key schools.jsonl:2 school: repeats the key of line 1; only the first counts",
        "bad-date students/a.jsonl:1 student.birthDate: 'x' is not a date",
        "missing-required students/a.jsonl:2 student.firstName: is missing",
        "missing-required students/a.jsonl:2 student.lastSurname: is missing",
        "missing-required students/b.jsonl:1 student.lastSurname: is missing",
        f"dangling-reference {ENROLLMENTS}.jsonl:1 {ENROLLMENT}.studentReference: there is no student 7",
        f"bad-date {ENROLLMENTS}.jsonl:2 {ENROLLMENT}.exitWithdrawDate: 'x' is not a date",
        f"wrong-type {ENROLLMENTS}.jsonl:2 {ENROLLMENT}.fullTimeEquivalency: should be a number, but is 'x'",
    ]


def test_of_records_with_one_key_the_first_counts(program: Program, tmp_path: Path) -> None:
    late = enrollment(exitWithdrawDate="2024-08-01")
    put(tmp_path, {**SOUND, ENROLLMENTS: [enrollment(), late, late]})
    repeated = [
        f"duplicate-key {ENROLLMENTS}.jsonl:{line} {ENROLLMENT}: repeats the key of line 1; only the first counts"
        for line in (2, 3)
    ]
    assert [brief(row) for row in agreed(program, tmp_path)] == repeated
    put(tmp_path, {ENROLLMENTS: [late, enrollment()]})
    assert [brief(row) for row in agreed(program, tmp_path)] == [
        f"EN-1 violation {ENROLLMENTS}.jsonl:1 100000001: entry 2024-08-12, exit 2024-08-01",
        repeated[0],
    ]


def test_a_repeated_key_in_another_file_names_that_file(program: Program, tmp_path: Path) -> None:
    put(tmp_path, {**SOUND, "schools/a": [school()], "schools/b": [school(2), school()]})
    (tmp_path / "schools.jsonl").unlink()
    assert structure(program, tmp_path, "used") == [
        "duplicate-key schools/b.jsonl:2 school: repeats the key of schools/a.jsonl line 1; only the first counts"
    ]


def test_a_record_without_a_key_is_left_out_of_rules(program: Program, tmp_path: Path) -> None:
    put(tmp_path, {**SOUND, ENROLLMENTS: [enrollment(entryDate="", exitWithdrawDate="2024-08-01")]})
    assert [row["rule"] for row in agreed(program, tmp_path)] == ["structure"]
    assert run_folder(program, tmp_path).results["EN-1"].subjects == 0


FAULTY_IS_MISSING = {
    "a-date-that-is-none": ({"exitWithdrawDate": "2024-02-30"}, []),  # `is present` decides: the rule does not apply
    "a-birth-date-that-is-none": ({"birthDate": "2010-02-30"}, ["EN-2 not checked: student.birthDate"]),
    "a-grade-that-is-no-text": (
        {"exitWithdrawDate": "2024-08-01", "entryGradeLevelDescriptor": 3},
        ["EN-1 not checked: studentSchoolAssociation.entryGradeLevelDescriptor"],
    ),
    "if-missing-decides": ({"fullTimeEquivalency": "2"}, []),
}


@pytest.mark.parametrize("case", FAULTY_IS_MISSING)
def test_a_faulty_value_counts_as_missing(case: str, program: Program, tmp_path: Path) -> None:
    changed, expected = FAULTY_IS_MISSING[case]
    born = {name: value for name, value in changed.items() if name == "birthDate"}
    rest = {name: value for name, value in changed.items() if name != "birthDate"}
    put(tmp_path, {**SOUND, "students": [student(**born)], ENROLLMENTS: [enrollment(**rest)]})
    rows = agreed(program, tmp_path)
    assert [row["code"] for row in rows if row["rule"] == "structure"] in (["bad-date"], ["wrong-type"])
    found = [
        f"{row['rule']} {row['outcome']}: {', '.join(row['missing'])}" for row in rows if row["rule"] != "structure"
    ]
    assert found == expected


# -- references to several kinds of record

DISTRICTS = {"localEducationAgencies": [{"localEducationAgencyId": 1}]}
KINDS = {
    "a-school": ({}, 1001, []),
    "a-district": (DISTRICTS, 1, []),
    "neither": (DISTRICTS, 7, ["there is no localEducationAgency or school 7"]),
    "a-district-while-there-is-no-file-of-districts": ({}, 1, []),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_reference_to_several_kinds_leads_to_one_of_them(case: str, rules: Sample, tmp_path: Path) -> None:
    """Rules that cross it to schools alone do not make a reference to a district a fault."""
    project = Sample.copied(rules.root, tmp_path / "project")
    project.replace(
        "    dates: period from q.beginDate",
        "    school: q.educationOrganization.school.schoolId\n    dates: period from q.beginDate",
        "_ruleset.yaml",
    )
    records, number, expected = KINDS[case]
    data = put(
        tmp_path / "data",
        {**SOUND, **records, SERVICES: [services(educationOrganizationReference={"educationOrganizationId": number})]},
    )
    program = project.open().programs["sample"]
    for level in ("used", "all"):
        found = [line for line in structure(program, data, level) if line.startswith("dangling")]
        assert [line.split(": ", 1)[1] for line in found] == expected, level


# -- owners, keys and the two levels


def test_a_finding_says_whose_record_it_is(program: Program, tmp_path: Path) -> None:
    put(tmp_path, {**SOUND, ENROLLMENTS: [enrollment(exitWithdrawDate="x")], "students": [student(firstName="")]})
    first, second = (row for row in agreed(program, tmp_path) if row["rule"] == "structure")
    assert {
        name: first[name] for name in ("student", "corporation", "school", "resource", "key", "severity", "outcome")
    } == {
        "student": "100000001",
        "corporation": None,
        "school": None,
        "resource": "student",
        "key": {"studentUniqueId": "100000001"},
        "severity": "Error",
        "outcome": "violation",
    }
    assert {name: second[name] for name in ("student", "corporation", "school", "key")} == {
        "student": "100000001",
        "corporation": 1,
        "school": 1001,
        "key": {
            "entryDate": "2024-08-12",
            "schoolReference.schoolId": 1001,
            "studentReference.studentUniqueId": "100000001",
        },
    }


def test_every_finding_has_a_key_of_its_own_that_the_line_does_not_change(program: Program, tmp_path: Path) -> None:
    faulty = [enrollment(exitWithdrawDate="x"), enrollment(entryDate="2024-09-02", fullTimeEquivalency="x")]
    keys = []
    for bodies in (faulty, faulty[::-1]):
        put(tmp_path, {**SOUND, ENROLLMENTS: bodies})
        keys.append(
            {row["findingKey"]: row["message"] for row in agreed(program, tmp_path) if row["rule"] == "structure"}
        )
    assert keys[0] == keys[1]
    assert len(keys[0]) == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_only_used_resources_are_read_at_level_used(engine: str, program: Program, tmp_path: Path) -> None:
    put(tmp_path, {**SOUND, "sessions.jsonl": "{\n"})
    at_used = run_folder(program, tmp_path, engine=engine)
    at_all = run_folder(program, tmp_path, engine=engine, structure="all")
    assert (at_used.records_read, at_used.unread, at_used.structure) == (4, ["session"], [])
    assert (at_all.records_read, at_all.unread) == (5, ["session"])
    assert [found.fault.problem for found in at_all.structure] == ["the line is cut off"]


def test_fewer_rules_rest_on_fewer_properties(program: Program, tmp_path: Path) -> None:
    put(tmp_path, {**SOUND, ENROLLMENTS: [enrollment(exitWithdrawDate="x", fullTimeEquivalency="x")]})
    codes = {
        rule: [row["message"].split(": ")[0] for row in agreed(program, tmp_path, rules=(rule,)) if row["code"]]
        for rule in ("EN-1", "EN-3", "EN-5")
    }
    dates, share = (f"studentSchoolAssociation.{name}" for name in ("exitWithdrawDate", "fullTimeEquivalency"))
    assert codes == {"EN-1": [dates], "EN-3": [dates, share], "EN-5": []}
