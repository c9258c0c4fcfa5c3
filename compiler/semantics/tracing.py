"""Why a rule says what it says: an evaluation by the interpreter, clause by clause, with the values it read.

The tracer is the interpreter itself, watched: conditions become the nodes of a tree, and every property read is noted
under the condition it was read for, with the record it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.schema.types import BOOLEAN
from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter, at_least
from compiler.semantics.values import ItemValue, ListValue, Member, Record, RecordValue, Undetermined

MAX_MEMBERS = 12
_FACTS = (ir.Read, ir.Parameter, ir.YearDay, ir.Elapsed, ir.Arithmetic, ir.Count, ir.Total, ir.Extreme)


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
            self._open[-1].note(Fact(_text(node), value, self._record(node, env)))
        return value

    def _condition(self, node: ir.Expr, env: Environment) -> Any:
        text = _text(node)
        if self._open[-1].text == text:
            return super().value(node, env)  # the same words again: a negation, or a lawful absence made explicit
        part = Trace(text)
        self._open.append(part)
        part.value = super().value(node, env)
        self._open.pop()
        self._open[-1].parts.append(part)
        return part.value

    def _atleast(self, node: ir.AtLeast, env: Environment) -> Any:
        items = self._list(node.items, env)
        tests = []
        for i, member in enumerate(items.members):
            inner: Mapping[str, Any] = {**env, node.variable: member.value}
            part = Trace(_text(node.body), member=f"{node.variable}: {described(member.value)}")
            self._open.append(part)
            value = self.value(node.body, inner)
            self._open.pop()
            tests.append(Member(value, member.doubt))
            part.value = not value if isinstance(value, bool) and _is_of_every(node) else value
            known = self._open[-1].parts  # `exactly one` asks twice
            if i < MAX_MEMBERS and all((part.member, part.text) != (other.member, other.text) for other in known):
                known.append(part)
        self._open[-1].left_out = max(len(items.members) - MAX_MEMBERS, 0)
        return at_least(node.count, ListValue(tuple(tests), items.unknown))

    def _record(self, node: ir.Expr, env: Environment) -> Record | None:
        """The record that a property was read from."""
        if not isinstance(node, ir.Read):
            return None
        opened, self._open = self._open, []
        base = super().value(node.base, env)
        self._open = opened
        if isinstance(base, RecordValue):
            return base.record
        return base.owner if isinstance(base, ItemValue) else None


def described(value: Any) -> str:
    """A member of a list in a few words: a record by its key, an item by its place."""
    if isinstance(value, RecordValue):
        return f"{value.resource} {', '.join(str(part) for part in value.key)}"
    if isinstance(value, ItemValue):
        return f"{value.label.rsplit('.', 1)[-1]} {value.position + 1}"
    return "(blank)" if isinstance(value, Undetermined) else str(value)


def _is_of_every(node: ir.AtLeast) -> bool:
    """Whether each member is asked the contrary of what the author wrote: *every* is *no member that does not*."""
    return isinstance(node.body, ir.Not) and _text(node).startswith("every ")


def _text(node: ir.Expr) -> str:
    return " ".join(node.span.text.split()) if node.span is not None else type(node).__name__
