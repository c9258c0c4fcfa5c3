"""Rules evaluated together say what each says by itself, and what the interpreter says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from compiler.backends.duckdb import Plan, fused, sieves
from compiler.diagnostics import Level
from compiler.engines.folder import open_folder
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from tests.benchmarks import state as made_up
from tests.benchmarks.faults import FAULTS
from tests.evaluation import Bodies, Tally, by_interpreter, by_sql, connected, tallies, tally, world_of
from tests.random_rules import random_world
from tests.support import Sample
from tests.test_random import CONTEXT

COLLECTIONS = """\
collections:
  enrollment:
    title: Enrollment
    school years: ['2024']
    cycles: {fall: {title: Fall count}}
    parameters:
      limit: {type: whole, doc: A limit., values: {'2024': '1'}}
      day: {type: date, doc: A day., values: {'2024': 2023-12-31}}
"""
OTHER = COLLECTIONS.replace("enrollment", "other").replace("'1'", "'3'").replace("2023-12-31", "2024-03-01")
RULE = """\
id: SH-{number}
title: Shared
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: studentSchoolAssociation as e
all years: true
require: |
  {require}
severity: Error
message: x
detail: x
fix: x
examples: []
"""
ALIKE = (
    "any x in STUDENT has (x.primarySchool)",
    "any x in STUDENT has (not x.primarySchool)",
    "every x in STUDENT has (x.primarySchool)",
    "any x in e.student.studentSpecialEducationProgramAssociations has (x.ideaEligibility)",
    "any x in (all y in STUDENT where (y.entryDate is after e.entryDate)) has (x.primarySchool)",
    "any x in (all y in STUDENT where (y.entryDate is before e.entryDate)) has (x.primarySchool)",
    "any x in (all y in STUDENT where (y.entryDate is after $day)) has (x.primarySchool)",
    "any x in (all y in STUDENT where (y.entryDate is before $day)) has (x.primarySchool)",
    "number of x in STUDENT is at least 2",
    "number of x in (all y in STUDENT where (y.school is e.school)) is at least 2",
    "number of x in (all y in STUDENT where (y.primarySchool)) is at least $limit",
    "(latest x in STUDENT by entryDate) is e",
    "(earliest x in STUDENT by entryDate) is e",
    "any x in e.school.studentSchoolAssociations has (x.primarySchool)",
    "any x in e.school.studentSchoolAssociations has (x.primarySchool and x.student is not e.student)",
    "any x in STUDENT has (any X in e.school.studentSchoolAssociations has (X.entryDate is after x.entryDate))",
    "any x in e.school.localEducationAgency.schools has (any y in x.studentSchoolAssociations has (y.primarySchool))",
)  # fmt: skip
"""Conditions that differ in little: a filter, a parameter's value, what a variable stands for, whose list it is."""


@pytest.fixture(scope="module")
def alike(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """These conditions as rules of two collections, whose parameters have the same names."""
    sample = Sample.copied(template, tmp_path_factory.mktemp("fusion") / "project")
    sample.write(COLLECTIONS + OTHER.split("\n", 1)[1], "_collections.yaml")
    sample.write("title: Other\ncollection: other\n", "other/_ruleset.yaml")
    for number, require in enumerate(ALIKE):
        for folder, first in (("enrollment", 100), ("other", 200)):
            text = require.replace("STUDENT", "e.student.studentSchoolAssociations")
            rule = RULE.format(number=first + number, require=text)
            sample.write(rule, f"{folder}/SH-{first + number}-shared.yaml")
    project = sample.open()
    assert [str(found) for found in project.sink.sorted() if found.level is Level.ERROR] == []
    return project.programs["sample"]


def test_rules_that_differ_in_little_are_told_apart(alike: Program) -> None:
    rules = [rule for key, rule in alike.rules.items() if key.startswith("SH-")]
    plan, said = fused(alike, rules), {rule.key: list[Tally]() for rule in rules}
    assert [len(query.rules) for query in plan.queries] == [len(ALIKE)] * 2
    for seed in range(6):
        bodies = random_world(alike.schemas, Random(seed))
        found = agreed(alike, rules, bodies, plan)
        for key, told in found.items():
            said[key].append(told)
    differing = {tuple(told) for told in said.values()}
    assert len(differing) == len(ALIKE) + sum("$" in require for require in ALIKE), "a mix-up would not be noticed"


def agreed(
    program: Program, rules: list[ir.Rule], bodies: Bodies, plan: Plan, context: Context = CONTEXT
) -> dict[str, Tally]:
    """What a plan says, which is what the interpreter says."""
    world, found = world_of(program, bodies), tallies(connected(program, bodies), program, plan, context)
    wanted = {rule.key: tally(program, rule, world, bodies, context) for rule in rules}
    assert [(key, found[key], wanted[key]) for key in wanted if found[key] != wanted[key]] == []
    return found


def test_the_rules_of_a_state_over_every_fault(indiana: Program, tmp_path: Path) -> None:
    plan = made_up.Plan(students=2 * len(FAULTS), period=2)
    made_up.write(plan, tmp_path)
    folder = open_folder(tmp_path, indiana.schemas)
    rules = [rule for key, rule in indiana.rules.items() if indiana.checked[key].runs]
    bodies = {name: [entry.body for entry in folder.entries(name) if entry.body is not None] for name in folder.files}
    context = replace(CONTEXT, cycle=None)
    together = agreed(indiana, rules, bodies, fused(indiana, rules), context)
    assert together == tallies(connected(indiana, bodies), indiana, sieves(indiana, rules), context)


def test_a_school_year_that_takes_a_list_to_tell(sample: Sample) -> None:
    """Such a year is known only when lists have been grouped, after what is joined to a record was found."""
    old = "school year: e.schoolYearTypeReference.schoolYear"
    new = old.replace(": e.", ": (latest x in e.student.studentSchoolAssociations by entryDate).")
    sample.write(COLLECTIONS, "_collections.yaml").replace(old, new, "_ruleset.yaml")
    joins = ("", ", x in e.student.studentSpecialEducationProgramAssociations", ", x in e.school.gradeLevels")
    for number, joined in enumerate(joins):
        rule = RULE.format(number=number, require="e.primarySchool").replace("all years: true\n", "")
        sample.write(rule.replace("as e\n", f"as e{joined}\n"), f"enrollment/SH-{number}-shared.yaml")
    project = sample.open()
    assert [str(found) for found in project.sink.sorted() if found.level is Level.ERROR] == []
    program = project.programs["sample"]
    rules, left_out = [program.rules[f"SH-{number}"] for number in range(len(joins))], 0
    for seed in range(4):
        bodies = random_world(program.schemas, Random(seed))
        found = agreed(program, rules, bodies, fused(program, rules))
        left_out += len(bodies["studentSchoolAssociation"]) - found["SH-0"].subjects
        connection, world = connected(program, bodies), world_of(program, bodies)
        for rule in rules:
            assert by_sql(connection, program, rule, CONTEXT) == by_interpreter(program, rule, world, CONTEXT), rule.key
    assert left_out
