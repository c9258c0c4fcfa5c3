"""Properties in generated Python: the attribute by which each one is read, and the table that says how.

A reference that rules cross to its record is an attribute too: ``e.school`` is found by ``e.schoolReference_schoolId``.
"""

from __future__ import annotations

import re
from hashlib import sha256

from compiler.backends.python_code import identifier
from compiler.schema.edfi import Schemas
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, TEXT, WHOLE, Code, Item, ListOf, Record, Row, Type
from compiler.semantics import ir

READERS: dict[Type, str] = {
    TEXT: "text", WHOLE: "whole", DECIMAL: "decimal", DATE: "date", BOOLEAN: "flag", MOMENT: "text",
}  # fmt: skip

RECORD = "record"
_PLAIN = re.compile("[A-Za-z][A-Za-z0-9]*")
_TAKEN = frozenset({"body", "items", "key", "key_parts", "label", "owner", "place", "position", "present", "values"})
"""What records and objects of the runtime have besides their properties."""


class Properties:
    """The properties that a module reads, by the label of their record or object, gathered while it is written.

    Their names follow from their paths and the schema alone, so that no rule changes the module of another.
    """

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.tables: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}

    def name(self, read: ir.Read) -> str:
        """The attribute that holds a property."""
        kind = reader(read)
        return self._known(_label(read.base.type), _attribute(read.path, kind), kind, read.path)

    def reference(self, find: ir.Find) -> str:
        """The attribute that holds the record a reference leads to."""
        reads = [key for key in find.keys if isinstance(key, ir.Read)]
        label = _label(reads[0].base.type)
        resource, *above = label.split(".")
        name = _reference(find.source, reads[0].path)
        schema = self.schemas.resource(resource)
        if schema is not None and schema.find((*above, name)) is not None:
            name = f"{name}_0"
        return self._known(label, name, RECORD, (find.source, *(self.name(read) for read in reads)))

    def _known(self, label: str, name: str, kind: str, parts: tuple[str, ...]) -> str:
        assert self.tables.setdefault(label, {}).setdefault(name, (kind, parts)) == (kind, parts), (label, name)
        return name


def follows_reference(node: ir.Expr) -> bool:
    """Whether a record is found by what a reference of one other record says."""
    if not isinstance(node, ir.Find) or node.looked_up or isinstance(node.type, Row):
        return False
    bases = {key.base if isinstance(key, ir.Read) else None for key in node.keys}
    return len(bases) == 1 and all(base is not None and isinstance(base.type, Record | Item) for base in bases)


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


def _label(owner: Type) -> str:
    if isinstance(owner, Item):
        return owner.label
    assert isinstance(owner, Record), owner
    return owner.resource


def _attribute(path: ir.Path, kind: str) -> str:
    """``schoolReference_schoolId``; names that this could give to two paths end in a digest."""
    parts = ("ext", *path[1:]) if path[0] == "_ext" else path
    name = "_".join(parts)
    if path[0] == "ext" or not all(_PLAIN.fullmatch(part) for part in parts):
        name = f"p_{re.sub('[^A-Za-z0-9]', '_', name)}_0{sha256(repr(path).encode()).hexdigest()[:8]}"
    return identifier(f"{name}_uri" if kind == "text" and path[-1].endswith("Descriptor") else name, _TAKEN)


def _reference(source: str, path: ir.Path) -> str:
    """``student``; a reference that may lead to several kinds of record says to which."""
    stems = [part.removesuffix("Reference") for part in path[:-1]]
    return _attribute((source,) if stems == [source] else (*(stems or path), source), RECORD)
