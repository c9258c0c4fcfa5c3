"""A trace as text: what was asked, what came out, and the values it rests on with their source lines."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.reports.text import plain
from compiler.semantics.steps import Step


def render(step: Step, label: str) -> list[str]:
    """The lines of a trace, each clause under the one it is part of."""
    return list(_lines(step, f"{label}  {plain(step.text)}", 2))


def _lines(step: Step, head: str, indent: int) -> Iterator[str]:
    yield f"{' ' * indent}{head}: {plain(step.answer)}"
    for fact in step.facts:
        place = f"   ({plain(fact.place)})" if fact.place else ""
        yield f"{' ' * (indent + 4)}{plain(fact.text)} = {plain(fact.value)}{place}"
    for part in step.parts:
        yield from _lines(part, plain(part.text), indent + 4)
    if step.left_out:
        yield f"{' ' * (indent + 4)}... and {step.left_out} more"
