"""What is kept of the records of a resource: cells for the values that rules read, under names of their own.

A cell is a value of one type at one place of a record. The relation that queries read, ``every student``, has several
names for some of them: ``key0`` and ``studentUniqueId`` may be one cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compiler.backends.duckdb.reading import COLUMN_TYPES, Path, reader_of
from compiler.backends.duckdb.relations import Columns
from compiler.engines.structure import Parts
from compiler.schema.edfi import Resource
from compiler.schema.types import Code, Item, ListOf, Type
from compiler.semantics.world import key_type

Tree = Mapping[str, "Tree | None"]
"""What is read of an object, by property: a part of the object there, or None where it is read whole."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that is kept: where it stands in a record and the type by which it is read."""

    path: Path
    kind: Type

    @property
    def name(self) -> str:
        """The column: the place, and how it is read (a descriptor may be kept as its code and as it is written)."""
        return f"{'.'.join(self.path)}:{reader_of(self.kind)}"

    @property
    def sql_type(self) -> str:
        """The type of the column."""
        match self.kind:
            case Code():
                return "VARCHAR"
            case Item():
                return "JSON"
            case ListOf():
                return "JSON[]"
        return COLUMN_TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Layout:
    """The cells of a resource. ``columns`` are the names under which queries read them, keys first."""

    resource: Resource
    keys: tuple[Cell, ...]
    columns: Mapping[str, Cell]
    cells: tuple[Cell, ...]
    parts: Parts

    @property
    def tree(self) -> Tree:
        """What is read of a record, whether it is kept or only looked at."""
        found: dict[str, Tree | None] = {}
        for cell in self.cells:
            _plant(found, cell.path, isinstance(cell.kind, Item | ListOf))
        _plant_parts(found, self.parts)
        return found


def layout_of(resource: Resource, columns: Columns, references: Iterable[Cell], parts: Parts) -> Layout:
    """The layout for the columns that queries read, with the cells by which references are checked."""
    keys = tuple(Cell(path, key_type(resource, path)) for path in resource.key)
    named = {f"key{i}": cell for i, cell in enumerate(keys)}
    named |= {name: Cell(path, kind) for name, path, kind in columns}
    cells = {cell.name: cell for cell in (*named.values(), *references)}
    return Layout(resource, keys, named, tuple(cells[name] for name in sorted(cells)), parts)


def _plant(tree: dict[str, Tree | None], path: Path, whole: bool) -> None:
    name, *rest = path
    if name in tree and tree[name] is None:
        return
    if not rest:
        if whole or name not in tree:
            tree[name] = None
        return
    inner = tree.setdefault(name, {})
    assert isinstance(inner, dict)
    _plant(inner, tuple(rest), whole)


def _plant_parts(tree: dict[str, Tree | None], parts: Parts) -> None:
    for name, part in parts.checked:
        if part.parts is None or part.is_list or not part.parts.checked:
            _plant(tree, (name,), whole=part.is_list)
            continue
        inner = tree.setdefault(name, {})
        if isinstance(inner, dict):
            _plant_parts(inner, part.parts)
