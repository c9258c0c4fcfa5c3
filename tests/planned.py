"""A small project of publications for plans: an association of the school, one of a program that depends on it, and a
second publication that shares the keys of the first.

What the specs' text does not say (events, triggers, cascades) is added to the lowered publications.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from compiler.driver import open_project
from compiler.planning.evidence import Evidence
from compiler.planning.model import Mapped, OdsRecord, Plan, Step, Wants
from compiler.planning.planner import Mode, Task, plan_year
from compiler.schema.types import TEXT
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.values import shown
from compiler.semantics.wanted import want
from compiler.semantics.world import RawRecord, World
from tests.support import ROOT

Body = dict[str, Any]
Tables = dict[str, list[Body]]
YEAR = 2025
CONTEXT = Context(YEAR, date(2025, 3, 1))
SSA, SSB, SPA = "PL-SSA", "PL-SSB", "PL-SPA"
SCHOOLS, PROGRAMS = "studentSchoolAssociations", "studentProgramAssociations"

_HEAD = """\
kind: publication
id: {id}
title: {id}
source: {{document: manual, status: faithful}}
resource: {resource}
target: [ed-fi-4.0]
"""
_SSA = (
    _HEAD.format(id=SSA, resource=SCHOOLS)
    + """\
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
year: e.calendar.endYear
include:
- when: e.person.edFiID is present
  reason: the person has no id
- when: e.calendar.summerSchool is false
  reason: it is a summer school
exclude:
- when: e.calendar.exclude is true
  reason: the calendar is left out
  after sending: keep
- when: e.noShow is true
  reason: the student did not come
  after sending: delete
one per key:
  prefer:
  - value: e.serviceType
    order: ['P', 'S']
  - value: e.enrollmentID
    order: highest first
  reason: another enrollment comes first
elements:
- {name: entryDate, path: entryDate, value: e.startDate, if missing: block}
- {name: exitDate, path: exitWithdrawDate, value: e.endDate}
- {name: school, path: schoolReference.schoolId, value: wholeNumber(e.calendar.school.entityID), if missing: block}
- {name: student, path: studentReference.studentUniqueId, value: e.person.edFiID, if missing: block}
- {name: grade, path: entryGradeLevelDescriptor, value: e.grade, if missing: block}
- {name: type, path: entryTypeDescriptor, value: e.startStatus}
- name: repeat
  path: repeatGradeIndicator
  value: >-
    (latest p in e.person.enrollments by startDate then by enrollmentID
    where (p.startDate is before e.startDate)).endAction is 'R' otherwise false
- name: calendar
  path: calendarReference
  value:
    calendarCode: e.calendar.naturalKey
    schoolId: wholeNumber(e.calendar.school.entityID)
    schoolYear: e.calendar.endYear
examples:
- {name: one, given: {enrollments: [{}]}, expect: {sent: [{}]}}
"""
)
_PARTICIPATION = """\
for each: programParticipation as r
object: {{type: {type}, key: r.participationID}}
year: {year}
include:
- when: r.program.kind is '{kind}'
  reason: it is another kind of program
one per key:
  prefer:
  - value: r.participationID
    order: highest first
  reason: another participation comes first
"""
_SSB = (
    _HEAD.format(id=SSB, resource=SCHOOLS)
    + _PARTICIPATION.format(type="Interim", kind="Interim", year="2025")
    + """\
elements:
- {name: entryDate, path: entryDate, value: r.startDate, if missing: block}
- {name: school, path: schoolReference.schoolId, value: wholeNumber(r.school.entityID), if missing: block}
- {name: student, path: studentReference.studentUniqueId, value: r.person.edFiID, if missing: block}
- {name: grade, path: entryGradeLevelDescriptor, value: "'interim'", if missing: block}
examples:
- {name: one, given: {programParticipations: [{programID: 32}]}, expect: {sent: [{}]}}
"""
)
_SPA = (
    _HEAD.format(id=SPA, resource=PROGRAMS)
    + _PARTICIPATION.format(type="Participation", kind="CTE", year="2025")
    + """\
elements:
- {name: beginDate, path: beginDate, value: r.startDate, if missing: block}
- {name: endDate, path: endDate, value: r.endDate}
- name: school
  path: educationOrganizationReference.educationOrganizationId
  value: wholeNumber(r.school.entityID)
  if missing: block
- name: program
  path: programReference
  value: {educationOrganizationId: r.program.educationOrganizationId, programName: r.program.name, programTypeDescriptor: r.program.kind}
  if missing: block
- {name: student, path: studentReference.studentUniqueId, value: r.person.edFiID, if missing: block}
examples:
- {name: one, given: {programParticipations: [{}]}, expect: {sent: [{}]}}
"""
)
_RULESET = """\
title: Planned
schemas: [campus]
subjects:
  enrollment as e: {student: e.person.edFiID}
  programParticipation as r: {student: r.person.edFiID}
"""
_EXAMPLES = """\
school year: '2025'
defaults:
  enrollments: {enrollmentID: 1, personID: 1, calendarID: 5, startDate: 2024-08-12, grade: '03'}
  people: {personID: 1, edFiID: '900'}
  calendars: {calendarID: 5, schoolID: 10, endYear: 2025}
  schools: {schoolID: 10, districtID: 7, entityID: '10'}
  districts: {districtID: 7}
  schoolYears: {endYear: 2025, startDate: 2024-07-01, endDate: 2025-06-30}
  programs: {programID: 31, name: Welding, kind: CTE, educationOrganizationId: 7}
  programParticipations: {participationID: 1, personID: 1, programID: 31, schoolID: 10, startDate: 2024-08-12}
"""


def open_planned(folder: Path) -> Program:
    """The project below a folder, with all that plans need."""
    specs = folder / "specs" / "planned"
    (specs / "publications").mkdir(parents=True)
    texts = {
        "_ruleset.yaml": _RULESET,
        "_examples.yaml": _EXAMPLES,
        "_sources.yaml": "sources: {manual: {title: It, publisher: Us}}\n",
        f"publications/{SSA}-schools.yaml": _SSA,
        f"publications/{SSB}-interim.yaml": _SSB,
        f"publications/{SPA}-programs.yaml": _SPA,
    }
    for name, text in texts.items():
        (specs / name).write_text(text, encoding="utf-8")
    (folder / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    project = open_project(folder)
    faults = [f"{d.code} {d.message}" for d in project.sink.sorted() if d.level.value != "note"]
    assert faults == [], faults
    program: Program = project.programs["planned"]
    for name, fill in ((SSA, _ssa), (SSB, _ssb), (SPA, _spa)):
        program.publications[name] = fill(program.publications[name])
    return program


ALL = frozenset({"POST", "PUT", "DELETE"})
_STUDENT = ("studentReference", "studentUniqueId")
_SCHOOL = ("schoolReference", "schoolId")
_ORGANIZATION = ("educationOrganizationReference", "educationOrganizationId")
_OWN = ir.Own("school", "s", ir.Const("", type=TEXT))  # what it comes to is given to each plan


def trigger(
    ids: str, verb: str, when: str, table: str, *fields: str, to: Mapping[str, Any] | None = None
) -> ir.Trigger:
    words = f"{table}.{' or '.join(fields)} {when}" if fields else f"{table} {when}"
    values = tuple((to or {}).items())
    return ir.Trigger(tuple(ids.split()), verb, frozenset(when.split()), table, fields, values, words)


def _ssa(publication: ir.Publication) -> ir.Publication:
    return replace(
        publication,
        student_path=_STUDENT,
        organization_path=_SCHOOL,
        own=_OWN,
        shared_with=(SSB,),
        configuration=ir.Configuration(
            even_when_off=(
                ir.EvenWhenOff("calendar", ("naturalKey",), (("calendarReference",),), "the calendar has another key"),
            )
        ),
        events=(
            ir.Event("enrollment", (), ALL),
            ir.Event("person", ("edFiID",), frozenset({"POST", "DELETE"})),
            ir.Event("calendar", ("naturalKey",), frozenset({"PUT"})),
        ),
        left=(
            ir.LeftToResync("calendar", ("exclude", "schoolID", "endYear")),
            ir.LeftToResync("school", ()),
        ),
        triggers=(
            trigger("T1", "POST", "inserted", "enrollment"),
            trigger("T3", "POST", "deleted", "enrollment"),
            trigger("T8", "DELETE and POST", "changed", "enrollment", "startDate"),
            trigger("T12", "PUT", "changed", "enrollment", "startStatus"),
            trigger("T15", "PUT", "changed", "enrollment", "endAction"),
            trigger("T19", "PUT", "changed", "calendar", "naturalKey"),
            trigger("T20", "DELETE", "deleted", "enrollment"),
            trigger("T23", "DELETE", "changed", "enrollment", "noShow", to={"noShow": True}),
            trigger("K2", "DELETE and POST", "changed", "person", "edFiID"),
        ),
        unlisted=ir.Unlisted("extended trigger", held=False),
        key_changes=(
            ir.KeyChange(("entryDate",), (("enrollment", "startDate"),), leaves=False, remedy=""),
            ir.KeyChange(_SCHOOL, (("school", "entityID"),), leaves=True, remedy="a tool removes the old record"),
            ir.KeyChange(_SCHOOL, (("enrollment", "calendarID"),), leaves=False, remedy=""),
            ir.KeyChange(_STUDENT, (("person", "edFiID"),), leaves=False, remedy=""),
        ),
        dependents=(
            ir.Dependent("grades", "school"),
            ir.Dependent(PROGRAMS, "school"),
            ir.Dependent("studentParentAssociations", "person"),
            ir.Dependent("graduationPlans", "none"),
        ),
        resync=(
            ir.ResyncRow("forget", mapped=True, in_ods=False, ids=("R3",)),
            ir.ResyncRow("adopt", wanted=True, mapped=False, in_ods=True),
            ir.ResyncRow("POST", wanted=True, in_ods=False, ids=("R6",)),
            ir.ResyncRow("PUT", wanted=True, in_ods=True, differs=True, ids=("R5",)),
            ir.ResyncRow("DELETE", wanted=False, held=False, in_ods=True, ids=("R4",)),
            ir.ResyncRow("nothing"),
        ),
    )


def _ssb(publication: ir.Publication) -> ir.Publication:
    return replace(
        publication,
        student_path=_STUDENT,
        organization_path=_SCHOOL,
        own=_OWN,
        shared_with=(SSA,),
        events=(ir.Event("programParticipation", (), ALL), ir.Event("person", ("edFiID",), ALL)),
        left=(ir.LeftToResync("school", ()), ir.LeftToResync("program", ())),
        dependents=(ir.Dependent("grades", "school"), ir.Dependent(PROGRAMS, "school")),
    )


def _spa(publication: ir.Publication) -> ir.Publication:
    return replace(
        publication,
        student_path=_STUDENT,
        organization_path=_ORGANIZATION,
        own=_OWN,
        events=(ir.Event("programParticipation", (), ALL), ir.Event("person", ("edFiID",), ALL)),
        left=(ir.LeftToResync("school", ()), ir.LeftToResync("program", ())),
        parents=(("studentSchoolAssociation", ((_STUDENT, _STUDENT), (_ORGANIZATION, _SCHOOL))),),
        key_changes=(
            ir.KeyChange(("beginDate",), (("programParticipation", "startDate"),), leaves=False, remedy=""),
            ir.KeyChange(None, (("program", "edFiEligible"),), leaves=False, remedy=""),
        ),
    )


# -- the source

TABLES: Tables = {
    "enrollments": [],
    "programParticipations": [],
    "people": [{"personID": 1, "edFiID": "900"}, {"personID": 2, "edFiID": "901"}],
    "calendars": [
        {"calendarID": 5, "schoolID": 10, "endYear": YEAR, "naturalKey": "main", "summerSchool": False},
        {"calendarID": 6, "schoolID": 11, "endYear": YEAR, "naturalKey": "main", "summerSchool": False},
    ],
    "schools": [
        {"schoolID": 10, "districtID": 7, "entityID": "10"},
        {"schoolID": 11, "districtID": 7, "entityID": "11"},
    ],
    "districts": [{"districtID": 7}],
    "schoolYears": [{"endYear": YEAR}],
    "programs": [
        {"programID": 31, "name": "Welding", "kind": "CTE", "educationOrganizationId": 7},
        {"programID": 32, "name": "Interim", "kind": "Interim", "educationOrganizationId": 7},
    ],
}


def enrollment(number: int, **more: Any) -> Body:
    return {"enrollmentID": number, "personID": 1, "calendarID": 5, "startDate": "2024-08-12", "grade": "03", **more}


def participation(number: int, **more: Any) -> Body:
    start = {"personID": 1, "programID": 31, "schoolID": 10, "startDate": "2024-09-01"}
    return {"participationID": number, **start, **more}


def tables(*rows: Body, **others: list[Body]) -> Tables:
    """The tables with some enrollments and participations, and others in the place of the usual ones."""
    found = copy.deepcopy({**TABLES, **others})
    for row in rows:
        found["enrollments" if "enrollmentID" in row else "programParticipations"].append(dict(row))
    return found


def world_of(program: Program, source: Tables) -> World:
    return World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in source.items()})


def task(
    program: Program,
    after: Tables,
    before: Tables | None = None,
    *,
    mapped: Iterable[Mapped] = (),
    publications: Iterable[str] = (SSA, SSB, SPA),
    off: Iterable[str] = (),
    valid: bool = True,
    mode: Mode | None = None,
    **more: Any,
) -> Task:
    """What a plan is made from: after events where ``before`` is given, else of all records."""
    new, old = world_of(program, after), world_of(program, before) if before is not None else None
    own = frozenset(shown(int(school["entityID"])) for school in after["schools"])
    wants = tuple(
        Wants(
            publication := program.publications[name],
            want(program, publication, new, CONTEXT),
            want(program, publication, old, CONTEXT) if old is not None else None,
            valid,
            name not in off,
            own,
        )
        for name in publications
    )
    evidence = Evidence(program, old, new, CONTEXT, {}) if old is not None else None
    chosen = mode or (Mode.EVENT if old is not None else Mode.ALL)
    return Task(YEAR, wants, tuple(mapped), evidence=evidence, mode=chosen, **more)


def mapped_of(plan: Plan, mapped: Iterable[Mapped] = ()) -> tuple[Mapped, ...]:
    """The identity map after all of a plan has come through."""
    rows = {row.spot: row for row in mapped}
    for booking in plan.bookings:
        if booking.action == "forget":
            rows.pop(booking.row.spot, None)
        else:
            rows[booking.row.spot] = booking.row
    for step in plan.steps:
        if step.verb == "DELETE":
            rows.pop(step.spot, None)
        else:
            rows[step.spot] = row_of(step, f"id-{step.resource}-{step.key}")
    return tuple(rows.values())


def row_of(step: Step, ods_id: str) -> Mapped:
    assert step.body is not None
    return Mapped(
        step.resource, step.names, step.key, step.sender, step.organization, copy.deepcopy(step.body), ods_id=ods_id
    )


def ods_of(mapped: Iterable[Mapped]) -> tuple[OdsRecord, ...]:
    """What an API holds after the identity map."""
    return tuple(OdsRecord(row.resource, row.ods_id, {"id": row.ods_id, **copy.deepcopy(row.body)}) for row in mapped)


def brief(plan: Plan) -> list[str]:
    """The steps in short: verb, resource, key, object, ids."""
    return [
        f"{step.verb} {_SHORT.get(step.resource, step.resource)} {' '.join(map(shown, _told(step)))} "
        f"{step.sender}{' because ' + ' '.join(step.ids) if step.ids else ''}"
        for step in plan.steps
    ]


_SHORT = {SCHOOLS: "school", PROGRAMS: "program"}


def _told(step: Step) -> list[Any]:
    """The parts of a key that tests look at: date, school, student."""
    wanted = ("entryDate", "beginDate", ".".join(_SCHOOL), ".".join(_ORGANIZATION), ".".join(_STUDENT))
    held = dict(zip(step.names, step.key, strict=True))
    return [held[name] for name in wanted if name in held] or list(step.key)


def planned(*arguments: Any, **more: Any) -> Plan:
    return plan_year(task(*arguments, **more))
