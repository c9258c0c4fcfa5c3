"""The students of the made-up state, one by one, each with all records of his or hers.

A student is of one kind (a resident, a student of a charter, one who transferred, a graduate ...), and of every kind
the records are lawful: what rules find of it all the same, as the information that a school is not the primary one,
stands in ``KINDS``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.benchmarks.directory import (
    ADULT,
    CHARTER,
    CHOICE,
    COUNTIES,
    FIRST_DAY,
    GRADES,
    PLACEMENTS,
    PRIVATE,
    STATE,
    TRADITIONAL,
    YEAR,
    Body,
    Corporation,
    school_days,
    uri,
)

FIRST = FIRST_DAY.isoformat()
_DAYS = school_days(40)  # all of them before the count date
_YEAR = {"schoolYear": YEAR}
_IN_ATTENDANCE = uri("AttendanceEventCategoryDescriptor", "In Attendance")
_EXCUSED = uri("AttendanceEventCategoryDescriptor", "Excused Absence")
_VIRTUAL = uri("AttendanceEventCategoryDescriptor", "Virtual")
EVENTS = 8

ENROLLMENTS = "studentSchoolAssociations"
MEMBERSHIPS = "studentEducationOrganizationResponsibilityAssociations"
HOMES = "studentEducationOrganizationAssociations"
SERVICES = "studentSpecialEducationProgramAssociations"
PROGRAMS = "studentProgramAssociations"
GRADUATIONS = "studentAcademicRecords"
ATTENDANCE = "studentSchoolAttendanceEvents"
COHORTS, TESTS, INTERS = "reference/cohorts", "reference/tests", "reference/inters"
APPROVALS = "reference/choiceApprovals"
FILES = (
    "students", HOMES, ENROLLMENTS, MEMBERSHIPS, SERVICES, PROGRAMS, GRADUATIONS, ATTENDANCE,
    COHORTS, TESTS, INTERS, APPROVALS,
)  # fmt: skip


def identifier(number: int) -> str:
    """The unique id of a student: nine digits, no two alike, in no order, as ids of a state are."""
    return str(100_000_000 + number * 479_001_599 % 900_000_000)


@dataclass(slots=True)
class State:
    """The corporations of the state by kind."""

    corporations: dict[str, list[Corporation]]

    @classmethod
    def of(cls, corporations: list[Corporation]) -> State:
        found: dict[str, list[Corporation]] = {}
        for corporation in corporations:
            found.setdefault(corporation.kind, []).append(corporation)
        return cls(found)


@dataclass(slots=True)
class Student:
    """A student in the making: ``home`` is the corporation of the first enrollment, ``other`` that of a second one."""

    number: str
    grade: str
    home: Corporation
    other: Corporation
    settled: Corporation
    rng: Random
    records: dict[str, list[Body]] = field(default_factory=lambda: {name: [] for name in FILES})

    @property
    def reference(self) -> Body:
        return {"studentUniqueId": self.number}

    def first(self, name: str) -> Body:
        """The first record of a file."""
        return self.records[name][0]

    # -- what a student has

    def person(self, birth: str) -> None:
        self.records["students"].append(
            {
                "studentUniqueId": self.number,
                "firstName": "Made",
                "lastSurname": f"Up {self.number}",
                "birthDate": birth,
            }
        )
        address = {
            "addressTypeDescriptor": uri("AddressTypeDescriptor", "Home"),
            "streetNumberName": f"{self.rng.randrange(1, 10_000)} Main Street",
            "city": "Anytown",
            "stateAbbreviationDescriptor": uri("StateAbbreviationDescriptor", "IN"),
            "postalCode": str(self.rng.randrange(46_000, 48_000)),
            "nameOfCounty": self.rng.choice(COUNTIES),
        }
        self.records[HOMES].append(
            {
                "studentReference": self.reference,
                "educationOrganizationReference": {"educationOrganizationId": self.home.number},
                "sexDescriptor": uri("SexDescriptor", self.rng.choice(("Female", "Male"))),
                "addresses": [address],
            }
        )

    def enroll(self, corporation: Corporation, *, entry: str = FIRST, primary: bool = True, share: float = 1.0) -> Body:
        enrollment = {
            "studentReference": self.reference,
            "schoolReference": {"schoolId": corporation.school_of(self.grade)},
            "schoolYearTypeReference": _YEAR,
            "entryDate": entry,
            "entryGradeLevelDescriptor": uri("GradeLevelDescriptor", self.grade),
            "primarySchool": primary,
            "fullTimeEquivalency": share,
        }
        self.records[ENROLLMENTS].append(enrollment)
        return enrollment

    def claim(
        self, corporation: Corporation, adm: str, *, begin: str = FIRST, hours: tuple[int, int] | None = None
    ) -> Body:
        """A membership record; without an ADM type it reports attendance only."""
        extension: Body = {
            "additionalEdOrgResponsibilities": [
                _responsible(self.settled.number, "Legal Settlement"),
                _responsible(corporation.school_of(self.grade), "Accountability"),
            ]
        }
        if adm:
            extension["admCodeDescriptor"] = uri("ADMCodeDescriptor", adm)
        if hours:
            extension["instructionalDays"], extension["instructionalMinutes"] = hours
        claim = {
            "studentReference": self.reference,
            "educationOrganizationReference": {"educationOrganizationId": corporation.number},
            "responsibilityDescriptor": uri("ResponsibilityDescriptor", "Funding" if adm else "Attendance"),
            "beginDate": begin,
            "_ext": {"idoe": extension},
        }
        self.records[MEMBERSHIPS].append(claim)
        return claim

    def attend(self, corporation: Corporation, *, virtual: bool = False) -> None:
        school = corporation.school_of(self.grade)
        start = self.rng.randrange(len(_DAYS) - EVENTS + 1)
        session = {"schoolId": school, "schoolYear": YEAR, "sessionName": "Fall"}
        reference, at = self.reference, {"schoolId": school}
        absent = self.rng.randrange(4 * EVENTS)
        self.records[ATTENDANCE] += [
            {
                "studentReference": reference,
                "schoolReference": at,
                "sessionReference": session,
                "eventDate": day,
                "attendanceEventCategoryDescriptor": _VIRTUAL
                if virtual
                else _EXCUSED
                if n == absent
                else _IN_ATTENDANCE,
            }
            for n, day in enumerate(_DAYS[start : start + EVENTS])
        ]

    def serve(self, placement: str, setting: str = "") -> Body:
        """Special education."""
        services = {
            "studentReference": self.reference,
            "educationOrganizationReference": {"educationOrganizationId": self.home.school_of(self.grade)},
            "programReference": _program(PLACEMENTS[placement], "Special Education"),
            "beginDate": FIRST,
            "ideaEligibility": True,
            "disabilities": [{"disabilityDescriptor": uri("DisabilityDescriptor", "04"), "orderOfDisability": 1}],
        }
        if setting:
            services["specialEducationSettingDescriptor"] = uri("SpecialEducationSettingDescriptor", setting)
        self.records[SERVICES].append(services)
        return services

    def join(self, name: str, kind: str) -> Body:
        """Another program."""
        association = {
            "studentReference": self.reference,
            "educationOrganizationReference": {"educationOrganizationId": self.home.school_of(self.grade)},
            "programReference": _program(name, kind),
            "beginDate": FIRST,
        }
        self.records[PROGRAMS].append(association)
        return association

    def homebound(self) -> None:
        stay = self.join("Homebound", "Other")
        stay |= {"endDate": "2024-03-01", "_ext": {"idoe": {"dayCount": self.rng.randrange(20, 60)}}}

    def virtual(self) -> None:
        self.join("Virtual Education", "Virtual Education")
        self.attend(self.home, virtual=True)

    def graduate(self) -> None:
        self.records[GRADUATIONS].append(
            {
                "studentReference": self.reference,
                "educationOrganizationReference": {"educationOrganizationId": self.home.number},
                "schoolYearTypeReference": _YEAR,
                "termDescriptor": uri("TermDescriptor", "Spring Semester"),
                "diplomas": [
                    {
                        "diplomaAwardDate": "2024-05-24",
                        "diplomaTypeDescriptor": uri("DiplomaTypeDescriptor", "Regular diploma"),
                        "diplomaLevelDescriptor": uri("DiplomaLevelDescriptor", self.rng.choice(("01", "02", "03"))),
                        "achievementCategoryDescriptor": uri("AchievementCategoryDescriptor", "ES01"),
                    }
                ],
                "recognitions": [
                    {
                        "recognitionTypeDescriptor": uri("RecognitionTypeDescriptor", "Postsecondary-Ready Competency"),
                        "achievementCategoryDescriptor": uri("AchievementCategoryDescriptor", "02"),
                    }
                ],
            }
        )
        self.records[COHORTS].append({"studentUniqueId": self.number, "cohortYear": YEAR})
        known = {"gqeEla": False, "gqeMath": False, "istep10": False, "eca": False}
        self.records[TESTS].append({"studentUniqueId": self.number, **known})
        self.records[INTERS].append({"studentUniqueId": self.number, "perkins4": 0, "perkins5": 0, "certResult": 0})


def _responsible(organization: int, what: str) -> Body:
    return {
        "schoolCorpId": organization,
        "schoolCorpResponsibilityDescriptor": uri("ResponsibilityDescriptor", what),
    }


def _program(name: str, kind: str) -> Body:
    descriptor = uri("ProgramTypeDescriptor", kind)
    return {"educationOrganizationId": STATE, "programName": name, "programTypeDescriptor": descriptor}


# -- kinds of students


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of student: how many in a thousand, at which corporations, in which grades, and what is found of all."""

    share: int
    at: str
    grades: tuple[str, ...]
    finds: frozenset[str] = frozenset()


_SCHOOL_AGE = GRADES[2:-1]
_NOT_PRIMARY = frozenset({"PE-1"})
KINDS = {
    "resident": Kind(490, TRADITIONAL, _SCHOOL_AGE),
    "attending": Kind(50, TRADITIONAL, _SCHOOL_AGE),
    "kindergartner": Kind(60, TRADITIONAL, ("KG",)),
    "prekindergartner": Kind(20, TRADITIONAL, ("PK",)),
    "preschooler": Kind(10, TRADITIONAL, ("PK",)),
    "special": Kind(110, TRADITIONAL, _SCHOOL_AGE[4:]),
    "charter": Kind(60, CHARTER, _SCHOOL_AGE),
    "choice": Kind(50, CHOICE, _SCHOOL_AGE),
    "private": Kind(24, PRIVATE, _SCHOOL_AGE),
    "placed": Kind(5, PRIVATE, _SCHOOL_AGE),
    "adult": Kind(6, ADULT, ("11", "12")),
    "dual": Kind(10, CHOICE, _SCHOOL_AGE, _NOT_PRIMARY),
    "transfer": Kind(20, TRADITIONAL, _SCHOOL_AGE, _NOT_PRIMARY),
    "mover": Kind(40, TRADITIONAL, _SCHOOL_AGE),
    "graduate": Kind(35, TRADITIONAL, ("12",)),
    "homebound": Kind(5, TRADITIONAL, _SCHOOL_AGE),
    "virtual": Kind(5, TRADITIONAL, _SCHOOL_AGE),
}
_NAMES = tuple(KINDS)
_SHARES = [kind.share for kind in KINDS.values()]


def kind_for(rng: Random) -> str:
    """The kind of the next student."""
    return rng.choices(_NAMES, _SHARES)[0]


def make(number: int, kind: str, state: State, rng: Random) -> Student:
    """A lawful student of a kind."""
    grade = rng.choice(KINDS[kind].grades)
    home = rng.choice(state.corporations[KINDS[kind].at])
    traditional = state.corporations[TRADITIONAL]
    place = rng.randrange(len(traditional))
    other = traditional[place] if traditional[place] is not home else traditional[place - 1]
    settled = home if home.kind == TRADITIONAL else other
    student = Student(identifier(number), grade, home, other, settled, rng)
    student.person(_birth(grade, kind, rng))
    _enrolled(student, kind)
    if kind == "virtual":
        student.virtual()
    else:
        student.attend(home)
    _programs(student, kind)
    return student


def _birth(grade: str, kind: str, rng: Random) -> str:
    """Old enough for the grade on August 1, and less than a year older; adults are twenty and older."""
    years = rng.randrange(20, 45) if kind == "adult" else 4 + GRADES.index(grade)
    return (date(2023 - years, 8, 1) - timedelta(days=rng.randrange(365))).isoformat()


def _enrolled(student: Student, kind: str) -> None:
    """Enrollments and membership records."""
    home, other = student.home, student.other
    if kind == "transfer":
        student.settled = home
        student.enroll(home, primary=False)
        student.claim(home, "2")
        student.enroll(other)
        student.claim(other, "3")
        return
    first = student.enroll(home)
    match kind:
        case "prekindergartner" | "preschooler" | "private" | "placed":
            pass
        case "mover":
            leaving = {"exitWithdrawDate": "2023-09-15"}
            first |= leaving | {"exitWithdrawTypeDescriptor": uri("ExitWithdrawTypeDescriptor", "20")}
            student.settled = other
            student.enroll(other, entry="2023-09-18")
            student.claim(other, "1", begin="2023-09-18")
        case "choice" | "dual":
            student.claim(home, "10")
            student.records[APPROVALS].append({"studentUniqueId": student.number, "schoolYear": YEAR, "approved": True})
            if kind == "dual":
                student.enroll(other, primary=False, share=0.25)
                student.claim(other, "6", hours=(180, 60))
        case "adult":
            student.claim(home, "20", hours=(180, 240))
        case "attending":
            student.claim(home, "1")
            student.claim(home, "")
        case _:
            student.claim(home, "1")


def _programs(student: Student, kind: str) -> None:
    match kind:
        case "special":
            student.serve(student.rng.choice(("50", "51", "52")))
        case "preschooler":
            student.serve("33")
        case "placed":
            student.serve("56", "10")
        case "homebound":
            student.homebound()
        case "graduate":
            student.graduate()
        case _:
            pass
