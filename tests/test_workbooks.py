"""``run --format xlsx``: workbooks that hold text, counts and nothing else, for the whole run and each corporation."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from compiler.web import sheets
from tests.running import YEAR, enrollment, put, school, services, student
from tests.support import Ran, Sample, command, contents

Execute = Callable[..., Ran]

SHEETS = ["Summary", "Findings", "Students", "Rules", "Not checked", "About"]
OLD = {"birthDate": "2010-01-01"}
LATE = {"exitWithdrawDate": "2024-08-01"}


@pytest.fixture
def execute(rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Execute:
    """Runs the rules over records and writes workbooks to ``tmp_path / "out"``."""

    def run(records: dict[str, Any], *options: object, out: str = "out", form: str = "xlsx") -> Ran:
        data = put(tmp_path / "data", records)
        where = ("--specs", rules.path(""), "--data", data, "--scope", "state", "--format", form, "-o", tmp_path / out)
        return command(capsys, "run", *where, *YEAR, *options)

    return run


def records(**name: Any) -> dict[str, Any]:
    """A student of two corporations who is too old for the rule EN-2, which tells the student's name."""
    return {
        "schools": [school(), school(1002, localEducationAgencyReference={"localEducationAgencyId": 2})],
        "localEducationAgencies": [
            {"localEducationAgencyId": 1, "nameOfInstitution": "North"},
            {"localEducationAgencyId": 2, "nameOfInstitution": "South"},
        ],
        "students": [student(**OLD, **name)],
        "studentSchoolAssociations": [enrollment(**LATE), enrollment(schoolReference={"schoolId": 1002})],
        "studentSpecialEducationProgramAssociations": [services()],
    }


def cells(path: Path) -> dict[str, list[list[Any]]]:
    """The values of each sheet."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def table(path: Path, name: str) -> list[dict[str, Any]]:
    header, *rows = cells(path)[name]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_workbook_for_the_run_and_one_for_each_corporation(execute: Execute, tmp_path: Path) -> None:
    ran = execute(records())
    assert (ran.code, ran.out) == (1, "")
    assert sorted(contents(tmp_path / "out")) == [
        "all.xlsx", "corporations/1.xlsx", "corporations/2.xlsx", "findings.jsonl", "run.json",
    ]  # fmt: skip
    assert f"all.xlsx and 2 workbooks in corporations written to {tmp_path / 'out'}" in ran.err
    for path in (tmp_path / "out").rglob("*.*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = table(tmp_path / "out" / "all.xlsx", "Findings")
    assert [(row["rule"], row["corporation"], row["student"]) for row in found] == [
        ("EN-1", "1", "100000001"), ("EN-2", "1", "100000001"), ("EN-2", "2", "100000001"),
        ("EN-4", "1", "100000001"), ("EN-4", "2", "100000001"),
    ]  # fmt: skip
    assert found[0]["how to mend it"] == "Correct the entry date or the exit date."
    assert found[3]["others concerned"].endswith(
        "schoolReference.schoolId: 1002; studentReference.studentUniqueId: 100000001"
    )
    execute(records(), form="jsonl", out="lines")
    assert contents(tmp_path / "lines")["findings.jsonl"] == contents(tmp_path / "out")["findings.jsonl"]


def test_the_workbook_of_a_corporation_holds_its_own(execute: Execute, tmp_path: Path) -> None:
    execute(records())
    path = tmp_path / "out" / "corporations" / "1.xlsx"
    assert list(cells(path)) == SHEETS
    found = table(path, "Findings")
    assert [(row["rule"], row["others concerned"]) for row in found] == [
        ("EN-1", None), ("EN-2", None), ("EN-4", "South (2)"),
    ]  # fmt: skip
    assert "1002" not in json.dumps(cells(path))
    about = dict(row[:2] for row in cells(path)["About"])
    assert about["Privacy"].startswith("Education records of students")
    assert about["This workbook"].startswith("North (1). It holds this corporation's own students.")
    assert cells(path)["Summary"][0][0] == about["Privacy"]


def test_numbers_are_counts_and_everything_else_is_text(execute: Execute, tmp_path: Path) -> None:
    execute(records())
    for path in (tmp_path / "out").rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                kinds = {cell.data_type for cell in row if cell.value is not None}
                assert kinds <= ({"s", "n"} if sheet.title in ("Summary", "Rules") else {"s"}), sheet.title
                assert [cell.hyperlink for cell in row if cell.hyperlink] == []
            assert sheet.freeze_panes == "A2"
            assert bool(sheet.auto_filter.ref) == (sheet.title not in ("Summary", "About"))


def test_the_same_run_gives_the_same_bytes(execute: Execute, tmp_path: Path) -> None:
    execute(records())
    time.sleep(1.1)  # what is taken from the clock differs now
    execute(records(), out="again")
    assert contents(tmp_path / "out") == contents(tmp_path / "again")


HOSTILE = {
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "formula": ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    "plus": ("+1", "+1"),
    "at": ("@x", "@x"),
    "number": ("0017", "0017"),
    "link": ("https://example.org", "https://example.org"),
    "tab": ("\ta", "\ta"),
    "lines": ("a\r\nb\rc", "a\nb␍c"),
    "controls": ("\x00\x07\x1b[31m\x7f\x9b", "␀␇␛[31m␡\ufffd"),
    "no character": ("\ufffe\uffff", "\ufffd\ufffd"),
    "an escape of the format": ("_x0041_", "_x005F_x0041_"),  # kept by an escape, which openpyxl leaves as it is
    "markup of the library": ("<r><t>x</t></r>", "<r><t>x</t></r>"),
    "other scripts": ("Nguyễn 李 🙂", "Nguyễn 李 🙂"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_name_is_text_whatever_it_is(case: str, execute: Execute, tmp_path: Path) -> None:
    raw, shown = HOSTILE[case]
    folder = {**records(), "students.jsonl": json.dumps(student(**OLD, lastSurname=raw)) + "\n"}
    folder.pop("students")
    execute(folder)
    for name in ("all.xlsx", "corporations/1.xlsx"):
        [cell] = [
            cell
            for row in openpyxl.load_workbook(tmp_path / "out" / name)["Findings"].iter_rows(min_row=2)
            for cell in row
            if row[4].value == "EN-2" and row[0].value == "1" and ", born" in str(cell.value)
        ]
        assert (cell.data_type, cell.value) == ("s", f"{shown}, born 2010-01-01")


def test_a_cell_is_never_taken_for_markup_and_holds_no_half_characters(tmp_path: Path) -> None:
    raw = ["<r><t>forged</t></r>", "a\ud800b", "\ud83d", "", "=1+1"]
    with (tmp_path / "x.xlsx").open("wb") as file:
        book = sheets.Book(file, str(tmp_path), date(2024, 6, 1), "t", "b")
        book.table("A", [sheets.Column("a")], [[text] for text in raw])
        book.close()
    shown = ["<r><t>forged</t></r> ", "a\ufffdb", "\ufffd", None, "=1+1"]
    assert cells(tmp_path / "x.xlsx") == {"A": [["a"], *([text] for text in shown)]}


def test_a_long_text_is_cut_and_a_long_table_goes_on(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    execute(records(lastSurname="x" * 40_000))
    path = tmp_path / "out" / "all.xlsx"
    assert [name for name in cells(path) if name.startswith("Findings")] == ["Findings", "Findings 2", "Findings 3"]
    rules = [row["rule"] for part in ("Findings", "Findings 2", "Findings 3") for row in table(path, part)]
    assert rules == ["EN-1", "EN-2", "EN-2", "EN-4", "EN-4"]
    [detail] = [row["detail"] for row in table(path, "Findings") if row["rule"] == "EN-2"]
    assert (len(detail), detail[-8:]) == (32_767, " … (cut)")
    limits = [row[1] for row in cells(path)["About"] if row[0] == "Limits"]
    assert limits[0] == "Findings goes on in Findings 2 to Findings 3: a sheet holds 3 rows."
    assert limits[-1] == "4 texts end with “… (cut)”: a cell holds 32,767 characters."


def test_masked_workbooks_name_no_student(execute: Execute, tmp_path: Path) -> None:
    execute(records(), "--mask-students")
    for path in (tmp_path / "out").rglob("*.*"):
        text = json.dumps(cells(path)) if path.suffix == ".xlsx" else path.read_text()
        assert "100000001" not in text
    assert json.loads((tmp_path / "out" / "run.json").read_text())["masked"] is True
    [student_here] = {row["student"] for row in table(tmp_path / "out" / "all.xlsx", "Findings")}
    assert {row["student"] for row in table(tmp_path / "out" / "all.xlsx", "Students")} == {student_here}


def test_small_counts_are_hidden_in_workbooks(execute: Execute, tmp_path: Path) -> None:
    execute(records(), "--min-cell", "10")
    summary = json.dumps(cells(tmp_path / "out" / "all.xlsx")["Summary"])
    assert "<10 is a number from 1 to 9" in summary
    assert len(table(tmp_path / "out" / "all.xlsx", "Findings")) == 5


def test_what_an_earlier_run_found_has_a_sheet(execute: Execute, tmp_path: Path) -> None:
    execute(records(), out="monday")
    fixed = {**records(), "studentSchoolAssociations": [enrollment(), enrollment(schoolReference={"schoolId": 1002})]}
    execute(fixed, "--since", tmp_path / "monday")
    path = tmp_path / "out" / "corporations" / "1.xlsx"
    [gone] = table(path, "Since")
    assert (gone["what became of it"], gone["rule"], gone["corporation"], gone["student"]) == (
        "fixed", "EN-1", "1", "100000001",
    )  # fmt: skip
    assert {row["since the earlier run"] for row in table(path, "Findings")} == {"open"}
    assert "Compared with monday (as of 2025-06-01)" in json.dumps(cells(path)["Summary"])


def test_a_folder_is_needed(rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = command(capsys, "run", "--specs", rules.path(""), "--data", tmp_path, "--format", "xlsx")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--format xlsx writes a folder of files: say where, with -o DIR.\n"


def test_workbooks_of_an_earlier_run_are_named(execute: Execute, tmp_path: Path) -> None:
    execute(records())
    ran = execute({**records(), "studentSchoolAssociations": [enrollment()]})
    assert "of an earlier run, and not touched: corporations/2.xlsx" in ran.err.splitlines()


def test_a_workbook_that_cannot_be_written_is_said(execute: Execute, tmp_path: Path) -> None:
    put(tmp_path, {"out": "x"})
    ran = execute(records())
    assert (ran.code, ran.err.splitlines()[-1]) == (2, f"{tmp_path / 'out'} is a file; `-o` takes a folder.")
