"""Laws of whole days: ages, moved dates, school years, and the one leap-day setting that governs them all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.semantics.calendar import FEBRUARY_28, MARCH_1, elapsed, last_day, school_year_day, shift
from compiler.semantics.values import PeriodValue

days = st.dates(date(1, 1, 1), date(9999, 12, 31))
settings = st.sampled_from((MARCH_1, FEBRUARY_28))


@pytest.mark.parametrize(
    ("born", "on", "setting", "age"),
    [
        ("2014-12-01", "2023-12-01", MARCH_1, 9),
        ("2014-12-02", "2023-12-01", MARCH_1, 8),
        ("2016-02-29", "2025-02-28", MARCH_1, 8),
        ("2016-02-29", "2025-03-01", MARCH_1, 9),
        ("2016-02-29", "2025-02-28", FEBRUARY_28, 9),
        ("2016-02-29", "2025-02-27", FEBRUARY_28, 8),
        ("2016-02-29", "2024-02-28", FEBRUARY_28, 7),
        ("2016-02-29", "2024-02-29", MARCH_1, 8),
        ("2016-02-29", "2016-02-29", MARCH_1, 0),
        ("2024-06-01", "2024-05-31", MARCH_1, -1),
    ],
)
def test_age(born: str, on: str, setting: str, age: int) -> None:
    assert elapsed("year", date.fromisoformat(born), date.fromisoformat(on), setting) == age


@pytest.mark.parametrize(
    ("day", "count", "unit", "setting", "moved"),
    [
        ("2024-02-29", 1, "year", MARCH_1, "2025-03-01"),
        ("2024-02-29", 1, "year", FEBRUARY_28, "2025-02-28"),
        ("2024-02-29", 4, "year", FEBRUARY_28, "2028-02-29"),
        ("2024-01-31", 1, "month", MARCH_1, "2024-03-01"),
        ("2024-01-31", 1, "month", FEBRUARY_28, "2024-02-29"),
        ("2024-03-31", -1, "month", FEBRUARY_28, "2024-02-29"),
        ("2024-12-31", 1, "day", MARCH_1, "2025-01-01"),
        ("2024-01-01", -1, "week", MARCH_1, "2023-12-25"),
        ("9999-12-31", 1, "day", MARCH_1, None),
        ("0001-01-01", -1, "month", MARCH_1, None),
    ],
)
def test_shift(day: str, count: int, unit: str, setting: str, moved: str | None) -> None:
    found = shift(date.fromisoformat(day), count, unit, setting)
    assert (None if found is None else found.isoformat()) == moved


@given(days, st.integers(0, 120), settings)
def test_an_age_is_reached_on_the_day_that_years_lead_to(born: date, years: int, setting: str) -> None:
    birthday = shift(born, years, "year", setting)
    if birthday is not None and born < birthday:
        assert elapsed("year", born, birthday, setting) == years
        assert elapsed("year", born, birthday - timedelta(days=1), setting) == years - 1


@given(days, days, settings)
def test_units_count_alike(start: date, end: date, setting: str) -> None:
    months = elapsed("month", start, end, setting)
    assert elapsed("year", start, end, setting) == months // 12
    assert elapsed("week", start, end, setting) == elapsed("day", start, end, setting) // 7


@given(days, days, settings)
def test_elapsed_time_grows_with_the_end(start: date, end: date, setting: str) -> None:
    if end > date(1, 1, 1):
        for unit in ("day", "week", "month", "year"):
            assert elapsed(unit, start, end, setting) >= elapsed(unit, start, end - timedelta(days=1), setting)


@given(st.integers(2, 9999), days)
def test_a_school_year_runs_from_july_to_june(year: int, day: date) -> None:
    day = date(year, day.month, min(day.day, 28))
    assert date(year - 1, 7, 1) <= school_year_day(year, day.month, day.day) <= date(year, 6, 30)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_last_day(year: int, month: int) -> None:
    last = date(year, month, last_day(year, month))
    assert last == date(9999, 12, 31) or (last + timedelta(days=1)).day == 1


@given(days, st.none() | days, days, st.none() | days)
def test_periods_overlap_when_they_share_a_day(a: date, b: date | None, c: date, d: date | None) -> None:
    one, other = PeriodValue(a, b), PeriodValue(c, d)
    shared = max(a, c)
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(other) == (one.covers(shared) and other.covers(shared))
