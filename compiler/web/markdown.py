"""Texts of specs inside Markdown: escaped, so that nothing an author writes becomes markup or HTML."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def text(value: str) -> str:
    """A text for running prose, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(value.split()))


def code(value: str) -> str:
    """A text as inline code, with as many backticks as it needs."""
    plain = " ".join(value.split())
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}".replace("|", "\\|")


def block(value: str, language: str = "") -> str:
    """A text as a code block."""
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", value)), default=0) + 1)
    return f"{fence}{language}\n{value.rstrip()}\n{fence}\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"
