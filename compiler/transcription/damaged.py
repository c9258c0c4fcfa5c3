"""Rows out of text that has lost its grid, as a web page that was copied through a comparison of versions.

Cells are parted by ``|`` and line ends, or by nothing; rows follow each other on one line; ids stand glued to headings
or to other cells. What helps is what every such text keeps: ids are a few prefixes with numbers, followed by one of a
few words for the type, and the cells come in the order of the headings. So the prefixes are learned first, from ids
that a type follows. Then rows are read in three passes, each with what the one before has taught:

- *whole* rows, whose cells are parted;
- *merged* rows, with id and type, whose other cells run together: they are cut where sentences begin;
- *broken* rows, ids without a type behind them. A text of theirs is known by standing in a column of another row, or
  by its place in the order of the columns. Where it may belong to either of two neighbors both are given it; what
  stands before a gap in the numbering belongs to the row that is lost. Every such inference is said in a note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from compiler.semantics.rows import CELLS
from compiler.source import Source
from compiler.transcription.headings import column_of, heading_pattern
from compiler.transcription.rows import (
    MAX_CELL,
    Row,
    State,
    Transcript,
    UnreadableError,
    one_line,
    parts_of,
    words_of,
)
from compiler.transcription.sentences import Openings, is_condition, logic_and_rest, sentences, unglued
from compiler.transcription.weights import type_pattern

_MAX_ROWS = 2_000
_MAX_BODY = 4 * MAX_CELL  # characters
_BREAK = "\f"
_BORDERS = f"|\n{_BREAK}"
_EMPTY_LINE = re.compile(r"[\s|:\-]*")
_NUMBER = r"\s?[-\u2010-\u2015]\s?(?P<number>\d{1,4}[a-z]?)(?![\w.])"
_TYPE = type_pattern()
_GLUED_NUMBER = r"\s?[-\u2010-\u2015]\s?(?P<number>\d{1,4})(?!\d)"
_TYPED_ID = re.compile(rf"(?P<words>[A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*){{0,4}}){_NUMBER}\s*\|?\s*(?=(?:{_TYPE})\b)")
_HEADINGS = re.compile(rf"(?:(?:{heading_pattern()})[ \t|]*){{3,}}", re.IGNORECASE)
_HEADING = re.compile(heading_pattern(), re.IGNORECASE)
_TYPE_IN_FRONT = re.compile(rf"\s*\|?\s*(?P<type>{_TYPE})\b[ \t]*(?P<parted>\||$|(?=\n))?", re.MULTILINE)
_TYPE_AT_END = re.compile(rf"(?P<rest>.*[^\s|])(?P<type>{_TYPE})", re.DOTALL)


@dataclass(slots=True, eq=False)
class _Piece:
    """What stands between an id and the next: ``typed`` when a type follows the id."""

    id: str
    columns: tuple[str, ...]
    body: str
    line: int
    typed: bool
    joined: bool  # the next id follows, with no end of a table between
    cells: dict[str, str] = field(default_factory=dict)
    state: State = State.WHOLE
    notes: list[str] = field(default_factory=list)

    def lacks(self, column: str) -> bool:
        return column not in self.cells

    def say(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def read_damaged(text: str) -> Transcript:
    """The rows of a text; an empty transcript when no id with a type behind it is found."""
    found = Transcript()
    lines = (_BREAK if _EMPTY_LINE.fullmatch(line) else line for line in text.splitlines())
    whole = "\n".join(lines)
    pieces = _pieces(whole, found)
    openings = Openings(fragment for piece in pieces for fragment in _fragments(piece.body))
    merged = [piece for piece in pieces if piece.typed and not _read_whole(piece)]
    for piece in merged:
        _read_merged(piece, openings)
    _read_broken(pieces, openings, found)
    for piece in pieces:
        domain = " ".join(word.capitalize() if word.islower() else word for word in words_of(parts_of(piece.id)[0]))
        cells = {name: one_line(piece.cells[name]) for name in CELLS if piece.cells.get(name)}
        if any(len(cell) > MAX_CELL for cell in cells.values()):
            raise UnreadableError(f"A cell of {piece.id} (line {piece.line}) has more than {MAX_CELL:,} characters.")
        found.rows.append(Row(piece.id, domain, cells, f"line {piece.line}", piece.state, tuple(piece.notes)))
    return found


# -- where rows begin


def _pieces(text: str, found: Transcript) -> list[_Piece]:
    """The text cut at the ids of rows."""
    columns = [
        (match.start(), tuple(filter(None, map(column_of, _HEADING.findall(match.group())))))
        for match in _HEADINGS.finditer(text)
    ]
    text = _HEADINGS.sub(lambda match: _BREAK.ljust(len(match.group())), text)
    prefixes = _prefixes(text)
    if not prefixes:
        return []
    source = Source("", text)
    starts = _starts(source, prefixes, found)
    if len(starts) > _MAX_ROWS:
        raise UnreadableError(
            f"The text holds {len(starts):,} rows; the limit for text without a grid is {_MAX_ROWS:,}."
        )
    pieces = []
    for number, start in enumerate(starts):
        next_id = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        body, end, _ = text[start.end() : next_id].partition(_BREAK)
        order = next((names for place, names in reversed(columns) if place < start.start()), ("id", *CELLS))
        if len(body) > _MAX_BODY:
            raise UnreadableError(f"More than {_MAX_BODY:,} characters stand behind {one_line(start.group())}.")
        typed = bool(_TYPE_IN_FRONT.match(body))
        line, _ = source.position(start.start())
        joined = not end and next_id < len(text)
        pieces.append(_Piece(one_line(start.group()), order, body, line, typed, joined))
    return pieces


def _prefixes(text: str) -> list[str]:
    """The prefixes of ids that a type follows: of the words before the number, those that occur with most numbers."""
    matches = [match["words"].split(" ") for match in _TYPED_ID.finditer(text)]
    endings = Counter(" ".join(words[i:]) for words in matches for i in range(len(words)))
    chosen = {
        max((" ".join(words[i:]) for i in range(len(words))), key=lambda ending: (endings[ending], len(ending)))
        for words in matches
    }
    return sorted(chosen, key=len, reverse=True)


def _starts(source: Source, prefixes: list[str], found: Transcript) -> list[re.Match[str]]:
    """The ids that begin rows: those with a type behind them, else those that begin or end a cell."""
    pattern = re.compile(rf"(?<![A-Z])(?:{'|'.join(map(re.escape, prefixes))}){_GLUED_NUMBER}")
    typed: dict[tuple[str, str], re.Match[str]] = {}
    bare: dict[tuple[str, str], re.Match[str]] = {}
    for match in pattern.finditer(source.text):
        name = parts_of(match.group())
        if _TYPE_IN_FRONT.match(source.text, match.end()):
            if name in typed:
                line, _ = source.position(match.start())
                found.unclear.append(f"{one_line(match.group())} stands a second time in line {line}; it was left out.")
            typed.setdefault(name, match)
        elif _at_border(source.text, match):
            bare.setdefault(name, match)
    return sorted(({**bare, **typed}).values(), key=lambda match: match.start())


def _at_border(text: str, match: re.Match[str]) -> bool:
    """Whether an id begins or ends a cell; elsewhere it is only spoken of."""
    before, behind = match.start() - 1, match.end()
    while before >= 0 and text[before] in " \t":
        before -= 1
    while behind < len(text) and text[behind] in " \t":
        behind += 1
    return before < 0 or text[before] in _BORDERS or behind == len(text) or text[behind] in _BORDERS


# -- rows that are whole, and rows whose cells run together


def _read_whole(piece: _Piece) -> bool:
    """Read the cells of a row whose type is parted from what follows; False when they run together."""
    match = _TYPE_IN_FRONT.match(piece.body)
    if match is None or match["parted"] is None:
        return False
    line = piece.body[match.end() :].split("\n")[0] if match["parted"] == "|" else ""
    cells = [cell.strip() for cell in line.split("|")]
    while cells and not cells[-1]:
        cells.pop()
    names = [name for name in piece.columns if name in CELLS and name != "type"]
    piece.cells["type"] = match["type"]
    piece.cells.update((name, cell) for name, cell in zip(names, cells, strict=False) if cell)
    if len(cells) > len(names):
        piece.state = State.DAMAGED
        piece.say(f"The row has more cells than the table has columns; {_quoted(cells[len(names) :])} was left out.")
    return True


def _read_merged(piece: _Piece, openings: Openings) -> None:
    """Cut the text behind a type into logic, message and notes."""
    match = _TYPE_IN_FRONT.match(piece.body)
    assert match is not None
    piece.cells["type"] = match["type"]
    piece.state = State.INFERRED
    piece.say("The cells of this row run together in the copy that was read; where each ends was inferred.")
    parts = [part for cell in _fragments(piece.body[match.end() :]) for part in unglued(cell, openings)]
    if "logic" in piece.columns and parts:
        piece.cells["logic"], rest = logic_and_rest(parts[0], openings)
    else:
        rest = sentences(parts[0]) if parts else []
    texts = [text for text in (*rest[:1], " ".join(rest[1:]), *parts[1:]) if text]
    if len(texts) == 2 and len(sentences(texts[0])) > 1 and len(sentences(texts[1])) == 1:
        texts.reverse()
        piece.say("The notes stand before the message in the copy that was read.")
    piece.cells.update(zip(("message", "notes"), (*texts[:1], " ".join(texts[1:])), strict=False))


# -- rows that are broken


def _read_broken(pieces: list[_Piece], openings: Openings, found: Transcript) -> None:
    """Give the texts around bare ids to their rows."""
    known = {one_line(text): name for piece in pieces for name, text in piece.cells.items()}
    waiting: _Piece | None = None  # the broken row before, when nothing stands between
    for piece, following in pairwise([*pieces, None]):
        assert piece is not None
        if piece.typed:
            waiting = None
            continue
        piece.state = State.DAMAGED
        texts = [part for text in _fragments(piece.body) for part in _untyped(text, piece)]
        glued = bool(texts) and piece.body[:1] not in (" ", "|", "\n", "")
        if glued and waiting is not None and _waits_for_notes(waiting) and known.get(texts[0]) in (None, "notes"):
            waiting.cells["notes"] = texts.pop(0)
            waiting.say(f"The notes stand behind the id {piece.id}, but follow on this row's message.")
        if texts and piece.joined and following is not None and _numbers_missing(piece, following):
            lost = texts.pop()
            found.unclear.append(
                f"{_quoted([lost])} stands before {following.id} and was taken for a row that is lost."
            )
        for text in texts:
            _place(text, piece, known, found)
        _share(piece, waiting)
        waiting = piece if piece.joined else None
    for piece in pieces:
        if not piece.typed:
            lost_cells = [name for name in CELLS if name in piece.columns and piece.lacks(name)]
            if lost_cells:
                piece.say(f"Lost in the copy that was read: {', '.join(lost_cells)}.")


def _untyped(text: str, piece: _Piece) -> Iterable[str]:
    """A text without the type that is glued to its end, which is given to the row."""
    match = _TYPE_AT_END.fullmatch(text)
    if match is None or not piece.lacks("type"):
        return [text]
    piece.cells["type"] = match["type"]
    piece.say("The type stands behind the logic in the copy that was read.")
    return [match["rest"]]


def _waits_for_notes(piece: _Piece) -> bool:
    return piece.lacks("notes") and not (piece.lacks("logic") and piece.lacks("message"))


def _numbers_missing(piece: _Piece, following: _Piece) -> bool:
    """Whether the numbering leaves a gap between two ids of one prefix."""
    (prefix, number), (other, next_number) = parts_of(piece.id), parts_of(following.id)
    return prefix == other and int(next_number) - int(number) > 1


def _place(text: str, piece: _Piece, known: dict[str, str], found: Transcript) -> None:
    """Give a text to the column in which it stands elsewhere, else to the next one in order that is free."""
    filled = [i for i, name in enumerate(CELLS) if not piece.lacks(name)]
    next_free = CELLS[filled[-1] + 1] if filled and filled[-1] + 1 < len(CELLS) else "message"
    column = known.get(one_line(text)) or ("logic" if is_condition(text) else next_free)
    if piece.lacks(column):
        piece.cells[column] = text
    elif column == "logic" or one_line(piece.cells[column]) != one_line(text):
        piece.say(f"Not to be told whose it is: {_quoted([text])}.")
        found.unclear.append(f"{_quoted([text])} stands by {piece.id} and could not be told to be a cell of it.")


def _share(piece: _Piece, before: _Piece | None) -> None:
    """Give a message that stands between two rows, neither of which has begun otherwise, to both."""
    if before is None or not before.lacks("logic") or before.lacks("message") or not piece.lacks("message"):
        return
    if piece.lacks("logic") and piece.lacks("type"):
        piece.cells["message"] = before.cells["message"]
        before.say(f"The message stands between this row and {piece.id}; both were given it.")
        piece.say(f"The message stands between {before.id} and this row; both were given it.")


def _fragments(text: str) -> list[str]:
    """What stands between the borders of cells."""
    return [part.strip() for part in re.split(r"[|\n]", text) if part.strip()]


def _quoted(texts: list[str]) -> str:
    text = one_line(" | ".join(texts))
    return f'"{text[:60]}..."' if len(text) > 63 else f'"{text}"'
