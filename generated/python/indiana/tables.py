"""Tables and code sets that the rules cite."""

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

TRADITIONAL_CORPORATIONS = frozenset({"Traditional Public", "School Corporation"})

VIRTUAL_DAY = frozenset({"Virtual", "Virtual COVID"})

# Special education settings allowed for each placement
ALLOWED_SETTINGS = {
    ("26",): {"code": "26", "settings": ("01", "02", "04", "06", "09", "10", "blank")},
    ("27",): {"code": "27", "settings": ("01", "02", "04", "06", "09", "10", "blank")},
    ("28",): {"code": "28", "settings": ("01", "02", "04", "06", "09", "10", "blank")},
    ("29",): {"code": "29", "settings": ("01", "02", "04", "06", "09", "10", "blank")},
}

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
}


def in_year(school_year):
    """The tables with the rows that hold in a school year."""
    return {
        "AllowedSettings": ALLOWED_SETTINGS,
        "PlacementCodes": PLACEMENT_CODES,
    }
