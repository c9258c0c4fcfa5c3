"""The values of a row to its texts, or why it is withheld: nothing is filed that would not be found sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from compiler.filing.checks import Checks
from compiler.filing.columns import Column, Shape
from compiler.filing.delimited import looks_like_formula
from compiler.filing.forms import Form
from compiler.filing.problems import Kind, Problem, Slip, of_field, of_row
from compiler.filing.texts import REMEMBERED, Texts
from compiler.semantics.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Printed:
    """The texts of a row in the order of its columns, each as wide as its field, and what is to be told of them.

    Where a problem withholds the row, the text of its field is that of no value.
    """

    texts: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_withheld(self) -> bool:
        return any(problem.withholds for problem in self.problems)


class Printer:
    """Prints the rows of a layout for files of a form."""

    def __init__(self, shape: Shape, form: Form, interpreter: Interpreter) -> None:
        self._columns = [_Column(column, form) for column in shape.columns]
        self._checks = Checks(shape, interpreter)

    def row(
        self, values: Sequence[Any], zeros: frozenset[int], without: Mapping[int, str] = MappingProxyType({})
    ) -> Printed:
        """The texts of the values of all fields (None is a missing one); the fields in ``zeros`` are filled with zeros,
        whatever their values. ``without`` has fields whose values are missing for want of a row, and of which table."""
        printed: list[str] = []
        problems: list[Problem] = []
        for column in self._columns:
            if column.number in zeros:
                printed.append(column.zero)
                continue
            text, found = column.of(values[column.index])
            printed.append(text)
            problems += found
            if column.number in without:
                problems.append(column.no_row(without[column.number]))
        if not any(problem.withholds for problem in problems):
            problems += (of_row(Slip(Kind.CHECK), name) for name in self._checks.failed(printed))
        return Printed(tuple(printed), tuple(problems))


class _Column:
    """Prints the values of one column; those that were printed lately are remembered, for most are of a few."""

    def __init__(self, column: Column, form: Form) -> None:
        self.number = column.field.number
        self.zero = column.field.zero
        self.index = column.index
        self._field = column.field
        self._texts = Texts(column)
        self._characters = form.characters
        self._warns = form.spreadsheets
        self._known: dict[tuple[type, Any], tuple[str, tuple[Problem, ...]]] = {}

    def of(self, value: Any) -> tuple[str, tuple[Problem, ...]]:
        """The text of a value, and what is wrong with it."""
        key = value.__class__, value  # 1 is True to a dictionary
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._of(value)
        return known

    def no_row(self, table: str) -> Problem:
        """What is wrong when the value is missing for want of a row of a table."""
        return of_field(self._field, Slip(Kind.NO_ROW, {"table": table}))

    def _of(self, value: Any) -> tuple[str, tuple[Problem, ...]]:
        text, slip = self._texts.of(value)
        slips = [slip] if slip is not None else []
        fault = self._characters.fault(text)
        if fault is not None:
            slips.append(fault)
        elif self._warns and looks_like_formula(text):
            slips.append(Slip(Kind.FORMULA, {"text": text.rstrip(" ")}))
        return text, tuple(of_field(self._field, slip) for slip in slips)
