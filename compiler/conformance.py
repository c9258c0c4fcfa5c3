"""The examples of specs through every back end: each must give what its author expects, and all must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.engines.folder import DataError
from compiler.engines.python_engine import PythonEngine, disagreement
from compiler.engines.triage import Triage, example_case, triage
from compiler.planning.examples import plan_differences, plan_of
from compiler.reports.triage import as_text
from compiler.semantics import ir
from compiler.semantics.checker.definitions import CheckedDefinition, CheckedValueExample
from compiler.semantics.checker.examples import CheckedExample
from compiler.semantics.checker.extracts import CheckedExtract, CheckedRowExample
from compiler.semantics.checker.guides import CheckedGuide, CheckedWalkExample
from compiler.semantics.checker.publications import CheckedPublication, CheckedSentExample
from compiler.semantics.checker.rules import CheckedRule
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


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What an example gave. ``problems`` is empty when everything is as expected."""

    rule: CheckedRule
    example: CheckedExample
    outcome: str
    problems: tuple[str, ...]

    @property
    def spec(self) -> str:
        return self.rule.key


@dataclass(frozen=True, slots=True)
class ValueResult:
    """What an example of a definition gave. ``problems`` is empty when everything is as expected."""

    definition: CheckedDefinition
    example: CheckedValueExample
    problems: tuple[str, ...]

    @property
    def spec(self) -> str:
        return self.definition.id


@dataclass(frozen=True, slots=True)
class SentResult:
    """What an example of a publication gave. ``problems`` is empty when everything is as expected."""

    publication: CheckedPublication
    example: CheckedSentExample
    problems: tuple[str, ...]

    @property
    def spec(self) -> str:
        return self.publication.id


@dataclass(frozen=True, slots=True)
class RowResult:
    """What an example of an extract gave. ``problems`` is empty when everything is as expected.

    ``alone`` says why DuckDB took no part, where it did not.
    """

    extract: CheckedExtract
    example: CheckedRowExample
    problems: tuple[str, ...]
    alone: str = ""

    @property
    def spec(self) -> str:
        return self.extract.id


@dataclass(frozen=True, slots=True)
class WalkResult:
    """What an example of a guide gave. ``problems`` is empty when everything is as expected."""

    guide: CheckedGuide
    example: CheckedWalkExample
    problems: tuple[str, ...]

    @property
    def spec(self) -> str:
        return self.guide.id


def run_examples(program: Program, rules: Iterable[str]) -> list[ExampleResult]:
    """Run the examples of rules (by key) through all back ends."""
    engine: PythonEngine | None = None
    results: list[ExampleResult] = []
    for key in rules:
        rule, checked = program.rules.get(key), program.checked[key]
        if rule is None:
            continue
        engine = engine or PythonEngine(program)
        results.extend(_run(program, rule, checked, example, engine) for example in checked.examples)
    return results


def run_value_examples(program: Program, definitions: Iterable[str]) -> list[ValueResult]:
    """Run the examples of definitions (by id) through all back ends."""
    chosen = list(definitions)
    if not chosen:
        return []
    engine = PythonEngine(program, chosen)
    return [
        ValueResult(checked, example, tuple(_valued(program, checked, example, engine)))
        for checked in map(program.examined.__getitem__, chosen)
        for example in checked.examples
    ]


def run_sent_examples(program: Program, publications: Iterable[str]) -> list[SentResult]:
    """Run the examples of publications (by id) through all back ends."""
    engine: PythonEngine | None = None
    results: list[SentResult] = []
    for name in publications:
        publication, checked = program.publications.get(name), program.published[name]
        if publication is None:
            continue
        engine = engine or PythonEngine(program)
        results.extend(
            SentResult(checked, example, tuple(_sent(program, publication, example, engine)))
            for example in checked.examples
        )
    return results


def run_row_examples(program: Program, extracts: Iterable[str]) -> list[RowResult]:
    """Run the examples of extracts (by id) through all back ends."""
    from compiler.engines.row_examples import examples_judged

    engine: PythonEngine | None = None
    results: list[RowResult] = []
    for name in extracts:
        extract, checked = program.extracts.get(name), program.filed[name]
        if extract is None:
            continue
        engine = engine or PythonEngine(program)
        judged = examples_judged(program, extract, checked.examples, engine)
        results.extend(
            RowResult(checked, example, tuple(made.problems), made.alone)
            for example, made in zip(checked.examples, judged, strict=True)
        )
    return results


def run_walk_examples(program: Program, guides: Iterable[str]) -> list[WalkResult]:
    """Walk guides (by id) over their examples, when nobody is there to be asked more than an example answers."""
    return [
        WalkResult(program.guided[name], example, tuple(_walked(program, guide, example)))
        for name in guides
        if (guide := program.guides.get(name)) is not None
        for example in program.guided[name].examples
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


def _run(
    program: Program, rule: ir.Rule, checked: CheckedRule, example: CheckedExample, engine: PythonEngine
) -> ExampleResult:
    bodies, context = example_world(program, rule, example), example_context(example)
    world = World(program.schemas, {name: map(RawRecord, records) for name, records in bodies.items()})
    result = evaluate(program, rule, world, context)
    interpreter = interpreter_for(program, rule, world, context)
    outcome, finding, _ = example_outcome(interpreter, rule, example, result)
    problems = _expectations(example, outcome, finding)
    generated = next(iter(engine.evaluate([rule], bodies, context)))
    problems += _disagreements(result, generated)
    return ExampleResult(checked, example, outcome, tuple(problems))


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
