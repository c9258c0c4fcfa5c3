"""The query of an extract says what the interpreter says, of random extracts over random records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.backends.duckdb import every, records_query
from compiler.backends.duckdb.extracts import ExtractQuery, extract_query
from compiler.engines.duckdb.candidates import Candidates
from compiler.engines.duckdb.candidates import given as given_to
from compiler.engines.duckdb.together import Case, together
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, Record, Type
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row, Rows, rows_of
from compiler.semantics.options import Given, resolved
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from tests.benchmarks import attendance
from tests.evaluation import Bodies, connected, world_of
from tests.extracts import System, make_extract, make_system, option
from tests.random_rules import COLLECTIONS, DEFINITIONS, TABLE, random_world
from tests.random_rules import Writer as RandomWriter
from tests.support import Sample

CONTEXT = Context(2024, date(2024, 6, 1), "state", "fall")
CONTEXTS = (CONTEXT, replace(CONTEXT, as_of=date(2024, 2, 29)), replace(CONTEXT, school_year=2025))
SEEDS, EXTRACTS, WORLDS = 4, 15, 3
EVERY = 3
"""One extract of so many is asked of all worlds together as well."""
NOTHING: Given = {}
KINDS: tuple[Type, ...] = (DECIMAL, DECIMAL, DECIMAL, WHOLE, DATE, TEXT, BOOLEAN)


def both(
    program: Program,
    extract: ir.Extract,
    query: ExtractQuery,
    bodies: Bodies,
    context: Context,
    given: Given = NOTHING,
) -> tuple[Rows, Rows]:
    """What the interpreter and the query of an extract say, without what was missing, in the order of places."""
    choices = resolved(program, extract, given, context)
    assert choices.faults == ()
    interpreted = rows_of(program, extract, world_of(program, bodies), context, choices.values)
    known = given_to(choices.values, context.school_year)
    return _sorted(_unexplained(interpreted)), _sorted(queried(program, extract, query, bodies, known))


def _unexplained(found: Rows) -> Rows:
    return Rows(
        [replace(row, lacking=tuple((n, ()) for n, _ in row.lacking)) for row in found.rows],
        [replace(left, reason="", missing=()) if left.missing else left for left in found.left_out],
    )


def queried(
    program: Program, extract: ir.Extract, query: ExtractQuery, bodies: Bodies, known: Mapping[str, Any]
) -> Rows:
    connection = connected(program, {**{name: [] for name in query.resources}, **bodies})
    for name, columns in query.resources.items():
        resource = program.schemas.resource(name)
        assert resource is not None
        text = records_query(resource, columns).sql(dialect="duckdb")
        connection.execute(f'CREATE OR REPLACE TABLE "{every(name)}" AS {text}')
    for made in query.setup:
        text = f'CREATE OR REPLACE TABLE "{made.name}" AS {made.text}'
        connection.execute(text, {name: known[name] for name in made.parameters})
    answers = connection.execute(query.text, {name: known[name] for name in query.parameters}).fetchall()
    found, read = Rows(), Candidates(extract, query).read
    for made_of in map(read, answers):
        found.rows.append(made_of) if isinstance(made_of, Row) else found.left_out.append(made_of)
    return found


def _sorted(found: Rows) -> Rows:
    def place(made: Row | LeftOut) -> Any:
        return [(len(key), key) for key in made.places]

    return Rows(sorted(found.rows, key=place), sorted(found.left_out, key=place))


def differing(first: Sequence[Any], second: Sequence[Any]) -> str:
    """The first difference of two lists, in short."""
    pairs = ((one, other) for one, other in zip(first, second, strict=False) if one != other)
    told = next((f"{one}\n{other}" for one, other in pairs), f"{len(first)} and {len(second)}")
    return told[:2000]


# -- random extracts


@pytest.fixture(scope="module")
def sample(template: Path, tmp_path_factory: pytest.TempPathFactory) -> System:
    sample = Sample.copied(template, tmp_path_factory.mktemp("random") / "project")
    sample.write(COLLECTIONS, "_collections.yaml").write(DEFINITIONS, "_definitions.yaml")
    sample.write(TABLE, "tables/shares.yaml")
    project = sample.open()
    return System(project.programs["sample"], project.checked.scopes["specs/sample/enrollment"])


OPTIONS = [
    option("countDate", "date", default="$asOf"),
    option("limit", "whole", default="2"),
    option("share", "number", default="0.5"),
    option("days", "date", many=True),
    option("names", "text", many=True),
]
GIVEN: tuple[Given, ...] = (
    {},
    {"names": ["Sam", "01"], "share": ["1.25"]},
    {"days": ["2024-02-29"], "limit": ["3"]},
)


def random_extract(system: System, random: Random) -> ir.Extract:
    writer, subject = RandomWriter(system.scope, random, [("e", Record("studentSchoolAssociation"))]).subject()

    def values(count: int) -> list[str]:
        return [writer.scalar(random.choice(KINDS), 3) for _ in range(count)]

    def tests(count: int) -> list[str]:
        return [writer.condition(2) for _ in range(random.randrange(count + 1))]

    return make_extract(
        system,
        values(5),
        subject=subject,
        key=writer.scalar(random.choice(KINDS), 0),
        options=OPTIONS,
        include=tests(2),
        exclude=tests(1),
        order=[1, *values(1)],
        required=[2],
        zero_fill=[(writer.condition(1), (2, 3))],
        audit=values(1),
        warnings=[(writer.condition(1), "a word")],
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_extracts(seed: int, sample: System) -> None:
    random = Random(seed)
    extracts = [random_extract(sample, random) for _ in range(EXTRACTS)]
    rows, left = 0, set()
    worlds = [random_world(sample.program.schemas, random) for _ in range(WORLDS)]
    for turn, extract in enumerate(extracts):
        query = extract_query(sample.program, extract)
        told = in_all(sample.program, extract, worlds) if turn % EVERY == 0 else {}
        for number, bodies in enumerate(worlds):
            wanted, found = both(sample.program, extract, query, bodies, CONTEXTS[number], GIVEN[number])
            for said in (found, told.get(number, found)):
                assert said.rows == wanted.rows, differing(said.rows, wanted.rows)
                assert said.left_out == wanted.left_out, differing(said.left_out, wanted.left_out)
            rows += len(wanted.rows)
            left |= {out.why for out in wanted.left_out}
    assert rows > 10
    assert len(left) == 3


def in_all(program: Program, extract: ir.Extract, worlds: Sequence[Bodies]) -> dict[int, Rows]:
    """What one query says of several worlds with different options, by their number."""
    asked = zip(worlds, CONTEXTS, GIVEN, strict=True)
    cases = [
        Case(bodies, context, resolved(program, extract, given, context).values) for bodies, context, given in asked
    ]
    return {number: _sorted(_unexplained(found)) for number, found in enumerate(together(program, extract, cases))}


# -- attendance and continuity


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return make_system(tmp_path_factory.mktemp("system"))


DAYS = ("2024-09-30", "2024-10-01", "2024-10-02", "2024-11-01", "2024-11-04")
COVERED = (
    "every d in e.chainDays(2024-10-01) has (any p in e.person.enrollments has (period from p.startDate to p.endDate "
    "contains d.date))",
    "any d in e.calendar.calendarDays has (any p in e.person.enrollments has (p.serviceType is 'P' and p.grade is '01' "
    "and period from p.startDate to p.endDate contains d.date))",
    "number of d in e.calendar.calendarDays where (no p in (all q in e.person.enrollments where (q.calendar is "
    "e.calendar)) has (period from p.startDate to p.endDate contains d.date))",
    "every a in e.person.attDayAggregations has (any i in e.person.identities has (period from i.effectiveDate to "
    "e.endDate contains (if a.presentMinutes is more than 0 then a.date else nothing)))",
    "every i in e.person.identities has (any p in e.person.enrollments has (period from p.startDate to nothing "
    "contains i.effectiveDate))",
    "every i in e.person.identities has (any p in e.person.enrollments has (period from p.startDate to "
    "i.effectiveDate contains i.effectiveDate))",
)


def school_system(random: Random) -> dict[str, list[dict[str, Any]]]:
    """A few students with days of attendance; much is missing, and some things lead nowhere."""

    def some(**values: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if random.random() < 0.9}

    def minutes() -> Any:
        return random.choice((0, 30, 180, 360, 22.5, 0.001, 8192, 8193, 123456789.25, -90))

    people, calendars = range(1, 5), (5, 6)
    return {
        "district": [{"districtID": 1, **some(number="0017")}],
        "school": [{"schoolID": n, "districtID": 1, **some(number=f"0{n}00")} for n in (1, 2)],
        "calendar": [
            {"calendarID": c, "endYear": 2025, **some(schoolID=c - 4, endDate="2024-11-30")} for c in calendars
        ],
        "scheduleStructure": [{"structureID": 7, "calendarID": 5}],
        "schoolYear": [],
        "gradeLevel": [{"gradeLevelID": 3, **some(calendarID=5, stateGradeLevel="030")}],
        "calendarDay": [
            {"calendarID": c, "structureID": 7, "date": day, **some(instruction=random.random() < 0.8)}
            for c in calendars
            for day in DAYS
        ],
        "person": [{"personID": n, **some(stateID=f"S{n}")} for n in people],
        "identity": [
            {"identityID": n, **some(personID=n // 2, effectiveDate=random.choice(DAYS), lastName="L", gender="F")}
            for n in range(2, 12)
        ],
        "enrollment": [
            {
                "enrollmentID": n,
                **some(personID=random.choice(people), calendarID=random.choice((5, 5, 6, 8)), structureID=7),
                **some(startDate=random.choice(DAYS), gradeLevelID=3, serviceType=random.choice("PPPS")),
                **(some(endDate=random.choice(DAYS)) if random.random() < 0.5 else {}),
                **some(noShow=random.random() < 0.1, grade=random.choice(("01", "02"))),
                **some(startStatus="00", endStatus="40"),
            }
            for n in range(12)
        ],
        "attDayAggregation": [
            {
                "personID": n,
                "calendarID": c,
                "date": day,
                **{name: minutes() for name in MINUTES if random.random() < (0.995 if n > 1 else 0.9)},
                "scheduledMinutes": random.choice((360, 360, 7, 22.5, 0, 9000)),
            }
            for n in people
            for c in calendars
            for day in DAYS
            if random.random() < 0.8
        ],
    }  # fmt: skip


MINUTES = (
    "presentMinutes", "excusedMinutes", "unexcusedMinutes", "exemptMinutes", "unknownMinutes", "noExcuseMinutes",
)  # fmt: skip


def test_attendance_and_continuity(system: System) -> None:
    whole = attendance.an_extract(system)
    covered = make_extract(system, COVERED, exclude=["e.noShow is true"])
    context = Context(2025, date(2025, 5, 30))
    queries = {id(extract): extract_query(system.program, extract) for extract in (whole, covered)}
    random, seen = Random(7), set()
    for _ in range(12):
        bodies = school_system(random)
        for extract, given in ((whole, {"calendars": ["5", "6"], "start": ["2024-10-01"]}), (covered, {})):
            wanted, found = both(system.program, extract, queries[id(extract)], bodies, context, given)
            assert found.rows == wanted.rows, differing(found.rows, wanted.rows)
            assert found.left_out == wanted.left_out, differing(found.left_out, wanted.left_out)
            parts = (*extract.fields[12:], *extract.audit) if extract is whole else extract.fields
            values = ((*row.values[12:], *row.audit) if extract is whole else row.values for row in wanted.rows)
            seen |= {
                (extract is whole, n, value) for row in values for n, value in zip(range(len(parts)), row, strict=True)
            }
    assert {value for of_whole, n, value in seen if of_whole and n == 3} == {"0", "1", "3", None}
    for n in (0, 1, 3, 4, 5):
        assert {value for of_whole, m, value in seen if not of_whole and m == n} == {True, False, None}, COVERED[n]


def test_numbers_too_large_or_too_small_to_divide(system: System) -> None:
    fields = ["a.presentMinutes / a.excusedMinutes", "a.presentMinutes - a.excusedMinutes",
              "sum of x.presentMinutes for x in a.person.attDayAggregations"]  # fmt: skip
    numbers = (
        0, 1, 3, 7, -7, 0.5, -0.001, 8192, 8192.001, 8191.999, 0.0005, 1e-12, 123456789.123, 1e15, 10**16, 10**16 + 1,
        10**26 - 1, 1 - 10**26, 10**25,
    )  # fmt: skip
    pairs = [(a, b) for a in numbers for b in numbers if abs(b) < 10**20]
    days = [
        {"personID": n // 3, "calendarID": n, "date": "2024-10-01", "presentMinutes": a, "excusedMinutes": b}
        for n, (a, b) in enumerate(pairs)
    ]
    bodies = {"attDayAggregation": days, "person": [{"personID": n} for n in range(len(pairs))]}
    extract = make_extract(system, fields, subject="attDayAggregation as a", key="a.personID")
    wanted, found = both(
        system.program, extract, extract_query(system.program, extract), bodies, Context(2025, date(2025, 5, 30))
    )
    assert found.rows == wanted.rows, differing(found.rows, wanted.rows)
    assert {value is None for row in wanted.rows for value in row.values} == {True, False}
