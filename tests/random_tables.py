"""Random records of the tables that a publication reads: ids that meet, and values that are missing, blank or wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from compiler.schema.types import BOOLEAN, DATE, DECIMAL, WHOLE, Code, Type
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.usage import reachable, usage

Body = dict[str, Any]

WRONG: tuple[Any, ...] = (None, "", " ", [], {}, "x", 0, 1.5, True, "2024-02-30", [{}])
YEAR = 2025


class RandomTables:
    """Makes worlds for a publication; texts are those that its expressions and tables compare with, and a few more."""

    def __init__(self, program: Program, publication: ir.Publication) -> None:
        self.schemas = program.schemas
        tops = list(ir.told_of(publication))
        used = usage(tops, program.definitions, program.schemas)
        self.paths: defaultdict[str, set[ir.Path]] = defaultdict(set)
        for name in (*used.needs, *(source.resource for source in publication.sources)):
            resource = self.schemas.resource(name)
            assert resource is not None
            self.paths[name] |= set(resource.key)
        for name, path in used.reads:
            self.paths[name].add(path)
        consts = [node.value for node in reachable(tops, program.definitions) if isinstance(node, ir.Const)]
        members = [
            m for node in reachable(tops, program.definitions) if isinstance(node, ir.Member) for m in node.members
        ]
        self.texts = sorted({value for value in (*consts, *members) if isinstance(value, str)} | {"1", "2", "31", "AB"})

    def world(self, random: Random) -> dict[str, list[Body]]:
        """Records by singular resource name; each world is as damaged as luck has it."""
        spoiled = random.choice((0.0, 0.02, 0.1))
        return {
            name: [
                self._body(name, number, spoiled, random) for number in range(1, random.choice((1, 3, 5, 7, 7, 7, 7)))
            ]
            for name in sorted(self.paths)
            if random.random() > 0.02
        }

    def _body(self, name: str, number: int, spoiled: float, random: Random) -> Body:
        resource = self.schemas.resource(name)
        assert resource is not None
        body: Body = {}
        for path in sorted(self.paths[name]):
            prop = resource.find(path)
            assert prop is not None
            chance = random.random()
            if chance < spoiled:
                _put(body, path, random.choice(WRONG))
            elif path in resource.key and len(resource.key) == 1 and prop.type is WHOLE:
                _put(body, path, number if path[-1] != "endYear" else YEAR + 1 - number)
            elif path in resource.key or chance > 0.1:
                _put(body, path, self._value(path, prop.type, random))
        return body

    def _value(self, path: ir.Path, kind: Type, random: Random) -> Any:
        if path[-1] == "endYear":
            return random.choice((YEAR, YEAR, YEAR, YEAR - 1))
        if kind is WHOLE:
            return random.choice((1, 1, 1, 2, 2, 3))
        if kind is DECIMAL:
            return random.choice((0, 1, 33.3, 50, 75, 100))
        if kind is BOOLEAN:
            return random.choice((True, False, False, False))
        if kind is DATE:
            return random.choice(("2024-08-12", "2024-08-12", "2025-01-08", "2024-05-01"))
        return random.choice(self.texts) if not isinstance(kind, Code) else random.choice(("1", "2"))


def varied(worlds: Sequence[Mapping[str, Sequence[Body]]], random: Random) -> dict[str, list[Body]]:
    """One of some worlds with rows twice, and with values that are missing, wrong, or those of another world."""
    pool: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for world in worlds:
        for name, bodies in world.items():
            for body in bodies:
                for part, value in body.items():
                    pool[name, part].append(value)
    spoiled = random.choice((0.0, 0.01, 0.05))
    made: dict[str, list[Body]] = {}
    for name, bodies in random.choice(worlds).items():
        rows = [*bodies, *(body for body in bodies if random.random() < 0.5)]
        made[name] = []
        for number, body in enumerate(rows):
            row = dict(body)
            if number >= len(bodies):
                row = {part: value + 700 if part == f"{name}ID" else value for part, value in row.items()}
            for part in sorted(row):
                chance = random.random()
                if chance < spoiled:
                    row[part] = random.choice(WRONG)
                elif chance < 2 * spoiled:
                    row[part] = random.choice(pool[name, part])
            made[name].append(row)
    return made


def _put(body: Body, path: ir.Path, value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
        if not isinstance(body, dict):
            return
    body[path[-1]] = value
