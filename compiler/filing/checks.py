"""What must hold of the texts of a row, by the meaning that every expression has."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.filing.columns import Shape
from compiler.semantics import ir
from compiler.semantics.interpreter import Interpreter
from compiler.semantics.values import BLANKS, Undetermined, Value


class Checks:
    """The checks of a layout. A variable ``F03`` is the text of field 3 without the blanks at its end.

    A blank text, and a field that the layout does not have, is a missing value; what cannot be decided is no fault.
    """

    def __init__(self, shape: Shape, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._checks = shape.checks
        self._names = [ir.printed_name(column.field.number) for column in shape.columns]
        self._missing = {name: Undetermined(frozenset({name})) for name in self._names}
        named = {node.name for check in shape.checks for node in ir.walk(check.when) if isinstance(node, ir.Var)}
        others = named - set(self._names)
        self._others: dict[str, Value] = {name: Undetermined(frozenset({name})) for name in others}

    def failed(self, texts: Sequence[str]) -> list[str]:
        """The names of the checks that do not hold of the texts of a row."""
        if not self._checks:
            return []
        env = self._others | {
            name: text.rstrip(" ") if text.strip(BLANKS) else self._missing[name]
            for name, text in zip(self._names, texts, strict=True)
        }
        return [check.name for check in self._checks if self._interpreter.value(check.when, env) is False]
