"""Drift: what editing changes by itself is none, each other change of a quoted row is told for what it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.semantics.rows import CELLS, row_hash
from compiler.transcription.drift import Drift, Fate, Quoted, compare
from compiler.transcription.reading import read_rows
from tests.support import ROOT, Execute, Sample, own_project
from tests.tables import HEADINGS, KINDS, as_csv

SEED = "seeds/001_ef63d476af1a8db1.txt"
CELLS_OF_4 = {
    "type": "Error",
    "logic": "IF the grade is KG, THEN the student's age is 5 – or more",
    "message": "Student must be at least 5 years of age for grade level KG",
    "notes": "See the manual (Jane Doe).",
}
QUOTED = Quoted("ME-4", "ME-4.yaml", "rules", "Membership Enrollment-4", CELLS_OF_4, "")
LINE = ("Membership Enrollment-4", *CELLS_OF_4.values())


def judged(headings: tuple[str, ...], *lines: tuple[str, ...], quoted: Quoted = QUOTED) -> list[Drift]:
    sealed = replace(quoted, sha256=quoted.sha256 or row_hash(quoted.row, quoted.cells))
    return compare(read_rows(as_csv([headings, *lines]), ".csv", {}).rows, [sealed], same_copy=False)


def with_cell(name: str, text: str) -> tuple[str, ...]:
    return (LINE[0], *({**CELLS_OF_4, name: text}).values())


EDITORIAL = {
    "nothing": (HEADINGS, LINE),
    "headings": (("RULE ID", "message type", "Validation Logic", "Error Message", "Comments"), LINE),
    "order": (tuple(reversed(HEADINGS)), tuple(reversed(LINE))),
    "the id": (HEADINGS, ("MembershipEnrollment - 04", *LINE[1:])),
    "case of the id": (HEADINGS, ("MEMBERSHIP ENROLLMENT-4", *LINE[1:])),
    "white space": (HEADINGS, tuple(text.replace(" ", " \u00a0\n ") if i else text for i, text in enumerate(LINE))),
    "quotes": (HEADINGS, with_cell("logic", CELLS_OF_4["logic"].replace("'", "’"))),
    "dashes": (HEADINGS, with_cell("logic", CELLS_OF_4["logic"].replace("–", "-"))),
    "invisible characters": (HEADINGS, with_cell("message", CELLS_OF_4["message"].replace("Stu", "Stu\u200b\u00ad"))),
}


@pytest.mark.parametrize("case", EDITORIAL)
def test_what_editing_changes_by_itself_is_no_drift(case: str) -> None:
    headings, line = EDITORIAL[case]
    [found] = judged(headings, line)
    assert (found.fate, found.differences) == (Fate.UNCHANGED, ())


CHANGES = {
    "text": (with_cell("message", CELLS_OF_4["message"].replace("5 years", "6 years")), Fate.CHANGED),
    "a cell that is empty now": (with_cell("notes", ""), Fate.CHANGED),
    "type": (with_cell("type", "Warning"), Fate.TYPE),
    "type and text": ((LINE[0], "Warning", *LINE[2:4], "Other notes"), Fate.CHANGED),
    "id reused": ((LINE[0], "Error", "IF a course has no teacher, THEN report one", "No teacher.", ""), Fate.REUSED),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_told_for_what_it_is(case: str) -> None:
    line, fate = CHANGES[case]
    [found] = judged(HEADINGS, line)
    assert (found.fate, found.spec, found.place) == (fate, "ME-4", "line 2")


def test_a_changed_cell_is_shown_word_by_word() -> None:
    [found] = judged(HEADINGS, CHANGES["text"][0])
    assert [(d.cell, d.pieces) for d in found.differences] == [
        (
            "message",
            (
                ("", "Student must be at least"),
                ("-", "5"),
                ("+", "6"),
                ("", "years of age for grade level KG"),
            ),
        )
    ]


def test_rows_come_and_go() -> None:
    other = ("Membership Enrollment-5", "Error", "", "Another rule.", "")
    lost = replace(QUOTED, spec="ME-9", row="Membership Enrollment-9")
    never = replace(QUOTED, spec="ME-10", row="Membership Enrollment-10", cells={"notes": "n"}, reconstructed=True)
    elsewhere = replace(QUOTED, spec="SE-1", row="SpecialEducation-1", document="other-rules")
    rows = read_rows(as_csv([HEADINGS, LINE, other]), ".csv", {}).rows
    for same_copy, fate in ((False, Fate.NEW), (True, Fate.NOT_ENCODED)):
        found = compare(rows, [QUOTED, lost, never, elsewhere], same_copy=same_copy)
        assert [(one.spec, one.fate) for one in found] == [
            ("ME-4", Fate.UNCHANGED),
            ("ME-9", Fate.VANISHED),
            ("ME-10", Fate.NEVER),
            ("", fate),
        ]


REDACTED = replace(
    QUOTED,
    cells={**CELLS_OF_4, "notes": "See the manual ([name])."},
    sha256=row_hash(QUOTED.row, CELLS_OF_4),
    redacted=True,
)


def test_a_row_that_leaves_out_a_name_is_unchanged_when_the_rest_is() -> None:
    for line in (LINE, with_cell("notes", "See the manual (John Roe)."), EDITORIAL["dashes"][1]):
        [found] = judged(HEADINGS, line, quoted=REDACTED)
        assert found.fate is Fate.UNCHANGED


def test_a_change_of_a_row_that_leaves_out_a_name_does_not_show_the_name() -> None:
    [found] = judged(HEADINGS, with_cell("notes", "Read the manual (Jane Doe)."), quoted=REDACTED)
    assert found.fate is Fate.CHANGED
    assert "Jane" not in str(found)
    [sealed] = judged(HEADINGS, LINE, quoted=replace(REDACTED, cells={**CELLS_OF_4, "notes": "See the manual."}))
    assert sealed.fate is Fate.UNCHANGED


# -- the command


@pytest.mark.parametrize("kind", KINDS)
def test_the_quoted_rows_of_the_specs_have_not_drifted(kind: str, execute: Execute, tmp_path: Path) -> None:

    rules = own_project().programs["indiana"].checked.values()
    lines = [(r.written.source.row.text, *(_cell(r.written.source.cells, name) for name in CELLS)) for r in rules]
    path = tmp_path / f"copy{kind}"
    path.write_bytes(KINDS[kind]([HEADINGS, *lines]))
    ran = execute(ROOT, "drift", "--source", path, "--specs", "specs/indiana")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{len(lines)} rows unchanged.\n"


def _cell(cells: dict[str, object], name: str) -> str:
    return getattr(cells.get(name), "text", "")


def test_the_published_table_holds_the_rows_that_specs_quote(shared: Path, execute: Execute) -> None:
    ran = execute(ROOT, "drift", "--source", shared / SEED, "--specs", "specs/indiana", "--format", "json")
    fates = {record["spec"]: record["fate"] for record in json.loads(ran.out)}
    assert ran.code == 0
    assert {spec for spec, fate in fates.items() if fate == "not in the document"} == {"SE-10", "SE-15"}
    assert sorted(fates.values()) == ["not in the document"] * 2 + ["unchanged"] * 84


def test_without_a_copy_hashes_are_tested(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "drift")
    assert ran == type(ran)(0, "", "1 quoted row tested: all give their hash.\n")
    sample.replace("    message: The exit date is", "    message: The exit day is")
    ran = execute(sample, "drift")
    assert (ran.code, ran.out) == (1, "text changed: EN-1 `EN-1` specs/sample/enrollment/EN-1-exit-after-entry.yaml\n")


def copy(sample: Sample, *lines: tuple[str, ...]) -> Path:
    path = sample.root / "copy.csv"
    path.write_bytes(as_csv([("Rule #", "Type", "Message"), *lines]))
    return path


def test_drift_as_text(sample: Sample, execute: Execute) -> None:
    path = copy(sample, ("EN-1", "Error", "The exit day is before the entry date."), ("EN-2", "Error", "New."))
    ran = execute(sample, "drift", "--source", path)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "text changed: EN-1 `EN-1` specs/sample/enrollment/EN-1-exit-after-entry.yaml, line 2",
        "    message: The exit [-date-] {+day+} is before the entry date.",
        "new: `EN-2` (no spec quotes it) line 3",
    ]
    assert ran.err == "1 row text changed, 1 row new. Stale specs: EN-1.\n"


def test_drift_as_markdown(sample: Sample, execute: Execute) -> None:
    path = copy(sample, ("EN-1", "Warning", "The *exit* date is before the entry date."))
    ran = execute(sample, "drift", "--source", path, "--format", "markdown")
    assert ran.code == 1
    assert "## Text changed" in ran.out
    assert "  - type: ~~Error~~ **Warning**\n" in ran.out
    assert r"**\*exit\***" in ran.out


def test_a_copy_of_something_else_is_told(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "drift", "--source", copy(sample, ("ZZ-1", "Error", "x")))
    assert (ran.code, ran.out) == (2, "")
    assert re.match("No spec quotes any of the 1 row in ", ran.err)


def test_only_the_latest_revision_is_compared(sample: Sample, execute: Execute) -> None:
    later = sample.read().replace("The exit date is before", "The exit day is before")
    sample.write(f"{later}revision: '2'\nschool years: {{from: '2025'}}\n", "enrollment/EN-1-exit-after-entry-r2.yaml")
    sample.with_keys("school years: {to: '2024'}\n")
    path = copy(sample, ("EN-1", "Error", "The exit day is before the entry date."))
    ran = execute(sample, "drift", "--source", path)
    assert (ran.code, ran.err) == (0, "1 row unchanged.\n")
