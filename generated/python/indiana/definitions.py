"""Definitions that the rules use. Initials stand for resources:

- lea: localEducationAgency
- sar: studentAcademicRecord
- seora: studentEducationOrganizationResponsibilityAssociation
- spa: studentProgramAssociation
- ssa: studentSchoolAssociation
- ssepa: studentSpecialEducationProgramAssociation
"""

from ..runtime import (
    and_,
    any_of,
    at_least,
    at_most,
    choose_list,
    count,
    covers,
    divide,
    each,
    equal,
    first_given,
    given,
    has,
    last,
    lowest,
    multiply,
    not_,
    one_of,
    only,
    overlap,
    period,
    where,
)
from . import tables


def demonstrated(skill, run):
    # skill is present and skill is not one of codes NotDemonstrated
    return and_(given(skill), not_(one_of(skill, tables.NOT_DEMONSTRATED)))


def lea_is_adult(c, run):
    # any s in c.schools has (s.isAdult)
    return any_of(
        run.referring("school", c, ("localEducationAgencyReference", "localEducationAgencyId")),
        lambda s: school_is_adult(s, run),
    )


def lea_is_traditional(c, run):
    # c.kind is one of codes TraditionalCorporations
    return one_of(lea_kind(c, run), tables.TRADITIONAL_CORPORATIONS)


def lea_kind(c, run):
    # c.localEducationAgencyCategoryDescriptor
    return c.code("localEducationAgencyCategoryDescriptor")


def school_first_day(s, run):
    # earliest of d.date for d in (all c in s.calendars where (c.schoolYearType.schoolYear is the
    # school year)).calendarDates
    return lowest(
        each(
            where(
                run.referring("calendar", s, ("schoolReference", "schoolId")),
                lambda c: equal(
                    run.find(
                        "schoolYearType",
                        c.whole("schoolYearTypeReference", "schoolYear"),
                    ).whole("schoolYear"),
                    run.school_year,
                ),
            ),
            lambda it_1_: run.referring(
                "calendarDate",
                it_1_,
                ("calendarReference", "calendarCode"),
                ("calendarReference", "schoolId"),
                ("calendarReference", "schoolYear"),
            ),
        ),
        lambda d: d.date("date"),
        "calendarDate",
    )


def school_is_adult(s, run):
    # lookup(adultLearnerSchools, s.schoolId) is present
    return given(run.find("adultLearnerSchools", s.whole("schoolId")))


def school_is_choice(s, run):
    # s._ext.idoe.choiceIndicator otherwise false
    return first_given(s.flag("_ext", "idoe", "choiceIndicator"), False)


def school_is_public(s, run):
    # s.schoolTypeDescriptor is 'Public'
    return equal(s.code("schoolTypeDescriptor"), "Public")


def school_offers_ib(s, run):
    # lookup(internationalBaccalaureateSchools, s.schoolId, the school year) is present
    return given(run.find("internationalBaccalaureateSchools", s.whole("schoolId"), run.school_year))


def student_addresses(s, run):
    # s.studentEducationOrganizationAssociations.addresses
    return each(
        run.referring(
            "studentEducationOrganizationAssociation",
            s,
            ("studentReference", "studentUniqueId"),
        ),
        lambda it_1_: it_1_.items("addresses"),
    )


def student_attendance(s, run):
    # all a in s.studentSchoolAttendanceEvents where (a.eventDate is between $windowFrom and
    # $countDate)
    return where(
        run.referring("studentSchoolAttendanceEvent", s, ("studentReference", "studentUniqueId")),
        lambda a: and_(
            at_least(a.date("eventDate"), run.parameter("windowFrom")),
            at_most(a.date("eventDate"), run.parameter("countDate")),
        ),
    )


def student_choice_approved(s, run):
    # lookup(choiceApprovals, s.studentUniqueId, the school year).approved is true otherwise false
    return first_given(
        equal(
            run.find("choiceApprovals", s.text("studentUniqueId"), run.school_year).flag("approved"),
            True,
        ),
        False,
    )


def student_cohort_year(s, run):
    # lookup(cohorts, s.studentUniqueId).cohortYear
    return run.find("cohorts", s.text("studentUniqueId")).whole("cohortYear")


def student_enrollments(s, run):
    # all e in s.studentSchoolAssociations where ((e.schoolYearType.schoolYear otherwise the school
    # year) is the school year)
    return where(
        run.referring("studentSchoolAssociation", s, ("studentReference", "studentUniqueId")),
        lambda e: equal(
            first_given(
                run.find(
                    "schoolYearType",
                    e.whole("schoolYearTypeReference", "schoolYear"),
                ).whole("schoolYear"),
                run.school_year,
            ),
            run.school_year,
        ),
    )


def student_enrollments_on(s, day, run):
    # all e in s.enrollments where (e.activeOn(day))
    return where(student_enrollments(s, run), lambda e: ssa_active_on(e, day, run))


def student_graduate_records(s, run):
    # s.studentAcademicRecords
    return run.referring("studentAcademicRecord", s, ("studentReference", "studentUniqueId"))


def student_homebound(s, run):
    # all p in s.studentProgramAssociations where (p.programReference.programName is 'Homebound'
    # and p.dates overlaps period from July 1 of the school year to June 30 of the school year)
    return where(
        run.referring("studentProgramAssociation", s, ("studentReference", "studentUniqueId")),
        lambda p: and_(
            equal(p.text("programReference", "programName"), "Homebound"),
            overlap(spa_dates(p, run), period(run.day(7, 1), run.day(6, 30), False)),
        ),
    )


def student_in_virtual_program(s, run):
    # any p in s.studentProgramAssociations has (p.programReference.programName is 'Virtual
    # Education' and p.activeOn($countDate))
    return any_of(
        run.referring("studentProgramAssociation", s, ("studentReference", "studentUniqueId")),
        lambda p: and_(
            equal(p.text("programReference", "programName"), "Virtual Education"),
            spa_active_on(p, run.parameter("countDate"), run),
        ),
    )


def student_memberships(s, run):
    # all m in s.studentEducationOrganizationResponsibilityAssociations where (m.dates overlaps
    # period from July 1 of the school year to June 30 of the school year)
    return where(
        run.referring(
            "studentEducationOrganizationResponsibilityAssociation",
            s,
            ("studentReference", "studentUniqueId"),
        ),
        lambda m: overlap(seora_dates(m, run), period(run.day(7, 1), run.day(6, 30), False)),
    )


def student_passed_eca(s, run):
    # lookup(tests, s.studentUniqueId).eca is true otherwise false
    return first_given(equal(run.find("tests", s.text("studentUniqueId")).flag("eca"), True), False)


def student_passed_gqe(s, run):
    # lookup(tests, s.studentUniqueId).gqeEla is true and lookup(tests, s.studentUniqueId).gqeMath
    # is true otherwise false
    return first_given(
        and_(
            equal(run.find("tests", s.text("studentUniqueId")).flag("gqeEla"), True),
            equal(run.find("tests", s.text("studentUniqueId")).flag("gqeMath"), True),
        ),
        False,
    )


def student_passed_istep10(s, run):
    # lookup(tests, s.studentUniqueId).istep10 is true otherwise false
    return first_given(equal(run.find("tests", s.text("studentUniqueId")).flag("istep10"), True), False)


def student_placements(s, run):
    # s.studentSpecialEducationProgramAssociations
    return run.referring(
        "studentSpecialEducationProgramAssociation",
        s,
        ("studentReference", "studentUniqueId"),
    )


def student_virtual_attendance(s, run):
    # all a in s.attendance where (a.attendanceEventCategoryDescriptor is one of codes VirtualDay)
    return where(
        student_attendance(s, run),
        lambda a: one_of(a.code("attendanceEventCategoryDescriptor"), tables.VIRTUAL_DAY),
    )


def student_virtual_share(s, run):
    # number of a in s.virtualAttendance / number of a in s.attendance
    return divide(count(student_virtual_attendance(s, run)), count(student_attendance(s, run)))


def sar_competency(g, run):
    # (the r in g.recognitions where (r.recognitionTypeDescriptor is 'Postsecondary-Ready
    # Competency')).achievementCategoryDescriptor
    return only(
        where(
            g.items("recognitions"),
            lambda r: equal(r.code("recognitionTypeDescriptor"), "Postsecondary-Ready Competency"),
        ),
        "studentAcademicRecord.recognitions",
    ).code("achievementCategoryDescriptor")


def sar_corporation(g, run):
    # g.educationOrganization.localEducationAgency otherwise
    # g.educationOrganization.school.localEducationAgency
    return first_given(
        run.find(
            "localEducationAgency",
            g.whole("educationOrganizationReference", "educationOrganizationId"),
        ),
        run.find(
            "localEducationAgency",
            run.find(
                "school",
                g.whole("educationOrganizationReference", "educationOrganizationId"),
            ).whole("localEducationAgencyReference", "localEducationAgencyId"),
        ),
    )


def sar_enrollments(g, run):
    # all e in g.student.enrollments where (e.corporation is g.corporation)
    return where(
        student_enrollments(run.find("student", g.text("studentReference", "studentUniqueId")), run),
        lambda e: equal(ssa_corporation(e, run), sar_corporation(g, run)),
    )


def sar_local_pathway(g, run):
    # (the r in g.recognitions where (r.recognitionTypeDescriptor is 'Postsecondary-Ready
    # Competency')).achievementCategorySystem
    return only(
        where(
            g.items("recognitions"),
            lambda r: equal(r.code("recognitionTypeDescriptor"), "Postsecondary-Ready Competency"),
        ),
        "studentAcademicRecord.recognitions",
    ).text("achievementCategorySystem")


def sar_subject_corporation(g, run):
    # g.corporation.localEducationAgencyId
    return sar_corporation(g, run).whole("localEducationAgencyId")


def sar_subject_school(g, run):
    # (latest e in g.enrollments by entryDate).schoolReference.schoolId
    return last(
        sar_enrollments(g, run),
        lambda it_0_: (it_0_.date("entryDate"),),
        "studentSchoolAssociation",
    ).whole("schoolReference", "schoolId")


def sar_subject_school_year(g, run):
    # g.schoolYearTypeReference.schoolYear
    return g.whole("schoolYearTypeReference", "schoolYear")


def sar_subject_student(g, run):
    # g.studentReference.studentUniqueId
    return g.text("studentReference", "studentUniqueId")


def seora_adm(m, run):
    # m._ext.idoe.admCodeDescriptor
    return m.code("_ext", "idoe", "admCodeDescriptor")


def seora_corporation(m, run):
    # m.educationOrganization.localEducationAgency
    return run.find(
        "localEducationAgency",
        m.whole("educationOrganizationReference", "educationOrganizationId"),
    )


def seora_counted(m, run):
    # if any e in m.enrollments has (e.activeOn($countDate)) then all e in m.enrollments where
    # (e.activeOn($countDate)) else all e in m.enrollments where (e is latest x in m.enrollments by
    # entryDate)
    return choose_list(
        any_of(
            seora_enrollments(m, run),
            lambda e: ssa_active_on(e, run.parameter("countDate"), run),
        ),
        lambda : where(
            seora_enrollments(m, run),
            lambda e: ssa_active_on(e, run.parameter("countDate"), run),
        ),
        lambda : where(
            seora_enrollments(m, run),
            lambda e: equal(
                e,
                last(
                    seora_enrollments(m, run),
                    lambda it_0_: (it_0_.date("entryDate"),),
                    "studentSchoolAssociation",
                ),
            ),
        ),
    )


def seora_dates(m, run):
    # period from m.beginDate to m.endDate
    return period(m.date("beginDate"), m.date("endDate"), True)


def seora_enrolled_on(m, day, run):
    # any e in m.enrollments has (e.activeOn(day))
    return any_of(seora_enrollments(m, run), lambda e: ssa_active_on(e, day, run))


def seora_enrollments(m, run):
    # all e in m.student.enrollments where (e.corporation is m.corporation)
    return where(
        student_enrollments(run.find("student", m.text("studentReference", "studentUniqueId")), run),
        lambda e: equal(ssa_corporation(e, run), seora_corporation(m, run)),
    )


def seora_is_funding(m, run):
    # m.responsibilityDescriptor is 'Funding'
    return equal(m.code("responsibilityDescriptor"), "Funding")


def seora_legal_settlement(m, run):
    # lookup(localEducationAgency, (the r in m._ext.idoe.additionalEdOrgResponsibilities where
    # (r.schoolCorpResponsibilityDescriptor is 'Legal Settlement')).schoolCorpId)
    return run.find(
        "localEducationAgency",
        only(
            where(
                m.items("_ext", "idoe", "additionalEdOrgResponsibilities"),
                lambda r: equal(r.code("schoolCorpResponsibilityDescriptor"), "Legal Settlement"),
            ),
            "studentEducationOrganizationResponsibilityAssociation._ext.idoe.additionalEdOrgResponsibilities",
        ).whole("schoolCorpId"),
    )


def seora_minutes_share(m, run):
    # m._ext.idoe.instructionalDays * m._ext.idoe.instructionalMinutes / $fullDayMinutes
    return divide(
        multiply(
            m.whole("_ext", "idoe", "instructionalDays"),
            m.whole("_ext", "idoe", "instructionalMinutes"),
        ),
        run.parameter("fullDayMinutes"),
    )


def seora_subject_corporation(m, run):
    # m.educationOrganizationReference.educationOrganizationId
    return m.whole("educationOrganizationReference", "educationOrganizationId")


def seora_subject_dates(m, run):
    # m.dates
    return seora_dates(m, run)


def seora_subject_school(m, run):
    # (latest e in m.counted by entryDate).schoolReference.schoolId
    return last(
        seora_counted(m, run),
        lambda it_0_: (it_0_.date("entryDate"),),
        "studentSchoolAssociation",
    ).whole("schoolReference", "schoolId")


def seora_subject_student(m, run):
    # m.studentReference.studentUniqueId
    return m.text("studentReference", "studentUniqueId")


def spa_active_on(p, day, run):
    # p.dates contains day
    return covers(spa_dates(p, run), day)


def spa_corporation(p, run):
    # p.educationOrganization.school.localEducationAgency otherwise
    # p.educationOrganization.localEducationAgency
    return first_given(
        run.find(
            "localEducationAgency",
            run.find(
                "school",
                p.whole("educationOrganizationReference", "educationOrganizationId"),
            ).whole("localEducationAgencyReference", "localEducationAgencyId"),
        ),
        run.find(
            "localEducationAgency",
            p.whole("educationOrganizationReference", "educationOrganizationId"),
        ),
    )


def spa_dates(p, run):
    # period from p.beginDate to p.endDate
    return period(p.date("beginDate"), p.date("endDate"), True)


def spa_enrollments(p, run):
    # all e in p.student.enrollments where (e.corporation is p.corporation)
    return where(
        student_enrollments(run.find("student", p.text("studentReference", "studentUniqueId")), run),
        lambda e: equal(ssa_corporation(e, run), spa_corporation(p, run)),
    )


def spa_subject_corporation(p, run):
    # p.corporation.localEducationAgencyId
    return spa_corporation(p, run).whole("localEducationAgencyId")


def spa_subject_dates(p, run):
    # p.dates
    return spa_dates(p, run)


def spa_subject_school(p, run):
    # (latest e in p.enrollments by entryDate).schoolReference.schoolId
    return last(
        spa_enrollments(p, run),
        lambda it_0_: (it_0_.date("entryDate"),),
        "studentSchoolAssociation",
    ).whole("schoolReference", "schoolId")


def spa_subject_student(p, run):
    # p.studentReference.studentUniqueId
    return p.text("studentReference", "studentUniqueId")


def ssa_active_on(e, day, run):
    # e.dates contains day
    return covers(ssa_dates(e, run), day)


def ssa_corporation(e, run):
    # e.school.localEducationAgency
    return run.find(
        "localEducationAgency",
        run.find(
            "school",
            e.whole("schoolReference", "schoolId"),
        ).whole("localEducationAgencyReference", "localEducationAgencyId"),
    )


def ssa_counts_on(e, day, run):
    # e.activeOn(day) and e.entryDate is on or after e.school.firstDay
    return and_(
        ssa_active_on(e, day, run),
        at_least(
            e.date("entryDate"),
            school_first_day(run.find("school", e.whole("schoolReference", "schoolId")), run),
        ),
    )


def ssa_dates(e, run):
    # period from e.entryDate to e.exitWithdrawDate
    return period(e.date("entryDate"), e.date("exitWithdrawDate"), True)


def ssa_grade(e, run):
    # e.entryGradeLevelDescriptor
    return e.code("entryGradeLevelDescriptor")


def ssa_is_primary(e, run):
    # e.primarySchool otherwise true
    return first_given(e.flag("primarySchool"), True)


def ssa_subject_corporation(e, run):
    # e.school.localEducationAgencyReference.localEducationAgencyId
    return run.find(
        "school",
        e.whole("schoolReference", "schoolId"),
    ).whole("localEducationAgencyReference", "localEducationAgencyId")


def ssa_subject_dates(e, run):
    # e.dates
    return ssa_dates(e, run)


def ssa_subject_school(e, run):
    # e.schoolReference.schoolId
    return e.whole("schoolReference", "schoolId")


def ssa_subject_school_year(e, run):
    # e.schoolYearTypeReference.schoolYear
    return e.whole("schoolYearTypeReference", "schoolYear")


def ssa_subject_student(e, run):
    # e.studentReference.studentUniqueId
    return e.text("studentReference", "studentUniqueId")


def ssepa_active_on(q, day, run):
    # q.dates contains day
    return covers(ssepa_dates(q, run), day)


def ssepa_corporation(q, run):
    # q.educationOrganization.school.localEducationAgency otherwise
    # q.educationOrganization.localEducationAgency
    return first_given(
        run.find(
            "localEducationAgency",
            run.find(
                "school",
                q.whole("educationOrganizationReference", "educationOrganizationId"),
            ).whole("localEducationAgencyReference", "localEducationAgencyId"),
        ),
        run.find(
            "localEducationAgency",
            q.whole("educationOrganizationReference", "educationOrganizationId"),
        ),
    )


def ssepa_dates(q, run):
    # period from q.beginDate to q.endDate
    return period(q.date("beginDate"), q.date("endDate"), True)


def ssepa_enrollments(q, run):
    # all e in q.student.enrollments where (e.corporation is q.corporation)
    return where(
        student_enrollments(run.find("student", q.text("studentReference", "studentUniqueId")), run),
        lambda e: equal(ssa_corporation(e, run), ssepa_corporation(q, run)),
    )


def ssepa_enrollments_on_count_date(q, run):
    # all e in q.student.enrollmentsOn($countDate) where (e.corporation is q.corporation)
    return where(
        student_enrollments_on(
            run.find("student", q.text("studentReference", "studentUniqueId")),
            run.parameter("countDate"),
            run,
        ),
        lambda e: equal(ssa_corporation(e, run), ssepa_corporation(q, run)),
    )


def ssepa_placement(q, run):
    # lookup(PlacementCodes, q.programReference.programName).code otherwise 'unknown'
    return first_given(
        run.row("PlacementCodes", q.text("programReference", "programName")).cell("code"),
        "unknown",
    )


def ssepa_records_on_count_date(q, run):
    # all p in q.student.placements where (p.corporation is q.corporation and
    # p.activeOn($countDate))
    return where(
        student_placements(run.find("student", q.text("studentReference", "studentUniqueId")), run),
        lambda p: and_(
            equal(ssepa_corporation(p, run), ssepa_corporation(q, run)),
            ssepa_active_on(p, run.parameter("countDate"), run),
        ),
    )


def ssepa_setting_is_allowed(q, run):
    # lookup(AllowedSettings, q.placement).settings contains (q.specialEducationSettingDescriptor
    # otherwise 'blank')
    return has(
        run.row("AllowedSettings", ssepa_placement(q, run)).cells("settings"),
        first_given(q.code("specialEducationSettingDescriptor"), "blank"),
    )


def ssepa_subject_corporation(q, run):
    # q.corporation.localEducationAgencyId
    return ssepa_corporation(q, run).whole("localEducationAgencyId")


def ssepa_subject_dates(q, run):
    # q.dates
    return ssepa_dates(q, run)


def ssepa_subject_school(q, run):
    # (latest e in q.enrollments by entryDate).schoolReference.schoolId
    return last(
        ssepa_enrollments(q, run),
        lambda it_0_: (it_0_.date("entryDate"),),
        "studentSchoolAssociation",
    ).whole("schoolReference", "schoolId")


def ssepa_subject_student(q, run):
    # q.studentReference.studentUniqueId
    return q.text("studentReference", "studentUniqueId")
