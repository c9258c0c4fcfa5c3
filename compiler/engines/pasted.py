"""Records from a text that somebody has copied and pasted: JSON as it arrives in e-mails and tickets.

The reader goes from left to right and never back, so its time grows with the length of the text. It takes one object,
several, or an array, with other text around them, and mends what it can: commas too many or too few, braces that are
missing, curly quotes, keys without quotes, values that are no JSON. All that it mends is told, with the line. It knows
the properties of the records, and so sees where a brace is missing: at a key that belongs to an object further out.
Where all brackets are closed nothing of the kind is looked for: such a text is read as it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from compiler.engines.folder import DataError
from compiler.schema.edfi import Resource, Shape
from compiler.schema.types import Code, ListOf
from compiler.semantics.values import is_cut

MAX_TEXT = 1_000_000  # characters
MAX_DEPTH = 40
MAX_SHOWN = 80  # characters of a name or value that is told
_RECORD_DEPTH = 3  # a record, one of a list, or one of a list in a wrapper
_SERVER = frozenset({"id", "link", "_etag", "_lastModifiedDate", "_ext"})
_LINK = frozenset({"rel", "href"})
_QUOTES = '"\u201c\u201d\u201e\u201f\u2033\uff02'
_BLANKS = re.compile(r"[\s\u200b\u2060\ufeff]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?(?![\w.])")
_WORD = re.compile(r"(true|false|null)(?!\w)", re.IGNORECASE)
_BARE_KEY = re.compile(r"([A-Za-z_]\w*)\s*:")
_KEY = re.compile(rf"[{_QUOTES}]\w+[{_QUOTES}]\s*:")
_TOP = re.compile(rf"[{{\[]|{_KEY.pattern}")
_STOP = re.compile(rf"[,}}\]\n{_QUOTES}]")
_PAIR = r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
_ESCAPE = re.compile(rf"{_PAIR}|\\u([0-9a-fA-F]{{4}})|\\(.)", re.DOTALL)
_BRACKET = re.compile(rf'"(?:[^"\\\n]|\\.)*"|[{_QUOTES[1:]}][^{_QUOTES}\n]*[{_QUOTES}]|[{{}}\[\]]')
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}

WORDS: dict[str, str] = {
    "text-around": "the text around the records was passed over",
    "trailing-comma": "a comma before a closing bracket was left out",
    "extra-comma": "a comma too many was left out",
    "missing-comma": "a missing comma was put in",
    "missing-brace": "a missing brace was put in",
    "curly-quotes": "curly quotes were taken for straight ones",
    "open-quote": "a quote that is not closed was closed at the end of its line",
    "odd-escape": "a backslash before a sign that needs none was left out",
    "capital-word": "a word in capital letters was taken for true, false or null",
    "unquoted-key": "a name without quotes was taken for a name",
    "unreadable": "what is no JSON was passed over",
    "repeated-name": "{of} stands twice in one object; its first value counts",
    "no-record": "an object that is no record of the resource was left out",
    "cut-descriptor": "{of} is cut to `{seen}`, so its code is not known",
}
"""What each repair did, in words."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What was mended: its code, the line of the text, and of what (a property, and what stands there; or empty)."""

    code: str
    line: int
    of: str = ""
    seen: str = ""

    @property
    def says(self) -> str:
        """What was done, in words."""
        return WORDS[self.code].format(of=self.of, seen=self.seen)


@dataclass(frozen=True, slots=True)
class PastedRecord:
    """A record of a pasted text, and the line on which it begins."""

    body: dict[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Pasted:
    """The records of a text in order, none where it holds an empty list, and what was mended to read them."""

    records: tuple[PastedRecord, ...]
    repairs: tuple[Repair, ...]


def read_pasted(text: str, resource: Resource) -> Pasted:
    """The records of a resource in a pasted text; raises :class:`DataError` when it holds none and no empty list."""
    if len(text) > MAX_TEXT:
        raise DataError(f"the text has {len(text):,} characters; the limit is {MAX_TEXT:,}")
    return _Reader(text, resource).read()


@dataclass(slots=True)
class _Open:
    """An object or array that is being read: the names that its properties can have (None: any), and those it has."""

    names: frozenset[str] | None
    held: dict[str, Any]


class _Reader:
    """Reads one text. ``close_to`` is the number of open brackets down to which they are closed for a missing one."""

    def __init__(self, text: str, resource: Resource) -> None:
        self.text = text
        self.resource = resource
        self.at = 0
        self.lines = [match.start() for match in re.finditer("\n", text)]
        self.open: list[_Open] = []
        self.close_to: int | None = None
        self.repairs: dict[Repair, None] = {}
        self.begun: dict[int, tuple[dict[str, Any], int]] = {}  # by identity: objects that may be records, their lines
        self.balanced = _is_balanced(text)

    def read(self) -> Pasted:
        records: list[PastedRecord] = []
        has_empty_list = False
        end = 0  # of what has been read
        is_told = False  # that there is text behind it
        while (found := _TOP.search(self.text, self.at)) is not None:
            is_told = is_told or self._around(end, found.start())
            self.at, self.close_to = found.start(), None
            mended = len(self.repairs)
            if found.group() == "[":
                value: Any = self._array(None)
                has_empty_list |= value == []
            else:
                if found.group() == "{":
                    self.at += 1
                else:
                    self._mended("missing-brace", found.start())
                value = self._object(self.resource)
            held = [item for item in _objects(value) if item]
            if not held and value != []:  # brackets of the text around
                while len(self.repairs) > mended:
                    self.repairs.popitem()
                continue
            kept = [item for item in held if self._is_record(item)]
            if len(kept) < len(held):
                self._mended("no-record", found.start())
            records.extend(PastedRecord(item, self.begun[id(item)][1]) for item in kept)
            self.begun.clear()
            end, is_told = self.at, False
        self._around(end, len(self.text))
        if not records and not has_empty_list:
            raise DataError(f"the text holds no record of {self.resource.plural}, and no empty list `[]`")
        return Pasted(tuple(records), tuple(self.repairs))

    def _is_record(self, body: dict[str, Any]) -> bool:
        return not body.keys().isdisjoint(self.resource.properties)

    def _around(self, start: int, end: int) -> bool:
        """Tell of text between two places that is passed over; whether there is some."""
        between = self.text[start:end].strip(" \t\r\n,;\u200b\u2060\ufeff")
        if between:
            self._mended("text-around", start + len(self.text[start:end]) - len(self.text[start:end].lstrip()))
        return bool(between)

    def _mended(self, code: str, place: int, of: str = "", seen: str = "") -> None:
        self.repairs.setdefault(Repair(code, self._line(place), of[:MAX_SHOWN], seen[:MAX_SHOWN]))

    def _line(self, place: int) -> int:
        return bisect_right(self.lines, place - 1) + 1

    def _skip_blanks(self) -> str:
        """The next character that is not blank; empty at the end of the text."""
        blanks = _BLANKS.match(self.text, self.at)
        assert blanks is not None
        self.at = blanks.end()
        return self.text[self.at : self.at + 1]

    # -- values

    def _value(self, shape: Shape | None, name: str, is_code: bool) -> Any:
        """The value that begins here; None where there is none, or none that can be read."""
        sign = self._skip_blanks()
        if sign == "{":
            self.at += 1
            return self._object(shape, _LINK if name == "link" else None)
        if sign == "[":
            return self._array(shape, is_code)
        if (shape is not None or name == "link") and _KEY.match(self.text, self.at):
            self._mended("missing-brace", self.at)
            return self._object(shape, _LINK if name == "link" else None)
        if sign and sign in _QUOTES:
            start = self.at
            found = self._string()
            if is_code and is_cut(found):
                self._mended("cut-descriptor", start, name, found)
            return found
        for pattern, read in ((_NUMBER, _number), (_WORD, _word)):
            match = pattern.match(self.text, self.at)
            if match is not None:
                if pattern is _WORD and not match.group().islower():
                    self._mended("capital-word", self.at)
                self.at = match.end()
                return read(match)
        if sign:
            self._pass_over()
        return None

    def _pass_over(self) -> None:
        """Leave out what is no JSON, to the next sign that ends it."""
        self._mended("unreadable", self.at)
        stop = _STOP.search(self.text, self.at)
        self.at = stop.start() if stop is not None else len(self.text)

    def _string(self) -> str:
        """A text in quotes, straight or curly; one that a line ends is closed there."""
        first = self.text[self.at]
        closing = '"' if first == '"' else _QUOTES
        if first != '"':
            self._mended("curly-quotes", self.at)
        end = start = self.at + 1
        while end < len(self.text) and self.text[end] not in closing and self.text[end] != "\n":
            end += 2 if self.text[end] == "\\" else 1
        end = min(end, len(self.text))
        inside = self.text[start:end]
        if end < len(self.text) and self.text[end] != "\n":
            self.at = end + 1
        else:
            self._mended("open-quote", start - 1)
            inside = inside.rstrip().rstrip(",")
            self.at = start + len(inside)
        if any(match.group(4) not in (None, *_ESCAPED) for match in _ESCAPE.finditer(inside)):
            self._mended("odd-escape", start)
        return _ESCAPE.sub(_unescaped, inside)

    def _array(self, shape: Shape | None, is_code: bool = False) -> list[Any]:
        start, comma = self.at, False
        items: list[Any] = []
        self._enter(None)
        self.at += 1
        while self.close_to is None:
            sign, before = self._skip_blanks(), self.at
            if not sign or sign == "}":
                self._mended("missing-brace", start if not sign else self.at)
                break
            if sign == "]":
                if comma:
                    self._mended("trailing-comma", self.at)
                self.at += 1
                break
            if sign == ",":
                if comma or not items:
                    self._mended("extra-comma", self.at)
                comma = True
                self.at += 1
                continue
            if items and not comma:
                self._mended("missing-comma", self.at)
            top = shape or (self.resource if len(self.open) == 1 else None)
            items.append(self._value(top, "", is_code))
            comma = False
            self.at = max(self.at, before + 1)
        self._leave()
        return items

    # -- objects

    def _enter(self, names: frozenset[str] | None) -> dict[str, Any]:
        if len(self.open) >= MAX_DEPTH:
            raise DataError(f"line {self._line(self.at)}: the text is nested deeper than {MAX_DEPTH} levels")
        held: dict[str, Any] = {}
        self.open.append(_Open(names, held))
        return held

    def _leave(self) -> None:
        self.open.pop()
        if self.close_to is not None and self.close_to >= len(self.open):
            self.close_to = None

    def _object(self, shape: Shape | None, names: frozenset[str] | None = None) -> dict[str, Any]:
        """The members up to the brace that closes the object, which has been opened."""
        known = names if shape is None else frozenset({*shape.properties, *_SERVER})
        start, held = self.at, self._enter(known)
        if len(self.open) <= _RECORD_DEPTH:
            self.begun[id(held)] = held, self._line(max(start - 1, 0))
        comma: int | None = None  # where the last one stands, if nothing has followed it
        while self.close_to is None:
            sign, before = self._skip_blanks(), self.at
            if not sign:
                self._mended("missing-brace", len(self.text))
                break
            if sign == "}":
                if comma is not None:
                    self._mended("trailing-comma", self.at)
                self.at += 1
                break
            if sign == "{" or (sign == "]" and self._in_array()):
                self._mended("missing-brace", self.at)
                self._close(self._top() if sign == "{" else len(self.open) - 1, comma)
                break
            if sign == ",":
                if comma is not None or not held:
                    self._mended("extra-comma", self.at)
                comma = self.at
                self.at += 1
                continue
            comma = self._member(shape, held, comma)
            self.at = max(self.at, before + 1) if self.close_to is None else self.at
        self._leave()
        return held

    def _close(self, count: int, comma: int | None) -> None:
        """Close all open brackets but some; a comma before this place belongs to what stays open."""
        self.close_to = count
        self.at = self.at if comma is None else comma

    def _in_array(self) -> bool:
        return any(above.names is None for above in self.open[:-1])

    def _top(self) -> int:
        """How many brackets stay open where a new record begins: that of an array of records."""
        return 1 if len(self.open) > 1 and self.open[0].names is None else 0

    def _member(self, shape: Shape | None, held: dict[str, Any], comma: int | None) -> int | None:
        """Read a name and its value into an object; the comma that still waits for a member."""
        start, name = self.at, self._name()
        if name is None:
            return comma
        outer = self._belongs_to(name, held)
        if outer is not None:
            self._mended("missing-brace", start)
            self.at = start
            self._close(outer, comma)
            return None
        if held and comma is None:
            self._mended("missing-comma", start)
        prop = shape.properties.get(name) if shape is not None else None
        kind = prop.type.item if prop is not None and isinstance(prop.type, ListOf) else prop.type if prop else None
        value = self._value(prop.shape if prop is not None else None, name, isinstance(kind, Code))
        if name in held:
            self._mended("repeated-name", start, name)
        elif value is not None:
            held[name] = value
        return None

    def _name(self) -> str | None:
        """The name that begins here, with the colon behind it; None where none does, which is passed over."""
        start = self.at
        if self.text[start] in _QUOTES:
            name = self._string()
            if self._skip_blanks() == ":":
                self.at += 1
                return name
            self._mended("unreadable", start)
            return None
        bare = _BARE_KEY.match(self.text, start)
        if bare is not None:
            self._mended("unquoted-key", start)
            self.at = bare.end()
            return bare.group(1)
        self._pass_over()
        return None

    def _belongs_to(self, name: str, held: dict[str, Any]) -> int | None:
        """How many brackets stay open where a name belongs to an object further out; None where it belongs here."""
        mine = self.open[-1].names
        if self.balanced or mine is None or name in mine or name in held:
            return None
        for number in range(len(self.open) - 2, -1, -1):
            above = self.open[number]
            if above.names is not None and name in above.names and name not in above.held:
                return number + 1
        return None


def _objects(value: Any) -> list[dict[str, Any]]:
    """The records that a value is or holds: an object, the objects of a list, or those of a list in a wrapper."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    lists = [held for held in value.values() if isinstance(held, list)]
    wrapped = [item for held in lists for item in held if isinstance(item, dict)]
    return wrapped if wrapped and len(value) <= 2 else [value]


def _number(match: re.Match[str]) -> int | float:
    return float(match.group()) if match.group(1) or match.group(2) else int(match.group())


def _word(match: re.Match[str]) -> bool | None:
    return {"true": True, "false": False}.get(match.group().lower())


def _unescaped(match: re.Match[str]) -> str:
    high, low, code, sign = match.groups()
    if high is not None:
        return chr(0x10000 + (int(high, 16) - 0xD800 << 10) + int(low, 16) - 0xDC00)
    if code is not None:
        return chr(int(code, 16)) if not 0xD800 <= int(code, 16) < 0xE000 else "\ufffd"
    return _ESCAPED.get(sign, sign)


def _is_balanced(text: str) -> bool:
    """Whether every bracket outside quotes is closed by one of its kind."""
    waiting: list[str] = []
    for match in _BRACKET.finditer(text):
        sign = match.group()
        if sign in "{[":
            waiting.append("}" if sign == "{" else "]")
        elif sign in "}]" and (not waiting or waiting.pop() != sign):
            return False
    return not waiting
