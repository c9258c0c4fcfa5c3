"""What a name behind a point means: property, crossed reference, way back, kind of record, or definition.

``q.student`` of a resource with ``studentReference`` crosses it; ``student.studentSchoolAssociations`` is the way
back; ``m.educationOrganization.school`` chooses a kind of an abstract reference; ``e.isPrimary`` may be a definition.
Properties come first, and a definition that would hide one of the others is refused where it is declared.
"""

from __future__ import annotations

from collections.abc import Mapping

from compiler.schema.edfi import Reference, Schemas, Shape
from compiler.schema.types import Abstract, Item, ListOf, Record, Row, Type
from compiler.semantics.checker.facts import BackRef, ColumnRef, CrossRef, DefinitionRef, KindRef, PropertyRef, Ref
from compiler.semantics.scope import Scope


def resolve(scope: Scope, base: Type, name: str, crossed: Reference | None) -> tuple[Ref, Type | None] | None:
    """The meaning and type of ``name`` behind a value of type ``base``; None when it has none.

    ``crossed`` is the reference that led to an abstract base. The type of a definition is None here: it is asked for
    by the caller, who can report a circle.
    """
    match base:
        case Record(resource):
            return _of_record(scope, resource, name)
        case Item(label):
            return _of_shape(scope.schemas, scope.schemas.shape(label), name)
        case Row(table):
            kind = dict((*scope.tables[table].key, *scope.tables[table].columns.items())).get(name)
            return (ColumnRef(name), kind) if kind is not None else None
        case Abstract(abstract):
            kinds = scope.schemas.kinds.get(abstract, {})
            return (KindRef(crossed, name), Record(name)) if name in kinds and crossed is not None else None
        case _:
            return None


def _of_record(scope: Scope, resource: str, name: str) -> tuple[Ref, Type | None] | None:
    shape = scope.schemas.resource(resource)
    assert shape is not None
    found = _of_shape(scope.schemas, shape, name)
    if found is not None:
        return found
    crossed = shape.crossed(name)
    if crossed is not None:
        return _crossed(scope.schemas, crossed)
    back = way_back(scope.schemas, resource, name)
    if back is not None:
        return back, ListOf(Record(back.resource))
    definition = scope.definition(resource, name)
    return (DefinitionRef(definition), None) if definition is not None else None


def _of_shape(schemas: Schemas, shape: Shape, name: str) -> tuple[Ref, Type] | None:
    prop = shape.properties.get(name)
    if prop is not None:
        return PropertyRef(prop), prop.type
    reference_property = shape.properties.get(f"{name}Reference")
    if reference_property is None or reference_property.reference is None:
        return None
    return _crossed(schemas, reference_property.reference)


def _crossed(schemas: Schemas, reference: Reference) -> tuple[Ref, Type]:
    target = reference.target
    return CrossRef(reference), Record(target) if schemas.resource(target) is not None else Abstract(target)


def way_back(schemas: Schemas, resource: str, plural: str) -> BackRef | None:
    """The records called ``plural`` that refer to a ``resource`` by their reference without a role name."""
    if plural not in schemas.plurals:
        return None
    other = schemas.resource(plural)
    assert other is not None
    reference = other.reference_to(schemas.kinds_of(resource))
    if reference is None:
        return None
    return BackRef(other.name, key_paths(schemas, reference, resource))


def key_paths(schemas: Schemas, reference: Reference, kind: str) -> tuple[tuple[str, ...], ...]:
    """Where a reference holds the parts of the key of a ``kind`` of record, in the order of that key."""
    renamed: Mapping[str, str] = schemas.kinds.get(reference.target, {}).get(kind, {})
    parts = {renamed.get(part, part): path for part, path in reference.parts}
    return tuple(parts[local] for local, _ in schemas.key_parts(kind))


def names_behind(scope: Scope, base: Type) -> list[str]:
    """Every name that may stand behind a value of a type, for suggestions."""
    match base:
        case Record(resource):
            shape = scope.schemas.resource(resource)
            assert shape is not None
            back = [p for p in scope.schemas.plurals if way_back(scope.schemas, resource, p) is not None]
            roles = [reference.role for reference in shape.columns]
            return [*_shape_names(shape), *roles, *back, *scope.definitions_of(resource)]
        case Item(label):
            return _shape_names(scope.schemas.shape(label))
        case Row(table):
            return [name for name, _ in scope.tables[table].key] + list(scope.tables[table].columns)
        case Abstract(name):
            return list(scope.schemas.kinds.get(name, {}))
        case _:
            return []


def _shape_names(shape: Shape) -> list[str]:
    crossed = [n.removesuffix("Reference") for n, p in shape.properties.items() if p.reference is not None]
    return [*shape.properties, *crossed]
