"""The faults of the made-up state: each takes a lawful student of a kind, spoils it, and names all that is found then.

What is found is a set of rule ids, with ``structure: code`` for findings of the structure. The set is exact: it holds
what the fault entails besides, and what rules find of the kind without any fault, unless the fault does away with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.directory import CHARTER, PLACEMENTS, Body, uri
from tests.benchmarks.students import (
    APPROVALS,
    ATTENDANCE,
    COHORTS,
    ENROLLMENTS,
    GRADUATIONS,
    HOMES,
    INTERS,
    MEMBERSHIPS,
    PROGRAMS,
    SERVICES,
    TESTS,
    State,
    Student,
)

Spoil = Callable[[Student, State], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` of the student who has it, what is found, how the records are spoilt."""

    kind: str
    finds: frozenset[str]
    spoil: Spoil


def _fault(kind: str, finds: str, spoil: Spoil) -> Fault:
    return Fault(kind, frozenset(finds.split(", ")), spoil)


# -- small changes


def _put(name: str, at: int = 0, **values: Any) -> Spoil:
    """Properties of a record of a file; None takes one away."""

    def spoil(student: Student, _state: State) -> None:
        _update(student.records[name][at], values)

    return spoil


def _update(body: Body, values: Body) -> None:
    for name, value in values.items():
        if value is None:
            body.pop(name, None)
        else:
            body[name] = value


def _claim(at: int = 0, **values: Any) -> Spoil:
    """Properties of the extension of a membership record."""

    def spoil(student: Student, _state: State) -> None:
        _update(student.records[MEMBERSHIPS][at]["_ext"]["idoe"], values)

    return spoil


def _adm(code: str, *, at: int = 0, **more: Any) -> Spoil:
    return _claim(at, admCodeDescriptor=uri("ADMCodeDescriptor", code), **more)


def _all(*spoils: Spoil) -> Spoil:
    def spoil(student: Student, state: State) -> None:
        for each in spoils:
            each(student, state)

    return spoil


def _born(day: str) -> Spoil:
    return _put("students", birthDate=day)


def _grade(grade: str) -> Spoil:
    def spoil(student: Student, _state: State) -> None:
        for enrollment in student.records[ENROLLMENTS]:
            enrollment["entryGradeLevelDescriptor"] = uri("GradeLevelDescriptor", grade)

    return spoil


def _settled(pick: Callable[[Student, State], int]) -> Spoil:
    def spoil(student: Student, state: State) -> None:
        _owners(student)[0]["schoolCorpId"] = pick(student, state)

    return spoil


def _owners(student: Student) -> list[Body]:
    """The responsible organizations of the last claim: that of legal settlement, then the accountable school."""
    owners: list[Body] = student.records[MEMBERSHIPS][-1]["_ext"]["idoe"]["additionalEdOrgResponsibilities"]
    return owners


def _placed(placement: str, setting: str = "") -> Spoil:
    def spoil(student: Student, _state: State) -> None:
        services = student.first(SERVICES)
        services["programReference"] = {**services["programReference"], "programName": PLACEMENTS[placement]}
        descriptor = uri("SpecialEducationSettingDescriptor", setting) if setting else None
        _update(services, {"specialEducationSettingDescriptor": descriptor})

    return spoil


def _delayed(order: int) -> Spoil:
    """Developmental delay, first or second, of a student who is too old for it."""
    first = {"disabilityDescriptor": uri("DisabilityDescriptor", "08"), "orderOfDisability": order}
    second = {"disabilityDescriptor": uri("DisabilityDescriptor", "04"), "orderOfDisability": 3 - order}
    return _all(_born("2010-05-06"), _put(SERVICES, disabilities=[first, second]))


def _graduated(
    level: str | None = "", skill: str | None = "", competency: str | None = "", kind: str = "", **other: Any
) -> Spoil:
    """Parts of a diploma; None takes one away, an empty text leaves it."""

    def spoil(student: Student, _state: State) -> None:
        record = student.first(GRADUATIONS)
        diploma, recognition = record["diplomas"][0], record["recognitions"][0]
        parts = (
            (diploma, "diplomaLevelDescriptor", "DiplomaLevelDescriptor", level),
            (diploma, "achievementCategoryDescriptor", "AchievementCategoryDescriptor", skill),
            (diploma, "diplomaTypeDescriptor", "DiplomaTypeDescriptor", kind),
            (recognition, "achievementCategoryDescriptor", "AchievementCategoryDescriptor", competency),
        )
        for body, name, descriptor, code in parts:
            if code != "":
                _update(body, {name: None if code is None else uri(descriptor, code)})
        _update(diploma, {name: value for name, value in other.items() if name in _OF_A_DIPLOMA})
        _update(recognition, {name: value for name, value in other.items() if name not in _OF_A_DIPLOMA})

    return spoil


_OF_A_DIPLOMA = {"diplomaAwardDate"}
_COHORT_2022 = _put(COHORTS, cohortYear=2022)
_PASSED = _put(TESTS, gqeEla=True, gqeMath=True)
_LEFT = "2023-09-20"


# -- larger ones


def _clear(name: str) -> Spoil:
    return lambda student, _state: student.records[name].clear()


def _attendance_only(student: Student, _state: State) -> None:
    _claim(admCodeDescriptor=None)(student, _state)
    student.first(MEMBERSHIPS)["responsibilityDescriptor"] = uri("ResponsibilityDescriptor", "Attendance")


def _counted_elsewhere(student: Student, _state: State) -> None:
    student.first(ENROLLMENTS)["schoolReference"] = {"schoolId": student.other.school_of(student.grade)}


def _claimed_twice(student: Student, _state: State) -> None:
    student.enroll(student.other)
    student.claim(student.other, "3")


def _only_dual(student: Student, _state: State) -> None:
    """Dual enrollment at a school that is the only one, and primary."""
    del student.records[ENROLLMENTS][0], student.records[MEMBERSHIPS][0]
    student.first(ENROLLMENTS)["primarySchool"] = True


def _dual_in_kindergarten(student: Student, state: State) -> None:
    _grade("KG")(student, state)
    _born("2017-10-11")(student, state)


def _graduated_twice(student: Student, _state: State) -> None:
    record = student.first(GRADUATIONS)
    elsewhere = {"educationOrganizationId": student.other.number}
    student.records[GRADUATIONS].append({**record, "educationOrganizationReference": elsewhere})


def _no_high_school(student: Student, _state: State) -> None:
    student.first(ENROLLMENTS)["schoolReference"] = {"schoolId": student.home.schools[0].number}


def _repeated(student: Student, _state: State) -> None:
    student.records["students"].append(dict(student.first("students")))


def _a_charter(_student: Student, state: State) -> int:
    return state.corporations[CHARTER][0].number


FAULTS = {
    # Membership
    "no ADM type": _fault("resident", "ME-1", _claim(admCodeDescriptor=None)),
    "attendance only": _fault("resident", "ME-2", _attendance_only),
    "no county": _fault("resident", "ME-3", lambda s, _: _update(s.first(HOMES)["addresses"][0], {"nameOfCounty": ""})),
    "left before the count": _fault("resident", "ME-4, PE-5", _put(ENROLLMENTS, exitWithdrawDate=_LEFT)),
    "pre-kindergarten counted": _fault(
        "prekindergartner", "ME-5, ME-28, ME-31", lambda s, _: s.claim(s.home, "1")
    ),
    "too young for kindergarten": _fault("kindergartner", "ME-6", _born("2018-11-12")),
    "graduated before the count": _fault("graduate", "ME-7", _graduated(diplomaAwardDate="2023-09-01")),
    "adult in grade 8": _fault("adult", "ME-8", _grade("08")),
    "charter transfers out": _fault(
        "charter", "ME-10, ME-27, PE-1", _all(_adm("2"), _put(ENROLLMENTS, primarySchool=False))
    ),
    "transfer settled at home": _fault("transfer", "ME-12, PE-1", _settled(lambda s, _: s.other.number)),
    "claimed without enrollment": _fault("resident", "ME-16", _counted_elsewhere),
    "charter takes a transfer": _fault("charter", "ME-17, ME-27", _adm("3")),
    "resident of a choice school": _fault("choice", "ME-18, ME-24", _adm("1")),
    "dual for most of the time": _fault("dual", "ME-21, PE-1", _put(ENROLLMENTS, 1, fullTimeEquivalency=0.75)),
    "resident settled elsewhere": _fault("resident", "ME-24", _settled(lambda s, _: s.other.number)),
    "adult without minutes": _fault("adult", "ME-25", _claim(instructionalMinutes=None)),
    "settled at a charter": _fault("charter", "ME-26", _settled(_a_charter)),
    "no legal settlement": _fault("resident", "ME-26", lambda s, _: _owners(s).pop(0)),
    "charter with a scholarship": _fault("charter", "ME-27, ME-30, ME-38", _adm("10")),
    "grade level of no table": _fault(
        "resident", "ME-28, ME-31, PE-2, structure: unknown-code", _grade("1")
    ),
    "scholarship at another school": _fault(
        "private", "ME-30, ME-38", lambda s, _: s.claim(s.home, "10")
    ),
    "claimed twice": _fault("resident", "ME-32, PE-3", _claimed_twice),
    "not the primary school": _fault("resident", "ME-35, PE-1", _put(ENROLLMENTS, primarySchool=False)),
    "dual without another school": _fault("dual", "ME-36", _only_dual),
    "dual at the primary school": _fault(
        "dual", "ME-32, ME-37, PE-3", _put(ENROLLMENTS, 1, primarySchool=True)
    ),
    "scholarship not approved": _fault("choice", "ME-38", _put(APPROVALS, approved=False)),
    "adult at a school for children": _fault(
        "graduate", "ME-39", _adm("20", instructionalDays=180, instructionalMinutes=240)
    ),
    "dual in kindergarten": _fault("dual", "ME-40, PE-1", _dual_in_kindergarten),
    "transferred from the primary school": _fault(
        "transfer", "ME-32, ME-41, PE-3", _put(ENROLLMENTS, primarySchool=True)
    ),
    "dual at a choice school": _fault(
        "choice",
        "ME-42, PE-1",
        _all(
            _adm("6", instructionalDays=180, instructionalMinutes=60),
            _put(ENROLLMENTS, primarySchool=False, fullTimeEquivalency=0.25),
        ),
    ),
    "no accountable school": _fault("resident", "ME-43", lambda s, _: _owners(s).pop()),
    "too old": _fault("resident", "ME-44", _born("1999-01-02")),
    "virtual without virtual days": _fault(
        "resident", "ME-45", lambda s, _: s.join("Virtual Education", "Virtual Education")
    ),
    "virtual days without a program": _fault("virtual", "ME-46", _clear(PROGRAMS)),
    "no attendance": _fault("resident", "ME-47", _clear(ATTENDANCE)),
    # Pupil enrollment
    "only a secondary school": _fault("private", "PE-1", _put(ENROLLMENTS, primarySchool=False)),
    "two primary schools": _fault("mover", "PE-3", _put(ENROLLMENTS, exitWithdrawDate="2023-10-20")),
    "left a private school": _fault("private", "PE-5", _put(ENROLLMENTS, exitWithdrawDate=_LEFT)),
    # Special education
    "placed privately at a public school": _fault("special", "SE-1", _placed("56", "10")),
    "services beyond 22": _fault("special", "ME-44, SE-2, SE-13", _born("1999-01-02")),
    "services before 3": _fault("preschooler", "SE-3", _born("2021-03-04")),
    "services ended before the count": _fault("special", "SE-4", _put(SERVICES, endDate="2023-11-01")),
    "developmental delay, primary": _fault("special", "SE-5", _delayed(1)),
    "developmental delay, secondary": _fault("special", "SE-6", _delayed(2)),
    "school-age placement of a preschooler": _fault("preschooler", "SE-7, SE-13", _placed("50")),
    "setting of a program": _fault("preschooler", "SE-8", _placed("26", "03")),
    "setting of a separate class": _fault("preschooler", "SE-9", _placed("33", "10")),
    "setting of a provider": _fault("preschooler", "SE-10", _placed("36", "02")),
    "setting at home": _fault("preschooler", "SE-11", _placed("37", "10")),
    "setting of a private preschool": _fault("preschooler", "SE-1, SE-12", _placed("38", "02")),
    "setting of a classroom": _fault("special", "SE-14", _placed("50", "03")),
    "setting of a correctional facility": _fault("special", "SE-15", _placed("55", "02")),
    "setting of a private school": _fault("placed", "SE-16", _placed("56", "04")),
    "setting at home of school age": _fault("special", "SE-17", _placed("57", "10")),
    "not placed": _fault("special", "SE-18", _placed("undefined")),
    "not eligible": _fault("special", "SE-19", _put(SERVICES, ideaEligibility=False)),
    # Graduation
    "skill with a waiver": _fault("graduate", "GR-1", _all(_COHORT_2022, _graduated("11"))),
    "no pathway data": _fault("graduate", "GR-2, GR-15", _graduated(skill=None, competency=None)),
    "waiver though passed": _fault("graduate", "GR-3", _all(_PASSED, _graduated("04", competency="10"))),
    "certificate without services": _fault(
        "graduate", "GR-4", _graduated("06", "ES00", "00", kind="Certificate of Completion")
    ),
    "graduated twice": _fault("graduate", "GR-5", _graduated_twice),
    "graduated at fourteen": _fault("graduate", "GR-6", _born("2008-09-10")),
    "pathway with another competency": _fault(
        "graduate", "GR-8", _graduated(achievementCategorySystem="10001")
    ),
    "skill without competency": _fault("graduate", "GR-9, GR-15", _graduated("03", competency="00")),
    "competency without skill": _fault("graduate", "GR-10, GR-15", _graduated("03", "ES00")),
    "honors without honors diploma": _fault("graduate", "GR-11", _graduated("03", competency="01")),
    "waived competency, full diploma": _fault("graduate", "GR-12", _graduated("03", competency="10")),
    "concentrator without Perkins": _fault("graduate", "GR-13", _graduated(competency="07")),
    "credential without result": _fault("graduate", "GR-14", _graduated(competency="05")),
    "baccalaureate at another school": _fault("graduate", "GR-16", _graduated("12")),
    "pathway not approved": _fault(
        "graduate", "GR-17", _graduated(competency="09", achievementCategorySystem="99999")
    ),
    "certificate with pathway data": _fault(
        "graduate", "GR-19", _graduated("07", kind="Certificate of Attendance")
    ),
    "neither exam nor pathway": _fault(
        "graduate", "GR-20", _all(_COHORT_2022, _graduated("01", "ES00", "00"))
    ),
    "graduated from an elementary school": _fault("graduate", "GR-21", _no_high_school),
    "no cohort": _fault("graduate", "GR-22", _clear(COHORTS)),
    "no diploma level": _fault("graduate", "GR-23", _graduated(None)),
    "waiver with a competency": _fault("graduate", "GR-24", _graduated("04")),
    "completion with a diploma": _fault("graduate", "GR-25", _graduated("03", kind="Certificate of Completion")),
    "attendance with a diploma": _fault("graduate", "GR-26", _graduated("03", kind="Certificate of Attendance")),
    "no records of certificates": _fault(
        "graduate", "GR-13", _all(_graduated(competency="07"), _clear(INTERS))
    ),
    # Homebound
    "homebound without end": _fault("homebound", "HB-1", _put(PROGRAMS, endDate=None)),
    "homebound for five days": _fault("homebound", "HB-2", _put(PROGRAMS, _ext={"idoe": {"dayCount": 5}})),
    # Structure
    "unknown school": _fault(
        "private", "structure: dangling-reference", _put(ENROLLMENTS, schoolReference={"schoolId": 1099990001})
    ),
    "unknown student": _fault("private", "structure: dangling-reference", _clear("students")),
    "student twice": _fault("resident", "structure: duplicate-key", _repeated),
    "no birth date": _fault("private", "structure: missing-required", _put("students", birthDate=None)),
    "attendance of no day": _fault("private", "structure: missing-key", _put(ATTENDANCE, eventDate=None)),
    "unknown skill": _fault("graduate", "structure: unknown-code", _graduated(skill="ES99")),
}  # fmt: skip
"""Faults by name. Every rule that runs is found by one of them at least."""
