"""The identity map in a file: what was sent for which object, what is still to be tried, and how far a plan came.

A database of SQLite, readable by its owner only, since it holds what was sent. Every change is one transaction; before
a request is made its row is *pending*, so that a request that was cut off is asked for and never repeated blindly.

A map is of one state: to the plans of another, its rows would be records that nobody wants any more.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from compiler.engines.folder import DataError
from compiler.planning.model import Action, Booking, Mapped, Spot, State, Step
from compiler.semantics.wanted import Sender

_VERSION = 2
_TABLES = (
    "CREATE TABLE about (version INTEGER NOT NULL, revision INTEGER NOT NULL, state TEXT NOT NULL)",
    """CREATE TABLE identity (
  year INTEGER NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL, names TEXT NOT NULL, object_type TEXT NOT NULL,
  object_key TEXT NOT NULL, student TEXT NOT NULL, organization TEXT, body TEXT NOT NULL, state TEXT NOT NULL,
  ods_id TEXT NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (year, resource, key)) WITHOUT ROWID""",
    """CREATE TABLE queue (
  year INTEGER NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL, attempts INTEGER NOT NULL, problem TEXT NOT NULL,
  PRIMARY KEY (year, resource, key)) WITHOUT ROWID""",
    "CREATE TABLE progress (plan TEXT NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (plan, step)) WITHOUT ROWID",
)
_ROW = "names, key, object_type, object_key, student, organization, body, state, ods_id, etag"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class IdentityMap:
    """An open identity map."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # -- what a plan asks

    @property
    def revision(self) -> int:
        """How often the map has changed."""
        return int(self._db.execute("SELECT revision FROM about").fetchone()[0])

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever written to it."""
        return self.revision == 0

    def years(self) -> list[int]:
        """The school years of which it has rows."""
        found = self._db.execute("SELECT year FROM identity UNION SELECT year FROM queue ORDER BY year")
        return [int(year) for (year,) in found]

    def rows(self, year: int) -> tuple[Mapped, ...]:
        """The rows of a school year, in order of resource and key."""
        query = f"SELECT resource, {_ROW} FROM identity WHERE year = ? ORDER BY resource, key"
        return tuple(_mapped(row) for row in self._db.execute(query, (year,)))

    def row(self, year: int, spot: Spot) -> Mapped | None:
        query = f"SELECT resource, {_ROW} FROM identity WHERE year = ? AND resource = ? AND key = ?"
        found = self._db.execute(query, (year, spot[0], _json(spot[1]))).fetchone()
        return _mapped(found) if found is not None else None

    def due(self, year: int) -> frozenset[Spot]:
        """The records of which a step is still to be taken, or has failed."""
        found = self._db.execute("SELECT resource, key FROM queue WHERE year = ?", (year,))
        return frozenset((resource, _key(key)) for resource, key in found)

    def problems(self, year: int) -> dict[Spot, str]:
        """What the API has said of each record whose step failed."""
        found = self._db.execute("SELECT resource, key, problem FROM queue WHERE year = ? AND problem <> ''", (year,))
        return {(resource, _key(key)): problem for resource, key, problem in found}

    # -- what publishing writes

    def begun(self, plan: str) -> bool:
        """Whether some of a plan was taken."""
        return self._db.execute("SELECT 1 FROM progress WHERE plan = ?", (plan,)).fetchone() is not None

    def is_done(self, plan: str, step: int) -> bool:
        query = "SELECT 1 FROM progress WHERE plan = ? AND step = ?"
        return self._db.execute(query, (plan, step)).fetchone() is not None

    def begin(self, plan: str, steps: Iterable[Step], bookings: Iterable[tuple[int, Booking]]) -> None:
        """Take up a plan: its steps are still to be taken, its bookings hold."""
        with self._change():
            self._db.execute("DELETE FROM progress")
            self._done(plan, -1)
            for step in steps:
                self._queue(step.year, step.spot)
            for year, booking in bookings:
                self._book(year, booking)

    def pending(self, row: Mapped, year: int) -> None:
        """A request for a record is about to be made."""
        with self._change():
            self._put(year, replace(row, state=State.PENDING))

    def accepted(self, plan: str, number: int, step: Step, row: Mapped | None, *, is_last: bool) -> None:
        """A step has come through; ``row`` is what the map has of it now (None: it is deleted).

        Unless it is the last of its record, the record stays in the queue.
        """
        with self._change():
            self._settle(step.year, step.spot, row)
            if is_last:
                self._db.execute("DELETE FROM queue WHERE year = ? AND resource = ? AND key = ?", _place(step))
            self._done(plan, number)

    def refused(self, step: Step, row: Mapped | None, problem: str) -> None:
        """A step was refused; ``row`` is what is known of the record (None: the API does not have it)."""
        with self._change():
            self._settle(step.year, step.spot, row)
            self._queue(step.year, step.spot)
            self._db.execute(
                "UPDATE queue SET attempts = attempts + 1, problem = ? WHERE year = ? AND resource = ? AND key = ?",
                (problem, *_place(step)),
            )

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("UPDATE about SET revision = revision + 1")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _done(self, plan: str, number: int) -> None:
        self._db.execute("INSERT OR IGNORE INTO progress VALUES (?, ?)", (plan, number))

    def _queue(self, year: int, spot: Spot) -> None:
        self._db.execute("INSERT OR IGNORE INTO queue VALUES (?, ?, ?, 0, '')", (year, spot[0], _json(spot[1])))

    def _book(self, year: int, booking: Booking) -> None:
        row = booking.row
        place = (year, row.resource, _json(row.key))
        if booking.action is Action.SETTLE:
            self._db.execute("DELETE FROM queue WHERE year = ? AND resource = ? AND key = ?", place)
        else:
            self._settle(year, row.spot, None if booking.action is Action.FORGET else row)

    def _settle(self, year: int, spot: Spot, row: Mapped | None) -> None:
        if row is None:
            place = (year, spot[0], _json(spot[1]))
            self._db.execute("DELETE FROM identity WHERE year = ? AND resource = ? AND key = ?", place)
        else:
            self._put(year, row)

    def _put(self, year: int, row: Mapped) -> None:
        values = (
            year, row.resource, _json(row.names), _json(row.key), row.sender.type, row.sender.key, row.sender.student,
            row.organization, _json(row.body), row.state.value, row.ods_id, row.etag,
        )  # fmt: skip
        places = ", ".join("?" * len(values))
        self._db.execute(f"INSERT OR REPLACE INTO identity (year, resource, {_ROW}) VALUES ({places})", values)


@contextmanager
def open_identity(path: Path, state: str, *, create: bool = False) -> Iterator[IdentityMap]:
    """The identity map of a state in a file; a new one is made only when asked for, open to its owner alone.

    Raises :class:`DataError` when the file is no identity map, or that of another state.
    """
    if not path.exists():
        if not create:
            raise DataError(f"{path} does not exist; `rulewright publish --state` makes it")
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA synchronous = FULL")
            if connection.execute("PRAGMA schema_version").fetchone()[0] == 0 and create:
                connection.execute("BEGIN IMMEDIATE")
                for table in _TABLES:
                    connection.execute(table)
                connection.execute("INSERT INTO about VALUES (?, 0, ?)", (_VERSION, state))
                connection.execute("COMMIT")
            version = connection.execute("SELECT version FROM about").fetchone()
        except sqlite3.DatabaseError as error:
            raise DataError(f"{path} is no identity map") from error
        if version is None or version[0] != _VERSION:
            raise DataError(f"{path} is the identity map of another version of rulewright")
        [of] = connection.execute("SELECT state FROM about").fetchone()
        if of != state:
            raise DataError(f"{path} is the identity map of {of}; what {state} sends needs one of its own")
        yield IdentityMap(connection)


def _place(step: Step) -> tuple[int, str, str]:
    return step.year, step.resource, _json(step.key)


def _json(value: Any) -> str:
    return _ENCODER.encode(value).decode()


def exact(text: str | bytes) -> Any:
    """JSON with its decimals exact."""
    return json.loads(text, parse_float=Decimal)


def _key(text: str) -> tuple[Any, ...]:
    return tuple(exact(text))


def _mapped(row: tuple[Any, ...]) -> Mapped:
    resource, names, key, kind, name, student, organization, body, state, ods_id, etag = row
    sender = Sender(kind, name, student)
    return Mapped(
        resource, tuple(exact(names)), _key(key), sender, organization, exact(body), State(state), ods_id, etag
    )
