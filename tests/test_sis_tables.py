"""Tables of a school system as schemas: references held by columns, flags that are false when not given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler.driver import open_project
from compiler.schema.edfi import Resource, Schemas
from compiler.semantics.program import Program
from compiler.semantics.rows import row_hash
from tests.running import Body, agreed, brief, put, run_folder
from tests.support import ROOT

RULESET = """
title: A school system
schemas: [campus]
collection: all
subjects:
  enrollment as e:
    student: e.person.edFiID
    school: e.calendar.school.entityID
    corporation: e.calendar.school.district.number
    school year: e.calendar.endYear
    dates: period from e.startDate to e.endDate
"""
COLLECTIONS = """
collections:
  all: {title: All, school years: ['2025'], cycles: {year: {title: The year, default: 'true'}}}
"""
DEFINITIONS = """
definitions:
- {of: gradeLevel as g, name: isLeftOut, is: g.excludeFromStateReporting, doc: Whether its students are not reported.}
"""
RULES = {
    "NS-1": "require: e.noShow is false",
    "NS-2": "require: (e.secondarySchool otherwise e.calendar.school).entityID is '20'",
    "NS-3": "require: number of p in e.person.enrollments is at most 1",
    "NS-4": "require: no d in e.calendar.calendarDays has (d.instruction and d.date is e.startDate)",
    "NS-5": "require: e.person.stateID is present",
    "NS-6": "require: e.gradeLevel.excludeFromStateReporting is not true",
    "NS-7": "require: not e.gradeLevel.isLeftOut",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    root = tmp_path_factory.mktemp("project")
    folder = root / "specs" / "system"
    folder.mkdir(parents=True)
    (folder / "_ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (folder / "_definitions.yaml").write_text(DEFINITIONS, encoding="utf-8")
    (folder / "_collections.yaml").write_text(COLLECTIONS, encoding="utf-8")
    (folder / "_sources.yaml").write_text("sources: {own: {title: Own rules, publisher: Nobody}}\n", encoding="utf-8")
    for name, clause in RULES.items():
        source = f"document: own, row: {name}, status: faithful, sha256: {row_hash(name, {'message': name})}"
        (folder / f"{name}-of-the-tests.yaml").write_text(
            f"id: {name}\ntitle: {name}\nsource: {{{source}, text: {{message: {name}}}}}\n"
            f"for each: enrollment as e\n{clause}\nseverity: Error\nmessage: {name}\nfix: Mend it.\n",
            encoding="utf-8",
        )
    (root / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    project = open_project(root)
    assert [str(diagnostic) for diagnostic in project.sink.sorted() if diagnostic.code.startswith("E")] == []
    return project.programs["system"]


def enrollment(number: int, **more: Any) -> Body:
    return {"enrollmentID": number, "personID": 1, "calendarID": 5, "startDate": "2024-08-12", **more}


TABLES: dict[str, list[Body]] = {
    "districts": [{"districtID": 1, "number": "0017"}],
    "schools": [
        {"schoolID": 10, "districtID": 1, "entityID": "10"},
        {"schoolID": 20, "districtID": 1, "entityID": "20"},
    ],
    "schoolYears": [{"endYear": 2025, "startDate": "2024-07-01", "endDate": "2025-06-30"}],
    "calendars": [{"calendarID": 5, "schoolID": 10, "endYear": 2025}],
    "scheduleStructures": [{"structureID": 7, "calendarID": 5, "terms": 2}],
    "calendarDays": [
        {"calendarID": 5, "structureID": 7, "date": "2024-08-12", "instruction": True},
        {"calendarID": 5, "structureID": 7, "date": "2024-08-13"},
    ],
    "gradeLevels": [{"gradeLevelID": 3, "calendarID": 5, "structureID": 7, "name": "03"}],
    "people": [{"personID": 1, "edFiID": "900", "stateID": " "}, {"personID": 2, "edFiID": "901", "stateID": "S2"}],
}  # fmt: skip


def test_columns_lead_to_other_tables_and_back(program: Program, tmp_path: Path) -> None:
    enrollments = [
        enrollment(1, gradeLevelID=3, secondarySchoolID=20),
        enrollment(2, startDate="2024-08-13", noShow=True, gradeLevelID=3),
        enrollment(3, personID=2, startDate="2024-08-13", secondarySchoolID=20),
    ]
    found = [brief(row) for row in agreed(program, put(tmp_path, {**TABLES, "enrollments": enrollments}))]
    assert found == [
        "NS-1 violation enrollments.jsonl:2 900: ",
        "NS-2 violation enrollments.jsonl:2 900: ",
        "NS-3 violation enrollments.jsonl:1 900: ",
        "NS-3 violation enrollments.jsonl:2 900: ",
        "NS-4 violation enrollments.jsonl:1 900: ",
        "NS-5 violation enrollments.jsonl:1 900: ",
        "NS-5 violation enrollments.jsonl:2 900: ",
        "NS-6 not checked enrollments.jsonl:3 901: enrollment.gradeLevelID",
        "NS-7 not checked enrollments.jsonl:3 901: enrollment.gradeLevelID",
    ]


def test_a_column_that_leads_nowhere_is_told(program: Program, tmp_path: Path) -> None:
    enrollments = [enrollment(1, personID=9, gradeLevelID=3, secondarySchoolID=20)]
    found = [brief(row) for row in agreed(program, put(tmp_path, {**TABLES, "enrollments": enrollments}))]
    assert "dangling-reference enrollments.jsonl:1 enrollment.personID: there is no person 9" in found


def test_a_flag_of_the_wrong_type_is_told_and_counts_as_not_given(program: Program, tmp_path: Path) -> None:
    enrollments = [enrollment(1, noShow="yes", gradeLevelID=3, secondarySchoolID=20)]
    found = [brief(row) for row in agreed(program, put(tmp_path, {**TABLES, "enrollments": enrollments}))]
    assert [row for row in found if row.startswith("NS-1")] == []
    assert any(row.startswith("wrong-type enrollments.jsonl:1 enrollment.noShow") for row in found)


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "specs/schemas/campus").glob("*.json"))])
def test_tables_have_keys_and_their_columns_lead_to_whole_keys(program: Program, name: str) -> None:
    schemas: Schemas = program.schemas
    table = schemas.resource(name)
    assert isinstance(table, Resource)
    assert all(table.is_required(path) for path in table.key)
    for reference in table.columns:
        target = schemas.resource(reference.target)
        assert target is not None
        assert {part for part, _ in reference.parts} == {".".join(path) for path in target.key}
        for part, path in reference.parts:
            own, other = table.find(path), target.find((part,))
            assert own is not None
            assert other is not None
            assert own.type == other.type


def test_every_table_is_known_to_data_folders(program: Program, tmp_path: Path) -> None:
    result = run_folder(program, put(tmp_path, {**TABLES, "enrollments": []}))
    assert result.unknown == {}
