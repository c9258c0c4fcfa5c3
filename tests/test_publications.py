"""Publications: what is said of a wrong one, what is wanted of a world, and why the rest is not sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from compiler.driver import open_project
from compiler.schema.edfi import stack
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.wanted import Sender, Wanted, Why, want, years_of
from compiler.semantics.world import RawRecord, World
from tests.support import ROOT, Execute, Ran, lines_of

Body = dict[str, Any]

SPEC = """\
kind: publication
id: SY-SSA
title: Where students are enrolled
source: {document: manual, status: faithful}
resource: studentSchoolAssociations
target: [ed-fi-4.0, nebraska]
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
year: e.calendar.endYear
include:
- when: e.person.edFiID is present
  reason: the person has no id
- when: (e.percentEnrolled otherwise 100) is more than 0
  reason: the student is never there
exclude:
- when: e.calendar.exclude is true
  reason: the calendar is left out
  after sending: keep
- when: e.noShow is true
  reason: the student did not come
  after sending: delete
- when: e.percentEnrolled is more than 200
  reason: nobody is there twice
  after sending: delete
one per key:
  prefer:
  - value: e.serviceType
    order: ['P', 'S']
  - value: e.enrollmentID
    order: highest first
  reason: another enrollment comes first
elements:
- name: id
  need: M
  path: id
  assigned by: the API
- name: entryDate
  need: M
  path: entryDate
  value: e.startDate
  if missing: block
- name: exitWithdrawDate
  path: exitWithdrawDate
  value: e.endDate
- name: schoolReference
  path: schoolReference.schoolId
  value: e.calendar.schoolID
  if missing: block
- name: studentReference
  path: studentReference.studentUniqueId
  value: e.person.edFiID
  if missing: block
- name: grade
  path: entryGradeLevelDescriptor
  value: e.grade
  if missing: block
- name: calendarReference
  path: calendarReference
  value:
    calendarCode: e.calendar.naturalKey
    schoolId: e.calendar.schoolID
    schoolYear: e.calendar.endYear
- name: plans
  path: alternativeGraduationPlans
  value:
  - alternativeGraduationPlanReference.educationOrganizationId: e.calendar.schoolID
    alternativeGraduationPlanReference.graduationPlanTypeDescriptor: e.endStatus
    alternativeGraduationPlanReference.graduationSchoolYear: e.calendar.endYear
- name: share
  path: fullTimeEquivalency
  value: e.percentEnrolled / 100
- name: never
  path: employedWhileEnrolled
  never reports: true
- name: days
  path: _ext.ne.studentDaysEnrolled
  value: e.studentDaysEnrolled
- name: reporting school
  path: _ext.ne.reportingSchoolReference.schoolId
  value: e.calendar.schoolID
  if missing: block
- name: home
  path: _ext.ne.residentLocalEducationAgencyReference.localEducationAgencyId
  value: e.calendar.school.districtID
  if missing: block
examples:
- name: an enrollment
  given: {enrollments: [{enrollmentID: 1}]}
  expect: {sent: [{entryDate: 2024-08-12, exitWithdrawDate: nothing}]}
"""
RULESET = "title: System\nschemas: [campus]\nsubjects:\n  enrollment as e: {student: e.person.edFiID}\n"
EXAMPLES = """\
school year: '2025'
defaults:
  enrollments: {enrollmentID: 1, personID: 1, calendarID: 5, startDate: 2024-08-12, grade: '03'}
  people: {personID: 1, edFiID: '900'}
  calendars: {calendarID: 5, schoolID: 10, endYear: 2025}
  schools: {schoolID: 10, districtID: 7}
  districts: {districtID: 7}
  schoolYears: {endYear: 2025, startDate: 2024-07-01, endDate: 2025-06-30}
"""


def put_project(folder: Path, spec: str) -> Path:
    specs = folder / "specs" / "system"
    (specs / "publications").mkdir(parents=True)
    texts = {
        "_ruleset.yaml": RULESET,
        "_examples.yaml": EXAMPLES,
        "_sources.yaml": "sources: {manual: {title: It, publisher: Us}}\n",
    }
    for name, text in (texts | {"publications/SY-SSA-enrollments.yaml": spec}).items():
        (specs / name).write_text(text, encoding="utf-8")
    (folder / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    return folder


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    project = open_project(put_project(tmp_path_factory.mktemp("system"), SPEC))
    assert lines_of([d for d in project.sink.sorted() if d.level.value != "note"]) == []
    return project.programs["system"]


# -- what is said of a wrong one

CHANGES: dict[str, tuple[str, str, str]] = {
    "a property that does not exist": ("path: entryDate", "path: entryDat", "E301 E606"),
    "a property below a value": ("path: exitWithdrawDate", "path: exitWithdrawDate.day", "E301"),
    "a date where a text belongs": (
        "path: studentReference.studentUniqueId\n  value: e.person.edFiID",
        "path: studentReference.studentUniqueId\n  value: e.startDate",
        "E402",
    ),
    "a number where a date belongs": ("value: e.endDate", "value: e.enrollmentID", "E402"),
    "a decimal where a whole number belongs": (
        "value: e.calendar.schoolID\n  if missing: block\n- name: studentR",
        "value: e.percentEnrolled\n  if missing: block\n- name: studentR",
        "E402",
    ),
    "an object where a value belongs": ("value: e.endDate", "value: {day: e.endDate}", "E402"),
    "a value where an object belongs": ("path: schoolReference.schoolId", "path: schoolReference", "E402"),
    "a list where one value is needed": ("value: e.endDate", "value: e.person.enrollments.endDate", "E404"),
    "a path into a list": ("path: employedWhileEnrolled", "path: educationPlans.educationPlanDescriptor", "E402"),
    "a value for what the API assigns": ("assigned by: the API", "value: e.person.edFiID", "E402"),
    "a part that is left out": ("    schoolYear: e.calendar.endYear\n- name: plans", "- name: plans", "E601"),
    "a part that is unknown": ("    calendarCode:", "    calendarCod:", "E301 E601"),
    "a part of a list that is left out": (
        "    alternativeGraduationPlanReference.graduationSchoolYear: e.calendar.endYear\n",
        "",
        "E601",
    ),
    "a literal that is too long": (
        "    calendarCode: e.calendar.naturalKey",
        f"    calendarCode: e.calendar.naturalKey otherwise '{'x' * 61}'",
        "E602",
    ),
    "a required property without an element": ("path: entryGradeLevelDescriptor", "path: entryTypeDescriptor", "E601"),
    "a required property that may be omitted": ("value: e.grade\n  if missing: block", "value: e.grade", "E601"),
    "a required part of an extension that may be omitted": (
        "value: e.calendar.school.districtID\n  if missing: block",
        "value: e.calendar.school.districtID",
        "E601",
    ),
    "mandatory without a value": ("  assigned by: the API\n", "", "E604"),
    "two things at once": ("never reports: true", "never reports: true\n  value: true", "E604"),
    "two elements at one place": ("path: exitWithdrawDate", "path: entryDate", "E605"),
    "an element inside another": ("path: _ext.ne.studentDaysEnrolled", "path: calendarReference.schoolYear", "E605"),
    "a part of the key that may be omitted": ("value: e.startDate\n  if missing: block", "value: e.startDate", "E606"),
    "a part of the key without an element": (
        "path: studentReference.studentUniqueId",
        "path: entryTypeDescriptor",
        "E606",
    ),
    "a choice that does not decide": ("  - value: e.enrollmentID\n    order: highest first\n", "", "E603"),
    "a choice that lists keys": ("    order: highest first", "    order: ['1']", "E603"),
    "an order that is not for dates": (
        "value: e.enrollmentID\n    order",
        "value: e.startDate\n    order",
        "E402 E603",
    ),
    "a listed value of another type": ("- value: e.serviceType", "- value: e.enrollmentID", "E120"),
    "a year that is a text": ("year: e.calendar.endYear", "year: e.calendar.name", "E402"),
    "a condition that is none": ("when: e.noShow is true", "when: e.serviceType", "E406"),
    "a resource that the target lacks": ("resource: studentSchoolAssociations", "resource: enrollments", "E310"),
    "a schema folder that is not there": ("[ed-fi-4.0, nebraska]", "[ed-fi-4.0, nebrasca]", "E310"),
    "another document": ("document: manual", "document: handbook", "E314"),
    "another file name": ("id: SY-SSA", "id: SY-SSB", "E118"),
    "an expected property that does not exist": ("{entryDate: 2024-08-12, exit", "{entryDat: 2024-08-12, exit", "E501"),
    "an example of the wrong type": ("{enrollmentID: 1}]}", "{enrollmentID: one}]}", "E501"),
    "no choice": ("one per key:", "one for key:", "E111"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_publication_is_told(name: str, tmp_path: Path) -> None:
    old, new, codes = CHANGES[name]
    assert SPEC.count(old) == 1, SPEC.count(old)
    project = open_project(put_project(tmp_path, SPEC.replace(old, new)))
    found = {d.code for d in project.sink.sorted() if d.level.value != "note"}
    assert sorted(found) == codes.split()


def test_codes_are_looked_up_in_the_tables_of_the_target(tmp_path: Path) -> None:
    folder = put_project(tmp_path, SPEC.replace("value: e.grade\n", "value: e.grade otherwise '99'\n"))
    assert [d.code for d in open_project(folder).sink.sorted()] == ["N901"]
    (folder / "specs/system/tables").mkdir()
    head = "kind: table\nname: Grades\ntitle: Grades\ndescriptor: GradeLevelDescriptor\n"
    table = f"{head}source: {{document: manual, status: faithful}}\n"
    rows = "key: {code: text}\ncolumns: {label: text}\nrows: [{code: '03', label: Third}]\n"
    (folder / "specs/system/tables/grades.yaml").write_text(table + rows, encoding="utf-8")
    assert [d.code for d in open_project(folder).sink.sorted()] == ["E403"]


# -- what is wanted

TABLES: dict[str, list[Body]] = {
    "people": [{"personID": 1, "edFiID": "900"}, {"personID": 2, "edFiID": "901"}, {"personID": 3, "edFiID": " "}],
    "calendars": [
        {"calendarID": 5, "schoolID": 10, "endYear": 2025},
        {"calendarID": 6, "schoolID": 10, "endYear": 2025, "exclude": True},
        {"calendarID": 7, "schoolID": 10, "endYear": 2026, "naturalKey": "main"},
    ],
    "schools": [{"schoolID": 10, "districtID": 7}],
    "districts": [{"districtID": 7}],
}


def enrollment(number: int, **more: Any) -> Body:
    return {"enrollmentID": number, "personID": 1, "calendarID": 5, "startDate": "2024-08-12", "grade": "03", **more}


def wanted_of(program: Program, enrollments: Iterable[Body], year: int = 2025, **tables: list[Body]) -> Wanted:
    records = {**TABLES, **tables, "enrollments": list(enrollments)}
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
    return want(program, program.publications["SY-SSA"], world, Context(year, date(year, 6, 1)))


def brief(wanted: Wanted) -> list[str]:
    sent = [f"sent {payload.sender}" for payload in wanted.records.values()]
    return sent + [f"{unsent.sender}: {unsent.reason}" for unsent in wanted.unsent]


def test_a_record_has_what_is_given_and_leaves_out_the_rest(program: Program) -> None:
    wanted = wanted_of(program, [enrollment(1, percentEnrolled=100)])
    school = {"schoolId": 10}
    extension = {
        "reportingSchoolReference": school,
        "residentLocalEducationAgencyReference": {"localEducationAgencyId": 7},
    }
    assert [payload.body for payload in wanted.records.values()] == [
        {
            "entryDate": "2024-08-12",
            "schoolReference": school,
            "studentReference": {"studentUniqueId": "900"},
            "entryGradeLevelDescriptor": "03",
            "fullTimeEquivalency": Decimal(1),
            "_ext": {"ne": extension},
        }
    ]
    assert list(wanted.records) == [("2024-08-12", 10, "900")]


def test_a_record_has_whole_references_lists_and_exact_numbers(program: Program) -> None:
    full = enrollment(1, calendarID=7, endStatus="Standard", percentEnrolled=Decimal("33.3"), studentDaysEnrolled=12)
    (payload,) = wanted_of(program, [full], 2026).records.values()
    assert payload.body["calendarReference"] == {"calendarCode": "main", "schoolId": 10, "schoolYear": 2026}
    reference = {
        "educationOrganizationId": 10,
        "graduationPlanTypeDescriptor": "Standard",
        "graduationSchoolYear": 2026,
    }
    assert payload.body["alternativeGraduationPlans"] == [{"alternativeGraduationPlanReference": reference}]
    assert payload.body["fullTimeEquivalency"] == Decimal("0.333")
    assert payload.body["_ext"]["ne"]["studentDaysEnrolled"] == 12


SENT: dict[str, tuple[list[Body], list[str]]] = {
    "no id": ([enrollment(1, personID=3)], ["Enrollment 1: the person has no id"]),
    "no person": ([enrollment(1, personID=9)], ["Enrollment 1: the person has no id"]),
    "not included": ([enrollment(1, percentEnrolled=0)], ["Enrollment 1: the student is never there"]),
    "excluded": ([enrollment(1, noShow=True)], ["Enrollment 1: the student did not come"]),
    "the first exclusion counts": (
        [enrollment(1, noShow=True, calendarID=6)],
        ["Enrollment 1: the calendar is left out"],
    ),
    "another year": ([enrollment(1, calendarID=7)], []),
    "an unknown year": (
        [enrollment(1, calendarID=9)],
        ["Enrollment 1: cannot be decided: calendar and enrollment.percentEnrolled are missing"],
    ),
    "two days": ([enrollment(1), enrollment(2, startDate="2025-01-08")], ["sent Enrollment 1", "sent Enrollment 2"]),
    "the first service type": (
        [enrollment(1, serviceType="P"), enrollment(2, serviceType="S"), enrollment(3)],
        [
            "sent Enrollment 1",
            "Enrollment 2: another enrollment comes first (Enrollment 1)",
            "Enrollment 3: another enrollment comes first (Enrollment 1)",
        ],
    ),
    "the highest number": (
        [enrollment(9), enrollment(10)],
        ["sent Enrollment 10", "Enrollment 9: another enrollment comes first (Enrollment 10)"],
    ),
    "blocked": (
        [enrollment(1, grade=" ")],
        ["Enrollment 1: it cannot be sent without grade (enrollment.grade is missing)"],
    ),
    "a blocked one keeps its key": (
        [enrollment(1), enrollment(2, grade=None, serviceType="P")],
        [
            "Enrollment 1: another enrollment comes first (Enrollment 2)",
            "Enrollment 2: it cannot be sent without grade (enrollment.grade is missing)",
        ],
    ),
    "an excluded one does not": (
        [enrollment(1), enrollment(2, noShow=True, serviceType="P")],
        ["sent Enrollment 1", "Enrollment 2: the student did not come"],
    ),
}


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_and_why_the_rest_is_not(program: Program, name: str) -> None:
    enrollments, expected = SENT[name]
    known = [{"percentEnrolled": 100, **body} if name != "an unknown year" else body for body in enrollments]
    assert brief(wanted_of(program, known)) == expected


def test_an_undecided_exclusion_sends_nothing(program: Program) -> None:
    (unsent,) = wanted_of(program, [enrollment(1)]).unsent
    assert (unsent.why, unsent.missing) == (Why.UNDECIDED, ("enrollment.percentEnrolled",))


def test_an_exclusion_says_what_becomes_of_what_was_sent(program: Program) -> None:
    found = wanted_of(program, [enrollment(1, noShow=True), enrollment(2, calendarID=6)]).unsent
    assert [(u.sender.key, u.why, u.after_sending) for u in found] == [
        ("1", Why.EXCLUDED, "delete"),
        ("2", Why.EXCLUDED, "keep"),
    ]


def test_years_are_those_of_the_records(program: Program) -> None:
    records = {**TABLES, "enrollments": [enrollment(1), enrollment(2, calendarID=7), enrollment(3, calendarID=9)]}
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
    assert years_of(program, program.publications["SY-SSA"], world, Context(2025, date(2025, 6, 1))) == [2025, 2026]


# -- laws

enrollments = st.lists(
    st.fixed_dictionaries(
        {
            "personID": st.integers(1, 4),
            "calendarID": st.integers(5, 8),
            "startDate": st.sampled_from(["2024-08-12", "2025-01-08"]),
        },
        optional={
            "grade": st.sampled_from(["03", "04", " "]),
            "noShow": st.booleans(),
            "serviceType": st.sampled_from(["P", "S", "N"]),
            "percentEnrolled": st.sampled_from([0, 75, 100, 300]),
            "studentDaysEnrolled": st.integers(0, 200),
        },
    ),
    max_size=8,
).map(lambda bodies: [{"enrollmentID": i, **body} for i, body in enumerate(bodies, 1)])


def validator() -> Draft202012Validator:
    layers = []
    for folder in ("ed-fi-4.0", "nebraska"):
        paths = (ROOT / "specs/schemas" / folder).glob("studentSchoolAssociation*.json")
        layers.append({path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths})
    return Draft202012Validator(stack(layers)["studentSchoolAssociation"])


VALIDATOR = validator()
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def candidates(bodies: Iterable[Mapping[str, Any]], year: int) -> set[str]:
    years = {calendar["calendarID"]: calendar["endYear"] for calendar in TABLES["calendars"]}
    return {str(body["enrollmentID"]) for body in bodies if years.get(body["calendarID"], year) == year}


@QUICK
@given(bodies=enrollments)
def test_every_candidate_is_in_one_list_and_every_record_fits(program: Program, bodies: list[Body]) -> None:
    for year in (2025, 2026):
        wanted = wanted_of(program, bodies, year)
        sent = [payload.sender.key for payload in wanted.records.values()]
        unsent = [entry.sender.key for entry in wanted.unsent]
        assert len(sent + unsent) == len({*sent, *unsent})
        assert {*sent, *unsent} == candidates(bodies, year)
        for key, payload in wanted.records.items():
            assert payload.key == key
            assert [error.message for error in VALIDATOR.iter_errors(payload.body)] == []


@QUICK
@given(bodies=enrollments)
def test_one_behind_another_has_a_winner_that_holds_its_key(program: Program, bodies: list[Body]) -> None:
    wanted = wanted_of(program, bodies)
    holders: dict[Sender, Any] = {payload.sender: key for key, payload in wanted.records.items()}
    holders |= {entry.sender: entry.key for entry in wanted.unsent if entry.why is Why.BLOCKED}
    for entry in wanted.unsent:
        assert (entry.why is Why.BEHIND) == (entry.winner is not None)
        assert entry.winner is None or holders[entry.winner] == entry.key
        assert entry.key is not None or entry.why is not Why.BEHIND


@QUICK
@given(bodies=enrollments, order=st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(program: Program, bodies: list[Body], order: Any) -> None:
    shuffled = list(bodies)
    order.shuffle(shuffled)
    first, second = wanted_of(program, bodies), wanted_of(program, shuffled)
    assert (first.records, first.unsent) == (second.records, second.unsent)


# -- the commands

EXPECTED: dict[str, tuple[str, list[str]]] = {
    "as expected": ("{enrollmentID: 1, percentEnrolled: 75}]}\n  expect: {sent: [{fullTimeEquivalency: 0.75}]}", []),
    "another value": (
        "{enrollmentID: 1, percentEnrolled: 75}]}\n  expect: {sent: [{fullTimeEquivalency: 1}]}",
        ["expected a record {fullTimeEquivalency: 1}, but none is sent: `fullTimeEquivalency` is 0.75"],
    ),
    "a value that should not be there": (
        "{percentEnrolled: 75}]}\n  expect: {sent: [{fullTimeEquivalency: nothing}]}",
        ["expected a record {fullTimeEquivalency: nothing}, but none is sent: `fullTimeEquivalency` is 0.75"],
    ),
    "one too many": (
        "{percentEnrolled: 75}]}\n  expect: {sent: []}",
        ["a record of Enrollment 1 is sent, which is not expected"],
    ),
    "one too few": (
        "{percentEnrolled: 75, calendarID: 5}]}\n  school year: '2024'\n  expect: {sent: [{}]}",
        ["expected a record {}, but none is sent"],
    ),
    "a reason": ("{noShow: true}]}\n  expect: {sent: [], not sent: [{object: '1', reason: did not come}]}", []),
    "another reason": (
        "{noShow: true}]}\n  expect: {sent: [], not sent: [{object: '1', reason: the calendar}]}",
        ["expected 1 not to be sent for `the calendar`, but the reason is `the student did not come`"],
    ),
    "an object that is sent": (
        "{percentEnrolled: 75}]}\n  expect: {sent: [{}], not sent: [{object: '1', reason: the calendar}]}",
        ["expected 1 not to be sent (the calendar), but it is sent, or is no candidate"],
    ),
    "an object that is not mentioned": (
        "{noShow: true}]}\n  expect: {sent: []}",
        ["Enrollment 1 is not sent, which is not expected: the student did not come"],
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_examples_of_publications_are_run(name: str, tmp_path: Path, execute: Execute) -> None:
    example, problems = EXPECTED[name]
    head, _, _ = SPEC.partition("examples:")
    given = f"examples:\n- name: one\n  given: {{enrollments: [{example}\n"
    ran = execute(put_project(tmp_path / "project", head + given), "test", "SY-SSA")
    assert [line.strip() for line in ran.out.splitlines()[1:]] == problems
    outcome = "1 failure" if problems else "all as expected"
    assert ran.code == bool(problems)
    counted = "1 example of 1 publication through interpreter and python"
    assert ran.err == f"{counted}: {outcome}.\n"


def test_a_project_of_publications_builds_python_and_pages(tmp_path: Path, execute: Execute) -> None:
    place = put_project(tmp_path / "project", SPEC)
    assert execute(place, "build").code == 0
    assert execute(place, "build", "--check").code == 0
    assert (place / "generated/editor/publication.schema.json").exists()
    assert sorted((place / "generated").rglob("system*")) == [
        place / "generated/catalogue/system", place / "generated/python/system"
    ]  # fmt: skip
    assert (place / "generated/catalogue/system/SY-SSA.md").is_file()
    assert execute(place, "catalogue", "--format", "markdown", "-o", "out").code == 0
    assert execute(place, "run", "--data", tmp_path) == Ran(2, "", "There are no rules below specs/.\n")
    checked = execute(place, "check")
    assert (checked.code, checked.err) == (0, "0 rules, 1 publication and 0 tables in 4 files: 0 errors, 0 warnings\n")
