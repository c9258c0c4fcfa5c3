"""A small project of publications for plans: an association of the school, one of a program that depends on it, and a
second publication that shares the keys of the first.

No schema refers from one of these resources to the other, so that reference is added to the lowered publication.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from compiler.driver import open_project
from compiler.planning.evidence import Evidence
from compiler.planning.model import Mapped, OdsRecord, Plan, Step
from compiler.planning.planner import Mode, Task, plan_year
from compiler.planning.wants import wants_of
from compiler.schema.types import TEXT
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.values import shown
from compiler.semantics.world import RawRecord, World
from tests.support import ROOT

Body = dict[str, Any]
Tables = dict[str, list[Body]]
YEAR = 2025
CONTEXT = Context(YEAR, date(2025, 3, 1))
SSA, SSB, SPA = "PL-SSA", "PL-SSB", "PL-SPA"
SCHOOLS, PROGRAMS = "studentSchoolAssociations", "studentProgramAssociations"


def put_planned(folder: Path) -> Path:
    """The project below a folder."""
    specs = folder / "specs" / "planned"
    (specs / "publications").mkdir(parents=True)
    for path in sorted((ROOT / "tests" / "publications").glob("*.yaml")):
        place = specs if path.name.startswith("_") else specs / "publications"
        shutil.copy(path, place / path.name)
    (folder / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    return folder


def with_one_object_of_two_sources(program: Program) -> Program:
    """The publication of schools alone, which sends what the second one does as an object of the same type and key."""
    first, second = (program.publications[name] for name in (SSA, SSB))
    [source], [other] = first.sources, second.sources
    by_service, by_number = source.prefer
    service = replace(by_service, value=ir.Const("S", type=TEXT))
    other = replace(other, object_type=source.object_type, prefer=(service, replace(by_number, value=other.object_key)))
    both = replace(first, sources=(source, other), shared_with=())
    return replace(program, publications={SSA: both, SPA: program.publications[SPA]})


def open_planned(folder: Path) -> Program:
    """The publications of the project, the one of programs with a reference to the one of schools."""
    project = open_project(put_planned(folder))
    faults = [f"{d.code} {d.message}" for d in project.sink.sorted() if d.level.value != "note"]
    assert faults == [], faults
    program: Program = project.programs["planned"]
    spa = program.publications[SPA]
    program.publications[SPA] = replace(spa, parents=_REFERENCE)  # as if its schema referred to it
    return program


_STUDENT = ("studentReference", "studentUniqueId")
_SCHOOL = ("schoolReference", "schoolId")
_ORGANIZATION = ("educationOrganizationReference", "educationOrganizationId")
_REFERENCE = ((SCHOOLS, ((_STUDENT, _STUDENT), (_ORGANIZATION, _SCHOOL))),)


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
    "schoolYears": [{"endYear": YEAR, "startDate": "2024-07-01", "endDate": "2025-06-30"}],
    "edfiConfigurations": [{"configID": 1, "endYear": YEAR, "valid": True}],
    "resourceToggles": [],
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
    mode: Mode | None = None,
    year: int = YEAR,
    **more: Any,
) -> Task:
    """What a plan is made from: after events where ``before`` is given, else of all records."""
    context = replace(CONTEXT, school_year=year)
    new, old = world_of(program, after), world_of(program, before) if before is not None else None
    wants = tuple(wants_of(program, program.publications[name], new, old, context) for name in publications)
    evidence = Evidence(program, old, new, context, {}) if old is not None else None
    chosen = mode or (Mode.EVENT if old is not None else Mode.ALL)
    return Task(year, wants, tuple(mapped), evidence=evidence, mode=chosen, **more)


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
