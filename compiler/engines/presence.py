"""Whether records that an earlier run spoke of are still among the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.engines.folder import DataFolder
from compiler.schema.edfi import Resource
from compiler.semantics.program import Program
from compiler.semantics.values import jsonable, reader
from compiler.semantics.world import key_type, read_key

Wanted = tuple[str, tuple[str, ...]]
"""A record: its resource and the parts of its natural key as text."""


def wanted_record(program: Program, resource: str, key: Mapping[str, Any]) -> Wanted | None:
    """A record by what a finding holds of its key; None when the finding names no record of a known resource."""
    known = program.schemas.resource(resource)
    if known is None or not key or not known.key:
        return None
    return known.name, tuple(str(key.get(".".join(path))) for path in known.key)


def present_of(program: Program, folder: DataFolder, wanted: Iterable[Wanted]) -> set[Wanted]:
    """Those of some records that the files hold; a file is read until all are found."""
    by_resource: dict[str, set[Wanted]] = {}
    for record in wanted:
        by_resource.setdefault(record[0], set()).add(record)
    found: set[Wanted] = set()
    for name, records in by_resource.items():
        resource = program.schemas.resource(name)
        assert resource is not None
        found |= _found_in(folder, resource, records)
    return found


def _found_in(folder: DataFolder, resource: Resource, records: set[Wanted]) -> set[Wanted]:
    readers = [(path, reader(key_type(resource, path))) for path in resource.key]
    left = set(records)
    for entry in folder.entries(resource.name):
        key = read_key(entry.body, readers) if entry.body is not None else None
        if key is not None:
            left.discard((resource.name, tuple(str(jsonable(part)) for part in key)))
        if not left:
            break
    return records - left
