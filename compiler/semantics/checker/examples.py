"""Examples: partial records to small worlds that fit their schemas.

What an example leaves out is filled from ``_examples.yaml``: ``defaults`` under every record of a resource, ``world``
for resources it does not mention, and a default record for each reference that would point to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from compiler.diagnostics import Level, Sink
from compiler.schema.edfi import Property, Reference, Resource, Schemas, Shape
from compiler.schema.types import Code, ListOf, Type
from compiler.semantics.calendar import school_year_day
from compiler.semantics.checker.paths import key_paths
from compiler.semantics.checker.typed import WORDS, quoted_code, scalar_value
from compiler.semantics.scope import Collection, Scope
from compiler.semantics.values import Key, dig, jsonable, read
from compiler.semantics.world import key_type
from compiler.suggest import hint
from compiler.syntax.document import Mapping, Node, Scalar, Sequence, kind_of
from compiler.syntax.extracts import RowExampleTree
from compiler.syntax.guides import WalkExampleTree
from compiler.syntax.publications import SentExampleTree
from compiler.syntax.specs import ExampleTree, ValueExampleTree

Body = dict[str, Any]
Records = dict[str, list[Body]]
Example = ExampleTree | SentExampleTree | RowExampleTree | WalkExampleTree | ValueExampleTree


class _Removed:
    """Stands (the class itself) for a value that an example takes away."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedExample:
    """An example ready to be run: records by singular resource name, the subject's first."""

    written: ExampleTree
    records: Records
    absent: frozenset[str]
    school_year: int
    as_of: date
    scope: str
    cycle: str
    subject: str

    @property
    def name(self) -> str:
        return self.written.name.text


def check_example(
    example: ExampleTree, filler: Filler, collection: Collection | None, subject: str, rule_scope: str, sink: Sink
) -> CheckedExample | None:
    """The world of an example, or None when it does not fit the schemas."""
    before = len(sink.found)
    scope = filler.scope
    records, absent = filler.world(example.given, example.absent)
    year = school_year_of(example, scope, collection, sink)
    as_of = day_of(example, scope, year, sink)
    cycle = example.cycle.text if example.cycle else (collection.default_cycle if collection else "")
    if collection is not None and cycle not in collection.cycles and example.cycle is not None:
        known = hint(cycle, collection.cycles)
        sink.report("E114", example.cycle.span, value=cycle, key="cycle", hint=known)
    if no_error_since(sink, before) and not example.invalid and not scope.lacks("examples"):
        check_complete(records, scope.schemas, example, sink)
    if no_error_since(sink, before) and subject and not records.get(subject):
        fix = f"give at least one {subject}: the first is the subject"
        sink.report("E501", example.given.span, what=f"the example gives no {subject}", fix=fix)
    if not no_error_since(sink, before):
        return None
    wanted = example.scope.text if example.scope else rule_scope
    return CheckedExample(example, records, absent, year, as_of, wanted, cycle, subject)


def no_error_since(sink: Sink, before: int) -> bool:
    """Whether no error has been found since; what follows from one is not worth reporting."""
    return not any(diagnostic.level is Level.ERROR for diagnostic in sink.found[before:])


def school_year_of(example: Example, scope: Scope, collection: Collection | None, sink: Sink) -> int:
    """The school year of an example: its own, that of `_examples.yaml`, the last of its collection."""
    written = example.school_year or next((f.school_year for f in reversed(scope.fills) if f.school_year), None)
    years = collection.years if collection else ()
    if written is None or not written.text.isdecimal():
        return years[-1] if years else 2024
    year = int(written.text)
    if years and year not in years and example.school_year is not None:
        listed = ", ".join(str(y) for y in years)
        sink.report("E114", written.span, value=written.text, key="school year", hint=f"the collection has {listed}")
    return year


def day_of(example: Example, scope: Scope, year: int, sink: Sink) -> date:
    """The day of an example: its own, that of `_examples.yaml`, else the June 1 of its school year."""
    written = example.as_of or next((f.as_of for f in reversed(scope.fills) if f.as_of), None)
    if written is None:
        return school_year_day(year, 6, 1)
    try:
        return date.fromisoformat(written.text)
    except ValueError:
        sink.report("E120", written.span, what=f"`{written.text}` is not a date", fix="write it as 2024-06-01")
        return school_year_day(year, 6, 1)


def check_complete(records: Records, schemas: Schemas, example: Example, sink: Sink) -> None:
    """Report required properties that the records of an example lack."""
    for name, bodies in records.items():
        shape = schemas.resource(name)
        assert shape is not None
        lacking = sorted({path for body in bodies for path in _lacking(shape, body)})
        for path in lacking:
            fix = "give it, add it to `defaults:` in `_examples.yaml`, or say `invalid: true`"
            sink.report("E501", example.name.span, what=f"a {name} of the example lacks the required `{path}`", fix=fix)


def _lacking(shape: Shape, body: Any) -> Iterator[str]:
    """Required properties that a body does not have, also inside its objects and lists."""
    for name, prop in shape.properties.items():
        value = body.get(name)
        if value is None:
            if prop.required:
                yield name
        elif prop.shape is not None:
            for inner in value if isinstance(value, list) else [value]:
                yield from (f"{name}.{path}" for path in _lacking(prop.shape, inner))


class Filler:
    """Builds the worlds of a folder's examples; what ``_examples.yaml`` gives is read once."""

    def __init__(self, scope: Scope, sink: Sink) -> None:
        self.scope = scope
        self.schemas = scope.schemas
        self.sink = sink
        self._known_defaults: dict[str, Body] = {}
        self._known_world: Records | None = None
        self._key_types: dict[str, list[Type]] = {}
        self._known_kinds: dict[Reference, list[tuple[Resource, tuple[tuple[str, ...], ...]]]] = {}

    def world(self, given: Mapping, without: tuple[Scalar, ...] = ()) -> tuple[Records, frozenset[str]]:
        """The records of an example by resource, and the resources of which there is no file."""
        found = (self._resource(name) for name in without)
        absent = frozenset(resource.name for resource in found if resource is not None)
        records: Records = {}
        for name, node in _with_references(given):
            self._add(records, name, node)
        for name_, bodies in self._shared_world().items():
            if name_ not in records:
                records[name_] = list(bodies)
        for name_ in absent:
            records.pop(name_, None)
        self._add_referenced(records, absent)
        return records, absent

    def _shared_world(self) -> Records:
        """The records that every example has, unless it gives their resource itself."""
        if self._known_world is None:
            self._known_world = {}
            for fill in self.scope.fills:
                node = fill.document.root.get("world")
                for name, records in _with_references(node) if isinstance(node, Mapping) else ():
                    self._add(self._known_world, name, records)
        return self._known_world

    def _add(self, records: Records, name: Scalar, node: Node) -> None:
        resource = self._resource(name)
        if resource is None:
            return
        if not isinstance(node, Sequence):
            self._wrong_shape(node, f"`{name.text}`", "a list of records")
            return
        bodies = records.setdefault(resource.name, [])
        for item in node.items:
            if not isinstance(item, Mapping):
                self._wrong_shape(item, "a record", "keys and values")
                continue
            bodies.append(_without_removed(_merged(self._defaults(resource), self._object(item, resource))))

    def _resource(self, name: Scalar) -> Resource | None:
        resource = self.schemas.resource(name.text)
        if resource is None or (name.text not in self.schemas.plurals and resource.plural):
            known = list(self.schemas.plurals)
            fix = hint(name.text, known) or "use the plural API name of a resource"
            if not self.scope.lacks("schemas", "ruleset"):
                what = f"`{name.text}` is not the plural name of a resource"
                self.sink.report("E501", name.span, what=what, fix=fix)
            return None
        return resource

    def _defaults(self, resource: Resource) -> Body:
        if resource.name not in self._known_defaults:
            body: Body = {}
            for fill in self.scope.fills:
                for name in dict.fromkeys((resource.plural, resource.name)):
                    if name in fill.defaults:
                        body = _merged(body, self._object(fill.defaults[name], resource))
            self._known_defaults[resource.name] = body
        return self._known_defaults[resource.name]

    # -- typed bodies

    def _object(self, node: Mapping, shape: Shape) -> Body:
        body: Body = {}
        for name, value in node.entries:
            prop = shape.properties.get(name.text)
            if prop is None:
                fix = hint(name.text, shape.properties)
                if not self.scope.lacks("schemas", "ruleset"):
                    self.sink.report("E501", name.span, what=f"{shape.label} has no property `{name.text}`", fix=fix)
                continue
            body[name.text] = self._value(value, prop, shape)
        return body

    def _value(self, node: Node, prop: Property, shape: Shape) -> Any:
        label = f"{shape.label}.{prop.name}"
        if isinstance(node, Scalar) and node.is_plain and node.text == "nothing":
            return _Removed
        if isinstance(prop.type, ListOf):
            if not isinstance(node, Sequence):
                self._wrong_shape(node, f"`{label}`", "a list")
                return []
            return [self._member(item, prop, label) for item in node.items]
        if prop.shape is not None:
            return self._shape_value(node, prop.shape, label)
        return self._scalar(node, prop, label)

    def _member(self, node: Node, prop: Property, label: str) -> Any:
        if prop.shape is not None:
            return self._shape_value(node, prop.shape, label)
        assert isinstance(prop.type, ListOf)
        return self._scalar(node, Property(prop.name, prop.type.item, True), label)

    def _shape_value(self, node: Node, shape: Shape, label: str) -> Any:
        if not isinstance(node, Mapping):
            self._wrong_shape(node, f"`{label}`", "keys and values")
            return {}
        return self._object(node, shape)

    def _scalar(self, node: Node, prop: Property, label: str) -> Any:
        if not isinstance(node, Scalar):
            self._wrong_shape(node, f"`{label}`", "a text")
            return None
        if node.is_empty:
            return None
        kind = prop.type
        if isinstance(kind, Code) or kind not in WORDS:
            quoted_code(node, self.sink)
            return node.text
        value = scalar_value(node.text, kind)
        if value is None:
            fix = f"write {WORDS[kind]}; a wrong type is shown with `invalid: true` and quotes"
            if not node.is_plain:
                return node.text  # a quoted text where another type belongs: an example of wrong data
            self.sink.report("E501", node.span, what=f"`{node.text}` is not a value of {label}", fix=fix)
        return float(value) if isinstance(value, Decimal) else jsonable(value)

    def _wrong_shape(self, node: Node, what: str, wanted: str) -> None:
        """Report a node of another shape, unless it is a value left out, which was reported."""
        if not (isinstance(node, Scalar) and node.is_empty):
            self.sink.report("E113", node.span, what=what, wanted=wanted, seen=kind_of(node))

    # -- referenced records

    def _add_referenced(self, records: Records, absent: frozenset[str]) -> None:
        """A default record for every reference that points to a record the world lacks.

        A resource that is given as an empty list stays empty: that is how an example shows a record that is not there.
        """
        absent |= {name for name, bodies in records.items() if not bodies}
        waiting = [(name, body) for name, bodies in records.items() for body in bodies]
        held = {name: {self._own_key(name, body) for body in bodies} for name, bodies in records.items()}
        while waiting:
            name, body = waiting.pop()
            resource = self.schemas.resource(name)
            assert resource is not None
            for reference in resource.references:
                if reference.place[0] not in body:
                    continue
                made = self._referenced(held, body, reference, absent)
                if made is not None:
                    records.setdefault(made[0], []).append(made[1])
                    held.setdefault(made[0], set()).add(self._own_key(*made))
                    waiting.append(made)

    def _own_key(self, name: str, body: Body) -> Key | None:
        resource = self.schemas.resource(name)
        assert resource is not None
        return self._key_at(body, resource, resource.key)

    def _key_at(self, body: Body, resource: Resource, paths: tuple[tuple[str, ...], ...]) -> Key | None:
        """The key of a resource as it stands in a body at ``paths``; None when a part is missing."""
        if resource.name not in self._key_types:
            self._key_types[resource.name] = [key_type(resource, path) for path in resource.key]
        parts = []
        for path, kind in zip(paths, self._key_types[resource.name], strict=True):
            part = read(dig(body, path), kind)
            if part is None:
                return None
            parts.append(part)
        return tuple(parts)

    def _referenced(
        self, held: dict[str, set[Key | None]], body: Body, reference: Reference, absent: frozenset[str]
    ) -> tuple[str, Body] | None:
        """The record to add for a reference. Of several kinds it is the one whose default has the wanted key.

        ``held`` are the keys of the records of each resource that are there.
        """
        kinds = self._kinds_of(reference)
        wanted = [(kind, self._key_at(body, kind, paths)) for kind, paths in kinds]
        for kind, key in wanted:
            if key is None or key in held.get(kind.name, ()):
                return None
        for kind, key in wanted:
            default = self._defaults(kind)
            fits = reference.target not in self.schemas.kinds or self._key_at(default, kind, kind.key) == key
            if default and fits and key is not None and kind.name not in absent:
                return kind.name, _with_key(default, kind, key)
        return None

    def _kinds_of(self, reference: Reference) -> list[tuple[Resource, tuple[tuple[str, ...], ...]]]:
        """The kinds of record a reference may point to, each with where it holds the parts of their key."""
        if reference not in self._known_kinds:
            names = self.schemas.kinds.get(reference.target, {})
            found = [self.schemas.resource(name) for name in names] or [self.schemas.resource(reference.target)]
            self._known_kinds[reference] = [
                (kind, key_paths(self.schemas, reference, kind.name)) for kind in found if kind is not None
            ]
        return self._known_kinds[reference]


def _with_key(default: Body, kind: Resource, key: Key) -> Body:
    made: Body = _without_removed(default)
    for path, part in zip(kind.key, key, strict=True):
        _put(made, path, jsonable(part))
    return made


def _put(body: Body, path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _with_references(given: Mapping) -> Iterator[tuple[Scalar, Node]]:
    """Resources of a world, with those below ``reference`` (look-ups) brought up beside them."""
    for name, node in given.entries:
        if name.text == "reference" and isinstance(node, Mapping):
            yield from node.entries
        else:
            yield name, node


def _merged(base: Body, extra: Body) -> Body:
    merged = dict(base)
    for name, value in extra.items():
        present = merged.get(name)
        both = isinstance(present, dict) and isinstance(value, dict)
        merged[name] = _merged(present, value) if both and present is not None else value
    return merged


def _without_removed(body: Any) -> Any:
    """A copy of a body without the properties that an example says are not there."""
    if isinstance(body, dict):
        return {name: _without_removed(value) for name, value in body.items() if value is not _Removed}
    if isinstance(body, list):
        return [_without_removed(value) for value in body]
    return body
