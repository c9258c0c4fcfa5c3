"""Why rules say what they say: of one rule about a student, subject by subject, and of the findings of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compiler.engines.evaluation import Evaluation, Task, key_of, known_codes, used_by
from compiler.engines.folder import DataFolder
from compiler.engines.nearest import Nearest, Search
from compiler.engines.structure import USED, read_dataset
from compiler.schema.edfi import Resource
from compiler.semantics import ir
from compiler.semantics.determining import Determined, determined
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.interpreter import Environment, Interpreter, record_value
from compiler.semantics.outcomes import (
    Context,
    Verdict,
    finding_of,
    interpreter_for,
    judge,
    subject_key,
    subjects_at,
    whole_rule_reasons,
)
from compiler.semantics.program import Program
from compiler.semantics.steps import Step, steps_of
from compiler.semantics.values import Record
from compiler.semantics.world import World


@dataclass(frozen=True, slots=True)
class Explanation:
    """One subject of a rule: its record, its outcome, what decided, and the changes that would let it pass.

    ``finding`` carries values and detail. ``when`` and ``require`` are all that was asked, where that is wanted.
    """

    record: Record
    verdict: Verdict
    finding: Finding
    determined: Determined
    nearest: Nearest
    when: Step | None = None
    require: Step | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """All subjects of a student; ``reasons`` say why a rule cannot be checked at all."""

    reasons: tuple[str, ...]
    explanations: list[Explanation]


class Explainer:
    """Explains rules about any of the students of a folder, which is read once."""

    def __init__(self, program: Program, rules: Iterable[ir.Rule], folder: DataFolder, context: Context) -> None:
        self.program = program
        self.context = context
        self.codes = known_codes(program, context.school_year)
        dataset = read_dataset(folder, program.schemas, used_by(program, rules), {}, USED)
        self.world = World(program.schemas, dataset.records)
        self._search = Search(program, self.world, self.codes)
        self._interpreters: dict[str, Interpreter] = {}
        self._of_student: dict[str, dict[str, list[Record]]] = {}

    def explain(self, rule: ir.Rule, student: str, *, changes: bool = True, steps: bool = False) -> Explained:
        """What a rule says about a student; with the changes that would let it pass, with all steps, or without."""
        interpreter = self._interpreters.get(rule.key)
        if interpreter is None:
            interpreter = interpreter_for(self.program, rule, self.world, self.context)
            self._interpreters[rule.key] = interpreter
        reasons = whole_rule_reasons(rule, self.world.present, self.context.scope)
        found = [
            self._explained(interpreter, rule, env, student, reasons, changes=changes, steps=steps)
            for record in self._records(interpreter, rule, student)
            for env in subjects_at(interpreter, rule, record)
            if rule.student is not None and str(interpreter.value(rule.student, env)) == student
        ]
        return Explained(reasons, found)

    def _explained(
        self,
        interpreter: Interpreter,
        rule: ir.Rule,
        env: dict[str, Any],
        student: str,
        reasons: tuple[str, ...],
        *,
        changes: bool,
        steps: bool,
    ) -> Explanation:
        decided = determined(interpreter, rule, env)
        verdict, nearest = decided.verdict, Nearest()
        if reasons:
            verdict = replace(verdict, outcome=Outcome.NOT_CHECKED, missing=reasons)
        elif changes and verdict.outcome in (Outcome.VIOLATION, Outcome.NOT_CHECKED):
            nearest = self._search.nearest(interpreter, rule, env, decided, student)
        when, require = steps_of(interpreter, rule, env) if steps else (None, None)
        record, finding = env[rule.variable].record, finding_of(interpreter, rule, env, verdict)
        return Explanation(record, verdict, finding, decided, nearest, when, require)

    def _records(self, interpreter: Interpreter, rule: ir.Rule, student: str) -> list[Record]:
        """The records that may have subjects of a student: all, where whose they are hangs on a joined list."""
        if rule.student is None:
            return []
        joined = {join.variable for join in rule.joins}
        if any(isinstance(node, ir.Var) and node.name in joined for node in ir.walk(rule.student)):
            return self.world.records(rule.resource)
        if rule.key not in self._of_student:
            owned = self._of_student.setdefault(rule.key, {})
            for record in self.world.records(rule.resource):
                owner = interpreter.value(rule.student, {rule.variable: record_value(record)})
                owned.setdefault(str(owner), []).append(record)
        return self._of_student[rule.key].get(student, [])


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
