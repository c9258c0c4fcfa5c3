"""The values of a row to its texts, or why it is withheld: nothing is filed that would not be found sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compiler.filing.checks import Checks
from compiler.filing.columns import Shape
from compiler.filing.delimited import looks_like_formula
from compiler.filing.forms import Form
from compiler.filing.problems import Kind, Problem, Slip, of_field, of_row
from compiler.filing.texts import Texts
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
        self._columns = [(column, Texts(column)) for column in shape.columns]
        self._characters = form.characters
        self._warns = form.spreadsheets
        self._checks = Checks(shape, interpreter)

    def row(self, values: Sequence[Any], zeros: frozenset[int]) -> Printed:
        """The texts of the values of all fields (None is a missing one); the fields in ``zeros`` are filled with zeros,
        whatever their values."""
        printed: list[str] = []
        problems: list[Problem] = []
        for column, texts in self._columns:
            field = column.field
            if field.number in zeros:
                printed.append(field.zero)
                continue
            text, slip = texts.of(values[column.index])
            if slip is not None:
                problems.append(of_field(field, slip))
            slip = self._characters.fault(text)
            if slip is not None:
                problems.append(of_field(field, slip))
            elif self._warns and looks_like_formula(text):
                problems.append(of_field(field, Slip(Kind.FORMULA, {"text": text.rstrip(" ")})))
            printed.append(text)
        if not any(problem.withholds for problem in problems):
            problems += (of_row(Slip(Kind.CHECK), name) for name in self._checks.failed(printed))
        return Printed(tuple(printed), tuple(problems))
