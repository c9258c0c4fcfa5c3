"""A file against a layout: each line, each field, then what must hold of a row. Any file, in one pass.

Time goes with the length of the file; of the file no more than a row is held, and a line or text in quotes only up to a
limit. A line that cannot be taken apart is one problem, and reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from compiler.filing.checks import Checks
from compiler.filing.columns import Column, Shape
from compiler.filing.forms import Form, Record
from compiler.filing.problems import Kind, Problem, Slip, of_field, of_row
from compiler.filing.texts import REMEMBERED, Texts
from compiler.semantics.interpreter import Interpreter

_END_NAMES = {b"\r\n": "CR LF", b"\n": "LF"}


@dataclass(frozen=True, slots=True)
class Found:
    """A problem at a line; ``place`` is a position in a line of fixed width, a column of CSV, 0 for the whole line."""

    line: int
    place: int
    problem: Problem


def problems_of(file: IO[bytes], shape: Shape, form: Form, interpreter: Interpreter) -> Iterator[Found]:
    """What is wrong with a file of a form, in its order."""
    return _Reader(shape, form, interpreter).problems(form.records(file, shape))


class _Reader:
    def __init__(self, shape: Shape, form: Form, interpreter: Interpreter) -> None:
        self._shape = shape
        self._form = form
        self._columns = [_Column(column, form) for column in shape.columns]
        self._checks = Checks(shape, interpreter)
        self._end = form.line_end.encode("ascii")
        self._told_of_end = False

    def problems(self, records: Iterator[Record]) -> Iterator[Found]:
        awaits_names = self._form.has_names
        for record in records:
            if record.slip is not None:
                yield Found(record.line, record.place, of_row(record.slip))
                if record.slip.kind is Kind.UTF_16:
                    return
                awaits_names = awaits_names and record.slip.kind is Kind.MARK
            elif awaits_names:
                awaits_names = False
                yield from self._of_names(record)
            else:
                yield from self._of_row(record)
            if record.end != self._end:
                yield from self._of_end(record)
        if awaits_names:
            yield Found(1, 0, of_row(Slip(Kind.NO_HEADER)))

    def _of_end(self, record: Record) -> Iterator[Found]:
        """What is wrong with a line end: the same all over a file, it is told once."""
        line = record.lines[-1] if record.lines else record.line
        if not record.end:
            yield Found(line, 0, of_row(Slip(Kind.LAST_LINE_END)))
        elif not self._told_of_end:
            self._told_of_end = True
            gaps = {"text": _END_NAMES[record.end], "form": _END_NAMES[self._end]}
            yield Found(line, 0, of_row(Slip(Kind.LINE_END, gaps)))

    def _of_names(self, record: Record) -> Iterator[Found]:
        names = self._shape.names
        if not set(names) & set(record.texts):
            yield Found(record.line, 0, of_row(Slip(Kind.NO_HEADER)))
        elif len(names) != len(record.texts):
            yield self._count(record)
        else:
            for place, (column, text) in enumerate(zip(self._shape.columns, record.texts, strict=True), 1):
                if text != column.field.name:
                    slip = Slip(Kind.HEADER, {"text": text, "form": column.field.name})
                    yield Found(record.line, place, of_field(column.field, slip))

    def _count(self, record: Record) -> Found:
        count, wanted = len(record.texts), len(self._columns)
        return Found(record.line, min(count, wanted) + 1, of_row(Slip(Kind.COLUMNS, {"count": count, "width": wanted})))

    def _of_row(self, record: Record) -> Iterator[Found]:
        if len(record.texts) != len(self._columns):
            yield self._count(record)
            return
        texts: list[str] = []
        for place, (column, text) in enumerate(zip(self._columns, record.texts, strict=True)):
            slip = column.fault(text)
            texts.append("" if slip else text)  # a text at fault decides no check
            if slip is not None:
                line = record.lines[place] if record.lines else record.line
                at = place + 1 if self._form.has_names else column.start + slip.at
                yield Found(line, at, of_field(column.field, slip))
        for name in self._checks.failed(texts):
            yield Found(record.line, 0, of_row(Slip(Kind.CHECK), name))


class _Column:
    """Judges the texts of one column; those that were sound lately are remembered, for most are of a few."""

    def __init__(self, column: Column, form: Form) -> None:
        self.field = column.field
        self.start = column.start
        self._form = form
        self._characters = form.characters
        self._texts = Texts(column)
        self._sound: set[str] = set()

    def fault(self, read: str) -> Slip | None:
        """What is wrong with a text as it stands in the file."""
        if read in self._sound:
            return None
        slip = self._fault(self._form.filled(read, self.field.width))
        if slip is None:
            if len(self._sound) >= REMEMBERED:
                self._sound.clear()
            self._sound.add(read)
        return slip

    def _fault(self, text: str) -> Slip | None:
        slip = self._characters.fault(text)
        if slip is None and len(text) > self.field.width:
            slip = Slip(Kind.TOO_LONG, {"text": text, "width": self.field.width})
        return slip or self._texts.fault(text)
