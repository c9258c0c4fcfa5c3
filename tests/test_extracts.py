"""Extracts: what is said of a wrong one, what it becomes, its examples, and the commands that make and check a file."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler.backends.duckdb.together import TogetherQuery, together_query
from compiler.backends.python import generate, runtime_artifacts
from compiler.backends.words_extracts import missing_words
from compiler.conformance import Examples
from compiler.driver import open_project
from compiler.engines import row_examples
from compiler.engines.duckdb import together as duckdb_together
from compiler.engines.duckdb.extracting import RefusedError, in_duckdb
from compiler.engines.duckdb.together import together
from compiler.semantics import ir
from compiler.semantics.program import Program
from tests.support import ROOT, Execute, Ran, lines_of

SPEC = """\
kind: extract
id: SY-SSA
title: A line for each enrollment
source: {document: manual, status: faithful}
covers: [S-1]
purpose: {text: All students of the chosen calendars., covers: [S-2]}
rights: {text: Whoever may read.}
steps:
- text: Choose the calendars.
  covers: [S-3]
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
row order: [F02, F01, e.enrollmentID]
options:
- name: calendars
  type: whole
  many: true
  required: true
  label: Calendar Selection
- name: effectiveDate
  type: date
  default: $asOf
- name: firstDay
  type: date
  default: $schoolYearStart
  check: {when: $firstDay is on or before $effectiveDate, says: the range ends before it begins}
- name: form
  type: text
  one of: [exact, halves]
  default: "'exact'"
- name: kind
  type: text
  one of: [School Association]
  default: "'School Association'"
define:
  days: sum of e.share(a.presentMinutes) for a in e.days($firstDay, $effectiveDate)
  counted: "if $form is 'halves' then round(days * 2, 0) / 2 else days"
include:
- {when: e.calendarID is one of $calendars, reason: calendar not selected}
- {when: e.startDate is on or before $effectiveDate, reason: starts later}
exclude:
- {when: e.noShow is true, reason: did not come}
field kinds:
  alphanumeric: {too long: cut}
  date: {picture: YYYYMMDD}
fields:
- {no: 1, name: Student, type: numeric, width: 10, value: e.person.stateID, if missing: error, covers: [S-4]}
- {no: 2, name: School, type: numeric, width: 4, value: e.calendar.school.number}
- {no: 3, name: Entry Date, type: date, width: 8, value: e.startDate}
- {no: 4, name: Days, type: numeric, width: 5, picture: '999.9', value: 'round(counted, 1)'}
- no: 5
  name: Days without a point
  type: numeric
  width: 4
  picture: '999.9'
  implied decimal: true
  value: round(counted, 1)
- {no: 6, name: Status, type: alphanumeric, width: 3, value: e.startStatus, missing: '00'}
- no: 7
  name: Kind
  type: numeric
  width: 1
  allowed: ['1', '2']
  value: if e.serviceType is 'P' then '1' else '2'
zero fill:
- {when: e.serviceType is 'S', fields: [3, 4, 7]}
layouts:
- {name: 2024-2025, years: ['2025'], fields: all}
- {name: 2023-2024, years: ['2024', '2023'], fields: [2, 1, 6]}
audit:
- {name: Days exactly, value: days}
- {name: Last day, value: e.endDate}
warn when:
- {when: e.endDate is present and e.endStatus is missing, says: an end date needs a status}
checks:
- {name: both days, when: number(F05) is number(F04) * 10}
- {name: not the first, when: F06 is not 'X'}
extension points:
- {name: further statuses, table: Statuses}
examples:
- name: rows and all others
  covers: [S-1]
  given:
    enrollments:
    - {startStatus: LONG, endDate: 2025-05-01}
    - {enrollmentID: 2, personID: 2, serviceType: S}
    - {enrollmentID: 3, noShow: true}
    - {enrollmentID: 4, calendarID: 6}
    - {enrollmentID: 5, personID: 3}
    - {enrollmentID: 6, startStatus: X}
    people: [{}, {personID: 2, stateID: '0000000100'}, {personID: 3, stateID: nothing}]
    attDayAggregations:
    - {personID: 1, calendarID: 5, date: 2024-09-02, presentMinutes: 90, scheduledMinutes: 360}
    - {personID: 1, calendarID: 5, date: 2024-06-28, presentMinutes: 360, scheduledMinutes: 360}
  options: {calendars: ['5', '7']}
  expect:
    rows:
    - {F01: '0000000100', F02: '0010', F03: '00000000', F04: '000.0', F05: '0000', F06: '00', F07: '0'}
    - {F01: '0000000900', F03: '20240812', F04: '000.3', F05: '0003', F06: LON, F07: '1'}
    audit: [{Days exactly: '0', Last day: nothing}, {Days exactly: '0.25', Last day: 2025-05-01}]
    left out:
    - {object: '3', reason: did not come}
    - {object: '4', reason: calendar not selected}
    withheld:
    - {object: '5', reason: person.stateID is missing}
    - {object: '6', reason: not the first}
    warnings: [cut off, an end date needs]
- name: halves
  given:
    enrollments: [{}]
    attDayAggregations: [{personID: 1, calendarID: 5, date: 2024-09-02, presentMinutes: 90, scheduledMinutes: 360}]
  options: {calendars: '5', form: halves}
  expect: {rows: [{F04: '000.5'}]}
- name: a range that is none
  given: {enrollments: []}
  options: {calendars: ['5'], firstDay: 2025-07-01}
  expect: {refused: the range ends}
"""
FILES = {
    "_ruleset.yaml": """\
title: A school system
schemas: [campus]
subjects:
  enrollment as e: {student: e.person.stateID}
""",
    "_sources.yaml": "sources: {manual: {title: It, publisher: Us}}\n",
    "_definitions.yaml": """\
definitions:
- of: enrollment as e
  name: days
  with: {first: date, last: date}
  is: all a in e.person.attDayAggregations where (a.date is between first and last and a.scheduledMinutes is present)
  doc: Days with attendance.
- of: enrollment as e
  name: share
  with: {minutes: decimal}
  is: minutes / 360
  doc: A part of the day.
""",
    "_examples.yaml": """\
school year: '2025'
defaults:
  enrollments: {enrollmentID: 1, personID: 1, calendarID: 5, startDate: 2024-08-12, serviceType: P}
  people: {personID: 1, stateID: '0000000900'}
  calendars: {calendarID: 5, schoolID: 10, endYear: 2025}
  schools: {schoolID: 10, districtID: 7, number: '0010'}
  districts: {districtID: 7}
""",
    "tables/statuses.yaml": """\
kind: table
name: Statuses
title: Further statuses
source: {document: manual, status: unknown}
key: {status: text}
columns: {code: text}
rows: []
""",
}


def put_project(folder: Path, spec: str) -> Path:
    specs = folder / "specs" / "system"
    for name, text in (FILES | {"extracts/SY-SSA-enrollments.yaml": spec}).items():
        (specs / name).parent.mkdir(parents=True, exist_ok=True)
        (specs / name).write_text(text, encoding="utf-8")
    (folder / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    return folder


def put_project_again(folder: Path, spec: str) -> None:
    """Exchange the spec of a project."""
    (folder / "specs" / "system" / "extracts/SY-SSA-enrollments.yaml").write_text(spec, encoding="utf-8")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    project = open_project(put_project(tmp_path_factory.mktemp("system"), SPEC))
    assert lines_of(project.sink.sorted()) == []
    made: Program = project.programs["system"]
    return made


# -- what is said of a wrong one

CHANGES: dict[str, tuple[str, str, str]] = {
    "a number left out": ("{no: 2, name: School", "{no: 8, name: School", "E670"),
    "a number that is none": ("{no: 2, name: School", "{no: two, name: School", "E117 E670"),
    "two fields of one name": ("name: School,", "name: Student,", "E119"),
    "no width": (
        "{no: 2, name: School, type: numeric, width: 4",
        "{no: 2, name: School, type: numeric, width: 0",
        "E117",
    ),
    "a date wider than its field": ("type: date, width: 8", "type: date, width: 6", "E671"),
    "a number wider than its field": ("type: numeric, width: 5", "type: numeric, width: 4", "E671"),
    "a point that is not printed": ("  width: 4\n", "  width: 5\n", "E671"),
    "no point to leave out": ("  picture: '999.9'\n", "  picture: '9999'\n", "E671"),
    "a picture of nothing": ("width: 5, picture: '999.9'", "width: 5, picture: 'XXX.X'", "E671"),
    "a picture of a text": ("width: 3, value: e.startStatus", "width: 3, picture: '999', value: e.startStatus", "E671"),
    "a picture of all numbers": ("alphanumeric: {too long: cut}", "numeric: {picture: '999'}", "E671"),
    "a picture of no date": ("picture: YYYYMMDD", "picture: YYYYMMXX", "E671 E671"),
    "a word for no value that is too long": ("missing: '00'", "missing: '0000'", "E671"),
    "an order of printed texts alone": ("[F02, F01, e.enrollmentID]", "[F02, F01]", "E672"),
    "an order of a part of a text": ("[F02, F01, e.enrollmentID]", "[length(F02), e.enrollmentID]", "E672"),
    "an order of records": ("[F02, F01, e.enrollmentID]", "[e.person, e.enrollmentID]", "E402"),
    "an order of no field": ("[F02, F01, e.enrollmentID]", "[F22, e.enrollmentID]", "E673"),
    "an order of items": ("for each: enrollment as e\n", "for each: enrollment as e, p in e.person.plans\n", "E672"),
    "zeros in no field": ("fields: [3, 4, 7]", "fields: [3, 4, 8]", "E673"),
    "zeros twice": ("fields: [3, 4, 7]", "fields: [3, 4, 4]", "E673"),
    "a layout of no field": ("fields: [2, 1, 6]", "fields: [2, 1, 0]", "E673"),
    "a form of a field that the layout lacks": ("[2, 1, 6]}", "[2, 1, 6], forms: [{no: 4, width: 5}]}", "E673"),
    "a form of no field": ("[2, 1, 6]}", "[2, 1, 6], forms: [{no: 9, width: 5}]}", "E673"),
    "two forms of a field": ("[2, 1, 6]}", "[2, 1, 6], forms: [{no: 6, width: 2}, {no: 6, width: 4}]}", "E673"),
    "a form that its texts do not fit": (
        "['2025'], fields: all}",
        "['2025'], fields: all, forms: [{no: 4, width: 4}]}",
        "E671",
    ),
    "a form of a literal that is too long": (
        "[2, 1, 6]}",
        "[2, 1, 6], forms: [{no: 6, width: 1}]}",
        "E671",
    ),
    "a check of no field": ("number(F05) is", "number(F08) is", "E673"),
    "a check of an option": ("F06 is not 'X'", "F06 is not $form", "E306"),
    "a check of a record": ("F06 is not 'X'", "F06 is not e.startStatus", "E302"),
    "a check that is no condition": ("when: F06 is not 'X'", "when: F06", "E406"),
    "two checks of one name": ("name: not the first", "name: both days", "E119"),
    "two layouts of a year": ("years: ['2024', '2023']", "years: ['2024', '2025']", "E674"),
    "two layouts of one name": ("name: 2023-2024", "name: 2024-2025", "E119"),
    "a default that reads a later option": ("default: $asOf", "default: $firstDay", "E675"),
    "a default that reads itself": ("default: $asOf", "default: $effectiveDate", "E675"),
    "a default that reads a record": ("default: $asOf", "default: 'lookup(calendar, 5).startDate'", "E675"),
    "a default of another type": ("default: $asOf", "default: 5", "E402"),
    "a default that may not be chosen": ("default: \"'exact'\"", "default: \"'whole'\"", "E677"),
    "required with a default": ("  required: true\n", "  required: true\n  default: 5\n", "E506"),
    "a check of an unknown option": ("$firstDay is on or", "$firstDy is on or", "E306"),
    "an option twice": ("- name: firstDay", "- name: effectiveDate", "E119 E306 E306 E306"),
    "a name of the run": ("- name: kind\n", "- name: asOf\n", "E309"),
    "a choice of another type": (
        "  type: date\n  default: $asOf",
        "  type: date\n  one of: [soon]\n  default: $asOf",
        "E120",
    ),
    "an option that nothing reads": ("form is 'halves'", "effectiveDate is $asOf", "W911"),
    "an unknown option": ("is one of $calendars", "is one of $calendar", "E306"),
    "a text that is no number": ("else '2'", "else 'B'", "E676 E676"),
    "a text that is not allowed": ("else '2'", "else '3'", "E676"),
    "an allowed text that is too long": ("['1', '2']", "['1', '2', '10']", "E676"),
    "a condition as a value": (
        "value: if e.serviceType is 'P' then '1' else '2'",
        "value: e.serviceType is 'P'",
        "E678",
    ),
    "a record as a value": ("value: e.startStatus", "value: e.person", "E678"),
    "a date as a number": ("width: 4, value: e.calendar.school.number", "width: 4, value: e.startDate", "E678"),
    "decimals without a picture": ("width: 4, value: e.calendar.school.number", "width: 4, value: days", "E678"),
    "a list as a value": ("value: e.startStatus", "value: e.person.enrollments", "E404"),
    "an unknown property": ("value: e.startStatus", "value: e.startStatu", "E301"),
    "a name that a record has": ("  days: sum", "  e: sum", "E309 E302 E302 E302"),
    "a name of a later value": ("$firstDay, $effectiveDate)", "$firstDay, counted)", "E302"),
    "a table that is not there": ("table: Statuses", "table: Status", "E305"),
    "an unknown source": ("document: manual", "document: book", "E314"),
    "a warning that is no condition": (
        "when: e.endDate is present and e.endStatus is missing",
        "when: e.endDate",
        "E406",
    ),
    "a value of the audit that is a list": ("value: e.endDate}", "value: e.person.enrollments}", "E404"),
    "an example of an unknown option": ("form: halves}", "forms: halves}", "E306"),
    "an example of no date": ("options: {calendars: '5', form: halves}", "options: {effectiveDate: soon}", "E120"),
    "several where one is chosen": ("form: halves}", "form: [halves]}", "E113"),
    "an expected field that is not there": ("{rows: [{F04: '000.5'}]}", "{rows: [{F44: '000.5'}]}", "E501"),
    "an expected code without quotes": ("{rows: [{F04: '000.5'}]}", "{rows: [{F04: 000.5}]}", "W906"),
    "an audit of fewer rows": ("{rows: [{F04: '000.5'}]}", "{rows: [{}, {}], audit: [{}]}", "E501"),
    "an audit of an unknown value": ("{rows: [{F04: '000.5'}]}", "{rows: [{}], audit: [{Days: '1'}]}", "E501"),
    "an example that expects no rows": ("{refused: the range ends}", "{warnings: [so]}", "E112"),
    "two examples of one name": ("- name: halves", "- name: a range that is none", "E119"),
    "a misspelt key": ("implied decimal: true", "implied decimals: true", "E111 E671"),
    "still to be written": ("value: e.startStatus", "value: TODO", "E507"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_part_is_told(name: str, tmp_path: Path) -> None:
    old, new, codes = CHANGES[name]
    assert SPEC.count(old) == 1, SPEC.count(old)
    project = open_project(put_project(tmp_path, SPEC.replace(old, new)))
    assert sorted(diagnostic.code for diagnostic in project.sink.found) == sorted(codes.split())


def test_two_extracts_of_one_id(tmp_path: Path) -> None:
    put_project(tmp_path, SPEC)
    (tmp_path / "specs/system/extracts/SY-SSA-other.yaml").write_text(SPEC, encoding="utf-8")
    assert [found.code for found in open_project(tmp_path).sink.found] == ["E119"]


# -- what it becomes


@pytest.fixture(scope="module")
def extract(program: Program) -> ir.Extract:
    return program.extracts["SY-SSA"]


def test_fields_take_the_form_of_their_kind(extract: ir.Extract) -> None:
    told = {f.number: (f.picture, f.pad, f.align_left, f.missing, f.zero, f.cuts, f.required) for f in extract.fields}
    assert told == {
        1: ("", "0", False, "0" * 10, "0" * 10, False, True),
        2: ("", "0", False, "0000", "0000", False, False),
        3: ("YYYYMMDD", " ", True, "00000000", "00000000", False, False),
        4: ("999.9", "0", False, "000.0", "000.0", False, False),
        5: ("999.9", "0", False, "0000", "0000", False, False),
        6: ("", " ", True, "00 ", "000", True, False),
        7: ("", "0", False, "0", "0", False, False),
    }
    assert [field.implied for field in extract.fields] == [False] * 4 + [True] + [False] * 2
    assert extract.fields[6].allowed == ("1", "2")


def test_the_other_parts_are_lowered(extract: ir.Extract) -> None:
    assert extract.layouts == (
        ir.Layout("2024-2025", (2025,), (1, 2, 3, 4, 5, 6, 7)),
        ir.Layout("2023-2024", (2024, 2023), (2, 1, 6)),
    )
    assert extract.row_order[:2] == (2, 1)
    assert [option.name for option in extract.options] == ["calendars", "effectiveDate", "firstDay", "form", "kind"]
    assert (extract.options[0].many, extract.options[0].required, extract.options[0].label) == (
        True,
        True,
        "Calendar Selection",
    )
    assert extract.options[3].one_of == ("exact", "halves")
    assert [fill.fields for fill in extract.zero_fill] == [(3, 4, 7)]
    assert [check.name for check in extract.checks] == ["both days", "not the first"]
    assert extract.in_year is None


def test_the_year_of_a_later_variable_is_part_of_the_condition(tmp_path: Path) -> None:
    spec = SPEC.replace(
        "for each: enrollment as e\n", "year: c.endYear\nfor each: enrollment as e, c in e.person.calendars\n"
    )
    direct = SPEC.replace("for each: enrollment as e\n", "year: e.calendar.endYear\nfor each: enrollment as e\n")
    [lowered] = open_project(put_project(tmp_path / "direct", direct)).programs["system"].extracts.values()
    assert (lowered.in_year is None, lowered.condition) == (False, None)
    joined = spec.replace("c in e.person.calendars", "c in e.person.enrollments").replace(
        "c.endYear", "c.calendar.endYear"
    )
    joined = joined.replace("e.enrollmentID]", "e.enrollmentID, c.enrollmentID]")
    [lowered] = open_project(put_project(tmp_path / "joined", joined)).programs["system"].extracts.values()
    assert (lowered.in_year, lowered.condition is None) == (None, False)


# -- examples


def test_examples_give_what_is_expected(program: Program) -> None:
    assert [list(result.problems) for result in Examples(program).of_extracts(["SY-SSA"])] == [[], [], []]


UNEXPECTED: dict[str, tuple[str, str, str]] = {
    "a text": ("F06: LON", "F06: LO", "expected F06 of row 2 `LO`, but it is `LON`"),
    "a row too many": ("{rows: [{F04: '000.5'}]}", "{rows: []}", "expected 0 rows, but there are 1: Enrollment 1"),
    "a value of the audit": (
        "Days exactly: '0.25'",
        "Days exactly: '0.3'",
        "expected Days exactly of row 2 `0.3`, but `Days exactly` is 0.25",
    ),
    "a reason": (
        "reason: did not come}\n    -",
        "reason: unwell}\n    -",
        "expected 3 to be left out for `unwell`, but the reason is `did not come`",
    ),
    "nobody left out": (
        "    - {object: '3', reason: did not come}\n",
        "",
        "3 is left out, which is not expected: did not come",
    ),
    "somebody left out": (
        "object: '4', reason",
        "object: '8', reason",
        "expected 8 to be left out (calendar not selected), but it is not",
    ),
    "a check": (
        "object: '6', reason: not the first",
        "object: '6', reason: both days",
        "expected 6 to be withheld for `both days`, but the reason is `not the first: this does not hold of the row`",
    ),
    "no warning": (
        "warnings: [cut off, an end date needs]",
        "warnings: [cut off]",
        "a warning is not expected: an end date needs a status",
    ),
    "a warning": (
        "warnings: [cut off, an end date needs]",
        "warnings: [cut off, an end date needs, odd]",
        "expected a warning `odd`, but there is none such",
    ),
    "a refusal": (
        "options: {calendars: ['5'], firstDay: 2025-07-01}",
        "options: {calendars: ['5']}",
        "expected the options to be refused for `the range ends`, but nothing is",
    ),
    "no refusal": (
        "form: halves}",
        "form: thirds}",
        "these options are not expected to be refused: `form` cannot be thirds: it is one of exact, halves",
    ),
}


FORMS_OF_YEARS = (
    SPEC.replace("number(F05) is number(F04) * 10", "F05 is present")
    .replace(
        "years: ['2025'], fields: all}",
        "years: ['2025'], fields: all, forms: [{no: 4, width: 4, implied decimal: true}, {no: 3, picture: YYYY-MM-DD, "
        "width: 10}]}",
    )
    .replace("fields: [2, 1, 6]}", "fields: [2, 1, 4, 5, 6], forms: [{no: 5, width: 5, implied decimal: false}]}")
)


def test_a_layout_says_the_form_of_a_field_for_its_years(place: Path, execute: Execute) -> None:
    put_project_again(place, FORMS_OF_YEARS)
    texts = {"2025": "0000000900,0010,2024-08-12,0150,0150,LON,1", "2024": "0010,0000000900,015.0,015.0,LON"}
    for year, line in texts.items():
        asked = (*RUN, "--layout", year, "--no-cache", "-o")
        execute(place, *asked, "a.csv")
        assert (place / "a.csv").read_text(encoding="utf-8").splitlines()[-1] == line
        execute(place, *asked, "a.txt", "--format", "fixed")
        assert execute(place, "validate", "a.txt", "--layout", f"SY-SSA@{year}").code == 0
    told = [line.split("  ")[0] for line in execute(place, "diff", "SY-SSA@2024", "SY-SSA@2025").out.splitlines()]
    assert {"Days", "Days without a point", "Entry Date", "(the line)"} <= set(told)


def test_the_query_of_all_examples_says_what_a_run_over_each_says(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise RefusedError("too large")

    monkeypatch.setattr(row_examples, "together", refused)
    assert [(result.problems, result.alone) for result in Examples(program).of_extracts(["SY-SSA"])] == [((), "")] * 3


@pytest.mark.parametrize("name", UNEXPECTED)
def test_an_example_tells_of_what_is_not_as_expected(name: str, tmp_path: Path) -> None:
    old, new, problem = UNEXPECTED[name]
    assert SPEC.count(old) == 1
    changed = open_project(put_project(tmp_path, SPEC.replace(old, new))).programs["system"]
    assert problem in [told for result in Examples(changed).of_extracts(["SY-SSA"]) for told in result.problems]


def test_an_example_tells_of_a_back_end_that_gives_something_else(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_examples, "in_duckdb", lambda asked: replace(in_duckdb(asked), rows=[]))
    monkeypatch.setattr(
        row_examples, "together", lambda *asked: [replace(found, rows=[]) for found in together(*asked)]
    )
    told = [problem[:11] for result in Examples(program).of_extracts(["SY-SSA"]) for problem in result.problems]
    assert told == ["DuckDB give", "DuckDB give"]


def test_a_candidate_that_the_query_of_all_examples_answers_twice_is_noticed(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(*asked: Any) -> TogetherQuery:
        made = together_query(*asked)
        text = f"({made.query.text}) UNION ALL ({made.query.text})"
        return replace(made, query=replace(made.query, text=text))

    monkeypatch.setattr(duckdb_together, "together_query", twice)
    [first, *others] = Examples(program).of_extracts(["SY-SSA"])  # the first goes the way of a run
    assert not first.problems
    assert any(problem.startswith("DuckDB gives") for result in others for problem in result.problems)


# -- tables that must have a row for every key

COMPLETE = {
    "tables/kinds.yaml": """\
kind: table
name: Kinds
title: Kinds of service
source: {document: manual, status: faithful}
key: {kind: text}
columns: {code: text}
absent key: error
rows: [{kind: P, code: '1'}, {kind: S, code: '2'}]
""",
    "tables/ages.yaml": """\
kind: table
name: Shares
title: Shares of a day
source: {document: manual, status: faithful}
key: {share: decimal}
columns: {code: text}
hit: first
absent key: error
rows: [{share: at least 50, code: F}, {share: at least 10, code: H}]
""",
    "_definitions.yaml": """\
definitions:
- of: enrollment as e
  name: kind
  is: lookup(Kinds, e.serviceType).code
  doc: The code of the kind.
""",
    "extracts/SY-SSA-enrollments.yaml": """\
kind: extract
id: SY-SSA
title: Kinds
source: {document: manual, status: faithful}
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
row order: [e.enrollmentID]
fields:
- {no: 1, name: Kind, type: alphanumeric, width: 1, value: 'lookup(Kinds, e.serviceType).code', missing: '-'}
- {no: 2, name: Kind or none, type: alphanumeric, width: 1, value: "lookup(Kinds, e.endAction).code otherwise '9'"}
- {no: 3, name: Another, type: alphanumeric, width: 1, value: "if e.noShow is true then e.kind else '0'"}
- {no: 4, name: Filled, type: alphanumeric, width: 1, value: 'lookup(Kinds, e.endStatus).code'}
- {no: 5, name: Share, type: alphanumeric, width: 1, value: 'lookup(Shares, e.percentEnrolled).code'}
- no: 6
  name: All
  type: alphanumeric
  width: 1
  value: if every x in e.person.enrollments has (lookup(Kinds, x.startStatus).code is '1') then 'Y' else 'N'
zero fill:
- {when: e.grade is '00', fields: [4]}
layouts:
- {name: one, years: ['2025'], fields: all}
examples:
- name: keys with and without a row
  given:
    enrollments:
    - {serviceType: P, endAction: X, endStatus: S, percentEnrolled: 50, startStatus: P}
    - {enrollmentID: 2, personID: 2, serviceType: nothing, startStatus: S}
    - {enrollmentID: 3, personID: 2, serviceType: X, startStatus: P}
    - {enrollmentID: 4, personID: 4, endStatus: X, grade: '00', startStatus: P}
    - {enrollmentID: 5, personID: 5, endStatus: X, startStatus: P}
    - {enrollmentID: 6, personID: 6, percentEnrolled: 5, startStatus: P}
    - {enrollmentID: 7, personID: 7, startStatus: X}
    - {enrollmentID: 8, personID: 8, serviceType: X, noShow: true, startStatus: P}
    people:
    - {}
    - {personID: 2}
    - {personID: 4}
    - {personID: 5}
    - {personID: 6}
    - {personID: 7}
    - {personID: 8}
  expect:
    rows:
    - {F01: '1', F02: '9', F03: '0', F04: '2', F05: F, F06: Y}
    - {F01: '-', F02: '9', F04: '', F05: '', F06: N}
    - {F01: '1', F04: '0'}
    withheld:
    - {object: '3', reason: 'field 1 Kind: has no value: what it looks up has no row in Kinds'}
    - {object: '5', reason: 'field 4 Filled: has no value: what it looks up has no row in Kinds'}
    - {object: '6', reason: 'field 5 Share: has no value: what it looks up has no row in Shares'}
    - {object: '7', reason: 'field 6 All: has no value: what it looks up has no row in Kinds'}
    - {object: '8', reason: 'field 3 Another: has no value: what it looks up has no row in Kinds'}
""",
}


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = put_project(tmp_path_factory.mktemp("complete"), SPEC)
    for name, text in COMPLETE.items():
        (folder / "specs" / "system" / name).write_text(text, encoding="utf-8")
    project = open_project(folder)
    assert [found for found in project.sink.sorted() if found.code.startswith("E")] == []
    made: Program = project.programs["system"]
    return made


def test_a_key_without_a_row_in_a_table_that_must_have_all_withholds_the_row(complete: Program) -> None:
    fields = {field.number: field.complete for field in complete.extracts["SY-SSA"].fields}
    assert fields == {1: ("Kinds",), 2: ("Kinds",), 3: ("Kinds",), 4: ("Kinds",), 5: ("Shares",), 6: ("Kinds",)}
    [result] = Examples(complete).of_extracts(["SY-SSA"])
    assert result.problems == ()
    said = missing_words(complete.filed["SY-SSA"].fields[0], ("Kinds",))
    assert said == '"-"; the row is withheld where Kinds has no row for it'


# -- the commands


def put(folder: Path, **tables: Iterable[Mapping[str, Any]]) -> None:
    folder.mkdir()
    for name, rows in tables.items():
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    put_project(tmp_path, SPEC)
    common = {"calendarID": 5, "startDate": "2024-08-12", "serviceType": "P"}
    put(
        tmp_path / "data",
        enrollments=[
            {"enrollmentID": 1, "personID": 1, "startStatus": "LONG", **common},
            {"enrollmentID": 2, "personID": 2, "startStatus": "=1", **common},
            {"enrollmentID": 3, "personID": 2, "noShow": True, **common},
            {"enrollmentID": 4, "personID": 4, **common},
        ],
        people=[{"personID": 1, "stateID": "0000000900"}, {"personID": 2, "stateID": "0000000100"}, {"personID": 4}],
        calendars=[{"calendarID": 5, "schoolID": 10, "endYear": 2025}],
        schools=[{"schoolID": 10, "districtID": 7, "number": "0010"}],
        districts=[{"districtID": 7}],
        attDayAggregations=[
            {
                "personID": 1,
                "calendarID": 5,
                "date": f"2024-09-{day:02}",
                "presentMinutes": 270,
                "scheduledMinutes": 360,
            }
            for day in range(2, 22)
        ],
    )
    return tmp_path


RUN = ("extract", "SY-SSA", "--data", "data", "--set", "calendars=5", "--as-of", "2025-03-01")
CSV = """\
Student,School,Entry Date,Days,Days without a point,Status,Kind
0000000100,0010,20240812,000.0,0000,=1,1
0000000900,0010,20240812,015.0,0150,LON,1
"""


@pytest.mark.parametrize("engine", ["duckdb", "python", "interpreter"])
def test_a_file_is_made(engine: str, place: Path, execute: Execute) -> None:
    ran = execute(place, *RUN, "--engine", engine, "-o", "out/a.csv", "--audit", "out/audit.csv")
    assert (place / "out/a.csv").read_bytes() == CSV.replace("\n", "\r\n").encode()
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "withheld: Enrollment 4: field 1 Student: has no value, and must have one (person.stateID is missing)",
        "warning: Enrollment 2: field 6 Status: '=1' begins like a formula: a spreadsheet may work it out",
        "warning: Enrollment 1: field 6 Status: 'LONG' is longer than 3 characters: the rest is cut off",
    ]
    assert ran.err.splitlines() == [
        "SY-SSA: A line for each enrollment, layout 2024-2025, school year 2025, as of 2025-03-01",
        "  Calendar Selection: 5",
        "  effectiveDate: 2025-03-01",
        "  firstDay: 2024-07-01",
        "  form: exact",
        "  kind: School Association",
        "  lost in the source, and so perhaps incomplete: Statuses",
        "out/a.csv: 2 rows, 1 withheld, 1 with cut texts, 1 left out (1 excluded).",
    ]
    assert [stat.S_IMODE(path.stat().st_mode) for path in sorted((place / "out").iterdir())] == [0o600, 0o600]
    audit = (place / "out/audit.csv").read_text(encoding="utf-8").splitlines()
    assert audit[0] == "kind,line,object,student,told,Days exactly,Last day"
    assert audit[1:5] == [
        "option,,school year,,2025,,",
        "option,,as of,,2025-03-01,,",
        "option,,layout,,2024-2025,,",
        "option,,Calendar Selection,,5,,",
    ]
    assert [line.split(",")[:4] for line in audit[9:]] == [
        ["withheld", "", "Enrollment 4", ""],
        ["row", "1", "Enrollment 2", "0000000100"],
        ["row", "2", "Enrollment 1", "0000000900"],
        ["left out", "", "Enrollment 3", "0000000100"],
    ]


def test_a_file_of_fixed_width_is_found_sound(place: Path, execute: Execute) -> None:
    execute(place, *RUN, "--format", "fixed", "-o", "a.txt", "--audit", "a.jsonl")
    lines = (place / "a.txt").read_bytes().split(b"\r\n")
    assert lines == [b"0000000100001020240812000.00000=1 1", b"0000000900001020240812015.00150LON1", b""]
    ran = execute(place, "validate", "a.txt", "--layout", "SY-SSA")
    assert ran == Ran(0, "", "a.txt, by the layout 2024-2025 of SY-SSA: nothing is wrong.\n")
    audit = [json.loads(line) for line in (place / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [entry.get("values", {}).get("Days exactly") for entry in audit[8:11]] == [0, 0, 15]


def test_a_changed_file_is_found_out(place: Path, execute: Execute) -> None:
    execute(place, *RUN, "--format", "fixed", "-o", "a.txt")
    content = (place / "a.txt").read_bytes().replace(b"0150LON1", b"0151XON3")
    (place / "a.txt").write_bytes(content)
    ran = execute(place, "validate", "a.txt", "--layout", "SY-SSA@2024-2025", "--format", "fixed")
    assert ran.code == 1
    assert [line.split(": ")[0] for line in ran.out.splitlines()] == ["a.txt:2:35", "a.txt:2"]


def test_a_page_and_a_file_for_spreadsheets(place: Path, execute: Execute) -> None:
    execute(place, *RUN, "--format", "html", "-o", "out/a.html", "--spreadsheet-safe", "out/safe.csv")
    assert "<td>LON</td>" in (place / "out/a.html").read_text(encoding="utf-8")
    assert (place / "out/assets/style.css").is_file()
    assert "'=1" in (place / "out/safe.csv").read_text(encoding="utf-8")


def test_the_layout_follows_from_the_year_or_is_named(place: Path, execute: Execute) -> None:
    execute(place, *RUN, "--school-year", "2024", "--set", "firstDay=2023-07-01", "-o", "a.csv")
    assert (place / "a.csv").read_text(encoding="utf-8").splitlines()[0] == "School,Student,Status"
    ran = execute(place, *RUN, "--school-year", "2025", "--layout", "2023-2024", "-o", "a.csv")
    assert "The layout 2023-2024 is not of the school year 2025." in ran.err.splitlines()
    ran = execute(place, "validate", "a.csv", "--layout", "specs/system/extracts/SY-SSA-enrollments.yaml@2023-2024")
    assert (ran.code, ran.out) == (0, "")


HOSTILE = """\
kind: extract
id: SY-SSA
title: Names
source: {document: manual, status: faithful}
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
row order: [e.enrollmentID]
fields:
- {no: 1, name: Given, type: alphanumeric, width: 8, too long: cut, value: e.startStatus}
- {no: 2, name: Family, type: alphanumeric, width: 8, too long: error, value: e.endStatus}
layouts:
- {name: one, years: ['2025'], fields: all}
"""
NAMES = {
    "a formula": "=1+1",
    "a formula behind a blank": " @SUM",
    "quotes": '"A","B"',
    "a comma": "Lee, Jr.",
    "a tag": "<b>&amp;",
    "a line break": "A\r\nB",
    "a tab": "A\tB",
    "too long": "Bartholomew",
    "letters of the west": "Zoë Ñ",
    "letters of elsewhere": "Łukasz",
    "a picture": "Ann 🙂",
    "a mark that turns the direction of writing": "A\u202eB",
    "a letter with its accent apart": "Zoe\u0308",
    "nothing to see": "A\x00B",
}
LETTERS = ("letters of elsewhere", "a picture", "a mark that turns the direction of writing",
           "a letter with its accent apart")  # fmt: skip
IN_LINES = ("a line break", "a tab")
FORMS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "csv in utf-8": ([], ()),
    "csv in cp1252": (["--encoding", "cp1252"], LETTERS),
    "fixed": (["--format", "fixed"], (*LETTERS, *IN_LINES)),
    "fixed in latin-1": (["--format", "fixed", "--encoding", "iso8859-1"], (*LETTERS, *IN_LINES)),
    "html": (["--format", "html"], ()),
}
"""What a file is written with, and which names cannot stand in it."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("named", ["startStatus", "endStatus"])
def test_names_that_mean_harm(named: str, form: str, tmp_path: Path, execute: Execute) -> None:
    """Each name stands in the file as it is, cut where the layout says so, or its row is withheld; all is told."""
    options, refused = FORMS[form]
    put_project(tmp_path, HOSTILE)
    put(
        tmp_path / "data",
        enrollments=[{"enrollmentID": n, "personID": 1, named: name} for n, name in enumerate(NAMES.values(), 10)],
        people=[{"personID": 1}],
    )
    ran = execute(tmp_path, "extract", "SY-SSA", "--data", "data", "-o", "out/file", "--no-cache", *options)
    cut, is_csv = named == "startStatus", form.startswith("csv")
    lost = {*refused, "nothing to see", *(() if cut else ("too long",))}
    numbers = {name: f"Enrollment {n}:" for n, name in enumerate(NAMES, 10)}
    told = {kind: {line.split(": ")[1] for line in ran.out.splitlines() if line.startswith(kind)}
            for kind in ("withheld", "warning")}  # fmt: skip
    warned = {*(("a formula", "a formula behind a blank") if is_csv else ()), *(("too long",) if cut else ())}
    assert told["withheld"] == {numbers[name].rstrip(":") for name in lost}
    assert told["warning"] == {numbers[name].rstrip(":") for name in warned}
    assert all(line.isprintable() for line in ran.out.splitlines())
    assert ran.code == 1
    stand = [text[:8] for name, text in NAMES.items() if name not in lost]
    assert _names_in((tmp_path / "out/file").read_bytes(), form, 0 if cut else 1) == stand
    if form != "html":
        checked = ["validate", "out/file", "--layout", "SY-SSA", "--format", form.split()[0]]
        ran = execute(tmp_path, *checked, *(o for o in options if o not in ("--format", "fixed")))
        assert (ran.code, ran.out) == (0, "")


def _names_in(file: bytes, form: str, column: int) -> list[str]:
    """The texts of a column, as others read the file."""
    if form.startswith("csv"):
        text = file.decode("cp1252" if "cp1252" in form else "utf-8")
        return [row[column] for row in csv.reader(io.StringIO(text, newline=""), strict=True)][1:]
    if form.startswith("fixed"):
        lines = file.decode("iso8859-1" if "latin" in form else "cp1252").split("\r\n")[:-1]
        assert {len(line) for line in lines} == {16}
        return [line[8 * column : 8 * column + 8].rstrip(" ") for line in lines]
    cells = re.findall("<td>([^<]*)</td>", file.decode("utf-8"))[column::2]
    return [html.unescape(cell).replace("[U+202E]", "\u202e").replace("[U+000D]", "\r") for cell in cells]


WRONG: dict[str, tuple[str, int, str]] = {
    "no extract": ("extract SY-SSB --data data -o a.csv", 2, "There is no extract `SY-SSB`. Did you mean `SY-SSA`?"),
    "no option": (
        "extract SY-SSA --data data --set calendar=5 -o a.csv",
        2,
        "There is no option `calendar`: did you mean `calendars`?",
    ),
    "nothing set": (
        "extract SY-SSA --data data --set calendars -o a.csv",
        2,
        "`calendars` sets nothing; write name=value.",
    ),
    "nothing chosen": ("extract SY-SSA --data data -o a.csv", 2, "`calendars` must be given: Calendar Selection."),
    "no layout": (
        "extract SY-SSA --data data --layout 2024-25 -o a.csv",
        2,
        "SY-SSA has no layout `2024-25`. Did you mean",
    ),
    "no layout of the year": (
        "extract SY-SSA --data data --school-year 1999 -o a.csv",
        2,
        "SY-SSA has no layout of the school year 1999; say which with --layout.",
    ),
    "no data": ("extract SY-SSA --data nowhere --set calendars=5 -o a.csv", 3, "nowhere does not exist; "),
    "a table without a file": ("extract SY-SSA --data specs --set calendars=5 -o a.csv", 3, "specs holds no file of "),
    "no encoding": (
        "extract SY-SSA --data data --set calendars=5 --encoding klingon -o a.csv",
        2,
        "'klingon' is no encoding ",
    ),
    "characters of several bytes": (
        "extract SY-SSA --data data --set calendars=5 --format fixed --encoding utf-8 -o a.csv",
        2,
        "A file cannot be written in utf-8: ",
    ),
    "a page in another encoding": (
        "extract SY-SSA --data data --set calendars=5 --format html --encoding cp1252 -o a",
        2,
        "Pages are written in utf-8; leave --encoding out.",
    ),
    "a folder as the file": (
        "extract SY-SSA --data data --set calendars=5 -o data",
        2,
        "Error: Invalid value for '-o' / '--output'",
    ),
    "no file to validate": ("validate a.csv --layout SY-SSA", 3, "a.csv could not be read: No such file or directory."),
    "a folder to validate": ("validate data --layout SY-SSA", 3, "data could not be read: Is a directory."),
    "validated by no extract": ("validate a.csv --layout SY-SSB", 2, "There is no extract `SY-SSB`."),
    "validated by no layout": ("validate a.csv --layout SY-SSA@1999", 2, "SY-SSA has no layout `1999`."),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_told_in_a_sentence(name: str, place: Path, execute: Execute) -> None:
    arguments, code, words = WRONG[name]
    ran = execute(place, *arguments.split())
    assert (ran.code, ran.out) == (code, "")
    assert any(line.startswith(words) for line in ran.err.splitlines()), ran.err[-300:]


def test_doctor_names_lost_tables(place: Path, execute: Execute) -> None:
    assert "lost        system/Statuses (status: unknown)" in execute(place, "doctor").out.splitlines()


def test_test_runs_the_examples(place: Path, execute: Execute) -> None:
    told = "3 examples of 1 extract through interpreter, python and duckdb: all as expected.\n"
    assert execute(place, "test", "SY-SSA") == Ran(0, "", told)
    assert execute(place, "check").err == "0 rules, 1 extract and 1 table in 6 files: 0 errors, 0 warnings\n"


def test_test_tells_what_did_not_go_through_duckdb(
    place: Path, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise RefusedError("too large")

    monkeypatch.setattr(row_examples, "in_duckdb", refused)
    monkeypatch.setattr(row_examples, "together", refused)
    told = "alone: 2 examples of SY-SSA without duckdb: DuckDB refuses the query (too large)\n"
    ran = execute(place, "test", "SY-SSA")
    assert (ran.code, ran.out) == (0, told)
    assert ran.err.startswith("3 examples of ")


def test_fmt_leaves_a_usual_form(place: Path, execute: Execute) -> None:
    execute(place, "fmt")
    path = place / "specs/system/extracts/SY-SSA-enrollments.yaml"
    head, text = path.read_text(encoding="utf-8").split("\n", 1)
    assert head == "# yaml-language-server: $schema=../../../generated/editor/extract.schema.json"
    assert text == SPEC


# -- generated Python


def test_generated_python_needs_nothing_else(program: Program, tmp_path: Path) -> None:
    texts = {extract.written.document.source.path: "" for extract in program.filed.values()}
    for artifact in [*runtime_artifacts(), *generate(program, texts)]:
        path = tmp_path / "made" / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text, encoding="utf-8")
    script = (
        "from made.python.system.extracts.sy_ssa import rows\n"
        "records = {'enrollments': [{'enrollmentID': 1, 'personID': 1, 'calendarID': 5, 'startDate': '2024-08-12'}],"
        " 'people': [{'personID': 1, 'stateID': '900'}]}\n"
        "made = rows(records, {'schoolYear': 2025, 'asOf': '2025-06-01'}, {'calendars': [5]})\n"
        "print(made.rows[0].sender, made.rows[0].values[0])\n"
        "try: rows(records, {'schoolYear': 2025, 'asOf': '2025-06-01'}, {'form': 'thirds'})\n"
        "except ValueError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "Enrollment 1 900",
        "`calendars` must be given: Calendar Selection; `form` cannot be thirds: it is one of exact, halves",
    ]
