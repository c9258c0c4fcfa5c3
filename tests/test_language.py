"""Every form of the language does what its entry in the table of operators says, in every back end."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from compiler.diagnostics import Level
from compiler.reports.diagnostics import render
from compiler.semantics import ir
from compiler.semantics.operators import EXAMPLE_WORLD, LANGUAGE, Entry
from compiler.semantics.outcomes import Context
from tests.evaluation import Evaluation, evaluations
from tests.support import Sample

RULE = """\
id: LX-{number}
title: Example
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: >-
  student as s, e in s.studentSchoolAssociations, f in s.studentSchoolAssociations,
  m in s.studentEducationOrganizationResponsibilityAssociations
  where (e.entryDate is 2023-08-07 and f.entryDate is 2024-01-08)
all years: true
require: |
  {require}
severity: Error
message: x
detail: |
  {{{detail}}}
fix: x
examples: []
"""
DEFINITIONS = """\
definitions:
- {of: studentSchoolAssociation as e, name: isPrimary, doc: Whether it is primary., is: e.primarySchool otherwise true}
"""


@pytest.fixture(scope="module")
def found(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluation]:
    """What each example gives: as a detail, and compared with the value of its entry."""
    sample = Sample.copied(template, tmp_path_factory.mktemp("language") / "project")
    sample.write(DEFINITIONS, "_definitions.yaml")
    sample.replace("subjects:\n", "subjects:\n  student as s: {student: s.studentUniqueId}\n", "_ruleset.yaml")
    for number, entry in enumerate(LANGUAGE):
        rules = {number: "false", number + 500: _claim(entry)}
        for identifier, require in rules.items():
            rule = RULE.format(number=identifier, require=require, detail=entry.example)
            sample.write(rule, f"enrollment/LX-{identifier}-example.yaml")
    project = sample.open()
    errors = [render(found) for found in project.sink.sorted() if found.level is Level.ERROR]
    assert not errors, "\n".join(errors)
    program = project.programs["sample"]
    bodies = {program.schemas.plurals[name]: records for name, records in EXAMPLE_WORLD.items()}
    chosen = [name for name in program.rules if name.startswith("LX-")]
    return evaluations(program, chosen, bodies, Context(2024, date(2024, 6, 1), "state"))


def _claim(entry: Entry) -> str:
    """The condition that the example has the value of its entry."""
    if entry.value == "(missing)":
        return f"({entry.example}) is missing"
    number_or_day = re.fullmatch(r"[0-9.-]+|true|false", entry.value)
    return f"({entry.example}) is {entry.value if number_or_day and entry.gives != 'a text' else repr(entry.value)}"


@pytest.mark.parametrize("number", range(len(LANGUAGE)), ids=[entry.name for entry in LANGUAGE])
def test_example(number: int, found: dict[str, Evaluation]) -> None:
    shown = found[f"LX-{number}"].detail.strip()
    assert shown.replace("(blank)", "(missing)") == LANGUAGE[number].value
    assert found[f"LX-{number + 500}"].outcomes == {"pass"}


def test_every_node_of_the_ir_has_an_entry() -> None:
    nodes = {name for name, kind in vars(ir).items() if isinstance(kind, type) and issubclass(kind, ir.Expr)}
    named = {name for entry in LANGUAGE for name in entry.node.split(", ")}
    assert named <= nodes
    assert nodes - named == {"Expr", "Var", "Empty"}
