"""The extract of Colorado: each statement of its source is held by an example of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from compiler.backends.duckdb.extracts import extract_query
from compiler.driver import Project
from compiler.engines.filed import Filed, checking_interpreter, filed, whole_shape
from compiler.engines.row_examples import in_folder, meaning
from compiler.filing.checks import Checks
from compiler.filing.columns import shape_of
from compiler.filing.fixed import Fixed
from compiler.semantics import ir
from compiler.semantics.checker.extracts import CheckedRowExample
from compiler.semantics.extract_rows import LeftOut, rows_of
from compiler.semantics.options import resolved
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord, World
from tests.parts_of_extracts import ExtractPart, extract_parts, texts
from tests.support import own_project

NAME = "CO-SSA"
AS_OF = date(2025, 6, 1)
STATEMENTS = {
    "CO-G": range(1, 4),
    "CO-L": range(1, 11),
    "CO-C": range(1, 10),
    "CO-N": range(1, 5),
    "CO-O": range(1, 15),
    "CO-A": range(9),
    "CO-X": range(1, 3),
}
ALL = {
    *(f"{prefix}{number}" for prefix, numbers in STATEMENTS.items() for number in numbers),
    *(f"CO-F{number:02}" for number in range(1, 53)),
    "CO-F16-18a",
}
"""Every statement of the source, by its id."""

READER = "for the reader alone"
ALWAYS = "what is made here always fits, so it finds faults in files alone: a test below"
LOST = "the table is empty, as the source has lost what belongs in it: a test below fills those that are read"
UNNOTICED: dict[tuple[str, str], str] = {
    ("the head", "CO-F51"): "paths in a user interface, which people are shown: a test below",
    ("purpose", "CO-G1, CO-G2"): READER,
    ("rights", "CO-G3"): READER,
    ("step 1", "CO-O1"): READER,
    ("step 2", "CO-O2"): READER,
    ("step 6", "CO-O11"): READER,
    ("step 8", "CO-O13, CO-O14"): READER,
    ("layout 2023-2024", "CO-O2"): "examples print all fields: a test below prints each layout",
    ("layout 2024-2025", "CO-O2"): "examples print all fields: a test below prints each layout",
    ("check: the days add up", "CO-F43"): ALWAYS,
    ("check: a summer dropout has no school and no dates", "CO-L8"): ALWAYS,
    ("check: one residence at most", "CO-F16-18a"): ALWAYS,
    ("extension point ContinuityExceptions", "CO-C6"): LOST,
    ("extension point ExpulsionResolutions", "CO-F23"): LOST,
    ("extension point RetentionByProgram", "CO-F13"): LOST,
    ("extension point RetentionBySpecialEducation", "CO-F13"): LOST,
}
"""What no example can notice the lack of: the part, the ids of its statements; and why."""


@pytest.fixture(scope="module")
def project() -> Project:
    return own_project()


@pytest.fixture(scope="module")
def program(project: Project) -> Program:
    found: Program = project.programs["colorado"]
    return found


def test_every_statement_is_covered_and_no_other(program: Program) -> None:
    assert frozenset().union(*(part.ids for part in extract_parts(program, NAME))) == ALL


def test_examples_give_what_is_expected(program: Program) -> None:
    examples = program.filed[NAME].examples
    assert not [e.name for e in examples if meaning(program, program.extracts[NAME], e).problems]


def test_what_is_missing_is_told_over_a_folder_too(program: Program) -> None:
    """Of candidates that something is missing of, a run brings together the records that can matter, and no others."""
    extract = program.extracts[NAME]
    query, asked = extract_query(program, extract), [meaning(program, extract, e) for e in program.filed[NAME].examples]
    lacking = [
        one for one in asked if any(row.lacking for row in one.found.rows) or any(map(_missing, one.found.left_out))
    ]
    assert len(lacking) == 5
    for one in lacking:
        assert one.case is not None
        assert in_folder(program, extract, query, one.case) == one.found


def _missing(left: LeftOut) -> bool:
    return bool(left.missing)


def chosen_less(example: CheckedRowExample, option: str) -> CheckedRowExample:
    """An example in which nobody chooses an option."""
    return replace(example, given={name: value for name, value in example.given.items() if name != option})


def held(program: Program, part: ExtractPart) -> frozenset[str]:
    """The statements of a part of which an example fails without it."""
    if part.spoiled is None:
        return frozenset()
    examples = [e for e in program.filed[NAME].examples if part.ids & texts(e.written.covers)]
    failing = [e for e in examples if meaning(program, part.spoiled, chosen_less(e, part.unset)).problems]
    return part.ids & frozenset().union(*(texts(e.written.covers) for e in failing))


def unnoticed(program: Program) -> Iterator[tuple[str, str]]:
    """The parts of the extract, each with the statements that no example holds when the part is taken away."""
    for part in extract_parts(program, NAME):
        if missed := part.ids - held(program, part):
            yield part.label, ", ".join(sorted(missed))


def test_an_example_fails_when_what_it_covers_is_taken_away(program: Program) -> None:
    assert sorted(unnoticed(program)) == sorted(UNNOTICED)


# -- what no example can notice


def made(program: Program, extract: ir.Extract, example: str, layout: ir.Layout | None = None, **changed: Any) -> Filed:
    """The one row of an example; ``changed`` are properties of its enrollment."""
    checked = next(e for e in program.filed[NAME].examples if e.name == example)
    context = Context(checked.school_year, checked.as_of)
    records = {**checked.records, "enrollment": [{**body, **changed} for body in checked.records["enrollment"]]}
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
    choices = resolved(program, extract, checked.given, context)
    found = rows_of(program, extract, world, context, choices.values)
    shape = shape_of(extract, layout) if layout is not None else whole_shape(extract)
    (row,) = filed(program, extract, shape, Fixed("cp1252"), found.rows, context)
    return row


def test_a_line_of_each_layout_has_185_characters(program: Program) -> None:
    extract = program.extracts[NAME]
    assert {layout.name: layout.years for layout in extract.layouts} == {"2023-2024": (2024,), "2024-2025": (2025,)}
    for layout in extract.layouts:
        columns = shape_of(extract, layout).columns
        assert [(columns[n - 1].start, columns[n - 1].end) for n in (1, 16, 40, 50)] == [
            (1, 4),
            (117, 120),
            (156, 160),
            (185, 185),
        ]
        assert len("".join(made(program, extract, "an ordinary student", layout).texts)) == 185


def test_days_without_their_point_have_four_digits(program: Program) -> None:
    extract = program.extracts[NAME]
    days = [replace(field, width=4, implied=True, missing="0000", zero="0000") for field in extract.fields[39:43]]
    layout = replace(extract.layouts[-1], forms=tuple(days))
    changed = replace(extract, checks=())
    assert made(program, extract, "half a day, and a day").texts[39:43] == ("001.5", "000.5", "000.0", "002.0")
    assert made(program, changed, "half a day, and a day", layout).texts[39:43] == ("0015", "0005", "0000", "0020")
    assert shape_of(changed, layout).width == 181


@pytest.mark.parametrize(
    ("spoiled", "check"),
    [
        ({43: "002.1"}, "the days add up"),
        ({10: "00", 12: "40"}, "a summer dropout has no school and no dates"),
        ({17: "484", 18: "WY"}, "one residence at most"),
    ],
)
def test_checks_find_faults_of_other_files(program: Program, spoiled: dict[int, str], check: str) -> None:
    extract = program.extracts[NAME]
    printed = list(made(program, extract, "half a day, and a day").texts)
    checks = Checks(whole_shape(extract), checking_interpreter(program, extract, Context(2025, AS_OF)))
    assert checks.failed(printed) == []
    for number, text in spoiled.items():
        printed[number - 1] = text
    assert checks.failed(printed) == [check]


@pytest.mark.parametrize(
    ("table", "key", "cells", "changed", "field"),
    [
        ("RetentionByProgram", "05", {"program": "05", "code": "3"}, {"ascent": "05", "endAction": "R"}, (13, "3")),
        ("RetentionBySpecialEducation", "Y", {"status": "Y", "code": "4"}, {"specialEdStatus": "Y"}, (13, "4")),
        ("ExpulsionResolutions", "12", {"stateResolutionCode": "12", "meaning": "Expelled"}, {}, (23, "1")),
    ],
)
def test_tables_that_are_filled_are_read(
    program: Program, table: str, key: str, cells: dict[str, Any], changed: dict[str, Any], field: tuple[int, str]
) -> None:
    found = program.tables[table]
    assert found.is_lost
    assert found.rows == ()
    filled = replace(program, tables={**program.tables, table: replace(found, rows=(((key,), cells),))})
    row = made(filled, program.extracts[NAME], "a suspension without a duration", **changed)
    assert row.texts[field[0] - 1] == field[1]


def test_fields_of_an_enrollment_name_the_place_where_they_are_entered(program: Program) -> None:
    groups = {
        "Enrollments > General Enrollment Information > ": {8, 10, 11, 12, 13, 21},
        "Enrollments > State Reporting Fields > ": {3, 13, 14, 15, 16, 17, 18, 19, 20, 24, 46},
        "Identities > Protected Identity Information > ": {4, 5, 6},
        "Demographics > Person Information > ": {4, 5, 6, 7},
        "Special Ed Documents > PLP": set(range(25, 39)),
        "Section Information > Alt Instruction Course Override": {47, 48, 49, 50},
    }
    paths = {int(field.number.text): field.gui.text for field in program.filed[NAME].written.fields if field.gui}
    assert sorted(paths) == list(range(1, 51))
    for group, numbers in groups.items():
        assert {number for number, path in paths.items() if group in path} == numbers
