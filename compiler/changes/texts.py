"""Texts as they are compared: on one line, without layout; clauses in plain words as lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.backends.words import Clause
from compiler.syntax.document import Mapping, Node, Scalar, one_line
from compiler.syntax.document import Sequence as Listed


def plain(node: Node | None) -> Any:
    """What a part of a document says, without layout, comments, quotes and the order of keys."""
    match node:
        case Scalar():
            return text(node)
        case Mapping():
            return tuple(sorted((text(key), plain(value)) for key, value in node.entries))
        case Listed():
            return tuple(map(plain, node.items))
        case _:
            return None


def text(scalar: Scalar | None) -> str:
    """A text as one line."""
    return one_line(scalar.text) if scalar is not None else ""


def lines(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def lines_of(clause: Clause, depth: int = 0) -> Iterator[str]:
    """A clause as lines; bullets are indented."""
    yield f"{'  ' * (depth - 1)}- {clause.text}" if depth else clause.text
    for part in clause.parts:
        yield from lines_of(part, depth + 1)
