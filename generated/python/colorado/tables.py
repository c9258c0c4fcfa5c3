"""Tables and code sets that the extracts cite."""

from datetime import date

from ..runtime import RowsAndDefault

# Continuous in District Dates
CONTINUITY_DATES = {
    (2024,): {"schoolYear": 2024, "first": date(2023, 10, 2)},
    (2025,): {"schoolYear": 2025, "first": date(2024, 10, 1)},
}

# Entry types
ENTRY_TYPES = {
    ("00",): {"code": "00", "meaning": "Summer dropout"},
    ("01",): {"code": "01", "meaning": "New to education"},
    ("02",): {"code": "02", "meaning": "Continuous in the same school"},
}

# Exit types
EXIT_TYPES = {
    ("00",): {"code": "00", "meaning": "Completed the year"},
    ("01",): {"code": "01", "meaning": "Maximum age"},
    ("02",): {"code": "02", "meaning": "Death"},
    ("05",): {"code": "05", "meaning": "Another country"},
    ("06",): {"code": "06", "meaning": "Kindergarten to grade 6, unknown"},
    ("10",): {"code": "10", "meaning": "Another grade"},
    ("11",): {"code": "11", "meaning": "Within the district"},
    ("12",): {"code": "12", "meaning": "A site outside the district"},
    ("13",): {"code": "13", "meaning": "Another agency of the state"},
    ("14",): {"code": "14", "meaning": "Another state"},
    ("15",): {"code": "15", "meaning": "Nonpublic school"},
    ("16",): {"code": "16", "meaning": "Home"},
    ("18",): {"code": "18", "meaning": "Vocational school"},
    ("20",): {"code": "20", "meaning": "Facility of the district"},
    ("21",): {"code": "21", "meaning": "Facility of the state"},
    ("22",): {"code": "22", "meaning": "Graduate by mistake"},
    ("25",): {"code": "25", "meaning": "Extended absence"},
    ("26",): {"code": "26", "meaning": "Detention"},
    ("27",): {"code": "27", "meaning": "Special education, 18 to 21"},
    ("28",): {"code": "28", "meaning": "Special education, 18 to 21"},
    ("30",): {"code": "30", "meaning": "Illness"},
    ("40",): {"code": "40", "meaning": "Dropped out"},
    ("45",): {"code": "45", "meaning": "Back after six weeks"},
    ("50",): {"code": "50", "meaning": "Expulsion"},
    ("55",): {"code": "55", "meaning": "Expelled"},
    ("56",): {"code": "56", "meaning": "Expelled"},
    ("70",): {"code": "70", "meaning": "Equivalency"},
    ("90",): {"code": "90", "meaning": "Diploma"},
    ("91",): {"code": "91", "meaning": "No longer used"},
    ("92",): {"code": "92", "meaning": "Another completion"},
    ("93",): {"code": "93", "meaning": "Equivalency"},
    ("94",): {"code": "94", "meaning": "Equivalency"},
}

# Resolutions that expel
EXPULSION_RESOLUTIONS = {}

# Codes of genders
GENDER_CODES = {
    ("F",): {"gender": "F", "code": "01", "label": "Female"},
    ("M",): {"gender": "M", "code": "02", "label": "Male"},
    ("N",): {"gender": "N", "code": "03", "label": "Non-binary"},
}

# Primary school by Service Type
PRIMARY_SCHOOL_CODES = {("P",): {"serviceType": "P", "code": "1"}}

# Retention codes by Post Secondary Program Next Year
RETENTION_BY_PROGRAM = {}

# Retention codes by special education status
RETENTION_BY_SPECIAL_EDUCATION = {}

# Retention codes by End Action
RETENTION_CODES = {("R",): {"endAction": "R", "code": "1"}}


def in_year(school_year):
    """The tables with the rows that hold in a school year."""
    return {
        "ContinuityDates": CONTINUITY_DATES,
        "EntryTypes": ENTRY_TYPES,
        "ExitTypes": EXIT_TYPES,
        "ExpulsionResolutions": EXPULSION_RESOLUTIONS,
        "GenderCodes": GENDER_CODES,
        "PrimarySchoolCodes": RowsAndDefault(PRIMARY_SCHOOL_CODES, ("serviceType",), {"code": "0"}),
        "RetentionByProgram": RETENTION_BY_PROGRAM,
        "RetentionBySpecialEducation": RETENTION_BY_SPECIAL_EDUCATION,
        "RetentionCodes": RowsAndDefault(RETENTION_CODES, ("endAction",), {"code": "0"}),
    }
