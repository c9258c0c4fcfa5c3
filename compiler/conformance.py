"""The examples of specs through every back end: each must give what its author expects, and all must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from compiler.engines.folder import DataError
from compiler.engines.python_engine import PythonEngine, disagreement
from compiler.engines.triage import Triage, example_case, triage
from compiler.planning.examples import plan_differences, plan_of
from compiler.reports.triage import as_text
from compiler.semantics import ir
from compiler.semantics.checker.definitions import CheckedDefinition, CheckedValueExample
from compiler.semantics.checker.examples import CheckedExample
from compiler.semantics.checker.extracts import CheckedRowExample
from compiler.semantics.checker.guides import CheckedWalkExample
from compiler.semantics.checker.publications import CheckedSentExample
from compiler.semantics.defined import call_of, value_of
from compiler.semantics.examples import (
    NO_SUBJECT,
    example_context,
    example_outcome,
    example_world,
)
from compiler.semantics.expected import differences, first_difference, one_line
from compiler.semantics.findings import Finding
from compiler.semantics.outcomes import Context, RuleResult, evaluate, interpreter_for
from compiler.semantics.program import Program
from compiler.semantics.wanted import want
from compiler.semantics.world import RawRecord, World

_BOTH = ("interpreter", "python")
BACK_ENDS: Mapping[str, tuple[str, ...]] = {
    "rule": _BOTH,
    "definition": _BOTH,
    "publication": _BOTH,
    "extract": (*_BOTH, "duckdb"),
    "guide": (),
}
"""What the examples of each kind of spec go through; a guide is walked in one way."""


Example = TypeVar("Example")


@dataclass(frozen=True, slots=True)
class Result(Generic[Example]):
    """What an example of a spec, by its id, gave. ``problems`` is empty when everything is as expected.

    ``alone`` says why DuckDB took no part in the example of an extract, where it did not.
    """

    spec: str
    example: Example
    problems: tuple[str, ...]
    alone: str = ""


class Examples:
    """Runs the examples of a program's specs; its generated Python is made once, when it is first asked for."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def engine(self) -> PythonEngine:
        return PythonEngine(self.program, self.program.examined)

    def of_rules(self, keys: Iterable[str]) -> list[Result[CheckedExample]]:
        """What the examples of rules give in all back ends."""
        return [
            Result(key, example, tuple(_judged(self.program, rule, example, self.engine)))
            for key in keys
            if (rule := self.program.rules.get(key)) is not None
            for example in self.program.checked[key].examples
        ]

    def of_definitions(self, ids: Iterable[str]) -> list[Result[CheckedValueExample]]:
        """What the examples of definitions give in all back ends."""
        return [
            Result(checked.id, example, tuple(_valued(self.program, checked, example, self.engine)))
            for checked in map(self.program.examined.__getitem__, ids)
            for example in checked.examples
        ]

    def of_publications(self, ids: Iterable[str]) -> list[Result[CheckedSentExample]]:
        """What the examples of publications give in all back ends."""
        return [
            Result(name, example, tuple(_sent(self.program, publication, example, self.engine)))
            for name in ids
            if (publication := self.program.publications.get(name)) is not None
            for example in self.program.published[name].examples
        ]

    def of_extracts(self, ids: Iterable[str]) -> list[Result[CheckedRowExample]]:
        """What the examples of extracts give in all back ends."""
        from compiler.engines.row_examples import examples_judged

        return [
            Result(name, example, tuple(made.problems), alone=made.alone)
            for name in ids
            if (extract := self.program.extracts.get(name)) is not None
            for examples in [self.program.filed[name].examples]
            for example, made in zip(
                examples, examples_judged(self.program, extract, examples, self.engine), strict=True
            )
        ]

    def of_guides(self, ids: Iterable[str]) -> list[Result[CheckedWalkExample]]:
        """What the examples of guides give, when nobody is there to be asked more than an example answers."""
        return [
            Result(name, example, tuple(_walked(self.program, guide, example)))
            for name in ids
            if (guide := self.program.guides.get(name)) is not None
            for example in self.program.guided[name].examples
        ]


def _walked(program: Program, guide: ir.Guide, example: CheckedWalkExample) -> list[str]:
    try:
        case = example_case(program, guide, example)
    except DataError as error:
        return [str(error)]
    return list(_unlike(triage(program, guide, case, example.answers, alone=True), example))


def _unlike(found: Triage, example: CheckedWalkExample) -> Iterator[str]:
    """Where a walk is not as an example expects."""
    written, walk = example.written, found.walk
    stopped = ("end", walk.end.id) if walk.end is not None else ("open", walk.path[-1].question.id)
    expected = [(what, word.text) for what, word in (("end", written.end), ("open", written.open)) if word is not None]
    if stopped not in expected:
        yield f"expected {' '.join(*expected)}, but it is {' '.join(stopped)}"
    lists = (
        ("path", written.path, [taken.question.id for taken in walk.path]),
        ("notices", written.notices, [notice.id for notice in walk.notices]),
        ("repairs", written.repairs, list(dict.fromkeys(repair.code for repair in found.case.repairs))),
    )
    for what, names, seen in lists:
        if names is not None and [name.text for name in names] != seen:
            listed = ", ".join(name.text for name in names) or "none"
            yield f"expected {what} `{listed}`, but it is `{', '.join(seen) or 'none'}`"
    yield from (f"the answer to `{name}` is not asked for" for name in sorted(example.answers.keys() - walk.answered))
    report = "\n".join(as_text(found))
    yield from (f"the report does not say `{words.text}`" for words in written.tells if words.text not in report)


def _valued(
    program: Program, checked: CheckedDefinition, example: CheckedValueExample, engine: PythonEngine
) -> Iterator[str]:
    call = call_of(program, checked, example)
    value, generated = value_of(program, call), engine.value(call)
    if value != generated:
        yield f"the generated Python gives {generated}, the interpreter {value}"
    differing = first_difference(example.written.expected, value, checked.definition.name)
    if differing:
        yield f"expected `{one_line(example.written.expected.span.text)}`, but {differing}"


def _sent(
    program: Program, publication: ir.Publication, example: CheckedSentExample, engine: PythonEngine
) -> list[str]:
    context = Context(example.school_year, example.as_of)
    problems = []
    for records in (example.records, *((example.before,) if example.before is not None else ())):
        world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
        wanted = want(program, publication, world, context, example.parameters)
        generated = engine.want(publication, engine.world(records), context, example.parameters)
        problems += disagreement(wanted, generated)
        if example.written.steps is None:
            problems += differences(example, wanted)
    if example.written.steps is not None:
        problems += plan_differences(example, plan_of(program, program.published[publication.id], example))
    return problems


def _judged(program: Program, rule: ir.Rule, example: CheckedExample, engine: PythonEngine) -> list[str]:
    bodies, context = example_world(program, rule, example), example_context(example)
    world = World(program.schemas, {name: map(RawRecord, records) for name, records in bodies.items()})
    result = evaluate(program, rule, world, context)
    interpreter = interpreter_for(program, rule, world, context)
    outcome, finding, _ = example_outcome(interpreter, rule, example, result)
    problems = _expectations(example, outcome, finding)
    generated = next(iter(engine.evaluate([rule], bodies, context)))
    return problems + _disagreements(result, generated)


def _expectations(example: CheckedExample, outcome: str, finding: Finding | None) -> list[str]:
    written = example.written
    if outcome == NO_SUBJECT:
        return ["its first record is not a subject of the rule (school year, `where`, or nothing to join)"]
    if outcome != written.outcome.text:
        why = f" (missing: {', '.join(finding.missing)})" if finding is not None and finding.missing else ""
        return [f"expected {written.outcome.text}, but the outcome is {outcome}{why}"]
    if finding is None:
        return []
    found: list[tuple[str, str | None, str]] = [
        ("severity", written.severity.text if written.severity else None, finding.severity),
        ("detail", written.detail.text if written.detail else None, finding.detail),
        ("others", written.others.text if written.others else None, str(len(finding.others))),
    ]
    if written.missing is not None:
        wanted = ", ".join(sorted(item.text for item in written.missing))
        found.append(("missing", wanted, ", ".join(finding.missing)))
    return [
        f"expected {name} `{wanted}`, but it is `{seen}`" for name, wanted, seen in found if wanted not in (None, seen)
    ]


def _disagreements(interpreted: RuleResult, generated: RuleResult) -> list[str]:
    if interpreted.counts != generated.counts:
        left, right = (_counts(result) for result in (interpreted, generated))
        return [f"the generated Python counts {right}, the interpreter {left}"]
    if interpreted.findings != generated.findings:
        pairs = zip(interpreted.findings, generated.findings, strict=False)
        differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
        ours, theirs = differing or (interpreted.findings, generated.findings)
        return [f"the generated Python gives {theirs}, the interpreter {ours}"]
    return []


def _counts(result: RuleResult) -> str:
    return ", ".join(f"{count} {outcome.value}" for outcome, count in result.counts.items() if count)
