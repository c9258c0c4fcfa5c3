"""What tests of explanations share: records of which all is changed but what a subject's outcome is said to rest on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from compiler.schema.edfi import Resource, Schemas
from compiler.schema.types import ListOf, Type
from compiler.semantics import ir
from compiler.semantics.altered import REMOVED, Place, put
from compiler.semantics.determining import Determined
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.outcomes import subjects_at
from compiler.semantics.values import ItemValue, Record, RecordValue
from compiler.semantics.world import RawRecord, World

Other = Callable[[Record, Place, Type | None, Any], Any]
"""Another value for a property: of which record, where, its type, and what stands there."""


def all_else_changed(
    schemas: Schemas, world: World, found: Determined, other: Other, changed: Callable[[Record], bool]
) -> World:
    """The world with other values wherever no determining fact stands, in the records that may be changed.

    Natural keys stay: a record with another key is another record. Lists keep their length where that is a fact, and
    records go on referring to what they refer to where a fact is that no other does.
    """
    kept: dict[int, set[Place]] = {}
    referring: set[tuple[str, Place]] = set()
    for fact in found.facts():
        if fact.record is not None:
            kept.setdefault(id(fact.record), set()).add(fact.place)
        referring.update((fact.resource, path) for path in fact.paths)
    raw: dict[str, list[RawRecord]] = {}
    for name in world.present:
        resource = schemas.resource(name)
        assert resource is not None
        places = {place for of, place in referring if of == name} | set(resource.key)
        raw[name] = [
            _changed(resource, record, kept.get(id(record), set()) | places, other)
            if changed(record)
            else RawRecord(record.body, record.file, record.line)
            for record in world.records(name)
        ]
    return World(schemas, raw)


def _changed(resource: Resource, record: Record, kept: set[Place], other: Other) -> RawRecord:
    body = copy.deepcopy(dict(record.body))
    for place in list(_places(resource, record.body, ())):
        if place in kept or any(place[: len(k)] == k and len(place) == len(k) for k in kept):
            continue
        names = tuple(part for part in place if isinstance(part, str))
        prop = resource.find(names)
        kind = prop.type.item if prop is not None and isinstance(prop.type, ListOf) else prop.type if prop else None
        value = other(record, place, kind, _at(record.body, place))
        if value is REMOVED and isinstance(place[-1], int):
            value = None
        body = put(body, place, value)
    return RawRecord(body, record.file, record.line)


def _places(resource: Resource, body: Any, above: Place) -> Iterator[Place]:
    """The places of all scalars, and those where the schema has one and the record has not."""
    if isinstance(body, list):
        for position, item in enumerate(body):
            if isinstance(item, Mapping | list):
                yield from _places(resource, item, (*above, position))
            elif not isinstance(item, Mapping):
                yield (*above, position)
        return
    names = tuple(part for part in above if isinstance(part, str))
    prop = resource.find(names) if names else None
    shape = resource if not names else prop.shape if prop is not None else None
    for name, value in body.items():
        if isinstance(value, Mapping | list):
            yield from _places(resource, value, (*above, name))
        else:
            yield (*above, name)
    for name, inner in (shape.properties if shape is not None else {}).items():
        if name not in body and inner.shape is None and not isinstance(inner.type, ListOf):
            yield (*above, name)


def _at(body: Any, place: Place) -> Any:
    for name in place:
        body = body.get(name) if isinstance(body, Mapping) else body[name] if isinstance(name, int) else None
    return body


def again(interpreter: Interpreter, world: World, rule: ir.Rule, env: Environment) -> tuple[Interpreter, Environment]:
    """The same subject in another world, in which keys and places are the same; an AssertionError where it is none."""
    other = Interpreter(interpreter.definitions, interpreter.tables, world, interpreter.run)
    subject = env[rule.variable]
    assert isinstance(subject, RecordValue)
    record = world.find(subject.resource, subject.key)
    assert record is not None
    for found in subjects_at(other, rule, record):
        if all(place_of(found[join.variable]) == place_of(env[join.variable]) for join in rule.joins):
            return other, found
    raise AssertionError(f"{rule.id}: no subject any more")


def place_of(value: Any) -> Any:
    """What a variable of a subject stands for, whatever its properties."""
    if isinstance(value, ItemValue):
        return value.label, value.owner.key, value.position
    return (value.resource, value.key) if isinstance(value, RecordValue) else None


def spoiler(random: Random, made: Callable[[str, Type], Any], chance: float = 0.5) -> Other:
    """Values of the type at random, missing ones, and the present one."""

    def other(_record: Record, place: Place, kind: Type | None, value: Any) -> Any:
        if random.random() > chance:
            return REMOVED if value is None else value
        if kind is None or random.random() < 0.3:
            return REMOVED
        return made(next(str(part) for part in reversed(place) if isinstance(part, str)), kind)

    return other
