"""Parquet copies of data files, kept between runs: a file of JSON lines is read once, and then as quickly as Parquet.

A copy is named by the content of its file and by the query that made it, so it can never be stale. Working out the
content of a file means reading it; the answer is remembered for as long as the file's size and time stay the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import get_ident

WORTH = 2**20
"""Smaller files are read again each time."""
MAX_BYTES = 16 * 2**30
_SETTLED = 2 * 10**9  # nanoseconds after which a file that is written again has another time


def is_large(path: Path) -> bool:
    """Whether a file, not a table of a database, has a size worth speaking of."""
    return path.is_file() and path.stat().st_size >= WORTH


class Kept:
    """Copies in a folder, which is made when it is first written to; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._memory = folder / "_contents.json" if folder is not None else None
        self._known = self._remembered()

    def name(self, path: Path, query: str) -> Path | None:
        """Where the copy of a file that a query makes lies, or would; None when none is kept."""
        if self.folder is None or not is_large(path):
            return None
        digest = hashlib.sha256(f"{self._content(path)} {query}".encode()).hexdigest()
        return self.folder / f"{digest[:40]}.parquet"

    def text(self, name: str, make: Callable[[], str]) -> str:
        """A text of a name that says all it follows from, made when it is not kept."""
        if self.folder is None:
            return make()
        path = self.folder / name
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            made = make()
        self.keep(path, lambda part: part.write_text(made, encoding="utf-8"))
        return made

    def keep(self, name: Path, write: Callable[[Path], object]) -> None:
        """Keep what is written to a file, whole or not at all; a full disk is no reason to stop."""
        part = name.with_name(f".{name.name}.{os.getpid()}.{get_ident()}")
        try:
            name.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            name.parent.chmod(0o700)
            write(part)
            os.replace(part, name)
            self._remember()
            self._make_room()
        except OSError:
            part.unlink(missing_ok=True)

    def _content(self, path: Path) -> str:
        stat = path.stat()
        told = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        known = self._known.get(str(path))
        if known is not None and known[:-1] == told:
            return str(known[-1])
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        if time.time_ns() - stat.st_mtime_ns > _SETTLED:
            self._known[str(path)] = [*told, content]
        return content

    def _remembered(self) -> dict[str, list[object]]:
        try:
            known = json.loads(self._memory.read_bytes()) if self._memory is not None else {}
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _remember(self) -> None:
        assert self._memory is not None
        part = self._memory.with_name(f".{self._memory.name}.{os.getpid()}.{get_ident()}")
        part.write_text(json.dumps(dict(self._known)), encoding="utf-8")
        os.replace(part, self._memory)

    def _make_room(self) -> None:
        assert self.folder is not None
        copies = sorted(self.folder.glob("[0-9a-f]*"), key=lambda copy: copy.stat().st_mtime, reverse=True)
        total = 0
        for copy in copies:
            total += copy.stat().st_size
            if total > MAX_BYTES:
                copy.unlink(missing_ok=True)
