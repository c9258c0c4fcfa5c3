"""The resources that the publications read, and the parameters of the collections."""

from ..runtime import Resource, State
from . import definitions, tables

MODEL = {
    "calendar": Resource("calendars", ((("calendarID",), "whole"),)),
    "district": Resource("districts", ((("districtID",), "whole"),)),
    "edfiConfiguration": Resource("edfiConfigurations", ((("configID",), "whole"),)),
    "enrollment": Resource("enrollments", ((("enrollmentID",), "whole"),)),
    "graduation": Resource("graduations", ((("personID",), "whole"),)),
    "person": Resource("people", ((("personID",), "whole"),)),
    "program": Resource("programs", ((("programID",), "whole"),)),
    "programParticipation": Resource("programParticipations", ((("participationID",), "whole"),)),
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
    "school": Resource("schools", ((("schoolID",), "whole"),)),
    "schoolYear": Resource("schoolYears", ((("endYear",), "whole"),)),
}

PARAMETERS = {}

DEFAULT_CYCLES = {}

STATE = State(MODEL, PARAMETERS, DEFAULT_CYCLES, tables.in_year, definitions.PROPERTIES)
