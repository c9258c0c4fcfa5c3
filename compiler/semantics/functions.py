"""The functions of the language: their types and what they do, one row each.

All are strict: an undetermined argument makes the result undetermined. A function that has no answer gives None,
which is undetermined too. A new function is a row here, a row in ``operators`` for its documentation, and a lowering
in each back end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, Type
from compiler.semantics.values import BLANKS, fits_whole, settle, shown

LONGEST = 1_000  # characters that a text is filled to
SETTLED = 9  # places behind which a difference is one of earlier rounding


def _no_fault(_value: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes at one place: its name and the types that it may have.

    A ``literal`` stands in the expression itself, where people read it. ``fault`` says what is wrong with a value that
    is written out; nothing when it will do.
    """

    name: str
    types: tuple[Type, ...]
    literal: bool = False
    fault: Callable[[Any], str] = _no_fault


@dataclass(frozen=True, slots=True)
class Function:
    """A function's parameters, result type and meaning. ``rest`` is what may follow, any number of times."""

    parameters: tuple[Parameter, ...]
    result: Type
    apply: Callable[..., Any]
    rest: Parameter | None = None


# -- texts

_LOWER = {ord(upper): ord(upper) + 32 for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _trim(text: str) -> str | None:
    return text.strip(BLANKS) or None


def _joined(*texts: str) -> str:
    return "".join(texts)


def _filled(text: str, size: int, before: str = "", after: str = "") -> str | None:
    if not 0 <= size <= LONGEST:
        return None
    lacking = size - len(text)
    return before * lacking + text + after * lacking


def _zero_filled(text: str, size: int) -> str | None:
    return _filled(text, size, before="0")


def _blank_filled(text: str, size: int) -> str | None:
    return _filled(text, size, after=" ")


def _slice(text: str, start: int, count: int) -> str | None:
    if start < 1 or count < 1 or start + count - 1 > len(text):
        return None
    return text[start - 1 : start - 1 + count]


def _picture(text: str, picture: str) -> str | None:
    if picture.count("X") != len(text):
        return None
    characters = iter(text)
    return "".join(next(characters) if sign == "X" else sign for sign in picture)


def _fault_of_picture(picture: str) -> str:
    return "" if "X" in picture else "has no X, which takes a character"


def _rank(value: str, *listed: str) -> int:
    return listed.index(value) + 1 if value in listed else len(listed) + 1


# -- texts, and what they say

_WHOLE = re.compile(r"-?0*[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"(?:YYYY|YY|MM|DD|[-/. ])+")


def _text(value: Decimal | date) -> str:
    return shown(value if isinstance(value, date) or value else 0)  # a zero has no sign


def _whole_number(text: str) -> int | None:
    written = text.strip(BLANKS)
    number = int(written) if _WHOLE.fullmatch(written) else None
    return number if number is not None and fits_whole(number) else None


def _number(text: str) -> Decimal | None:
    written = text.strip(BLANKS)
    return settle(Decimal(written)) if _NUMBER.fullmatch(written) else None


def _date_text(day: date, picture: str) -> str:
    year, month, of_month = day.isoformat().split("-")
    parts = {"YYYY": year, "YY": year[2:], "MM": month, "DD": of_month}
    for sign, digits in parts.items():
        picture = picture.replace(sign, digits)
    return picture


def _fault_of_date(picture: str) -> str:
    return "" if _DAY.fullmatch(picture) else "is not made of YYYY, YY, MM, DD and `-`, `/`, `.` or blanks alone"


# -- numbers and days


def _round(number: Decimal, places: int) -> Decimal | None:
    if not 0 <= places <= 12:
        return None
    with localcontext(prec=100):
        exact = Decimal(number)
        if places < SETTLED:
            exact = exact.quantize(Decimal(1).scaleb(-SETTLED), rounding=ROUND_HALF_UP)
        return settle(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _is_whole(number: Decimal) -> bool:
    return Decimal(number) == Decimal(number).to_integral_value()


def _earlier(left: date, right: date) -> date:
    return min(left, right)


def _later(left: date, right: date) -> date:
    return max(left, right)


_A_TEXT, _A_NUMBER = Parameter("text", (TEXT,)), Parameter("number", (DECIMAL,))
_LENGTH = Parameter("length", (WHOLE,))
_TWO_DAYS = (Parameter("one", (DATE,)), Parameter("other", (DATE,)))
_LISTED = Parameter("value", (TEXT,), literal=True)
_PICTURE = Parameter("picture", (TEXT,), fault=_fault_of_picture)
_PICTURE_OF_DAY = Parameter("picture", (TEXT,), literal=True, fault=_fault_of_date)

FUNCTIONS: dict[str, Function] = {
    "length": Function((_A_TEXT,), WHOLE, len),
    "lower": Function((_A_TEXT,), TEXT, lambda text: text.translate(_LOWER)),
    "trim": Function((_A_TEXT,), TEXT, _trim),
    "joined": Function((_A_TEXT, _A_TEXT), TEXT, _joined, rest=_A_TEXT),
    "slice": Function((_A_TEXT, Parameter("from", (WHOLE,)), Parameter("count", (WHOLE,))), TEXT, _slice),
    "zeroFilled": Function((_A_TEXT, _LENGTH), TEXT, _zero_filled),
    "blankFilled": Function((_A_TEXT, _LENGTH), TEXT, _blank_filled),
    "picture": Function((_A_TEXT, _PICTURE), TEXT, _picture),
    "rank": Function((_A_TEXT, _LISTED), WHOLE, _rank, rest=_LISTED),
    "text": Function((Parameter("value", (WHOLE, DECIMAL, DATE)),), TEXT, _text),
    "wholeNumber": Function((_A_TEXT,), WHOLE, _whole_number),
    "number": Function((_A_TEXT,), DECIMAL, _number),
    "dateText": Function((Parameter("date", (DATE,)), _PICTURE_OF_DAY), TEXT, _date_text),
    "round": Function((_A_NUMBER, Parameter("places", (WHOLE,))), DECIMAL, _round),
    "isWhole": Function((_A_NUMBER,), BOOLEAN, _is_whole),
    "earlierOf": Function(_TWO_DAYS, DATE, _earlier),
    "laterOf": Function(_TWO_DAYS, DATE, _later),
}
