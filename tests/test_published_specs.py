"""The publications of this repository: each statement of a source that one covers is held by an example of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from compiler.cli.projects import chosen_program
from compiler.conformance import Examples
from compiler.driver import Project, read_schemas
from compiler.planning.examples import plan_differences, plan_of
from compiler.schema.edfi import stack
from compiler.semantics.checker.publications import CheckedSentExample
from compiler.semantics.expected import differences
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.wanted import Wanted, want
from compiler.semantics.world import RawRecord, World
from tests.mutants import publication_mutants
from tests.parts_of_publications import parts, texts
from tests.support import ROOT, own_project

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

UNNOTICED: dict[tuple[str, str, str], str] = {
    ("NE-SSA", "the head", "NE-E27, NE-P4"): "paths in a user interface, which people are shown",
    ("NE-SSA", "element id", "NE-E1"): "the API gives it, so nothing of it is sent",
    ("NE-SSA", "element etag", "NE-E26"): "the API gives it, so nothing of it is sent",
    ("NE-SSA", "element ExcpectedHighSchoolofGraduation", "NE-E23"): "the schemas have no property for it",
    ("NE-SSA", "dependent graduationPlans", "NE-K8"): "nothing is done for what is shared",
    ("NE-SSA", "resync 1", "NE-R3"): "the identity map alone forgets; the steps are the same",
    ("MN-SPED", "the head", "MN-E15"): "paths in a user interface, which people are shown",
    ("MN-SPED", "element id", "MN-E1"): "the API gives it, so nothing of it is sent",
    ("MN-SPED", "cascade", "MN-K4"): "nothing depends on the record, so there is nothing to take away",
    ("MN-SPED", "resync 1", "MN-R2"): "the identity map alone forgets; the steps are the same",
}
"""What no example can notice the lack of: the publication, its part, the ids of statements; and why."""

EQUIVALENT: dict[tuple[str, str], str] = {
    ("MN-SPED", "'SpecialEDState' -> SpecialEDState+"): "the last of two kinds comes last, listed or not",
    ("MN-SPED", "e.specialEdService is one of codes ServicesWithHours -> without 4"): "of a record without services",
    ("MN-SPED", "e.specialEdService is one of codes ServicesWithHours -> without 6"): "of a record without services",
    ("NE-SSA", "'XX-XXXX' -> XX-XXXX+"): "what people are shown stands in no example; a test below looks at it",
    ("NE-SSA", "'XX-XXXX-XXX' -> XX-XXXX-XXX+"): "what people are shown stands in no example; a test below looks at it",
}
"""Changes of an expression that no example can notice, by publication, and why."""


@pytest.fixture(scope="module")
def project() -> Project:
    return own_project()


def published(project: Project) -> list[tuple[Program, str]]:
    return [(program, name) for program in project.programs.values() for name in program.published]


def test_every_statement_is_covered_by_a_publication_and_no_other(project: Project) -> None:
    every = (part for program, name in published(project) for part in parts(program, name))
    assert frozenset().union(*(part.ids for part in every)) == ALL


def test_examples_give_what_is_expected(project: Project) -> None:
    for program, name in published(project):
        assert not [result.example.name for result in Examples(program).of_publications([name]) if result.problems]


def problems(program: Program, name: str, example: CheckedSentExample) -> list[str]:
    """Where an example of a publication is not as it expects, by the interpreter."""
    if example.written.steps is not None:
        return plan_differences(example, plan_of(program, program.published[name], example))
    return differences(example, wanted_of(program, name, example))


def wanted_of(program: Program, name: str, example: CheckedSentExample) -> Wanted:
    world = World(program.schemas, {resource: map(RawRecord, bodies) for resource, bodies in example.records.items()})
    context = Context(example.school_year, example.as_of)
    return want(program, program.publications[name], world, context, example.parameters)


def unnoticed(program: Program, name: str) -> Iterator[tuple[str, str]]:
    """The parts of a publication, each with the statements that no example holds when the part is taken away."""
    for part in parts(program, name):
        examples = [e for e in program.published[name].examples if part.ids & texts(e.written.covers)]
        missed = part.ids
        for spoiled in part.spoiled:
            changed = replace(program, publications={**program.publications, name: spoiled})
            failing = [example.written for example in examples if problems(changed, name, example)]
            missed -= frozenset().union(*(texts(example.covers) for example in failing))
        if missed:
            yield part.label, ", ".join(sorted(missed))


def test_an_example_fails_when_what_it_covers_is_taken_away(project: Project) -> None:
    found = {(name, *missed) for program, name in published(project) for missed in unnoticed(program, name)}
    assert sorted(found) == sorted(UNNOTICED)


def test_examples_notice_every_change(project: Project) -> None:
    left = set()
    for program, name in published(project):
        checked = program.published[name]
        for changed, change in publication_mutants(program.publications[name], checked.written.document.source.path):
            mutated = replace(program, publications={**program.publications, name: changed})
            if not any(problems(mutated, name, example) for example in checked.examples):
                left.add((name, change))
    assert sorted(left) == sorted(EQUIVALENT)


def test_what_examples_send_fits_the_schema_of_its_resource(project: Project) -> None:
    for program, name in published(project):
        checked, publication = program.published[name], program.publications[name]
        folders = [word.text for word in checked.written.target]
        library = read_schemas(ROOT, folders)
        documents = stack([dict(library[folder].documents) for folder in folders])
        validator = Draft202012Validator(documents[publication.target])
        for example in checked.examples:
            for payload in wanted_of(program, name, example).records.values():
                assert [error.message for error in validator.iter_errors(payload.body)] == [], example.name


def test_what_is_sent_as_digits_is_shown_in_the_form_of_the_source(project: Project) -> None:
    program = project.programs["nebraska"]
    example = next(e for e in program.published["NE-SSA"].examples if e.name == "home district and school")
    (payload,) = wanted_of(program, "NE-SSA", example).records.values()
    assert payload.shown == (("districtOfResidenceReference", "28-0017"), ("schoolOfResidenceReference", "28-0017-007"))


def test_rules_are_found_though_other_states_have_publications_alone(project: Project) -> None:
    assert {program.state for program in project.programs.values() if program.published} == {"minnesota", "nebraska"}
    assert chosen_program(project, None).state == "indiana"
