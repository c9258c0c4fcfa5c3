"""Revisions of rules: which one holds, in runs and in every back end; dated codes; and what is wrong with them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from compiler.catalogue.contents import book_of
from compiler.catalogue.markdown import pages as pages_of
from compiler.conformance import Examples
from compiler.reports.findings import rows
from compiler.semantics.outcomes import Context
from tests.evaluation import by_interpreter, by_sql, connected, world_of
from tests.running import enrollment, put, run_folder, school, student
from tests.support import RULE, Execute, Sample, lines_of

COLLECTIONS = """
collections:
  enrollment:
    title: Enrollment
    school years: ['2025', '2026', '2027']
    cycles:
      fall: {title: Fall count}
"""
SECOND = "enrollment/EN-1-exit-after-entry-r2.yaml"


def revised(sample: Sample, first: str, second: str) -> Sample:
    """EN-1 in two revisions; the second is a Warning."""
    sample.write(COLLECTIONS.lstrip(), "_collections.yaml")
    text = sample.read()
    sample.with_keys(first)
    year = re.search(r"20[0-9]{2}", second)
    examples = text
    if year is not None:
        examples = text.replace("  expect", f"  school year: '{year.group()}'\n  expect")
        examples = examples.replace(
            "Associations: [{", f"Associations: [{{schoolYearTypeReference: {{schoolYear: {year.group()}}}, "
        )
    sample.write(examples, SECOND)
    return sample.with_keys(f"revision: '2'\n{second}severity: Warning\n", SECOND)


BY_YEAR = ("school years: {to: '2025'}\n", "school years: {from: '2026'}\n")
BY_DAY = ("effective: {to: 2025-03-31}\n", "effective: {from: 2025-04-01}\n")


def late(year: int) -> dict[str, object]:
    """A student of a school year who left before arriving."""
    return enrollment(
        schoolYearTypeReference={"schoolYear": year},
        entryDate=f"{year - 1}-08-12",
        exitWithdrawDate=f"{year - 1}-08-01",
    )


@pytest.mark.parametrize(("year", "severity"), [(2025, "Error"), (2026, "Warning"), (2027, "Warning")])
def test_a_run_takes_the_revision_of_its_school_year(sample: Sample, tmp_path: Path, year: int, severity: str) -> None:
    program = revised(sample, *BY_YEAR).open().programs["sample"]
    data = put(
        tmp_path / "data", {"students": [student()], "schools": [school()], "studentSchoolAssociations": [late(year)]}
    )
    for engine in ("python", "interpreter"):
        result = run_folder(program, data, school_year=year, as_of=date(year, 5, 1), engine=engine)
        found = [(row["rule"], row["severity"]) for row in rows(result, list_not_checked=True)]
        assert found == [("EN-1", severity)]


@pytest.mark.parametrize(("day", "severity"), [("2025-03-31", "Error"), ("2025-04-01", "Warning")])
def test_a_run_takes_the_revision_of_its_day(sample: Sample, tmp_path: Path, day: str, severity: str) -> None:
    sample = revised(sample, *BY_DAY).replace("as of: 2025-06-01", "as of: 2025-03-01", "_examples.yaml")
    program = sample.open().programs["sample"]
    data = put(tmp_path / "data", {"schools": [school()], "studentSchoolAssociations": [late(2025)]})
    result = run_folder(program, data, as_of=date.fromisoformat(day))
    assert [row["severity"] for row in rows(result, list_not_checked=True)] == [severity]


def test_every_back_end_knows_when_a_revision_holds(sample: Sample) -> None:
    program = revised(sample, *BY_YEAR).open().programs["sample"]
    bodies = {"studentSchoolAssociation": [late(2025), late(2026)]}
    for key, holds in (("EN-1", [2025]), ("EN-1 r2", [2026, 2027])):
        rule = program.rules[key]
        for year in (2025, 2026, 2027):
            context = Context(year, date(year, 5, 1), "state", None)
            complete = {name: bodies.get(name, []) for name in rule.needs}
            interpreted = by_interpreter(program, rule, world_of(program, complete), context)
            assert by_sql(connected(program, complete), program, rule, context) == interpreted
            assert len(interpreted) == (1 if year in holds and year != 2027 else 0)


def test_examples_run_in_a_year_of_their_revision(sample: Sample) -> None:
    program = revised(sample, *BY_YEAR).open().programs["sample"]
    results = Examples(program).of_rules(program.checked)
    assert [result.problems for result in results if result.problems] == []
    assert {result.spec for result in results} == {"EN-1", "EN-1 r2"}


def test_an_example_of_another_year_is_no_subject(sample: Sample) -> None:
    revised(sample, *BY_YEAR)
    sample.write(sample.read(SECOND).replace("school year: '2026'", "school year: '2025'"), SECOND)
    results = Examples(sample.open().programs["sample"]).of_rules(["EN-1 r2"])
    assert len(results) == 4
    assert all("not a subject of the rule" in result.problems[0] for result in results)


def test_commands_find_revisions(sample: Sample, execute: Execute) -> None:
    revised(sample, *BY_YEAR)
    assert execute(sample, "test", "EN-1").err.startswith("8 examples of 2 rules")
    assert execute(sample, "test", "EN-1 r2").err.startswith("4 examples of 1 rule ")
    assert "Warning" in execute(sample, "show", "--stage", "document", "EN-1").out
    assert "Error" in execute(sample, "show", "--stage", "document", "EN-01 R1").out
    assert execute(sample, "build").code == 0
    pages = sorted(path.name for path in (sample.root / "generated/catalogue/sample").glob("EN-*"))
    assert pages == ["EN-1-r2.md", "EN-1.md"]
    modules = sorted(path.name for path in (sample.root / "generated/python/sample/enrollment").glob("en_*"))
    assert modules == ["en_1.py", "en_1_r2.py"]


@pytest.mark.parametrize(
    ("keys", "first", "second"),
    [
        (BY_YEAR, "active, school years to 2025", "active, school years from 2026"),
        (BY_DAY, "active, effective to 2025-03-31", "active, effective from 2025-04-01"),
    ],
)
def test_the_catalogue_says_when_revisions_hold(sample: Sample, keys: tuple[str, str], first: str, second: str) -> None:
    program = revised(sample, *keys).open().programs["sample"]
    pages = {artifact.path.rpartition("/")[2]: artifact.text for artifact in pages_of(book_of(program, {}))}
    for page, status in (("EN-1.md", first), ("EN-1-r2.md", second)):
        assert f"| status | {status} |" in pages[page]
        (line,) = [line for line in pages["index.md"].splitlines() if f"({page})" in line]
        assert line.endswith(f"| {status} |")


def test_a_rule_that_does_not_hold_is_not_passed_over_in_silence(
    sample: Sample, tmp_path: Path, execute: Execute
) -> None:
    sample.write(COLLECTIONS.lstrip(), "_collections.yaml").with_keys("school years: {from: '2026'}\nexamples: []\n")
    folder = put(tmp_path / "data", {"schools": [school()], "studentSchoolAssociations": [late(2025)]})
    arguments = ("--data", folder, "--school-year", 2025, "--as-of", "2025-05-01")
    said = "EN-1 does not hold in school year 2025 on 2025-05-01; its file says when.\n"
    assert execute(sample, "run", *arguments, "--rule", "EN-1").err == said
    assert execute(sample, "why", "EN-1", *arguments, "--student", "100000001").err == said


OVERLAP = "E506 enrollment/..-r2.yaml:2:5"
WRONG = {
    "both can hold": ("school years: {to: '2026'}\n", "school years: {from: '2026'}\n", [OVERLAP]),
    "one by year, one by day": (BY_YEAR[0], BY_DAY[1], [OVERLAP]),
    "no word on when": (BY_YEAR[0], "", ["E112 enrollment/..-r2.yaml:19:11", OVERLAP]),
    "ends before it begins": (
        BY_YEAR[0], "school years: {from: '2027', to: '2026'}\n", ["E120 enrollment/..-r2.yaml:20:34"],
    ),
    "not a day": (BY_DAY[0], "effective: {from: 2025-04-31}\n", ["E120 enrollment/..-r2.yaml:20:19", OVERLAP]),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_revisions(sample: Sample, case: str) -> None:
    first, second, expected = WRONG[case]
    found = [line for line in lines_of(revised(sample, first, second).check()) if line.startswith("E")]
    assert sorted(line.replace("EN-1-exit-after-entry", "..") for line in found) == sorted(expected)


def test_two_files_without_revision_share_no_id(sample: Sample) -> None:
    sample.write(sample.read(), SECOND)
    [found] = sample.check()
    assert found.code == "E119"
    assert "a later revision of the rule says `revision: '2'`" in found.hint


def test_revisions_that_share_an_alias_are_told_once(sample: Sample) -> None:
    first, second, _ = WRONG["both can hold"]
    revised(sample, first, second).with_keys("aliases: [Enrollment-1]\n")
    sample.with_keys("aliases: [Enrollment-1]\n", SECOND)
    assert [line.split()[0] for line in lines_of(sample.check()) if line.startswith("E")] == ["E506"]


def test_a_revision_that_is_another_rule_says_what_the_id_meant(sample: Sample, execute: Execute) -> None:
    revised(sample, *BY_YEAR).with_keys("supersedes: Until then the id was that of a rule on schools.\n", SECOND)
    page = execute(sample, "explain", "EN-1 r2").out
    assert "## What the id meant before\n\nUntil then the id was that of a rule on schools.\n" in page


# -- dated codes

DATED = """
kind: table
name: GradeLevels
title: Grade levels
descriptor: GradeLevelDescriptor
namespace: uri://example.org/GradeLevelDescriptor
source: {document: own-rules, status: faithful}
key: {code: text}
columns: {first: year, last: year}
valid: {from: first, to: last}
rows:
- {code: KG}
- {code: '01', last: '2025'}
- {code: '02', first: '2026'}
- {code: '03', first: '2025', last: '2026'}
sets:
  Elementary:
    doc: Kindergarten to grade 3.
    codes: [KG, '01', '02', '03']
"""


@pytest.mark.parametrize(
    ("year", "grades"), [(2025, ["KG", "01", "03"]), (2026, ["KG", "02", "03"]), (2027, ["KG", "02"])]
)
def test_a_code_set_holds_the_codes_of_the_school_year(sample: Sample, year: int, grades: list[str]) -> None:
    sample.write(COLLECTIONS.lstrip(), "_collections.yaml").write(DATED.lstrip(), "tables/grade-levels.yaml")
    sample.with_keys("when: e.entryGradeLevelDescriptor is one of codes Elementary\nexamples: []\n")
    program = sample.open().programs["sample"]
    rule = program.rules["EN-1"]
    bodies = {
        "studentSchoolAssociation": [
            {
                **late(year),
                "studentReference": {"studentUniqueId": grade},
                "entryGradeLevelDescriptor": f"uri://x#{grade}",
            }
            for grade in ("KG", "01", "02", "03")
        ]
    }
    context = Context(year, date(year, 5, 1), "state", None)
    complete = {name: bodies.get(name, []) for name in rule.needs}
    interpreted = by_interpreter(program, rule, world_of(program, complete), context)
    violated = {
        next(g for g in ("KG", "01", "02", "03") if f'"{g}"' in key)
        for key, o in interpreted.items()
        if o == "violation"
    }
    assert violated == set(grades)
    assert by_sql(connected(program, complete), program, rule, context) == interpreted


def test_a_code_of_another_year_is_unknown_to_the_structure(sample: Sample, tmp_path: Path) -> None:
    sample.write(COLLECTIONS.lstrip(), "_collections.yaml").write(DATED.lstrip(), "tables/grade-levels.yaml")
    sample.replace("entryGradeLevelDescriptor: '03'", "entryGradeLevelDescriptor: KG", "_examples.yaml")
    program = sample.open().programs["sample"]
    data = put(
        tmp_path / "data",
        {
            "schools": [school(gradeLevels=[{"gradeLevelDescriptor": "KG"}])],
            "students": [student()],
            "studentSchoolAssociations": [late(2026) | {"entryGradeLevelDescriptor": "uri://x#01"}],
        },
    )
    result = run_folder(program, data, school_year=2026, as_of=date(2026, 5, 1))
    assert [(found.fault.code, found.fault.path) for found in result.structure] == [
        ("unknown-code", "entryGradeLevelDescriptor")
    ]
    assert RULE in {name.removeprefix("specs/sample/") for name in sample.open().texts}
