"""What the data tell of organizations beyond their ids: the names of corporations and schools.

The entries ``corporation:`` and ``school:`` under ``subjects:`` end in a property that is part of a resource's key, or
of a reference to one (of an abstract resource: to any of its kinds). The records of these resources hold the names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.engines.folder import DataFolder
from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.values import dig, reader
from compiler.semantics.world import key_type

_NAME = ("nameOfInstitution",)


def institution_names(program: Program, folder: DataFolder) -> dict[Any, str]:
    """The names of organizations by the ids by which findings call them; those without a name are left out."""
    bodies = [
        program.definitions[name].body
        for name in sorted(program.definitions)
        if name.endswith((".subjectCorporation", ".subjectSchool"))
    ]
    names: dict[Any, str] = {}
    for resource in dict.fromkeys(name for body in bodies for name in _led_to(body, program)):
        names = {**_names_in(resource, program, folder), **names}
    return names


def _led_to(body: ir.Expr, program: Program) -> Iterator[str]:
    """The resources whose key an id is part of, those that are named outright first."""
    if not isinstance(body, ir.Read) or not isinstance(body.base.type, Record):
        return
    resource = program.schemas.resource(body.base.type.resource)
    assert resource is not None
    if body.path in resource.key:
        yield resource.name
    for reference in resource.references:
        if body.path in reference.paths:
            kinds = program.schemas.kinds.get(reference.target, {})
            yield from sorted(kinds) if kinds else [reference.target]


def _names_in(name: str, program: Program, folder: DataFolder) -> dict[Any, str]:
    """The names in the records of a resource whose key is one id."""
    resource = program.schemas.resource(name)
    if resource is None or len(resource.key) != 1 or resource.find(_NAME) is None:
        return {}
    read_id = reader(key_type(resource, resource.key[0]))
    found: dict[Any, str] = {}
    for entry in folder.entries(name):
        number, called = read_id(dig(entry.body, resource.key[0])), dig(entry.body, _NAME)
        if number is not None and isinstance(called, str) and called.strip():
            found.setdefault(number, called)
    return found
