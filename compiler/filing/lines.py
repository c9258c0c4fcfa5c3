"""The lines of a file that may be anybody's, within limits: no line is held that is longer than any row could be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, NamedTuple

from compiler.filing.problems import Kind, Slip

LONGEST = 1 << 20
"""How many bytes of a line, and characters of a text in quotes, are read at most."""
_CHUNK = 1 << 16
_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Line(NamedTuple):
    """A line without its end; ``size`` is how long it is in bytes, though one that is too long has no text."""

    number: int
    text: bytes
    end: bytes
    size: int

    @property
    def slip(self) -> Slip | None:
        """What is wrong with a line that was not read."""
        return (
            Slip(Kind.LONG_LINE, {"count": f"{self.size:,}", "width": f"{LONGEST:,}"}) if self.size > LONGEST else None
        )


def lines_of(file: IO[bytes]) -> Iterator[Line]:
    """The lines of a file, which end in LF or CR LF."""
    number = 0
    while read := file.readline(LONGEST + 2):
        number += 1
        text, end = _split(read)
        if len(text) > LONGEST:
            yield _passed_over(file, number, read)
        else:
            yield Line(number, text, end, len(text))


def _split(read: bytes) -> tuple[bytes, bytes]:
    if read.endswith(b"\r\n"):
        return read[:-2], b"\r\n"
    return (read[:-1], b"\n") if read.endswith(b"\n") else (read, b"")


def _passed_over(file: IO[bytes], number: int, read: bytes) -> Line:
    size = 0
    before = b""
    while read:
        size += len(read)
        if read.endswith(b"\n"):
            break
        before, read = read[-1:], file.readline(_CHUNK)
    end = _split(before + read)[1]
    return Line(number, b"", end, size - len(end))


def without_mark(line: Line) -> tuple[Slip | None, Line]:
    """The first line without a byte order mark, and the problem that it is."""
    if line.text.startswith(_UTF_16_MARKS):
        return Slip(Kind.UTF_16), line
    if line.text.startswith(_UTF_8_MARK):
        text = line.text.removeprefix(_UTF_8_MARK)
        return Slip(Kind.MARK), line._replace(text=text, size=len(text))
    return None, line
