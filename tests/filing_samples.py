"""A layout of every kind of field, for tests of files; fields and interpreters made by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from compiler.filing.columns import Shape, shape_of
from compiler.filing.delimited import Delimited
from compiler.filing.fixed import Fixed
from compiler.filing.forms import Form, file_of
from compiler.filing.printing import Printed, Printer
from compiler.filing.validation import Found, problems_of
from compiler.schema.types import BOOLEAN, DECIMAL, TEXT
from compiler.semantics import ir
from compiler.semantics.interpreter import Interpreter, Run

ANYTHING = ir.Nothing(type=TEXT)
INTERPRETER = Interpreter({}, {}, None, Run(2025, {}))  # type: ignore[arg-type]  # checks read no records
FIXED, CSV = Fixed("cp1252"), Delimited()


def field(number: int, name: str, kind: str, width: int, **other: Any) -> ir.Field:
    """A field with what its type brings along, but for what is given."""
    fill = {"numeric": "0", "date": "0"}.get(kind, " ")
    usual = {
        "picture": "MMDDYYYY" if kind == "date" else "",
        "implied": False,
        "pad": fill,
        "align_left": kind == "alphanumeric",
        "missing": fill * width,
        "zero": "0" * width,
        "cuts": kind == "alphanumeric",
        "allowed": (),
        "required": False,
    }
    return ir.Field(number, name, kind, width, ANYTHING, **usual | other)


def variable(number: int) -> ir.Expr:
    return ir.Var(f"F{number:02}", type=TEXT)


def number_of(number: int) -> ir.Expr:
    return ir.Call("number", (variable(number),), type=DECIMAL)


def extract_of(
    fields: Iterable[ir.Field], filled: tuple[int, ...] = (), checks: tuple[ir.Check, ...] = ()
) -> ir.Extract:
    fills = (ir.ZeroFill(ir.Const(True, type=BOOLEAN), filled),)
    return ir.Extract(
        id="XX-1", title="A file", resource="enrollment", variable="e", joins=(), condition=None, in_year=None,
        student=None, object_type="enrollment", object_key=ANYTHING, options=(), include=(), exclude=(), row_order=(),
        fields=tuple(fields), zero_fill=fills, layouts=(), audit=(), warnings=(), checks=checks,
        leap_birthday="March 1",
    )  # fmt: skip


def shape_with(*fields: ir.Field, filled: tuple[int, ...] = (), checks: tuple[ir.Check, ...] = ()) -> Shape:
    layout = ir.Layout("2025", (2025,), tuple(part.number for part in fields))
    return shape_of(extract_of(fields, filled, checks), layout)


SUM = ir.Check(
    "days add up",
    ir.Compare("eq", number_of(7), ir.Arithmetic("+", number_of(5), number_of(6), type=DECIMAL)),
)
FIELDS = (
    field(1, "District", "numeric", 4, required=True),
    field(2, "First Name", "alphanumeric", 8),
    field(3, "Birth Date", "date", 8),
    field(4, "Grade", "numeric", 2, allowed=("01", "02", "03")),
    field(5, "Attended", "numeric", 5, picture="999.9", zero="000.0", missing="000.0"),
    field(6, "Excused", "numeric", 5, picture="999.9", zero="000.0", missing="000.0"),
    field(7, "Possible", "numeric", 5, picture="999.9", zero="000.0", missing="000.0"),
    field(8, "Exit", "numeric", 2, missing="  "),
    field(9, "Flag", "alphanumeric", 1, allowed=("Y", "N"), required=True),
    field(10, "Share", "numeric", 3, picture="99.9", implied=True),
    field(11, "Entry", "date", 8, required=True),
)
SHAPE = shape_with(*FIELDS, filled=(11,), checks=(SUM,))
ROW: tuple[Any, ...] = (
    "0880", "Ann", date(2015, 1, 31), "02", Decimal("87.5"), Decimal("2.50"), Decimal(90), None, "Y", Decimal("10.5"),
    date(2024, 8, 12),
)  # fmt: skip


def printed(values: Sequence[Any], shape: Shape = SHAPE, form: Form = FIXED, zeros: Iterable[int] = ()) -> Printed:
    return Printer(shape, form, INTERPRETER).row(values, frozenset(zeros))


def made(rows: Iterable[Sequence[Any]], shape: Shape = SHAPE, form: Form = FIXED) -> bytes:
    """The file of those rows that are not withheld."""
    texts = (row.texts for values in rows if not (row := printed(values, shape, form)).is_withheld)
    return b"".join(file_of(form, shape, texts))


def found_in(file: bytes, shape: Shape = SHAPE, form: Form = FIXED) -> list[Found]:
    return list(problems_of(io.BytesIO(file), shape, form, INTERPRETER))


def brief(found: Iterable[Found]) -> list[str]:
    """Problems as ``kind line:place field``."""
    return [f"{f.problem.kind} {f.line}:{f.place} {f.problem.number or f.problem.name}".strip() for f in found]
