"""Definitions that the extracts use. Initials stand for resources:

- ada: attDayAggregation
"""

from ..runtime import (
    Missing,
    add_decimals,
    and_,
    any_of,
    at_least,
    at_most,
    choose,
    count,
    covers,
    divide,
    equal,
    every,
    first_given,
    first_made,
    given,
    highest,
    highest_monthly_decimal,
    last,
    length,
    multiply_decimals,
    not_,
    once,
    once_for,
    or_,
    overlap,
    period,
    rounded,
    total_of_decimals,
    where,
)


@once
def ada_adds_up(a, run):
    # a.attended + a.excused + a.unexcused is (a.scheduledMinutes otherwise 0)
    return equal(
        add_decimals(add_decimals(ada_attended(a, run), ada_excused(a, run)), ada_unexcused(a, run)),
        first_given(a.scheduledMinutes, 0),
    )


@once
def ada_attended(a, run):
    # (a.presentMinutes otherwise 0) + (a.exemptMinutes otherwise 0)
    return add_decimals(first_given(a.presentMinutes, 0), first_given(a.exemptMinutes, 0))


@once
def ada_excused(a, run):
    # a.excusedMinutes otherwise 0
    return first_given(a.excusedMinutes, 0)


def ada_share(a, minutes, inHalves, run):
    # if inHalves then round(minutes / a.scheduledMinutes * 2, 0) / 2 else minutes /
    # a.scheduledMinutes
    return choose(
        inHalves,
        lambda: divide(rounded(multiply_decimals(divide(minutes, a.scheduledMinutes), 2), 0), 2),
        lambda: divide(minutes, a.scheduledMinutes),
    )


@once
def ada_unexcused(a, run):
    # (a.unexcusedMinutes otherwise 0) + (a.unknownMinutes otherwise 0) + (a.noExcuseMinutes
    # otherwise 0)
    return add_decimals(
        add_decimals(first_given(a.unexcusedMinutes, 0), first_given(a.unknownMinutes, 0)),
        first_given(a.noExcuseMinutes, 0),
    )


@once
def behavior_resolution_is_expelling(b, run):
    # b.isExpulsion is true or lookup(ExpulsionResolutions, b.stateResolutionCode).meaning is
    # present
    return (
        given(run.row("ExpulsionResolutions", b.stateResolutionCode).cell("meaning"))
        or equal(first_given(b.isExpulsion, False) if b.present else b.isExpulsion, True)
    )


@once
def enrollment_chain_days(e, run):
    # all d in e.calendar.calendarDays where (d.structureID is e.structureID and d.instruction is
    # true and d.date is between e.continuousFrom and e.scheduleStructure.lastTermEnd)
    return where(
        run.referring("calendarDay", e.calendarID_calendar, ("calendarID",)),
        lambda d: and_(
            equal(d.structureID, e.structureID),
            lambda: equal(first_given(d.instruction, False) if d.present else d.instruction, True),
            lambda: and_(
                at_least(d.date, enrollment_continuous_from(e, run)),
                lambda: at_most(
                    d.date,
                    schedule_structure_last_term_end(e.structureID_scheduleStructure, run),
                ),
            ),
        ),
    )


@once
def enrollment_continuity_in_district(e, run):
    # e.continuousDistrictOverride otherwise if e.continuityInSchool is '1' then '1' else if
    # e.isContinuous(false) then '1' else '0'
    return first_made(
        e.continuousDistrictOverride,
        lambda: choose(
            equal(enrollment_continuity_in_school(e, run), "1"),
            lambda: "1",
            lambda: choose(enrollment_is_continuous(e, False, run), lambda: "1", lambda: "0"),
        ),
    )


@once
def enrollment_continuity_in_school(e, run):
    # e.continuousSchoolOverride otherwise if e.isContinuous(true) then '1' else '0'
    return first_made(
        e.continuousSchoolOverride,
        lambda: choose(enrollment_is_continuous(e, True, run), lambda: "1", lambda: "0"),
    )


@once_for("calendarID_calendar")
def enrollment_continuous_from(e, run):
    # lookup(ContinuityDates, e.calendar.endYear).first
    return run.row("ContinuityDates", e.calendarID_calendar.endYear).cell("first")


def enrollment_days(e, first_, last_, whileEnrolled, run):
    # all a in e.person.attDayAggregations where (a.calendarID is e.calendarID and period from
    # first to last contains a.date and (not whileEnrolled or period from e.startDate to e.endDate
    # contains a.date) and (a.scheduledMinutes otherwise 0) is more than 0 and lookup(calendarDay,
    # e.calendarID, e.structureID, a.date).instruction is true)
    return where(
        run.referring("attDayAggregation", e.personID_person, ("personID",)),
        lambda a: (
            first_given(a.scheduledMinutes, 0) > 0
            and and_(
                equal(a.calendarID, e.calendarID),
                lambda: covers(period(first_, last_, False), a.date),
                lambda: or_(
                    not_(whileEnrolled),
                    lambda: covers(period(e.startDate, e.endDate, True), a.date),
                ),
                lambda: equal(
                    (
                        first_given(
                            run.find("calendarDay", e.calendarID, e.structureID, a.date).instruction,
                            False,
                        )
                        if run.find("calendarDay", e.calendarID, e.structureID, a.date).present
                        else run.find("calendarDay", e.calendarID, e.structureID, a.date).instruction
                    ),
                    True,
                ),
            )
        ),
    )


@once
def enrollment_funding_status(e, run):
    # e.stateFundingCode otherwise '80'
    return first_given(e.stateFundingCode, "80")


def enrollment_is_continuous(e, inSchool, run):
    # any p in e.primaries(inSchool) has (period from p.startDate to p.endDate contains
    # e.continuousFrom) and number of d in e.chainDays is at least 1 and every d in e.chainDays has
    # (any p in e.primaries(inSchool) has (period from p.startDate to p.endDate contains d.date))
    primaries_1_ = enrollment_primaries(e, inSchool, run)
    return and_(
        any_of(
            primaries_1_,
            lambda p: covers(period(p.startDate, p.endDate, True), enrollment_continuous_from(e, run)),
        ),
        lambda: at_least(count(enrollment_chain_days(e, run)), 1),
        lambda: every(
            enrollment_chain_days(e, run),
            lambda d: any_of(primaries_1_, lambda p: covers(period(p.startDate, p.endDate, True), d.date)),
        ),
    )


def enrollment_primaries(e, ofSchool, run):
    # all p in e.person.enrollments where ((p.serviceType is 'P' otherwise false) and p.noShow is
    # false and p.calendar.school.districtID is e.calendar.school.districtID and (not ofSchool or
    # p.calendar.schoolID is e.calendar.schoolID))
    return where(
        run.referring("enrollment", e.personID_person, ("personID",)),
        lambda p: (
            first_given(equal(p.serviceType, "P"), False)
            and and_(
                equal(first_given(p.noShow, False) if p.present else p.noShow, False),
                lambda: equal(
                    p.calendarID_calendar.schoolID_school.districtID,
                    e.calendarID_calendar.schoolID_school.districtID,
                ),
                lambda: or_(
                    not_(ofSchool),
                    lambda: equal(p.calendarID_calendar.schoolID, e.calendarID_calendar.schoolID),
                ),
            )
        ),
    )


def enrollment_residence(e, characters, run):
    # if length(e.residentDistrict) is characters then e.residentDistrict else nothing
    return choose(
        equal(length(e.residentDistrict), characters),
        lambda: e.residentDistrict,
        lambda: Missing(["nothing"]),
    )


def enrollment_subject_student(e, run):
    # e.person.stateID
    return e.personID_person.stateID


@once
def enrollment_suspensions(e, run):
    # all b in e.person.behaviorResolutions where (b.stateResolutionCode is present and
    # b.stateResolutionCode is '12' and b.calendarID is present and b.calendarID is e.calendarID)
    return where(
        run.referring("behaviorResolution", e.personID_person, ("personID",)),
        lambda b: b.stateResolutionCode == "12" and given(b.calendarID) and equal(b.calendarID, e.calendarID),
    )


def enrollment_takes(e, instruction, run):
    # any r in e.person.rosters has (r.section.calendarID is e.calendarID and
    # (r.section.alternativeInstruction is instruction otherwise false))
    return any_of(
        run.referring("roster", e.personID_person, ("personID",)),
        lambda r: (
            first_given(
                equal(section_alternative_instruction(r.sectionID_section, run), instruction),
                False,
            )
            and equal(r.sectionID_section.calendarID, e.calendarID)
        ),
    )


def enrollment_truant_in_month(e, first_, last_, whileEnrolled, inHalves, run):
    # round(highest monthly sum of a.share(a.unexcused, inHalves) for a in e.days(first, last,
    # whileEnrolled) by a.date, 6) is at least 4 otherwise false
    return first_given(
        at_least(
            rounded(
                highest_monthly_decimal(
                    enrollment_days(e, first_, last_, whileEnrolled, run),
                    lambda a: ada_share(a, ada_unexcused(a, run), inHalves, run),
                    lambda a: a.date,
                    "attDayAggregation",
                ),
                6,
            ),
            4,
        ),
        False,
    )


def enrollment_truant_in_year(e, first_, last_, whileEnrolled, inHalves, run):
    # round(sum of a.share(a.unexcused, inHalves) for a in e.days(first, last, whileEnrolled), 6)
    # is at least 10
    return at_least(
        rounded(
            total_of_decimals(
                enrollment_days(e, first_, last_, whileEnrolled, run),
                lambda a: ada_share(a, ada_unexcused(a, run), inHalves, run),
            ),
            6,
        ),
        10,
    )


def identity_reported_first_name(i, legal, orName, run):
    # if legal then (i.legalFirstName otherwise if orName then i.firstName else nothing) else
    # i.firstName
    return choose(
        legal,
        lambda: first_given(
            i.legalFirstName,
            choose(orName, lambda: i.firstName, lambda: Missing(["nothing"])),
        ),
        lambda: i.firstName,
    )


def identity_reported_gender(i, legal, orGender, run):
    # if legal then (i.legalGender otherwise if orGender then i.gender else nothing) else i.gender
    return choose(
        legal,
        lambda: first_given(i.legalGender, choose(orGender, lambda: i.gender, lambda: Missing(["nothing"]))),
        lambda: i.gender,
    )


def identity_reported_last_name(i, legal, orName, run):
    # if legal then (i.legalLastName otherwise if orName then i.lastName else nothing) else
    # i.lastName
    return choose(
        legal,
        lambda: first_given(
            i.legalLastName,
            choose(orName, lambda: i.lastName, lambda: Missing(["nothing"])),
        ),
        lambda: i.lastName,
    )


def person_gifted_plan_on(p, day, run):
    # latest x in p.plans by startDate then by planID where ((x.type is 'PLP' otherwise false) and
    # period from x.startDate to x.endDate contains day)
    return last(
        where(
            run.referring("plan", p, ("personID",)),
            lambda x: (
                first_given(equal(x.type, "PLP"), False)
                and covers(period(x.startDate, x.endDate, True), day)
            ),
        ),
        lambda it_0_: (it_0_.startDate, it_0_.planID),
        "plan",
    )


def person_identity_on(p, day, run):
    # latest i in p.identities by effectiveDate then by identityID where (i.effectiveDate is
    # present and i.effectiveDate is on or before day) otherwise latest i in p.identities by
    # identityID where (i.effectiveDate is missing)
    return first_made(
        last(
            where(
                run.referring("identity", p, ("personID",)),
                lambda i: given(i.effectiveDate) and at_most(i.effectiveDate, day),
            ),
            lambda it_0_: (it_0_.effectiveDate, it_0_.identityID),
            "identity",
        ),
        lambda: last(
            where(run.referring("identity", p, ("personID",)), lambda i: not given(i.effectiveDate)),
            lambda it_0_: (it_0_.identityID,),
            "identity",
        ),
    )


def person_learning_opportunity_on(p, first_, last_, run):
    # latest x in p.extendedLearningOpportunities by startDate then by eloID where (period from
    # x.startDate to x.endDate overlaps period from first to last)
    return last(
        where(
            run.referring("extendedLearningOpportunity", p, ("personID",)),
            lambda x: overlap(period(x.startDate, x.endDate, True), period(first_, last_, False)),
        ),
        lambda it_0_: (it_0_.startDate, it_0_.eloID),
        "extendedLearningOpportunity",
    )


@once
def schedule_structure_last_term_end(s, run):
    # latest of t.endDate for t in s.calendar.terms where (t.structureID is s.structureID)
    # otherwise s.calendar.endDate
    return first_given(
        highest(
            where(
                run.referring("term", s.calendarID_calendar, ("calendarID",)),
                lambda t: equal(t.structureID, s.structureID),
            ),
            lambda t: t.endDate,
            "term",
        ),
        s.calendarID_calendar.endDate,
    )


@once
def section_alternative_instruction(s, run):
    # s.altInstructionOverride otherwise s.course.altInstruction
    return first_given(s.altInstructionOverride, s.courseID_course.altInstruction)


PROPERTIES = {
    "attDayAggregation": {
        "calendarID": ("whole", ("calendarID",)),
        "date": ("date", ("date",)),
        "excusedMinutes": ("decimal", ("excusedMinutes",)),
        "exemptMinutes": ("decimal", ("exemptMinutes",)),
        "noExcuseMinutes": ("decimal", ("noExcuseMinutes",)),
        "presentMinutes": ("decimal", ("presentMinutes",)),
        "scheduledMinutes": ("decimal", ("scheduledMinutes",)),
        "unexcusedMinutes": ("decimal", ("unexcusedMinutes",)),
        "unknownMinutes": ("decimal", ("unknownMinutes",)),
    },
    "behaviorResolution": {
        "calendarID": ("whole", ("calendarID",)),
        "isExpulsion": ("flag", ("isExpulsion",)),
        "stateResolutionCode": ("text", ("stateResolutionCode",)),
    },
    "calendar": {
        "endDate": ("date", ("endDate",)),
        "endYear": ("whole", ("endYear",)),
        "schoolID": ("whole", ("schoolID",)),
        "schoolID_school": ("record", ("school", "schoolID")),
    },
    "calendarDay": {
        "date": ("date", ("date",)),
        "instruction": ("flag", ("instruction",)),
        "structureID": ("whole", ("structureID",)),
    },
    "course": {"altInstruction": ("text", ("altInstruction",))},
    "enrollment": {
        "calendarID": ("whole", ("calendarID",)),
        "calendarID_calendar": ("record", ("calendar", "calendarID")),
        "continuousDistrictOverride": ("text", ("continuousDistrictOverride",)),
        "continuousSchoolOverride": ("text", ("continuousSchoolOverride",)),
        "endDate": ("date", ("endDate",)),
        "noShow": ("flag", ("noShow",)),
        "personID": ("whole", ("personID",)),
        "personID_person": ("record", ("person", "personID")),
        "residentDistrict": ("text", ("residentDistrict",)),
        "serviceType": ("text", ("serviceType",)),
        "startDate": ("date", ("startDate",)),
        "stateFundingCode": ("text", ("stateFundingCode",)),
        "structureID": ("whole", ("structureID",)),
        "structureID_scheduleStructure": ("record", ("scheduleStructure", "structureID")),
    },
    "extendedLearningOpportunity": {
        "eloID": ("whole", ("eloID",)),
        "endDate": ("date", ("endDate",)),
        "startDate": ("date", ("startDate",)),
    },
    "identity": {
        "effectiveDate": ("date", ("effectiveDate",)),
        "firstName": ("text", ("firstName",)),
        "gender": ("text", ("gender",)),
        "identityID": ("whole", ("identityID",)),
        "lastName": ("text", ("lastName",)),
        "legalFirstName": ("text", ("legalFirstName",)),
        "legalGender": ("text", ("legalGender",)),
        "legalLastName": ("text", ("legalLastName",)),
    },
    "person": {"stateID": ("text", ("stateID",))},
    "plan": {
        "endDate": ("date", ("endDate",)),
        "planID": ("whole", ("planID",)),
        "startDate": ("date", ("startDate",)),
        "type": ("text", ("type",)),
    },
    "roster": {
        "sectionID": ("whole", ("sectionID",)),
        "sectionID_section": ("record", ("section", "sectionID")),
    },
    "scheduleStructure": {
        "calendarID": ("whole", ("calendarID",)),
        "calendarID_calendar": ("record", ("calendar", "calendarID")),
        "structureID": ("whole", ("structureID",)),
    },
    "school": {"districtID": ("whole", ("districtID",))},
    "section": {
        "altInstructionOverride": ("text", ("altInstructionOverride",)),
        "calendarID": ("whole", ("calendarID",)),
        "courseID": ("whole", ("courseID",)),
        "courseID_course": ("record", ("course", "courseID")),
    },
    "term": {"endDate": ("date", ("endDate",)), "structureID": ("whole", ("structureID",))},
}
