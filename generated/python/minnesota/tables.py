"""Tables and code sets that the publications cite."""

REPORTED_SERVICES = frozenset({"4", "5", "6", "7"})

SERVICES_WITH_HOURS = frozenset({"4", "6"})

# School days over which the sessions of a service are counted
SERVICE_FREQUENCIES = {
    ("Day",): {"frequency": "Day", "days": 1},
    ("Week",): {"frequency": "Week", "days": 5},
    ("Month",): {"frequency": "Month", "days": 20},
    ("Year",): {"frequency": "Year", "days": 180},
}


def in_year(school_year):
    """The tables with the rows that hold in a school year."""
    return {
        "ServiceFrequencies": SERVICE_FREQUENCIES,
    }
