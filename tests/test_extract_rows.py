"""The rows of extracts: options, who gets a row and why not, values, the order of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Rows, order_of, rows_of
from compiler.semantics.options import Given, resolved
from compiler.semantics.outcomes import Context
from compiler.semantics.values import Undetermined
from compiler.semantics.world import RawRecord, World
from tests.extracts import System, make_extract, make_system, option

CONTEXT = Context(2025, date(2025, 3, 1))
NOTHING: Given = {}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return make_system(tmp_path_factory.mktemp("system"))


# -- options

DATES = [
    option("effectiveDate", "date", default="$asOf"),
    option("start", "date", default="$schoolYearStart"),
    option("end", "date", default="$effectiveDate", check="$start is on or before $end", says="the range is empty"),
    option("calendars", "whole", many=True, required=True, label="choose calendars"),
    option("filter", "text", many=True),
    option("share", "number", default="1"),
    option("flag", "boolean", default="false"),
    option("format", "text", default="'csv'", one_of=("csv", "html")),
    option("extra", "whole"),
]


def chosen(system: System, given: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], tuple[str, ...]]:
    choices = resolved(system.program, make_extract(system, [], options=DATES), given, CONTEXT)
    return dict(choices.values), choices.faults


def test_options_take_their_defaults_in_order(system: System) -> None:
    values, faults = chosen(system, {"effectiveDate": ["2025-02-03"], "calendars": ["5", "6"]})
    assert faults == ()
    assert values["end"] == values["effectiveDate"] == date(2025, 2, 3)
    assert values["start"] == date(2024, 7, 1)
    assert values["calendars"] == (5, 6)
    assert values["filter"] == ()
    assert (values["share"], type(values["share"])) == (1, Decimal)
    assert (values["flag"], values["format"]) == (False, "csv")
    assert values["extra"] == Undetermined(frozenset({"$extra"}))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "`calendars` must be given: choose calendars"),
        ({"calendars": ["5"], "efectiveDate": ["2025-01-01"]}, "there is no option `efectiveDate`: did you mean"),
        ({"calendars": ["five"]}, "`calendars` is a whole number, and 'five' is not one"),
        ({"calendars": ["5"], "start": ["2025-02-30"]}, "`start` is a date as 2024-08-12, and '2025-02-30' is not one"),
        ({"calendars": ["5"], "flag": ["yes"]}, "`flag` is true or false, and 'yes' is not one"),
        ({"calendars": ["5"], "share": ["1e3"]}, "`share` is a number, and '1e3' is not one"),
        ({"calendars": ["5"], "extra": ["1", "2"]}, "`extra` takes one value, and was given 2"),
        ({"calendars": ["5"], "format": ["pdf"]}, "`format` cannot be pdf: it is one of csv, html"),
        ({"calendars": ["5"], "start": ["2025-03-02"]}, "the range is empty"),
    ],
)
def test_options_that_do_not_do_are_told(system: System, given: dict[str, list[str]], fault: str) -> None:
    _, faults = chosen(system, given)
    assert any(said.startswith(fault) for said in faults), faults


def test_a_value_that_cannot_be_read_is_told_once(system: System) -> None:
    _, faults = chosen(system, {"calendars": ["five"], "format": ["pdf"]})
    assert faults == (
        "`calendars` is a whole number, and 'five' is not one",
        "`format` cannot be pdf: it is one of csv, html",
    )
    _, faults = chosen(system, {"calendars": [""]})
    assert "`calendars` must be given: choose calendars" in faults


# -- rows

TABLES: dict[str, list[dict[str, Any]]] = {
    "district": [{"districtID": 1, "number": "0017"}],
    "school": [{"schoolID": 10, "districtID": 1, "number": "0100"}],
    "calendar": [{"calendarID": 5, "schoolID": 10, "endYear": 2025}],
    "person": [{"personID": n, "stateID": f"S{n}"} for n in (1, 2, 3)],
    "identity": [
        {"identityID": n, "personID": n, "effectiveDate": "2024-01-01", "lastName": name, "gender": "F"}
        for n, name in ((1, "Baker"), (2, "Abel"), (3, "Abel"))
    ],
}


def enrollment(number: int, person: int = 1, **more: Any) -> dict[str, Any]:
    made = {"enrollmentID": number, "personID": person, "calendarID": 5, "startDate": "2024-08-12", **more}
    return {name: value for name, value in made.items() if value is not None}


def made(system: System, extract: ir.Extract, enrollments: list[dict[str, Any]], given: Given = NOTHING) -> Rows:
    tables = {**TABLES, "enrollment": enrollments}
    world = World(system.program.schemas, {name: map(RawRecord, bodies) for name, bodies in tables.items()})
    choices = resolved(system.program, extract, given, CONTEXT)
    assert choices.faults == ()
    return rows_of(system.program, extract, world, CONTEXT, choices.values)


def told(left: Sequence[LeftOut]) -> list[str]:
    return [f"{out.sender}: {out.why}, {out.reason} {list(out.missing)}" for out in left]


def test_candidates_without_a_row_have_the_first_reason(system: System) -> None:
    extract = make_extract(
        system,
        ["e.enrollmentID"],
        options=[option("calendars", "whole", many=True), option("day", "date", default="$asOf")],
        include=["e.calendarID is one of $calendars", "e.grade is 'P'", "e.startDate is on or before $day"],
        exclude=["e.noShow is true", "e.calendar.school.number is '0200'"],
    )
    enrollments = [
        enrollment(1, grade="P"),
        enrollment(2, grade="S", noShow=True),
        enrollment(3, grade="P", startDate="2025-03-02"),
        enrollment(4, grade="P", noShow=True),
        enrollment(5),
        enrollment(6, grade="P", calendarID=6),
        enrollment(7, grade="P", calendarID=7, startDate=None),
    ]
    found = made(system, extract, enrollments, {"calendars": ["5", "6"]})
    assert [(str(row.sender), row.sender.student, row.values) for row in found.rows] == [("enrollment 1", "S1", (1,))]
    assert told(found.left_out) == [
        "enrollment 2: not included, not so: e.grade is 'P' []",
        "enrollment 3: not included, not so: e.startDate is on or before $day []",
        "enrollment 4: excluded, not so: e.noShow is true []",
        "enrollment 5: cannot be decided, cannot be decided: enrollment.grade is missing ['enrollment.grade']",
        "enrollment 6: cannot be decided, cannot be decided: calendar is missing ['calendar']",
        "enrollment 7: not included, not so: e.calendarID is one of $calendars []",
    ]


def test_rows_hold_values_audits_warnings_zeros_and_what_they_lack(system: System) -> None:
    extract = make_extract(
        system,
        ["e.startDate", "e.endDate", "e.percentEnrolled / 3", "lookup(Genders, e.person.identityOn($day).gender).code"],
        options=[option("day", "date", default="$asOf")],
        required=[1, 2, 3],
        zero_fill=[("e.startStatus is '00'", (2,)), ("e.noShow is true", (1, 3))],
        audit=["e.grade otherwise 'none'", "e.endStatus"],
        warnings=[("e.endDate is missing", "no end"), ("e.grade is 'K'", "kindergarten")],
    )
    [row, other] = made(system, extract, [enrollment(1, percentEnrolled=2), enrollment(2, startStatus="00")]).rows
    assert row.values == (date(2024, 8, 12), None, Decimal("0.666666666667"), "01")
    assert (row.audit, row.warnings, row.zeros) == (("none", None), ("no end",), frozenset())
    assert row.lacking == ((2, ("enrollment.endDate",)),)
    assert other.zeros == {2}
    assert other.lacking == ((3, ("enrollment.percentEnrolled",)),)


def test_rows_are_ordered_by_printed_texts_and_expressions_and_then_by_their_places(system: System) -> None:
    names = "e.person.identityOn($asOf).lastName"
    extract = make_extract(system, [names, "e.grade"], order=[1, 2, "e.startDate"])
    enrollments = [
        enrollment(1, 1),
        enrollment(2, 2),
        enrollment(3, 3, startDate=None),
        enrollment(4, 3),
        enrollment(5, 2, startDate="2024-08-01"),
    ]
    found = made(system, extract, enrollments)

    def printed(values: tuple[Any, ...]) -> dict[int, str]:
        return {number: str(value) for number, value in enumerate(values, 1)}

    ordered = sorted(found.rows, key=lambda row: order_of(extract, row, printed(row.values)))
    assert [row.sender.key for row in ordered] == ["5", "2", "4", "3", "1"]


def test_an_option_that_is_not_given_is_missing(system: System) -> None:
    numbers = "$numbers is missing or e.person.studentNumber is one of $numbers"
    options = [option("numbers", "text", many=True), option("day", "date")]
    extract = make_extract(system, ["$day", "$numbers is present"], options=options, include=[numbers])
    assert [row.values for row in made(system, extract, [enrollment(1)]).rows] == [(None, False)]
    found = made(system, extract, [enrollment(1)], {"numbers": ["S1"]})
    assert told(found.left_out) == [
        "enrollment 1: cannot be decided, cannot be decided: person.studentNumber is missing ['person.studentNumber']"
    ]


def test_a_row_for_each_member_of_a_joined_list(system: System) -> None:
    subject = "person as p, e in p.enrollments where (e.serviceType is not 'N')"
    extract = make_extract(system, ["e.grade"], subject=subject, include=["e.noShow is not true"])
    found = made(system, extract, [enrollment(n, serviceType=kind) for n, kind in ((1, "P"), (2, "S"), (3, "N"))])
    assert [row.places for row in found.rows] == [((1,), (1,)), ((1,), (2,))]
