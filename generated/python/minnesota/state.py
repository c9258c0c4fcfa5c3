"""The resources that the publications read, and the parameters of the collections."""

from ..runtime import Resource, State
from . import definitions, tables

MODEL = {
    "calendar": Resource("calendars", ((("calendarID",), "whole"),)),
    "calendarDay": Resource(
        "calendarDays",
        ((("calendarID",), "whole"), (("structureID",), "whole"), (("date",), "date")),
    ),
    "district": Resource("districts", ((("districtID",), "whole"),)),
    "edfiConfiguration": Resource("edfiConfigurations", ((("configID",), "whole"),)),
    "enrollment": Resource("enrollments", ((("enrollmentID",), "whole"),)),
    "gradeLevel": Resource("gradeLevels", ((("gradeLevelID",), "whole"),)),
    "person": Resource("people", ((("personID",), "whole"),)),
    "plan": Resource("plans", ((("planID",), "whole"),)),
    "planService": Resource("planServices", ((("serviceID",), "whole"),)),
    "resourcePreference": Resource(
        "resourcePreferences",
        (
            (("configID",), "whole"),
            (("resource",), "text"),
            (("descriptor",), "text"),
            (("sourceField",), "text"),
            (("sourceValue",), "text"),
        ),
    ),
    "scheduleStructure": Resource("scheduleStructures", ((("structureID",), "whole"),)),
    "school": Resource("schools", ((("schoolID",), "whole"),)),
    "schoolYear": Resource("schoolYears", ((("endYear",), "whole"),)),
    "specialEdState": Resource("specialEdStates", ((("specialEDStateID",), "whole"),)),
}

PARAMETERS = {}

DEFAULT_CYCLES = {}

STATE = State(MODEL, PARAMETERS, DEFAULT_CYCLES, tables.in_year, definitions.PROPERTIES)
