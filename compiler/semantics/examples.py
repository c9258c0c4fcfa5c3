"""The examples of a rule through the interpreter: the world of each, its subject, what it gave and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compiler.semantics import ir
from compiler.semantics.checker.examples import CheckedExample
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.outcomes import (
    Context,
    RuleResult,
    evaluate,
    interpreter_for,
    judge,
    subject_key,
    subjects_of,
    whole_rule_reasons,
)
from compiler.semantics.program import Program
from compiler.semantics.steps import Step, steps_of
from compiler.semantics.world import RawRecord, World

NO_SUBJECT = "no subject"


@dataclass(frozen=True, slots=True)
class ExampleTrace:
    """What an example gave, and why: the steps of ``when`` and of ``require``, as far as the rule asks them."""

    outcome: str
    finding: Finding | None
    when: Step | None
    require: Step | None


def example_world(program: Program, rule: ir.Rule, example: CheckedExample) -> dict[str, list[dict[str, Any]]]:
    """The records of an example, with an empty list for every resource the rule needs and the example keeps."""
    records: dict[str, list[dict[str, Any]]] = {name: list(bodies) for name, bodies in example.records.items()}
    for name in rule.needs - example.absent:
        records.setdefault(name, [])
    return records


def example_context(example: CheckedExample) -> Context:
    """What the run of an example is told."""
    return Context(example.school_year, example.as_of, example.scope, example.cycle or None)


def example_subject(interpreter: Interpreter, rule: ir.Rule, example: CheckedExample) -> Environment | None:
    """The subject of an example: the first that its first record gives; None when that gives none."""
    body = example.records[rule.resource][0]
    subjects = subjects_of(interpreter, rule)
    return next((env for env in subjects if env[rule.variable].record.body is body), None)


def example_outcome(
    interpreter: Interpreter, rule: ir.Rule, example: CheckedExample, result: RuleResult
) -> tuple[str, Finding | None, Environment | None]:
    """The outcome of the subject of an example, its finding among those of the rule, and the subject.

    There is no subject where the rule could not be checked at all, or where the first record gives none.
    """
    if whole_rule_reasons(rule, interpreter.world.present, example.scope):
        return Outcome.NOT_CHECKED.value, result.findings[0], None
    env = example_subject(interpreter, rule, example)
    if env is None:
        return NO_SUBJECT, None, None
    key = subject_key(interpreter, rule, env)
    finding = next((f for f in result.findings if key == f.key or key in f.others), None)
    return judge(interpreter, rule, env).outcome.value, finding, env


def example_trace(program: Program, rule: ir.Rule, example: CheckedExample) -> ExampleTrace:
    """What an example gave with its trace; there is none without a subject."""
    bodies, context = example_world(program, rule, example), example_context(example)
    world = World(program.schemas, {name: map(RawRecord, records) for name, records in bodies.items()})
    interpreter = interpreter_for(program, rule, world, context)
    result = evaluate(program, rule, world, context)
    outcome, finding, env = example_outcome(interpreter, rule, example, result)
    when, require = steps_of(interpreter, rule, env) if env is not None else (None, None)
    return ExampleTrace(outcome, finding, when, require)
