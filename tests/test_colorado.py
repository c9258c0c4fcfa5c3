"""The extract of Colorado: each statement of its source is held by an example of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from compiler.driver import Project, open_project
from compiler.engines.row_examples import meaning_problems
from compiler.semantics.checker.extracts import CheckedRowExample
from compiler.semantics.program import Program
from tests.parts_of_extracts import ExtractPart, extract_parts, texts
from tests.support import ROOT

NAME = "CO-SSA"
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
LOST = "the table is empty, as the source has lost what belongs in it"
UNNOTICED: dict[tuple[str, str], str] = {}
"""What no example can notice the lack of: the part, the ids of its statements; and why."""


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


@pytest.fixture(scope="module")
def program(project: Project) -> Program:
    return project.programs["colorado"]


def test_every_statement_is_covered_and_no_other(program: Program) -> None:
    assert frozenset().union(*(part.ids for part in extract_parts(program, NAME))) == ALL


def test_examples_give_what_is_expected(program: Program) -> None:
    examples = program.filed[NAME].examples
    assert not [e.name for e in examples if meaning_problems(program, program.extracts[NAME], e)]


def chosen_less(example: CheckedRowExample, option: str) -> CheckedRowExample:
    """An example in which nobody chooses an option."""
    return replace(example, given={name: value for name, value in example.given.items() if name != option})


def held(program: Program, part: ExtractPart) -> frozenset[str]:
    """The statements of a part of which an example fails without it."""
    if part.spoiled is None:
        return frozenset()
    examples = [e for e in program.filed[NAME].examples if part.ids & texts(e.written.covers)]
    failing = [e for e in examples if meaning_problems(program, part.spoiled, chosen_less(e, part.unset))]
    return part.ids & frozenset().union(*(texts(e.written.covers) for e in failing))


def unnoticed(program: Program) -> Iterator[tuple[str, str]]:
    """The parts of the extract, each with the statements that no example holds when the part is taken away."""
    for part in extract_parts(program, NAME):
        if missed := part.ids - held(program, part):
            yield part.label, ", ".join(sorted(missed))


def test_an_example_fails_when_what_it_covers_is_taken_away(program: Program) -> None:
    assert sorted(unnoticed(program)) == sorted(UNNOTICED)
