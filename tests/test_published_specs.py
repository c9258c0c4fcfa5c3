"""The publications of this repository: each statement of a source that one covers is held by an example of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from compiler.cli.projects import chosen_program
from compiler.conformance import run_sent_examples
from compiler.driver import Project, open_project, read_schemas
from compiler.schema.edfi import stack
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.wanted import want
from compiler.semantics.world import RawRecord, World
from compiler.syntax.document import Scalar
from tests.support import ROOT


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


def published(project: Project) -> list[tuple[Program, str]]:
    return [(program, name) for program in project.programs.values() for name in program.published]


def texts(scalars: tuple[Scalar, ...]) -> set[str]:
    return {scalar.text for scalar in scalars}


def statements(program: Program, name: str) -> set[str]:
    """All ids of statements that a publication covers, be it in an example or not."""
    written = program.published[name].written
    items = (*written.include, *written.exclude, *written.prefer, *written.elements)
    return set().union(texts(written.covers), texts(written.behind_covers), *(texts(item.covers) for item in items))


def without_one(program: Program, name: str) -> Iterator[tuple[set[str], ir.Publication]]:
    """A publication without one of its clauses, preferences or elements, with the ids that this one covers."""
    publication, written = program.publications[name], program.published[name].written
    (source,) = publication.sources

    def with_source(**parts: Any) -> ir.Publication:
        return replace(publication, sources=(replace(source, **parts),))

    for i, clause in enumerate(written.include):
        yield texts(clause.covers), with_source(include=left_out(source.include, i))
    for i, clause in enumerate(written.exclude):
        yield texts(clause.covers), with_source(exclude=left_out(source.exclude, i))
    for i, preference in enumerate(written.prefer):
        yield texts(preference.covers), with_source(prefer=left_out(source.prefer, i))
    sent = [element for element in written.elements if element.value is not None]
    for i, element in enumerate(sent):
        path = tuple(element.path.text.split("."))
        if not any(part[: len(path)] == path for part in publication.key):
            yield texts(element.covers), with_source(elements=left_out(source.elements, i))


def left_out(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return (*items[:place], *items[place + 1 :])


def test_examples_cover_what_is_said_and_nothing_else(project: Project) -> None:
    for program, name in published(project):
        examples = program.published[name].examples
        assert set().union(*(texts(example.written.covers) for example in examples)) == statements(program, name)


def test_an_example_fails_when_what_it_covers_is_taken_away(project: Project) -> None:
    for program, name in published(project):
        assert not [result for result in run_sent_examples(program, [name]) if result.problems]
        for covered, spoiled in without_one(program, name):
            changed = replace(program, publications={name: spoiled})
            failing = [result.example.written for result in run_sent_examples(changed, [name]) if result.problems]
            noticed = set().union(*(texts(example.covers) for example in failing))
            assert covered <= noticed, (name, covered - noticed)


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


def test_rules_are_found_though_another_state_has_publications_alone(project: Project) -> None:
    assert len([program for program in project.programs.values() if program.published]) == 1
    assert chosen_program(project, None).state == "indiana"
