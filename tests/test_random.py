"""Random rules over random records: the generated Python says what the interpreter says, and so does the SQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from compiler.backends.duckdb import fused
from compiler.diagnostics import Level
from compiler.driver import Project
from compiler.engines.python_engine import PythonEngine
from compiler.reports.diagnostics import render
from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.outcomes import Context, evaluate
from compiler.semantics.program import Program
from tests.evaluation import by_interpreter, by_sql, connected, tallies, tally, world_of
from tests.random_rules import COLLECTIONS, DEFINITIONS, TABLE, Writer, random_world
from tests.support import Sample

BATCHES, RULES_EACH, SQL_EVERY, WORLDS = 7, 300, 20, 3
CONTEXT = Context(2024, date(2024, 6, 1), "state", "fall")

RULE = """\
id: RX-{number}
title: Random
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: |
  {subject}
all years: true
when: |
  {when}
{clause}: |
  {body}
{once}
severity: Error
message: x
detail: "{{e.entryDate}} {{e.entryGradeLevelDescriptor}} {{e.weight}}"
fix: x
examples: []
"""


def random_project(sample: Sample, seed: int) -> Project:
    """A project of random rules; every one must be accepted by the checker."""
    sample.write(COLLECTIONS, "_collections.yaml").write(DEFINITIONS, "_definitions.yaml")
    sample.write(TABLE, "tables/shares.yaml")
    scope = sample.open().checked.scopes["specs/sample/enrollment"]
    random = Random(seed)
    for number in range(RULES_EACH):
        writer, subject = Writer(scope, random, [("e", Record("studentSchoolAssociation"))]).subject()
        conflicts = random.random() < 0.1
        clause, body = ("conflicts with", writer.rivals(2)) if conflicts else ("require", writer.condition(3))
        once = random.choice(("# for every subject", "once per: [student]", "once per: [student, corporation]"))
        texts = {"subject": subject, "when": writer.condition(1), "clause": clause, "body": body, "once": once}
        sample.write(RULE.format(number=number, **texts), f"enrollment/RX-{number}-random.yaml")
    project = sample.open()
    errors = [render(found) for found in project.sink.sorted() if found.level is Level.ERROR]
    assert not errors, "\n".join(errors[:5])
    return project


@pytest.fixture(scope="module")
def programs(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Program]:
    folder = tmp_path_factory.mktemp("random")
    samples = [Sample.copied(template, folder / str(seed)) for seed in range(BATCHES)]
    return [random_project(sample, seed).programs["sample"] for seed, sample in enumerate(samples)]


def random_rules(program: Program) -> list[ir.Rule]:
    return [rule for name, rule in program.rules.items() if name.startswith("RX-")]


def test_random_rules_use_the_whole_language(programs: list[Program]) -> None:
    rules = [rule for program in programs for rule in random_rules(program)]
    assert len(rules) == BATCHES * RULES_EACH >= 2000
    used = {type(node) for rule in rules for top in ir.expressions(rule) for node in ir.walk(top)}
    nodes = {kind for kind in vars(ir).values() if isinstance(kind, type) and issubclass(kind, ir.Expr)}
    assert nodes - used == {ir.Expr}


@pytest.mark.parametrize("seed", range(BATCHES))
def test_back_ends_agree(seed: int, programs: list[Program]) -> None:
    program = programs[seed]
    rules = random_rules(program)
    engine = PythonEngine(program)
    outcomes = set()
    for number in range(WORLDS):
        bodies = random_world(program.schemas, Random(1000 * seed + number))
        world = world_of(program, bodies)
        for rule, generated in zip(rules, engine.evaluate(rules, bodies, CONTEXT), strict=True):
            interpreted = evaluate(program, rule, world, CONTEXT)
            assert generated.counts == interpreted.counts, said(rule)
            assert generated.findings == interpreted.findings, said(rule)
            outcomes |= {outcome for outcome, count in interpreted.counts.items() if count}
        connection = connected(program, bodies)
        for rule in rules[number::SQL_EVERY]:
            wanted = by_interpreter(program, rule, world, CONTEXT)
            assert by_sql(connection, program, rule, CONTEXT) == wanted, said(rule)
        together = rules[number::SQL_EVERY]
        told = tallies(connection, program, fused(program, together), CONTEXT)
        for rule in together:
            assert told[rule.key] == tally(program, rule, world, bodies, CONTEXT), said(rule)
    assert len(outcomes) == 4, "the random rules are too alike"


def said(rule: ir.Rule) -> str:
    return f"{rule.id}\nwhen: {rule.when_text}\nrequire: {rule.require_text}"
