"""Tables and code sets that the rules cite."""

from ..runtime import rows_in

ALL_GRADES = frozenset({
    "PK",
    "KG",
    "KG - Morning",
    "KG - Afternoon",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "08",
    "09",
    "10",
    "11",
    "12",
    "13",
})

CERTIFICATES = frozenset({"06", "07"})

CHARTER_ADM_CODES = frozenset({"1", "6"})

EARLY_CHILDHOOD_PROGRAMS_FROM_2024 = frozenset({"26", "27", "28", "29"})

EARLY_CHILDHOOD_SPECIAL_FROM_2024 = frozenset({"33", "34", "35"})

EVIDENCE_BASED_WAIVERS = frozenset({"04", "13"})

GRADED_ADM_CODES = frozenset({"1", "2", "3", "4", "5", "6", "10"})

GRADES9_TO12 = frozenset({"09", "10", "11", "12"})

HIGH_SCHOOL = frozenset({"09", "10", "11", "12", "13"})

HONORS_DIPLOMAS = frozenset({"02", "09", "16"})

KINDERGARTEN = frozenset({"KG", "KG - Morning", "KG - Afternoon"})

KINDERGARTEN_TO13 = frozenset({
    "KG",
    "KG - Morning",
    "KG - Afternoon",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "08",
    "09",
    "10",
    "11",
    "12",
    "13",
})

NOT_DEMONSTRATED = frozenset({"ES00", "00", "N/A or Did not Demonstrate"})

PATHWAY_DIPLOMAS = frozenset({"01", "02", "03", "09", "16"})

PRESCHOOL_PLACEMENTS_FROM_2024 = frozenset({"26", "27", "28", "29", "33", "34", "35", "36", "37", "38"})

PRIMARY_SCHOOL_ADM_CODES = frozenset({"1", "3", "4", "5", "10", "20"})

PRIVATE_PLACEMENTS_FROM_2024 = frozenset({"38", "56"})

PUBLIC_ADM_CODES = frozenset({"3", "4", "5"})

SCHOOL_AGE_PLACEMENTS_FROM_2024 = frozenset({"50", "51", "52", "53", "54", "55", "56", "57"})

SCHOOL_AGE_SCHOOLS_FROM_2024 = frozenset({"50", "51", "52", "53", "54"})

TIMED_ADM_CODES = frozenset({"6", "20"})

TRADITIONAL_CORPORATIONS = frozenset({"Traditional Public", "School Corporation"})

TRANSFER_ADM_CODES = frozenset({"3", "5"})

VIRTUAL_DAY = frozenset({"Virtual", "Virtual COVID"})

WAIVERS_AND_CERTIFICATES = frozenset({"04", "06", "07", "11", "13", "14", "15", "18", "19", "20", "21", "22"})

WORK_READINESS_WAIVERS = frozenset({"11", "19", "20", "21", "22"})

# Special education placements and the settings allowed for each
ALLOWED_SETTINGS = (
    (
        2024,
        None,
        ("26",),
        {"code": "26", "settings": ("01", "02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("27",),
        {"code": "27", "settings": ("01", "02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("28",),
        {"code": "28", "settings": ("01", "02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("29",),
        {"code": "29", "settings": ("01", "02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("33",),
        {"code": "33", "settings": ("02", "04", "06", "09", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("34",),
        {"code": "34", "settings": ("02", "04", "06", "09", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("35",),
        {"code": "35", "settings": ("02", "04", "06", "09", "blank"), "firstYear": 2024},
    ),
    (2024, None, ("36",), {"code": "36", "settings": ("blank",), "firstYear": 2024}),
    (
        2024,
        None,
        ("37",),
        {"code": "37", "settings": ("02", "04", "08", "blank"), "firstYear": 2024},
    ),
    (2024, None, ("38",), {"code": "38", "settings": ("10",), "firstYear": 2024}),
    (
        2024,
        None,
        ("50",),
        {"code": "50", "settings": ("02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("51",),
        {"code": "51", "settings": ("02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("52",),
        {"code": "52", "settings": ("02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("53",),
        {"code": "53", "settings": ("02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (
        2024,
        None,
        ("54",),
        {"code": "54", "settings": ("02", "04", "06", "09", "10", "blank"), "firstYear": 2024},
    ),
    (2024, None, ("55",), {"code": "55", "settings": ("04",), "firstYear": 2024}),
    (2024, None, ("56",), {"code": "56", "settings": ("03", "10"), "firstYear": 2024}),
    (2024, None, ("57",), {"code": "57", "settings": ("02", "04", "blank"), "firstYear": 2024}),
)

# Special education programs and their placement codes
PLACEMENT_CODES = {
    ("Regular Early Childhood, at least 10 Hours",): {"program": "Regular Early Childhood, at least 10 Hours", "code": "26"},
    ("Regular Early Childhood, at least 10 Hours, Other Location",): {"program": "Regular Early Childhood, at least 10 Hours, Other Location", "code": "27"},
    ("Regular Early Childhood, less than 10 Hours",): {"program": "Regular Early Childhood, less than 10 Hours", "code": "28"},
    ("Regular Early Childhood, less than 10 Hours, Other Location",): {"program": "Regular Early Childhood, less than 10 Hours, Other Location", "code": "29"},
    ("Special Education Program, Separate Class",): {"program": "Special Education Program, Separate Class", "code": "33"},
    ("Special Education Program, Separate School",): {"program": "Special Education Program, Separate School", "code": "34"},
    ("Special Education Program, Residential Facility",): {"program": "Special Education Program, Residential Facility", "code": "35"},
    ("Other Services at Provider Location",): {"program": "Other Services at Provider Location", "code": "36"},
    ("Other Services at Home",): {"program": "Other Services at Home", "code": "37"},
    ("Private Preschool",): {"program": "Private Preschool", "code": "38"},
    ("Regular Classroom (80% or more)",): {"program": "Regular Classroom (80% or more)", "code": "50"},
    ("Resource Room (40%-79%)",): {"program": "Resource Room (40%-79%)", "code": "51"},
    ("Separate Class (less than 40%)",): {"program": "Separate Class (less than 40%)", "code": "52"},
    ("Separate Day School Facility (+50%)",): {"program": "Separate Day School Facility (+50%)", "code": "53"},
    ("Residential Facility (+50%)",): {"program": "Residential Facility (+50%)", "code": "54"},
    ("Correctional Facility",): {"program": "Correctional Facility", "code": "55"},
    ("Parentally placed in Private School",): {"program": "Parentally placed in Private School", "code": "56"},
    ("Student's disability requires home services",): {"program": "Student's disability requires home services", "code": "57"},
    ("UNDEFINED",): {"program": "UNDEFINED", "code": "undefined"},
    ("Undefined",): {"program": "Undefined", "code": "undefined"},
}


def in_year(school_year):
    """The tables with the rows that hold in a school year."""
    return {
        "AllowedSettings": rows_in(school_year, ALLOWED_SETTINGS),
        "PlacementCodes": PLACEMENT_CODES,
    }
