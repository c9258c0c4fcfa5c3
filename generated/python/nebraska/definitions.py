"""Definitions that the publications use."""

from ..runtime import (
    Missing,
    and_,
    choose,
    equal,
    first_given,
    first_made,
    joined_texts,
    last,
    less,
    once,
    once_for,
    only,
    or_,
    overlap,
    period,
    where,
    zero_filled,
)


@once
def enrollment_calendar_code(e, run):
    # if e.reportedSchool is e.calendar.school then e.calendar.naturalKey else nothing
    return choose(
        equal(enrollment_reported_school(e, run), e.calendarID_calendar.schoolID_school),
        lambda: e.calendarID_calendar.naturalKey,
        lambda: Missing(["nothing"]),
    )


@once
def enrollment_cohort_end_year(e, run):
    # lookup(graduation, e.personID).nclbCohortEndYear
    return run.find("graduation", e.personID).nclbCohortEndYear


@once_for("calendarID_calendar")
def enrollment_configuration(e, run):
    # the c in e.calendar.schoolYear.edfiConfigurations where (c.valid is true) otherwise the c in
    # e.calendar.schoolYear.edfiConfigurations
    return first_made(
        only(
            where(
                run.referring(
                    "edfiConfiguration",
                    e.calendarID_calendar.endYear_schoolYear,
                    ("endYear",),
                ),
                lambda c: equal(first_given(c.valid, False) if c.present else c.valid, True),
            ),
            "edfiConfiguration",
        ),
        lambda: only(
            run.referring(
                "edfiConfiguration",
                e.calendarID_calendar.endYear_schoolYear,
                ("endYear",),
            ),
            "edfiConfiguration",
        ),
    )


def enrollment_home_district(e, default, run):
    # e.residentDistrict otherwise default otherwise e.ownDistrict.number
    return first_made(e.residentDistrict, lambda: default, lambda: enrollment_own_district(e, run).number)


@once
def enrollment_home_school(e, run):
    # joined(e.residentDistrict, zeroFilled(e.schoolOfAssignment, 3))
    return joined_texts(e.residentDistrict, zero_filled(e.schoolOfAssignment, 3))


def enrollment_is_own_district(e, number, run):
    # number is e.ownDistrict.number
    return equal(number, enrollment_own_district(e, run).number)


def enrollment_last_before(e, countsNoShow, run):
    # latest p in e.person.enrollments by startDate then by enrollmentID where (p.startDate is
    # before e.startDate and (p.noShow is false or countsNoShow))
    return last(
        where(
            run.referring("enrollment", e.personID_person, ("personID",)),
            lambda p: and_(
                less(p.startDate, e.startDate),
                lambda: or_(
                    equal(first_given(p.noShow, False) if p.present else p.noShow, False),
                    lambda: countsNoShow,
                ),
            ),
        ),
        lambda it_0_: (it_0_.startDate, it_0_.enrollmentID),
        "enrollment",
    )


def enrollment_mapped(e, descriptor, column, value, run):
    # lookup(resourcePreference, e.configuration.configID, 'studentSchoolAssociations', descriptor,
    # column, value).edFiCode
    return run.find(
        "resourcePreference",
        enrollment_configuration(e, run).configID,
        "studentSchoolAssociations",
        descriptor,
        column,
        value,
    ).edFiCode


@once
def enrollment_own_district(e, run):
    # e.reportedSchool.district
    return enrollment_reported_school(e, run).districtID_district


def enrollment_plans_of(e, kind, run):
    # all p in e.person.programParticipations where (p.program.kind is kind and
    # p.program.edFiEligible is true and period from p.startDate to p.endDate overlaps period from
    # e.startDate to e.endDate)
    return where(
        run.referring("programParticipation", e.personID_person, ("personID",)),
        lambda p: and_(
            equal(p.programID_program.kind, kind),
            lambda: equal(
                (
                    first_given(p.programID_program.edFiEligible, False)
                    if p.programID_program.present
                    else p.programID_program.edFiEligible
                ),
                True,
            ),
            lambda: overlap(period(p.startDate, p.endDate, True), period(e.startDate, e.endDate, True)),
        ),
    )


@once
def enrollment_reported_plan(e, run):
    # latest p in e.plansOf('Graduation') by startDate then by participationID otherwise latest p
    # in e.plansOf('CTE') by startDate then by participationID
    return first_made(
        last(
            enrollment_plans_of(e, "Graduation", run),
            lambda it_0_: (it_0_.startDate, it_0_.participationID),
            "programParticipation",
        ),
        lambda: last(
            enrollment_plans_of(e, "CTE", run),
            lambda it_0_: (it_0_.startDate, it_0_.participationID),
            "programParticipation",
        ),
    )


@once
def enrollment_reported_school(e, run):
    # e.secondarySchool otherwise e.calendar.school
    return first_given(e.secondarySchoolID_school, e.calendarID_calendar.schoolID_school)


@once
def enrollment_residency_by_districts(e, run):
    # lookup(ResidencyByDistricts, e.isOwnDistrict(e.residentDistrict) otherwise true,
    # e.isOwnDistrict(e.servingDistrict) otherwise true).status
    given_1_ = first_given(enrollment_is_own_district(e, e.residentDistrict, run), True)
    return run.row(
        "ResidencyByDistricts",
        (
            (
                1
                if (
                    given_1_ in (True,)
                    and (
                        first_given(enrollment_is_own_district(e, e.servingDistrict, run), True)
                        in (True,)
                    )
                )
                else (
                    2
                    if (
                        given_1_ in (True,)
                        and (
                            first_given(enrollment_is_own_district(e, e.servingDistrict, run), True)
                            in (False,)
                        )
                    )
                    else (
                        3
                        if (
                            given_1_ in (False,)
                            and (
                                first_given(
                                    enrollment_is_own_district(e, e.servingDistrict, run),
                                    True,
                                )
                                in (True,)
                            )
                        )
                        else 0
                    )
                )
            )
            if (
                given_1_ == given_1_
                and (
                    first_given(enrollment_is_own_district(e, e.servingDistrict, run), True)
                    == first_given(enrollment_is_own_district(e, e.servingDistrict, run), True)
                )
            )
            else Missing(["nothing"])
        ),
    ).cell("status")


def enrollment_subject_student(e, run):
    # e.person.edFiID
    return e.personID_person.edFiID


def program_participation_subject_student(r, run):
    # r.person.edFiID
    return r.personID_person.edFiID


PROPERTIES = {
    "calendar": {
        "endYear": ("whole", ("endYear",)),
        "endYear_schoolYear": ("record", ("schoolYear", "endYear")),
        "naturalKey": ("text", ("naturalKey",)),
        "schoolID": ("whole", ("schoolID",)),
        "schoolID_school": ("record", ("school", "schoolID")),
    },
    "district": {"number": ("text", ("number",))},
    "edfiConfiguration": {"configID": ("whole", ("configID",)), "valid": ("flag", ("valid",))},
    "enrollment": {
        "calendarID": ("whole", ("calendarID",)),
        "calendarID_calendar": ("record", ("calendar", "calendarID")),
        "endDate": ("date", ("endDate",)),
        "enrollmentID": ("whole", ("enrollmentID",)),
        "noShow": ("flag", ("noShow",)),
        "personID": ("whole", ("personID",)),
        "personID_person": ("record", ("person", "personID")),
        "residentDistrict": ("text", ("residentDistrict",)),
        "schoolOfAssignment": ("text", ("schoolOfAssignment",)),
        "secondarySchoolID": ("whole", ("secondarySchoolID",)),
        "secondarySchoolID_school": ("record", ("school", "secondarySchoolID")),
        "servingDistrict": ("text", ("servingDistrict",)),
        "startDate": ("date", ("startDate",)),
    },
    "graduation": {"nclbCohortEndYear": ("whole", ("nclbCohortEndYear",))},
    "person": {"edFiID": ("text", ("edFiID",))},
    "program": {"edFiEligible": ("flag", ("edFiEligible",)), "kind": ("text", ("kind",))},
    "programParticipation": {
        "endDate": ("date", ("endDate",)),
        "participationID": ("whole", ("participationID",)),
        "personID": ("whole", ("personID",)),
        "personID_person": ("record", ("person", "personID")),
        "programID": ("whole", ("programID",)),
        "programID_program": ("record", ("program", "programID")),
        "startDate": ("date", ("startDate",)),
    },
    "resourcePreference": {"edFiCode": ("text", ("edFiCode",))},
    "school": {
        "districtID": ("whole", ("districtID",)),
        "districtID_district": ("record", ("district", "districtID")),
    },
}
