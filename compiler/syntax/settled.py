"""What every part of a publication says beside its meaning: statements of the source, notes, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compiler.syntax.document import Mapping, Scalar
from compiler.syntax.specs import DecisionTree, Reader, items_of, list_at


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Settled:
    """A part of a publication; ``covers`` are the ids of the statements of the source that it settles."""

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
