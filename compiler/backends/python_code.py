"""A small tree of Python code, printed so that long calls break one argument a line."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Atom:
    """Code that is never broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """``function(arguments)``; the function may be code itself, as in ``run.find(...).date``."""

    function: Code
    arguments: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """``value.name``"""

    value: Code
    name: str


@dataclass(frozen=True, slots=True)
class Lambda:
    """``lambda parameters: body``"""

    parameters: str
    body: Code


@dataclass(frozen=True, slots=True)
class Group:
    """A tuple, dict or set: items between brackets."""

    opening: str
    items: tuple[Code, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """``label=value`` or ``label: value``; ``label`` holds the sign."""

    label: str
    value: Code


Code = Atom | Call | Attribute | Lambda | Group | Labelled


def call(function: str | Code, *arguments: Code) -> Call:
    return Call(Atom(function) if isinstance(function, str) else function, arguments)


def literal(value: object) -> Atom:
    """A constant as Python writes it."""
    return Atom(repr(value).replace("'", '"') if isinstance(value, str) and _simple(value) else repr(value))


def _simple(text: str) -> bool:
    return not any(c in "'\"\\" or not c.isprintable() for c in text)


def tuple_of(items: Sequence[Code]) -> Group:
    return Group("(", tuple(items), ")")


def render(code: Code, indent: int) -> str:
    """The code as text whose first line begins at ``indent``; later lines carry their indentation."""
    line = _flat(code)
    if indent + len(line) <= WIDTH:
        return line
    match code:
        case Atom(text):
            return text
        case Attribute(value, name):
            return f"{render(value, indent)}.{name}"
        case Lambda(parameters, body):
            return f"lambda {parameters}: {render(body, indent)}"
        case Labelled(label, value):
            return f"{label}{render(value, indent)}"
        case Call(function, arguments):
            if isinstance(function, Attribute) and isinstance(function.value, Call) and _are_short(arguments):
                return f"{_split(function.value, indent)}.{function.name}({', '.join(map(_flat, arguments))})"
            return f"{render(function, indent)}({_broken(arguments, indent)})" if arguments else line
        case Group(opening, items, closing):
            return f"{opening}{_broken(items, indent)}{closing}" if items else line


def _split(code: Call, indent: int) -> str:
    """A call with one argument a line, though it would fit: what follows it would not."""
    return f"{render(code.function, indent)}({_broken(code.arguments, indent)})" if code.arguments else _flat(code)


def _are_short(arguments: Sequence[Code]) -> bool:
    return all(isinstance(argument, Atom) for argument in arguments) and sum(map(len, map(_flat, arguments))) < 60


def _broken(items: Sequence[Code], indent: int) -> str:
    inner = indent + 4
    lines = [f"{' ' * inner}{render(item, inner)},\n" for item in items]
    return "\n" + "".join(lines) + " " * indent


def _flat(code: Code) -> str:
    match code:
        case Atom(text):
            return text
        case Attribute(value, name):
            return f"{_flat(value)}.{name}"
        case Lambda(parameters, body):
            return f"lambda {parameters}: {_flat(body)}"
        case Labelled(label, value):
            return f"{label}{_flat(value)}"
        case Call(function, arguments):
            return f"{_flat(function)}({', '.join(map(_flat, arguments))})"
        case Group(opening, items, closing):
            comma = "," if opening == "(" and len(items) == 1 else ""
            return f"{opening}{', '.join(map(_flat, items))}{comma}{closing}"


def identifier(name: str, reserved: frozenset[str]) -> str:
    """A Python name for an author's: names that Python or the runtime use, or that end in ``_``, get one more ``_``.

    Dots (in names no author can write) become underscores, with one more at the end, so that no two names meet.
    """
    taken = name in reserved or keyword.iskeyword(name) or keyword.issoftkeyword(name)
    if "." in name:
        return name.replace(".", "_") + "_"
    return f"{name}_" if taken or name.endswith("_") else name
