"""Published documents on the command line: reading one, and the options that say what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import rich_click as click

from compiler.cli.faults import UNREADABLE, Stop

if TYPE_CHECKING:
    from compiler.transcription.rows import Grid, Transcript

_T = TypeVar("_T")

column_option = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="COLUMN=HEADING",
    help='A column that is not recognized by its heading, as logic="Rule text".',
)


def pairs(option: str, given: Iterable[str], allowed: Iterable[str] = ()) -> dict[str, str]:
    """The values of an option of the form ``name=value``."""
    found = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise Stop(f"`{text}` is not of the form {option} name=value.")
        if allowed and name not in allowed:
            raise Stop(f"There is no column `{name}`; the columns are {', '.join(allowed)}.")
        found[name] = value
    return found


def read_content(path: Path) -> bytes:
    """The bytes of a file that is not too large to be a table."""
    from compiler.transcription.rows import MAX_BYTES

    try:
        if path.stat().st_size > MAX_BYTES:
            raise Stop(f"{path} has {path.stat().st_size:,} bytes; the limit is {MAX_BYTES:,}.", UNREADABLE)
        return path.read_bytes()
    except OSError as error:
        raise Stop(f"{path} could not be read: {error.strerror}.", UNREADABLE) from error


def transcript_of(path: Path, content: bytes, columns: Iterable[str]) -> Transcript:
    """The rows of a document; one that cannot be used ends the command."""
    from compiler.transcription.headings import COLUMNS
    from compiler.transcription.reading import read_rows

    chosen = pairs("--column", columns, COLUMNS)
    return _allowed(path, lambda: read_rows(content, path.suffix, chosen))


def grids_of(path: Path, content: bytes) -> list[Grid]:
    """The grids of a document; one that cannot be used ends the command."""
    from compiler.transcription.reading import read_grids

    return _allowed(path, lambda: read_grids(content, path.suffix)[0])


def _allowed(path: Path, read: Callable[[], _T]) -> _T:
    from compiler.transcription.rows import UnreadableError

    try:
        return read()
    except UnreadableError as refusal:
        raise Stop(f"{path}: {refusal}", UNREADABLE) from refusal
