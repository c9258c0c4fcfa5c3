"""Records kept apart by student, in files: one pass over a folder sends every record to the part of its student.

A part is a file of blocks in a private folder that goes when the spool is closed. A block holds lines of one file as
they stand, with their numbers; what is no line (rows of Parquet and arrays, what could not be read) is kept as entries.
The student of a line is decoded by itself, for a line costs most when it is read as a whole. Lines whose student cannot
be told belong to the first part: nothing refers to their records.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterable, Iterator, Set
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import msgspec

from compiler.engines.folder import DataFolder, Entry, Line, read_line, row_count
from compiler.engines.parts.reach import Apart
from compiler.schema.types import TEXT
from compiler.semantics.values import Path as KeyPath
from compiler.semantics.values import dig, read

_BUFFERED = 128 * 1024  # bytes of a part that wait to be written
_PACKED = 10  # how many times as large as its file the text of a packed file is taken to be
_ROW = 320  # bytes of text that a row of Parquet is taken for

_Block = tuple[str, str, "array[int]", bytes, list[Entry]]
"""A resource and a file of it: the numbers of lines and their text, and what is no line."""


def text_size(folder: DataFolder, names: Iterable[str]) -> int:
    """About how many bytes of JSON lines the files of some resources hold."""
    paths = [path for name in names for path in folder.files.get(name, ())]
    columns = [path for path in paths if path.suffix == ".parquet"]
    sizes = (_size(path) * (_PACKED if path.suffix == ".gz" else 1) for path in paths if path not in columns)
    return sum(sizes) + (row_count(columns) * _ROW if columns else 0)


def _size(path: Path) -> int:
    """The bytes of a file; none where reading it will tell why it cannot be read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class Spool:
    """The parts of the records of a folder, until it is closed. ``read`` counts the entries."""

    def __init__(self, folder: DataFolder, apart: Apart, count: int) -> None:
        self._folder = TemporaryDirectory(prefix="rulewright-")
        self._apart = apart
        self.read = 0
        self.parts = [Path(self._folder.name, str(number)) for number in range(count)]
        try:
            for name, path in sorted(apart.items()):
                self._take(folder, name, path)
        except BaseException:
            self.close()
            raise

    def entries_of_students(self, students: Set[str]) -> dict[str, list[Entry]]:
        """The entries of some students by resource, each in the order in which they were read, from parts still there.

        A resource may be left out of which they have none.
        """
        found: dict[str, list[Entry]] = {}
        decoders = {name: _decoder(path) for name, path in self._apart.items()}
        for part in sorted({self._number(student) for student in students}):
            for name, file, numbers, text, entries in _blocks(self.parts[part]):
                student_of = decoders[name]
                lines = map(Line, repeat(file), numbers, text.split(b"\n"))
                found.setdefault(name, []).extend(read_line(*line) for line in lines if student_of(line) in students)
                found[name].extend(entry for entry in entries if student_of(entry) in students)
        return found

    def _number(self, student: str) -> int:
        """The part of a student."""
        return crc32(student.encode("utf-8", "surrogatepass")) % len(self.parts)

    def close(self) -> None:
        """Remove the parts."""
        self._folder.cleanup()

    def _take(self, folder: DataFolder, name: str, path: KeyPath) -> None:
        boxes = [_Box(name, part) for part in self.parts]
        student_of = _decoder(path)
        for unread in folder.unread(name):
            self.read += 1
            student = student_of(unread)
            boxes[0 if student is None else self._number(student)].add(unread)
        for box in boxes:
            box.write()


class _Box:
    """What waits to be written to a part."""

    def __init__(self, name: str, part: Path) -> None:
        self.name = name
        self.part = part
        self._begin("")

    def _begin(self, file: str) -> None:
        self.file = file
        self.size = 0
        self.numbers = array("Q")
        self.lines: list[bytes] = []
        self.entries: list[Entry] = []

    def add(self, unread: Entry | Line) -> None:
        """Take an entry, or a line; a block is of one file, and of one of the two."""
        is_line = unread.__class__ is Line
        if unread.file != self.file or self.size > _BUFFERED or (self.entries if is_line else self.lines):
            self.write()
            self._begin(unread.file)
        if isinstance(unread, Line):
            self.numbers.append(unread.line)
            self.lines.append(unread.text)
            self.size += len(unread.text)
        else:
            self.entries.append(unread)
            self.size += 400  # about what a record takes

    def write(self) -> None:
        """Append a block to the part."""
        if self.lines or self.entries:
            with self.part.open("ab") as stream:
                block = self.name, self.file, self.numbers, b"\n".join(self.lines), self.entries
                pickle.dump(block, stream, protocol=5)


def entries_of(part: Path) -> dict[str, Iterator[Entry]]:
    """The entries of a part by resource, each in the order in which they were read."""
    blocks: dict[str, list[_Block]] = {}
    for block in _blocks(part):
        blocks.setdefault(block[0], []).append(block)
    return {name: _entries(found) for name, found in blocks.items()}


def _blocks(part: Path) -> Iterator[_Block]:
    """The blocks of a part, which is not there when nothing belongs to it."""
    if part.exists():
        with part.open("rb") as stream:
            end = part.stat().st_size
            while stream.tell() < end:
                yield pickle.load(stream)


def _entries(blocks: Iterable[_Block]) -> Iterator[Entry]:
    for _, file, numbers, text, entries in blocks:
        if numbers:
            for number, line in zip(numbers, text.split(b"\n"), strict=True):
                yield read_line(file, number, line)
        yield from entries


def _decoder(path: KeyPath) -> Any:
    """What tells the student of an entry, or of a line; None where it cannot be told."""
    kind: Any = str
    for name in reversed(path):
        kind = msgspec.defstruct("Held", [("held", kind)], rename={"held": name}, gc=False)
    decode = msgspec.json.Decoder(kind).decode

    def student_of(unread: Entry | Line) -> Any:
        if isinstance(unread, Line):
            try:
                held = decode(unread.text)
                for _ in path:
                    held = held.held
                return held
            except (ValueError, RecursionError):
                unread = read_line(*unread)
        return read(dig(unread.body, path), TEXT)

    return student_of
