"""Options that several commands take: of which time, and of how much, rules are run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import rich_click as click

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date on the command line."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"`{value}` is not a date; write it as 2024-06-01", param, ctx)


YEAR = click.IntRange(2, 9999)
"""A school year: two calendar years, both of which have dates."""

_WHEN = (
    click.option("--cycle", default=None, help="The cycle of the collection (default: its default cycle)."),
    click.option(
        "--school-year", type=YEAR, default=None, help="By its ending year (default: the latest with parameters)."
    ),
    click.option("--as-of", type=Day(), default=None, help="The day of the run (default: today)."),
)


def when_options(command: _Command) -> _Command:
    """``--cycle``, ``--school-year`` and ``--as-of``."""
    for option in reversed(_WHEN):
        command = option(command)
    return command


def scope_option(default: str) -> Callable[[_Command], _Command]:
    """``--scope``: what the data hold, unless it is said."""
    scopes = click.Choice(["district", "state", "history"])
    return click.option("--scope", type=scopes, default=default, help="What the data hold.")
