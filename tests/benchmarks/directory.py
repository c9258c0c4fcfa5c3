"""The organizations of the made-up state: corporations, schools, calendars, sessions, programs, look-ups.

Four kinds of corporation, in a fixed pattern of ten, so that the smallest state has all of them: traditional ones with
an elementary, a middle and a high school; charters with one school of all grades; adult charters; non-public schools,
of which some take part in the Choice Scholarship Program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

Body = dict[str, Any]

YEAR = 2024
STATE = 1088000000
FIRST_DAY = date(2023, 8, 7)
STUDENTS_OF_A_CORPORATION = 2750

TRADITIONAL, CHARTER, ADULT, CHOICE, PRIVATE = "Traditional Public", "Charter", "Adult Charter", "Choice", "Non-Public"
_PATTERN = (TRADITIONAL, TRADITIONAL, CHARTER, TRADITIONAL, CHOICE, TRADITIONAL, ADULT, TRADITIONAL, PRIVATE, CHARTER)

ELEMENTARY = ("PK", "KG", "01", "02", "03", "04", "05")
MIDDLE = ("06", "07", "08")
HIGH = ("09", "10", "11", "12", "13")
GRADES = (*ELEMENTARY, *MIDDLE, *HIGH)

PLACEMENTS = {
    "26": "Regular Early Childhood, at least 10 Hours",
    "33": "Special Education Program, Separate Class",
    "36": "Other Services at Provider Location",
    "37": "Other Services at Home",
    "38": "Private Preschool",
    "50": "Regular Classroom (80% or more)",
    "51": "Resource Room (40%-79%)",
    "52": "Separate Class (less than 40%)",
    "55": "Correctional Facility",
    "56": "Parentally placed in Private School",
    "57": "Student's disability requires home services",
    "undefined": "Undefined",
}
"""The special education programs that the state offers, by placement code."""

COUNTIES = ("Adams", "Boone", "Clay", "Dubois", "Elkhart", "Fulton", "Grant", "Howard")


@lru_cache(maxsize=4096)
def uri(descriptor: str, code: str) -> str:
    """The URI of a code of the state."""
    return f"uri://doe.in.gov/{descriptor}#{code}"


def school_days(count: int) -> list[str]:
    """The first weekdays of the school year."""
    days = (FIRST_DAY + timedelta(days=number) for number in range(2 * count))
    return [day.isoformat() for day in days if day.weekday() < 5][:count]


@dataclass(frozen=True, slots=True)
class School:
    """A school and the grades it offers."""

    number: int
    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corporation:
    """A corporation with its schools."""

    number: int
    kind: str
    schools: tuple[School, ...]

    def school_of(self, grade: str) -> int:
        """The school that offers a grade; the last one when none does."""
        return next((s.number for s in self.schools if grade in s.grades), self.schools[-1].number)


def corporations(students: int) -> list[Corporation]:
    """The corporations of a state of so many students."""
    count = max(len(_PATTERN), students // STUDENTS_OF_A_CORPORATION)
    return [_corporation(1000 + number, _PATTERN[number % len(_PATTERN)]) for number in range(count)]


def _corporation(code: int, kind: str) -> Corporation:
    offered = {TRADITIONAL: (ELEMENTARY, MIDDLE, HIGH), ADULT: (HIGH,)}.get(kind, (GRADES[1:],))
    schools = (School(int(f"10{code}{number:04d}"), grades) for number, grades in enumerate(offered, start=1))
    return Corporation(int(f"10{code}0000"), kind, tuple(schools))


def records(students: int) -> Iterator[tuple[str, Body]]:
    """Everything that is not a student's, as (file, record)."""
    yield (
        "stateEducationAgencies",
        {
            "stateEducationAgencyId": STATE,
            "nameOfInstitution": "Department of Education",
            "categories": _category("State Education Agency"),
        },
    )
    for corporation in corporations(students):
        yield "localEducationAgencies", _agency(corporation)
        for school in corporation.schools:
            yield from _of_school(school, corporation)
    programs = [(name, "Special Education") for name in PLACEMENTS.values()]
    for name, kind in (*programs, ("Homebound", "Other"), ("Virtual Education", "Virtual Education")):
        yield (
            "programs",
            {
                "educationOrganizationReference": {"educationOrganizationId": STATE},
                "programName": name,
                "programTypeDescriptor": uri("ProgramTypeDescriptor", kind),
            },
        )
    for pathway in ("10001", "10002", "10003"):
        yield "reference/localPathways", {"localPathway": pathway}


def _agency(corporation: Corporation) -> Body:
    kind = {ADULT: CHARTER, CHOICE: PRIVATE}.get(corporation.kind, corporation.kind)
    return {
        "localEducationAgencyId": corporation.number,
        "nameOfInstitution": f"Corporation {corporation.number}",
        "localEducationAgencyCategoryDescriptor": uri("LocalEducationAgencyCategoryDescriptor", kind),
        "categories": _category("Local Education Agency"),
    }


def _category(name: str) -> list[Body]:
    descriptor = "EducationOrganizationCategoryDescriptor"
    return [{"educationOrganizationCategoryDescriptor": uri(descriptor, name)}]


def _of_school(school: School, corporation: Corporation) -> Iterator[tuple[str, Body]]:
    reference = {"schoolId": school.number}
    kind = {TRADITIONAL: "Public", CHOICE: PRIVATE}.get(corporation.kind, corporation.kind)
    yield (
        "schools",
        {
            "schoolId": school.number,
            "nameOfInstitution": f"School {school.number}",
            "localEducationAgencyReference": {"localEducationAgencyId": corporation.number},
            "gradeLevels": [{"gradeLevelDescriptor": uri("GradeLevelDescriptor", grade)} for grade in school.grades],
            "educationOrganizationCategories": [
                {"educationOrganizationCategoryDescriptor": uri("EducationOrganizationCategoryDescriptor", "School")}
            ],
            "schoolTypeDescriptor": uri("SchoolTypeDescriptor", kind),
            "_ext": {"idoe": {"choiceIndicator": corporation.kind == CHOICE}},
        },
    )
    code = f"{school.number}-{YEAR}"
    yield (
        "calendars",
        {
            "calendarCode": code,
            "schoolReference": reference,
            "schoolYearTypeReference": {"schoolYear": YEAR},
            "calendarTypeDescriptor": uri("CalendarTypeDescriptor", "School"),
        },
    )
    event = [{"calendarEventDescriptor": uri("CalendarEventDescriptor", "Instructional day")}]
    calendar = {"calendarCode": code, "schoolId": school.number, "schoolYear": YEAR}
    for day in school_days(60):
        yield "calendarDates", {"date": day, "calendarReference": calendar, "calendarEvents": event}
    for name, begin, end in (("Fall", "2023-08-07", "2023-12-20"), ("Spring", "2024-01-04", "2024-05-24")):
        yield (
            "sessions",
            {
                "sessionName": name,
                "schoolReference": reference,
                "schoolYearTypeReference": {"schoolYear": YEAR},
                "beginDate": begin,
                "endDate": end,
                "termDescriptor": uri("TermDescriptor", f"{name} Semester"),
                "totalInstructionalDays": 90,
            },
        )
    if corporation.kind == ADULT:
        yield "reference/adultLearnerSchools", {"schoolId": school.number}
    if corporation.kind == CHARTER:
        yield "reference/internationalBaccalaureateSchools", {"schoolId": school.number, "schoolYear": YEAR}
