"""The pattern language of ``matches``: small, checked when a rule is compiled, linear in every engine.

A pattern always matches a text as a whole. It knows literal characters, ``\\d`` (a digit 0 to 9), classes ``[A-F0-9]``
and ``[^ ]``, groups ``( )``, alternatives ``|`` and bounded repetition ``{3}``, ``{1,3}``, ``?``. A backslash makes
any other sign literal. There is no ``*``, ``+``, ``^`` or ``$``: unbounded repetition is what makes patterns slow and
what hides mistakes in the length of a code.

Matching works on sets of partial derivatives (what may still follow after a character), so a text of n characters
takes n steps, each bounded by the size of the pattern, whatever the pattern is. This module needs the standard
library only: it is copied beside generated Python as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

MAX_REPEAT = 100
MAX_SIZE = 1_000
MAX_DEPTH = 20  # of groups in groups


class PatternError(ValueError):
    """What is wrong with a pattern (``args[0]``), at which character of it, and what to write instead."""

    def __init__(self, problem: str, at: int, fix: str) -> None:
        super().__init__(problem)
        self.at = at
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Class:
    """One character of a set: ranges of code points, or their complement."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def holds(self, character: str) -> bool:
        point = ord(character)
        return any(low <= point <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Sequence:
    """One thing after the other; empty matches the empty text."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same thing ``least`` to ``most`` times."""

    part: Pattern
    least: int
    most: int


Pattern = Class | Sequence | Choice | Repeat
_EMPTY = Sequence(())


@lru_cache(maxsize=512)
def parse(text: str) -> Pattern:
    """The pattern that a text stands for; raises :class:`PatternError`."""
    parser = _Parser(text)
    pattern = parser.choice()
    if parser.at < len(text):
        raise PatternError("closes a parenthesis that was not opened", parser.at, "write `\\)` for the sign itself")
    if _size(pattern) > MAX_SIZE:
        raise PatternError(f"stands for more than {MAX_SIZE} characters", 0, "repeat less")
    return pattern


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches."""
    states: frozenset[Pattern] = frozenset({parse(pattern)})
    for character in text:
        states = frozenset().union(*(_after(state, character) for state in states))
        if not states:
            return False
    return any(_may_end(state) for state in states)


def as_regex(pattern: str) -> str:
    """The pattern in the syntax that RE2 and Python's ``re`` share."""
    return _regex(parse(pattern))


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def choice(self) -> Pattern:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Pattern:
        parts: list[Pattern] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.single()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def single(self) -> Pattern:
        start, sign = self.at, self.peek()
        self.at += 1
        if sign == "(":
            return self.group(start)
        if sign == "[":
            return self.class_(start)
        if sign == "\\":
            return self.escaped(start)
        if sign in "^$":
            raise PatternError(f"holds `{sign}`", start, f"leave `{sign}` out: a pattern always matches the whole text")
        if sign in "*+":
            raise PatternError(f"repeats without bound (`{sign}`)", start, "say how often: `{1,20}`")
        if sign in "?{}]":
            raise PatternError(f"holds `{sign}` where nothing can be repeated", start, f"write `\\{sign}` for the sign")
        if sign == ".":
            raise PatternError(
                "holds `.`", start, "write a class of the characters meant, or `\\.` for the sign itself"
            )
        return Class(((ord(sign), ord(sign)),))

    def group(self, start: int) -> Pattern:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PatternError(f"holds more than {MAX_DEPTH} groups in one another", start, "leave out parentheses")
        inner = self.choice()
        if self.peek() != ")":
            raise PatternError("opens a parenthesis that does not close", start, "write `\\(` for the sign itself")
        self.at += 1
        self.depth -= 1
        return inner

    def escaped(self, start: int) -> Class:
        sign = self.peek()
        self.at += 1
        if sign == "d":
            return Class(((ord("0"), ord("9")),))
        if sign == "" or sign.isalnum():
            raise PatternError(f"holds `\\{sign}`", start, "only `\\d` and backslashes before signs are known")
        return Class(((ord(sign), ord(sign)),))

    def class_(self, start: int) -> Class:
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        while self.peek() != "]":
            if self.peek() == "":
                raise PatternError("opens a class that does not close", start, "close it with `]`")
            low = self.class_member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.class_member()
                if len(low) > 1 or len(high) > 1 or high[0][0] < low[0][0]:
                    raise PatternError("holds a range that ends before it begins", start, "write it as `A-Z`")
                ranges.append((low[0][0], high[0][1]))
            else:
                ranges.extend(low)
        self.at += 1
        if not ranges:
            raise PatternError("holds an empty class", start, "name the characters meant")
        return Class(tuple(ranges), negated)

    def class_member(self) -> tuple[tuple[int, int], ...]:
        start, sign = self.at, self.peek()
        self.at += 1
        return self.escaped(start).ranges if sign == "\\" else ((ord(sign), ord(sign)),)

    def repeated(self, part: Pattern) -> Pattern:
        start = self.at
        if self.peek() == "?":
            self.at += 1
            part = Repeat(part, 0, 1)
        elif self.peek() == "{":
            end = self.text.find("}", start)
            least, comma, most = self.text[start + 1 : end].partition(",")
            if end < 0 or not least.isdecimal() or (comma and not most.isdecimal()):
                raise PatternError("holds a repetition without bounds", start, "write `{3}` or `{1,3}`")
            self.at = end + 1
            part = Repeat(part, int(least), int(most if comma else least))
            if part.least > part.most or part.most > MAX_REPEAT:
                raise PatternError(
                    f"repeats {least} to {most or least} times", start, f"repeat at most {MAX_REPEAT} times"
                )
        else:
            return part
        if self.peek() in ("?", "{", "*", "+") and self.peek():
            raise PatternError("repeats a repetition", self.at, "put parentheses around what is repeated")
        return part


def _size(pattern: Pattern) -> int:
    match pattern:
        case Class():
            return 1
        case Sequence(parts) | Choice(parts):
            return sum(_size(part) for part in parts)
        case Repeat(part, _, most):
            return _size(part) * most


def _may_end(pattern: Pattern) -> bool:
    """Whether the pattern matches the empty text."""
    match pattern:
        case Class():
            return False
        case Sequence(parts):
            return all(_may_end(part) for part in parts)
        case Choice(options):
            return any(_may_end(option) for option in options)
        case Repeat(part, least, _):
            return least == 0 or _may_end(part)


@lru_cache(maxsize=4096)
def _after(pattern: Pattern, character: str) -> frozenset[Pattern]:
    """What may follow in the pattern once it has matched a character."""
    match pattern:
        case Class():
            return frozenset({_EMPTY}) if pattern.holds(character) else frozenset()
        case Choice(options):
            return frozenset().union(*(_after(option, character) for option in options))
        case Repeat(part, least, most):
            if most == 0:
                return frozenset()
            rest = Repeat(part, max(least - 1, 0), most - 1) if most > 1 else _EMPTY
            return frozenset(_then(after, rest) for after in _after(part, character))
        case Sequence(parts):
            found: frozenset[Pattern] = frozenset()
            for i, part in enumerate(parts):
                rest = Sequence(parts[i + 1 :])
                found |= {_then(after, rest) for after in _after(part, character)}
                if not _may_end(part):
                    break
            return found


def _then(first: Pattern, second: Pattern) -> Pattern:
    parts = (*(first.parts if isinstance(first, Sequence) else (first,)),)
    more = (*(second.parts if isinstance(second, Sequence) else (second,)),)
    joined = (*parts, *more)
    return joined[0] if len(joined) == 1 else Sequence(joined)


def _regex(pattern: Pattern) -> str:
    match pattern:
        case Class(ranges, negated):
            if len(ranges) == 1 and ranges[0][0] == ranges[0][1] and not negated:
                return _literal(ranges[0][0])
            inner = "".join(
                _literal(low) if low == high else f"{_literal(low)}-{_literal(high)}" for low, high in ranges
            )
            return f"[{'^' if negated else ''}{inner}]"
        case Sequence(parts):
            return "".join(f"(?:{_regex(p)})" if isinstance(p, Choice) else _regex(p) for p in parts)
        case Choice(options):
            return "|".join(_regex(option) for option in options)
        case Repeat(part, least, most):
            return f"(?:{_regex(part)}){{{least},{most}}}"


def _literal(point: int) -> str:
    character = chr(point)
    if character.isascii() and not character.isalnum():
        return f"\\x{point:02x}" if point < 0x20 or point == 0x7F else f"\\{character}"
    return character
