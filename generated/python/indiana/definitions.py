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
    between,
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
    once,
    one_of,
    only,
    overlap,
    period,
    where,
)
from . import tables


def demonstrated(skill, run):
    # skill is present and skill is not one of codes NotDemonstrated
    return given(skill) and skill not in tables.NOT_DEMONSTRATED


@once
def lea_is_adult(c, run):
    # any s in c.schools has (s.isAdult)
    return any_of(
        run.referring("school", c, ("localEducationAgencyReference", "localEducationAgencyId")),
        lambda s: school_is_adult(s, run),
    )


@once
def lea_is_traditional(c, run):
    # c.kind is one of codes TraditionalCorporations
    return one_of(lea_kind(c, run), tables.TRADITIONAL_CORPORATIONS)


def lea_kind(c, run):
    # c.localEducationAgencyCategoryDescriptor
    return c.localEducationAgencyCategoryDescriptor


@once
def school_first_day(s, run):
    # earliest of d.date for d in (all c in s.calendars where (c.schoolYearType.schoolYear is the
    # school year)).calendarDates
    return lowest(
        each(
            where(
                run.referring("calendar", s, ("schoolReference", "schoolId")),
                lambda c: equal(c.schoolYearType.schoolYear, run.school_year),
            ),
            lambda it_1_: run.referring(
                "calendarDate",
                it_1_,
                ("calendarReference", "calendarCode"),
                ("calendarReference", "schoolId"),
                ("calendarReference", "schoolYear"),
            ),
        ),
        lambda d: d.date,
        "calendarDate",
    )


@once
def school_is_adult(s, run):
    # lookup(adultLearnerSchools, s.schoolId) is present
    return run.find("adultLearnerSchools", s.schoolId).present


@once
def school_is_choice(s, run):
    # s._ext.idoe.choiceIndicator otherwise false
    return first_given(s.ext_idoe_choiceIndicator, False)


@once
def school_is_public(s, run):
    # s.schoolTypeDescriptor is 'Public'
    return equal(s.schoolTypeDescriptor, "Public")


@once
def school_offers_ib(s, run):
    # lookup(internationalBaccalaureateSchools, s.schoolId, the school year) is present
    return run.find("internationalBaccalaureateSchools", s.schoolId, run.school_year).present


@once
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


@once
def student_attendance(s, run):
    # all a in s.studentSchoolAttendanceEvents where (a.eventDate is between $windowFrom and
    # $countDate)
    return where(
        run.referring("studentSchoolAttendanceEvent", s, ("studentReference", "studentUniqueId")),
        lambda a: between(a.eventDate, run.parameters["windowFrom"], run.parameters["countDate"]),
    )


@once
def student_choice_approved(s, run):
    # lookup(choiceApprovals, s.studentUniqueId, the school year).approved is true otherwise false
    return first_given(
        equal(run.find("choiceApprovals", s.studentUniqueId, run.school_year).approved, True),
        False,
    )


@once
def student_cohort_year(s, run):
    # lookup(cohorts, s.studentUniqueId).cohortYear
    return run.find("cohorts", s.studentUniqueId).cohortYear


@once
def student_enrollments(s, run):
    # all e in s.studentSchoolAssociations where ((e.schoolYearType.schoolYear otherwise the school
    # year) is the school year)
    return where(
        run.referring("studentSchoolAssociation", s, ("studentReference", "studentUniqueId")),
        lambda e: first_given(e.schoolYearType.schoolYear, run.school_year) == run.school_year,
    )


def student_enrollments_on(s, day, run):
    # all e in s.enrollments where (e.activeOn(day))
    return where(student_enrollments(s, run), lambda e: ssa_active_on(e, day, run))


@once
def student_graduate_records(s, run):
    # s.studentAcademicRecords
    return run.referring("studentAcademicRecord", s, ("studentReference", "studentUniqueId"))


@once
def student_homebound(s, run):
    # all p in s.studentProgramAssociations where (p.programReference.programName is 'Homebound'
    # and p.dates overlaps period from July 1 of the school year to June 30 of the school year)
    return where(
        run.referring("studentProgramAssociation", s, ("studentReference", "studentUniqueId")),
        lambda p: and_(
            equal(p.programReference_programName, "Homebound"),
            lambda: overlap(spa_dates(p, run), period(run.day(7, 1), run.day(6, 30), False)),
        ),
    )


@once
def student_in_virtual_program(s, run):
    # any p in s.studentProgramAssociations has (p.programReference.programName is 'Virtual
    # Education' and p.activeOn($countDate))
    return any_of(
        run.referring("studentProgramAssociation", s, ("studentReference", "studentUniqueId")),
        lambda p: and_(
            equal(p.programReference_programName, "Virtual Education"),
            lambda: spa_active_on(p, run.parameters["countDate"], run),
        ),
    )


@once
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


@once
def student_passed_eca(s, run):
    # lookup(tests, s.studentUniqueId).eca is true otherwise false
    return first_given(equal(run.find("tests", s.studentUniqueId).eca, True), False)


@once
def student_passed_gqe(s, run):
    # lookup(tests, s.studentUniqueId).gqeEla is true and lookup(tests, s.studentUniqueId).gqeMath
    # is true otherwise false
    return first_given(
        and_(
            equal(run.find("tests", s.studentUniqueId).gqeEla, True),
            lambda: equal(run.find("tests", s.studentUniqueId).gqeMath, True),
        ),
        False,
    )


@once
def student_passed_istep10(s, run):
    # lookup(tests, s.studentUniqueId).istep10 is true otherwise false
    return first_given(equal(run.find("tests", s.studentUniqueId).istep10, True), False)


@once
def student_placements(s, run):
    # s.studentSpecialEducationProgramAssociations
    return run.referring(
        "studentSpecialEducationProgramAssociation",
        s,
        ("studentReference", "studentUniqueId"),
    )


@once
def student_virtual_attendance(s, run):
    # all a in s.attendance where (a.attendanceEventCategoryDescriptor is one of codes VirtualDay)
    return where(
        student_attendance(s, run),
        lambda a: one_of(a.attendanceEventCategoryDescriptor, tables.VIRTUAL_DAY),
    )


@once
def student_virtual_share(s, run):
    # number of a in s.virtualAttendance / number of a in s.attendance
    return divide(count(student_virtual_attendance(s, run)), count(student_attendance(s, run)))


@once
def sar_competency(g, run):
    # (the r in g.recognitions where (r.recognitionTypeDescriptor is 'Postsecondary-Ready
    # Competency')).achievementCategoryDescriptor
    return only(
        where(
            g.items("recognitions"),
            lambda r: equal(r.recognitionTypeDescriptor, "Postsecondary-Ready Competency"),
        ),
        "studentAcademicRecord.recognitions",
    ).achievementCategoryDescriptor


@once
def sar_corporation(g, run):
    # g.educationOrganization.localEducationAgency otherwise
    # g.educationOrganization.school.localEducationAgency
    return first_given(
        g.educationOrganization_localEducationAgency,
        g.educationOrganization_school.localEducationAgency,
    )


@once
def sar_enrollments(g, run):
    # all e in g.student.enrollments where (e.corporation is g.corporation)
    return where(
        student_enrollments(g.student, run),
        lambda e: equal(ssa_corporation(e, run), sar_corporation(g, run)),
    )


def sar_in_year(record, run):
    # of the school year of the run
    return equal(sar_subject_school_year(record, run), run.school_year)


@once
def sar_local_pathway(g, run):
    # (the r in g.recognitions where (r.recognitionTypeDescriptor is 'Postsecondary-Ready
    # Competency')).achievementCategorySystem
    return only(
        where(
            g.items("recognitions"),
            lambda r: equal(r.recognitionTypeDescriptor, "Postsecondary-Ready Competency"),
        ),
        "studentAcademicRecord.recognitions",
    ).achievementCategorySystem


@once
def sar_subject_corporation(g, run):
    # g.corporation.localEducationAgencyId
    return sar_corporation(g, run).localEducationAgencyId


@once
def sar_subject_school(g, run):
    # (latest e in g.enrollments by entryDate).schoolReference.schoolId
    return last(sar_enrollments(g, run), lambda it_0_: (it_0_.entryDate,), "studentSchoolAssociation").schoolReference_schoolId


def sar_subject_school_year(g, run):
    # g.schoolYearTypeReference.schoolYear
    return g.schoolYearTypeReference_schoolYear


def sar_subject_student(g, run):
    # g.studentReference.studentUniqueId
    return g.studentReference_studentUniqueId


def seora_adm(m, run):
    # m._ext.idoe.admCodeDescriptor
    return m.ext_idoe_admCodeDescriptor


def seora_corporation(m, run):
    # m.educationOrganization.localEducationAgency
    return m.educationOrganization_localEducationAgency


@once
def seora_counted(m, run):
    # if any e in m.enrollments has (e.activeOn($countDate)) then all e in m.enrollments where
    # (e.activeOn($countDate)) else all e in m.enrollments where (e is latest x in m.enrollments by
    # entryDate)
    enrollments_1_ = seora_enrollments(m, run)
    return choose_list(
        any_of(enrollments_1_, lambda e: ssa_active_on(e, run.parameters["countDate"], run)),
        lambda: where(enrollments_1_, lambda e: ssa_active_on(e, run.parameters["countDate"], run)),
        lambda: where(
            enrollments_1_,
            lambda e: equal(
                e,
                last(enrollments_1_, lambda it_0_: (it_0_.entryDate,), "studentSchoolAssociation"),
            ),
        ),
    )


@once
def seora_dates(m, run):
    # period from m.beginDate to m.endDate
    return period(m.beginDate, m.endDate, True)


def seora_enrolled_on(m, day, run):
    # any e in m.enrollments has (e.activeOn(day))
    return any_of(seora_enrollments(m, run), lambda e: ssa_active_on(e, day, run))


@once
def seora_enrollments(m, run):
    # all e in m.student.enrollments where (e.corporation is m.corporation)
    return where(
        student_enrollments(m.student, run),
        lambda e: equal(ssa_corporation(e, run), seora_corporation(m, run)),
    )


def seora_in_year(record, run):
    # of the school year of the run
    return overlap(seora_subject_dates(record, run), period(run.day(7, 1), run.day(6, 30), False))


@once
def seora_is_funding(m, run):
    # m.responsibilityDescriptor is 'Funding'
    return equal(m.responsibilityDescriptor, "Funding")


@once
def seora_legal_settlement(m, run):
    # lookup(localEducationAgency, (the r in m._ext.idoe.additionalEdOrgResponsibilities where
    # (r.schoolCorpResponsibilityDescriptor is 'Legal Settlement')).schoolCorpId)
    return run.find(
        "localEducationAgency",
        only(
            where(
                m.items("_ext", "idoe", "additionalEdOrgResponsibilities"),
                lambda r: equal(r.schoolCorpResponsibilityDescriptor, "Legal Settlement"),
            ),
            "studentEducationOrganizationResponsibilityAssociation._ext.idoe.additionalEdOrgResponsibilities",
        ).schoolCorpId,
    )


@once
def seora_minutes_share(m, run):
    # m._ext.idoe.instructionalDays * m._ext.idoe.instructionalMinutes / $fullDayMinutes
    return divide(
        multiply(m.ext_idoe_instructionalDays, m.ext_idoe_instructionalMinutes),
        run.parameters["fullDayMinutes"],
    )


def seora_subject_corporation(m, run):
    # m.educationOrganizationReference.educationOrganizationId
    return m.educationOrganizationReference_educationOrganizationId


@once
def seora_subject_dates(m, run):
    # m.dates
    return seora_dates(m, run)


@once
def seora_subject_school(m, run):
    # (latest e in m.counted by entryDate).schoolReference.schoolId
    return last(seora_counted(m, run), lambda it_0_: (it_0_.entryDate,), "studentSchoolAssociation").schoolReference_schoolId


def seora_subject_student(m, run):
    # m.studentReference.studentUniqueId
    return m.studentReference_studentUniqueId


def spa_active_on(p, day, run):
    # p.dates contains day
    return covers(spa_dates(p, run), day)


@once
def spa_corporation(p, run):
    # p.educationOrganization.school.localEducationAgency otherwise
    # p.educationOrganization.localEducationAgency
    return first_given(
        p.educationOrganization_school.localEducationAgency,
        p.educationOrganization_localEducationAgency,
    )


@once
def spa_dates(p, run):
    # period from p.beginDate to p.endDate
    return period(p.beginDate, p.endDate, True)


@once
def spa_enrollments(p, run):
    # all e in p.student.enrollments where (e.corporation is p.corporation)
    return where(
        student_enrollments(p.student, run),
        lambda e: equal(ssa_corporation(e, run), spa_corporation(p, run)),
    )


def spa_in_year(record, run):
    # of the school year of the run
    return overlap(spa_subject_dates(record, run), period(run.day(7, 1), run.day(6, 30), False))


@once
def spa_subject_corporation(p, run):
    # p.corporation.localEducationAgencyId
    return spa_corporation(p, run).localEducationAgencyId


@once
def spa_subject_dates(p, run):
    # p.dates
    return spa_dates(p, run)


@once
def spa_subject_school(p, run):
    # (latest e in p.enrollments by entryDate).schoolReference.schoolId
    return last(spa_enrollments(p, run), lambda it_0_: (it_0_.entryDate,), "studentSchoolAssociation").schoolReference_schoolId


def spa_subject_student(p, run):
    # p.studentReference.studentUniqueId
    return p.studentReference_studentUniqueId


def ssa_active_on(e, day, run):
    # e.dates contains day
    return covers(ssa_dates(e, run), day)


def ssa_corporation(e, run):
    # e.school.localEducationAgency
    return e.school.localEducationAgency


def ssa_counts_on(e, day, run):
    # e.activeOn(day) and e.entryDate is on or after e.school.firstDay
    return and_(ssa_active_on(e, day, run), lambda: at_least(e.entryDate, school_first_day(e.school, run)))


@once
def ssa_dates(e, run):
    # period from e.entryDate to e.exitWithdrawDate
    return period(e.entryDate, e.exitWithdrawDate, True)


def ssa_grade(e, run):
    # e.entryGradeLevelDescriptor
    return e.entryGradeLevelDescriptor


def ssa_in_year(record, run):
    # of the school year of the run
    subjectSchoolYear_1_ = ssa_subject_school_year(record, run)
    return (
        subjectSchoolYear_1_ == run.school_year
        if given(subjectSchoolYear_1_)
        else overlap(ssa_subject_dates(record, run), period(run.day(7, 1), run.day(6, 30), False))
    )


@once
def ssa_is_primary(e, run):
    # e.primarySchool otherwise true
    return first_given(e.primarySchool, True)


def ssa_subject_corporation(e, run):
    # e.school.localEducationAgencyReference.localEducationAgencyId
    return e.school.localEducationAgencyReference_localEducationAgencyId


@once
def ssa_subject_dates(e, run):
    # e.dates
    return ssa_dates(e, run)


def ssa_subject_school(e, run):
    # e.schoolReference.schoolId
    return e.schoolReference_schoolId


def ssa_subject_school_year(e, run):
    # e.schoolYearTypeReference.schoolYear
    return e.schoolYearTypeReference_schoolYear


def ssa_subject_student(e, run):
    # e.studentReference.studentUniqueId
    return e.studentReference_studentUniqueId


def ssepa_active_on(q, day, run):
    # q.dates contains day
    return covers(ssepa_dates(q, run), day)


@once
def ssepa_corporation(q, run):
    # q.educationOrganization.school.localEducationAgency otherwise
    # q.educationOrganization.localEducationAgency
    return first_given(
        q.educationOrganization_school.localEducationAgency,
        q.educationOrganization_localEducationAgency,
    )


@once
def ssepa_dates(q, run):
    # period from q.beginDate to q.endDate
    return period(q.beginDate, q.endDate, True)


@once
def ssepa_enrollments(q, run):
    # all e in q.student.enrollments where (e.corporation is q.corporation)
    return where(
        student_enrollments(q.student, run),
        lambda e: equal(ssa_corporation(e, run), ssepa_corporation(q, run)),
    )


@once
def ssepa_enrollments_on_count_date(q, run):
    # all e in q.student.enrollmentsOn($countDate) where (e.corporation is q.corporation)
    return where(
        student_enrollments_on(q.student, run.parameters["countDate"], run),
        lambda e: equal(ssa_corporation(e, run), ssepa_corporation(q, run)),
    )


def ssepa_in_year(record, run):
    # of the school year of the run
    return overlap(ssepa_subject_dates(record, run), period(run.day(7, 1), run.day(6, 30), False))


@once
def ssepa_placement(q, run):
    # lookup(PlacementCodes, q.programReference.programName).code otherwise 'unknown'
    return first_given(run.row("PlacementCodes", q.programReference_programName).cell("code"), "unknown")


@once
def ssepa_records_on_count_date(q, run):
    # all p in q.student.placements where (p.corporation is q.corporation and
    # p.activeOn($countDate))
    return where(
        student_placements(q.student, run),
        lambda p: and_(
            equal(ssepa_corporation(p, run), ssepa_corporation(q, run)),
            lambda: ssepa_active_on(p, run.parameters["countDate"], run),
        ),
    )


@once
def ssepa_setting_is_allowed(q, run):
    # lookup(AllowedSettings, q.placement).settings contains (q.specialEducationSettingDescriptor
    # otherwise 'blank')
    return has(
        run.row("AllowedSettings", ssepa_placement(q, run)).cells("settings"),
        first_given(q.specialEducationSettingDescriptor, "blank"),
    )


@once
def ssepa_subject_corporation(q, run):
    # q.corporation.localEducationAgencyId
    return ssepa_corporation(q, run).localEducationAgencyId


@once
def ssepa_subject_dates(q, run):
    # q.dates
    return ssepa_dates(q, run)


@once
def ssepa_subject_school(q, run):
    # (latest e in q.enrollments by entryDate).schoolReference.schoolId
    return last(ssepa_enrollments(q, run), lambda it_0_: (it_0_.entryDate,), "studentSchoolAssociation").schoolReference_schoolId


def ssepa_subject_student(q, run):
    # q.studentReference.studentUniqueId
    return q.studentReference_studentUniqueId


PROPERTIES = {
    "calendar": {
        "schoolYearType": ("record", ("schoolYearType", "schoolYearTypeReference_schoolYear")),
        "schoolYearTypeReference_schoolYear": ("whole", ("schoolYearTypeReference", "schoolYear")),
    },
    "calendarDate": {"date": ("date", ("date",))},
    "choiceApprovals": {"approved": ("flag", ("approved",))},
    "cohorts": {"cohortYear": ("whole", ("cohortYear",))},
    "localEducationAgency": {
        "localEducationAgencyCategoryDescriptor": ("code", ("localEducationAgencyCategoryDescriptor",)),
        "localEducationAgencyId": ("whole", ("localEducationAgencyId",)),
    },
    "school": {
        "ext_idoe_choiceIndicator": ("flag", ("_ext", "idoe", "choiceIndicator")),
        "localEducationAgency": ("record", ("localEducationAgency", "localEducationAgencyReference_localEducationAgencyId")),
        "localEducationAgencyReference_localEducationAgencyId": ("whole", ("localEducationAgencyReference", "localEducationAgencyId")),
        "schoolId": ("whole", ("schoolId",)),
        "schoolTypeDescriptor": ("code", ("schoolTypeDescriptor",)),
    },
    "schoolYearType": {"schoolYear": ("whole", ("schoolYear",))},
    "student": {"studentUniqueId": ("text", ("studentUniqueId",))},
    "studentAcademicRecord": {
        "educationOrganizationReference_educationOrganizationId": ("whole", ("educationOrganizationReference", "educationOrganizationId")),
        "educationOrganization_localEducationAgency": (
            "record",
            ("localEducationAgency", "educationOrganizationReference_educationOrganizationId"),
        ),
        "educationOrganization_school": ("record", ("school", "educationOrganizationReference_educationOrganizationId")),
        "schoolYearTypeReference_schoolYear": ("whole", ("schoolYearTypeReference", "schoolYear")),
        "student": ("record", ("student", "studentReference_studentUniqueId")),
        "studentReference_studentUniqueId": ("text", ("studentReference", "studentUniqueId")),
    },
    "studentAcademicRecord.recognitions": {
        "achievementCategoryDescriptor": ("code", ("achievementCategoryDescriptor",)),
        "achievementCategorySystem": ("text", ("achievementCategorySystem",)),
        "recognitionTypeDescriptor": ("code", ("recognitionTypeDescriptor",)),
    },
    "studentEducationOrganizationResponsibilityAssociation": {
        "beginDate": ("date", ("beginDate",)),
        "educationOrganizationReference_educationOrganizationId": ("whole", ("educationOrganizationReference", "educationOrganizationId")),
        "educationOrganization_localEducationAgency": (
            "record",
            ("localEducationAgency", "educationOrganizationReference_educationOrganizationId"),
        ),
        "endDate": ("date", ("endDate",)),
        "ext_idoe_admCodeDescriptor": ("code", ("_ext", "idoe", "admCodeDescriptor")),
        "ext_idoe_instructionalDays": ("whole", ("_ext", "idoe", "instructionalDays")),
        "ext_idoe_instructionalMinutes": ("whole", ("_ext", "idoe", "instructionalMinutes")),
        "responsibilityDescriptor": ("code", ("responsibilityDescriptor",)),
        "student": ("record", ("student", "studentReference_studentUniqueId")),
        "studentReference_studentUniqueId": ("text", ("studentReference", "studentUniqueId")),
    },
    "studentEducationOrganizationResponsibilityAssociation._ext.idoe.additionalEdOrgResponsibilities": {
        "schoolCorpId": ("whole", ("schoolCorpId",)),
        "schoolCorpResponsibilityDescriptor": ("code", ("schoolCorpResponsibilityDescriptor",)),
    },
    "studentProgramAssociation": {
        "beginDate": ("date", ("beginDate",)),
        "educationOrganizationReference_educationOrganizationId": ("whole", ("educationOrganizationReference", "educationOrganizationId")),
        "educationOrganization_localEducationAgency": (
            "record",
            ("localEducationAgency", "educationOrganizationReference_educationOrganizationId"),
        ),
        "educationOrganization_school": ("record", ("school", "educationOrganizationReference_educationOrganizationId")),
        "endDate": ("date", ("endDate",)),
        "programReference_programName": ("text", ("programReference", "programName")),
        "student": ("record", ("student", "studentReference_studentUniqueId")),
        "studentReference_studentUniqueId": ("text", ("studentReference", "studentUniqueId")),
    },
    "studentSchoolAssociation": {
        "entryDate": ("date", ("entryDate",)),
        "entryGradeLevelDescriptor": ("code", ("entryGradeLevelDescriptor",)),
        "exitWithdrawDate": ("date", ("exitWithdrawDate",)),
        "primarySchool": ("flag", ("primarySchool",)),
        "school": ("record", ("school", "schoolReference_schoolId")),
        "schoolReference_schoolId": ("whole", ("schoolReference", "schoolId")),
        "schoolYearType": ("record", ("schoolYearType", "schoolYearTypeReference_schoolYear")),
        "schoolYearTypeReference_schoolYear": ("whole", ("schoolYearTypeReference", "schoolYear")),
        "studentReference_studentUniqueId": ("text", ("studentReference", "studentUniqueId")),
    },
    "studentSchoolAttendanceEvent": {
        "attendanceEventCategoryDescriptor": ("code", ("attendanceEventCategoryDescriptor",)),
        "eventDate": ("date", ("eventDate",)),
    },
    "studentSpecialEducationProgramAssociation": {
        "beginDate": ("date", ("beginDate",)),
        "educationOrganizationReference_educationOrganizationId": ("whole", ("educationOrganizationReference", "educationOrganizationId")),
        "educationOrganization_localEducationAgency": (
            "record",
            ("localEducationAgency", "educationOrganizationReference_educationOrganizationId"),
        ),
        "educationOrganization_school": ("record", ("school", "educationOrganizationReference_educationOrganizationId")),
        "endDate": ("date", ("endDate",)),
        "programReference_programName": ("text", ("programReference", "programName")),
        "specialEducationSettingDescriptor": ("code", ("specialEducationSettingDescriptor",)),
        "student": ("record", ("student", "studentReference_studentUniqueId")),
        "studentReference_studentUniqueId": ("text", ("studentReference", "studentUniqueId")),
    },
    "tests": {
        "eca": ("flag", ("eca",)),
        "gqeEla": ("flag", ("gqeEla",)),
        "gqeMath": ("flag", ("gqeMath",)),
        "istep10": ("flag", ("istep10",)),
    },
}
