"""Extracts over folders: DuckDB and the interpreter give the same rows, reasons and faults, in the same order; what is
held does not grow with their number."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.engines import sorting
from compiler.engines.duckdb import extracting
from compiler.engines.extraction import Extracted, Extraction, extracted, interpreted, worked_out
from compiler.engines.filed import Filing, filed, sorted_out, whole_shape
from compiler.engines.folder import DataError, open_folder
from compiler.engines.sorting import Sorted
from compiler.filing.delimited import Delimited
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row
from compiler.semantics.options import Given, resolved
from compiler.semantics.wanted import Sender, Why
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
def test_both_say_the_same(seed: int, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "_PORTION", 2)
    monkeypatch.setattr(extracting, "is_large", lambda _: seed % 2 == 0)
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


# -- many rows


def test_things_are_read_in_the_order_of_their_keys_and_of_putting_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "HELD", 7)
    monkeypatch.setattr(sorting, "_BLOCK", 2)
    random = Random(3)
    for count in (0, 1, 7, 40):
        things = [((random.randrange(5), random.choice("ab")), n) for n in range(count)]
        found: Sorted[int] = Sorted()
        for at, (key, thing) in enumerate(things, 1):
            found.put(key, thing)
            if at % 9 == 0:  # what is read in between
                assert list(found) == [n for _, n in sorted(things[:at], key=lambda pair: pair[0])]
        assert list(found) == list(found) == [n for _, n in sorted(things, key=lambda pair: pair[0])]


def test_rows_that_lie_in_a_file_have_the_order_of_those_at_hand(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "HELD", 2)
    extract = an_extract(system)
    asked = asked_of(system, extract, put_tables(system, tmp_path, school_system(Random(0))), {})
    shape, form, wanted = whole_shape(extract), Delimited(), interpreted(asked)
    with worked_out(asked) as found:
        rows, left_out = sorted_out(Filing(system.program, extract, shape, form, CONTEXT), found.candidates)
    assert len(wanted.rows) > 4
    assert len(wanted.left_out) > 2
    for one, other in zip(rows, filed(system.program, extract, shape, form, wanted.rows, CONTEXT), strict=True):
        assert one == other
    for left, out in zip(left_out, wanted.left_out, strict=True):
        assert left == out


def made_up(extract: ir.Extract, count: int) -> Iterator[Row | LeftOut]:
    """Candidates in no order, every third without a row."""
    for n in range(count):
        key = n * 7919 % count
        sender, places = Sender("Enrollment", str(key), f"S{key}"), ((key,),)
        if key % 3:
            yield Row(sender, places, tuple(f"{key % 5} {part.number}" for part in extract.fields), ordering=(key,))
        else:
            yield LeftOut(sender, places, Why.EXCLUDED, "they are excluded")


def test_what_is_held_does_not_grow_with_the_rows(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "HELD", 200)
    monkeypatch.setattr(sorting, "_BLOCK", 5)
    extract = make_extract(system, [f"'{n}'" for n in range(20)], order=["e.enrollmentID"])
    filing = Filing(system.program, extract, whole_shape(extract), Delimited(), CONTEXT)

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            rows, left_out = sorted_out(filing, made_up(extract, count))
            assert (sum(1 for _ in rows), sum(1 for _ in left_out)) == (count - count // 3 - 1, count // 3 + 1)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = (peak(count) for count in (1_000, 10_000))
    assert many < 4 * few
