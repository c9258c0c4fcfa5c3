"""The resources that the rules read, and the parameters of the collections."""

from datetime import date
from decimal import Decimal

from ..runtime import Resource, State
from . import definitions, tables

MODEL = {
    "adultLearnerSchools": Resource("adultLearnerSchools", ((("schoolId",), "whole"),)),
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
    "choiceApprovals": Resource("choiceApprovals", ((("studentUniqueId",), "text"), (("schoolYear",), "whole"))),
    "cohorts": Resource("cohorts", ((("studentUniqueId",), "text"),)),
    "internationalBaccalaureateSchools": Resource(
        "internationalBaccalaureateSchools",
        ((("schoolId",), "whole"), (("schoolYear",), "whole")),
    ),
    "inters": Resource("inters", ((("studentUniqueId",), "text"),)),
    "localEducationAgency": Resource("localEducationAgencies", ((("localEducationAgencyId",), "whole"),)),
    "localPathways": Resource("localPathways", ((("localPathway",), "text"),)),
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
    ("graduation", "October", 2024): {"istepCohort": 2019, "pathwaysCohort": 2023},
    ("graduation", "October", 2025): {"istepCohort": 2019, "pathwaysCohort": 2023},
    ("graduation", "October", 2026): {"istepCohort": 2019, "pathwaysCohort": 2023},
    ("homebound", "year", 2024): {"requiredDays": 20},
    ("homebound", "year", 2025): {"requiredDays": 20},
    ("homebound", "year", 2026): {"requiredDays": 20},
    ("membership", "fall", 2024): {
        "countDate": date(2023, 10, 2),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2023, 8, 7),
    },
    ("membership", "fall", 2025): {
        "countDate": date(2024, 10, 1),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2024, 7, 1),
    },
    ("membership", "fall", 2026): {
        "countDate": date(2025, 10, 1),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2025, 7, 1),
    },
    ("membership", "spring", 2024): {
        "countDate": date(2024, 2, 1),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2023, 10, 3),
    },
    ("membership", "spring", 2025): {
        "countDate": date(2025, 2, 3),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2024, 10, 2),
    },
    ("membership", "spring", 2026): {
        "countDate": date(2026, 2, 2),
        "fullDayMinutes": 64800,
        "virtualThreshold": Decimal("0.5"),
        "windowFrom": date(2025, 10, 2),
    },
    ("pupil-enrollment", "fall", 2024): {"censusDate": date(2023, 10, 2)},
    ("pupil-enrollment", "fall", 2025): {"censusDate": date(2024, 10, 1)},
    ("pupil-enrollment", "fall", 2026): {"censusDate": date(2025, 10, 1)},
    ("special-education", "December", 2024): {"countDate": date(2023, 12, 1)},
    ("special-education", "December", 2025): {"countDate": date(2024, 12, 1)},
    ("special-education", "December", 2026): {"countDate": date(2025, 12, 1)},
    ("special-education", "April", 2024): {"countDate": date(2024, 4, 1)},
    ("special-education", "April", 2025): {"countDate": date(2025, 4, 1)},
    ("special-education", "April", 2026): {"countDate": date(2026, 4, 1)},
}

DEFAULT_CYCLES = {
    "graduation": "October",
    "homebound": "year",
    "membership": "fall",
    "pupil-enrollment": "fall",
    "special-education": "December",
}

STATE = State(MODEL, PARAMETERS, DEFAULT_CYCLES, tables.in_year, definitions.PROPERTIES)
