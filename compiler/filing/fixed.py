"""Lines of fixed width: each text at its positions, a byte for each character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from compiler.filing.columns import Shape
from compiler.filing.forms import CRLF, UTF_8, Characters, Record, encoding_of
from compiler.filing.lines import Line, lines_of, without_mark
from compiler.filing.problems import Kind, Slip


@dataclass(frozen=True, slots=True)
class Fixed:
    """Lines of fixed width in a single-byte encoding; raises :class:`FormError` for any other."""

    encoding: str
    line_end: str = CRLF
    spreadsheets: bool = False
    has_names: bool = False

    def __post_init__(self) -> None:
        encoding_of(self.encoding, single_byte=True)

    @property
    def characters(self) -> Characters:
        return Characters(encoding_of(self.encoding, single_byte=True), frozenset())

    def head(self, _shape: Shape) -> bytes:
        return b""

    def row(self, texts: Sequence[str]) -> bytes:
        return f"{''.join(texts)}{self.line_end}".encode(self.encoding)

    def filled(self, text: str, _width: int) -> str:
        return text

    def records(self, file: IO[bytes], shape: Shape) -> Iterator[Record]:
        """Each line as a record; one of another length has no texts, for none is where it should be."""
        width = shape.width
        places = [slice(column.start - 1, column.end) for column in shape.columns]
        for line in lines_of(file):
            if line.number == 1 and line.size != width:
                slip, line = without_mark(line)
                if slip is not None:
                    yield Record(1, (), slip, 0, line.end)
            slip = line.slip or (self._length(line, width) if line.size != width else None)
            if slip is not None:
                yield Record(line.number, (), slip, min(line.size, width) + 1, line.end)
            else:
                text = line.text.decode(self.encoding, "surrogateescape")
                yield Record(line.number, [text[place] for place in places], None, 0, line.end)

    def _length(self, line: Line, width: int) -> Slip:
        hint = ""
        if not line.text.isascii() and len(line.text.decode(UTF_8, "replace")) == width:
            hint = f": in UTF-8 it has {width}, so the file is not in {self.encoding}"
        return Slip(Kind.LENGTH, {"count": line.size, "width": width, "hint": hint})
