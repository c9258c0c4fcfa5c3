"""The publications of this repository: each statement of a source that one covers is held by an example of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from compiler.cli.projects import chosen_program
from compiler.conformance import run_sent_examples
from compiler.driver import Project, open_project, read_schemas
from compiler.schema.edfi import stack
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.wanted import want
from compiler.semantics.world import RawRecord, World
from tests.parts_of_publications import Part, parts, texts
from tests.support import ROOT

STATEMENTS = {
    "NE-T": range(1, 30),
    "NE-R": range(1, 8),
    "NE-K": range(1, 10),
    "NE-Y": range(1, 3),
    "NE-P": range(1, 6),
    "NE-I": range(1, 2),
    "NE-Q": range(1, 6),
    "NE-E": range(1, 29),
    "NE-18-": range(1, 13),
    "NE-D": range(1, 5),
    "MN-T": range(1, 22),
    "MN-R": range(1, 5),
    "MN-K": range(1, 6),
    "MN-Y": range(1, 3),
    "MN-P": range(1, 9),
    "MN-I": range(1, 3),
    "MN-Q": range(1, 4),
    "MN-E": (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15),
}
ALL = {f"{prefix}{number}" for prefix, numbers in STATEMENTS.items() for number in numbers} | {
    "NE-18",
    "NE-E18a",
    "MN-E3a",
    "MN-E6a",
    "MN-E13a",
}
"""Every statement of the sources of Nebraska and Minnesota, by its id."""

UNNOTICED: dict[tuple[str, str], str] = {}
"""What no example can notice the lack of: the publication and part, and why."""


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


def published(project: Project) -> list[tuple[Program, str]]:
    return [(program, name) for program in project.programs.values() for name in program.published]


def covered_parts(program: Program, name: str) -> Iterator[Part]:
    return (part for part in parts(program, name) if part.ids)


def test_every_statement_is_covered_by_a_publication_and_no_other(project: Project) -> None:
    said = {
        statement
        for program, name in published(project)
        for statement in (
            *texts(program.published[name].written.covers),
            *(statement for part in parts(program, name) for statement in part.ids),
        )
    }
    assert said == ALL


def test_examples_give_what_is_expected(project: Project) -> None:
    for program, name in published(project):
        assert not [result.example.name for result in run_sent_examples(program, [name]) if result.problems]


def unnoticed(program: Program, name: str) -> Iterator[tuple[str, str]]:
    """The parts of a publication, each with the statements that no example holds when the part is taken away."""
    checked = program.published[name]
    for part in covered_parts(program, name):
        examples = tuple(example for example in checked.examples if part.ids & texts(example.written.covers))
        missed = part.ids
        if part.spoiled is not None and examples:
            changed = replace(
                program,
                publications={**program.publications, name: part.spoiled},
                published={**program.published, name: replace(checked, examples=examples)},
            )
            failing = [result.example.written for result in run_sent_examples(changed, [name]) if result.problems]
            missed -= frozenset().union(*(texts(example.covers) for example in failing))
        if missed:
            yield part.label, ", ".join(sorted(missed))


def test_an_example_fails_when_what_it_covers_is_taken_away(project: Project) -> None:
    found = {
        (f"{name}, {label}", missed)
        for program, name in published(project)
        for label, missed in unnoticed(program, name)
    }
    assert sorted(found) == sorted(UNNOTICED)


def test_what_examples_send_fits_the_schema_of_its_resource(project: Project) -> None:
    for program, name in published(project):
        checked, publication = program.published[name], program.publications[name]
        folders = [word.text for word in checked.written.target]
        library = read_schemas(ROOT, folders)
        documents = stack([dict(library[folder].documents) for folder in folders])
        validator = Draft202012Validator(documents[publication.target])
        for example in checked.examples:
            records = {resource: map(RawRecord, bodies) for resource, bodies in example.records.items()}
            context = Context(example.school_year, example.as_of)
            wanted = want(program, publication, World(program.schemas, records), context)
            for payload in wanted.records.values():
                assert [error.message for error in validator.iter_errors(payload.body)] == [], example.name


def test_rules_are_found_though_other_states_have_publications_alone(project: Project) -> None:
    assert {program.state for program in project.programs.values() if program.published} == {"minnesota", "nebraska"}
    assert chosen_program(project, None).state == "indiana"
