"""Properties in generated Python: the attribute by which each one is read, and the table that says how.

A reference that rules cross to its record is an attribute too: ``e.school`` is found by ``e.schoolReference_schoolId``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.backends.python_code import identifier
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, TEXT, WHOLE, Code, Item, ListOf, Record, Row, Type
from compiler.semantics import ir

READERS: dict[Type, str] = {
    TEXT: "text", WHOLE: "whole", DECIMAL: "decimal", DATE: "date", BOOLEAN: "flag", MOMENT: "text",
}  # fmt: skip

RECORD = "record"
_TAKEN = frozenset({"body", "items", "key", "key_parts", "label", "owner", "place", "position", "present", "values"})
"""What records and objects of the runtime have besides their properties."""


class Properties:
    """The properties that rules read, by the label of their record or object."""

    def __init__(self, nodes: Iterable[ir.Expr]) -> None:
        nodes = list(nodes)
        self.tables: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}
        self._names: dict[tuple[str, str, ir.Path], str] = {}
        for label, path, kind in sorted({_property(read) for node in nodes for read in _reads(node)}):
            self._add(label, kind, path, _attribute(path, kind))
        for label, source, reads in sorted({self._link(node) for node in nodes if follows_reference(node)}):
            self._add(label, RECORD, (source, *reads), _reference(source, self.tables[label][reads[0]][1]))

    def _add(self, label: str, kind: str, parts: tuple[str, ...], wanted: str) -> None:
        table = self.tables.setdefault(label, {})
        name = _unused(wanted, table)
        table[name] = kind, parts
        self._names[label, kind, parts] = name

    def name(self, read: ir.Read) -> str:
        """The attribute that holds a property."""
        label, path, kind = _property(read)
        return self._names[label, kind, path]

    def reference(self, find: ir.Find) -> str:
        """The attribute that holds the record a reference leads to."""
        label, source, reads = self._link(find)
        return self._names[label, RECORD, (source, *reads)]

    def _link(self, find: ir.Expr) -> tuple[str, str, tuple[str, ...]]:
        assert isinstance(find, ir.Find)
        reads = [key for key in find.keys if isinstance(key, ir.Read)]
        return _label(reads[0].base.type), find.source, tuple(self.name(read) for read in reads)


def follows_reference(node: ir.Expr) -> bool:
    """Whether a record is found by what a reference of one other record says."""
    if not isinstance(node, ir.Find) or node.looked_up or isinstance(node.type, Row):
        return False
    bases = {key.base if isinstance(key, ir.Read) else None for key in node.keys}
    return len(bases) == 1 and None not in bases


def reader(node: ir.Read) -> str:
    """How the runtime reads a property."""
    if isinstance(node.type, Code):
        return "text" if node.uri else "code"
    return "object" if isinstance(node.type, Item) else READERS[node.type]


def order_reads(items: ir.Expr, order: tuple[ir.Order, ...]) -> list[ir.Read]:
    """The reads of the keys of an ordering, from a member called ``it.0``."""
    assert isinstance(items.type, ListOf)
    member = ir.Var("it.0", type=items.type.item)
    return [ir.Read(member, key.path, key.label, type=key.type) for key in order]


def _reads(node: ir.Expr) -> Iterator[ir.Read]:
    if isinstance(node, ir.Read) and not isinstance(node.base.type, Row):
        yield node
    if isinstance(node, ir.Pick | ir.Neighbour):
        yield from order_reads(node.items, node.order)


def _property(read: ir.Read) -> tuple[str, ir.Path, str]:
    return _label(read.base.type), read.path, reader(read)


def _label(owner: Type) -> str:
    if isinstance(owner, Item):
        return owner.label
    assert isinstance(owner, Record), owner
    return owner.resource


def _attribute(path: ir.Path, kind: str) -> str:
    words = re.sub(r"\W", "_", "_".join(path), flags=re.ASCII).strip("_")
    name = f"{words}_uri" if kind == "text" and path[-1].endswith("Descriptor") else words
    return identifier(f"p{name}" if not name or name[0].isdigit() else name, _TAKEN)


def _reference(source: str, path: ir.Path) -> str:
    """``student``; a reference that may lead to several kinds of record says to which."""
    stems = [part.removesuffix("Reference") for part in path if part.endswith("Reference")]
    return _attribute((source,) if not stems or stems[-1] == source else (stems[-1], source), RECORD)


def _unused(name: str, taken: Iterable[str]) -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found
