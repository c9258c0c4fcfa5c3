"""What a rule says about one student, subject by subject, with traces."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.engines.folder import DataFolder
from compiler.engines.structure import USED, read_dataset
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.outcomes import (
    Context,
    Verdict,
    finding_of,
    interpreter_for,
    judge,
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
