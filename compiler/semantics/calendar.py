"""Arithmetic of whole days: completed units between dates, moved dates, days of a school year.

One setting of a state says when someone born on February 29 has a birthday in other years: ``March 1`` (the plain
comparison of month and day) or ``February 28``. It holds for every day that a month lacks, so that an age of n and a
birth date moved by n years never disagree.
"""

from __future__ import annotations

from datetime import date, timedelta

MARCH_1 = "March 1"
FEBRUARY_28 = "February 28"


def is_school_year(number: int) -> bool:
    """Whether a calendar has the days of the school year that ends in a year."""
    return date.min.year < number <= date.max.year


def school_year_day(school_year: int, month: int, day: int) -> date:
    """A day of the school year that ends in ``school_year``: July to December lie in the year before."""
    return date(school_year - 1 if month >= 7 else school_year, month, day)


def school_year_of(day: date) -> int:
    """The school year, by its ending year, in which a day lies (July to June)."""
    return day.year + (day.month >= 7)


def elapsed(unit: str, start: date, end: date, leap_birthday: str) -> int:
    """Completed units from ``start`` to ``end``; negative when ``end`` is earlier."""
    days = (end - start).days
    if unit == "day":
        return days
    if unit == "week":
        return days // 7
    day = start.day
    if leap_birthday == FEBRUARY_28:
        day = min(day, last_day(end.year, end.month))
    if unit == "month":
        return (end.year - start.year) * 12 + end.month - start.month - (end.day < day)
    return end.year - start.year - ((end.month, end.day) < (start.month, day))


def shift(day: date, count: int, unit: str, leap_birthday: str) -> date | None:
    """A date moved by days, weeks, months or years; None when it leaves the years 1 to 9999."""
    try:
        if unit in ("day", "week"):
            return day + timedelta(days=count * (7 if unit == "week" else 1))
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        last = last_day(year, month + 1)
        if day.day <= last:
            return date(year, month + 1, day.day)
        kept = date(year, month + 1, last)
        return kept if leap_birthday == FEBRUARY_28 else kept + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def last_day(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
