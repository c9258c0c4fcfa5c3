"""The query of an extract says what the interpreter says, of random extracts over random records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.backends.duckdb import every, records_query
from compiler.backends.duckdb.extracts import extract_query
from compiler.engines.duckdb.candidates import Candidates
from compiler.engines.duckdb.candidates import given as given_to
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, Record, Type
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row, Rows, rows_of
from compiler.semantics.options import Given, resolved
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from tests.evaluation import Bodies, connected, world_of
from tests.extracts import System, make_extract, option
from tests.random_rules import COLLECTIONS, DEFINITIONS, TABLE, random_world
from tests.random_rules import Writer as RandomWriter
from tests.support import Sample

CONTEXT = Context(2024, date(2024, 6, 1), "state", "fall")
SEEDS, EXTRACTS, WORLDS = 4, 15, 3
KINDS: tuple[Type, ...] = (DECIMAL, DECIMAL, DECIMAL, WHOLE, DATE, TEXT, BOOLEAN)


def both(
    program: Program, extract: ir.Extract, bodies: Bodies, context: Context, given: Given = {}
) -> tuple[Rows, Rows]:
    """What the interpreter and the query say, without what was missing, in the order of places."""
    choices = resolved(program, extract, given, context)
    assert choices.faults == ()
    interpreted = rows_of(program, extract, world_of(program, bodies), context, choices.values)
    interpreted.left_out = [
        replace(left, reason="", missing=()) if left.missing else left for left in interpreted.left_out
    ]
    interpreted.rows = [replace(row, lacking=tuple((n, ()) for n, _ in row.lacking)) for row in interpreted.rows]
    return _sorted(interpreted), _sorted(queried(program, extract, bodies, context, choices.values))


def queried(program: Program, extract: ir.Extract, bodies: Bodies, context: Context, values: Mapping[str, Any]) -> Rows:
    query = extract_query(program, extract)
    connection = connected(program, {**{name: [] for name in query.resources}, **bodies})
    for name, columns in query.resources.items():
        resource = program.schemas.resource(name)
        assert resource is not None
        text = records_query(resource, columns).sql(dialect="duckdb")
        connection.execute(f'CREATE OR REPLACE TABLE "{every(name)}" AS {text}')
    known = given_to(values, context.school_year)
    for made in query.setup:
        text = f'CREATE OR REPLACE TABLE "{made.name}" AS {made.text}'
        connection.execute(text, {name: known[name] for name in made.parameters})
    answers = connection.execute(query.text, {name: known[name] for name in query.parameters}).fetchall()
    found, read = Rows(), Candidates(extract, query).read
    for made_of in map(read, answers):
        found.rows.append(made_of) if isinstance(made_of, Row) else found.left_out.append(made_of)
    return found


def _sorted(found: Rows) -> Rows:
    def place(made: Row | LeftOut) -> Any:
        return [(len(key), key) for key in made.places]

    return Rows(sorted(found.rows, key=place), sorted(found.left_out, key=place))


def differing(first: Sequence[Any], second: Sequence[Any]) -> str:
    """The first difference of two lists, in short."""
    pairs = ((one, other) for one, other in zip(first, second, strict=False) if one != other)
    told = next((f"{one}\n{other}" for one, other in pairs), f"{len(first)} and {len(second)}")
    return told[:2000]


# -- random extracts


@pytest.fixture(scope="module")
def sample(template: Path, tmp_path_factory: pytest.TempPathFactory) -> System:
    sample = Sample.copied(template, tmp_path_factory.mktemp("random") / "project")
    sample.write(COLLECTIONS, "_collections.yaml").write(DEFINITIONS, "_definitions.yaml")
    sample.write(TABLE, "tables/shares.yaml")
    project = sample.open()
    return System(project.programs["sample"], project.checked.scopes["specs/sample/enrollment"])


OPTIONS = [
    option("countDate", "date", default="$asOf"),
    option("limit", "whole", default="2"),
    option("share", "number", default="0.5"),
    option("days", "date", many=True),
    option("names", "text", many=True),
]
GIVEN: tuple[Given, ...] = (
    {},
    {"names": ["Sam", "01"], "share": ["1.25"]},
    {"days": ["2024-02-29"], "limit": ["3"]},
)


def random_extract(system: System, random: Random) -> ir.Extract:
    writer, subject = RandomWriter(system.scope, random, [("e", Record("studentSchoolAssociation"))]).subject()

    def values(count: int) -> list[str]:
        return [writer.scalar(random.choice(KINDS), 3) for _ in range(count)]

    def tests(count: int) -> list[str]:
        return [writer.condition(2) for _ in range(random.randrange(count + 1))]

    return make_extract(
        system,
        values(5),
        subject=subject,
        key=writer.scalar(random.choice(KINDS), 0),
        options=OPTIONS,
        include=tests(2),
        exclude=tests(1),
        order=[1, *values(1)],
        required=[2],
        zero_fill=[(writer.condition(1), (2, 3))],
        audit=values(1),
        warnings=[(writer.condition(1), "a word")],
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_extracts(seed: int, sample: System) -> None:
    random = Random(seed)
    extracts = [random_extract(sample, random) for _ in range(EXTRACTS)]
    rows, left = 0, set()
    for number in range(WORLDS):
        bodies = random_world(sample.program.schemas, random)
        for extract in extracts:
            wanted, found = both(sample.program, extract, bodies, CONTEXT, GIVEN[number])
            assert found.rows == wanted.rows, differing(found.rows, wanted.rows)
            assert found.left_out == wanted.left_out, differing(found.left_out, wanted.left_out)
            rows += len(wanted.rows)
            left |= {out.why for out in wanted.left_out}
    assert rows > 10
    assert len(left) == 3
