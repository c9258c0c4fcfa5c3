"""A rule over a world: its subjects, their outcomes, and the findings.

The outcome of a subject follows from ``when`` and ``require`` alone: *not applicable* when ``when`` is false; *pass*
when ``when`` is not false and ``require`` is true; *violation* when ``when`` is true and ``require`` false; anything
else is *not checked*, unless ``if missing`` decides for what is missing. A rule whose scope is wider than the data,
or whose resources are absent, is not checked as a whole, which gives one finding without a subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome, grouped
from compiler.semantics.interpreter import Environment, Interpreter, Run, place, record_value
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.values import (
    ItemValue,
    ListValue,
    Record,
    RecordValue,
    Undetermined,
    jsonable,
    shown,
    undetermined,
)
from compiler.semantics.world import World, named_key

BLANK = "(blank)"
_SCOPES = {"district": 0, "state": 1, "history": 2}


@dataclass(frozen=True, slots=True)
class Context:
    """What a run is told: school year, cycle (None: the collection's default), day, how much data is at hand."""

    school_year: int
    as_of: date
    scope: str = "district"
    cycle: str | None = None


@dataclass(slots=True)
class RuleResult:
    """What a rule said over a world: findings in order, and how many subjects had each outcome."""

    rule: ir.Rule
    findings: list[Finding] = field(default_factory=list)
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def subjects(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one subject and why; ``when`` and ``require`` are their values."""

    outcome: Outcome
    missing: tuple[str, ...]
    when: bool | Undetermined
    require: bool | Undetermined
    others: tuple[Any, ...] = ()


def parameters_of(program: Program, rule: ir.Rule | ir.Population, context: Context) -> dict[str, Any]:
    """The values of ``$name`` that a rule sees in a run, in the cycle of its collection."""
    collection = program.collections.get(rule.collection)
    cycle = context.cycle or (collection.default_cycle if collection else "")
    return run_parameters(collection, cycle, context.school_year, context.as_of)


def interpreter_for(program: Program, rule: ir.Rule | ir.Population, world: World, context: Context) -> Interpreter:
    """An interpreter with the parameters that a rule sees in a run."""
    run = Run(context.school_year, parameters_of(program, rule, context), rule.leap_birthday)
    return Interpreter(program.definitions, program.tables_in(context.school_year), world, run)


def evaluate(program: Program, rule: ir.Rule, world: World, context: Context) -> RuleResult:
    """Evaluate one rule over all its subjects."""
    result = RuleResult(rule)
    interpreter = interpreter_for(program, rule, world, context)
    reasons = whole_rule_reasons(rule, world.present, context.scope)
    subjects = subjects_of(interpreter, rule)
    if reasons:
        result.counts[Outcome.NOT_CHECKED] = sum(1 for _ in subjects)
        result.findings = [_unchecked_rule(rule, interpreter, reasons)]
        return result
    found = []
    for env in subjects:
        verdict = judge(interpreter, rule, env)
        result.counts[verdict.outcome] += 1
        if verdict.outcome in (Outcome.VIOLATION, Outcome.NOT_CHECKED):
            found.append(finding_of(interpreter, rule, env, verdict))
    result.findings = grouped(found, rule.once_per)
    return result


def whole_rule_reasons(rule: ir.Rule, present: frozenset[str], scope: str) -> tuple[str, ...]:
    """Why a rule cannot be checked at all: a scope that is not at hand, resources that are absent."""
    reasons = [f"scope: {rule.scope}"] if _SCOPES[rule.scope] > _SCOPES[scope] else []
    return (*reasons, *(f"resource: {name}" for name in sorted(rule.needs - present)))


def subjects_of(interpreter: Interpreter, rule: ir.Subjects) -> Iterator[dict[str, Any]]:
    """The variables of each subject: records of the school year in order of their keys, with their joins.

    Nothing is passed over: a record whose year, or a subject whose ``where``, is undetermined is a subject, and where a
    joined list is not known, one subject stands for its members.
    """
    for record in interpreter.world.records(rule.resource):
        yield from subjects_at(interpreter, rule, record)


def subjects_at(interpreter: Interpreter, rule: ir.Subjects, record: Record) -> Iterator[dict[str, Any]]:
    """The variables of each subject that begins with a record."""
    env: dict[str, Any] = {rule.variable: record_value(record)}
    if rule.in_year is not None and interpreter.value(rule.in_year, env) is False:
        return
    yield from (e for e in _joined(interpreter, rule.joins, env) if _included(interpreter, rule, e))


def _joined(interpreter: Interpreter, joins: tuple[ir.Join, ...], env: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not joins:
        yield env
        return
    items = interpreter.value(joins[0].items, env)
    assert isinstance(items, ListValue)
    values = sorted((member.value for member in items.members), key=_place)
    if items.unknown:
        values.append(Undetermined(items.unknown))
    for value in values:
        yield from _joined(interpreter, joins[1:], {**env, joins[0].variable: value})


def _place(value: Any) -> tuple[Any, ...]:
    """The order of joined members: by key or place, those that are not known last."""
    return (1,) if isinstance(value, Undetermined) else (0, *place(value))


def _included(interpreter: Interpreter, rule: ir.Subjects, env: dict[str, Any]) -> bool:
    return rule.condition is None or interpreter.value(rule.condition, env) is not False


def judge(interpreter: Interpreter, rule: ir.Rule, env: Environment) -> Verdict:
    """The outcome for one subject."""
    when = interpreter.value(rule.when, env) if rule.when is not None else True
    if when is False:
        return Verdict(Outcome.NOT_APPLICABLE, (), when, True)
    others: tuple[Any, ...] = ()
    if rule.conflicts is not None:
        found = interpreter.value(rule.conflicts, env)
        assert isinstance(found, ListValue)
        sure = [member.value for member in found.members if not member.doubt]
        others = tuple(value for value in sure if not isinstance(value, Undetermined))
        require: Any = False if sure else (Undetermined(found.doubts) if found.doubts else True)
    else:
        assert rule.require is not None
        require = interpreter.value(rule.require, env)
    if require is True:
        return Verdict(Outcome.PASS, (), when, require)
    unknown = undetermined((when, require))
    if unknown is None:
        return Verdict(Outcome.VIOLATION, (), when, require, others)
    return Verdict(_if_missing(rule, unknown.causes), tuple(sorted(unknown.causes)), when, require, others)


def _if_missing(rule: ir.Rule, causes: frozenset[str]) -> Outcome:
    """What a rule says when only listed paths are missing; the first entry that names one of them decides."""
    listed = [labels for labels, _ in rule.if_missing]
    if causes <= frozenset().union(*listed):
        for labels, outcome in rule.if_missing:
            if labels & causes:
                return Outcome(outcome)
    return Outcome.NOT_CHECKED


# -- findings


def finding_of(interpreter: Interpreter, rule: ir.Rule, env: Environment, verdict: Verdict) -> Finding:
    """The finding for a subject."""
    parts = {
        name: plain_value(interpreter.value(node, env)) if node is not None else None
        for name, node in (("student", rule.student), ("corporation", rule.corporation), ("school", rule.school))
    }
    return Finding(
        rule=rule.id,
        outcome=verdict.outcome,
        severity=severity_on(interpreter, rule),
        effect=rule.effect,
        **parts,
        resource=rule.resource,
        key=subject_key(interpreter, rule, env),
        others=tuple(_key_of(interpreter, other) for other in verdict.others),
        message=rule.message,
        detail="".join(p if isinstance(p, str) else _printed(interpreter.value(p, env)) for p in rule.detail),
        values={item.label: plain_value(interpreter.value(item.value, env)) for item in rule.shown},
        missing=verdict.missing if verdict.outcome is Outcome.NOT_CHECKED else (),
    )


def _unchecked_rule(rule: ir.Rule, interpreter: Interpreter, reasons: tuple[str, ...]) -> Finding:
    return Finding(
        rule.id, Outcome.NOT_CHECKED, severity_on(interpreter, rule), rule.effect, None, None, None, rule.resource, {},
        (), rule.message, "", {}, reasons,
    )  # fmt: skip


def severity_on(interpreter: Interpreter, rule: ir.Rule) -> str:
    """The severity on the day of the run: the first step that has not ended (one without a known end is left out)."""
    today = interpreter.run.parameters["asOf"]
    for step in rule.steps:
        end = interpreter.value(step.until, {}) if step.until is not None else None
        if end is None or (not isinstance(end, Undetermined) and today < end):
            return step.severity
    return rule.steps[-1].severity


def subject_key(interpreter: Interpreter, rule: ir.Subjects, env: Environment) -> dict[str, Any]:
    """The natural key of a subject, with the places of joined items."""
    subject = env[rule.variable]
    key = _key_of(interpreter, subject)
    for join in rule.joins:
        value = env[join.variable]
        if isinstance(value, ItemValue):
            key[join.variable] = value.position
        elif isinstance(value, RecordValue):
            key[join.variable] = _key_of(interpreter, value)
    return key


def _key_of(interpreter: Interpreter, value: Any) -> dict[str, Any]:
    assert isinstance(value, RecordValue)
    return named_key(interpreter.world.key_paths(value.resource), value.key)


def plain_value(value: Any) -> Any:
    """A value as a finding holds it; undetermined is None, a record is its key."""
    if isinstance(value, Undetermined):
        return None
    if isinstance(value, RecordValue):
        return jsonable(value.key[0]) if len(value.key) == 1 else [jsonable(part) for part in value.key]
    return jsonable(value)


def _printed(value: Any) -> str:
    """A value as a placeholder prints it."""
    if isinstance(value, ListValue):
        parts = [_printed(member.value) for member in value.members if not member.doubt]
        return ", ".join(parts) if parts else BLANK
    return BLANK if isinstance(value, Undetermined) else shown(value)
