"""Why rules say what they say: of one rule about a student, subject by subject, and of the findings of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from compiler.engines.evaluation import Evaluation, Task, key_of
from compiler.engines.folder import DataFolder
from compiler.engines.structure import USED, read_dataset
from compiler.schema.edfi import Resource
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.outcomes import (
    Context,
    Verdict,
    finding_of,
    interpreter_for,
    judge,
    subject_key,
    subjects_at,
    subjects_of,
    whole_rule_reasons,
)
from compiler.semantics.program import Program
from compiler.semantics.steps import Step, steps_of
from compiler.semantics.usage import usage
from compiler.semantics.values import Record
from compiler.semantics.world import World


@dataclass(frozen=True, slots=True)
class Explanation:
    """One subject of a rule: its record, its outcome, and why. ``finding`` carries values and detail."""

    record: Record
    verdict: Verdict
    finding: Finding
    when: Step | None
    require: Step | None


@dataclass(frozen=True, slots=True)
class Explained:
    """All subjects of a student; ``reasons`` say why a rule cannot be checked at all."""

    reasons: tuple[str, ...]
    explanations: list[Explanation]


def explanations(program: Program, rule: ir.Rule, folder: DataFolder, context: Context, student: str) -> Explained:
    """Evaluate a rule for the records of one student and keep the traces."""
    used = usage(ir.expressions(rule), program.definitions, program.schemas)
    used.needs |= rule.needs
    dataset = read_dataset(folder, program.schemas, used, {}, USED)
    world = World(program.schemas, dataset.records)
    interpreter = interpreter_for(program, rule, world, context)
    reasons = whole_rule_reasons(rule, world.present, context.scope)
    found = []
    for env in subjects_of(interpreter, rule):
        if rule.student is None or str(interpreter.value(rule.student, env)) != student:
            continue
        verdict = judge(interpreter, rule, env)
        if reasons:
            verdict = replace(verdict, outcome=Outcome.NOT_CHECKED, missing=reasons)
        when, require = steps_of(interpreter, rule, env)
        record = env[rule.variable].record
        found.append(Explanation(record, verdict, finding_of(interpreter, rule, env, verdict), when, require))
    return Explained(reasons, found)


@dataclass(frozen=True, slots=True)
class Traced:
    """Why there is a finding: the steps of ``when``, if its rule has that, and of ``require`` or the conflicts."""

    when: Step | None
    require: Step | None


def traces(task: Task, evaluation: Evaluation, findings: Sequence[Finding]) -> dict[str, Traced]:
    """The traces of findings with a key, by finding key, in order; of a group, that of the subject it is told of."""
    rules = {rule.id: rule for rule in task.rules}
    found = {}
    for world, told in evaluation.worlds(findings):
        by_rule: dict[str, list[Finding]] = {}
        for finding in told:
            by_rule.setdefault(finding.rule, []).append(finding)
        for name, of_rule in by_rule.items():
            rule = rules[name]
            interpreter = interpreter_for(task.program, rule, world, task.context)
            resource = task.program.schemas.resource(rule.resource)
            assert resource is not None
            for finding in of_rule:
                env = _subject(interpreter, rule, resource, finding)
                found[finding.finding_key] = Traced(*steps_of(interpreter, rule, env))
    return {finding.finding_key: found[finding.finding_key] for finding in findings}


def _subject(interpreter: Interpreter, rule: ir.Rule, resource: Resource, finding: Finding) -> Environment:
    """The subject of a finding, of which the rule says again what it said."""
    record = interpreter.world.find(resource.name, key_of(resource, finding))
    for env in subjects_at(interpreter, rule, record) if record is not None else ():
        is_it = subject_key(interpreter, rule, env) == finding.key
        if is_it and judge(interpreter, rule, env).outcome is finding.outcome:
            return env
    raise AssertionError(f"{rule.id} does not say again of a subject what it said")
