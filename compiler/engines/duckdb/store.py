"""The records of a run in a database, with what is wrong with them.

``read X`` holds what rules read of the records of resource X, a row each, with the place ``n`` at which a record was
read. ``every X`` are those that count, under the names that queries use; ``all X`` has the others as well. Files are
read in place, by DuckDB. Records that are not plainly sound are looked at again one by one, by the same checker that
the other engines use, and take the place of what DuckDB read; so does every record of a file that DuckDB cannot read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from threading import local
from typing import Any

import duckdb
import msgspec

from compiler.backends.duckdb.reading import read_json
from compiler.backends.duckdb.relations import columns_of, every
from compiler.backends.sql_tree import column, named, select
from compiler.engines.duckdb.arrivals import Arrivals
from compiler.engines.duckdb.kept import Kept, is_large
from compiler.engines.duckdb.layout import Cell, Layout, layout_of
from compiler.engines.duckdb.leaves import UnreadableFormError
from compiler.engines.duckdb.names import all_of, quoted, read_of
from compiler.engines.duckdb.sources import DOUBT
from compiler.engines.evaluation import Place, Task
from compiler.engines.folder import DataError, Entry, entries_at, entries_of, lines_of, told_of
from compiler.engines.owners import PARTS, owner_definition
from compiler.engines.structure import (
    ALL,
    Checker,
    Fault,
    checker_of,
    dangling_fault,
    fault_order,
    faults_of,
    kinds_named,
    references_checked,
    repeats,
    unread,
)
from compiler.schema.edfi import Reference, Resource
from compiler.semantics import ir
from compiler.semantics.checker.paths import key_paths
from compiler.semantics.usage import reachable
from compiler.semantics.values import dig
from compiler.semantics.world import RawRecord, key_type, read_key

_BATCH = 20_000
_READERS = 2
"""Files that are read at a time: a file of lines is read on one thread, so that its lines can be numbered."""
_JSON = (".jsonl", ".ndjson", ".json", ".gz")
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its entries have the places from ``first`` on."""

    path: Path
    name: str
    first: int
    count: int


class Store:
    """The records of a task. ``read`` counts the entries of files, ``faults`` are in order, each with the place of
    its record; ``by_entry`` are large files that DuckDB could not read. ``tops`` are expressions over the records that
    are no rule's."""

    def __init__(
        self, task: Task, connection: duckdb.DuckDBPyConnection, kept: Kept, tops: Iterable[ir.Expr] = ()
    ) -> None:
        self.task = task
        self.kept = kept
        self._connections = local()
        self._connections.own = connection
        self._connection = connection
        self.schemas = task.program.schemas
        self.level = task.options.structure
        self.names = task.resources
        self.nodes = list(reachable([*tops, *self._expressions()], task.program.definitions))
        self.layouts: dict[str, Layout] = {}
        self.sources: dict[str, list[Source]] = {}
        self.faults: list[tuple[int, Fault]] = []
        self.by_entry: list[str] = []
        with ThreadPoolExecutor(max_workers=_READERS) as readers:
            list(readers.map(self._load, sorted(self.names, key=self._size, reverse=True)))
        for name in self.names:
            self._faults_between(name)
        self.faults.sort(key=lambda placed: fault_order(placed[1]))

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The database; each thread has a connection of its own."""
        if not hasattr(self._connections, "own"):
            self._connections.own = self._connection.cursor()
        own: duckdb.DuckDBPyConnection = self._connections.own
        return own

    def _size(self, name: str) -> int:
        """How large the files of a resource are, as far as the system says."""
        files = self.task.folder.files[name]
        return sum(path.stat().st_size for path in files if path.is_file())

    @property
    def present(self) -> frozenset[str]:
        return frozenset(self.names)

    @property
    def read(self) -> int:
        return sum(source.count for sources in self.sources.values() for source in sources)

    def _expressions(self) -> Iterator[ir.Expr]:
        """All that is worked out of records: rules, populations, and whose a faulty record is."""
        parts: list[ir.Rule | ir.Population] = [*self.task.rules, *self.task.populations]
        yield from (node for part in parts for node in ir.expressions(part))
        for name in self.names:
            yield from (d.body for part in PARTS if (d := owner_definition(self.task.program, name, part)) is not None)

    def resource(self, name: str) -> Resource:
        resource = self.schemas.resource(name)
        assert resource is not None
        return resource

    # -- reading

    def ensure(self, name: str) -> None:
        """Make the relations of a resource of which there is no file: they are empty."""
        if name not in self.layouts:
            self._lay_out(self._checker(name))
            self._view(name)

    def _checker(self, name: str) -> Checker:
        return checker_of(self.resource(name), self.task.used, self.task.codes, self.level)

    def _lay_out(self, checker: Checker) -> Layout:
        resource = checker.resource
        columns = columns_of(self.nodes, resource.name, self.task.program)
        references = [cell for _, _, cells in self._references(resource) for of_kind in cells for cell in of_kind]
        layout = layout_of(resource, columns, references, checker.parts)
        cells = "".join(f", {quoted(cell.name)} {cell.sql_type}" for cell in layout.cells)
        self.connection.execute(f"CREATE TABLE {read_of(resource.name)} (n BIGINT{cells}, {DOUBT} BOOLEAN)")
        self.layouts[resource.name] = layout
        return layout

    def _load(self, name: str) -> None:
        checker = self._checker(name)
        layout = self._lay_out(checker)
        sources = self.sources.setdefault(name, [])
        for path in self.task.folder.files[name]:
            first = sources[-1].first + sources[-1].count if sources else 0
            shown = path.relative_to(self.task.folder.root).as_posix()
            count = self._load_file(layout, checker, path, shown, first)
            sources.append(Source(path, shown, first, count))
        self._view(name)

    def _load_file(self, layout: Layout, checker: Checker, path: Path, shown: str, first: int) -> int:
        """Read a file; gives how many entries it has."""
        with told_of(path):
            count = self._read_in_place(layout, path, first) if self.level != ALL else None
            if count is None:
                return self._take(layout, checker, enumerate(entries_of(path, shown), start=first))
            table, run = read_of(layout.resource.name), self.connection.execute
            doubtful = {n - first for (n,) in run(f"SELECT n FROM {table} WHERE {DOUBT}").fetchall()}
            if doubtful:
                run(f"DELETE FROM {table} WHERE {DOUBT}")
                again = entries_at(path, shown, doubtful, count)
                self._take(layout, checker, ((first + place, entry) for place, entry in again))
            return count

    def _read_in_place(self, layout: Layout, path: Path, first: int) -> int | None:
        """Read a file by DuckDB; gives how many entries it has, or None when that does not do."""
        try:
            arrivals, real = Arrivals(self.connection, self.kept), Path(os.path.realpath(path))
            return arrivals.insert(layout, real, read_of(layout.resource.name), first)
        except (duckdb.Error, UnreadableFormError):
            if is_large(path):
                self.by_entry.append(path.relative_to(self.task.folder.root).as_posix())
            return None

    def _take(self, layout: Layout, checker: Checker, entries: Iterable[tuple[int, Entry]]) -> int:
        """Take up entries one by one, in place of what was read of them; gives how many there are."""
        count = 0
        cells = (named(read_json(column("taken", "body"), cell.path, cell.kind), cell.name) for cell in layout.cells)
        query = select(column("taken", "n"), *cells).sql("duckdb")
        insert = (
            f"INSERT INTO {read_of(layout.resource.name)} BY NAME {query} FROM "
            "(SELECT unnest(?::BIGINT[]) AS n, CAST(unnest(?::VARCHAR[]) AS JSON) AS body) AS taken"
        )
        waiting = iter(entries)
        while batch := list(islice(waiting, _BATCH)):
            count += len(batch)
            numbers, bodies = [], []
            for n, entry in batch:
                if entry.body is None:
                    self.faults.append((n, unread(layout.resource, entry)))
                    continue
                record = RawRecord(entry.body, entry.file, entry.line)
                has_key = read_key(entry.body, checker.key_readers) is not None
                problems = checker.problems(entry.body, has_key=has_key)
                self.faults += ((n, fault) for fault in faults_of(layout.resource, record, problems))
                numbers.append(n)
                bodies.append(_encoded(record))
            self.connection.execute(insert, [numbers, bodies])
        return count

    def _view(self, name: str) -> None:
        """Make the relation of the records that count: those with a key, of several with one key the first."""
        layout = self.layouts[name]
        keys = ", ".join(quoted(cell.name) for cell in layout.keys)
        complete = " AND ".join(f"{quoted(cell.name)} IS NOT NULL" for cell in layout.keys)
        table, left_out = read_of(name), quoted(f"left out {name}")
        with_key, different = f"count(*) FILTER ({complete})", f"count(DISTINCT hash({keys})) FILTER ({complete})"
        counted = self.connection.execute(f"SELECT count(*), {with_key}, {different} FROM {table}").fetchone()
        assert counted is not None
        columns = ", ".join(f"{quoted(cell.name)} AS {quoted(label)}" for label, cell in layout.columns.items())
        run = self.connection.execute
        run(f"CREATE VIEW {quoted(every(name))} AS SELECT n, {columns} FROM {table}")
        if len(set(counted)) == 1:
            run(f"CREATE VIEW {all_of(name)} AS FROM {table}")
            return
        again = f"SELECT hash({keys}) FROM {table} WHERE {complete} GROUP BY 1 HAVING count(*) > 1"
        suspected = f"FROM {table} WHERE NOT ({complete}) OR hash({keys}) IN ({again})"
        placed = f"SELECT *, CASE WHEN {complete} THEN min(n) OVER (PARTITION BY {keys}) END AS first {suspected}"
        run(f"CREATE TABLE {left_out} AS FROM ({placed}) WHERE first IS NULL OR n <> first")
        run(f"DELETE FROM {table} WHERE n IN (SELECT n FROM {left_out})")
        run(f"CREATE VIEW {all_of(name)} AS FROM {table} UNION ALL BY NAME SELECT * EXCLUDE (first) FROM {left_out}")
        repeated = run(f"SELECT n, first FROM {left_out} WHERE first IS NOT NULL").fetchall()
        entries = dict(self.entries(name, {n for pair in repeated for n in pair}))
        for n, first in repeated:
            record = _record(entries.get(n))
            problems = [repeats(entries[first], entries[n])]
            self.faults += ((n, fault) for fault in faults_of(layout.resource, record, problems))

    # -- references

    def _references(self, resource: Resource) -> Iterator[tuple[Reference, list[Resource], list[list[Cell]]]]:
        """The references that must lead to a record, with their kinds and, for each, the cells of its key."""
        checked = references_checked(resource, self.present, self.task.used, self.schemas, self.level)
        for reference, kinds in checked:
            by_kind = [(kind, key_paths(self.schemas, reference, kind.name)) for kind in kinds]
            yield reference, kinds, [
                [Cell(path, key_type(kind, own)) for path, own in zip(paths, kind.key, strict=True)]
                for kind, paths in by_kind
            ]  # fmt: skip

    def _faults_between(self, name: str) -> None:
        """References of a resource's records to records that are not there."""
        resource = self.resource(name)
        found: list[tuple[int, Reference, list[Resource]]] = []
        for reference, kinds, cells in self._references(resource):
            pointers = kinds_named(reference, kinds, self.present, self.schemas)
            if any(dig(body, path) is not None for kind, path in pointers for body in self._bodies(kind.name)):
                continue
            tests = [f"r.{quoted(cell.name)} IS NOT NULL" for of_kind in cells for cell in of_kind]
            for kind, of_kind in zip(kinds, cells, strict=True):
                own = self.layouts[kind.name].keys
                same = (f"k.{quoted(k.name)} = r.{quoted(c.name)}" for k, c in zip(own, of_kind, strict=True))
                tests.append(f"NOT EXISTS (FROM {read_of(kind.name)} AS k WHERE {' AND '.join(same)})")
            rows = self.connection.execute(f"SELECT n FROM {all_of(name)} AS r WHERE {' AND '.join(tests)}").fetchall()
            found += [(n, reference, kinds) for (n,) in rows]
        entries = dict(self.entries(name, {n for n, _, _ in found}))
        for n, reference, kinds in found:
            record = _record(entries.get(n))
            self.faults.append((n, dangling_fault(resource, record, reference, kinds, self.schemas)))

    def _bodies(self, name: str) -> Iterator[Mapping[str, Any]]:
        return (entry.body for entry in self.task.folder.entries(name) if entry.body is not None)

    # -- looking up

    def entries(self, name: str, wanted: Iterable[int]) -> Iterator[tuple[int, Entry]]:
        """The entries of a resource at these places, as the files hold them."""
        for source, here in self._among(name, wanted):
            with told_of(source.path):
                found = entries_at(source.path, source.name, here, source.count)
                yield from ((source.first + place, entry) for place, entry in found)

    def lines(self, name: str, wanted: Iterable[int]) -> Iterator[tuple[int, Place]]:
        """The files and lines of records at these places."""
        for source, here in self._among(name, wanted):
            with told_of(source.path):
                found = lines_of(source.path, here, source.count)
                yield from ((source.first + place, (source.name, line)) for place, line in found)

    def _among(self, name: str, wanted: Iterable[int]) -> Iterator[tuple[Source, set[int]]]:
        """The files of a resource in which some of these places lie, with the places within each."""
        places = sorted(wanted)
        for source in self.sources.get(name, ()):
            here = {n - source.first for n in places if 0 <= n - source.first < source.count}
            if here:
                yield source, here


def _record(entry: Entry | None) -> RawRecord:
    """The record of an entry that held one when it was read first."""
    if entry is None or entry.body is None:
        raise DataError("the data were changed while they were read")
    return RawRecord(entry.body, entry.file, entry.line)


def _encoded(record: RawRecord) -> str:
    """The body of a record as JSON; of typed rows, values that JSON has no form for are null, as evaluators do."""
    body = record.body if record.file.endswith(_JSON) else _plain(record.body)
    return _encoder.encode(body).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | Decimal) else None
