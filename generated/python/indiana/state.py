"""The resources that the rules read, and the parameters of the collections."""

from datetime import date
from decimal import Decimal

from ..runtime import Resource, State
from . import tables

MODEL = {
    "calendar": Resource(
        "calendars",
        (
            (("calendarCode",), "text"),
            (("schoolReference", "schoolId"), "whole"),
            (("schoolYearTypeReference", "schoolYear"), "whole"),
        ),
    ),
    "calendarDate": Resource(
        "calendarDates",
        (
            (("calendarReference", "calendarCode"), "text"),
            (("calendarReference", "schoolId"), "whole"),
            (("calendarReference", "schoolYear"), "whole"),
            (("date",), "date"),
        ),
    ),
    "cohorts": Resource("cohorts", ((("studentUniqueId",), "text"),)),
    "localEducationAgency": Resource("localEducationAgencies", ((("localEducationAgencyId",), "whole"),)),
    "school": Resource("schools", ((("schoolId",), "whole"),)),
    "schoolYearType": Resource("schoolYearTypes", ((("schoolYear",), "whole"),)),
    "student": Resource("students", ((("studentUniqueId",), "text"),)),
    "studentAcademicRecord": Resource(
        "studentAcademicRecords",
        (
            (("educationOrganizationReference", "educationOrganizationId"), "whole"),
            (("schoolYearTypeReference", "schoolYear"), "whole"),
            (("studentReference", "studentUniqueId"), "text"),
            (("termDescriptor",), "text"),
        ),
    ),
    "studentEducationOrganizationAssociation": Resource(
        "studentEducationOrganizationAssociations",
        (
            (("educationOrganizationReference", "educationOrganizationId"), "whole"),
            (("studentReference", "studentUniqueId"), "text"),
        ),
    ),
    "studentEducationOrganizationResponsibilityAssociation": Resource(
        "studentEducationOrganizationResponsibilityAssociations",
        (
            (("beginDate",), "date"),
            (("educationOrganizationReference", "educationOrganizationId"), "whole"),
            (("responsibilityDescriptor",), "text"),
            (("studentReference", "studentUniqueId"), "text"),
        ),
    ),
    "studentProgramAssociation": Resource(
        "studentProgramAssociations",
        (
            (("beginDate",), "date"),
            (("educationOrganizationReference", "educationOrganizationId"), "whole"),
            (("programReference", "educationOrganizationId"), "whole"),
            (("programReference", "programName"), "text"),
            (("programReference", "programTypeDescriptor"), "text"),
            (("studentReference", "studentUniqueId"), "text"),
        ),
    ),
    "studentSchoolAssociation": Resource(
        "studentSchoolAssociations",
        (
            (("entryDate",), "date"),
            (("schoolReference", "schoolId"), "whole"),
            (("studentReference", "studentUniqueId"), "text"),
        ),
    ),
    "studentSchoolAttendanceEvent": Resource(
        "studentSchoolAttendanceEvents",
        (
            (("attendanceEventCategoryDescriptor",), "text"),
            (("eventDate",), "date"),
            (("schoolReference", "schoolId"), "whole"),
            (("sessionReference", "schoolId"), "whole"),
            (("sessionReference", "schoolYear"), "whole"),
            (("sessionReference", "sessionName"), "text"),
            (("studentReference", "studentUniqueId"), "text"),
        ),
    ),
    "studentSpecialEducationProgramAssociation": Resource(
        "studentSpecialEducationProgramAssociations",
        (
            (("beginDate",), "date"),
            (("educationOrganizationReference", "educationOrganizationId"), "whole"),
            (("programReference", "educationOrganizationId"), "whole"),
            (("programReference", "programName"), "text"),
            (("programReference", "programTypeDescriptor"), "text"),
            (("studentReference", "studentUniqueId"), "text"),
        ),
    ),
    "tests": Resource("tests", ((("studentUniqueId",), "text"),)),
}

PARAMETERS = {
    ("graduation", "October", 2024): {},
    ("homebound", "year", 2024): {"requiredDays": 20},
    ("membership", "fall", 2024): {
        "countDate": date(2023, 10, 2),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2023, 8, 7),
    },
    ("pupil-enrollment", "fall", 2024): {},
    ("special-education", "December", 2024): {},
}

DEFAULT_CYCLES = {
    "graduation": "October",
    "homebound": "year",
    "membership": "fall",
    "pupil-enrollment": "fall",
    "special-education": "December",
}

STATE = State(MODEL, PARAMETERS, DEFAULT_CYCLES, tables.in_year)
