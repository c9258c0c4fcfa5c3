"""The meaning of a guide: a walk from its first question to an end.

A question is answered by the data, where it has evidence, all resources that this needs have been read, and its value
is determined; else by a person, where one may be asked; else by nobody. Of the branches the first whose condition holds
is taken. What nobody answers takes ``cannot tell``; without that, the walk stops there, and the question is open.

Notices are judged on every walk and change none. Every walk stops, as no branch leads back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compiler.schema.types import Code
from compiler.semantics import ir
from compiler.semantics.checker.branches import ANSWER
from compiler.semantics.interpreter import Environment, Interpreter, Run, body_of
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.values import ItemValue, Key, ListValue, RecordValue, Undetermined, dig, is_cut, shown
from compiler.semantics.world import World

Answers = Mapping[str, Any]
"""By question, what persons have answered: a value of the question's type, None where nobody can tell."""


NONE = "(none)"
"""How a value that is missing is told."""


class By(StrEnum):
    """Who answered a question."""

    DATA = "the data"
    PERSON = "a person"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Shown:
    """Values that help to answer a question, as texts, under the words by which people are told them."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A question that a walk came to, and its answer: None where nobody gave one.

    ``missing`` is why the data gave none.
    """

    question: ir.Question
    answer: Any
    by: By
    shown: tuple[Shown, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A notice of which cannot be said whether it holds, and why."""

    notice: ir.Notice
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk: what is told on the way, the questions, and the end, or (None) the question that is open: the last."""

    notices: tuple[ir.Notice, ...]
    unjudged: tuple[Unjudged, ...]
    path: tuple[Taken, ...]
    end: ir.End | None

    @property
    def open(self) -> ir.Question | None:
        """The question that nobody has answered; None when there is an end."""
        return self.path[-1].question if self.end is None else None

    @property
    def answered(self) -> frozenset[str]:
        """The questions that were answered by a person."""
        return frozenset(taken.question.id for taken in self.path if taken.by is By.PERSON)


def walk(program: Program, guide: ir.Guide, world: World, context: Context, key: Key, answers: Answers) -> Walk:
    """The walk for the record with a key, as far as the data and the answers lead.

    It stops at a question that only a person can answer and that ``answers`` does not have.
    """
    walker = _Walker(program, guide, world, context, key)
    notices, unjudged = walker.notices()
    path: list[Taken] = []
    target: ir.Target | None = ir.Target(guide.questions[0].id, is_end=False)
    while target is not None and not target.is_end:
        question = guide.question(target.name)
        taken = walker.taken(question, answers)
        path.append(taken)
        target = walker.target(taken, answers)
    end = guide.end(target.name) if target is not None else None
    return Walk(tuple(notices), tuple(unjudged), tuple(path), end)


def walk_alone(program: Program, guide: ir.Guide, world: World, context: Context, key: Key, answers: Answers) -> Walk:
    """The walk when nobody is there to be asked: what ``answers`` does not have nobody can tell."""
    known = dict(answers)
    while True:
        found = walk(program, guide, world, context, key, known)
        if found.open is None or found.open.id in known or not found.open.by_person:
            return found
        known[found.open.id] = None


class _Walker:
    """Evaluates the expressions of one guide for one record."""

    def __init__(self, program: Program, guide: ir.Guide, world: World, context: Context, key: Key) -> None:
        self.guide = guide
        self.present = world.present
        parameters = run_parameters(None, "", context.school_year, context.as_of)
        run = Run(context.school_year, parameters, guide.leap_birthday)
        self.interpreter = _WrittenReader(program.definitions, program.tables_in(context.school_year), world, run)
        record = world.find(guide.resource, key)
        self.env: dict[str, Any] = {guide.variable: RecordValue(guide.resource, key, record)}

    def notices(self) -> tuple[list[ir.Notice], list[Unjudged]]:
        """The notices that hold, and those that cannot be judged."""
        hold, unjudged = [], []
        for notice in self.guide.notices:
            value = self._asked(notice.when, notice.needs)
            if isinstance(value, Undetermined):
                unjudged.append(Unjudged(notice, tuple(sorted(value.causes))))
            elif value is True:
                hold.append(notice)
        return hold, unjudged

    def taken(self, question: ir.Question, answers: Answers) -> Taken:
        """A question and its answer."""
        told = tuple(Shown(one.label, _texts(self.interpreter.value(one.value, self.env))) for one in question.told)
        missing: tuple[str, ...] = ()
        if question.evidence is not None:
            value = self._asked(question.evidence, question.needs)
            if not isinstance(value, Undetermined):
                return Taken(question, value, By.DATA, told, ())
            missing = tuple(sorted(value.causes))
        given = answers.get(question.id) if question.by_person else None
        return Taken(question, given, By.NOBODY if given is None else By.PERSON, told, missing)

    def target(self, taken: Taken, answers: Answers) -> ir.Target | None:
        """Where an answer leads; None where the question stays open."""
        question = taken.question
        if taken.by is By.NOBODY:
            may_be_asked = question.by_person and question.id not in answers
            return None if may_be_asked else question.cannot_tell
        env = {ANSWER: taken.answer}
        return next(
            branch.go
            for branch in question.branches
            if branch.when is None or self.interpreter.value(branch.when, env) is True
        )

    def _asked(self, node: ir.Expr, needs: frozenset[str]) -> Any:
        """The value of an expression; undetermined where a resource that it needs has not been read."""
        absent = frozenset(f"resource: {name}" for name in needs - self.present)
        return Undetermined(absent) if absent else self.interpreter.value(node, self.env)


class _WrittenReader(Interpreter):
    """An interpreter for which a descriptor whose code is cut off is there: its code is missing, the property is not.

    In a pasted text such descriptors are common, and whether one stands there says something by itself.
    """

    def _given(self, node: ir.Given, env: Environment) -> bool:
        return super()._given(node, env) or self._stands_there(node.operand, env)

    def _stands_there(self, node: ir.Expr, env: Environment) -> bool:
        if not (isinstance(node, ir.Read) and isinstance(node.type, Code)):
            return False
        base = self.value(node.base, env)
        held = isinstance(base, ItemValue) or (isinstance(base, RecordValue) and base.record is not None)
        return held and is_cut(dig(body_of(base), node.path))


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of a value or of the members of a list."""
    if isinstance(value, ListValue):
        return tuple(text for member in value.members for text in _texts(member.value))
    if isinstance(value, Undetermined):
        return (NONE,)
    return (("yes" if value else "no") if isinstance(value, bool) else shown(value),)
