"""Data folders: which files hold which resource, and their records one by one.

A folder holds ``{resource}.jsonl`` (also ``.ndjson``, ``.json`` with an array, any of them ``.gz``, and ``.parquet``)
or a folder ``{resource}/`` of such files, under the plural API names; look-ups of a state lie below ``reference/``.
A ``.duckdb`` file is a folder too, of tables; look-ups lie in its schema ``reference``. A table is called by a path
below the file.
A line that cannot be read is yielded as such and never stops the rest.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from compiler.schema.edfi import Resource, Schemas
from compiler.suggest import nearest

MAX_LINE = 64 * 1024 * 1024
MAX_ARRAY = 2 * 1024**3  # of a file that is one array, unpacked: it is read as a whole
DATABASE = ".duckdb"
_ENDINGS = (".jsonl", ".ndjson", ".json", ".parquet")
_READ_FROM = f"{', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}"
_MARK = b"\xef\xbb\xbf"  # of UTF-8
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


class DataError(Exception):
    """Data that cannot be read at all; the message is for the user."""


@contextmanager
def told_of(path: Path) -> Iterator[None]:
    """A file that cannot be read, be it for the second time, is told of as such."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path} could not be read: {error.strerror or error}") from error


@dataclass(slots=True)  # frozen, it would take four times as long to make, and there is one for each record
class Entry:
    """What stands at a line (a row, for Parquet and arrays) of a file: a record's body, or why there is none."""

    file: str
    line: int
    body: dict[str, Any] | None
    problem: str = ""


class Line(NamedTuple):
    """A line of a file before it is read: where it stands, and its text without the line break."""

    file: str
    line: int
    text: bytes


@dataclass(slots=True)
class DataFolder:
    """The files of a folder by resource (singular name). ``unknown`` holds what is left out, each with advice."""

    root: Path
    files: dict[str, list[Path]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    def names(self) -> set[str]:
        """The files as findings call them."""
        return {name for resource in self.files for _, name in self._named(resource)}

    def entries(self, resource: str) -> Iterator[Entry]:
        """Everything in the files of a resource, in order."""
        for path, name in self._named(resource):
            with told_of(path):
                yield from entries_of(path, name)

    def unread(self, resource: str) -> Iterator[Entry | Line]:
        """The same, with lines as they stand; :func:`read_line` reads them."""
        for path, name in self._named(resource):
            with told_of(path):
                yield from _unread(path, name)

    def _named(self, resource: str) -> Iterator[tuple[Path, str]]:
        return ((path, path.relative_to(self.root).as_posix()) for path in self.files.get(resource, ()))


def open_folder(root: Path, schemas: Schemas) -> DataFolder:
    """Find the files of a data folder; raises :class:`DataError` when there is nothing to read."""
    if root.suffix == DATABASE and root.is_file():
        return _open_database(root, schemas)
    if not root.is_dir():
        problem = "is not a folder" if root.exists() else "does not exist"
        raise DataError(
            f"{root} {problem}; data are a folder with one file a resource, as students.jsonl, "
            f"or a {DATABASE} file"
        )
    folder = DataFolder(root)
    for place, under in ((root, ""), (root / "reference", "reference")):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if path.name.startswith((".", "_")) or (path.is_dir() and path.name == "reference" and not under):
                continue
            _add(folder, path, schemas, under)
    if not folder.files:
        there = f"; what is there cannot be used: {', '.join(sorted(folder.unknown)[:3])}" if folder.unknown else ""
        raise DataError(
            f"{root} holds no file of a known resource; looked for students.jsonl, studentSchoolAssociations.jsonl "
            f"and the like (also .ndjson, .json, .gz, .parquet){there}"
        )
    return folder


def _open_database(root: Path, schemas: Schemas) -> DataFolder:
    """The tables of a database that are of a known resource."""
    import duckdb

    folder = DataFolder(root)
    try:
        with duckdb.connect(str(root), read_only=True) as connection:
            tables = connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_schema IN ('main', 'reference') ORDER BY ALL"
            ).fetchall()
    except duckdb.Error as error:
        raise DataError(f"{root} could not be read as a database of DuckDB's") from error
    for schema, name in tables:
        under = "reference" if schema == "reference" else ""
        resource = schemas.resource(name) if name in schemas.plurals else None
        if resource is None or resource.folder != under:
            folder.unknown[f"{under}/{name}" if under else name] = _advice(name, resource, schemas)
        else:
            folder.files[resource.name] = [root / under / name]
    if not folder.files:
        raise DataError(f"{root} holds no table of a known resource; looked for students, schools and the like")
    return folder


def database_of(path: Path) -> tuple[Path, str, str] | None:
    """The database, schema and name of a table; None for a file."""
    for parent in list(path.parents)[:2]:
        if parent.suffix == DATABASE and parent.is_file():
            schema, _, name = path.relative_to(parent).as_posix().rpartition("/")
            return parent, schema or "main", name
    return None


def _add(folder: DataFolder, path: Path, schemas: Schemas, under: str) -> None:
    """Take up a file, or a folder of files, of a resource; what is neither is left out with advice."""
    name = path.name if path.is_dir() else _resource_name(path) or path.name.split(".")[0]
    resource = schemas.resource(name) if name in schemas.plurals else None
    if resource is None or resource.folder != under:
        folder.unknown[path.relative_to(folder.root).as_posix()] = _advice(name, resource, schemas)
        return
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if _resource_name(file):
            folder.files.setdefault(resource.name, []).append(file)
        elif not file.name.startswith((".", "_")):
            folder.unknown[file.relative_to(folder.root).as_posix()] = f"`{name}` is read from {_READ_FROM}"


def _advice(name: str, resource: Resource | None, schemas: Schemas) -> str:
    """What to do about a file that is left out; empty when nothing comes to mind."""
    if resource is not None:
        return f"it belongs in {resource.folder or 'the folder itself'}"
    close = nearest(name, schemas.plurals)
    return f"did you mean `{close}`?" if close else ""


def _resource_name(path: Path) -> str:
    """The name of a data file without its endings; empty for other files."""
    name = path.name.removesuffix(".gz")
    for ending in _ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return ""


def entries_of(path: Path, name: str) -> Iterator[Entry]:
    """Everything in a file, in order; ``name`` is how the file is called in what is found."""
    if path.name.endswith(".parquet") or database_of(path) is not None:
        return _rows(path, name)
    return _lines(path, name) if is_lines(path) else _array(path, name)


def _unread(path: Path, name: str) -> Iterator[Entry | Line]:
    if not is_lines(path):
        yield from entries_of(path, name)
        return
    for number, line in _written(path):
        yield Line(name, number, line) if isinstance(line, bytes) else Entry(name, number, None, line)


def is_lines(path: Path) -> bool:
    """Whether a data file holds a record a line."""
    return path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def entries_at(path: Path, name: str, wanted: Collection[int], count: int) -> Iterator[tuple[int, Entry]]:
    """Some of the ``count`` entries of a file, by their places from 0; what lies between is not looked at."""
    if is_lines(path) and _has_a_record_in_every_line(path, count):
        yield from _picked(path, name, sorted(wanted))
    elif is_lines(path):
        for place, (number, line) in enumerate(_written(path)):
            if place in wanted:
                yield place, read_line(name, number, line)
    elif path.name.endswith(".parquet"):
        places = sorted(wanted)
        chosen = _rows(path, name, "WHERE file_row_number IN (SELECT unnest(?::BIGINT[]))", [places])
        yield from ((place, replace(entry, line=place + 1)) for place, entry in zip(places, chosen, strict=True))
    else:
        yield from ((place, entry) for place, entry in enumerate(entries_of(path, name)) if place in wanted)


def _picked(path: Path, name: str, places: list[int]) -> Iterator[tuple[int, Entry]]:
    """Lines of a file without blank lines."""
    with path.open("rb") as stream:
        at = 0
        for place in places:
            line = next(islice(stream, place - at, None), b"")
            at = place + 1
            too_long = len(line) - line.endswith(b"\n") >= MAX_LINE
            written = line.removeprefix(b"" if place else _MARK).rstrip()
            yield place, read_line(name, at, _too_long() if too_long else written)


def lines_of(path: Path, wanted: Collection[int], count: int) -> Iterator[tuple[int, int]]:
    """The line numbers (of Parquet and arrays, rows) of some of the ``count`` entries of a file, by their places."""
    if is_lines(path) and not _has_a_record_in_every_line(path, count):
        written = enumerate(_written(path))
        yield from ((place, number) for place, (number, _) in written if place in wanted)
    else:
        yield from ((place, place + 1) for place in wanted)


def has_entries(path: Path, count: int) -> bool:
    """Whether a file of lines has so many that are not blank."""
    return _has_a_record_in_every_line(path, count) or sum(1 for _ in _written(path)) == count


def _has_a_record_in_every_line(path: Path, count: int) -> bool:
    """Whether a file has no more lines than entries, as far as it is quickly told."""
    if path.name.endswith(".gz"):
        return False  # to count its lines, it would have to be unpacked
    breaks, last = 0, b""
    with path.open("rb") as stream:
        while block := stream.read(2**20):
            breaks += block.count(b"\n")
            last = block[-1:]
    return breaks + (last != b"\n") == count


def _lines(path: Path, name: str) -> Iterator[Entry]:
    for number, line in _written(path):
        yield read_line(name, number, line)


def _written(path: Path) -> Iterator[tuple[int, bytes | str]]:
    """The lines of a file that are not blank, with their numbers; a text says why one cannot be read."""
    number = 0
    with _open(path) as stream:
        while True:
            number += 1
            try:
                line = stream.readline(MAX_LINE)
                if len(line) == MAX_LINE and not line.endswith(b"\n"):
                    _skip_line(stream)
                    yield number, _too_long()
                    continue
            except _DAMAGED:
                yield number, "the compressed file is damaged or cut off here"
                return
            if not line:
                return
            if number == 1:
                line = line.removeprefix(_MARK)
            line = line.rstrip()  # a line break inside a text that is cut off is no character of its own
            if line:
                yield number, line


def _too_long() -> str:
    return f"the line is longer than {MAX_LINE // 2**20} MiB"


def _skip_line(stream: IO[bytes]) -> None:
    while True:
        rest = stream.readline(MAX_LINE)
        if not rest or rest.endswith(b"\n"):
            return


def read_line(name: str, number: int, line: bytes | str) -> Entry:
    """The record on a line, or why there is none; a text says why."""
    if isinstance(line, str):
        return Entry(name, number, None, line)
    try:
        body = msgspec.json.decode(line)
    except (ValueError, RecursionError) as error:
        return Entry(name, number, None, f"the line {_problem(error)}")
    return _checked(name, number, body)


def _checked(name: str, number: int, body: object) -> Entry:
    if not isinstance(body, dict):
        return Entry(name, number, None, "the line holds no JSON object")
    return Entry(name, number, body)


def _problem(error: Exception) -> str:
    """What is wrong with a line or an array, as the end of a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, _DAMAGED):
        return "is a compressed file that is damaged or cut off"
    words = str(error)
    for mark, problem in _PROBLEMS.items():
        if mark in words.lower():
            return problem
    return f"is not JSON ({words.removeprefix('JSON is malformed: ')})"


_NO_ROWS = "the file is no readable Parquet file, or damaged from here on"
_PROBLEMS = {"truncated": "is cut off", "out of range": "holds a number that is out of range"}


def _array(path: Path, name: str) -> Iterator[Entry]:
    try:
        with _open(path) as stream:
            content = stream.read(MAX_ARRAY + 1)
        if len(content) > MAX_ARRAY:
            fix = f"write one record a line, as {_resource_name(path)}.jsonl"
            yield Entry(name, 1, None, f"the array is longer than {MAX_ARRAY // 2**20:,} MiB; {fix}")
            return
        records = msgspec.json.decode(content.removeprefix(_MARK))
    except (ValueError, RecursionError, *_DAMAGED) as error:
        yield Entry(name, 1, None, f"none of the array could be read: it {_problem(error)}")
        return
    if not isinstance(records, list):
        yield Entry(name, 1, None, "the file holds no JSON array of records")
        return
    for number, body in enumerate(records, start=1):
        yield _checked(name, number, body)


def _rows(path: Path, name: str, where: str = "", values: Sequence[object] = ()) -> Iterator[Entry]:
    """The rows of a Parquet file or of a table; ``where`` may choose some of a file's by ``file_row_number``."""
    import duckdb

    number, table = 0, database_of(path)
    connection = duckdb.connect(str(table[0]), read_only=True) if table else duckdb.connect(":memory:")
    try:
        if table:
            query = f"FROM {'.'.join(map(_quoted, table[1:]))}"
        elif where:
            source = "read_parquet(?, file_row_number = true)"
            query = f"SELECT * EXCLUDE (file_row_number) FROM {source} {where} ORDER BY file_row_number"
        else:
            query = "FROM read_parquet(?)"
        cursor = connection.execute(query, values if table else [str(path), *values])
        columns = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(2048):
            for row in rows:
                number += 1
                body = {c: _json(v) for c, v in zip(columns, row, strict=True) if v is not None}
                yield Entry(name, number, body)
    except duckdb.Error:
        yield Entry(name, number + 1, None, _NO_ROWS)
    finally:
        connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def row_count(paths: Iterable[Path]) -> int:
    """How many rows Parquet files say they have; one that cannot be read says nothing."""
    import duckdb

    count = 0
    with duckdb.connect(":memory:") as connection:
        for path in paths:
            with suppress(duckdb.Error):
                told = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(path)])
                count += sum(int(rows) for (rows,) in told.fetchall())
    return count


def _json(value: Any) -> Any:
    """A value of a Parquet file as JSON would hold it: absent parts left out, a time stamp at midnight as its day."""
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        value = value.date()
    return value.isoformat() if isinstance(value, date | time) else value
