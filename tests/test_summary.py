"""The model of reports: what it counts, and what a corporation's part may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compiler.engines.folder import open_folder
from compiler.engines.institutions import institution_names
from compiler.reports.facts import facts_of
from compiler.reports.findings import rows
from compiler.reports.groups import Group
from compiler.reports.masking import Aliases
from compiler.reports.summary import Summary, summary_of
from compiler.semantics.program import Program
from tests.running import add_rule, enrollment, put, run_folder, school, services, student, with_rules
from tests.support import Sample

NORTH, SOUTH = 1, 2


@pytest.fixture(scope="module")
def counting(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The project with a rule of each severity, a population, and two rules about other parties; not to be changed."""
    sample = with_rules(Sample.copied(template, tmp_path_factory.mktemp("summary") / "project"))
    sample.replace(
        "    title: Enrollment\n",
        "    title: Enrollment\n    population: studentSchoolAssociation as e\n",
        "_collections.yaml",
    )
    sample.replace(
        "    school year: e.", "    grade: e.entryGradeLevelDescriptor\n    school year: e.", "_ruleset.yaml"
    )
    keys = """
        for each: studentSchoolAssociation as e
        scope: state
        when: e.fullTimeEquivalency is present
        conflicts with: >-
          all o in e.student.studentSchoolAssociations
          where (o.schoolReference.schoolId is not e.schoolReference.schoolId)
        severity: Conflict
        effect: not counted by any party
        message: Another school claims the student too.
        detail: "own {e.entryDate}, others {e.student.studentSchoolAssociations.entryDate}"
        """
    add_rule(sample, "EN-6", keys)
    return sample


@pytest.fixture(scope="module")
def program(counting: Sample) -> Program:
    return counting.open().programs["sample"]


def data(folder: Path, *enrollments: dict[str, Any], **more: Any) -> Path:
    ids = sorted({e["studentReference"]["studentUniqueId"] for e in enrollments})
    return put(
        folder,
        {
            "schools": [school(1001), school(1002, localEducationAgencyReference={"localEducationAgencyId": SOUTH})],
            "localEducationAgencies": [agency(NORTH, "North"), agency(SOUTH, "South")],
            "students": [student(number) for number in ids],
            "studentSchoolAssociations": list(enrollments),
            **more,
        },
    )


def agency(number: int, name: str) -> dict[str, Any]:
    return {"localEducationAgencyId": number, "nameOfInstitution": name}


def at_south(number: str = "100000001", **more: Any) -> dict[str, Any]:
    return enrollment(number, **{"schoolReference": {"schoolId": 1002}, **more})


def summed(program: Program, folder: Path, *, mask: bool = False, least: int = 0, **given: Any) -> Summary:
    result = run_folder(program, folder, dispositions=True, **given)
    aliases = Aliases() if mask else None
    every = list(rows(result, list_not_checked=True, aliases=aliases))
    facts = facts_of(result, title="Sample", specs="", masked=mask, least=least)
    names = institution_names(program, open_folder(folder, program.schemas))
    return summary_of(result, every, facts, names=names, aliases=aliases)


def group_of(summary: Summary, corporation: int | None) -> Group:
    [group] = [group for group in summary.groups if group.corporation == corporation]
    return group


def everything(group: Group) -> str:
    """All that a corporation's part says, as one text."""
    return json.dumps([group.findings, group.unchecked, group.members, group.gone], default=str)


# -- what a corporation may see


def test_of_the_other_party_of_a_conflict_only_the_corporation_is_named(program: Program, tmp_path: Path) -> None:
    there = at_south(entryDate="2024-09-17")
    summary = summed(program, data(tmp_path, enrollment(), there), rules=("EN-4",))
    [row] = group_of(summary, NORTH).findings
    assert row["others"] == [{"corporation": SOUTH, "name": "South"}]
    text = everything(group_of(summary, NORTH))
    assert [secret for secret in ("2024-09-17", "1002") if secret in text] == []
    [whole] = [row for row in summary.violations if row["corporation"] == NORTH]
    assert whole["others"][0]["entryDate"] == "2024-09-17"  # the workbook of the whole run keeps the key


def test_the_other_party_is_found_when_it_has_no_finding_of_its_own(program: Program, tmp_path: Path) -> None:
    """EN-6 looks at one side only; the other one is known by the students that are counted."""
    records = data(tmp_path, enrollment(fullTimeEquivalency=1), at_south(entryDate="2024-09-17"))
    [row] = group_of(summed(program, records, rules=("EN-6",)), NORTH).findings
    assert row["others"] == [{"corporation": SOUTH, "name": "South"}]


def test_a_detail_that_tells_of_the_records_of_others_is_left_out(program: Program, tmp_path: Path) -> None:
    records = data(tmp_path, enrollment(fullTimeEquivalency=1), at_south(entryDate="2024-09-17"))
    summary = summed(program, records, rules=("EN-6",))
    [whole] = summary.violations
    assert "2024-09-17" in whole["detail"]
    [row] = group_of(summary, NORTH).findings
    assert (row["detail"], "2024-09-17" in everything(group_of(summary, NORTH))) == ("", False)


def test_a_group_holds_its_own_students_only(program: Program, tmp_path: Path) -> None:
    late = {"exitWithdrawDate": "2024-08-01"}
    summary = summed(program, data(tmp_path, enrollment("111", **late), enrollment("222"), at_south("333", **late)))
    told = {group.title: [s.student for s in group.students()] for group in summary.groups}
    assert told == {"North (1)": ["111", "222"], "South (2)": ["333"]}
    assert "333" not in everything(group_of(summary, NORTH))
    first, second = group_of(summary, NORTH).students()
    assert [row["rule"] for row in first.findings] == ["EN-1"]
    assert ([row["disposition"] for row in first.dispositions], second.findings) == (["blocked"], ())


def test_findings_without_a_corporation_are_a_group_of_their_own(program: Program, tmp_path: Path) -> None:
    records = data(tmp_path, enrollment(exitWithdrawDate="2024-08-01"))
    (records / "schools.jsonl").unlink()
    summary = summed(program, records)
    [group] = summary.groups
    assert (group.corporation, group.stem, group.title) == (None, "not-known", "Corporation not known")
    assert [row["rule"] for row in group.findings] == ["EN-1"]


def test_file_names_of_groups_are_safe_and_never_the_same(tmp_path: Path) -> None:
    from compiler.reports.groups import _stem

    taken: set[str] = set()
    ids = ("1", 1, "a", "A", "../x", "..\\x", "con", "not-known", None, "", "é" * 300, "=1", "a b", "a/b", "\ud800")
    stems = [_stem(number, taken) for number in ids]
    assert len({stem.lower() for stem in stems}) == len(ids)
    assert [
        stem for stem in stems if not stem.replace("-", "a").isalnum() or not stem.isascii() or len(stem) > 80
    ] == []
    assert (stems[0], stems[2], stems[8]) == ("1", "a", "not-known")
    assert not {"con", "not-known"} & {stems[6], stems[7]}


# -- what is counted


def test_what_is_found_and_counted(program: Program, tmp_path: Path) -> None:
    late = {"exitWithdrawDate": "2024-08-01"}
    people = [enrollment(f"{n}", **late) for n in range(3)] + [at_south("9", fullTimeEquivalency=2), at_south("8")]
    services_of_nobody = [services("7", disabilities=[{"disabilityDescriptor": "uri://x#08"}])]
    summary = summed(program, data(tmp_path, *people, studentSpecialEducationProgramAssociations=services_of_nobody))
    assert summary.verdict.startswith("4 violations (3 Error, 1 Exclusion): 6 rules over 13 records.")
    assert summary.severities == (("Error", 3), ("Exclusion", 1))
    assert dict(summary.effects) == {"none": 3, "not counted": 1}
    assert [(row.value, row.counts, row.total) for row in summary.heat.rows] == [
        ("EN-1", (3, 0), 3),
        ("EN-3", (0, 1), 1),
    ]
    assert (summary.heat.columns, summary.heat.names, summary.heat.total.total) == ((1, 2), ("North", "South"), 4)
    rule = {rule.rule: rule for rule in summary.rules}["EN-1"]
    assert (rule.findings, rule.corporations, rule.applicable, rule.severity) == (3, 1, 3, "Error")
    assert {rule.rule: rule.severity for rule in summary.rules}["EN-5"] == "Informational"  # found nothing
    [counting] = summary.counting
    assert (counting.total.counts, counting.total.total) == ((0, 1, 3, 1), 5)
    by_corporation, by_school, by_grade = counting.tables
    assert [(row.value, row.name, row.counts) for row in by_corporation.rows] == [
        (1, "North", (0, 0, 3, 0)),
        (2, "South", (0, 1, 0, 1)),
    ]
    assert [row.name for row in by_school.rows] == ["School", "School"]
    assert [(row.value, row.name, row.total) for row in by_grade.rows] == [("03", "", 5)]
    assert [(entry.rule, entry.subjects, entry.whole) for entry in summary.not_checked] == [("EN-5", "1", False)]
    [south] = summary.counting_of(group_of(summary, SOUTH))
    assert [table.title for table in south.tables] == ["Students by school", "Students by grade"]
    assert [(rule.rule, count) for rule, count in summary.rules_of(group_of(summary, SOUTH))] == [("EN-3", 1)]
    assert summary.verdict_of(group_of(summary, SOUTH)) == "1 violation (1 Exclusion)."


def test_small_counts_are_hidden_wherever_students_are_counted(program: Program, tmp_path: Path) -> None:
    late = {"exitWithdrawDate": "2024-08-01"}
    people = [enrollment(f"{n}", **late) for n in range(12)] + [at_south(f"9{n}", **late) for n in range(3)]
    summary = summed(program, data(tmp_path, *people), least=10)
    assert summary.severities == (("Error", "*"),) or summary.severities == (("Error", 15),)
    [row] = summary.heat.rows
    assert row.counts == ("*", "<10")
    [counting] = summary.counting
    assert [row.total for row in counting.tables[0].rows] == ["*", "<10"]
    assert summary.rules_of(group_of(summary, SOUTH))[0][1] == "<10"
    assert summary.verdict_of(group_of(summary, SOUTH)) == "<10 violations (<10 Error)."
    assert len(group_of(summary, SOUTH).findings) == 3  # rows of students are not counts
    assert "<10 is a number from 1 to 9" in summary.facts.suppression


def test_masked_students_are_masked_in_every_part(program: Program, tmp_path: Path) -> None:
    people = [enrollment("100000001", exitWithdrawDate="2024-08-01"), at_south("100000001"), at_south("200000002")]
    summary = summed(program, data(tmp_path, *people), mask=True)
    text = "".join(map(everything, summary.groups)) + json.dumps([list(summary.rows), list(summary.members)])
    assert [number for number in ("100000001", "200000002") if number in text] == []
    [student_here] = group_of(summary, NORTH).students()
    assert (len(student_here.dispositions), len(student_here.findings)) == (1, 2)
    assert summary.facts.banner.startswith("Students' ids are replaced")
