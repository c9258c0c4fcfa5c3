"""A trace as text: what was asked, what came out, and the values it rests on with their source lines."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.reports.text import plain
from compiler.semantics.outcomes import BLANK
from compiler.semantics.tracing import Fact, Trace, described
from compiler.semantics.values import ItemValue, ListValue, PeriodValue, RecordValue, Undetermined, shown


def render(trace: Trace, label: str) -> list[str]:
    """The lines of a trace, each clause under the one it is part of."""
    return list(_lines(trace, f"{label}  {plain(trace.text)}", 2))


def _lines(trace: Trace, head: str, indent: int) -> Iterator[str]:
    yield f"{' ' * indent}{head}: {answer(trace.value)}"
    for fact in trace.facts:
        yield f"{' ' * (indent + 4)}{plain(fact.text)} = {value_text(fact.value)}{_place(fact)}"
    for part in trace.parts:
        yield from _lines(part, _head(part, trace.text), indent + 4)
    if trace.left_out:
        yield f"{' ' * (indent + 4)}... and {trace.left_out} more"


def _head(part: Trace, above: str) -> str:
    """What a part is about; a member of a list is not told again what the line above asks of all of them."""
    if not part.member:
        return plain(part.text)
    member = f"[{plain(part.member)}]"
    return member if f"({part.text})" in above else f"{member}  {plain(part.text)}"


def answer(value: object) -> str:
    """A truth value in words."""
    if isinstance(value, Undetermined):
        return f"not known (missing: {', '.join(sorted(value.causes))})"
    return "yes" if value is True else "no" if value is False else value_text(value)


def value_text(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, Undetermined):
        return BLANK
    if isinstance(value, ListValue):
        return plain(", ".join(value_text(member.value) for member in value.members)) or BLANK
    if isinstance(value, PeriodValue):
        return f"{value.start} to {value.end or 'an open end'}"
    if isinstance(value, RecordValue | ItemValue):
        return plain(described(value))
    return plain(shown(value))


def _place(fact: Fact) -> str:
    record = fact.record
    return f"   ({plain(record.file)} line {record.line})" if record is not None and record.file else ""
