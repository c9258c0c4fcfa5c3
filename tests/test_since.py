"""``run --since``: new, open, fixed, and what nobody can tell."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.running import YEAR, enrollment, put, school, services, student
from tests.support import Ran, Sample, command

Execute = Callable[..., Ran]

LATE = {"exitWithdrawDate": "2024-08-01"}
FORMATS = ("jsonl", "json", "csv")


@pytest.fixture
def execute(rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Execute:
    """Runs the rules over some enrollments, with options, as the command does."""

    def run(enrollments: list[dict[str, Any]], *options: object, **more: Any) -> Ran:
        data = tmp_path / "data"
        ids = sorted({e["studentReference"]["studentUniqueId"] for e in enrollments})
        programs = {"studentSpecialEducationProgramAssociations": [services(n) for n in ids]}
        records = {"schools": [school(), school(1002)], "students": [student(n) for n in ids], **programs}
        put(data, {**records, "studentSchoolAssociations": enrollments, **more})
        return command(capsys, "run", "--specs", rules.path(""), "--data", data, "--scope", "state", *YEAR, *options)

    return run


def findings(folder: Path, form: str) -> Path:
    return folder / f"findings.{form}"


def states(ran: Ran) -> dict[tuple[str, str], Any]:
    found = [json.loads(line) for line in ran.out.splitlines()]
    return {(row["rule"], row["student"]): row["since"] for row in found}


BEFORE = [
    enrollment("1", **LATE),
    enrollment("2", **LATE),
    enrollment("3", **LATE),
    enrollment("4", fullTimeEquivalency=2),
]
AFTER = [enrollment("1", **LATE), enrollment("2"), enrollment("4"), enrollment("5", **LATE)]  # 3 has gone


@pytest.mark.parametrize("form", FORMATS)
def test_findings_are_new_or_open(form: str, execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", form, "-o", tmp_path / "before")
    for earlier in (tmp_path / "before", findings(tmp_path / "before", form)):
        ran = execute(AFTER, "--since", earlier, "--format", "jsonl")
        assert states(ran) == {("EN-1", "1"): "open", ("EN-1", "5"): "new"}
        [told] = [line for line in ran.err.splitlines() if line.startswith("Compared with ")]
        assert told.endswith(": 1 new, 1 still open, 2 fixed, 1 of which nobody can tell.")


def test_what_is_fixed_is_listed_and_why_nobody_can_tell(execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", "json", "-o", tmp_path)
    since = json.loads(execute(AFTER, "--since", tmp_path, "--format", "json").out)["since"]
    assert (since["new"], since["open"], since["asOf"], since["notes"]) == (1, 1, "2025-06-01", [])
    assert [(row["rule"], row["student"], row["since"]) for row in since["fixed"]] == [
        ("EN-1", "2", "fixed"),
        ("EN-3", "4", "fixed"),
    ]
    assert [(row["rule"], row["student"], row["why"]) for row in since["cannotTell"]] == [
        ("EN-1", "3", "its record is no longer in the data"),
    ]


def test_csv_has_a_column_and_nothing_else_changes(execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", "csv", "-o", tmp_path)
    plain, compared = execute(AFTER, "--format", "csv").out, execute(AFTER, "--format", "csv", "--since", tmp_path).out
    table = list(csv.reader(io.StringIO(compared)))
    assert [row[-1] for row in table] == ["since", "open", "new"]
    assert [row[:-1] for row in table] == list(csv.reader(io.StringIO(plain)))


def test_the_report_has_a_paragraph(execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", "json", "-o", tmp_path / "monday")
    lines = execute(AFTER, "--since", tmp_path / "monday").out.splitlines()
    start = lines.index(
        "Compared with monday (as of 2025-06-01): 1 new, 1 still open, 2 fixed, 1 of which nobody can tell."
    )
    assert lines[start + 1 : start + 5] == [
        "  rule  new  open  fixed  cannot tell",
        "  EN-1    1     1      1            1",
        "  EN-3    0     0      1            0",
        "  cannot tell of 1: its record is no longer in the data",
    ]


def test_a_subject_that_was_not_checked_is_not_fixed(execute: Execute, tmp_path: Path) -> None:
    old, unknown = student("1", birthDate="2010-01-01"), student("1")
    del unknown["birthDate"]
    execute([enrollment("1")], "--format", "json", "-o", tmp_path, students=[old])
    since = json.loads(execute([enrollment("1")], "--since", tmp_path, "--format", "json", students=[unknown]).out)[
        "since"
    ]
    assert [(row["rule"], row["why"]) for row in since["cannotTell"]] == [("EN-2", "it could not be checked")]


def test_a_rule_that_could_not_be_checked_at_all_has_fixed_nothing(execute: Execute, tmp_path: Path) -> None:
    both = [enrollment("1"), enrollment("1", schoolReference={"schoolId": 1002})]
    execute(both, "--format", "json", "-o", tmp_path)
    narrow = execute(both, "--since", tmp_path, "--format", "json", "--scope", "district")
    since = json.loads(narrow.out)["since"]
    assert {(row["rule"], row["why"]) for row in since["cannotTell"]} == {("EN-4", "it could not be checked")}
    assert since["notes"] == ["The earlier run was over other data (scope state)."]


def test_only_rules_of_both_runs_are_compared(execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", "json", "-o", tmp_path, "--rule", "EN-3")
    ran = execute(AFTER, "--since", tmp_path, "--format", "json", "--rule", "EN-1")
    document = json.loads(ran.out)
    assert [(row["student"], row["since"]) for row in document["findings"]] == [("1", None), ("5", None)]
    assert [(row["rule"], row["why"]) for row in document["since"]["cannotTell"]] == [("EN-3", "its rule was not run")]
    assert document["since"]["notes"] == ["Only this run had EN-1.", "Only the earlier run had EN-3."]


def test_another_school_year_is_said_and_nothing_is_fixed(execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", "jsonl", "-o", tmp_path)
    path = findings(tmp_path, "jsonl")
    path.write_text(path.read_text().replace('"schoolYear": 2025', '"schoolYear": 2024'))
    since = json.loads(execute([enrollment("2")], "--since", path, "--format", "json").out)["since"]
    assert since["notes"] == ["The earlier run was of school year 2024, this one is of 2025."]
    assert (since["fixed"], len(since["cannotTell"])) == ([], 4)


def test_structure_findings_are_compared(execute: Execute, tmp_path: Path) -> None:
    bad = [enrollment("1", fullTimeEquivalency="x"), enrollment("2", fullTimeEquivalency="x")]
    execute(bad, "--format", "json", "-o", tmp_path)
    ran = execute([enrollment("1"), bad[1]], "--since", tmp_path, "--format", "json")
    document = json.loads(ran.out)
    assert [(row["code"], row["student"], row["since"]) for row in document["findings"]] == [
        ("wrong-type", "2", "open")
    ]
    assert [(row["code"], row["student"]) for row in document["since"]["fixed"]] == [("wrong-type", "1")]


def test_faults_without_a_record_are_fixed_when_their_file_is_sound(execute: Execute, tmp_path: Path) -> None:
    good = [enrollment("1")]
    execute(good, "--format", "json", "-o", tmp_path, **{"schools.ndjson": "{\n"})
    ran = execute(good, "--since", tmp_path, "--format", "json", **{"schools.ndjson": ""})
    assert [row["code"] for row in json.loads(ran.out)["since"]["fixed"]] == ["not-json"]
    (tmp_path / "data" / "schools.ndjson").unlink()
    since = json.loads(execute(good, "--since", tmp_path, "--format", "json").out)["since"]
    assert [row["why"] for row in since["cannotTell"]] == ["its file is no longer in the data"]


def test_an_edition_says_which_rules_were_run(execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", "xlsx", "-o", tmp_path, "--rule", "EN-3")
    ran = execute(AFTER, "--since", tmp_path, "--format", "jsonl")
    assert states(ran) == {("EN-1", "1"): None, ("EN-1", "5"): None}
    assert "Only this run had EN-1, EN-2, EN-4, EN-5." in ran.err.splitlines()


def test_what_an_edition_says_is_not_taken_for_other_findings(execute: Execute, tmp_path: Path) -> None:
    """The findings beside `run.json` were written again by another format: what it says is of another run."""
    execute(BEFORE, "--format", "xlsx", "-o", tmp_path, "--rule", "EN-3")
    execute(BEFORE, "--format", "jsonl", "-o", tmp_path)
    assert states(execute(AFTER, "--since", tmp_path, "--format", "jsonl")) == {
        ("EN-1", "1"): "open",
        ("EN-1", "5"): "new",
    }


def test_fixed_findings_are_masked_too(execute: Execute, tmp_path: Path) -> None:
    execute([enrollment("100000001", **LATE)], "--format", "csv", "-o", tmp_path)
    for form in ("text", "json", "jsonl", "csv"):
        ran = execute([enrollment("100000001")], "--since", tmp_path, "--mask-students", "--format", form)
        assert "100000001" not in ran.out + ran.err
    assert "1 fixed" in ran.err


@pytest.mark.parametrize("form", FORMATS)
def test_a_masked_run_cannot_be_compared_with(form: str, execute: Execute, tmp_path: Path) -> None:
    execute(BEFORE, "--format", form, "-o", tmp_path, "--mask-students")
    ran = execute(AFTER, "--since", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "holds masked findings, which have no keys that could be compared" in ran.err


UNUSABLE = {
    "absent": (None, "does not exist; `--since` takes findings of an earlier run, or the folder it wrote."),
    "findings.jsonl": ("{", "holds no findings as `run` writes them."),
    "rows.jsonl": ("[1]\n", "holds no findings as `run` writes them"),
    "other.csv": ("a,b\n1,2\n", "holds no findings as `run` writes them: a row lacks rule, outcome"),
    "other.json": ('{"findings": 3}', "holds no findings as `run` writes them."),
    "findings.txt": ("x", "is of no format that findings are read in: .jsonl, .json or .csv."),
    "binary.jsonl": ("\udcff", "holds no findings as `run` writes them."),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_is_no_earlier_run_is_exit_2(name: str, execute: Execute, tmp_path: Path) -> None:
    text, words = UNUSABLE[name]
    if text is not None:
        (tmp_path / name).write_bytes(text.encode(errors="surrogateescape"))
    ran = execute(AFTER, "--since", tmp_path / name)
    assert (ran.code, ran.out, words in ran.err, len(ran.err.splitlines())) == (2, "", True, 1)


def test_an_empty_folder_is_no_earlier_run(execute: Execute, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = execute(AFTER, "--since", tmp_path / "empty")
    assert (ran.code, ran.out) == (2, "")
    assert "none of findings.jsonl, findings.json, findings.csv" in ran.err
