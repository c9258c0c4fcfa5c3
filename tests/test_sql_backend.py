"""Files of SQL: each runs as it stands after the macros, and is made of nothing but what we made."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from compiler.backends.duckdb import generate, macros_in
from compiler.backends.sql_tree import text
from compiler.driver import open_project
from tests.running import put, services, student
from tests.support import ROOT, Sample
from tests.test_python_backend import HOSTILE
from tests.test_revisions import BY_YEAR, revised

FOLDER = ROOT / "generated" / "sql" / "duckdb"
GENERATED = sorted(path for path in FOLDER.rglob("*.sql") if path.parent != FOLDER)
SCRIPT = "sql/duckdb/sample/EN-1.sql"


def script(sample: Sample) -> str:
    """The file of the sample rule."""
    project = sample.open()
    assert not project.sink.failed, project.sink.sorted()
    return {artifact.path: artifact.text for artifact in generate(project.programs["sample"], project.texts)}[SCRIPT]


def statements(sql: str) -> list[exp.Expr | None]:
    return sqlglot.parse(sql, dialect="duckdb")


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_file_is_one_query_without_signs_that_do_not_show(path: Path) -> None:
    sql = path.read_bytes().decode()
    [statement] = statements(sql)
    assert isinstance(statement, exp.Select)
    assert [sign for sign in sql if not sign.isprintable() and sign != "\n"] == []
    assert sql.endswith(";\n")
    assert [line for line in sql.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("whole", [True, False], ids=["prelude", "its own macros"])
def test_a_file_runs_over_tables_made_of_files(whole: bool, tmp_path: Path) -> None:
    """As its comment says: the macros once, a table a resource, the values of the run."""
    sql = (FOLDER / "indiana" / "SE-5.sql").read_text(encoding="utf-8")
    old, young = student("1", birthDate="2010-01-01"), student("2", birthDate="2020-01-01")
    disabilities = [{"disabilityDescriptor": "uri://x#08", "orderOfDisability": 1}]
    records = [services(number, disabilities=disabilities) for number in ("1", "2", "3")]
    names = ("students", "studentSpecialEducationProgramAssociations")
    put(tmp_path, dict(zip(names, ([old, young], records), strict=True)))
    connection = duckdb.connect()
    connection.execute((FOLDER / "prelude.sql").read_text(encoding="utf-8") if whole else macros_in(sql))
    for name in names:
        connection.execute(
            f'CREATE TABLE "{name}" AS SELECT row_number() OVER () AS n, json AS body '
            f"FROM read_ndjson_objects('{tmp_path / name}.jsonl')"
        )
    assert "$schoolYear" in next(line for line in sql.splitlines() if line.startswith("-- Given "))
    found = connection.execute(sql, {"schoolYear": 2025})
    assert [column[0] for column in found.description or ()][-2:] == ["studentReference.studentUniqueId", "outcome"]
    assert [row[-2:] for row in found.fetchall()] == [("1", "violation"), ("2", "pass"), ("3", "not checked")]


def test_a_revision_has_a_file_of_its_own(sample: Sample) -> None:
    project = revised(sample, *BY_YEAR).open()
    made = {artifact.path: artifact.text for artifact in generate(project.programs["sample"], project.texts)}
    for name, key in (("EN-1", "EN-1"), ("EN-1-r2", "EN-1 r2")):
        assert f"-- {key}: " in made.pop(f"sql/duckdb/sample/{name}.sql")
    assert made == {}


def test_generating_twice_gives_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        project = open_project(ROOT)
        made.append([a for program in project.programs.values() for a in generate(program, project.texts)])
    assert made[0] == made[1]


# -- texts of authors


@pytest.mark.parametrize("hostile", [*HOSTILE, "*/", "/*", "--", "\n; SELECT 1; --", "$schoolYear", "?"])
def test_titles_and_messages_stay_in_the_comment(hostile: str, sample: Sample) -> None:
    plain = statements(script(sample))
    quoted = '"x' + "".join(f"\\U{ord(sign):08x}" for sign in hostile) + 'x"'
    sample.with_keys(f"title: {quoted}\nmessage: {quoted}\n")
    sql = script(sample)
    assert statements(sql) == plain
    comment = [line for line in sql.splitlines() if line.startswith("--")]
    assert sql.splitlines()[: len(comment)] == comment
    assert [sign for sign in sql if not sign.isprintable() and sign != "\n"] == []


TEXTS = st.lists(st.sampled_from([*HOSTILE, "'", "''", '"', "\r\n", "\t", "\x7f"]) | st.text(max_size=8), max_size=5)


@given(TEXTS.map("".join))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
def test_a_literal_is_the_text_itself(value: str) -> None:
    sql = text(value).sql(dialect="duckdb")
    assert sql.isprintable()
    assert duckdb.execute(f"SELECT {sql}").fetchone() == (value,)
