"""The options of an extract: what is chosen for a run, from what somebody wrote and from the defaults.

Options are resolved in their order: one that is not given takes its default, which may read the built-in parameters
and the options before it. Then each choice must be among those allowed, and the checks must hold. An option without a
value is not known (``$name is missing``); one that holds ``many`` is then an empty list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compiler.schema.types import DATE
from compiler.semantics import ir
from compiler.semantics.functions import FUNCTIONS
from compiler.semantics.interpreter import Interpreter, Run, constant
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.values import ListValue, Undetermined, read, shown
from compiler.semantics.world import World
from compiler.suggest import hint

Given = Mapping[str, Sequence[str]]
"""What somebody wrote for options, by name; several texts for one that holds many."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of all ``$names`` that an extract sees, and what is wrong with what was given, for people.

    A value is a scalar, a tuple of scalars for an option that holds many, or undetermined. With faults nothing is made.
    """

    values: Mapping[str, Any]
    faults: tuple[str, ...] = ()


def resolved(program: Program, extract: ir.Extract, given: Given, context: Context) -> Choices:
    """What is chosen for a run, from what was given."""
    values = run_parameters(None, "", context.school_year, context.as_of)
    interpreter = interpreter_of(program, extract, World(program.schemas, {}), context, values)
    names = [option.name for option in extract.options]
    faults = [_unknown(name, names) for name in given if name not in names]
    for option in extract.options:
        value = _given(option, given[option.name], faults) if option.name in given else _default(interpreter, option)
        values[option.name] = value
        faults += _faults(option, value, any(given.get(option.name, ())))
    if not faults:
        faults += (o.says for o in extract.options if o.check is not None and interpreter.value(o.check, {}) is False)
    return Choices(values, tuple(faults))


def interpreter_of(
    program: Program, extract: ir.Extract, world: World, context: Context, values: Mapping[str, Any]
) -> Interpreter:
    """An interpreter in which an extract's ``$names`` have values."""
    run = Run(context.school_year, values, extract.leap_birthday)
    return Interpreter(program.definitions, program.tables_in(context.school_year), world, run)


def _unknown(name: str, names: Sequence[str]) -> str:
    return f"there is no option `{name}`: {hint(name, names) or 'the extract has none'}"


# -- what was given


def _given(option: ir.Option, texts: Sequence[str], faults: list[str]) -> Any:
    """The value of an option as it was written; what cannot be read is a fault, and no value."""
    reads, form = _READERS[option.type]
    values = [reads(text) for text in texts]
    faults += (
        f"`{option.name}` is {form}, and {text!r} is not one"
        for text, value in zip(texts, values, strict=True)
        if value is None
    )
    known = tuple(value for value in values if value is not None)
    if option.many:
        return known
    if len(texts) > 1:
        faults.append(f"`{option.name}` takes one value, and was given {len(texts)}")
    return known[0] if known else _nothing(option)


def _text(text: str) -> str | None:
    return text or None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _date(text: str) -> Any:
    return read(text, DATE)


_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "text": (_text, "a text"),
    "whole": (FUNCTIONS["wholeNumber"].apply, "a whole number"),
    "number": (FUNCTIONS["number"].apply, "a number"),
    "boolean": (_boolean, "true or false"),
    "date": (_date, "a date as 2024-08-12"),
}


# -- defaults, and what must hold


def _default(interpreter: Interpreter, option: ir.Option) -> Any:
    value = interpreter.value(option.default, {}) if option.default is not None else _nothing(option)
    members = [member.value for member in value.members] if isinstance(value, ListValue) else [value]
    if option.type == "number":
        members = [Decimal(member) if isinstance(member, int) else member for member in members]
    return tuple(m for m in members if not isinstance(m, Undetermined)) if option.many else members[0]


def _nothing(option: ir.Option) -> Any:
    return Undetermined(frozenset({f"${option.name}"}))


def _faults(option: ir.Option, value: Any, is_written: bool) -> Iterator[str]:
    """What is wrong with a value; of one that is written and could not be read that was said."""
    values = value if option.many else () if isinstance(value, Undetermined) else (value,)
    if option.required and not values and not is_written:
        yield f"`{option.name}` must be given: {option.label}"
    allowed = [constant(member) for member in option.one_of]
    for chosen in values:
        if allowed and chosen not in allowed:
            listed = ", ".join(map(shown, allowed))
            yield f"`{option.name}` cannot be {shown(chosen)}: it is one of {listed}"
