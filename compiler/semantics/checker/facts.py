"""What the checker finds out about the nodes of an expression: types, and what names refer to."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.schema.edfi import Property, Reference
from compiler.schema.types import Type
from compiler.semantics.functions import Function
from compiler.semantics.scope import CodeSet, Definition, Table
from compiler.syntax import tree


@dataclass(frozen=True, slots=True)
class PropertyRef:
    """A property of a record, item or row, by its own name."""

    property: Property


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of a table's row."""

    name: str


@dataclass(frozen=True, slots=True)
class CrossRef:
    """The record that a reference property points to."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class KindRef:
    """The kind of record chosen for a reference to an abstract resource: crosses it as that kind."""

    reference: Reference
    kind: str


@dataclass(frozen=True, slots=True)
class BackRef:
    """The records of a resource that refer to this one; ``paths`` lie in their bodies, in the order of our key."""

    resource: str
    paths: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DefinitionRef:
    """A definition, applied to the record before the point or to arguments."""

    definition: Definition


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A function of the language."""

    name: str
    function: Function


@dataclass(frozen=True, slots=True)
class LookupRef:
    """A table, or the resource of a look-up."""

    table: Table | None
    resource: str


@dataclass(frozen=True, slots=True)
class SetRef:
    """A named set of codes."""

    codes: CodeSet


Ref = PropertyRef | ColumnRef | CrossRef | KindRef | BackRef | DefinitionRef | FunctionRef | LookupRef | SetRef


@dataclass(slots=True)
class Facts:
    """Side tables of one spec.

    ``uris`` holds the properties that are compared with a whole URI; ``told_elsewhere`` says that something has no type
    for a fault which is reported where it lies.
    """

    types: dict[tree.Node, Type] = field(default_factory=dict)
    refs: dict[tree.Node, Ref] = field(default_factory=dict)
    uris: set[tree.Node] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    told_elsewhere: bool = False
