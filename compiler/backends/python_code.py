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


@dataclass(frozen=True, slots=True)
class Infix:
    """Operands with one of Python's operators between them."""

    operator: str
    operands: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """``not operand``"""

    operand: Code


@dataclass(frozen=True, slots=True)
class Choice:
    """``consequence if condition else alternative``"""

    condition: Code
    consequence: Code
    alternative: Code


Code = Atom | Call | Attribute | Lambda | Group | Labelled | Infix | Negation | Choice

_BINDING = {"or": 1, "and": 2}
_COMPARISON = 4
_TIGHTEST = 5


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
            return f"{_bound(value, _TIGHTEST, indent)}.{name}"
        case Lambda(parameters, body):
            return f"lambda{parameters and ' '}{parameters}: {render(body, indent)}"
        case Labelled(label, value):
            return f"{label}{render(value, indent)}"
        case Call(function, arguments):
            if isinstance(function, Attribute) and isinstance(function.value, Call) and _are_short(arguments):
                return f"{_split(function.value, indent)}.{function.name}({', '.join(map(_flat, arguments))})"
            return f"{render(function, indent)}({_broken(arguments, indent)})" if arguments else line
        case Group(opening, items, closing):
            return f"{opening}{_broken(items, indent)}{closing}" if items else line
        case Infix(operator, operands):
            first, *others = (_bound(operand, _binding(code) + 1, indent + 4) for operand in operands)
            return _in_parentheses([first, *(f"{operator} {other}" for other in others)], indent)
        case Negation(operand):
            return f"not {_bound(operand, _binding(code), indent)}"
        case Choice(condition, consequence, alternative):
            then, test, otherwise = (_bound(part, 1, indent + 4) for part in (consequence, condition, alternative))
            return _in_parentheses([then, f"if {test}", f"else {otherwise}"], indent)


def _binding(code: Code) -> int:
    """How tightly an expression holds together."""
    match code:
        case Infix(operator):
            return _BINDING.get(operator, _COMPARISON)
        case Negation():
            return 3
        case Choice() | Lambda():
            return 0
        case _:
            return _TIGHTEST


def _bound(code: Code, needed: int, indent: int) -> str:
    """The code, in parentheses when it would fall apart; broken lines have theirs already."""
    text = render(code, indent)
    return f"({text})" if _binding(code) < needed and not text.startswith("(\n") else text


def _in_parentheses(lines: Sequence[str], indent: int) -> str:
    inner = " " * (indent + 4)
    return "(\n" + "".join(f"{inner}{line}\n" for line in lines) + " " * indent + ")"


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
            return f"{_flat_bound(value, _TIGHTEST)}.{name}"
        case Lambda(parameters, body):
            return f"lambda{parameters and ' '}{parameters}: {_flat(body)}"
        case Labelled(label, value):
            return f"{label}{_flat(value)}"
        case Call(function, arguments):
            return f"{_flat(function)}({', '.join(map(_flat, arguments))})"
        case Group(opening, items, closing):
            comma = "," if opening == "(" and len(items) == 1 else ""
            return f"{opening}{', '.join(map(_flat, items))}{comma}{closing}"
        case Infix(operator, operands):
            return f" {operator} ".join(_flat_bound(operand, _binding(code) + 1) for operand in operands)
        case Negation(operand):
            return f"not {_flat_bound(operand, _binding(code))}"
        case Choice(condition, consequence, alternative):
            parts = (_flat_bound(part, 1) for part in (consequence, condition, alternative))
            return "{} if {} else {}".format(*parts)


def _flat_bound(code: Code, needed: int) -> str:
    text = _flat(code)
    return f"({text})" if _binding(code) < needed else text


def identifier(name: str, reserved: frozenset[str]) -> str:
    """A Python name for an author's: names that Python or the runtime use, or that end in ``_``, get one more ``_``.

    Dots (in names no author can write) become underscores, with one more at the end, so that no two names meet.
    """
    taken = name in reserved or keyword.iskeyword(name) or keyword.issoftkeyword(name)
    if "." in name:
        return name.replace(".", "_") + "_"
    return f"{name}_" if taken or name.endswith("_") else name
