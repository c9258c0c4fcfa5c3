"""``rulewright run``: exit codes, streams, formats, files, masking, choices, and all engines on spoilt data."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
import stat
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compiler.backends.duckdb import fused
from compiler.cli.files import keep_texts
from compiler.engines import run as running
from compiler.engines.duckdb import engine as duckdb_engine
from compiler.engines.parts import single
from compiler.engines.python_engine import PythonEngine
from compiler.engines.run import ENGINES
from compiler.reports import findings as reports
from compiler.semantics.program import Program
from tests.running import YEAR, Body, agreed, enrollment, put, school, services, student
from tests.support import ROOT, Ran, Sample, command

ENROLLMENTS, SERVICES = "studentSchoolAssociations", "studentSpecialEducationProgramAssociations"
SOUND: dict[str, list[Body]] = {
    "schools": [school(), school(1002)],
    "students": [student()],
    ENROLLMENTS: [enrollment()],
    SERVICES: [services()],
}
FIRST = [{"disabilityDescriptor": "uri://x#08", "orderOfDisability": 1}]
FAULTY: dict[str, dict[str, list[Body]]] = {
    "error": {ENROLLMENTS: [enrollment(exitWithdrawDate="2024-08-01")]},
    "conflict": {ENROLLMENTS: [enrollment(), enrollment(schoolReference={"schoolId": 1002})]},
    "exclusion": {ENROLLMENTS: [enrollment(fullTimeEquivalency=2)]},
    "warning": {"students": [student(birthDate="2010-01-01")]},
    "informational": {SERVICES: [services(disabilities=FIRST)]},
}
SEVERITIES = tuple(FAULTY)
FORMATS = ("text", "json", "jsonl", "csv")


@pytest.fixture
def execute(rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the rules over records, with options, as the command does."""

    def run(records: Any, *options: object, project: Sample = rules) -> Ran:
        data = put(tmp_path / "data", records)
        return command(capsys, "run", "--specs", project.path(""), "--data", data, "--scope", "state", *YEAR, *options)

    return run


Execute = Callable[..., Ran]


def json_rows(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


# -- exit codes and streams


@pytest.mark.parametrize("fail_on", [*SEVERITIES, "never"])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_the_exit_code_is_1_from_the_severity_of_fail_on(severity: str, fail_on: str, execute: Execute) -> None:
    ran = execute({**SOUND, **FAULTY[severity]}, "--fail-on", fail_on, "--format", "jsonl")
    assert {row["severity"].lower() for row in json_rows(ran)} == {severity}
    heavy = fail_on != "never" and SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)
    assert ran.code == (1 if heavy else 0)


def test_errors_alone_fail_when_nothing_is_said(execute: Execute) -> None:
    codes = {severity: execute({**SOUND, **records}).code for severity, records in FAULTY.items()}
    assert codes == {"error": 1, "conflict": 0, "exclusion": 0, "warning": 0, "informational": 0}


def test_structure_findings_are_errors_and_what_is_not_checked_is_none(execute: Execute) -> None:
    assert execute({**SOUND, f"{SERVICES}.jsonl": "{"}).code == 1
    unchecked = execute({**SOUND, SERVICES: [services(disabilities=[{"disabilityDescriptor": "uri://x#08"}])]})
    assert (unchecked.code, unchecked.err.splitlines()[-1]) == (
        0,
        "5 rules run, 5 subjects, 0 findings, 1 not checked, 0 structure findings",
    )


@pytest.mark.parametrize("form", FORMATS)
def test_data_go_to_stdout_and_messages_to_stderr(form: str, execute: Execute, tmp_path: Path) -> None:
    records = {**SOUND, **FAULTY["error"], "notes.txt": "x", "sessions": [], f"{SERVICES}.jsonl": "{"}
    ran = execute(records, "--format", form)
    taken, *middle, totals = ran.err.splitlines()
    assert taken == (
        "sample, school year 2025 (2024-25), as of 2025-06-01, state scope: enrollment (fall); "
        f"data in {tmp_path / 'data'}"
    )
    assert totals == "5 rules run, 4 subjects, 1 finding, 0 not checked, 1 structure finding"
    told = ["Read by no rule: session.", "Left out, of no known resource: notes.txt."]
    assert middle == ([] if form == "text" else told)
    assert [line for line in told if line in ran.out] == (told if form == "text" else [])
    assert "rules run" not in ran.out


# -- formats


def test_a_finding_in_jsonl_has_just_these_fields(execute: Execute) -> None:
    ran = execute({**SOUND, **FAULTY["conflict"]}, "--format", "jsonl")
    here, there = json_rows(ran)
    key = {"entryDate": "2024-08-12", "studentReference.studentUniqueId": "100000001"}
    assert here == {
        "rule": "EN-4",
        "code": None,
        "outcome": "violation",
        "severity": "Conflict",
        "effect": "not counted by any party",
        "student": "100000001",
        "corporation": 1,
        "school": 1001,
        "resource": "studentSchoolAssociation",
        "key": {**key, "schoolReference.schoolId": 1001},
        "others": [{**key, "schoolReference.schoolId": 1002}],
        "message": "Two schools claim the student.",
        "detail": "",
        "values": {"e.schoolReference.schoolId": 1001},
        "missing": [],
        "because": [],
        "suppressedBy": [],
        "file": f"{ENROLLMENTS}.jsonl",
        "line": 1,
        "collection": "enrollment",
        "cycle": "fall",
        "schoolYear": 2025,
        "findingKey": here["findingKey"],
    }
    assert (there["key"], there["others"], there["line"]) == (here["others"][0], [here["key"]], 2)
    assert re.fullmatch("[0-9a-f]{20}", here["findingKey"])
    assert here["findingKey"] != there["findingKey"]


def test_a_structure_finding_in_jsonl(execute: Execute) -> None:
    ran = execute({**SOUND, ENROLLMENTS: [enrollment(fullTimeEquivalency="x")]}, "--format", "jsonl")
    [row] = json_rows(ran)
    assert row == {
        **dict.fromkeys(("collection", "cycle")),
        "rule": "structure",
        "code": "wrong-type",
        "outcome": "violation",
        "severity": "Error",
        "effect": "none",
        "student": "100000001",
        "corporation": 1,
        "school": 1001,
        "resource": "studentSchoolAssociation",
        "key": {
            "entryDate": "2024-08-12",
            "schoolReference.schoolId": 1001,
            "studentReference.studentUniqueId": "100000001",
        },
        "others": [],
        "message": "studentSchoolAssociation.fullTimeEquivalency: should be a number, but is 'x'",
        "detail": "",
        "values": {},
        "missing": [],
        "because": [],
        "suppressedBy": [],
        "file": f"{ENROLLMENTS}.jsonl",
        "line": 1,
        "schoolYear": 2025,
        "findingKey": row["findingKey"],
    }


def test_json_is_one_document_with_the_rows_of_jsonl(execute: Execute) -> None:
    records = {**SOUND, **FAULTY["error"], "sessions": [], "notes.txt": "x"}
    records.pop("students")
    document = json.loads(execute(records, "--format", "json").out)
    rows = json_rows(execute(records, "--format", "jsonl"))
    assert document.pop("findings") == rows
    nothing = {"pass": 0, "violation": 0, "not applicable": 0, "not checked": 0}
    assert document == {
        "version": 1,
        "schoolYear": 2025,
        "asOf": "2025-06-01",
        "scope": "state",
        "recordsRead": 4,
        "rules": [
            {"rule": "EN-1", "subjects": 1, **nothing, "violation": 1},
            {"rule": "EN-2", "subjects": 1, **nothing, "not checked": 1},
            {"rule": "EN-3", "subjects": 1, **nothing, "not applicable": 1},
            {"rule": "EN-4", "subjects": 1, **nothing, "pass": 1},
            {"rule": "EN-5", "subjects": 1, **nothing, "pass": 1},
        ],
        "notChecked": [{"rule": "EN-2", "missing": ["resource: student"], "subjects": 1}],
        "dispositions": [],
        "uncounted": {},
        "absent": ["student"],
        "unread": ["session"],
        "unknownFiles": ["notes.txt"],
    }


def test_csv_has_the_fields_of_jsonl_as_columns(execute: Execute) -> None:
    records = {**SOUND, **FAULTY["conflict"]}
    header, *cells = csv.reader(io.StringIO(execute(records, "--format", "csv").out))
    rows = json_rows(execute(records, "--format", "jsonl"))
    assert header == list(rows[0])

    def cell(value: Any) -> str:
        return "" if value in (None, [], {}) else value if isinstance(value, str) else json.dumps(value)

    assert cells == [[cell(value) for value in row.values()] for row in rows]


def test_csv_without_findings_is_its_header(execute: Execute) -> None:
    assert execute(SOUND, "--format", "csv").out == ",".join(reports.FIELDS) + "\n"


NAMES = {
    "equals": ("=1+1", "'=1+1"),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "tab": ("\t=1", "'\t=1"),
    "carriage-return": ("\r=1", "'\r=1"),
    "line-feed": ("\n=1", "'\n=1"),
    "quotes-and-commas": ('O"Brien, Jr.', 'O"Brien, Jr.'),
    "two-lines": ("a\r\nb", "a\r\nb"),
    "inside": ("a=1", "a=1"),
    "other-scripts": ("Nguyễn 李", "Nguyễn 李"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_is_no_formula_and_stays_one_cell(name: str, execute: Execute) -> None:
    raw, expected = NAMES[name]
    ran = execute({**SOUND, "students": [student(birthDate="2010-01-01", lastSurname=raw)]}, "--format", "csv")
    [row] = csv.DictReader(io.StringIO(ran.out, newline=""))
    assert row["detail"] == f"{expected}, born 2010-01-01"


# -- the report


REPORTS: dict[str, tuple[dict[str, Any], tuple[object, ...]]] = {
    "nothing-found": (SOUND, ()),
    "all-kinds": (
        {
            "schools": [school(), school(1002)],
            "students": [student(), student("100000002", birthDate="2010-05-06"), student("100000003", birthDate=None)],
            f"{ENROLLMENTS}.jsonl": "".join(
                json.dumps(body) + "\n"
                for body in (
                    enrollment(exitWithdrawDate="2024-08-01"),
                    enrollment("100000002", exitWithdrawDate="2024-08-02", fullTimeEquivalency=1.5),
                    enrollment("100000002", schoolReference={"schoolId": 1002}, exitWithdrawDate="2024-08-03"),
                    enrollment("100000003", exitWithdrawDate="2024-08-04"),
                    enrollment("100000003", entryDate="2024-08-13", exitWithdrawDate="2024-08-05"),
                    enrollment("100000004", exitWithdrawDate="2024-02-30"),
                )
            )
            + "{\n",
            "sessions": [],
            "student.jsonl": "",
        },
        ("--max-findings", "2"),
    ),
    "district-scope": ({**SOUND, **FAULTY["conflict"]}, ("--scope", "district")),
    "listed": (
        {**SOUND, "students": [student(birthDate=None)], SERVICES: [services(disabilities=[{"orderOfDisability": 1}])]},
        ("--list-not-checked", "--structure", "all"),
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_report(name: str, execute: Execute, golden: Callable[[str, str], None], tmp_path: Path) -> None:
    records, options = REPORTS[name]
    ran = execute(records, *options)
    text = f"$ rulewright run {' '.join(map(str, options))}\n{ran.out}--- stderr, exit code {ran.code}\n{ran.err}"
    golden(f"run-{name}.txt", text.replace(str(tmp_path), "DIR"))


HARMFUL = {
    "colours": ("\x1b[31mred\x1b[0m", "?[31mred?[0m"),
    "title": ("\x1b]0;title\x07", "?]0;title?"),
    "one-byte-escape": ("\x9b31m", "?31m"),
    "backspace-and-return": ("a\x08b\rc", "a?b c"),
    "right-to-left": ("a\u202eb\u200bc", "a?b?c"),
    "lines": ("a\nEN-1 (Error): forged", "a EN-1 (Error): forged"),
    "markup": ("[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:"),
}


@pytest.mark.parametrize("case", HARMFUL)
def test_text_of_records_is_harmless_on_a_terminal(case: str, execute: Execute) -> None:
    raw, shown = HARMFUL[case]
    records = {
        **SOUND,
        "students": [student(birthDate="2010-01-01", lastSurname=raw)],
        ENROLLMENTS: [enrollment(entryGradeLevelDescriptor=raw)],
    }
    out = execute(records)
    assert f"student 100000001, corporation 1: {shown}, born 2010-01-01  " in out.out
    assert f"'{shown}' is not a code of GradeLevelDescriptor" in out.out
    assert [c for c in out.out + out.err if not c.isprintable() and c != "\n"] == []


# -- files


def test_a_file_of_findings_is_only_for_its_owner(execute: Execute, tmp_path: Path) -> None:
    for form, name in zip(FORMATS, ("findings.txt", "findings.json", "findings.jsonl", "findings.csv"), strict=True):
        records = {**SOUND, **FAULTY["error"]}
        on_screen = execute(records, "--format", form)
        kept = execute(records, "--format", form, "-o", tmp_path / form / "deep")
        assert (kept.code, kept.out) == (1, "")
        path = tmp_path / form / "deep" / name
        assert [p.name for p in path.parent.iterdir()] == [name]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes().decode() == on_screen.out
        assert kept.err.splitlines()[1] == f"findings written to {path}"


def test_a_file_is_written_whole_or_not_at_all(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    old = put(folder, {"findings.jsonl": "old"}) / "findings.jsonl"

    def broken(_found: object) -> Iterator[str]:
        yield "new"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reports, "as_jsonl", broken)
    ran = execute(SOUND, "--format", "jsonl", "-o", folder)
    assert (ran.code, ran.err.splitlines()[-1]) == (2, f"{old} could not be written: No space left on device")
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("findings.jsonl", "old")]


def test_a_folder_that_cannot_be_made_is_said(execute: Execute, tmp_path: Path) -> None:
    put(tmp_path, {"taken": "x"})
    ran = execute(SOUND, "-o", tmp_path / "taken")
    assert (ran.code, ran.err) == (2, f"{tmp_path / 'taken'} is a file; `-o` takes a folder.\n")


def test_half_characters_do_not_break_a_file(tmp_path: Path) -> None:
    row = {"name": "a\ud800b", "formula": "=cmd|' /C calc'!A0", "script": "<script>"}
    keep_texts(tmp_path / "x.csv", reports.csv_lines(tuple(row), [row]))
    [header, cells] = csv.reader((tmp_path / "x.csv").read_text(encoding="utf-8").splitlines())
    assert (header, cells) == (list(row), ["a\\ud800b", "'=cmd|' /C calc'!A0", "<script>"])


# -- masking

IDS = ("100000001", "100000002", "S-77/ä", "900000009", "555000555")
MASKED: dict[str, Any] = {
    "schools": [school(), school(1002)],
    "students.jsonl": "".join(
        json.dumps(body) + "\n"
        for body in (
            student(IDS[0], birthDate="2010-01-01", lastSurname=f"Child {IDS[0]}"),
            student(IDS[1], birthDate=None),
            student(IDS[2], lastSurname=""),
            {**student(), "studentUniqueId": int(IDS[3])},
        )
    ),
    ENROLLMENTS: [
        enrollment(IDS[0], exitWithdrawDate="2024-08-01", fullTimeEquivalency=IDS[0]),
        enrollment(IDS[0], schoolReference={"schoolId": 1002}),
        enrollment(IDS[1]),
        enrollment(IDS[2], fullTimeEquivalency=2),
        enrollment(IDS[4]),
        {**enrollment(), "studentReference": {"studentUniqueId": int(IDS[3])}},
    ],
    SERVICES: [services(IDS[1], disabilities=[{"disabilityDescriptor": "uri://x#08"}])],
}


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_the_id_of_a_masked_student(form: str, execute: Execute) -> None:
    options = ("--format", form, "--list-not-checked", "--structure", "all", "--max-findings", "100")
    bare, ran = execute(MASKED, *options), execute(MASKED, *options, "--mask-students")
    shown = {number for number in IDS if number in bare.out}
    assert shown >= {number for number in IDS if form != "text" or number != IDS[1]}
    assert [number for number in IDS if number in ran.out + ran.err] == []
    assert len(ran.out.splitlines()) == len(bare.out.splitlines())
    assert ran.err == bare.err


def test_an_alias_stands_for_one_student_in_one_run(execute: Execute) -> None:
    options = ("--format", "jsonl", "--list-not-checked", "--structure", "all")
    bare = json_rows(execute(MASKED, *options))
    first, second = (json_rows(execute(MASKED, *options, "--mask-students")) for _ in range(2))
    pairs = {(old["student"], new["student"]) for old, new in zip(bare, first, strict=True)}
    assert len({old for old, _ in pairs}) == len(pairs) == len({new for _, new in pairs})
    assert {new["student"] for new in first} & {new["student"] for new in second} <= {None}
    assert {row["findingKey"] for row in first if row["student"]} == {None}
    same = ("rule", "code", "outcome", "severity", "resource", "corporation", "school", "line", "missing", "schoolYear")
    assert [[row[name] for name in same] for row in first] == [[row[name] for name in same] for row in bare]


def test_a_short_id_spoils_neither_rules_nor_lines(execute: Execute) -> None:
    records = {**SOUND, "students": [student("1")], ENROLLMENTS: [enrollment("1", exitWithdrawDate="2024-08-01")]}
    [row] = json_rows(execute(records, "--rule", "EN-1", "--format", "jsonl", "--mask-students"))
    assert (row["rule"], row["line"], row["corporation"], row["message"]) == (
        "EN-1",
        1,
        1,
        "The exit date is before the entry date.",
    )
    assert row["student"] == row["key"]["studentReference.studentUniqueId"] != "1"


# -- choices

UNSURE = services(disabilities=[{"disabilityDescriptor": "uri://x#08"}])


def test_single_subjects_that_were_not_checked_are_listed_on_demand(execute: Execute) -> None:
    records = {**SOUND, SERVICES: [UNSURE, services(beginDate="2024-10-01")]}
    plain, listed = (execute(records, "--format", "jsonl", *more) for more in ((), ("--list-not-checked",)))
    assert plain.out == ""
    assert [(row["rule"], row["outcome"], row["line"], row["missing"]) for row in json_rows(listed)] == [
        ("EN-5", "not checked", 1, ["studentSpecialEducationProgramAssociation.disabilities.orderOfDisability"])
    ]
    for ran in (plain, listed):
        assert (
            "not checked: EN-5, 1: studentSpecialEducationProgramAssociation.disabilities.orderOfDisability is missing"
            in ran.err.splitlines()
        )


CHOICES = {
    "one-rule": (("--rule", "EN-3"), "EN-3"),
    "two-rules-in-their-order": (("--rule", "EN-3", "--rule", "EN-1"), "EN-1 EN-3"),
    "another-spelling": (("--rule", "en 03"), "EN-3"),
    "a-collection": (("--collection", "enrollment"), "EN-1 EN-2 EN-3 EN-4 EN-5"),
    "a-collection-and-a-rule": (("--collection", "enrollment", "--rule", "EN-3"), "EN-3"),
    "a-cycle": (("--cycle", "fall"), "EN-1 EN-2 EN-3 EN-4 EN-5"),
}


@pytest.mark.parametrize("case", CHOICES)
def test_choices(case: str, execute: Execute) -> None:
    options, expected = CHOICES[case]
    document = json.loads(execute(SOUND, "--format", "json", *options).out)
    assert [rule["rule"] for rule in document["rules"]] == expected.split()


WRONG = {
    "unknown-rule": (("--rule", "EN-33"), "There is no rule `EN-33` in sample. Did you mean `EN-3`?"),
    "unknown-collection": (
        ("--collection", "enrolment"),
        "There is no collection `enrolment`. Did you mean `enrollment`?",
    ),
    "unknown-cycle": (("--cycle", "spring"), "The collection `enrollment` has no cycle `spring`; it has fall."),
    "unknown-year": (
        ("--school-year", "2030"),
        "The collection `enrollment` has no parameters for school year 2030; it has 2025.",
    ),
    "no-date": (
        ("--as-of", "2025-02-30"),
        "Error: Invalid value for '--as-of': `2025-02-30` is not a date; write it as 2024-06-01",
    ),
    "no-count": (("--max-findings", "-1"), "Error: Invalid value for '--max-findings': -1 is not in the range x>=0."),
    "a-limit-that-hides-nothing": (
        ("--min-cell", "2"),
        "Error: Invalid value for '--min-cell': 2 would hide nothing: what lies between 0 and 2 is 1. Take 3 or more.",
    ),
    "unknown-format": (
        ("--format", "xml"),
        "Error: Invalid value for '--format': 'xml' is not one of 'text', 'json', 'jsonl', 'csv', 'edfi-validation', "
        "'xlsx', 'html'.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_choice_is_exit_2_with_what_there_is(case: str, execute: Execute) -> None:
    options, words = WRONG[case]
    ran = execute(SOUND, *options)
    assert (ran.code, ran.out, ran.err.splitlines()[-1]) == (2, "", words)


def test_a_rule_that_would_not_run_is_exit_2(rules: Sample, execute: Execute, tmp_path: Path) -> None:
    project = Sample.copied(rules.root, tmp_path / "project")
    project.write(
        "collections:\n"
        "  enrollment: {title: Enrollment, school years: ['2025'], cycles: {fall: {title: Fall}}}\n"
        "  other: {title: Other, school years: ['2025'], cycles: {fall: {title: Fall}}}\n",
        "_collections.yaml",
    )
    project.with_keys("status: disabled\n")
    for options, words in (
        (("--rule", "EN-1"), "EN-1 is not run: it is disabled or repeats another rule."),
        (
            ("--rule", "EN-2", "--collection", "other"),
            "EN-2 is a rule of the collection `enrollment`, which was not asked for.",
        ),
        (("--collection", "other"), "There are no rules of the collection other."),
    ):
        ran = execute(SOUND, *options, project=project)
        assert (ran.code, ran.out, ran.err) == (2, "", f"{words}\n")


def test_specs_with_errors_are_exit_2_and_nothing_is_run(sample: Sample, execute: Execute) -> None:
    sample.replace(
        "require: e.exitWithdrawDate is on or after e.entryDate",
        "require: e.exitWithdrawDate is on or after e.entryDat",
    )
    ran = execute(SOUND, project=sample)
    assert ran.code == 2
    assert ran.out.startswith("error[E301] specs/sample/enrollment/EN-1-exit-after-entry.yaml:14:46: ")
    assert ran.err == "The specs have errors (1); nothing was run. See `rulewright check`.\n"


@pytest.mark.parametrize(("day", "severity", "code"), [("2025-04-30", "Informational", 0), ("2025-05-01", "Error", 1)])
def test_the_severity_is_that_of_the_day(day: str, severity: str, code: int, sample: Sample, execute: Execute) -> None:
    text = sample.read().replace(
        "severity: Error\n", "severity: {steps: [{until: May 1 of the school year, is: Informational}, {is: Error}]}\n"
    )
    ran = execute({**SOUND, **FAULTY["error"]}, "--as-of", day, "--format", "jsonl", project=sample.write(text))
    assert [row["severity"] for row in json_rows(ran)] == [severity]
    assert ran.code == code


@pytest.mark.parametrize(
    ("scope", "outcome"), [("district", "not checked"), ("state", "violation"), ("history", "violation")]
)
def test_the_scope_decides_what_can_be_checked(scope: str, outcome: str, execute: Execute) -> None:
    rows = json_rows(execute({**SOUND, **FAULTY["conflict"]}, "--scope", scope, "--format", "jsonl"))
    assert {row["outcome"] for row in rows} == {outcome}
    assert rows[0]["missing"] == (["scope: state"] if scope == "district" else [])


def test_subjects_are_the_records_of_the_school_year(execute: Execute) -> None:
    """By the year they name, else by dates that touch July 1 to June 30."""
    late = {"exitWithdrawDate": "2024-08-01"}
    undated: dict[str, Any] = {"schoolYearTypeReference": None}
    records = [
        enrollment(**late),
        enrollment(schoolYearTypeReference={"schoolYear": 2024}, entryDate="2024-08-13", **late),
        enrollment(entryDate="2024-08-14", **undated, **late),
        enrollment(entryDate="2023-08-14", exitWithdrawDate="2024-07-01", **undated),
        enrollment(entryDate="2023-08-15", exitWithdrawDate="2024-06-30", **undated),
        enrollment(entryDate="2025-07-01", **undated),
        enrollment(entryDate="2025-06-30", **undated),
    ]
    document = json.loads(execute({**SOUND, ENROLLMENTS: records}, "--rule", "EN-3", "--format", "json").out)
    # the reversed dates of the third touch nothing, so only the first, fourth and seventh are of the year
    assert document["rules"][0]["subjects"] == 3


# -- order


def test_findings_do_not_depend_on_the_order_of_lines(program: Program, tmp_path: Path) -> None:
    records = json.loads(json.dumps(dict(MASKED)).encode())
    lines = records.pop("students.jsonl").splitlines()
    sorts: list[list[dict[str, Any]]] = []
    for seed in range(4):
        mixed = random.Random(seed)
        shuffled = {name: mixed.sample(bodies, len(bodies)) for name, bodies in records.items()}
        shuffled["students.jsonl"] = "\n".join(mixed.sample(lines, len(lines)))
        rows = agreed(program, put(tmp_path, shuffled))
        sorts.append([{**row, "line": None} for row in rows if row["rule"] != "structure"])
        keys = [row["findingKey"] for row in rows]
        assert len(set(keys)) == len(keys)
    assert sorts[1:] == sorts[:1] * 3
    assert [
        (row["rule"], row["corporation"], row["student"], row["key"]["schoolReference.schoolId"])
        for row in sorts[0]
        if row["rule"] in ("EN-2", "EN-4")
    ] == [
        ("EN-2", 1, IDS[0], 1001),
        ("EN-2", 1, IDS[0], 1002),
        ("EN-2", 1, IDS[1], 1001),
        ("EN-2", 1, IDS[4], 1001),
        ("EN-4", 1, IDS[0], 1001),
        ("EN-4", 1, IDS[0], 1002),
    ]


def test_rules_come_in_the_order_of_their_numbers(indiana: Program) -> None:
    options = running.Options(2024, date(2024, 6, 1))
    ids = [rule.id for rule in running.chosen_rules(indiana, options)]
    assert ids == sorted(ids, key=lambda name: (name.split("-")[0], int(re.sub("[^0-9]", "", name)), name))
    assert ids.index("ME-3") < ids.index("ME-12")


# -- all engines on spoilt data

EXAMPLE = ROOT / "examples" / "indiana-district" / "data"
ODD: dict[type, tuple[Any, ...]] = {
    str: (7, True, [], {}, "x", "2024-02-30", "1900-01-01", "2099-12-31", "uri://x#99", "é" * 400),
    bool: ("true", 1, None),
    int: ("1", 1.5, -1, 2**63, True, 0),
    float: ("1", 0, -0.5, 1e300, 3),
    list: ({}, [], "x", [None], [{}], ["x"]),
    dict: ({}, [], "x", 7),
}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every property and list member below a value: what holds it, and its name or position."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for name, part in inner:
        yield value, name
        yield from places(part)


def spoil(records: dict[str, list[Any]], chance: random.Random) -> str:
    """Do one thing to the records; gives its name."""
    name = chance.choice(sorted(records))
    what = chance.choice(
        ("delete", "blank", "change", "change", "swap", "drop a record", "repeat a record", "drop a file")
    )
    if what == "drop a file" or not records[name]:
        del records[name]
        return "drop a file"
    at = chance.randrange(len(records[name]))
    if what == "drop a record":
        del records[name][at]
    elif what == "repeat a record":
        records[name].insert(chance.randrange(len(records[name])), copy.deepcopy(records[name][at]))
    else:
        holder, key = chance.choice(list(places(records[name][at])))
        if what == "delete":
            del holder[key]
        elif what == "blank":
            holder[key] = chance.choice(("", " ", None))
        elif what == "change":
            holder[key] = chance.choice(ODD.get(type(holder[key]), (1,)))
        else:
            other, there = chance.choice(list(places(chance.choice(records[name]))))
            holder[key] = copy.deepcopy(other[there])
    return what


def test_all_engines_agree_on_spoilt_data(indiana: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """160 times, the example district with one to four things wrong: the same text from all engines.

    DuckDB, for which a query costs much the same however few the records are, takes part every sixteenth time.
    """
    engine, made = PythonEngine(indiana), cache(lambda: fused(indiana, indiana.rules.values()))
    monkeypatch.setattr(duckdb_engine, "fused", lambda _program, _rules: made())
    for module in (single, duckdb_engine):
        monkeypatch.setattr(module, "PythonEngine", lambda _program: engine)
    whole = {path.relative_to(EXAMPLE).with_suffix("").as_posix(): path for path in sorted(EXAMPLE.rglob("*.jsonl"))}
    lines = {name: path.read_text(encoding="utf-8").splitlines() for name, path in whole.items()}
    options = {"school_year": 2024, "as_of": date(2024, 6, 1)}
    found, done = set(), set()
    for seed in range(160):
        chance = random.Random(seed)
        records = {name: [json.loads(line) for line in texts] for name, texts in lines.items()}
        done |= {spoil(records, chance) for _ in range(chance.randint(1, 4)) if records}
        data = put(tmp_path / str(seed), records)
        level, scope = chance.choice(("used", "all")), chance.choice(("district", "state", "history"))
        engines = ENGINES if seed % 16 == 0 else ("python", "interpreter")
        rows = agreed(indiana, data, engines, **options, structure=level, scope=scope)
        found.add("".join(reports.as_jsonl(rows)))
    assert len(found) > 120
    assert done == {"delete", "blank", "change", "swap", "drop a record", "repeat a record", "drop a file"}
