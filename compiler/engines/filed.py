"""The rows of an extract as they are filed: in their order, as texts, with what is to be told of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from compiler.engines.extraction import by_places
from compiler.engines.sorting import Sorted
from compiler.filing.columns import Shape, shape_of
from compiler.filing.forms import Form
from compiler.filing.printing import Printer
from compiler.filing.problems import Kind, Problem
from compiler.filing.texts import Texts
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row, order_of
from compiler.semantics.interpreter import Interpreter
from compiler.semantics.options import interpreter_of
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.world import World


@dataclass(frozen=True, slots=True, repr=False)
class Filed:
    """A row with its texts in the order of the columns, and what is wrong with them."""

    row: Row
    texts: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_withheld(self) -> bool:
        return any(problem.withholds for problem in self.problems)

    @property
    def has_cuts(self) -> bool:
        """Whether a text was cut."""
        return any(problem.kind is Kind.CUT for problem in self.problems)

    @property
    def told(self) -> tuple[str, ...]:
        """What is said of a row that is written: of its texts, then of its values."""
        return (*(str(problem) for problem in self.problems if not problem.withholds), *self.row.warnings)

    @property
    def reason(self) -> str:
        """Why the row is withheld."""
        lacking = dict(self.row.lacking)
        return "; ".join(
            f"{problem}{_because(lacking.get(problem.number, ()) if problem.kind is Kind.LACKING else ())}"
            for problem in self.problems
            if problem.withholds
        )


def _because(missing: tuple[str, ...]) -> str:
    are = "is" if len(missing) == 1 else "are"
    return f" ({' and '.join(missing)} {are} missing)" if missing else ""


def whole_shape(extract: ir.Extract) -> Shape:
    """All fields of an extract, in the order of their numbers."""
    return shape_of(extract, ir.Layout("all fields", (), tuple(field.number for field in extract.fields)))


class Filing:
    """Makes the rows of an extract as they stand in a file of a layout."""

    def __init__(self, program: Program, extract: ir.Extract, shape: Shape, form: Form, context: Context) -> None:
        self._printer = Printer(shape, form, checking_interpreter(program, extract, context))
        self._ordering = _Ordering(extract)
        self._complete = {part.number: part.complete for part in extract.fields if not part.required}

    def of(self, row: Row) -> tuple[Any, Filed]:
        """A row with its texts, and what it comes before others by."""
        printed = self._printer.row(row.values, row.zeros, self._without(row))
        return self._ordering.place(row), Filed(row, printed.texts, printed.problems)

    def _without(self, row: Row) -> dict[int, str]:
        """The fields without a value that need none, were it not for a table that must have all rows, and which."""
        found = ((number, [t for t in self._complete.get(number, ()) if t in causes]) for number, causes in row.lacking)
        return {number: " and ".join(tables) for number, tables in found if tables}


def sorted_out(filing: Filing, found: Iterable[Row | LeftOut]) -> tuple[Sorted[Filed], Sorted[LeftOut]]:
    """Candidates in any order to rows in that of the file, and to those without one in that of their places."""
    rows: Sorted[Filed] = Sorted()
    left_out: Sorted[LeftOut] = Sorted()
    for one in found:
        if isinstance(one, Row):
            rows.put(*filing.of(one))
        else:
            left_out.put(by_places(one), one)
    return rows, left_out


def filed(
    program: Program, extract: ir.Extract, shape: Shape, form: Form, rows: Iterable[Row], context: Context
) -> list[Filed]:
    """The rows as they stand in a file of a layout, in their order; those that are withheld stand among them."""
    filing = Filing(program, extract, shape, form, context)
    return [one for _, one in sorted(map(filing.of, rows), key=itemgetter(0))]


def checking_interpreter(program: Program, extract: ir.Extract, context: Context) -> Interpreter:
    """What works out the checks of a row: over its texts, without options or records."""
    values = run_parameters(None, "", context.school_year, context.as_of)
    return interpreter_of(program, extract, World(program.schemas, {}), context, values)


class _Ordering:
    """What rows are ordered by, also by fields that the layout does not have."""

    def __init__(self, extract: ir.Extract) -> None:
        self.extract = extract
        numbers = {part for part in extract.row_order if isinstance(part, int)}
        columns = [column for column in whole_shape(extract).columns if column.field.number in numbers]
        self.columns = [(column, Texts(column)) for column in columns]

    def place(self, row: Row) -> tuple[Any, ...]:
        """What a row comes before others by."""
        printed = {
            column.field.number: column.field.zero
            if column.field.number in row.zeros
            else texts.of(row.values[column.index]).text
            for column, texts in self.columns
        }
        return order_of(self.extract, row, printed)
