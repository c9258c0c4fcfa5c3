"""Examples of definitions: what each gives, that one fails when its definition is changed, what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.conformance import Examples
from compiler.schema.types import BOOLEAN
from compiler.semantics import ir
from tests.support import Ran, Sample, own_project

DEFINITIONS = "_definitions.yaml"
LATE = """\
definitions:
- of: studentSchoolAssociation as e
  name: lateBy
  with: {day: date, grace: whole}
  is: e.exitWithdrawDate is after day and grace is at least 0
  doc: Whether an enrollment ends after a day.
  examples:
  - name: it ends on the day itself
    with: {day: 2024-05-24, grace: 0}
    given:
      studentSchoolAssociations: [{exitWithdrawDate: 2024-05-24}]
    expect: false
  - name: a day later
    with: {day: 2024-05-24, grace: 0}
    given:
      studentSchoolAssociations: [{exitWithdrawDate: 2024-05-25}]
    expect: true
  - name: it has no end
    with: {day: 2024-05-24, grace: 0}
    given:
      studentSchoolAssociations: [{exitWithdrawDate: nothing}]
    expect: nothing
  - name: a day that is not known
    with: {day: nothing, grace: 0}
    given:
      studentSchoolAssociations: [{exitWithdrawDate: 2024-05-25}]
    expect: nothing
"""
KINDS = """\
definitions:
- of: student as s
  name: enrolled
  is: s.studentSchoolAssociations
  examples:
  - name: a list of records
    given:
      students: [{}]
      studentSchoolAssociations: [{}, {entryDate: 2024-01-08}]
    expect: [{entryDate: 2024-01-08}, {}]
- of: student as s
  name: isIn
  with: {other: studentSchoolAssociation, earlier: studentSchoolAssociation}
  is: other.student is s and earlier.entryDate is before other.entryDate
  examples:
  - name: records that are arguments are taken in their order
    given:
      students: [{}]
      studentSchoolAssociations: [{entryDate: 2024-01-08}, {entryDate: 2024-01-07}]
    expect: true
- of: studentSchoolAssociation as e
  name: dates
  is: period from e.entryDate to e.exitWithdrawDate
  examples:
  - name: a period that is open
    given:
      studentSchoolAssociations: [{entryDate: 2024-01-08}]
    expect: {start: 2024-01-08, end: nothing}
- of: studentSchoolAssociation as e
  name: pupil
  is: e.student
  examples:
  - name: a record that is not at hand
    given:
      students: []
      studentSchoolAssociations: [{}]
    expect: nothing
- name: third
  with: {number: decimal}
  is: number / 3
  examples:
  - name: a number without a record
    with: {number: 1.5}
    expect: 0.5
- name: started
  is: $asOf is on or after July 1 of the school year
  examples:
  - name: the first day of a school year
    school year: '2023'
    as of: 2022-07-01
    expect: true
  - name: the day before
    school year: '2023'
    as of: 2022-06-30
    expect: false
"""


def judged(sample: Sample) -> list[list[str]]:
    project = sample.open()
    assert [str(found) for found in project.sink.sorted() if found.code.startswith("E")] == []
    program = project.programs["sample"]
    return [list(result.problems) for result in Examples(program).of_definitions(program.examined)]


def test_values_of_all_kinds_are_compared(sample: Sample) -> None:
    assert judged(sample.write(LATE, DEFINITIONS)) == [[]] * 4
    assert judged(sample.write(KINDS, DEFINITIONS)) == [[]] * 7


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("is after day", "is on or after day", "expected `false`, but `lateBy` is true"),
        ("grace is at least 0", "grace is more than 0", "expected `true`, but `lateBy` is false"),
        ("is: e.exit", "is: e.exitWithdrawDate is present and e.exit", "expected `nothing`, but `lateBy` is false"),
    ],
)
def test_an_example_fails_when_its_definition_is_changed(sample: Sample, old: str, new: str, problem: str) -> None:
    problems = judged(sample.write(LATE.replace(old, new, 1), DEFINITIONS))
    assert problem in [told for found in problems for told in found]


def test_a_list_is_compared_member_by_member(sample: Sample) -> None:
    changed = KINDS.replace("expect: [{entryDate: 2024-01-08}, {}]", "expect: [{}, {entryDate: 2024-01-08}]")
    [problem] = judged(sample.write(changed, DEFINITIONS))[0]
    assert problem.startswith("expected `[{}, {entryDate: 2024-01-08}]`, but `enrolled[1].entryDate` is ")


def test_generated_python_that_gives_something_else_is_told(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.conformance.value_of", lambda *_: False)
    told = judged(sample.write(LATE, DEFINITIONS))
    assert told[1][0] == "the generated Python gives True, the interpreter False"


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("with: {day: 2024-05-24, grace: 0}", "with: {day: 2024-05-24}", "E501", "gives no argument `grace`"),
        ("with: {day: 2024-05-24, grace: 0}", "with: {dya: 2024-05-24, grace: 0}", "E501", "no argument `dya`"),
        ("with: {day: 2024-05-24, grace: 0}", "with: {day: 24 May, grace: 0}", "E120", "is not a date"),
        ("expect: false", "expect: maybe", "E120", "is not `true` or `false`"),
        ("expect: false", "expect: [false]", "E113", "should be a text"),
        ("    expect: false\n", "", "E112", "needs the key `expect`"),
        ("name: a day later", "name: it ends on the day itself", "E119", "it ends on the day itself"),
        ("studentSchoolAssociations: [{exitWithdrawDate: nothing}]", "students: [{}]", "E501", "gives no student"),
        ("expect: false", "expect: false\n    parameters: {countDate: 2024-10-01}", "E306", "`$countDate`"),
        ("given:", "givn:", "E111", "`givn` is not a key"),
    ],
)
def test_what_is_wrong_with_an_example(sample: Sample, old: str, new: str, code: str, words: str) -> None:
    found = sample.write(LATE.replace(old, new, 1), DEFINITIONS).check()
    assert [(d.code, words in d.message) for d in found if d.code == code] == [(code, True)], list(map(str, found))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{start: 2024-01-08, end: nothing}", "{begin: 2024-01-08}", "a period has no `begin`"),
        ("expect: [{entryDate: 2024-01-08}, {}]", "expect: [{entry: 2024-01-08}]", "record has no `entry`"),
        ("{entryDate: 2024-01-07}]", "{entryDate: nothing}]\n    invalid: true", "without a key of its own"),
        (", {entryDate: 2024-01-07}", "", "gives 1 studentSchoolAssociation"),
        (
            "    given:\n      students: [{}]\n      studentSchool",
            "    with: {other: x}\n    given:\n      studentSchool",
            "no arg",
        ),
    ],
)
def test_what_is_expected_or_applied_must_fit(sample: Sample, old: str, new: str, words: str) -> None:
    found = sample.write(KINDS.replace(old, new, 1), DEFINITIONS).check()
    assert any(d.code == "E501" and words in d.message for d in found), list(map(str, found))


def test_the_command_runs_examples_of_definitions(sample: Sample, execute: Callable[..., Ran]) -> None:
    sample.write(LATE, DEFINITIONS)
    told = "4 examples of 1 definition through interpreter and python: all as expected.\n"
    assert execute(sample, "test", "studentSchoolAssociation.lateBy").err == told
    assert execute(sample, "test", Path("specs/sample") / DEFINITIONS).err == told
    sample.replace("expect: true", "expect: false", DEFINITIONS)
    failed = execute(sample, "test", "studentSchoolAssociation.lateBy")
    assert failed.code == 1
    assert "studentSchoolAssociation.lateBy, a day later\n  expected `false`, but `lateBy` is true\n" in failed.out


@pytest.mark.parametrize("state", ["colorado", "indiana"])
def test_examples_of_the_specs_give_what_is_expected(state: str) -> None:
    program = own_project().programs[state]
    results = Examples(program).of_definitions(program.examined)
    assert [(result.spec, result.example.name) for result in results if result.problems] == []


def test_examples_of_colorado_notice_that_a_definition_says_the_contrary() -> None:
    program = own_project().programs["colorado"]
    unnoticed = []
    for name in program.examined:
        definition = program.definitions[name]
        if definition.body.type is not BOOLEAN:
            continue
        contrary = replace(definition, body=ir.Not(definition.body, type=BOOLEAN))
        changed = replace(program, definitions={**program.definitions, name: contrary})
        if not all(result.problems for result in Examples(changed).of_definitions([name])):
            unnoticed.append(name)
    assert unnoticed == []


def test_the_catalogue_shows_examples_of_definitions(sample: Sample, execute: Callable[..., Ran]) -> None:
    sample.write(LATE, DEFINITIONS)
    assert execute(sample, "build").code == 0
    page = (sample.root / "generated/catalogue/sample/definitions.md").read_text(encoding="utf-8")
    assert "| a day later | `{day: 2024-05-24, grace: 0}` | `true` |" in page
    assert execute(sample, "catalogue", "--output", sample.root / "site").code == 0
    [site] = (sample.root / "site").rglob("definitions.html")
    assert "<summary>a day that is not known</summary>" in site.read_text(encoding="utf-8")
