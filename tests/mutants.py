"""Rules and publications changed in one place each: what the examples of each must notice.

A mutant of a rule differs from it in one node of the IR that the author wrote in the rule itself: a clause made true
or false, an `and` made `or`, a comparison made its neighbour, a set of codes without one of them, a number, day or text
made another. What definitions, tables and rulesets say is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from compiler.schema.types import BOOLEAN
from compiler.semantics import ir
from compiler.semantics.checker.examples import CheckedExample
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.examples import example_context, example_subject, example_world
from compiler.semantics.outcomes import (
    evaluate,
    interpreter_for,
    judge,
    severity_on,
    subject_key,
    whole_rule_reasons,
)
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord, World

NEIGHBOURS = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt"}
CLAUSES = ("when", "require", "conflicts")


@dataclass(frozen=True)
class Mutant:
    """A changed rule; ``change`` says what was changed, in the author's words."""

    rule: ir.Rule
    change: str


def mutants(rule: ir.Rule, file: str) -> Iterator[Mutant]:
    """All mutants of a rule, which stands in ``file``."""
    for name in CLAUSES:
        clause = getattr(rule, name)
        if clause is None:
            continue
        if clause.type is BOOLEAN:
            for value in (True, False):
                always = ir.Const(value, type=BOOLEAN)
                yield Mutant(replace(rule, **{name: always}), f"{name} is {str(value).lower()}")
        for changed, change in _changes(clause, file):
            yield Mutant(replace(rule, **{name: changed}), f"{name}: {change}")
    if rule.condition is not None:
        for changed, change in _changes(rule.condition, file):
            yield Mutant(replace(rule, condition=changed), f"where: {change}")
    for i, step in enumerate(rule.steps):
        if step.until is not None:
            for changed, change in _changes(step.until, file):
                steps = (*rule.steps[:i], replace(step, until=changed), *rule.steps[i + 1 :])
                yield Mutant(replace(rule, steps=steps), f"until: {change}")


_HOLDERS = (
    ir.Join, ir.Source, ir.Clause, ir.Preference, ir.Mapping, ir.Element, ir.Content, ir.Caution, ir.Configuration,
)  # fmt: skip


def publication_mutants(publication: ir.Publication, file: str) -> Iterator[tuple[ir.Publication, str]]:
    """All mutants of a publication, which stands in ``file``, in what its candidates and its configuration say."""
    for sources, change in _inside(publication.sources, file):
        yield replace(publication, sources=sources), change
    for configuration, change in _inside(publication.configuration, file):
        yield replace(publication, configuration=configuration), change


def _inside(node: Any, file: str) -> Iterator[tuple[Any, str]]:
    """What holds expressions, with one change in one of them."""
    if isinstance(node, ir.Expr):
        yield from _changes(node, file)
    elif isinstance(node, tuple):
        for i, item in enumerate(node):
            yield from (((*node[:i], new, *node[i + 1 :]), change) for new, change in _inside(item, file))
    elif isinstance(node, _HOLDERS):
        for part in fields(node):
            held = _inside(getattr(node, part.name), file)
            yield from ((replace(node, **{part.name: new}), change) for new, change in held)


def _changes(node: ir.Expr, file: str) -> Iterator[tuple[ir.Expr, str]]:
    """The node with one change in it or below it."""
    written = node.span is not None and node.span.source.path == file
    if written:
        yield from ((changed, f"{_text(node)} -> {words}") for changed, words in _own_changes(node))
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, ir.Expr):
            yield from ((replace(node, **{part.name: new}), change) for new, change in _changes(value, file))
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                if isinstance(item, ir.Expr):
                    for new, change in _changes(item, file):
                        yield replace(node, **{part.name: (*value[:i], new, *value[i + 1 :])}), change


def _own_changes(node: ir.Expr) -> Iterator[tuple[ir.Expr, str]]:
    match node:
        case ir.And(operands=operands):
            yield ir.Or(operands, span=node.span), "or"
        case ir.Compare(operator=operator) if operator in NEIGHBOURS:
            yield replace(node, operator=NEIGHBOURS[operator]), NEIGHBOURS[operator]
        case ir.Member(members=members):
            for i, member in enumerate(members):
                yield replace(node, members=(*members[:i], *members[i + 1 :])), f"without {member}"
        case ir.YearDay(month=month, day=day):
            next_day = date(2023, month, day) + timedelta(days=1)
            yield replace(node, month=next_day.month, day=next_day.day), f"{next_day:%B} {next_day.day}"
        case ir.Const(value=value) if not isinstance(value, bool):
            yield replace(node, value=_next(value)), str(_next(value))
        case _:
            return


def _next(value: Any) -> Any:
    """A literal with one more."""
    match value:
        case tuple():
            later = date(*value) + timedelta(days=1)
            return (later.year, later.month, later.day)
        case str():
            return f"{value}+"
        case int() | Decimal():
            return value + 1
        case _:
            raise AssertionError(value)


def _text(node: ir.Expr) -> str:
    return " ".join(node.span.text.split()) if node.span is not None else type(node).__name__


def unnoticed(program: Program, checked: CheckedRule) -> list[str]:
    """The changes of a rule that none of its examples notices, in order."""
    rule = program.rules[checked.id]
    file = checked.written.document.source.path
    worlds = [(example, _world(program, rule, example)) for example in checked.examples]
    return [
        mutant.change
        for mutant in mutants(rule, file)
        if not any(_notices(program, mutant.rule, example, world) for example, world in worlds)
    ]


def _world(program: Program, rule: ir.Rule, example: CheckedExample) -> World:
    bodies = example_world(program, rule, example)
    return World(program.schemas, {name: map(RawRecord, records) for name, records in bodies.items()})


def _notices(program: Program, rule: ir.Rule, example: CheckedExample, world: World) -> bool:
    """Whether an example does not give what its author expects."""
    written, context = example.written, example_context(example)
    if whole_rule_reasons(rule, world.present, context.scope):
        return written.outcome.text != "not checked"
    interpreter = interpreter_for(program, rule, world, context)
    env = example_subject(interpreter, rule, example)
    if env is None:
        return True
    verdict = judge(interpreter, rule, env)
    if verdict.outcome.value != written.outcome.text:
        return True
    if written.severity is not None and severity_on(interpreter, rule) != written.severity.text:
        return True
    if written.others is None or rule.once_per:
        return False
    findings = evaluate(program, rule, world, context).findings
    key = subject_key(interpreter, rule, env)
    return not any(f.key == key and len(f.others) == int(written.others.text) for f in findings)
