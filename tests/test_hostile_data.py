"""Data that are damaged, enormous, gone or changed while they are read: findings or one sentence, never a traceback."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from compiler.engines import folder
from compiler.engines.duckdb import database, engine, kept, store
from compiler.engines.duckdb.engine import InDuckdb
from compiler.engines.folder import DataError, open_folder
from compiler.engines.run import ENGINES, Options, run, task_of
from compiler.reports.findings import Row
from compiler.semantics.program import Program
from tests.running import YEAR, agreed, brief, enrollment, put, run_folder, school, student
from tests.support import Execute, Sample

ENROLLMENTS = "studentSchoolAssociations"
DAY = date(2025, 6, 1)
PEOPLE = [str(number) for number in range(1, 41)]


def sound(**more: Any) -> dict[str, Any]:
    return {
        "students": [student(number) for number in PEOPLE],
        "schools": [school(1001)],
        ENROLLMENTS: [enrollment(number) for number in PEOPLE],
        **more,
    }


def lines(*bodies: Any) -> bytes:
    return b"".join(json.dumps(body).encode() + b"\n" for body in bodies)


def structure(rows: list[Row]) -> list[str]:
    return [brief(row) for row in rows if row["rule"] == "structure" and row["code"] != "dangling-reference"]


WHOLE = lines(*(student(number) for number in PEOPLE))
STUDENTS = {
    "cut off": (WHOLE[:-20], ["not-json students.jsonl:40 student: the line is cut off"]),
    "no UTF-8": (
        WHOLE + b'{"studentUniqueId": "\xff"}\n', ["not-json students.jsonl:41 student: the line is not UTF-8 text"],
    ),
    "a comma too many": (
        WHOLE + b'{"studentUniqueId": "41",}\n',
        ["not-json students.jsonl:41 student: the line is not JSON (trailing comma in object (byte 25))"],
    ),
    "not a number": (
        WHOLE + b'{"studentUniqueId": "41", "x": [1, NaN]}\n',
        ["not-json students.jsonl:41 student: the line is not JSON (invalid character (byte 35))"],
    ),
    "a name twice": (WHOLE.replace(b'"lastSurname"', b'"lastSurname": 5, "lastSurname"', 1), []),
    "a mark, blank lines and Windows": (
        b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n\r\n") + b"7\n",
        ["not-json students.jsonl:81 student: the line holds no JSON object"],
    ),
    "nothing but zeros": (b"\0" * 2**20, None),
    "deep": (WHOLE + b'{"x": ' + b"[" * 10**5 + b"]" * 10**5 + b"}\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", STUDENTS)
def test_lines(program: Program, tmp_path: Path, name: str) -> None:
    content, expected = STUDENTS[name]
    rows = agreed(program, put(tmp_path, {**sound(), "students.jsonl": content, "students": []}))
    assert expected is None or structure(rows) == expected
    assert expected is not None or structure(rows)


def test_a_wrong_type_in_one_column_of_every_record(program: Program, tmp_path: Path) -> None:
    records = sound(students=[student(number, birthDate=20100101) for number in PEOPLE])
    found = structure(agreed(program, put(tmp_path, records)))
    assert found == [
        f"wrong-type students.jsonl:{n} student.birthDate: should be a date, but is 20100101" for n in range(1, 41)
    ]


def test_an_archive_that_is_cut_off(program: Program, tmp_path: Path) -> None:
    whole = gzip.compress(WHOLE, mtime=0)
    data = put(tmp_path, {**sound(), "students.jsonl.gz": whole[: len(whole) // 2]})
    (data / "students.jsonl").unlink()
    [fault] = structure(agreed(program, data))
    assert fault.startswith("not-json students.jsonl.gz:")
    assert fault.endswith("the compressed file is damaged or cut off here")


FORMS = ("VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN", "BLOB", "JSON", "INTEGER[]", "STRUCT(a INTEGER)")


@pytest.mark.parametrize("form", FORMS)
def test_columns_of_any_type_in_parquet_and_in_a_database(program: Program, tmp_path: Path, form: str) -> None:
    """Every property that rules read, in turn as a column of this type, in a file and in a table."""
    data = put(tmp_path / "data", sound())
    path = data / f"{ENROLLMENTS}.jsonl"
    for column in ("studentReference", "entryDate", "entryGradeLevelDescriptor", "fullTimeEquivalency"):
        value = f"TRY_CAST('1' AS {form})" if "[" not in form and "(" not in form else f"CAST(NULL AS {form})"
        kept = f"* REPLACE ({value} AS {column})" if column in enrollment("1") else f"*, {value} AS {column}"
        query = f"SELECT {kept} FROM read_json('{path}', convert_strings_to_integers = false)"
        parquet = data / f"{ENROLLMENTS}.parquet"
        duckdb.execute(f"COPY ({query}) TO '{parquet}' (FORMAT parquet)")
        shutil.move(path, tmp_path / "away")
        agreed(program, data)
        shutil.move(tmp_path / "away", path)
        parquet.unlink()
        database = tmp_path / f"{column}.duckdb"
        with duckdb.connect(str(database)) as connection:
            for name in ("students", "schools"):
                connection.execute(f"CREATE TABLE {name} AS FROM read_json('{data / name}.jsonl')")
            connection.execute(f"CREATE TABLE {ENROLLMENTS} AS {query}")
        agreed(program, database)


def remove(path: Path) -> None:
    path.unlink()


def shorten(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("do", [remove, shorten])
def test_a_file_that_goes_or_shrinks_during_the_run(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, do: Callable[[Path], None]
) -> None:
    """After it was read and before its records are looked at again: one sentence, without what stood in it."""
    put(tmp_path, sound(students=[*(student(number) for number in PEOPLE), student("1")]))
    view = store.Store._view

    def later(self: store.Store, name: str) -> None:
        if name == "student":
            do(tmp_path / "students.jsonl")
        view(self, name)

    monkeypatch.setattr(store.Store, "_view", later)
    with pytest.raises(
        DataError, match=r"students\.jsonl could not be read: No such file|the data were changed while they were read"
    ):
        run_folder(program, tmp_path, engine="duckdb")


@pytest.mark.parametrize("name", ENGINES)
def test_a_file_that_is_gone_at_once(program: Program, tmp_path: Path, name: str) -> None:
    data = open_folder(put(tmp_path, sound()), program.schemas)
    (tmp_path / "students.jsonl").unlink()
    with pytest.raises(DataError, match=r"students\.jsonl could not be read: No such file or directory"):
        run(program, data, Options(2025, DAY, engine=name))


def test_no_room_to_spill(rules: Sample, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little memory, and a file where the folder for what does not fit should be: exit code 3, nothing written."""
    data = put(tmp_path / "data", sound(students=[student(str(n)) for n in range(60_000)]))
    monkeypatch.setattr(database, "MEMORY", 12 * 2**20)
    connected = database.connected

    def blocked(task: Any, scratch: Path) -> Any:
        (scratch / "spill").write_text("no folder")
        return connected(task, scratch)

    monkeypatch.setattr(engine, "connected", blocked)
    done = execute(rules, "run", "--data", data, "--engine", "duckdb", "-o", tmp_path / "out", *YEAR)
    assert done.code == 3
    assert "do not fit into memory" in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.glob("out/*"))


def test_nothing_stays_behind_and_nothing_else_is_read(program: Program, tmp_path: Path) -> None:
    """The temporary folder goes, the database is closed to other files, its settings cannot be changed."""
    data = open_folder(put(tmp_path / "data", sound()), program.schemas)
    outside = put(tmp_path / "outside", sound()) / "students.jsonl"
    options = Options(2025, DAY, engine="duckdb")
    with InDuckdb(task_of(program, data, options)) as evaluation:
        scratch = Path(evaluation._scratch.name)
        assert scratch.is_dir()
        for statement in (f"FROM read_text('{outside}')", "SET enable_external_access = true", "INSTALL httpfs"):
            with pytest.raises(duckdb.Error):
                evaluation.connection.execute(statement)
    assert not scratch.exists()


def test_a_copy_is_used_again_and_a_damaged_one_is_made_again(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies are closed to others, named by content, and make no difference."""
    monkeypatch.setattr(kept, "WORTH", 100)
    copies, data = tmp_path / "copies", put(tmp_path / "data", sound())
    first = run_folder(program, data, engine="duckdb", cache=copies)
    made = sorted(copies.glob("*.parquet"))
    assert len(made) == 3
    assert copies.stat().st_mode & 0o777 == 0o700
    written = [path.stat().st_mtime_ns for path in made]
    again = run_folder(program, data, engine="duckdb", cache=copies)
    assert again.findings == first.findings
    assert [path.stat().st_mtime_ns for path in made] == written
    for path in made:
        path.write_bytes(path.read_bytes()[:200])
    assert run_folder(program, data, engine="duckdb", cache=copies).findings == first.findings
    old = (data / f"{ENROLLMENTS}.jsonl").stat()
    put(data, {ENROLLMENTS: [enrollment(number, fullTimeEquivalency=2) for number in PEOPLE]})
    os.utime(data / f"{ENROLLMENTS}.jsonl", ns=(old.st_atime_ns, old.st_mtime_ns))
    assert len(run_folder(program, data, engine="duckdb", cache=copies).findings) > len(first.findings)


@pytest.mark.parametrize("end", [b"\n", b""])
def test_records_stand_where_they_are_said_to_stand(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    """A file of many blocks, which DuckDB would read on several threads: each line is that of its record."""
    monkeypatch.setattr(folder, "MAX_LINE", 2**14)
    people = [str(number) for number in range(12_000)]
    wrong = {str(number) for number in range(0, 12_000, 97)}
    bodies = [enrollment(n, exitWithdrawDate="2024-08-01" if n in wrong else "2025-05-01") for n in people]
    put(tmp_path, sound(students=[student(number) for number in people]))
    (tmp_path / f"{ENROLLMENTS}.jsonl").write_bytes(lines(*bodies).rstrip(b"\n") + end)
    result = run_folder(program, tmp_path, engine="duckdb", rules=("EN-1",))
    assert {finding.student: result.place(finding)[1] for finding in result.findings} == {n: int(n) + 1 for n in wrong}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_no_records_behind(rules: Sample, tmp_path: Path, sent: signal.Signals) -> None:
    many = [str(number) for number in range(100_000)]
    records = sound(students=[student(n) for n in many], studentSchoolAssociations=[enrollment(n) for n in many])
    data, temporary = put(tmp_path / "data", records), tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "compiler", "run", "--specs", rules.path(""), "--data", data, *YEAR]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as run_:
        while not list(temporary.iterdir()):
            assert run_.poll() is None
        time.sleep(0.3)  # at the very moment the folder is made nobody knows of it yet
        run_.send_signal(sent)
        _, said = run_.communicate(timeout=60)
    assert run_.returncode == 130
    assert said.splitlines()[-1] == "Stopped."
    assert list(temporary.iterdir()) == []
