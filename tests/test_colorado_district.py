"""The district of Colorado of the examples: whatever part of the extract is taken away, what is made of it changes.

What is made are the texts of rows in their order, the audit, who has no row and why, and what is to be told of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from compiler.engines.filed import filed, whole_shape
from compiler.engines.folder import open_folder
from compiler.filing.fixed import Fixed
from compiler.schema.types import BOOLEAN
from compiler.semantics import ir
from compiler.semantics.extract_rows import Row, judged
from compiler.semantics.interpreter import Environment, Interpreter, Run
from compiler.semantics.options import Given, resolved
from compiler.semantics.outcomes import Context, subjects_of
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord, World
from tests.parts_of_extracts import ExtractPart, extract_parts
from tests.support import ROOT
from tests.test_colorado import UNNOTICED

NAME = "CO-SSA"
DISTRICT = ROOT / "examples/colorado-district"
CONTEXT = Context(2025, date(2024, 12, 20))
CALENDARS: Given = {"calendars": ("21", "22", "23")}
CHOICES: dict[str, Given] = {
    "calendars": {"calendars": ("21",)},
    "calendars of two years": {"calendars": ("21", "24")},
    "students": {"students": ("K",)},
    "effectiveDate": {"effectiveDate": ("2024-11-01",)},
    "attendanceStart": {"attendanceStart": ("2024-10-15",)},
    "attendanceEnd": {"attendanceEnd": ("2024-10-31",)},
    "entryTypeDefault": {"entryTypeDefault": ("02",)},
    "suspensionsInRange": {"suspensionsInRange": ("true",), "attendanceEnd": ("2024-10-31",)},
    "legalNameOrName": {"legalName": ("true",), "legalNameOrName": ("true",)},
}
"""What is chosen beside the calendars; of a flag that is not named here, the other of its values."""


TRUE = ir.Const(True, type=BOOLEAN)


class Remembering(Interpreter):
    """Works out a node for a candidate once."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.candidates: dict[int, Environment] = {}
        self.known: dict[tuple[int, int], tuple[ir.Expr, Any]] = {}

    def value(self, node: ir.Expr, env: Environment) -> Any:
        if id(env) not in self.candidates:
            return super().value(node, env)
        place = (id(node), id(env))
        if place not in self.known:
            self.known[place] = node, super().value(node, env)  # the node is held, so that no other gets its id
        return self.known[place][1]


class Chosen:
    """The district with options chosen. ``whole`` is what is made of it by the extract as it stands."""

    def __init__(self, program: Program, world: World, given: Given) -> None:
        self.program = program
        extract = program.extracts[NAME]
        choices = resolved(program, extract, given, CONTEXT)
        assert choices.faults == ()
        run = Run(CONTEXT.school_year, choices.values, extract.leap_birthday)
        self.interpreter = Remembering(program.definitions, program.tables_in(CONTEXT.school_year), world, run)
        self.interpreter.candidates = {id(env): env for env in subjects_of(self.interpreter, extract)}
        self.whole = self.made(extract)

    def made(self, extract: ir.Extract) -> Any:
        """What is made of the district by an extract."""
        found = [judged(self.interpreter, extract, env) for env in self.interpreter.candidates.values()]
        rows = [one for one in found if isinstance(one, Row)]
        texts = filed(self.program, extract, whole_shape(extract), Fixed("cp1252"), rows, CONTEXT)
        told = [(one.row.sender, one.texts, one.row.audit, one.problems, one.told) for one in texts]
        return told, [one for one in found if not isinstance(one, Row)]


class District:
    """The district, with one option chosen at a time."""

    def __init__(self, program: Program) -> None:
        self.program = program
        folder = open_folder(DISTRICT, program.schemas)
        bodies = {
            name: [RawRecord(entry.body) for entry in folder.entries(name) if entry.body] for name in folder.files
        }
        self.world = World(program.schemas, bodies)
        self.flags = {
            option.name: "false" if option.default is not None and option.default == TRUE else "true"
            for option in program.extracts[NAME].options
            if option.type == "boolean"
        }
        self.made = cache(lambda given: Chosen(program, self.world, dict(given)))

    def chosen(self, choice: str, without: str = "") -> Chosen:
        """The district with a choice made, but for an option that is left to its default."""
        flag = {choice: (self.flags[choice],)} if choice in self.flags else {}
        given = {**CALENDARS, **CHOICES.get(choice, flag)}
        made: Chosen = self.made(tuple((name, value) for name, value in sorted(given.items()) if name != without))
        return made

    def notices(self, part: ExtractPart) -> bool:
        """Whether something is made otherwise without a part, whatever is chosen."""
        if part.spoiled is None:
            return False
        if part.unset:
            return bool(self.chosen(part.unset).whole != self.chosen(part.unset, without=part.unset).whole)
        ways = map(self.chosen, ("", *{**CHOICES, **self.flags}))
        return any(way.made(part.spoiled) != way.whole for way in ways)


@pytest.fixture(scope="module")
def district(colorado: Program) -> District:
    return District(colorado)


def unnoticed(district: District) -> Iterator[tuple[str, str]]:
    for part in extract_parts(district.program, NAME):
        if not district.notices(part):
            yield part.label, ", ".join(sorted(part.ids))


def test_whatever_is_taken_away_is_noticed(district: District) -> None:
    assert sorted(unnoticed(district)) == sorted(UNNOTICED)
