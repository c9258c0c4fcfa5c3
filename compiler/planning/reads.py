"""What a candidate reads: rows, their fields, and the lists of rows that refer to a row.

The reader is the interpreter itself, watched. A row that was looked for and is not there is read too, and so is a list
of rows by what they refer to: a row that appears in it changes what was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.values import ItemValue, Key, RecordValue
from compiler.semantics.wanted import Subject, look_at

_BASE = "base"


@dataclass(slots=True)
class Reads:
    """``fields`` of each row read (none: only whether it is there); ``lists`` of the rows of a table whose values at
    paths are a key.
    """

    fields: dict[tuple[str, Key], set[str]] = field(default_factory=dict)
    lists: dict[tuple[str, Key], set[tuple[ir.Path, ...]]] = field(default_factory=dict)

    def row(self, table: str, key: Key) -> set[str]:
        return self.fields.setdefault((table, key), set())


class Reader(Interpreter):
    """An interpreter that notes what it reads."""

    def __init__(self, interpreter: Interpreter) -> None:
        super().__init__(interpreter.definitions, interpreter.tables, interpreter.world, interpreter.run)
        self.reads = Reads()

    def read_of(self, publication: ir.Publication, subject: Subject) -> Reads:
        """What a candidate reads: all that decides about it and what it sends."""
        self.reads = Reads()
        look_at(self, publication, subject)
        return self.reads

    def _var(self, node: ir.Var, env: Environment) -> Any:
        value = super()._var(node, env)
        if isinstance(value, RecordValue):
            self.reads.row(value.resource, value.key)
        return value

    def _read(self, node: ir.Read, env: Environment) -> Any:
        base = self.value(node.base, env)
        self._note(base, node.path)
        return super()._read(replace(node, base=ir.Var(_BASE, type=node.base.type)), {_BASE: base})

    def _items(self, node: ir.Items, env: Environment) -> Any:
        base = self.value(node.base, env)
        self._note(base, node.path)
        return super()._items(replace(node, base=ir.Var(_BASE, type=node.base.type)), {_BASE: base})

    def _find(self, node: ir.Find, env: Environment) -> Any:
        found = super()._find(node, env)
        if isinstance(found, RecordValue):
            self.reads.row(found.resource, found.key)
        return found

    def _referring(self, node: ir.Referring, env: Environment) -> Any:
        base = self.value(node.base, env)
        if isinstance(base, RecordValue):
            self.reads.lists.setdefault((node.resource, base.key), set()).add(node.paths)
        return super()._referring(replace(node, base=ir.Var(_BASE, type=node.base.type)), {_BASE: base})

    def _note(self, base: Any, path: ir.Path) -> None:
        if isinstance(base, RecordValue):
            self.reads.row(base.resource, base.key).add(path[0])
        elif isinstance(base, ItemValue):
            self.reads.row(base.owner.resource, base.owner.key).add(base.label.split(".")[1])
