"""A made-up state of any size, in the shape that Indiana's rules read: JSON lines, and Parquet made from them.

Every student is made from the seed and his or her own number alone, so a state is the same however many processes made
it, and memory does not grow with it. One student in ``period`` has a fault, each of ``faults.FAULTS`` in turn, so
that which students have which findings is known without a run (``planned``).

A state is a folder of the kind that ``rulewright run`` reads. Dates are DATE in Parquet, so no fault is a text that is
no date.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from tests.benchmarks.directory import corporations, records
from tests.benchmarks.faults import FAULTS, Fault
from tests.benchmarks.students import ATTENDANCE, FILES, KINDS, State, Student, identifier, kind_for, make


@dataclass(frozen=True, slots=True)
class Plan:
    """What a state is made from.

    ``period``: one student in so many has a fault (0: nobody); ``part``: so many students are in a file.
    """

    students: int
    seed: int = 1
    period: int = 50
    part: int = 50_000

    def fault(self, number: int) -> Fault | None:
        """The fault of a student, if he or she has one."""
        if not self.period or number % self.period:
            return None
        return _FAULTS[number // self.period % len(_FAULTS)]

    def student(self, number: int, state: State) -> Student:
        """A student with all records."""
        rng = Random(self.seed << 32 | number)
        fault = self.fault(number)
        student = make(number, fault.kind if fault else kind_for(rng), state, rng)
        if fault:
            fault.spoil(student, state)
        return student


_FAULTS = tuple(FAULTS.values())


def planned(plan: Plan) -> Counter[tuple[str, str]]:
    """(student, what is found) with how many students have it; of structure findings their number is not foreseen."""
    found: Counter[tuple[str, str]] = Counter()
    for number in range(plan.students):
        fault = plan.fault(number)
        kind = KINDS[kind_for(Random(plan.seed << 32 | number))]
        student = identifier(number)
        found.update((student, name) for name in (fault.finds if fault else kind.finds))
    return found


# -- JSON lines


def write(plan: Plan, folder: Path, *, processes: int = 2) -> None:
    """Write a state as JSON lines; what was in the folder is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "reference").mkdir(parents=True)
    for name in FILES:
        (folder / name).mkdir()
    _write_directory(plan, folder)
    parts = range((plan.students + plan.part - 1) // plan.part)
    if len(parts) < 2 or processes < 2:
        for part in parts:
            _write_part(plan, folder, part)
        return
    with ProcessPoolExecutor(processes) as pool:
        for done in [pool.submit(_write_part, plan, folder, part) for part in parts]:
            done.result()


def _write_directory(plan: Plan, folder: Path) -> None:
    texts: dict[str, list[str]] = {}
    for name, body in records(plan.students):
        texts.setdefault(name, []).append(json.dumps(body, separators=(",", ":")))
    for name, lines in texts.items():
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _write_part(plan: Plan, folder: Path, part: int) -> None:
    state = State.of(corporations(plan.students))
    encode = msgspec.json.Encoder().encode_lines
    streams = {name: (folder / name / f"part-{part:03d}.jsonl").open("wb") for name in FILES}
    try:
        for number in range(part * plan.part, min((part + 1) * plan.part, plan.students)):
            student = plan.student(number, state)
            for name, bodies in student.records.items():
                if bodies:
                    streams[name].write(encode(bodies))
    finally:
        for stream in streams.values():
            stream.close()


# -- Parquet

Columns = dict[str, Any]
"""Names with DuckDB types; a dictionary is a STRUCT, a list of one a LIST."""

_STUDENT = {"studentUniqueId": "VARCHAR"}
_SCHOOL = {"schoolId": "BIGINT"}
_ORGANIZATION = {"educationOrganizationId": "BIGINT"}
_SCHOOL_YEAR = {"schoolYear": "INTEGER"}
_PROGRAM = {"educationOrganizationId": "BIGINT", "programName": "VARCHAR", "programTypeDescriptor": "VARCHAR"}

COLUMNS: dict[str, Columns] = {
    "stateEducationAgencies": {
        "stateEducationAgencyId": "BIGINT",
        "nameOfInstitution": "VARCHAR",
        "categories": [{"educationOrganizationCategoryDescriptor": "VARCHAR"}],
    },
    "localEducationAgencies": {
        "localEducationAgencyId": "BIGINT",
        "nameOfInstitution": "VARCHAR",
        "localEducationAgencyCategoryDescriptor": "VARCHAR",
        "categories": [{"educationOrganizationCategoryDescriptor": "VARCHAR"}],
    },
    "schools": {
        "schoolId": "BIGINT",
        "nameOfInstitution": "VARCHAR",
        "localEducationAgencyReference": {"localEducationAgencyId": "BIGINT"},
        "gradeLevels": [{"gradeLevelDescriptor": "VARCHAR"}],
        "educationOrganizationCategories": [{"educationOrganizationCategoryDescriptor": "VARCHAR"}],
        "schoolTypeDescriptor": "VARCHAR",
        "_ext": {"idoe": {"choiceIndicator": "BOOLEAN"}},
    },
    "calendars": {
        "calendarCode": "VARCHAR",
        "schoolReference": _SCHOOL,
        "schoolYearTypeReference": _SCHOOL_YEAR,
        "calendarTypeDescriptor": "VARCHAR",
    },
    "calendarDates": {
        "date": "DATE",
        "calendarReference": {"calendarCode": "VARCHAR", "schoolId": "BIGINT", "schoolYear": "INTEGER"},
        "calendarEvents": [{"calendarEventDescriptor": "VARCHAR"}],
    },
    "sessions": {
        "sessionName": "VARCHAR",
        "schoolReference": _SCHOOL,
        "schoolYearTypeReference": _SCHOOL_YEAR,
        "beginDate": "DATE",
        "endDate": "DATE",
        "termDescriptor": "VARCHAR",
        "totalInstructionalDays": "INTEGER",
    },
    "programs": {
        "educationOrganizationReference": _ORGANIZATION,
        "programName": "VARCHAR",
        "programTypeDescriptor": "VARCHAR",
    },
    "students": {"studentUniqueId": "VARCHAR", "firstName": "VARCHAR", "lastSurname": "VARCHAR", "birthDate": "DATE"},
    "studentEducationOrganizationAssociations": {
        "studentReference": _STUDENT,
        "educationOrganizationReference": _ORGANIZATION,
        "sexDescriptor": "VARCHAR",
        "addresses": [
            {
                "addressTypeDescriptor": "VARCHAR",
                "streetNumberName": "VARCHAR",
                "city": "VARCHAR",
                "stateAbbreviationDescriptor": "VARCHAR",
                "postalCode": "VARCHAR",
                "nameOfCounty": "VARCHAR",
            }
        ],
    },
    "studentSchoolAssociations": {
        "studentReference": _STUDENT,
        "schoolReference": _SCHOOL,
        "schoolYearTypeReference": _SCHOOL_YEAR,
        "entryDate": "DATE",
        "entryGradeLevelDescriptor": "VARCHAR",
        "primarySchool": "BOOLEAN",
        "fullTimeEquivalency": "DOUBLE",
        "exitWithdrawDate": "DATE",
        "exitWithdrawTypeDescriptor": "VARCHAR",
    },
    "studentEducationOrganizationResponsibilityAssociations": {
        "studentReference": _STUDENT,
        "educationOrganizationReference": _ORGANIZATION,
        "responsibilityDescriptor": "VARCHAR",
        "beginDate": "DATE",
        "_ext": {
            "idoe": {
                "additionalEdOrgResponsibilities": [
                    {"schoolCorpId": "BIGINT", "schoolCorpResponsibilityDescriptor": "VARCHAR"}
                ],
                "admCodeDescriptor": "VARCHAR",
                "instructionalDays": "INTEGER",
                "instructionalMinutes": "INTEGER",
            }
        },
    },
    "studentSpecialEducationProgramAssociations": {
        "studentReference": _STUDENT,
        "educationOrganizationReference": _ORGANIZATION,
        "programReference": _PROGRAM,
        "beginDate": "DATE",
        "endDate": "DATE",
        "ideaEligibility": "BOOLEAN",
        "disabilities": [{"disabilityDescriptor": "VARCHAR", "orderOfDisability": "INTEGER"}],
        "specialEducationSettingDescriptor": "VARCHAR",
    },
    "studentProgramAssociations": {
        "studentReference": _STUDENT,
        "educationOrganizationReference": _ORGANIZATION,
        "programReference": _PROGRAM,
        "beginDate": "DATE",
        "endDate": "DATE",
        "_ext": {"idoe": {"dayCount": "INTEGER"}},
    },
    "studentAcademicRecords": {
        "studentReference": _STUDENT,
        "educationOrganizationReference": _ORGANIZATION,
        "schoolYearTypeReference": _SCHOOL_YEAR,
        "termDescriptor": "VARCHAR",
        "diplomas": [
            {
                "diplomaAwardDate": "DATE",
                "diplomaTypeDescriptor": "VARCHAR",
                "diplomaLevelDescriptor": "VARCHAR",
                "achievementCategoryDescriptor": "VARCHAR",
            }
        ],
        "recognitions": [
            {
                "recognitionTypeDescriptor": "VARCHAR",
                "achievementCategoryDescriptor": "VARCHAR",
                "achievementCategorySystem": "VARCHAR",
            }
        ],
    },
    ATTENDANCE: {
        "studentReference": _STUDENT,
        "schoolReference": _SCHOOL,
        "sessionReference": {"schoolId": "BIGINT", "schoolYear": "INTEGER", "sessionName": "VARCHAR"},
        "eventDate": "DATE",
        "attendanceEventCategoryDescriptor": "VARCHAR",
    },
    "reference/adultLearnerSchools": {"schoolId": "BIGINT"},
    "reference/internationalBaccalaureateSchools": {"schoolId": "BIGINT", "schoolYear": "INTEGER"},
    "reference/localPathways": {"localPathway": "VARCHAR"},
    "reference/choiceApprovals": {"studentUniqueId": "VARCHAR", "schoolYear": "INTEGER", "approved": "BOOLEAN"},
    "reference/cohorts": {"studentUniqueId": "VARCHAR", "cohortYear": "INTEGER"},
    "reference/tests": {
        "studentUniqueId": "VARCHAR", "gqeEla": "BOOLEAN", "gqeMath": "BOOLEAN", "istep10": "BOOLEAN", "eca": "BOOLEAN",
    },
    "reference/inters": {
        "studentUniqueId": "VARCHAR", "perkins4": "INTEGER", "perkins5": "INTEGER", "certResult": "INTEGER",
    },
}  # fmt: skip


def sql_type(kind: Any) -> str:
    """The DuckDB type of a column."""
    if isinstance(kind, dict):
        members = (f'"{name}" {sql_type(inner)}' for name, inner in kind.items())
        return f"STRUCT({', '.join(members)})"
    return f"{sql_type(kind[0])}[]" if isinstance(kind, list) else str(kind)


def json_read(folder: Path, name: str, columns: Columns) -> str:
    """The read of a file of JSON lines, or a folder of them, as a table function of DuckDB."""
    files = folder / name / "*.jsonl" if (folder / name).is_dir() else folder / f"{name}.jsonl"
    types = ", ".join(f"'{column}': '{sql_type(kind)}'" for column, kind in columns.items())
    return f"read_json('{files}', format='newline_delimited', columns={{{types}}})"


def write_parquet(folder: Path, target: Path) -> None:
    """Write a state that is JSON lines as Parquet, one file a resource."""
    import duckdb

    shutil.rmtree(target, ignore_errors=True)
    (target / "reference").mkdir(parents=True)
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(target / ".spill")}) as connection:
        for name, columns in COLUMNS.items():
            read = json_read(folder, name, columns)
            connection.execute(f"COPY (FROM {read}) TO '{target / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def size(folder: Path) -> int:
    """How many bytes a state's files hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
