"""Sorting more than memory should hold: runs in order lie in a file, and are brought together as they are read."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from tempfile import TemporaryFile
from typing import Any, Generic, TypeVar

from compiler.engines.folder import DataError

HELD = 10_000
"""How many things are held at a time."""
_BLOCK = 50  # things of a run that are read at a time

Thing = TypeVar("Thing")
_Pair = tuple[Any, Thing]


class Sorted(Generic[Thing]):
    """Things in the order of their keys, which can be read any number of times; those of one key as they were put in.

    The file has no name, so that nobody else opens it and it goes with the process.
    """

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="rulewright-")  # noqa: SIM115 - it lives as long as this
        self._runs: list[list[tuple[int, int]]] = []
        self._held: list[_Pair[Thing]] = []
        self._end = 0

    def put(self, key: Any, thing: Thing) -> None:
        """Add a thing."""
        self._held.append((key, thing))
        if len(self._held) >= HELD:
            self._write()

    def __iter__(self) -> Iterator[Thing]:
        self._held.sort(key=itemgetter(0))
        runs = [*map(self._read, self._runs), iter(self._held)]
        return (thing for _, thing in merge(*runs, key=itemgetter(0)))

    def _write(self) -> None:
        """Move what is held to the file, as a run: blocks, each with its place and size."""
        self._held.sort(key=itemgetter(0))
        run: list[tuple[int, int]] = []
        try:
            self._file.seek(self._end)
            for start in range(0, len(self._held), _BLOCK):
                block = pickle.dumps(self._held[start : start + _BLOCK], pickle.HIGHEST_PROTOCOL)
                run.append((self._end, self._file.write(block)))
                self._end += len(block)
            self._file.flush()
        except OSError as error:
            raise DataError(f"the rows do not fit into the temporary folder: {error.strerror}") from error
        self._runs.append(run)
        self._held.clear()

    def _read(self, run: list[tuple[int, int]]) -> Iterator[_Pair[Thing]]:
        for place, size in run:
            self._file.seek(place)
            yield from pickle.loads(self._file.read(size))
