"""Rows as drafts of rules: what the row says, and marked blanks for what a person has to write.

A draft quotes the row, takes title and message from it, and the severity and effect as far as the cell of the type
says them. The rest is ``TODO``, which ``check`` reports and which never runs. Ids are made of the source's own: the
initials of its prefix (``Membership Enrollment-7`` is ME-7, ``Graduation - 1`` is GR-1) or what the user says, and its
number; an id that has no such number takes the next one that is free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import relpath

from compiler.semantics.checker.rules import file_name
from compiler.semantics.rows import CELLS, row_hash
from compiler.syntax.document import BLANK
from compiler.transcription.rows import Row, State, UnreadableError, parts_of, words_of
from compiler.transcription.weights import effect, severities
from compiler.transcription.yaml_text import in_braces, yaml_text

_LONGEST_TITLE = 100  # characters
_HIGHEST = 999
_PREFIX = re.compile("[A-Z]{2,4}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to be written: its path below the folder of drafts, and its text."""

    id: str
    path: str
    text: str


def drafts_of(rows: Iterable[Row], document: str, prefixes: Mapping[str, str], below_specs: str | None) -> list[Draft]:
    """A draft of each row; ``below_specs`` is the folder of drafts relative to a project, if it lies in one."""
    found = []
    for row, identifier in _with_ids(list(rows), prefixes):
        folder = slug(row.domain)
        title = _title(row)
        path = f"{folder}/{file_name(identifier, title)}"
        modeline = ""
        if below_specs is not None:
            schema = relpath("generated/editor/rule.schema.json", f"{below_specs}/{folder}")
            modeline = f"# yaml-language-server: $schema={schema}\n"
        found.append(Draft(identifier, path, modeline + "".join(_lines(row, identifier, title, document))))
    return found


def slug(name: str) -> str:
    """A name as the name of a folder or document."""
    return "-".join(re.findall("[a-z0-9]+", name.lower())) or "rules"


# -- ids


def _with_ids(rows: list[Row], prefixes: Mapping[str, str]) -> Iterator[tuple[Row, str]]:
    """Each row with its id, in their order."""
    short = _short_prefixes(rows, prefixes)
    taken = {f"{short[_prefix(row)]}-{_number(row)}" for row in rows if _number(row)}
    for row in rows:
        prefix, number = short[_prefix(row)], _number(row)
        if not number:
            number = next(str(n) for n in range(1, len(rows) + len(taken) + 2) if f"{prefix}-{n}" not in taken)
            taken.add(f"{prefix}-{number}")
        if int(re.sub("[a-z]", "", number)) > _HIGHEST:
            raise UnreadableError(
                f"There are more than {_HIGHEST} rows under {prefix}; give their domains prefixes of their own."
            )
        yield row, f"{prefix}-{number}"


def _number(row: Row) -> str:
    """The number of a row's id; empty when a canonical id cannot hold it, or when more than a prefix stands before."""
    prefix, number = parts_of(row.id)
    fits = len(number.rstrip("abcdefghijklmnopqrstuvwxyz")) <= len(str(_HIGHEST))
    return number if fits and not re.search(r"\d", prefix) else ""


def _prefix(row: Row) -> str:
    """What stands before the number of a row's id, else its domain."""
    prefix = parts_of(row.id)[0]
    return prefix if prefix and _number(row) else row.domain


def _short_prefixes(rows: list[Row], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefix of ids for each prefix of the source; two that would be one are refused."""
    given = {" ".join(words_of(name)).casefold(): short for name, short in prefixes.items()}
    found: dict[str, str] = {}
    for name in dict.fromkeys(_prefix(row) for row in rows):
        short = given.get(" ".join(words_of(name)).casefold()) or _initials(name)
        if not _PREFIX.fullmatch(short):
            raise UnreadableError(f'No prefix for ids follows from "{name}"; say one: --prefix "{name}=AB".')
        same = next((other for other, taken in found.items() if taken == short), None)
        if same is not None and words_of(same.casefold()) != words_of(name.casefold()):
            raise UnreadableError(f'"{same}" and "{name}" would both be {short}; say another: --prefix "{name}=AB".')
        found[name] = short
    return found


def _initials(name: str) -> str:
    """The initials of a name's words, of one word its first two letters; a short prefix stays as it is."""
    if _PREFIX.fullmatch(name):
        return name
    words = [word for word in words_of(name) if word.isalpha()]
    return "".join(word[0] for word in words)[:4].upper() if len(words) > 1 else "".join(words)[:2].upper()


# -- the text


def _title(row: Row) -> str:
    """The first sentence of the message, of which there may be none."""
    message = row.cells.get("message") or row.cells.get("logic", "")
    first = re.split(r"(?<=\w[.?!])\s", message, maxsplit=1)[0].rstrip(".")
    if len(first) > _LONGEST_TITLE:
        first = first[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(",;:") + " ..."
    return first if len(first) > 2 else f"The row {row.id}, of which the message is lost"


def _lines(row: Row, identifier: str, title: str, document: str) -> Iterator[str]:
    own = re.sub(r"\s*([-\u2010-\u2015])\s*(?=\d)", r"\1", row.id)
    cells = {name: row.cells[name] for name in CELLS if row.cells.get(name)}
    yield f"id: {identifier}\n"
    if own != identifier:
        yield f"aliases: [{in_braces(own)}]\n"
    yield f"title: {yaml_text(title)}\n"
    yield "source:\n"
    yield f"  document: {yaml_text(document)}\n"
    yield f"  row: {yaml_text(row.id)}\n"
    yield f"  status: {_status(row)}\n"
    yield f"  sha256: {row_hash(row.id, cells)}\n"
    if row.notes:
        yield f"  note: {yaml_text(' '.join(row.notes))}\n"
    yield "  text:\n" if cells else "  text: {}\n"
    for name, cell in cells.items():
        yield f"    {name}: {yaml_text(cell)}\n"
    yield f"for each: {BLANK}\nwhen: {BLANK}\nrequire: {BLANK}\n"
    yield from _severity(cells.get("type", ""))
    yield f"message: {yaml_text(cells['message']) if 'message' in cells else BLANK}\n"
    yield f"fix: {BLANK}\n"


def _status(row: Row) -> str:
    if row.state is State.DAMAGED:
        return "reconstructed"
    return "faithful" if row.state is State.WHOLE and "logic" in row.cells else "interpreted"


def _severity(cell: str) -> Iterator[str]:
    found = severities(cell)
    if len(found) < 2:
        yield f"severity: {found[0] if found else BLANK}\n"
    else:
        yield "severity:\n  steps:\n"
        yield from (f"  - {{until: {BLANK}, is: {word}}}\n" for word in found[:-1])
        yield f"  - {{is: {found[-1]}}}\n"
    if effect(cell):
        yield f"effect: {effect(cell)}\n"


def sources_entry(document: str, title: str, publisher: str, read_on: str, sha256: str) -> str:
    """The entry of ``_sources.yaml`` for the document that was read."""
    return (
        f"  {document}:\n    title: {yaml_text(title)}\n"
        f"    publisher: {yaml_text(publisher) if publisher else BLANK}\n"
        f"    read on: {read_on}\n    sha256: {sha256}\n"
    )
