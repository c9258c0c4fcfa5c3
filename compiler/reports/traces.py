"""A trace as text: what was asked, what came out, and the values it rests on with their source lines."""

from __future__ import annotations

from compiler.reports.text import plain
from compiler.semantics.steps import Step, outline


def render(step: Step, label: str) -> list[str]:
    """The lines of a trace, each clause under the one it is part of."""
    return [f"  {'    ' * depth}{plain(line)}" for depth, line in outline(step, f"{label}  {step.text}")]
