"""Extracts over a data folder by the generated Python, which holds all records."""

from __future__ import annotations

from compiler.engines.extraction import Extracted, Extraction, must_be_at_hand
from compiler.engines.python_engine import PythonEngine
from compiler.engines.structure import USED, read_dataset
from compiler.garbage import without_collection


@without_collection()
def in_python(asked: Extraction, given: frozenset[str]) -> Extracted:
    """The rows of an extract; ``given`` are the names of the options that did not take their defaults."""
    must_be_at_hand(asked)
    dataset = read_dataset(asked.folder, asked.program.schemas, asked.used, {}, USED)
    engine = PythonEngine(asked.program)
    world = engine.world({name: [record.body for record in records] for name, records in dataset.records.items()})
    chosen = {name: asked.values[name] for name in given}
    found = engine.rows(asked.extract, world, asked.context, chosen)
    world.close()
    return Extracted(found.rows, found.left_out, dataset.faults)
