"""The rows of an extract: a row for each candidate that its population lets in, and why each other one has none.

A *candidate* is a subject of ``for each``. It is left out for the first reason that holds: a condition to include it is
false (*not included*), one to exclude it is true (*excluded*), or something that decides is missing (*cannot be
decided*), for nothing is filed on a guess. What a row holds are values; a file is made of their printed texts, by which
rows are also ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.options import interpreter_of
from compiler.semantics.outcomes import Context, plain_value, subjects_of
from compiler.semantics.program import Program
from compiler.semantics.values import Undetermined, shown
from compiler.semantics.wanted import Key, Sender, Why, barred, places_of
from compiler.semantics.world import World

Places = tuple[Key, ...]
"""Where the variables of a candidate stand, as ``wanted.Subject`` has them."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row is printed from: the values of the fields and of the audit in their order, None for what is missing.

    ``zeros`` are the fields, by number, that are filled with zeros, whatever their values. ``lacking`` are the other
    fields that cannot do without the value that they lack (:func:`is_lacking`), each with what was missing: the row is
    withheld. ``ordering`` are the values of those parts of the order of rows that are expressions.
    """

    sender: Sender
    places: Places
    values: tuple[Any, ...]
    audit: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    zeros: frozenset[int] = frozenset()
    ordering: tuple[Any, ...] = ()
    lacking: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate without a row. ``reason`` is for people; ``missing`` what was not there, where that is why."""

    sender: Sender
    places: Places
    why: Why
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Rows:
    """The rows of an extract and the candidates without one, each in the order of their places."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def rows_of(program: Program, extract: ir.Extract, world: World, context: Context, values: Mapping[str, Any]) -> Rows:
    """The rows of an extract over a world; ``values`` are those of ``$names``, as ``options`` resolves them."""
    interpreter = interpreter_of(program, extract, world, context, values)
    found = Rows()
    for env in subjects_of(interpreter, extract):
        made = judged(interpreter, extract, env)
        if isinstance(made, Row):
            found.rows.append(made)
        else:
            found.left_out.append(made)
    return found


def judged(interpreter: Interpreter, extract: ir.Extract, env: Environment) -> Row | LeftOut:
    """What becomes of a candidate."""
    key = interpreter.value(extract.object_key, env)
    student = interpreter.value(extract.student, env) if extract.student is not None else None
    sender = sender_of(extract, plain_value(key), plain_value(student))
    places = places_of(extract, env)
    return left_out(interpreter, extract, env, sender, places) or _row(interpreter, extract, env, sender, places)


def sender_of(extract: ir.Extract, key: Any, student: Any) -> Sender:
    """The object that a row stands for, from its key and student as people read them, None where they are missing."""
    return Sender(extract.object_type, *("" if part is None else shown(part) for part in (key, student)))


# -- the population


def left_out(
    interpreter: Interpreter, extract: ir.Extract, env: Environment, sender: Sender, places: Places
) -> LeftOut | None:
    """Why a candidate gets no row; None when it gets one."""
    out = barred(interpreter, extract, env)
    return LeftOut(sender, places, out.why, out.reason, out.missing) if out is not None else None


# -- rows


def _row(interpreter: Interpreter, extract: ir.Extract, env: Environment, sender: Sender, places: Places) -> Row:
    found = [interpreter.value(part.value, env) for part in extract.fields]
    zeros = zeros_of(extract, [interpreter.value(fill.when, env) for fill in extract.zero_fill])
    return Row(
        sender,
        places,
        tuple(map(_known, found)),
        tuple(_known(interpreter.value(value, env)) for _, value in extract.audit),
        tuple(caution.says for caution in extract.warnings if interpreter.value(caution.when, env) is True),
        zeros,
        tuple(_known(interpreter.value(part, env)) for part in extract.row_order if isinstance(part, ir.Expr)),
        tuple(
            (part.number, tuple(sorted(value.causes)))
            for part, value in zip(extract.fields, found, strict=True)
            if part.number not in zeros and isinstance(value, Undetermined) and is_lacking(part, value.causes)
        ),
    )


def is_lacking(field: ir.Field, causes: Iterable[str]) -> bool:
    """Whether a field without a value, for these causes, withholds the row."""
    return field.required or not set(field.complete).isdisjoint(causes)


def zeros_of(extract: ir.Extract, holds: Iterable[Any]) -> frozenset[int]:
    """The fields that are filled with zeros; ``holds`` says of each condition whether it does."""
    return frozenset(
        n for fill, does in zip(extract.zero_fill, holds, strict=True) if does is True for n in fill.fields
    )


def _known(value: Any) -> Any:
    return None if isinstance(value, Undetermined) else value


# -- the order of rows


def order_of(extract: ir.Extract, row: Row, printed: Mapping[int, str]) -> tuple[Any, ...]:
    """What a row is ordered by; ``printed`` are the texts of its fields, by number.

    Texts are in the order of their characters' numbers, what is missing comes last. What the extract leaves open, the
    places of the candidates decide, so that the order never depends on that of the records.
    """
    values = iter(row.ordering)
    parts = (printed[part] if isinstance(part, int) else next(values) for part in extract.row_order)
    return (*((value is None, 0 if value is None else value) for value in parts), row.places)
