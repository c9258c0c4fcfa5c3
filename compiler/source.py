"""Places in the files people wrote.

A :class:`Source` is the text of one file; a :class:`Span` is a stretch of it. Expressions live inside YAML scalars,
where quoting, escapes, indentation and line folding put their characters elsewhere than in the value the parser
sees; a :class:`Fragment` is such a value together with the place in the file of each of its characters, so that a
caret always lands under what the author typed::

    when: >-
      any d in q.disabilities
      has (d.order is 1)          # offset 24 of the value is line 3, column 7 of the file

Lines and columns count from 1 and are given in characters, as editors show them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The text of one file and the path by which messages call it."""

    path: str
    text: str
    line_starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
        object.__setattr__(self, "line_starts", tuple(accumulate(lengths, initial=0)))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1) of a character offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its line break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` up to, not including, ``end`` of a source."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def place(self) -> tuple[str, int, int]:
        """Path and offsets, to be kept in a file."""
        return self.source.path, self.start, self.end

    def __str__(self) -> str:
        return f"{self.source.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A text taken out of a source: ``offsets[i]`` is where its character ``i`` stands in the file.

    ``offsets`` has one entry more than the text: the place just behind its last character.
    """

    source: Source
    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """The place in the file of characters ``start`` to ``end`` of the fragment (never empty)."""
        last = len(self.text)
        begin = self.offsets[min(start, last)]
        finish = self.offsets[end] if start < end <= last else begin + 1  # behind the last one, however it is escaped
        return Span(self.source, begin, max(finish, begin + 1))

    def part(self, start: int, end: int) -> Fragment:
        """Characters ``start`` to ``end`` as a fragment of their own."""
        return Fragment(self.source, self.text[start:end], self.offsets[start : end + 1])

    @property
    def whole(self) -> Span:
        return self.span(0, len(self.text))


def fragment_of(text: str, path: str = "<text>") -> Fragment:
    """A fragment that is a whole source by itself (for expressions given on the command line or in tests)."""
    return Fragment(Source(path, text), text, range(len(text) + 1))
