"""Tables and code sets that the publications cite."""

from ..runtime import rows_in

# Entry types
ENTRY_TYPE_CODES = {
    ("100",): {"code": "100", "short": "Still Enrolled", "description": "Still Enrolled"},
    ("101",): {"code": "101", "short": "Original Entry", "description": "Original Entry"},
    ("102",): {"code": "102", "short": "Transfer In", "description": "Transfer In"},
    ("103",): {"code": "103", "short": "Re-entry", "description": "Re-entry"},
}

# Exit withdraw types
EXIT_WITHDRAW_TYPE_CODES = {
    ("200",): {
        "code": "200",
        "short": "Transfer Out; Intra-District",
        "description": "Transfer Out;Intra-District",
    },
    ("201",): {"code": "201", "short": "Transfer Out", "description": "Transfer Out"},
    ("202",): {"code": "202", "short": "Drop Out", "description": "Drop Out"},
    ("203",): {"code": "203", "short": "Completer: Diploma", "description": "Completer: Diploma"},
    ("204",): {"code": "204", "short": "Completer: No Diploma", "description": "Completer: No Diploma"},
    ("205",): {
        "code": "205",
        "short": "Not Enrolled; Eligible to Return",
        "description": "No Enrolled; Eligible to Return",
    },
    ("206",): {"code": "206", "short": "Deceased", "description": "Deceased"},
    ("208",): {"code": "208", "short": "Maximum Age", "description": "Maximum Age"},
    ("209",): {
        "code": "209",
        "short": "Withdrawal from Mandatory Attendance",
        "description": "Withdrawal from Mandatory Attendance",
    },
    ("299",): {"code": "299", "short": "End of School Year", "description": "End of School Year"},
}

# Entry grade levels
GRADE_LEVEL_CODES = {
    ("Adult Education",): {"code": "Adult Education", "description": "Adult Education", "short": "Adult Education"},
    ("Early Education",): {"code": "Early Education", "description": "Early Education", "short": "Early Education"},
    ("Eighth grade",): {"code": "Eighth grade", "description": "Eighth grade", "short": "Eighth grade"},
    ("Eleventh grade",): {"code": "Eleventh grade", "description": "Eleventh grade", "short": "Eleventh grade"},
    ("Fifth grade",): {"code": "Fifth grade", "description": "Fifth grade", "short": "Fifth grade"},
    ("First grade",): {"code": "First grade", "description": "First grade", "short": "First grade"},
    ("Fourth grade",): {"code": "Fourth grade", "description": "Fourth grade", "short": "Fourth grade"},
    ("Grade 13",): {"code": "Grade 13", "description": "Grade 13", "short": "Grade 13"},
    ("Infant/toddler",): {"code": "Infant/toddler", "description": "Infant/toddler", "short": "Infant/toddler"},
    ("Kindergarten",): {"code": "Kindergarten", "description": "Kindergarten", "short": "Kindergarten"},
    ("Ninth grade",): {"code": "Ninth grade", "description": "Ninth grade", "short": "Ninth grade"},
    ("No grade level",): {"code": "No grade level", "description": "No grade level", "short": "No grade level"},
    ("Other",): {"code": "Other", "description": "Other", "short": "Other"},
    ("Postsecondary",): {"code": "Postsecondary", "description": "Postsecondary", "short": "Postsecondary"},
    ("Preschool/Prekindergarten",): {
        "code": "Preschool/Prekindergarten",
        "description": "Preschool/Prekindergarten",
        "short": "Preschool/Prekindergarten",
    },
    ("Second grade",): {"code": "Second grade", "description": "Second grade", "short": "Second grade"},
    ("Seventh grade",): {"code": "Seventh grade", "description": "Seventh grade", "short": "Seventh grade"},
    ("Sixth grade",): {"code": "Sixth grade", "description": "Sixth grade", "short": "Sixth grade"},
    ("Tenth grade",): {"code": "Tenth grade", "description": "Tenth grade", "short": "Tenth grade"},
    ("Third grade",): {"code": "Third grade", "description": "Third grade", "short": "Third grade"},
    ("Twelfth grade",): {"code": "Twelfth grade", "description": "Twelfth grade", "short": "Twelfth grade"},
    ("Ungraded",): {"code": "Ungraded", "description": "Ungraded", "short": "Ungraded"},
}

# Residency status by the resident and the serving district
RESIDENCY_BY_DISTRICTS = {
    (1,): {
        "row number": 1,
        "residentHere": "true",
        "servedHere": "true",
        "status": "uri://ed-fi.org/ResidencyStatusDescriptor#Resident of admin unit and school area",
    },
    (2,): {
        "row number": 2,
        "residentHere": "true",
        "servedHere": "false",
        "status": "uri://ed-fi.org/ResidencyStatusDescriptor#Resident of admin unit, but other school area",
    },
    (3,): {
        "row number": 3,
        "residentHere": "false",
        "servedHere": "true",
        "status": "uri://ed-fi.org/ResidencyStatusDescriptor#Resident of this state, but not of this admin unit",
    },
}

# Residency statuses
RESIDENCY_STATUS_CODES = (
    (
        None,
        None,
        ("00",),
        {"code": "00", "short": "Not applicable", "description": "Not applicable"},
    ),
    (
        None,
        None,
        ("01",),
        {
            "code": "01",
            "short": "Contracted in from another Nebraska public school district",
            "description": "Contracted in from another Nebraska public school district",
        },
    ),
    (
        None,
        None,
        ("02",),
        {
            "code": "02",
            "short": "Contracted in from nonpublic school",
            "description": "Contracted in from nonpublic school",
        },
    ),
    (
        None,
        None,
        ("03",),
        {
            "code": "03",
            "short": "Contracted in from another state",
            "description": "Contracted in from another state",
        },
    ),
    (
        None,
        None,
        ("04",),
        {
            "code": "04",
            "short": "NCLB School Choice Student",
            "description": "NCLB School Choice Student",
        },
    ),
    (
        None,
        None,
        ("05",),
        {
            "code": "05",
            "short": "Contracted out to another Nebraska public school district",
            "description": "Contracted out to another Nebraska public school district",
        },
    ),
    (
        None,
        None,
        ("06",),
        {
            "code": "06",
            "short": "Optioning in from another Nebraska public school district",
            "description": "Optioning in from another Nebraska public school district",
        },
    ),
    (
        None,
        None,
        ("07",),
        {
            "code": "07",
            "short": "Contracted out to another state",
            "description": "Contracted out to another state",
        },
    ),
    (
        None,
        None,
        ("08",),
        {
            "code": "08",
            "short": "Learning Community Open Enrollment",
            "description": "Learning Community Open Enrollment",
        },
    ),
)


def in_year(school_year):
    """The tables with the rows that hold in a school year."""
    return {
        "EntryTypeCodes": ENTRY_TYPE_CODES,
        "ExitWithdrawTypeCodes": EXIT_WITHDRAW_TYPE_CODES,
        "GradeLevelCodes": GRADE_LEVEL_CODES,
        "ResidencyByDistricts": RESIDENCY_BY_DISTRICTS,
        "ResidencyStatusCodes": rows_in(school_year, RESIDENCY_STATUS_CODES),
    }
