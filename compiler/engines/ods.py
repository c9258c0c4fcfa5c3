"""A folder that stands for an ODS: ``{resource}.jsonl`` with one record a line, each with its ``id``.

The records of a school year lie in a folder of its own (``2025/``) where there is one, else in the folder itself.
While steps are taken, lines are added at the end; of two lines with one id the later holds, and a line with nothing
but an id and ``_deleted`` takes a record away. Closing the folder writes each file anew without them.

A folder is of one state, whose name it keeps (``.state``) from the first steps on: in a resync, records that another
state has sent would be strange ones.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from compiler.engines.folder import DataError
from compiler.engines.identity import exact
from compiler.planning.bodies import canonical
from compiler.planning.drafts import DELETE, PUT
from compiler.planning.model import OdsRecord, Step
from compiler.semantics.payloads import Body
from compiler.semantics.values import dig

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_SERVER = frozenset({"id", "_etag", "_lastModifiedDate"})
_STATE = ".state"


class RefusedError(Exception):
    """A request that the API refuses; the message is its own. ``missing``: there is no such record."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class Ods(Protocol):
    """An API that holds records."""

    def find(self, resource: str, named: Mapping[str, Any]) -> OdsRecord | None:
        """The record with this natural key (parts by dotted path)."""

    def send(self, step: Step, ods_id: str) -> OdsRecord | None:
        """Make the request of a step, of the record with an id if one is known; gives the record as it is then.

        Raises :class:`RefusedError` when it is not accepted.
        """


class OdsFolder:
    """The records of a school year in a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._records: dict[str, dict[str, Body]] = {}
        self._ids: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], str]] = {}
        self._written: set[str] = set()

    def find(self, resource: str, named: Mapping[str, Any]) -> OdsRecord | None:
        names = tuple(named)
        index = self._ids.get((resource, names))
        if index is None:
            index = {_key(body, names): ods_id for ods_id, body in self._of(resource).items()}
            self._ids[resource, names] = index
        ods_id = index.get(tuple(map(canonical, named.values())))
        return _record(resource, self._of(resource)[ods_id]) if ods_id is not None else None

    def send(self, step: Step, ods_id: str) -> OdsRecord | None:
        resource, named, body = step.resource, step.named, step.body or {}
        there, known = self.find(resource, named), self._of(resource)
        if there is None and ods_id in known:
            there = _record(resource, known[ods_id])
        if step.verb == DELETE:
            if there is None:
                raise RefusedError("there is no such record", missing=True)
            self._write(resource, there.ods_id, None)
            return None
        if there is None and step.verb == PUT:
            raise RefusedError("there is no such record", missing=True)
        taken = there.ods_id if there is not None else _new_id(resource, named)
        self._write(resource, taken, {"id": taken, **{k: v for k, v in body.items() if k not in _SERVER}})
        return _record(resource, self._of(resource)[taken])

    def close(self) -> None:
        """Write the files without what no longer holds."""
        for resource in sorted(self._written):
            path = self._path(resource)
            new = path.with_suffix(".new")
            with _opened(new, os.O_TRUNC) as stream:
                stream.writelines(_ENCODER.encode(body) + b"\n" for body in self._of(resource).values())
            new.replace(path)
        self._written.clear()

    def _write(self, resource: str, ods_id: str, body: Body | None) -> None:
        known = self._of(resource)
        line = body if body is not None else {"id": ods_id, "_deleted": True}
        with _opened(self._path(resource), os.O_APPEND) as stream:
            stream.write(_ENCODER.encode(line) + b"\n")
        self._written.add(resource)
        old = known.pop(ods_id, None)
        if body is not None:
            known[ods_id] = body
        for (name, names), index in self._ids.items():
            if name == resource:
                if old is not None:
                    index.pop(_key(old, names), None)
                if body is not None:
                    index[_key(body, names)] = ods_id

    def _of(self, resource: str) -> dict[str, Body]:
        if resource not in self._records:
            self._records[resource] = _bodies(self._path(resource))
        return self._records[resource]

    def _path(self, resource: str) -> Path:
        return self.place / f"{resource}.jsonl"


def must_be_of(root: Path, state: str, *, keep: bool = False) -> None:
    """Raise :class:`DataError` when a folder holds the records of another state; ``keep`` the name for later."""
    path = root / _STATE
    if path.is_file():
        of = path.read_text(encoding="utf-8").strip()
        if of != state:
            raise DataError(f"{root} holds the records of {of}; those of {state} need a folder of their own")
    elif keep and root.is_dir():
        with _opened(path, os.O_TRUNC) as stream:
            stream.write(f"{state}\n".encode())


def place_of(root: Path, year: int, years: Iterable[int]) -> Path:
    """Where the records of a school year lie; raises :class:`DataError` when that is not clear."""
    if not root.is_dir():
        raise DataError(f"{root} is not a folder; an ODS folder holds one file a resource")
    if (root / str(year)).is_dir():
        return root / str(year)
    others = sorted({*years} - {year})
    if others:
        raise DataError(
            f"{root} has no folder {year}: with several school years ({year}, {others[0]}) each has a folder of its own"
        )
    return root


def records_in(place: Path, resources: Iterable[str]) -> list[OdsRecord]:
    """The records of some resources (plural) in the folder of a school year."""
    return [
        _record(resource, body)
        for resource in sorted({*resources})
        for body in _bodies(place / f"{resource}.jsonl").values()
    ]


def _bodies(path: Path) -> dict[str, Body]:
    found: dict[str, Body] = {}
    if not path.exists():
        return found
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            body = exact(line)
        except ValueError as error:
            raise DataError(f"{path}:{number}: the line is not JSON") from error
        if not isinstance(body, dict) or not isinstance(body.get("id"), str):
            raise DataError(f"{path}:{number}: the line holds no record with an `id`")
        if body.get("_deleted") is True:
            found.pop(body["id"], None)
        else:
            found[body["id"]] = body
    return found


def _opened(path: Path, flags: int) -> Any:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | flags, 0o600), "wb")


def _record(resource: str, body: Body) -> OdsRecord:
    etag = body.get("_etag")
    return OdsRecord(resource, body["id"], body, etag if isinstance(etag, str) else "")


def _key(body: Body, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(canonical(dig(body, tuple(name.split(".")))) for name in names)


def _new_id(resource: str, named: Mapping[str, Any]) -> str:
    """An id that follows from the record: a folder that is written twice alike is alike."""
    return hashlib.sha256(_ENCODER.encode([resource, list(named.items())])).hexdigest()[:32]


def plain(body: Mapping[str, Any]) -> Any:
    """A body without what an API adds, to be compared with another."""
    return canonical({name: value for name, value in body.items() if name not in _SERVER})
