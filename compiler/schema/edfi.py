"""Ed-Fi JSON Schemas to resources: properties with types, natural keys, references in both directions.

A folder of schemas holds one file a resource. Folders are stacked: a state's folder is laid over a standard's, adding
properties (``x-edfi-extends``, or a file of the same name). ``_abstract.json`` says which resources are kinds of an
abstract one (a school is an education organization) and how each kind calls the parts of the key.

All navigation follows from here: ``schoolReference`` of a studentSchoolAssociation leads to the ``school`` whose key
it holds, and back from a school its ``studentSchoolAssociations``. Property names are the API's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, TEXT, WHOLE, Code, Item, ListOf, Record, Type

JsonSchema = Mapping[str, Any]
Path = tuple[str, ...]

_SCALARS = {"integer": WHOLE, "number": DECIMAL, "boolean": BOOLEAN}
_STRING_FORMATS = {"date": DATE, "date-time": MOMENT, "time": MOMENT}


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference property at ``place``; ``parts`` pairs each part of the target's key with where it stands.

    ``target`` is the singular name of a resource or an abstract name; parts stand in the order of the target's key.
    ``role`` is the name by which the reference is crossed.
    """

    place: Path
    target: str
    parts: tuple[tuple[str, Path], ...]
    role: str

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(path for _, path in self.parts)


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a shape. ``shape`` is set for objects and lists of objects, ``reference`` for references.

    ``default`` is what a missing value means, None where it means nothing; ``format`` is as the schema has it, as
    ``int32``.
    """

    name: str
    type: Type
    required: bool
    shape: Shape | None = None
    reference: Reference | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None
    format: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Shape:
    """The properties of a resource or of an object inside one; ``label`` is how messages call it."""

    label: str
    properties: dict[str, Property]

    def find(self, path: Path) -> Property | None:
        """The property at a path, through nested objects."""
        shape: Shape | None = self
        found: Property | None = None
        for name in path:
            found = shape.properties.get(name) if shape is not None else None
            if found is None:
                return None
            shape = found.shape
        return found

    def is_required(self, path: Path) -> bool:
        """Whether every step of a path is required."""
        return all(found is not None and found.required for found in map(self.find, _prefixes(path)))


@dataclass(frozen=True, eq=False, repr=False)
class Resource(Shape):
    """A resource of the API, or a table. ``key`` holds the paths of its natural key.

    ``columns`` are references whose parts are columns of a table, as ``personID`` of an enrollment.
    """

    name: str = ""
    plural: str = ""
    key: tuple[Path, ...] = ()
    folder: str = ""  # where its files lie in a data folder: `` or `reference`
    columns: tuple[Reference, ...] = ()

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every reference of a record, also inside nested objects, but not inside lists."""
        return (*_references(self), *self.columns)

    def crossed(self, role: str) -> Reference | None:
        """The reference of its own that is crossed by a name."""
        prop = self.properties.get(f"{role}Reference")
        if prop is not None and prop.reference is not None:
            return prop.reference
        return next((reference for reference in self.columns if reference.role == role), None)

    def reference_to(self, names: frozenset[str]) -> Reference | None:
        """The reference without a role name to one of these targets: ``schoolReference`` to ``school``."""
        for reference in self.references:
            if reference.target in names and reference.role == reference.target:
                return reference
        return None


def _prefixes(path: Path) -> Iterator[Path]:
    return (path[: i + 1] for i in range(len(path)))


def _references(shape: Shape) -> Iterator[Reference]:
    for prop in shape.properties.values():
        if prop.reference is not None:
            yield prop.reference
        elif prop.shape is not None and not isinstance(prop.type, ListOf):
            for inner in _references(prop.shape):
                parts = tuple((part, (prop.name, *path)) for part, path in inner.parts)
                yield Reference((prop.name, *inner.place), inner.target, parts, inner.role)


@dataclass(frozen=True)
class Schemas:
    """The stacked schemas that a folder of specs uses."""

    documents: Mapping[str, JsonSchema]  # by singular name, overlays already laid on
    kinds: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Abstract name to its kinds; for a kind, the parts of the reference that it calls otherwise."""

    @cached_property
    def plurals(self) -> dict[str, str]:
        """Plural API name to singular name."""
        return {_plural(document): name for name, document in self.documents.items()}

    @cached_property
    def descriptors(self) -> frozenset[str]:
        """The descriptors that any property holds codes of."""
        found: set[str] = set()
        waiting: list[Any] = list(self.documents.values())
        while waiting:
            node = waiting.pop()
            if isinstance(node, Mapping):
                found.update([node["x-edfi-descriptor"]] if "x-edfi-descriptor" in node else [])
                waiting.extend(node.get("properties", {}).values())
                waiting.append(node.get("items"))
        return frozenset(found)

    @cached_property
    def _made(self) -> dict[str, Resource]:
        return {}

    @cached_property
    def _key_parts(self) -> dict[str, tuple[tuple[str, Path], ...]]:
        return {}

    def resource(self, name: str) -> Resource | None:
        """The resource of a singular or plural name."""
        singular = name if name in self.documents else self.plurals.get(name)
        if singular is None:
            return None
        if singular not in self._made:
            self._made[singular] = _resource(singular, self.documents[singular])
        return self._made[singular]

    @cached_property
    def shapes(self) -> _Shapes:
        return _Shapes(self)

    def shape(self, label: str) -> Shape:
        """The shape of an :class:`~compiler.schema.types.Item` by its label."""
        return self.shapes[label]

    def shape_of(self, kind: Type) -> Shape | None:
        """The shape of a record or item; None for other types."""
        if isinstance(kind, Record):
            return self.resource(kind.resource)
        return self.shape(kind.label) if isinstance(kind, Item) else None

    def names(self) -> list[str]:
        """Singular names of all resources."""
        return sorted(self.documents)

    def key_parts(self, name: str) -> tuple[tuple[str, Path], ...]:
        """The parts of a resource's natural key: the name a reference gives a part, and its path in the record."""
        if name not in self._key_parts:
            resource = self.resource(name)
            assert resource is not None
            document = self.documents[resource.name]
            self._key_parts[name] = tuple((_local_name(document, path), path) for path in resource.key)
        return self._key_parts[name]

    def kinds_of(self, name: str) -> frozenset[str]:
        """The abstract names under which a resource can be referred to, and its own."""
        return frozenset({name, *(abstract for abstract, kinds in self.kinds.items() if name in kinds)})


class _Shapes(dict[str, Shape]):
    """Shapes by label, found by walking the label from its resource."""

    def __init__(self, schemas: Schemas) -> None:
        super().__init__()
        self.schemas = schemas

    def __missing__(self, label: str) -> Shape:
        resource, *path = label.split(".")
        found: Shape | None = self.schemas.resource(resource)
        for name in path:
            assert found is not None
            found = found.properties[name].shape
        assert found is not None
        self[label] = found
        return found


def overlay(base: JsonSchema, extra: JsonSchema) -> dict[str, Any]:
    """A schema with another laid over it: properties of both, ``required`` of both, nested objects likewise."""
    merged = dict(base)
    for key, value in extra.items():
        if key == "properties":
            merged[key] = dict(merged.get(key, {}))
            for name, prop in value.items():
                present = merged[key].get(name)
                merged[key][name] = overlay(present, prop) if isinstance(present, Mapping) else prop
        elif key == "required":
            merged[key] = sorted({*merged.get(key, ()), *value})
        elif key not in merged:
            merged[key] = value
    return merged


def stack(layers: list[dict[str, JsonSchema]]) -> dict[str, JsonSchema]:
    """Lay folders of schemas over one another, the standard first; keys are file names without their ending."""
    documents: dict[str, JsonSchema] = {}
    for layer in layers:
        for name, document in layer.items():
            target = str(document.get("x-edfi-extends", name))
            documents[target] = overlay(documents[target], document) if target in documents else document
    return documents


def _plural(document: JsonSchema) -> str:
    return str(document.get("x-edfi-path", "")).rsplit("/", 1)[-1]


def _folder(document: JsonSchema) -> str:
    path = str(document.get("x-edfi-path", ""))
    return "reference" if path.startswith("/reference/") else ""


def _resource(name: str, document: JsonSchema) -> Resource:
    key = tuple(tuple(path.split(".")) for path in document.get("x-edfi-identity", ()))
    return Resource(
        label=name,
        properties=_properties(document, name),
        name=name,
        plural=_plural(document),
        key=key,
        folder=_folder(document),
        columns=tuple(_of_columns(role, node) for role, node in document.get("x-references", {}).items()),
    )


def _of_columns(role: str, node: JsonSchema) -> Reference:
    """A reference whose parts are columns: `{"resource": "person", "parts": {"personID": "personID"}}`."""
    parts = tuple((part, (str(column),)) for part, column in node["parts"].items())
    return Reference(parts[0][1], str(node["resource"]), parts, role)


def _properties(node: JsonSchema, label: str) -> dict[str, Property]:
    required = frozenset(node.get("required", ()))
    return {
        name: _property(name, prop, f"{label}.{name}", name in required)
        for name, prop in node.get("properties", {}).items()
    }


def _property(name: str, node: JsonSchema, label: str, required: bool) -> Property:
    kind = node.get("type")
    if kind == "array":
        items = node["items"]
        if items.get("type") == "object":
            return Property(name, ListOf(Item(label)), required, shape=Shape(label, _properties(items, label)))
        return Property(name, ListOf(_scalar(items)), required)
    if kind == "object":
        shape = Shape(label, _properties(node, label))
        reference = _reference(name, node) if "x-edfi-reference" in node else None
        return Property(name, Item(label), required, shape, reference)
    return Property(
        name,
        _scalar(node),
        required,
        max_length=node.get("maxLength"),
        minimum=node.get("minimum"),
        maximum=node.get("maximum"),
        default=node.get("default"),
        format=str(node.get("format", "")),
    )


def _reference(name: str, node: JsonSchema) -> Reference:
    target = str(node["x-edfi-reference"])
    parts = tuple((part, (name, part)) for part in node.get("properties", {}))
    return Reference((name,), target[0].lower() + target[1:], parts, name.removesuffix("Reference"))


def _scalar(node: JsonSchema) -> Type:
    if "x-edfi-descriptor" in node:
        return Code(str(node["x-edfi-descriptor"]))
    kind = node.get("type")
    if kind == "string":
        return _STRING_FORMATS.get(str(node.get("format") or node.get("x-edfi-format")), TEXT)
    return _SCALARS.get(str(kind), TEXT)


def _local_name(document: JsonSchema, path: Path) -> str:
    """How another resource's reference calls this part of the key."""
    node: Any = document
    for name in path:
        node = node["properties"][name]
    return str(node.get("x-edfi-localName", path[-1]))
