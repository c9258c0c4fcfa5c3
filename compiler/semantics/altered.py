"""A world in which one record is another: what a rule would say if a property had another value.

Nothing is copied but the record, so a world can be altered many times over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.schema.edfi import Resource
from compiler.semantics.values import Key, Path, Record, reader
from compiler.semantics.world import World, key_type, read_key

Place = tuple[str | int, ...]
"""Where a property stands in a record: names, and positions in lists from 0."""
REMOVED = object()
"""What is put in the place of a property that is to be missing."""


class Altered(World):
    """A world in which ``old`` is ``new``, a record of the same resource."""

    def __init__(self, world: World, resource: Resource, old: Record, new: Record) -> None:
        self._world = world
        self._resource = resource
        self._old = old
        self._new = new

    @property
    def present(self) -> frozenset[str]:
        return self._world.present

    def records(self, resource: str) -> list[Record]:
        found = self._world.records(resource)
        return found if resource != self._old.resource else self._with_new(found)

    def key_paths(self, resource: str) -> tuple[Path, ...]:
        return self._world.key_paths(resource)

    def find(self, resource: str, key: Key) -> Record | None:
        if resource == self._new.resource and key == self._new.key:
            return self._new
        found = self._world.find(resource, key)
        return None if found is self._old else found

    def referring(self, resource: str, paths: tuple[Path, ...], key: Key) -> list[Record]:
        found = self._world.referring(resource, paths, key)
        if resource != self._old.resource:
            return found
        readers = [(path, reader(key_type(self._resource, path))) for path in paths]
        refers = read_key(self._new.body, readers) == key
        return self._with_new(found) if refers else [record for record in found if record is not self._old]

    def _with_new(self, found: list[Record]) -> list[Record]:
        others = [record for record in found if record is not self._old]
        return sorted([*others, self._new], key=lambda record: record.key)


def altered(world: World, resource: Resource, old: Record, body: Mapping[str, Any]) -> tuple[World, Record] | None:
    """A world in which a record has another body, with the record; None where its key is no longer one of its own."""
    key = read_key(body, [(path, reader(key_type(resource, path))) for path in resource.key])
    if key is None or (key != old.key and world.find(resource.name, key) is not None):
        return None
    new = Record(old.resource, key, body, old.file, old.line)
    return Altered(world, resource, old, new), new


def at(body: Any, place: Place) -> Any:
    """What stands in a place of a body; None when nothing does."""
    for name in place:
        if isinstance(name, int):
            body = body[name] if isinstance(body, list) and name < len(body) else None
        else:
            body = body.get(name) if isinstance(body, Mapping) else None
    return body


def put(body: Any, place: Place, value: Any) -> Any:
    """A body with another value in a place; objects that are not there are made, what is not on the way is shared."""
    if not place:
        return value
    name, *rest = place
    if isinstance(body, list):
        assert isinstance(name, int)
        return [*body[:name], put(body[name], tuple(rest), value), *body[name + 1 :]]
    above = dict(body) if isinstance(body, Mapping) else {}
    if not rest and value is REMOVED:
        above.pop(str(name), None)
    else:
        above[str(name)] = put(above.get(str(name)), tuple(rest), value)
    return above
