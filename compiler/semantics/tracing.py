"""Why a rule says what it says: an evaluation by the interpreter, clause by clause, with the values it read.

The tracer is the interpreter itself, watched: conditions become the nodes of a tree, and every property read is noted
under the condition it was read for, with the record it came from. What a definition says is told in the words of the
place that uses it (``o`` where the definition says ``m``), and once: when it is asked of the same records again, its
value is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from compiler.schema.types import BOOLEAN, ListOf
from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter, at_least
from compiler.semantics.values import ItemValue, ListValue, Member, Record, RecordValue, Undetermined

MAX_MEMBERS = 12
_FACTS = (
    ir.Read, ir.Parameter, ir.YearDay, ir.Elapsed, ir.Arithmetic, ir.Count, ir.Total, ir.Extreme, ir.MonthlyExtreme,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that was read or computed: its text in the rule, the value, and the record it stands in."""

    text: str
    value: Any
    record: Record | None


@dataclass(slots=True)
class Trace:
    """One condition: its text, its value, what it rests on. ``member`` names the list member it was asked of."""

    text: str
    value: Any = None
    member: str = ""
    facts: list[Fact] = field(default_factory=list)
    parts: list[Trace] = field(default_factory=list)
    left_out: int = 0

    def note(self, fact: Fact) -> None:
        if fact not in self.facts:
            self.facts.append(fact)


class Tracer(Interpreter):
    """An interpreter that keeps a trace of the conditions it evaluates."""

    def __init__(self, interpreter: Interpreter) -> None:
        super().__init__(interpreter.definitions, interpreter.tables, interpreter.world, interpreter.run)
        self._open: list[Trace] = []
        self._called: dict[str, str] = {}  # the variables of the definition at hand: how its user calls them
        self._told: set[tuple[str, ...]] = set()  # definitions with the arguments they were told of

    def trace(self, node: ir.Expr, env: Environment, text: str) -> Trace:
        """The trace of a condition."""
        top = Trace(text)
        self._open = [top]
        top.value = self.value(node, env)
        return top

    def value(self, node: ir.Expr, env: Environment) -> Any:
        if not self._open:
            return super().value(node, env)
        if node.type is BOOLEAN and node.span is not None and not isinstance(node, ir.Read | ir.Const):
            return self._condition(node, env)
        value = super().value(node, env)
        if isinstance(node, _FACTS) and (node.span is not None or isinstance(node, ir.Read)):
            self._open[-1].note(Fact(self._text(node), value, self._record(node, env)))
        return value

    def _condition(self, node: ir.Expr, env: Environment) -> Any:
        text = self._text(node)
        if self._open[-1].text == text:
            return super().value(node, env)  # the same words again: a negation, or a lawful absence made explicit
        return self._part(Trace(text), node, env)

    def _part(self, part: Trace, node: ir.Expr, env: Environment) -> Any:
        """Evaluate a node, with what it rests on below a part of the open trace."""
        self._open.append(part)
        part.value = super().value(node, env)
        self._open.pop()
        self._open[-1].parts.append(part)
        return part.value

    def _apply(self, node: ir.Apply, env: Environment) -> Any:
        if not self._open:
            return super()._apply(node, env)
        definition = self.definitions[node.name]
        names = [name for name, _ in definition.parameters]
        values = [self.value(argument, env) for argument in node.arguments]
        words = {name: self._text(argument) for name, argument in zip(names, node.arguments, strict=True)}
        told = (node.name, *map(described, values))
        if told in self._told:
            value = self._unwatched(node, env)
            if node.type is not BOOLEAN:
                self._open[-1].note(Fact(self._text(node), value, None))
            return value
        self._told.add(told)
        text, outside, self._called = self._text(node), self._called, words
        arguments = dict(zip(names, values, strict=True))
        if isinstance(node.type, ListOf):
            value = self._part(Trace(text), definition.body, arguments)
        else:
            value = self.value(definition.body, arguments)
        self._called = outside
        return value

    def _unwatched(self, node: ir.Expr, env: Environment) -> Any:
        opened, self._open = self._open, []
        value = super().value(node, env)
        self._open = opened
        return value

    def _filter(self, node: ir.Filter, env: Environment) -> Any:
        opened = self._open[-1] if self._open else None
        before = len(opened.parts) if opened is not None else 0
        value = super()._filter(node, env)
        if opened is not None:
            text = self._text(node.condition)
            tests = [part for part in opened.parts[before:] if part.text == text]
            members = self._unwatched(node.items, env).members
            for part, member in zip(tests, members, strict=False):
                part.member = f"{node.variable}: {described(member.value)}"
            opened.left_out += len(tests[MAX_MEMBERS:])
            opened.parts = [part for part in opened.parts if part not in tests[MAX_MEMBERS:]]
        return value

    def _atleast(self, node: ir.AtLeast, env: Environment) -> Any:
        if not self._open:
            return super()._atleast(node, env)
        items = self._list(node.items, env)
        tests = []
        for i, member in enumerate(items.members):
            inner: Mapping[str, Any] = {**env, node.variable: member.value}
            part = Trace(self._text(node.body), member=f"{node.variable}: {described(member.value)}")
            self._open.append(part)
            value = self.value(node.body, inner)
            self._open.pop()
            tests.append(Member(value, member.doubt))
            part.value = not value if isinstance(value, bool) and is_of_every(node) else value
            known = self._open[-1].parts  # `exactly one` asks twice
            if i < MAX_MEMBERS and all((part.member, part.text) != (other.member, other.text) for other in known):
                known.append(part)
        self._open[-1].left_out += max(len(items.members) - MAX_MEMBERS, 0)
        return at_least(node.count, ListValue(tuple(tests), items.unknown))

    def _record(self, node: ir.Expr, env: Environment) -> Record | None:
        """The record that a property was read from."""
        if not isinstance(node, ir.Read):
            return None
        base = self._unwatched(node.base, env)
        if isinstance(base, RecordValue):
            return base.record
        return base.owner if isinstance(base, ItemValue) else None

    def _text(self, node: ir.Expr) -> str:
        """The words of a node, its variables called as they are called where the definition at hand is used."""
        return words_of(node, self._called)


def described(value: Any) -> str:
    """A member of a list in a few words: a record by its key, an item by its place."""
    if isinstance(value, RecordValue):
        return f"{value.resource} {key_words(value.key)}"
    if isinstance(value, ItemValue):
        return f"{value.label.rsplit('.', 1)[-1]} {value.position + 1}"
    return "(blank)" if isinstance(value, Undetermined) else str(value)


def key_words(parts: Iterable[object]) -> str:
    """A natural key as people read it: codes without their namespace."""
    return ", ".join(str(part).rpartition("#")[2] if "://" in str(part) else str(part) for part in parts)


def is_of_every(node: ir.AtLeast) -> bool:
    """Whether each member is asked the contrary of what the author wrote: *every* is *no member that does not*."""
    return isinstance(node.body, ir.Not) and words_of(node).startswith("every ")


def words_of(node: ir.Expr, called: Mapping[str, str] = MappingProxyType({})) -> str:
    """The author's words for a node, with the variables in ``called`` in other words."""
    if node.span is None:
        return called.get(node.name, node.name) if isinstance(node, ir.Var) else type(node).__name__
    text, begin = node.span.text, node.span.start
    if not called:
        return " ".join(text.split())
    names = {
        part.span.start - begin: part.name
        for part in ir.walk(node)
        if isinstance(part, ir.Var) and part.name in called and part.span is not None and part.span.text == part.name
    }
    for start, name in sorted(names.items(), reverse=True):
        words = called[name]
        put = words if re.fullmatch(r"[\w.$]+|\(.*\)|'[^']*'", words) else f"({words})"
        text = f"{text[:start]}{put}{text[start + len(name) :]}"
    return " ".join(text.split())
