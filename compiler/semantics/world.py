"""The records an evaluation sees: found by natural key, and back over references.

A world is made from the records of each resource as they were read. Of records with one key the first counts, and a
record whose key cannot be read is left out: both are structure findings, made elsewhere. A resource that is not in
the world at all is *absent*, which is not the same as empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.schema.edfi import Resource, Schemas
from compiler.schema.types import TEXT, Code, Type
from compiler.semantics.values import Key, Path, Record, dig, jsonable, reader


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as read from a file, before its key is known."""

    body: Mapping[str, Any]
    file: str = ""
    line: int = 0


class World:
    """Records by resource, indexed on demand."""

    def __init__(self, schemas: Schemas, records: Mapping[str, Iterable[RawRecord]]) -> None:
        """``records`` holds the raw records of each resource that is present, by plural or singular name."""
        self._schemas = schemas
        self._records: dict[str, dict[Key, Record]] = {}
        self._referring: dict[tuple[str, tuple[Path, ...]], dict[Key, list[Record]]] = {}
        for name, raw in records.items():
            resource = schemas.resource(name)
            if resource is not None:
                self._records[resource.name] = self._keyed(resource, raw)

    @property
    def present(self) -> frozenset[str]:
        """The resources (singular) of which there is a file, even an empty one."""
        return frozenset(self._records)

    def records(self, resource: str) -> list[Record]:
        """All records of a resource, in order of their keys."""
        return sorted(self._records.get(resource, {}).values(), key=lambda record: record.key)

    def key_paths(self, resource: str) -> tuple[Path, ...]:
        """Where the parts of a resource's natural key stand in its records."""
        shape = self._schemas.resource(resource)
        assert shape is not None
        return shape.key

    def find(self, resource: str, key: Key) -> Record | None:
        """The record with this natural key."""
        return self._records.get(resource, {}).get(key)

    def referring(self, resource: str, paths: tuple[Path, ...], key: Key) -> list[Record]:
        """The records of ``resource`` whose values at ``paths`` are ``key``, in order of their own keys."""
        index = self._referring.get((resource, paths))
        if index is None:
            index = self._index(resource, paths)
            self._referring[resource, paths] = index
        return index.get(key, [])

    def _keyed(self, resource: Resource, raw: Iterable[RawRecord]) -> dict[Key, Record]:
        readers = [(path, reader(key_type(resource, path))) for path in resource.key]
        keyed: dict[Key, Record] = {}
        for record in raw:
            key = read_key(record.body, readers)
            if key is not None and key not in keyed:
                keyed[key] = Record(resource.name, key, record.body, record.file, record.line)
        return keyed

    def _index(self, resource: str, paths: tuple[Path, ...]) -> dict[Key, list[Record]]:
        shape = self._schemas.resource(resource)
        assert shape is not None
        readers = [(path, reader(key_type(shape, path))) for path in paths]
        index: dict[Key, list[Record]] = {}
        for record in self.records(resource):
            key = read_key(record.body, readers)
            if key is not None:
                index.setdefault(key, []).append(record)
        return index


def named_key(paths: Iterable[Path], key: Key) -> dict[str, Any]:
    """A natural key as findings hold it: the places of its parts with their values."""
    return {".".join(path): jsonable(part) for path, part in zip(paths, key, strict=True)}


def key_type(resource: Resource, path: Path) -> Type:
    """The type by which a part of a key is read; a descriptor counts whole, with its namespace."""
    prop = resource.find(path)
    assert prop is not None, (resource.name, path)
    return TEXT if isinstance(prop.type, Code) else prop.type


def read_key(body: Mapping[str, Any], readers: Iterable[tuple[Path, Callable[[object], Any]]]) -> Key | None:
    """The values at these paths, or None when one is missing."""
    parts = []
    for path, read in readers:
        value = read(dig(body, path))
        if value is None:
            return None
        parts.append(value)
    return tuple(parts)
