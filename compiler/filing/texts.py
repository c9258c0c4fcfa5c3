"""A value to the text of a field, exactly as wide as the field; and which texts a field may hold.

A text is printed as it is, so that codes keep their zeros; a number by its picture, never rounded; a date by its
picture. A field may hold what a value can be printed as: the text of a file is read as a value, printed again, and has
to come out the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from compiler.filing.columns import Column
from compiler.filing.problems import Kind, Slip
from compiler.semantics import ir
from compiler.semantics.functions import FUNCTIONS
from compiler.semantics.pictures import (
    NoPlace,
    NumberPicture,
    date_reader,
    date_text,
    is_date_picture,
    number_picture,
)
from compiler.semantics.values import BLANKS

REMEMBERED = 4_000
"""How many values or texts of a column are remembered with what became of them."""
NUMERIC, DATE = "numeric", "date"
_NO_PLACE = {
    NoPlace.NEGATIVE: Kind.NEGATIVE,
    NoPlace.DIGITS: Kind.TOO_MANY_DIGITS,
    NoPlace.DECIMALS: Kind.TOO_MANY_DECIMALS,
}
_written: Callable[[Any], str] = FUNCTIONS["text"].apply


class Text(NamedTuple):
    """A text as wide as its field, and what is wrong with it; when that withholds the row, the text is what is printed
    for no value."""

    text: str
    slip: Slip | None = None


class Texts:
    """The texts of one column."""

    def __init__(self, column: Column) -> None:
        field = column.field
        self._field = field
        self._zeros = column.zeros
        self._nothing = Text(field.missing, Slip(Kind.LACKING) if field.required else None)
        self._allowed = frozenset(map(self._padded, field.allowed))
        self._picture = _picture_of(field)
        self._wrong = _WRONG[field.type](field, self._picture) if field.type in _WRONG else None

    def of(self, value: Any) -> Text:
        """The text of a value; None is a missing one."""
        if value is None:
            return self._nothing
        if isinstance(value, str):
            return self._fitted(value.rstrip(" "), cuts=self._field.cuts)
        if isinstance(value, bool) or not isinstance(value, int | Decimal | date):
            return self._without(Slip(Kind.NO_TEXT, {"text": value, "form": self._field.type}))
        if isinstance(value, date):
            return self._of_date(value)
        return self._of_number(value)

    def fault(self, text: str) -> Slip | None:
        """What is wrong with a text of a file, which is as wide as the field; None for one that it may hold."""
        if self._zeros and text == self._field.zero:
            return None
        if not self._field.required and text == self._field.missing:
            return None
        printed, slip = self._fitted(text.rstrip(" "), cuts=False)
        if slip is None and printed != text:
            gaps = {"text": text, "width": self._field.width, "form": _filling(self._field)}
            return Slip(Kind.NOT_FILLED, gaps)
        return slip

    def _without(self, slip: Slip) -> Text:
        return Text(self._field.missing, slip)

    def _of_date(self, day: date) -> Text:
        if self._field.type == NUMERIC:
            return self._without(Slip(Kind.NO_TEXT, {"text": day, "form": NUMERIC}))
        return self._fitted(date_text(day, self._field.picture) if self._field.type == DATE else day.isoformat())

    def _of_number(self, number: int | Decimal) -> Text:
        if self._field.type == DATE:
            return self._without(Slip(Kind.NO_TEXT, {"text": _written(number), "form": DATE}))
        if self._field.type != NUMERIC:
            return self._fitted(_written(number))
        picture = self._picture or NumberPicture(self._field.width, 0, implied=False)
        text = picture.text(number)
        if isinstance(text, NoPlace):
            gaps = {"text": _written(number), "form": _form(self._field)}
            return self._without(Slip(_NO_PLACE[text], gaps))
        return self._fitted(text if self._picture else str(int(text)))

    def _fitted(self, text: str, *, cuts: bool = False) -> Text:
        """A text without blanks at its end, filled to the width of the field."""
        field = self._field
        slip = None
        if len(text) > field.width:
            slip = Slip(Kind.CUT if cuts else Kind.TOO_LONG, {"text": text, "width": field.width})
            if not cuts:
                return self._without(slip)
            text = text[: field.width].rstrip(" ")
        if not text.strip(BLANKS):
            return self._nothing if self._nothing.slip else Text(field.missing, slip)
        printed = self._padded(text)
        if printed == field.missing and not field.required:
            return Text(printed, slip)
        if self._wrong is not None and (kind := self._wrong(printed)) is not None:
            if printed == field.missing:
                return self._nothing
            return self._without(Slip(kind, {"text": text, "form": _form(field)}))
        if self._allowed and printed not in self._allowed:
            return self._without(Slip(Kind.NOT_ALLOWED, {"text": text, "allowed": ", ".join(field.allowed)}))
        return Text(printed, slip)

    def _padded(self, text: str) -> str:
        field = self._field
        return text.ljust(field.width, field.pad) if field.align_left else text.rjust(field.width, field.pad)


def _picture_of(field: ir.Field) -> NumberPicture | None:
    """The picture of a number; a picture that cannot be printed is a fault of who made the field."""
    if field.type == DATE:
        size = len(field.picture.strip(" "))
        if not is_date_picture(field.picture) or size != len(field.picture) or size > field.width:
            raise ValueError(f"field {field.number}: no picture of a date")
        return None
    if field.type != NUMERIC or not field.picture:
        return None
    picture = number_picture(field.picture, implied=field.implied)
    if picture is None or picture.width > field.width:
        raise ValueError(f"field {field.number}: no picture of a number")
    return picture


def _form(field: ir.Field) -> str:
    """What a text of a field looks like, in words."""
    if not field.picture:
        return f"{field.width} digits"
    return f"{field.picture} without its point" if field.implied else field.picture


def _filling(field: ir.Field) -> str:
    pad = {" ": "blanks", "0": "zeros"}.get(field.pad, field.pad)
    return f"{pad} on the {'right' if field.align_left else 'left'}"


# -- what is wrong with a printed text, by the type of its field

_Wrong = Callable[[str], Kind | None]


def _unpadded(field: ir.Field, pattern: str) -> re.Pattern[str]:
    """What matches the texts of a pattern that are filled to the width of a field."""
    pad = f"(?:{re.escape(field.pad)})*"
    return re.compile(f"{pattern}{pad}" if field.align_left else f"{pad}{pattern}")


def _wrong_number(field: ir.Field, picture: NumberPicture | None) -> _Wrong:
    matches = _unpadded(field, picture.pattern if picture else "[0-9]+").fullmatch
    kind = Kind.NOT_IN_PICTURE if picture else Kind.NOT_A_NUMBER
    return lambda text: None if matches(text) else kind


def _wrong_date(field: ir.Field, _picture: NumberPicture | None) -> _Wrong:
    is_day = date_reader(field.picture)
    size = len(field.picture)
    lacking = field.width - size
    pads = field.pad * lacking

    def wrong(text: str) -> Kind | None:
        day, rest = (text[:size], text[size:]) if field.align_left else (text[lacking:], text[:lacking])
        return None if rest == pads and is_day(day) else Kind.NOT_A_DATE

    return wrong


_WRONG: dict[str, Callable[[ir.Field, NumberPicture | None], _Wrong]] = {NUMERIC: _wrong_number, DATE: _wrong_date}
