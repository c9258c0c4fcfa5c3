"""Writes the records of a made-up Indiana corporation, and of a neighbour that claims one of its students.

    python examples/indiana-district/generate.py

The same records every time: 24 students at two schools, one file a resource in ``data/``. Eight students are out of
order, one in each way of PLANTED; everybody else is as the rules want it.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
STATE, OWN, NEIGHBOUR = 1088000000, 1099000000, 1099500000
ELEMENTARY, HIGH, NEXT_DOOR = 1099001001, 1099001002, 1099501001
GRADES = ("KG", "01", "02", "03", "04", "05", "09", "10", "11", "12")
EMPTY_LISTS = ("adultLearnerSchools", "choiceApprovals", "internationalBaccalaureateSchools", "inters", "localPathways")
LOOKUPS = ("cohorts", "tests", *EMPTY_LISTS)
STUDENTS = 24
FIRST_DAY, COUNT_DATE, LAST_DAY = date(2023, 8, 7), date(2023, 10, 2), date(2024, 5, 24)

PLANTED = {
    "900000003": "developmental delay, and nine years old on December 1 (SE-5, an Error)",
    "900000007": "claimed for funding by the neighbour, and enrolled there too (ME-32 and PE-3, Conflicts)",
    "900000009": "a diploma with an employability skill, and no competency (GR-9, an Error, and what follows from it)",
    "900000011": "homebound for 15 days (HB-2, an Exclusion)",
    "900000012": "an address without a county (ME-3, an Error)",
    "900000015": "homebound without an end date (HB-1, Informational until May 1)",
    "900000019": "a diploma, and 15 years old on October 1 (GR-6, a Warning)",
    "900000020": "without a birth date (a structure finding, and rules that cannot be checked)",
}

Record = dict[str, Any]
records: dict[str, list[Record]] = defaultdict(list)


def add(resource: str, **properties: Any) -> None:
    records[resource].append(properties)


def code(descriptor: str, value: str) -> str:
    return f"uri://doe.in.gov/{descriptor}#{value}"


def organizations() -> None:
    category = "EducationOrganizationCategoryDescriptor"
    for number, name in ((OWN, "Sample Consolidated Schools"), (NEIGHBOUR, "Next Door Township Schools")):
        add(
            "localEducationAgencies",
            localEducationAgencyId=number,
            nameOfInstitution=name,
            localEducationAgencyCategoryDescriptor=code("LocalEducationAgencyCategoryDescriptor", "Traditional Public"),
            categories=[{"educationOrganizationCategoryDescriptor": code(category, "Local Education Agency")}],
        )
    schools = (
        (ELEMENTARY, "Sample Elementary School", OWN, GRADES[:6]),
        (HIGH, "Sample High School", OWN, GRADES[6:]),
        (NEXT_DOOR, "Next Door School", NEIGHBOUR, GRADES),
    )
    for number, name, corporation, grades in schools:
        add(
            "schools",
            schoolId=number,
            nameOfInstitution=name,
            localEducationAgencyReference={"localEducationAgencyId": corporation},
            gradeLevels=[{"gradeLevelDescriptor": code("GradeLevelDescriptor", grade)} for grade in grades],
            educationOrganizationCategories=[{"educationOrganizationCategoryDescriptor": code(category, "School")}],
            schoolTypeDescriptor=code("SchoolTypeDescriptor", "Public"),
        )
        calendar = {"calendarCode": str(number), "schoolId": number, "schoolYear": 2024}
        add(
            "calendars",
            calendarCode=str(number),
            schoolReference={"schoolId": number},
            schoolYearTypeReference={"schoolYear": 2024},
            calendarTypeDescriptor=code("CalendarTypeDescriptor", "School"),
        )
        for day in (FIRST_DAY, COUNT_DATE, LAST_DAY):
            event = {"calendarEventDescriptor": code("CalendarEventDescriptor", "Instructional day")}
            add("calendarDates", date=str(day), calendarReference=calendar, calendarEvents=[event])
        add(
            "sessions",
            sessionName="Fall",
            schoolReference={"schoolId": number},
            schoolYearTypeReference={"schoolYear": 2024},
            beginDate=str(FIRST_DAY),
            endDate="2023-12-20",
            termDescriptor=code("TermDescriptor", "Fall Semester"),
            totalInstructionalDays=90,
        )


def student(number: int) -> None:
    """A student in order: enrolled, claimed for funding, with an address, present on three days before the count."""
    identifier, grade = f"9000000{number:02}", GRADES[number % len(GRADES)]
    school = ELEMENTARY if grade in GRADES[:6] else HIGH
    age = 5 + (0 if grade == "KG" else int(grade))
    birth = date(2023 - age, 3 + number % 5, 1 + number)
    add(
        "students",
        studentUniqueId=identifier,
        firstName="Student",
        lastSurname=f"Number {number}",
        birthDate=str(birth),
    )
    enrolled(identifier, school, grade)
    claimed(identifier, OWN, school)
    add(
        "studentEducationOrganizationAssociations",
        studentReference={"studentUniqueId": identifier},
        educationOrganizationReference={"educationOrganizationId": OWN},
        sexDescriptor=code("SexDescriptor", ("Female", "Male")[number % 2]),
        addresses=[
            {
                "addressTypeDescriptor": code("AddressTypeDescriptor", "Home"),
                "streetNumberName": f"{100 + number} Sample Street",
                "city": "Sample",
                "stateAbbreviationDescriptor": code("StateAbbreviationDescriptor", "IN"),
                "postalCode": "46000",
                "nameOfCounty": "Marion",
            }
        ],
    )
    for back in (3, 2, 1):
        add(
            "studentSchoolAttendanceEvents",
            studentReference={"studentUniqueId": identifier},
            schoolReference={"schoolId": school},
            sessionReference={"schoolId": school, "schoolYear": 2024, "sessionName": "Fall"},
            eventDate=str(COUNT_DATE - timedelta(days=back)),
            attendanceEventCategoryDescriptor=code("AttendanceEventCategoryDescriptor", "In Attendance"),
        )
    add("cohorts", studentUniqueId=identifier, cohortYear=2036 - (0 if grade == "KG" else int(grade)))


def enrolled(identifier: str, school: int, grade: str) -> None:
    add(
        "studentSchoolAssociations",
        studentReference={"studentUniqueId": identifier},
        schoolReference={"schoolId": school},
        schoolYearTypeReference={"schoolYear": 2024},
        entryDate=str(FIRST_DAY),
        entryGradeLevelDescriptor=code("GradeLevelDescriptor", grade),
        primarySchool=True,
        fullTimeEquivalency=1.0,
    )


def claimed(identifier: str, corporation: int, school: int) -> None:
    responsible = ((corporation, "Legal Settlement"), (school, "Accountability"))
    add(
        "studentEducationOrganizationResponsibilityAssociations",
        studentReference={"studentUniqueId": identifier},
        educationOrganizationReference={"educationOrganizationId": corporation},
        responsibilityDescriptor=code("ResponsibilityDescriptor", "Funding"),
        beginDate=str(FIRST_DAY),
        _ext={
            "idoe": {
                "additionalEdOrgResponsibilities": [
                    {
                        "schoolCorpId": organization,
                        "schoolCorpResponsibilityDescriptor": code("ResponsibilityDescriptor", what),
                    }
                    for organization, what in responsible
                ],
                "admCodeDescriptor": code("ADMCodeDescriptor", "1"),
            }
        },
    )


def graduated(identifier: str, *competencies: str) -> None:
    recognitions = [
        {
            "recognitionTypeDescriptor": code("RecognitionTypeDescriptor", "Postsecondary-Ready Competency"),
            "achievementCategoryDescriptor": code("AchievementCategoryDescriptor", competency),
        }
        for competency in competencies
    ]
    add(
        "studentAcademicRecords",
        studentReference={"studentUniqueId": identifier},
        educationOrganizationReference={"educationOrganizationId": OWN},
        schoolYearTypeReference={"schoolYear": 2024},
        termDescriptor=code("TermDescriptor", "Spring Semester"),
        diplomas=[
            {
                "diplomaAwardDate": str(LAST_DAY),
                "diplomaTypeDescriptor": code("DiplomaTypeDescriptor", "Regular diploma"),
                "diplomaLevelDescriptor": code("DiplomaLevelDescriptor", "01"),
                "achievementCategoryDescriptor": code("AchievementCategoryDescriptor", "ES01"),
            }
        ],
        **({"recognitions": recognitions} if recognitions else {}),
    )
    add("tests", studentUniqueId=identifier, istep10=True, eca=True)


def program(name: str, kind: str) -> Record:
    return {
        "educationOrganizationId": STATE,
        "programName": name,
        "programTypeDescriptor": code("ProgramTypeDescriptor", kind),
    }


def special_education(identifier: str, disability: str) -> None:
    add(
        "studentSpecialEducationProgramAssociations",
        studentReference={"studentUniqueId": identifier},
        educationOrganizationReference={"educationOrganizationId": OWN},
        programReference=program("Resource Room (40%-79%)", "Special Education"),
        beginDate=str(FIRST_DAY),
        ideaEligibility=True,
        disabilities=[{"disabilityDescriptor": code("DisabilityDescriptor", disability), "orderOfDisability": 1}],
    )


def homebound(identifier: str, days: int, end: date | None) -> None:
    add(
        "studentProgramAssociations",
        studentReference={"studentUniqueId": identifier},
        educationOrganizationReference={"educationOrganizationId": OWN},
        programReference=program("Homebound", "Other"),
        beginDate="2023-11-06",
        **({} if end is None else {"endDate": str(end)}),
        _ext={"idoe": {"dayCount": days}},
    )


def everything() -> dict[str, list[Record]]:
    """The records of all resources, by the plural name."""
    records.clear()
    organizations()
    for number in range(1, STUDENTS + 1):
        student(number)
    delayed, contested, unready, short, nowhere, unfinished, young, undated = PLANTED
    special_education(delayed, "08")
    special_education("900000004", "11")
    enrolled(contested, NEXT_DOOR, "10")
    claimed(contested, NEIGHBOUR, NEXT_DOOR)
    graduated(unready)
    graduated(young, "03")
    homebound(short, 15, date(2023, 12, 1))
    homebound(unfinished, 25, None)
    homebound("900000016", 30, date(2024, 1, 19))
    by_id = {record["studentUniqueId"]: record for record in records["students"]}
    by_id[delayed]["birthDate"] = "2014-12-01"
    by_id[young]["birthDate"] = "2007-10-20"
    del by_id[undated]["birthDate"]
    for record in records["studentEducationOrganizationAssociations"]:
        if record["studentReference"]["studentUniqueId"] == nowhere:
            del record["addresses"][0]["nameOfCounty"]
    for name in EMPTY_LISTS:
        records[name] = []
    return records


def write(folder: Path) -> None:
    """Write the data folder afresh: one JSON object a line."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for resource, bodies in sorted(everything().items()):
        lines = "".join(json.dumps(body) + "\n" for body in bodies)
        place = folder / "reference" if resource in LOOKUPS else folder
        place.mkdir(exist_ok=True)
        (place / f"{resource}.jsonl").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    write(DATA)
