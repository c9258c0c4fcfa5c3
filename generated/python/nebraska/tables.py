"""Tables and code sets that the publications cite."""

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


def in_year(school_year):
    """The tables with the rows that hold in a school year."""
    return {
        "ResidencyByDistricts": RESIDENCY_BY_DISTRICTS,
    }
