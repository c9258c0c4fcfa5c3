"""How a file is written: its encoding, its line end, and the control characters that may stand in its texts."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import IO, NamedTuple, Protocol
from unicodedata import category

from compiler.filing.columns import Shape
from compiler.filing.problems import Kind, Slip, character_name

CRLF, LF = "\r\n", "\n"
UTF_8 = "utf-8"
_ASCII = "".join(map(chr, range(0x80)))
_BEYOND = "".join(map(chr, (*range(0x80, 0xD800), *range(0xE000, 0x10000))))


class FormError(Exception):
    """A form that no file can have; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of a file: those of an encoding, without controls but for those that are named."""

    encoding: str
    controls: frozenset[str]

    def fault(self, text: str) -> Slip | None:
        """The first character that cannot stand in the file, as a problem; None when the text can."""
        if text.isascii() and text.isprintable():
            return None
        for at, character in enumerate(text):
            kind = self._fault(character)
            if kind is not None:
                gaps = {"text": text.rstrip(" "), "character": character_name(character), "form": self.encoding}
                return Slip(kind, gaps, at)
        return None

    def _fault(self, character: str) -> Kind | None:
        if "\udc80" <= character <= "\udcff":
            return Kind.NOT_DECODED
        if category(character) == "Cc" and character not in self.controls:
            return Kind.CONTROL
        return None if _is_encoded(character, self.encoding) else Kind.NOT_ENCODED


class Record(NamedTuple):
    """A row of a file as it was read: its texts, or what is wrong with it as a whole.

    ``place`` is where that is: a position, or a column of CSV. ``lines`` are those of the texts, where these
    are on several.
    """

    line: int
    texts: Sequence[str]
    slip: Slip | None
    place: int
    end: bytes
    lines: Sequence[int] = ()


class Form(Protocol):
    """A form that a file is written in, and read back by."""

    @property
    def line_end(self) -> str:
        """What stands between rows."""

    @property
    def spreadsheets(self) -> bool:
        """Whether such files are opened in spreadsheets, which work out what begins like a formula."""

    @property
    def has_names(self) -> bool:
        """Whether the first row holds the names of the fields."""

    @property
    def characters(self) -> Characters:
        """What may stand in a text."""

    def head(self, shape: Shape) -> bytes:
        """What stands before the rows."""

    def row(self, texts: Sequence[str]) -> bytes:
        """A row from its texts, each as wide as its field and without a character that is at fault."""

    def records(self, file: IO[bytes], shape: Shape) -> Iterator[Record]:
        """What stands in a file that may be anybody's, row by row."""

    def filled(self, text: str, width: int) -> str:
        """A text of a file as wide as its field, or wider when it is too long."""


def file_of(form: Form, shape: Shape, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A file, piece by piece, from the texts of its rows."""
    yield form.head(shape)
    for texts in rows:
        yield form.row(texts)


@cache
def encoding_of(name: str, *, single_byte: bool) -> str:
    """The codec of an encoding in which ASCII is as it is; raises :class:`FormError` for one that will not do.

    UTF-8 will, unless a character has to be a byte; so that positions are those of bytes.
    """
    try:
        codec = codecs.lookup(name).name
        if codec == UTF_8 and not single_byte:
            return codec
        is_single = _ASCII.encode(codec) == _ASCII.encode("ascii") and len(_BEYOND.encode(codec, "ignore")) <= 0x80
    except (LookupError, ValueError):
        raise FormError(f"{name!r} is no encoding of texts that is known here") from None
    if not is_single:
        needed = "a byte for each character, or positions would shift" if single_byte else "UTF-8, or a byte for each"
        raise FormError(f"a file cannot be written in {name}: it needs {needed} (as cp1252 or iso8859-1)")
    return codec


@lru_cache(maxsize=0x10000)
def _is_encoded(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
