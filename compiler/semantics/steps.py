"""A trace as data for people: each condition with its answer, the values it rests on and where they stand.

Texts are as they came from specs and data; whoever shows them makes them safe for where they are shown. A step holds no
record, so what is kept of a trace is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.outcomes import BLANK
from compiler.semantics.tracing import Fact, Trace, Tracer, described
from compiler.semantics.values import ItemValue, ListValue, PeriodValue, RecordValue, Undetermined, shown

State = Literal["yes", "no", "unknown", "value"]


@dataclass(frozen=True, slots=True)
class FactLine:
    """A value that was read or computed: its text in the rule, the value, the file and line where it stands, if any."""

    text: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class Step:
    """What was asked and what came out, with the steps that led there; ``left_out`` counts those not shown.

    ``state`` is the answer of a condition; of anything else, which has a value, ``value``.
    """

    text: str
    answer: str
    state: State
    facts: tuple[FactLine, ...] = ()
    parts: tuple[Step, ...] = ()
    left_out: int = 0


def steps_of(interpreter: Interpreter, rule: ir.Rule, env: Environment) -> tuple[Step | None, Step | None]:
    """Why a rule says what it says of a subject: the steps of ``when``, and of ``require`` or the conflicts.

    None of what the rule does not ask: without ``when``, or of a subject that it says nothing about.
    """
    tracer = Tracer(interpreter)
    when = step_of(tracer.trace(rule.when, env, rule.when_text)) if rule.when is not None else None
    required = rule.require or rule.conflicts
    if required is None or (when is not None and when.state == "no"):
        return when, None
    return when, step_of(tracer.trace(required, env, rule.require_text))


def step_of(trace: Trace) -> Step:
    """The step of a trace, with all below it."""
    return _step(trace, trace.text)


def outline(step: Step, head: str, depth: int = 0) -> Iterator[tuple[int, str]]:
    """The lines of a step with how deep each lies, ``head`` in the place of its own text."""
    yield depth, f"{head}: {step.answer}"
    for fact in step.facts:
        yield depth + 1, f"{fact.text} = {fact.value}" + (f"   ({fact.place})" if fact.place else "")
    for part in step.parts:
        yield from outline(part, part.text, depth + 1)
    if step.left_out:
        yield depth + 1, f"... and {step.left_out} more"


def _step(trace: Trace, text: str) -> Step:
    facts = tuple(FactLine(fact.text, value_text(fact.value), _place(fact)) for fact in trace.facts)
    parts = tuple(_step(part, _head(part, trace.text)) for part in trace.parts)
    return Step(text, _answer(trace.value), _state(trace.value), facts, parts, trace.left_out)


def _head(part: Trace, above: str) -> str:
    """What a part is about; a member of a list is not told again what the line above asks of all of them."""
    if not part.member:
        return part.text
    member = f"[{part.member}]"
    return member if f"({part.text})" in above else f"{member}  {part.text}"


def _state(value: object) -> State:
    if isinstance(value, Undetermined):
        return "unknown"
    return "yes" if value is True else "no" if value is False else "value"


def _answer(value: object) -> str:
    if isinstance(value, Undetermined):
        return f"not known (missing: {', '.join(sorted(value.causes))})"
    return "yes" if value is True else "no" if value is False else value_text(value)


def value_text(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, Undetermined):
        return BLANK
    if isinstance(value, ListValue):
        return ", ".join(value_text(member.value) for member in value.members) or BLANK
    if isinstance(value, PeriodValue):
        return f"{value.start} to {value.end or 'an open end'}"
    if isinstance(value, RecordValue | ItemValue):
        return described(value)
    return shown(value)


def _place(fact: Fact) -> str:
    record = fact.record
    return f"{record.file} line {record.line}" if record is not None and record.file else ""
