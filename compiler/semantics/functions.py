"""The functions of the language: their types and what they do, one row each.

All are strict: an undetermined argument makes the result undetermined. A function that has no answer gives None,
which is undetermined too. A new function is a row here, a row in ``operators`` for its documentation, and a lowering
in each back end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, Type
from compiler.semantics.values import BLANKS, settle


@dataclass(frozen=True, slots=True)
class Function:
    """A function's parameters (names and types), result type and meaning."""

    parameters: tuple[tuple[str, Type], ...]
    result: Type
    apply: Callable[..., Any]


_LOWER = {ord(upper): ord(upper) + 32 for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _trim(text: str) -> str | None:
    return text.strip(BLANKS) or None


def _round(number: Decimal, places: int) -> Decimal | None:
    if not 0 <= places <= 12:
        return None
    with localcontext(prec=100):
        return settle(Decimal(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _is_whole(number: Decimal) -> bool:
    return Decimal(number) == Decimal(number).to_integral_value()


def _earlier(left: date, right: date) -> date:
    return min(left, right)


def _later(left: date, right: date) -> date:
    return max(left, right)


FUNCTIONS: dict[str, Function] = {
    "length": Function((("text", TEXT),), WHOLE, len),
    "lower": Function((("text", TEXT),), TEXT, lambda text: text.translate(_LOWER)),
    "trim": Function((("text", TEXT),), TEXT, _trim),
    "round": Function((("number", DECIMAL), ("places", WHOLE)), DECIMAL, _round),
    "isWhole": Function((("number", DECIMAL),), BOOLEAN, _is_whole),
    "earlierOf": Function((("one", DATE), ("other", DATE)), DATE, _earlier),
    "laterOf": Function((("one", DATE), ("other", DATE)), DATE, _later),
}
