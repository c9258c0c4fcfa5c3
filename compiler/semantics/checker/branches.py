"""The branches of a question: whether one is taken for every answer, each for some, and which are taken by order.

A condition over ``answer`` that compares it with literals alone can only change at these literals. So the answers to
try are few: all of them where they are listed, else the literals themselves, what lies just beside and between them,
and one that is unlike all. What compares otherwise is not decided, and its list must end in ``otherwise``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from itertools import pairwise
from math import ceil, floor
from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.edfi import Schemas
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, WHOLE, Type
from compiler.semantics import ir
from compiler.semantics.interpreter import Interpreter, Run, constant
from compiler.semantics.values import shown
from compiler.semantics.world import World
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax.guides import QuestionTree

ANSWER = "answer"
_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class Domain:
    """What the answers to a question are: their type, all of them where they are ``listed``, and the least number."""

    type: Type
    listed: tuple[str, ...] | None
    least: int | None


def check_branches(question: QuestionTree, conditions: list[ir.Expr | None], domain: Domain, sink: Sink) -> None:
    """Report branches that do not decide for every answer, that decide for none, and that do by their order alone.

    ``conditions`` are those of the branches, None for ``otherwise``.
    """
    if _ask_data(question, conditions, sink) or not _only_last_takes_all(question, sink):
        return
    probes = answers_to_try(domain, conditions)
    if probes is None:
        if conditions[-1] is not None:
            what = "an answer that no condition takes"
            fix = "it cannot be shown that one of these conditions always holds: end with `when: otherwise`"
            sink.report("E653", question.id.span, question=question.id.text, value=what, hint=fix)
        return
    if not _unknown_texts(question, domain, _literals(conditions), sink):
        _check_all_taken(question, conditions, probes, sink)


def answers_to_try(domain: Domain, conditions: Iterable[ir.Expr | None]) -> list[Any] | None:
    """Answers of which each other one is like one to all conditions; None when some compare with more than literals."""
    asked = [condition for condition in conditions if condition is not None]
    if not all(map(_is_decidable, asked)):
        return None
    return list(_probes(domain, [value for value, _ in _literals(asked)]))


def taking(condition: ir.Expr | None, answers: Iterable[Any]) -> list[bool]:
    """Of which answers a condition is true."""
    interpreter = Interpreter({}, {}, World(Schemas({}), {}), Run(2000, {}))
    return [condition is None or interpreter.value(condition, {ANSWER: answer}) is True for answer in answers]


def _ask_data(question: QuestionTree, conditions: list[ir.Expr | None], sink: Sink) -> bool:
    """Report conditions that look up records or rows, or apply definitions; whether there are any."""
    asking = [
        branch
        for branch, condition in zip(question.branches, conditions, strict=True)
        if condition is not None and any(isinstance(node, ir.Find | ir.Apply) for node in ir.walk(condition))
    ]
    for branch in asking:
        sink.report("E650", branch.condition.span)
    return bool(asking)


def _only_last_takes_all(question: QuestionTree, sink: Sink) -> bool:
    """Whether no branch stands below one that takes all that is left."""
    for i, branch in enumerate(question.branches[:-1]):
        if branch.takes_all:
            place = question.branches[i + 1].condition.span
            related = (Related(branch.condition.span, "this takes every answer that is left"),)
            sink.report("E654", place, why="`otherwise` above it takes every answer", related=related)
            return False
    return True


def _check_all_taken(question: QuestionTree, conditions: list[ir.Expr | None], probes: list[Any], sink: Sink) -> None:
    holds = [taking(condition, probes) for condition in conditions]
    first = [next((i for i, column in enumerate(holds) if column[n]), None) for n in range(len(probes))]
    for value, taken in zip(probes, first, strict=True):
        if taken is None:
            sink.report("E653", question.id.span, question=question.id.text, value=f"`{_worded(value)}`")
            break
    dead = [i for i in range(len(conditions)) if i not in first]
    for i in dead:
        never = not any(holds[i])
        why = "no answer makes its condition true" if never else "the branches above it take every answer that it takes"
        sink.report("E654", question.branches[i].condition.span, why=why)
    for later in range(len(conditions)):
        for earlier in range(later):
            if later in dead or earlier in dead or None in (conditions[earlier], conditions[later]):
                continue
            both = next((v for v, a, b in zip(probes, holds[earlier], holds[later], strict=True) if a and b), None)
            there, here = question.branches[earlier], question.branches[later]
            if both is not None and there.go.written.text != here.go.written.text:
                related = (Related(there.condition.span, "this one is taken, as it comes first"),)
                sink.report("W920", here.condition.span, value=_worded(both), related=related)
                break


def _worded(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else shown(value)


# -- literals


def _is_decidable(node: ir.Expr) -> bool:
    """Whether a condition compares the answer with literals alone."""
    match node:
        case ir.And(operands=operands) | ir.Or(operands=operands):
            return all(map(_is_decidable, operands))
        case ir.Not(operand=operand) | ir.Given(operand=operand):
            return _is_decidable(operand)
        case ir.Compare(left=left, right=right):
            return isinstance(left, ir.Var | ir.Const) and isinstance(right, ir.Var | ir.Const)
        case ir.Member(operand=operand):
            return isinstance(operand, ir.Var)
        case _:
            return isinstance(node, ir.Var | ir.Const)


def _literals(conditions: Iterable[ir.Expr | None]) -> Iterator[tuple[Any, Span | None]]:
    """The values that conditions compare the answer with, and where they stand."""
    for node in (node for condition in conditions if condition is not None for node in ir.walk(condition)):
        if isinstance(node, ir.Const):
            yield constant(node.value), node.span
        elif isinstance(node, ir.Member):
            yield from ((constant(member), node.span) for member in node.members)


def _unknown_texts(
    question: QuestionTree, domain: Domain, literals: Iterable[tuple[Any, Span | None]], sink: Sink
) -> bool:
    """Report texts that are none of the listed answers; whether there are any."""
    if domain.listed is None:
        return False
    unknown = [(text, span) for text, span in literals if text not in domain.listed]
    for text, span in unknown:
        fix = hint(text, domain.listed) or _listed(domain.listed)
        sink.report("E655", span or question.id.span, text=text, question=question.id.text, hint=fix)
    return bool(unknown)


def _listed(answers: Iterable[str]) -> str:
    return "its answers are " + ", ".join(f"`{answer}`" for answer in answers)


# -- answers to try


def _probes(domain: Domain, literals: list[Any]) -> Iterator[Any]:
    """Answers such that any two conditions over these literals that agree on all of them are the same."""
    if domain.type is BOOLEAN:
        yield from (True, False)
    elif domain.listed is not None:
        yield from domain.listed
    elif domain.type is DATE:
        days = {day.toordinal() for day in literals if isinstance(day, date)} or {date(2000, 1, 1).toordinal()}
        near = sorted({number for day in days for number in (day - 1, day, day + 1)})
        yield from (date.fromordinal(number) for number in near if 1 <= number <= date.max.toordinal())
    elif domain.type in (WHOLE, DECIMAL):
        yield from _numbers(domain, [Decimal(number) for number in literals])
    else:
        texts = dict.fromkeys(text for text in literals if isinstance(text, str))
        yield from texts
        yield next(text for text in _fresh() if text not in texts)


def _fresh() -> Iterator[str]:
    text = "any other text"
    while True:
        yield text
        text += "!"


def _numbers(domain: Domain, literals: list[Decimal]) -> Iterator[Any]:
    points = sorted({*literals, *((Decimal(domain.least),) if domain.least is not None else ())}) or [Decimal(0)]
    if domain.type is WHOLE:
        found = {number for p in points for number in (floor(p) - 1, floor(p), ceil(p), ceil(p) + 1)}
        yield from sorted(number for number in found if domain.least is None or number >= domain.least)
        return
    between = (_EXACT.divide(_EXACT.add(low, high), Decimal(2)) for low, high in pairwise(points))
    one = Decimal(1)
    numbers = sorted({_EXACT.subtract(points[0], one), *points, *between, _EXACT.add(points[-1], one)})
    yield from (number for number in numbers if domain.least is None or number >= domain.least)
