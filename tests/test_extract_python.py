"""Generated Python gives the rows that the interpreter gives, of random extracts over random records."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from compiler.engines.python_engine import PythonEngine
from compiler.semantics import ir
from compiler.semantics.extract_rows import rows_of
from compiler.semantics.options import resolved
from compiler.semantics.program import Program
from tests.evaluation import world_of
from tests.extracts import System
from tests.random_rules import random_world
from tests.test_extract_queries import CONTEXT, EXTRACTS, GIVEN, SEEDS, WORLDS, differing, random_extract, sample

__all__ = ["sample"]


def with_extracts(program: Program, extracts: list[ir.Extract]) -> Program:
    """A program with extracts that no spec says."""
    source = SimpleNamespace(path="specs/sample/extracts/XX.yaml")
    filed: Any = SimpleNamespace(written=SimpleNamespace(document=SimpleNamespace(source=source)))
    named = {extract.id: extract for extract in extracts}
    return replace(program, extracts=named, filed=dict.fromkeys(named, filed))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_extracts(seed: int, sample: System) -> None:
    random = Random(seed)
    extracts = [replace(random_extract(sample, random), id=f"XX-{n}") for n in range(EXTRACTS)]
    program = with_extracts(sample.program, extracts)
    engine = PythonEngine(program)
    rows, left = 0, set()
    for number in range(WORLDS):
        bodies = random_world(program.schemas, random)
        for extract in extracts:
            choices = resolved(program, extract, GIVEN[number], CONTEXT)
            wanted = rows_of(program, extract, world_of(program, bodies), CONTEXT, choices.values)
            given = {name: choices.values[name] for name in GIVEN[number]}
            found = engine.rows(extract, engine.world(bodies), CONTEXT, given)
            assert found.rows == wanted.rows, differing(found.rows, wanted.rows)
            assert found.left_out == wanted.left_out, differing(found.left_out, wanted.left_out)
            rows += len(wanted.rows)
            left |= {out.why for out in wanted.left_out}
    assert rows > 10
    assert len(left) == 3
