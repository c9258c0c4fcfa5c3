"""Tables without rows and lists that are given: what the queries of extracts say of them, the interpreter says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.backends.duckdb.extracts import extract_query
from compiler.driver import open_project
from compiler.engines.extraction import extracted, interpreted
from compiler.engines.python_engine import PythonEngine
from compiler.semantics.extract_rows import rows_of
from compiler.semantics.options import Given, resolved
from compiler.semantics.outcomes import Context
from tests.benchmarks.attendance import an_extract
from tests.evaluation import Bodies, world_of
from tests.extracts import RULESET, System, make_extract, make_system, option
from tests.support import ROOT
from tests.test_extract_python import with_extracts
from tests.test_extract_queries import both, differing, school_system
from tests.test_extraction import asked_of, put_tables, told

CONTEXT = Context(2025, date(2025, 5, 30))
SEVERAL: Bodies = {
    "enrollment": [
        {"enrollmentID": 1, "personID": 1, "startDate": "2024-09-01", "noShow": True, "serviceType": "P"},
        {"enrollmentID": 2, "personID": 1, "startDate": "2024-09-02", "endDate": "2024-09-02", "noShow": False},
        {"enrollmentID": 3, "personID": 1},
    ],
    "person": [{"personID": 1}],
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return make_system(tmp_path_factory.mktemp("system"))


def agreed(system: System, expressions: list[str], given: Given, options: Any = ()) -> list[tuple[Any, ...]]:
    """The values of expressions for each enrollment, once all say the same."""
    extract = make_extract(system, expressions, options=options)
    query = extract_query(system.program, extract)
    wanted, found = both(system.program, extract, query, SEVERAL, CONTEXT, given)
    assert found.rows == wanted.rows, differing(found.rows, wanted.rows)
    engine = PythonEngine(with_extracts(system.program, [extract]))
    values = resolved(system.program, extract, given, CONTEXT).values
    generated = engine.rows(extract, engine.world(SEVERAL), CONTEXT, {name: values[name] for name in given})
    interpreted = rows_of(system.program, extract, world_of(system.program, SEVERAL), CONTEXT, values)
    assert generated.rows == interpreted.rows, differing(generated.rows, interpreted.rows)
    return [row.values for row in wanted.rows]


# -- tables of the specs

TABLE = """\
kind: table
name: {name}
title: A table
key: {{code: text}}
columns:
  {{word: text, count: whole, share: decimal, day: date, flag: boolean, words: list of text, first: year, last: year}}
{more}
"""
DECISIONS = """\
kind: table
name: Cases
title: A table of decisions
key: {flag: boolean}
columns: {code: text}
hit: first
absent key: missing
rows: []
"""
TABLES = {
    "empty": TABLE.format(name="Empty", more="rows: []"),
    "other": TABLE.format(
        name="Other",
        more="absent key: {default: {word: w, count: 1, share: 0.5, day: 2024-02-29, flag: true, words: [a], "
        "first: 2024, last: 2030}}\nrows: []",
    ),
    "later": TABLE.format(
        name="Later",
        more="valid: {from: first, to: last}\nrows:\n"
        "- {code: P, word: w, count: 1, share: 0.5, day: 2024-02-29, flag: true, words: [a], first: 2030}",
    ),
    "cases": DECISIONS,
}
READ = (
    "lookup({0}, {1}).word", "lookup({0}, {1}).count + 1", "lookup({0}, {1}).share / 2", "lookup({0}, {1}).day",
    "lookup({0}, {1}).flag", "lookup({0}, {1}).words contains 'a'", "lookup({0}, {1}) is missing",
    "lookup({0}, {1}).word otherwise 'none'", "any x in e.person.enrollments has (lookup({0}, {1}) is present)",
)  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> System:
    root = tmp_path_factory.mktemp("tables")
    folder = root / "specs" / "system"
    (folder / "tables").mkdir(parents=True)
    (folder / "_ruleset.yaml").write_text(RULESET, encoding="utf-8")
    for name, text in TABLES.items():
        (folder / "tables" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (root / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    project = open_project(root)
    assert [found for found in project.sink.sorted() if found.code.startswith("E")] == []
    return System(project.programs["system"], project.checked.scopes["specs/system"])


@pytest.mark.parametrize(("name", "key"), [(n, k) for n in ("Empty", "Other", "Later") for k in ("'P'", "e.endStatus")])
def test_a_table_without_rows(name: str, key: str, tables: System) -> None:
    (first, *_) = agreed(tables, [text.format(name, key) for text in READ], {})
    assert first[6] is (name != "Other" or key != "'P'")


def test_a_table_of_decisions_without_rows(tables: System) -> None:
    cases = ["lookup(Cases, e.noShow).code", "lookup(Cases, e.noShow) is missing"]
    assert agreed(tables, cases, {}) == [(None, True)] * 3


# -- tables of the data


@pytest.mark.parametrize("resource", [*school_system(Random(0)), "all of them"])
def test_a_file_without_records(resource: str, system: System, tmp_path: Path) -> None:
    filled = school_system(Random(2))
    records: dict[str, list[dict[str, Any]]] = {
        name: [] if resource in (name, "all of them") else bodies for name, bodies in filled.items()
    }
    asked = asked_of(system, an_extract(system), put_tables(system, tmp_path, records), {"calendars": ["5", "6"]})
    found = extracted(asked)
    assert found.refused == ""
    for one, other in zip(told(found), told(interpreted(asked)), strict=True):
        assert one == other


# -- lists that are given

OPTIONS = [
    option("days", "date", many=True),
    option("others", "date", many=True),
    option("names", "text", many=True),
    option("flag", "boolean"),
]
LISTS = [
    "any d in (if $flag then $days else $others) has (d is e.startDate)",
    "number of d in (if $flag then $days else $others) is 2",
    "(if e.noShow then $days else $others) is missing",
    "number of d in (if e.noShow then $days else $others) is 1",
    "every d in (if e.noShow then $days else $others) has (d is after e.startDate)",
    "any d in (if e.noShow then $days else e.person.enrollments.startDate) has (d is e.startDate)",
    "(if e.noShow then $names else $names) contains e.serviceType",
    "any x in e.person.enrollments has ((if x.noShow then $days else $others) contains e.startDate)",
    "$names contains e.serviceType",
    "$days is missing",
]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"days": ["2024-09-01", "2024-09-03"], "others": ["2024-09-02"], "flag": ["true"], "names": ["P"]},
        {"days": ["2024-09-01"], "flag": ["false"], "names": ["S", "P"]},
    ],
)
def test_a_choice_between_lists_that_are_given(given: Given, system: System) -> None:
    values = agreed(system, LISTS, given, OPTIONS)
    assert len(values) == 3
    assert values[0][8] is ("names" in given)
