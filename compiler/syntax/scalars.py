"""Where each character of a YAML scalar's value stands in the file.

PyYAML gives a scalar's value and the stretch of the file it came from, but not how the two correspond: quotes are
doubled, escapes stand for other characters, lines are folded and indentation is dropped. The walk below pairs them.
White space is paired loosely (a folded line break is one blank of the value), every other character exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}  # \xNN, \uNNNN, \UNNNNNNNN


def value_offsets(text: str, raw: str, start: int, style: str | None) -> list[int]:
    """File offsets of the characters of ``text``, the value of the scalar written as ``raw`` at offset ``start``.

    ``style`` is PyYAML's: None or ``''`` for plain, else ``'``, ``"``, ``|`` or ``>``. The result has
    ``len(text) + 1`` entries, the last one just behind the last character.
    """
    units = list(_units(raw, style or ""))
    offsets: list[int] = []
    at = 0
    for character in text:
        if not character.isspace():
            while at < len(units) and units[at][1] != character:
                at += 1
        if at >= len(units):
            offsets.append(start + len(raw) - 1)
            continue
        offsets.append(start + units[at][0])
        if not character.isspace() or units[at][1].isspace():
            at += 1
    end = len(raw) - (style in ("'", '"'))
    offsets.append(start + (0 if not text else units[at][0] if at < len(units) else end))
    return offsets


def _units(raw: str, style: str) -> Iterator[tuple[int, str]]:
    """The characters that ``raw`` stands for, each with its offset in ``raw``."""
    if style == "'":
        yield from _single_quoted(raw)
    elif style == '"':
        yield from _double_quoted(raw)
    else:
        body = raw.find("\n") + 1 if style in ("|", ">") else 0  # a block scalar's first line is its header
        yield from ((i, raw[i]) for i in range(body, len(raw)))


def _single_quoted(raw: str) -> Iterator[tuple[int, str]]:
    i = 1
    while i < len(raw) - 1:
        yield i, raw[i]
        i += 2 if raw.startswith("''", i) else 1


def _double_quoted(raw: str) -> Iterator[tuple[int, str]]:
    i = 1
    while i < len(raw) - 1:
        if raw[i] != "\\":
            yield i, raw[i]
            i += 1
            continue
        kind = raw[i + 1]
        length = _ESCAPE_LENGTHS.get(kind, 2)
        if kind in _ESCAPE_LENGTHS:
            yield i, chr(int(raw[i + 2 : i + length], 16))
        elif kind != "\n":
            yield i, _ESCAPES.get(kind, kind)
        i += length


_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
