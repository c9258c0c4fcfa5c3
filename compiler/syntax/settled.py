"""What every part of a publication or extract says beside its meaning: statements of the source, notes, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compiler.syntax.document import Mapping, Node, Scalar
from compiler.syntax.specs import DecisionTree, Reader, entries_of, items_of, list_at


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Settled:
    """A part of a spec; ``covers`` are the ids of the statements of the source that it settles."""

    covers: tuple[Scalar, ...]
    notes: Scalar | None
    decisions: tuple[DecisionTree, ...]


def settled(node: Mapping, reader: Reader) -> dict[str, Any]:
    """The fields of :class:`Settled`, as they stand in a part."""
    return {
        "covers": list_at(node, "covers"),
        "notes": reader.prose(node, "notes"),
        "decisions": reader.decisions(node.get("decision")),
    }


def mappings_at(mapping: Mapping, name: str) -> tuple[Mapping, ...]:
    """The objects of a list below a key."""
    return tuple(item for item in items_of(mapping.get(name)) if isinstance(item, Mapping))


def decisions_in(node: Node, reader: Reader) -> Iterator[DecisionTree]:
    """The decisions of a spec, its own first, then those of its parts in the order of the file."""
    if isinstance(node, Mapping):
        yield from reader.decisions(node.get("decision"))
    below = [value for key, value in entries_of(node) if key.text not in ("decision", "examples")]
    for value in (*below, *items_of(node)):
        yield from decisions_in(value, reader)
