"""The records that the judgement of some records may look at, brought together in small worlds.

An evaluation starts at a record and moves over references, forwards (``Find``) and back (``Referring``). Taking every
such step of the expressions in question, from a set of records, until nothing new is met, gives all that can matter to
them. Records are taken in portions, so that what Python holds at a time does not grow with the state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from compiler.backends.duckdb.reading import Path, column_name, reader_of
from compiler.backends.duckdb.relations import every
from compiler.engines.duckdb.layout import Cell, Layout
from compiler.engines.duckdb.names import all_of, quoted, read_of
from compiler.engines.duckdb.store import Store
from compiler.schema.types import Code, Item, Record
from compiler.semantics import ir

PORTION = 5_000
"""So many of the records in question are looked at together."""


@dataclass(frozen=True, slots=True)
class Step:
    """From records of one resource to those of another whose columns hold the same; without columns, to all of them.

    A step forwards leads to a record by its key, be there such a record or not: from its key it may go on.
    """

    start: str
    end: str
    columns: tuple[tuple[str, str], ...]
    forwards: bool = True

    @property
    def needs_record(self) -> bool:
        """Whether the step starts from more than the key of a record."""
        return not all(_KEY.fullmatch(here) for here, _ in self.columns)


_KEY = re.compile("key[0-9]+")
Bodies = dict[str, list[tuple[int, dict[str, Any]]]]
"""Records by resource (singular): the place at which each was read, and as much of its body as anything reads."""


def steps(nodes: Iterable[ir.Expr], store: Store) -> set[Step]:
    """The steps that expressions take."""
    found = set()
    for node in nodes:
        match node:
            case ir.Referring(base=base, resource=resource, paths=paths):
                assert isinstance(base.type, Record)
                columns = ((f"key{i}", column_name(path, True)) for i, path in enumerate(paths))
                found.add(Step(base.type.resource, resource, tuple(columns), forwards=False))
            case ir.Find(source=source, keys=keys, type=Record()):
                reads = [key for key in keys if isinstance(key, ir.Read)]
                origins = {read.base.type for read in reads}
                if len(reads) == len(keys) and len(origins) == 1 and isinstance(origin := origins.pop(), Record):
                    columns = ((_column(store, origin.resource, key), f"key{i}") for i, key in enumerate(reads))
                    found.add(Step(origin.resource, source, tuple(columns)))
                else:
                    found.add(Step("", source, ()))
            case _:
                pass
    return found


def _column(store: Store, resource: str, read: ir.Read) -> str:
    keys = store.resource(resource).key
    if read.path in keys and (read.uri or not isinstance(read.type, Code)):
        return f"key{keys.index(read.path)}"
    return column_name(read.path, read.uri)


def worlds(store: Store, name: str, seeds: str, taken: set[Step]) -> Iterator[Bodies]:
    """The records of a resource that a query gives (``portion``, ``n``) with all that the steps lead to, by portion.

    Each portion holds every resource at hand, be it empty.
    """
    for resource in {name, *(step.end for step in taken), *(step.start for step in taken if step.start)}:
        store.ensure(resource)
    near = _Nearby(store)
    near.begin(name, seeds)
    for step in taken:
        if not step.columns:
            near.add_all(step.end)
    near.follow([step for step in taken if step.columns])
    yield from near.portions()


class _Nearby:
    """The records met so far: tables ``near X`` of portion, place and key; those of portion -1 belong to every portion.

    The place is NULL for a key of which there is no record.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.met: set[str] = set()
        self.new: set[str] = set()

    def begin(self, name: str, seeds: str) -> None:
        """Start from records by portion and place, also from those that do not count."""
        cells = self.store.layouts[name].keys
        keys = "".join(f", r.{quoted(cell.name)} AS key{i}" for i, cell in enumerate(cells))
        self._add(name, f"SELECT s.portion, s.n{keys} FROM ({seeds}) AS s JOIN {all_of(name)} AS r ON r.n = s.n")

    def add_all(self, name: str) -> None:
        """Add all records of a resource to every portion."""
        self._add(name, f"SELECT -1 AS portion, n{self._keys(name, 'b')} FROM {quoted(every(name))} AS b")

    def _keys(self, name: str, table: str) -> str:
        return "".join(f", {table}.key{i}" for i in range(len(self.store.layouts[name].keys)))

    def _add(self, name: str, query: str) -> None:
        """Add records to those that were met; steps are to be taken from those that are new."""
        run = self.store.connection.execute
        near, next_, fresh = (quoted(f"{word} {name}") for word in ("near", "next", "new"))
        known = f" EXCEPT FROM {near}" if name in self.met else ""
        run(f"CREATE OR REPLACE TABLE {next_} AS SELECT DISTINCT * FROM ({query}){known}")
        count = run(f"SELECT count(*) FROM {next_}").fetchone()
        begun = f"INSERT INTO {near}" if name in self.met else f"CREATE OR REPLACE TABLE {near} AS"
        run(f"{begun} FROM {next_}")
        self.met.add(name)
        if count and count[0]:
            run(f"{f'INSERT INTO {fresh}' if name in self.new else f'CREATE OR REPLACE TABLE {fresh} AS'} FROM {next_}")
            self.new.add(name)

    def follow(self, taken: list[Step]) -> None:
        """Take the steps from what is new until nothing new is met."""
        while self.new:
            start = min(self.new)
            self.new.remove(start)
            self.store.connection.execute(f"CREATE OR REPLACE TABLE here AS FROM {quoted(f'new {start}')}")
            for step in (step for step in taken if step.start == start):
                self._add(step.end, self._step(step))

    def _step(self, step: Step) -> str:
        layout = self.store.layouts[step.start]
        source, held = "here AS f", [f"f.{here}" for here, _ in step.columns]
        if step.needs_record:
            source += f" JOIN {all_of(step.start)} AS a ON a.n = f.n"
            held = [f"a.{quoted(layout.columns[here].name)}" for here, _ in step.columns]
        there = [f"b.{quoted(there)}" for _, there in step.columns]
        same = " AND ".join(f"{b} = {a}" for a, b in zip(held, there, strict=True))
        target = f"JOIN {quoted(every(step.end))} AS b ON {same}"
        if not step.forwards:
            return f"SELECT f.portion, b.n{self._keys(step.end, 'b')} FROM {source} {target}"
        keys = "".join(f", {a} AS key{i}" for i, a in enumerate(held))
        known = " AND ".join(f"{a} IS NOT NULL" for a in held)
        return f"SELECT f.portion, b.n{keys} FROM {source} LEFT {target} WHERE {known}"

    def portions(self) -> Iterator[Bodies]:
        readers = {name: self._rows(name) for name in self.met}
        common = {name: rows.take(-1) for name, rows in readers.items()}
        while waiting := [rows.portion for rows in readers.values() if rows.portion is not None]:
            portion = min(waiting)
            found: Bodies = {name: [] for name in self.store.names}
            for name, rows in readers.items():
                of_all = common[name]
                known = {n for n, _ in of_all}
                found[name] = [*of_all, *(pair for pair in rows.take(portion) if pair[0] not in known)]
            yield found

    def _rows(self, name: str) -> _Rows:
        layout = self.store.layouts[name]
        cells, build = body_builder(layout)
        columns = "".join(f", r.{quoted(cell.name)}" for cell in cells)
        near = f"{quoted(f'near {name}')} AS m JOIN {read_of(name)} AS r ON r.n = m.n"
        query = f"SELECT m.portion, m.n{columns} FROM {near} ORDER BY m.portion, m.n"
        return _Rows(self.store.connection.cursor().execute(query), build)


class _Rows:
    """The records of a resource, portion by portion."""

    def __init__(self, cursor: Any, build: Callable[[tuple[Any, ...]], dict[str, Any]]) -> None:
        self.cursor = cursor
        self.build = build
        self._rows = self._fetched()
        self._next = next(self._rows, None)

    def _fetched(self) -> Iterator[tuple[Any, ...]]:
        while rows := self.cursor.fetchmany(10_000):
            yield from rows

    @property
    def portion(self) -> int | None:
        """The portion that comes next; None at the end."""
        return self._next[0] if self._next is not None else None

    def take(self, portion: int) -> list[tuple[int, dict[str, Any]]]:
        """The records of a portion, if it is the next."""
        found = []
        while self._next is not None and self._next[0] == portion:
            found.append((self._next[1], self.build(self._next[2:])))
            self._next = next(self._rows, None)
        return found


# -- bodies


def body_builder(layout: Layout) -> tuple[list[Cell], Callable[[tuple[Any, ...]], dict[str, Any]]]:
    """The cells from which bodies are made again, and what makes one of a row of them.

    A body holds what is kept: of a descriptor that is kept as its code only, a URI without a name before the mark.
    """
    by_path: dict[Path, Cell] = {}
    for cell in layout.cells:
        if cell.path not in by_path or isinstance(by_path[cell.path].kind, Code):
            by_path[cell.path] = cell
    whole = {path for path, cell in by_path.items() if isinstance(cell.kind, Item)}
    cells = [cell for path, cell in by_path.items() if not any(path[:i] in whole for i in range(1, len(path)))]
    makers = [_MAKERS.get(reader_of(cell.kind), _as_it_is) for cell in cells]
    places = [(cell.path[:-1], cell.path[-1]) for cell in cells]

    def build(row: tuple[Any, ...]) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for (above, last), make, value in zip(places, makers, row, strict=True):
            if value is not None:
                holder = body
                for name in above:
                    holder = holder.setdefault(name, {})
                holder[last] = make(value)
        return body

    return cells, build


def _as_it_is(value: Any) -> Any:
    return value


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "date_at": date.isoformat,
    "code_at": lambda code: f"#{code}",
    "object_at": msgspec.json.decode,
    "items_at": lambda items: [msgspec.json.decode(item) if item is not None else None for item in items],
}
