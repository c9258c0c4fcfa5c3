"""A quick test of records: whether one is surely sound, and its key.

Most records are. What the test passes, the full check would find nothing wrong with; what it does not pass is for the
full check to say. The test of a resource is a function printed from what is checked of it; names stand in it as
``repr`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compiler.engines.structure import ALL, Checker, Part, Parts
from compiler.schema.types import BOOLEAN, DATE, MOMENT, TEXT, WHOLE, Code
from compiler.semantics.values import Key, Path

Sound = Callable[[Any], Key | None]
_KEPT = 100_000


class _Readings(dict[Any, Any]):
    """What a reader makes of texts, kept; None for what is faulty."""

    def __init__(self, read: Callable[[object], Any], allowed: frozenset[str] | None = None) -> None:
        self.read = read
        self.allowed = allowed

    def __missing__(self, raw: object) -> Any:
        value = self.read(raw)
        if self.allowed is not None and value not in self.allowed:
            value = None
        if len(self) < _KEPT:
            self[raw] = value
        return value


def sound(checker: Checker) -> Sound:
    """The test for records of a resource: gives the key of a record that is surely sound, else None."""
    if checker.level == ALL:
        return _never
    printer = _Printer(checker)
    return printer.function()


def leads(kinds: Sequence[tuple[Mapping[Key, object], Sequence[Path]]]) -> Callable[[Any], bool]:
    """The test whether a reference surely leads to a record of one of some kinds.

    Of each kind there are the records by key, and where the reference holds the parts of the key.
    """
    keys = ["".join(f"body{''.join(f'[{name!r}]' for name in path)}, " for path in paths) for _, paths in kinds]
    tests = " or ".join(f"({key}) in keyed{number}" for number, key in enumerate(keys))
    text = f"def leads(body):\n  try: return {tests}\n  except (KeyError, TypeError): return False\n"
    names: dict[str, Any] = {f"keyed{number}": keyed for number, (keyed, _) in enumerate(kinds)}
    exec(compile(text, "<soundness>", "exec"), names)
    made: Callable[[Any], bool] = names["leads"]
    return made


def _never(_body: Any) -> None:
    return None


class _Printer:
    """Prints the test of one resource. ``names`` are the objects that it uses."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.keys: dict[Path, str] = {}
        self._number = 0

    def function(self) -> Sound:
        self._object("body", self.checker.parts, (), 1)
        lacking = [path for path in self.checker.resource.key if path not in self.keys]
        if lacking:
            return _never
        parts = [self.keys[path] for path in self.checker.resource.key]
        head = "def sound(body):\n  if body.__class__ is not dict: return\n"
        tail = f"  if {' or '.join(f'{part} is None' for part in parts)}: return\n  return ({', '.join(parts)},)\n"
        exec(compile(head + "".join(self.lines) + tail, "<soundness>", "exec"), self.names)
        made: Sound = self.names["sound"]
        return made

    def _line(self, depth: int, text: str) -> None:
        self.lines.append(f"{'  ' * depth}{text}\n")

    def _new(self, stem: str) -> str:
        self._number += 1
        return f"{stem}{self._number}"

    def _named(self, stem: str, value: Any) -> str:
        name = self._new(stem)
        self.names[name] = value
        return name

    def _object(self, held: str, parts: Parts, above: Path, depth: int) -> None:
        for name, part in parts.checked:
            path, value = (*above, name), self._new("v")
            in_key = any(key[: len(path)] == path for key in self.checker.resource.key)
            is_needed = part.is_reported or in_key
            self._line(depth, f"{value} = {held}.get({name!r})")
            if path in self.checker.resource.key:
                self.keys[path] = value
            if is_needed:
                self._line(depth, f"if {value} is None: return")
            else:
                self._line(depth, f"if {value} is not None:")
            self._value(value, part, path, depth + (not is_needed))

    def _value(self, value: str, part: Part, path: Path, depth: int) -> None:
        if part.is_list:
            member = self._new("m")
            self._line(depth, f"if {value}.__class__ is not list: return")
            self._line(depth, f"for {member} in {value}:")
            self._one(member, part, ("", *path), depth + 1)
        else:
            self._one(value, part, path, depth)

    def _one(self, value: str, part: Part, path: Path, depth: int) -> None:
        if part.parts is not None:
            self._line(depth, f"if {value}.__class__ is not dict: return")
            self._object(value, part.parts, path, depth)
            return
        kind = part.prop.type
        if kind in (TEXT, MOMENT):
            self._line(depth, f"if {value}.__class__ is not str or not {value}.strip(): return")
        elif kind is WHOLE:
            self._line(depth, f"if {value}.__class__ is not int or not {-(2**63)} <= {value} < {2**63}: return")
        elif kind is BOOLEAN:
            self._line(depth, f"if {value} is not True and {value} is not False: return")
        elif kind is DATE:
            days = self._named("days", _Readings(part.read))
            if path in self.checker.resource.key:
                self._line(depth, f"if {value}.__class__ is not str: return")
                self._line(depth, f"{value} = {days}[{value}]")
                self._line(depth, f"if {value} is None: return")
            else:
                self._line(depth, f"if {value}.__class__ is not str or {days}[{value}] is None: return")
        elif isinstance(kind, Code):
            codes = self._named("codes", _Readings(part.read, part.codes))
            self._line(depth, f"if {value}.__class__ is not str or {codes}[{value}] is None: return")
        elif path in self.checker.resource.key:
            read = self._named("read", dict(self.checker.key_readers)[path])
            self._line(depth, f"{value} = {read}({value})")
            self._line(depth, f"if {value} is None: return")
        else:
            self._line(depth, f"if {self._named('read', part.read)}({value}) is None: return")
