"""Definitions that the publications use. Initials stand for resources:

- ses: specialEdState
"""

from ..runtime import (
    Missing,
    add_decimals,
    and_,
    choose,
    count,
    covers,
    divide,
    empty,
    equal,
    first_given,
    first_made,
    given,
    joined_texts,
    multiply_decimals,
    not_,
    number_in,
    once,
    once_for,
    one_of,
    only,
    period,
    rounded,
    total_of_decimals,
    where,
    whole_number,
    zero_filled,
)
from . import tables


@once
def district_state_district(d, run):
    # wholeNumber(d.entityID) otherwise wholeNumber(joined(zeroFilled(d.type, 2),
    # zeroFilled(d.number, 4), '000'))
    return first_made(
        whole_number(d.entityID),
        lambda: whole_number(joined_texts(zero_filled(d.type, 2), zero_filled(d.number, 4), "000")),
    )


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


def enrollment_days_in(e, frequency, run):
    # if frequency is 'Term' then 36 / e.scheduleStructure.terms * 5 else
    # lookup(ServiceFrequencies, frequency).days
    return choose(
        equal(frequency, "Term"),
        lambda: multiply_decimals(divide(36, e.structureID_scheduleStructure.terms), 5),
        lambda: run.row("ServiceFrequencies", frequency).cell("days"),
    )


def enrollment_days_of(e, service, endCounts, run):
    # number of d in e.scheduleStructure.calendarDays where (d.instruction is true and period from
    # service.startDate to service.endDate contains d.date and (endCounts or (d.date is not
    # service.endDate otherwise true)))
    return count(
        where(
            run.referring("calendarDay", e.structureID_scheduleStructure, ("structureID",)),
            lambda d: and_(
                equal(first_given(d.instruction, False) if d.present else d.instruction, True),
                lambda: covers(period(service.startDate, service.endDate, True), d.date),
                lambda: first_given(not_(equal(d.date, service.endDate)), True) or endCounts,
            ),
        ),
    )


def enrollment_hours_from_plan(e, iep, endCounts, run):
    # if iep.planServices is present then sum of e.hoursOf(s, endCounts) for s in iep.planServices
    # else nothing
    return choose(
        not_(empty(run.referring("planService", iep, ("planID",)))),
        lambda: total_of_decimals(
            run.referring("planService", iep, ("planID",)),
            lambda s: enrollment_hours_of(e, s, endCounts, run),
        ),
        lambda: Missing(["nothing"]),
    )


def enrollment_hours_of(e, service, endCounts, run):
    # ((service.directMinutes otherwise 0) + (service.indirectMinutes otherwise 0)) *
    # service.sessions / e.daysIn(service.frequency) * e.daysOf(service, endCounts) / 60
    return divide(
        multiply_decimals(
            divide(
                multiply_decimals(
                    add_decimals(
                        first_given(service.directMinutes, 0),
                        first_given(service.indirectMinutes, 0),
                    ),
                    service.sessions,
                ),
                enrollment_days_in(e, service.frequency, run),
            ),
            enrollment_days_of(e, service, endCounts, run),
        ),
        60,
    )


def enrollment_mapped(e, descriptor, column, value, run):
    # lookup(resourcePreference, e.configuration.configID,
    # 'studentSpecialEducationProgramAssociations', descriptor, column, value).edFiCode
    return run.find(
        "resourcePreference",
        enrollment_configuration(e, run).configID,
        "studentSpecialEducationProgramAssociations",
        descriptor,
        column,
        value,
    ).edFiCode


def enrollment_service_hours(e, fromPlan, run):
    # if e.specialEdService is one of codes ServicesWithHours then if e.specialServiceHours is
    # present then round(number(e.specialServiceHours), 1) else round(fromPlan, 1) else nothing
    return choose(
        one_of(e.specialEdService, tables.SERVICES_WITH_HOURS),
        lambda: (
            rounded(number_in(e.specialServiceHours), 1)
            if given(e.specialServiceHours)
            else rounded(fromPlan, 1)
        ),
        lambda: Missing(["nothing"]),
    )


def plan_subject_student(p, run):
    # p.person.edFiID
    return p.personID_person.edFiID


@once
def school_state_organization(s, run):
    # wholeNumber(s.entityID) otherwise wholeNumber(joined(zeroFilled(s.district.type, 2),
    # zeroFilled(s.district.number, 4), zeroFilled(s.number, 3), '000'))
    return first_made(
        whole_number(s.entityID),
        lambda: whole_number(
            joined_texts(
                zero_filled(s.districtID_district.type, 2),
                zero_filled(s.districtID_district.number, 4),
                zero_filled(s.number, 3),
                "000",
            ),
        ),
    )


def ses_subject_student(r, run):
    # r.person.edFiID
    return r.personID_person.edFiID


PROPERTIES = {
    "calendar": {
        "endYear": ("whole", ("endYear",)),
        "endYear_schoolYear": ("record", ("schoolYear", "endYear")),
    },
    "calendarDay": {"date": ("date", ("date",)), "instruction": ("flag", ("instruction",))},
    "district": {
        "entityID": ("text", ("entityID",)),
        "number": ("text", ("number",)),
        "type": ("text", ("type",)),
    },
    "edfiConfiguration": {"configID": ("whole", ("configID",)), "valid": ("flag", ("valid",))},
    "enrollment": {
        "calendarID": ("whole", ("calendarID",)),
        "calendarID_calendar": ("record", ("calendar", "calendarID")),
        "specialEdService": ("text", ("specialEdService",)),
        "specialServiceHours": ("text", ("specialServiceHours",)),
        "structureID": ("whole", ("structureID",)),
        "structureID_scheduleStructure": ("record", ("scheduleStructure", "structureID")),
    },
    "person": {"edFiID": ("text", ("edFiID",))},
    "plan": {"personID": ("whole", ("personID",)), "personID_person": ("record", ("person", "personID"))},
    "planService": {
        "directMinutes": ("decimal", ("directMinutes",)),
        "endDate": ("date", ("endDate",)),
        "frequency": ("text", ("frequency",)),
        "indirectMinutes": ("decimal", ("indirectMinutes",)),
        "sessions": ("decimal", ("sessions",)),
        "startDate": ("date", ("startDate",)),
    },
    "resourcePreference": {"edFiCode": ("text", ("edFiCode",))},
    "scheduleStructure": {"terms": ("whole", ("terms",))},
    "school": {
        "districtID": ("whole", ("districtID",)),
        "districtID_district": ("record", ("district", "districtID")),
        "entityID": ("text", ("entityID",)),
        "number": ("text", ("number",)),
    },
    "specialEdState": {"personID": ("whole", ("personID",)), "personID_person": ("record", ("person", "personID"))},
}
