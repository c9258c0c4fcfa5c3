"""Pictures: how a number or a date is written in a field, digit by digit.

The picture of a number is ``999`` or ``999.9``: so many digits before and behind the point, all of them always written.
The picture of a date is made of ``YYYY``, ``YY``, ``MM`` and ``DD`` with ``-``, ``/``, ``.`` or blanks between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from compiler.semantics.functions import FUNCTIONS

_NUMBER = re.compile(r"(9+)(?:\.(9+))?")
_PARTS = re.compile(r"YYYY|YY|MM|DD")
_LEAP_YEAR = 2000
"""What stands for the year in a picture without one, so that February 29 is a day."""


class NoPlace(Enum):
    """Why a number has no place in a picture."""

    NEGATIVE = "negative"
    DIGITS = "digits"
    DECIMALS = "decimals"


@dataclass(frozen=True, slots=True)
class NumberPicture:
    """So many ``digits`` before the point and ``decimals`` behind it; ``implied`` leaves the point out."""

    digits: int
    decimals: int
    implied: bool

    @property
    def width(self) -> int:
        """How many characters a number takes."""
        return self.digits + self.decimals + (1 if self.decimals and not self.implied else 0)

    @property
    def pattern(self) -> str:
        """What matches the numbers of the picture, as a regular expression."""
        point = "" if self.implied else r"\."
        return rf"[0-9]{{{self.digits}}}" + (rf"{point}[0-9]{{{self.decimals}}}" if self.decimals else "")

    def text(self, number: int | Decimal) -> str | NoPlace:
        """A number as it is written, never rounded; or why it has no place."""
        exact = Decimal(number)
        if exact < 0:
            return NoPlace.NEGATIVE
        if exact and exact.adjusted() >= self.digits:
            return NoPlace.DIGITS
        if exact and exact.adjusted() < -self.decimals:
            return NoPlace.DECIMALS
        numerator, denominator = exact.as_integer_ratio() if exact else (0, 1)
        scaled, rest = divmod(numerator * 10**self.decimals, denominator)
        if rest:
            return NoPlace.DECIMALS
        written = str(scaled).zfill(self.digits + self.decimals)
        if self.implied or not self.decimals:
            return written
        return f"{written[: self.digits]}.{written[self.digits :]}"


def number_picture(picture: str, *, implied: bool) -> NumberPicture | None:
    """The picture of a number as it was written; None for what is none."""
    found = _NUMBER.fullmatch(picture)
    return NumberPicture(len(found[1]), len(found[2] or ""), implied) if found else None


def date_reader(picture: str) -> Callable[[str], bool]:
    """Whether a text is a day of the calendar in a picture; two digits of a year may be of any century."""
    parts = _PARTS.findall(picture)
    signs = _PARTS.split(picture)
    pattern = re.escape(signs[0]) + "".join(
        f"([0-9]{{{len(part)}}}){re.escape(sign)}" for part, sign in zip(parts, signs[1:], strict=True)
    )
    written = re.compile(pattern)

    def is_day(text: str) -> bool:
        found = written.fullmatch(text)
        if found is None:
            return False
        values = set(zip(parts, found.groups(), strict=True))
        return len(values) == len(set(parts)) and _is_day(dict(values))

    return is_day


def _is_day(values: dict[str, str]) -> bool:
    year = int(values.get("YYYY") or _LEAP_YEAR + int(values.get("YY", "0")))
    if "YY" in values and not f"{year:04}".endswith(values["YY"]):
        return False
    try:
        date(year, int(values.get("MM", "1")), int(values.get("DD", "1")))
    except ValueError:
        return False
    return True


def date_text(day: date, picture: str) -> str:
    """A date in a picture."""
    text: str = FUNCTIONS["dateText"].apply(day, picture)
    return text


def is_date_picture(text: str) -> bool:
    """Whether a text is the picture of a date."""
    return not FUNCTIONS["dateText"].parameters[1].fault(text)
