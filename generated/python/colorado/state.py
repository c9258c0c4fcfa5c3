"""The resources that the extracts read, and the parameters of the collections."""

from ..runtime import Resource, State
from . import definitions, tables

MODEL = {
    "attDayAggregation": Resource(
        "attDayAggregations",
        ((("personID",), "whole"), (("calendarID",), "whole"), (("date",), "date")),
    ),
    "behaviorResolution": Resource("behaviorResolutions", ((("resolutionID",), "whole"),)),
    "calendar": Resource("calendars", ((("calendarID",), "whole"),)),
    "calendarDay": Resource(
        "calendarDays",
        ((("calendarID",), "whole"), (("structureID",), "whole"), (("date",), "date")),
    ),
    "course": Resource("courses", ((("courseID",), "whole"),)),
    "crossSiteEnrollment": Resource(
        "crossSiteEnrollments",
        ((("personID",), "whole"), (("schoolID",), "whole"), (("calendarID",), "whole")),
    ),
    "district": Resource("districts", ((("districtID",), "whole"),)),
    "enrollment": Resource("enrollments", ((("enrollmentID",), "whole"),)),
    "extendedLearningOpportunity": Resource("extendedLearningOpportunities", ((("eloID",), "whole"),)),
    "gradeLevel": Resource("gradeLevels", ((("gradeLevelID",), "whole"),)),
    "identity": Resource("identities", ((("identityID",), "whole"),)),
    "person": Resource("people", ((("personID",), "whole"),)),
    "plan": Resource("plans", ((("planID",), "whole"),)),
    "roster": Resource(
        "rosters",
        ((("personID",), "whole"), (("sectionID",), "whole"), (("startDate",), "date")),
    ),
    "scheduleStructure": Resource("scheduleStructures", ((("structureID",), "whole"),)),
    "school": Resource("schools", ((("schoolID",), "whole"),)),
    "schoolYear": Resource("schoolYears", ((("endYear",), "whole"),)),
    "sePlanGifted": Resource("sePlansGifted", ((("planID",), "whole"),)),
    "section": Resource("sections", ((("sectionID",), "whole"),)),
    "term": Resource("terms", ((("termID",), "whole"),)),
}

PARAMETERS = {}

DEFAULT_CYCLES = {}

STATE = State(MODEL, PARAMETERS, DEFAULT_CYCLES, tables.in_year, definitions.PROPERTIES)
