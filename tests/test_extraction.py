"""Extracts over folders: DuckDB and the interpreter give the same rows, reasons and faults."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.engines.extraction import Extracted, Extraction, extracted, interpreted
from compiler.engines.folder import DataError, open_folder
from compiler.semantics import ir
from compiler.semantics.options import Given, resolved
from compiler.semantics.wanted import Why
from tests.benchmarks.attendance import CONTEXT, an_extract
from tests.extracts import System, make_extract, make_system
from tests.running import put
from tests.test_extract_queries import school_system

SEEDS = 4


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return make_system(tmp_path_factory.mktemp("system"))


def asked_of(system: System, extract: ir.Extract, folder: Path, given: Given) -> Extraction:
    choices = resolved(system.program, extract, given, CONTEXT)
    assert choices.faults == ()
    return Extraction(system.program, extract, open_folder(folder, system.program.schemas), CONTEXT, choices.values)


def put_tables(system: System, folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    resources = {name: system.program.schemas.resource(name) for name in tables}
    return put(folder, {resource.plural: tables[name] for name, resource in resources.items() if resource is not None})


def told(found: Extracted) -> list[Any]:
    faults = [(fault.resource, fault.line, fault.code, fault.path) for fault in found.faults]
    return [*found.rows, *found.left_out, *faults]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_say_the_same(seed: int, system: System, tmp_path: Path) -> None:
    folder = put_tables(system, tmp_path, school_system(Random(seed)))
    asked = asked_of(system, an_extract(system), folder, {"calendars": ["5", "6"]})
    found, wanted = extracted(asked), interpreted(asked)
    assert found.refused == ""
    for one, other in zip(told(found), told(wanted), strict=True):
        assert one == other
    assert any(row.lacking and row.lacking[0][1] for row in found.rows) or seed
    assert any(left.why is Why.UNDECIDED and left.missing for left in found.left_out)


def test_what_duckdb_refuses_the_interpreter_says(system: System, tmp_path: Path) -> None:
    tables = school_system(Random(1))
    minutes = {"personID": 1, "calendarID": 5, "date": "2024-12-01", "presentMinutes": 1, "scheduledMinutes": 10**25}
    tables["attDayAggregation"] = [minutes]
    extract = make_extract(
        system, ["a.presentMinutes / a.scheduledMinutes"], subject="attDayAggregation as a", key="a.personID"
    )
    asked = asked_of(system, extract, put_tables(system, tmp_path, tables), {})
    assert extracted(asked).rows == interpreted(asked).rows


def test_a_table_without_a_file_is_no_empty_table(system: System, tmp_path: Path) -> None:
    tables = school_system(Random(1))
    del tables["calendarDay"]
    asked = asked_of(system, an_extract(system), put_tables(system, tmp_path, tables), {})
    with pytest.raises(DataError, match="has no file of calendarDays, which XX-1 reads"):
        extracted(asked)
