"""What a piece of IR uses of the data: resources, properties, references, parameters.

Runs ask which resources must be at hand (else a rule is not checked), structure checks ask which properties are read
and which references are crossed, engines ask what to load. All is found by walking the IR through the definitions it
applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from compiler.schema.edfi import Schemas
from compiler.schema.types import Item, ListOf, Record, Row, Type
from compiler.semantics import ir

Path = tuple[str, ...]


@dataclass(slots=True)
class Usage:
    """``needs``: resources whose records must be at hand. ``reads``: (resource, path) of properties, lists included.

    ``crossings``: (resource, paths of its reference, target) in either direction. ``parameters`` and ``tables`` by
    name. ``definitions``: ids of those applied, directly or not.
    """

    needs: set[str] = field(default_factory=set)
    reads: set[tuple[str, Path]] = field(default_factory=set)
    crossings: set[tuple[str, tuple[Path, ...], str]] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    definitions: set[str] = field(default_factory=set)


def usage(nodes: Iterable[ir.Expr], definitions: Mapping[str, ir.Definition], schemas: Schemas) -> Usage:
    """What expressions use, through all definitions."""
    found = Usage()
    for node in reachable(nodes, definitions):
        _visit(node, found, schemas)
    return found


def reachable(nodes: Iterable[ir.Expr], definitions: Mapping[str, ir.Definition]) -> Iterator[ir.Expr]:
    """All nodes under expressions, going once into each definition."""
    entered: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(ir.children(node))
        if isinstance(node, ir.Apply) and node.name not in entered:
            entered.add(node.name)
            waiting.append(definitions[node.name].body)


def _visit(node: ir.Expr, found: Usage, schemas: Schemas) -> None:
    match node:
        case ir.Read(base=base, path=path) | ir.Items(base=base, path=path):
            _read(base.type, path, found, schemas)
        case ir.Find(source=source, keys=keys):
            _find(node, source, keys, found)
        case ir.Referring(base=base, resource=resource, paths=paths):
            found.needs.add(resource)
            found.reads.update((resource, path) for path in paths)
            assert isinstance(base.type, Record)
            found.crossings.add((resource, paths, base.type.resource))
        case ir.Given(operand=operand) if isinstance(operand.type, Record) and not isinstance(operand, ir.Var):
            found.needs.add(operand.type.resource)
        case ir.First(operands=operands):
            found.needs.update(o.type.resource for o in operands if isinstance(o.type, Record))
        case ir.Pick(items=items, order=order) | ir.Neighbour(items=items, order=order):
            assert isinstance(items.type, ListOf)
            for key in order:
                _read(items.type.item, key.path, found, schemas)
        case ir.Parameter(name=name) | ir.ParameterMember(parameter=name):
            found.parameters.add(name)
        case ir.Member(name=name) if name:
            found.sets.add(name.partition(" ")[0])  # the codes of some years are called `Name from 2024 to 2025`
        case ir.Apply(name=name):
            found.definitions.add(name)
        case _:
            pass


def _read(owner: Type, path: Path, found: Usage, schemas: Schemas) -> None:
    if isinstance(owner, Item):
        resource, *inner = owner.label.split(".")
        found.reads.add((resource, (*inner, *path)))
    elif isinstance(owner, Record):
        found.reads.add((owner.resource, path))
        shape = schemas.resource(owner.resource)
        assert shape is not None
        if path not in shape.key:
            found.needs.add(owner.resource)


def _find(node: ir.Find, source: str, keys: tuple[ir.Expr, ...], found: Usage) -> None:
    if isinstance(node.type, Row):
        found.tables.add(source)
        return
    if node.looked_up:
        found.needs.add(source)
        return
    reads = [key for key in keys if isinstance(key, ir.Read)]
    owner = reads[0].base.type
    resource = owner.resource if isinstance(owner, Record) else str(getattr(owner, "label", "")).split(".")[0]
    found.crossings.add((resource, tuple(key.path for key in reads), source))
