"""The two streams: data to stdout, messages and progress to stderr; colours only where they are wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

import click

_STYLES = {"error": "red", "warning": "yellow", "note": "blue", "violation": "red", "pass": "green"}


class Terminal:
    """Writes lines. Nothing is wrapped or cut, and no text of specs or data is taken for markup."""

    def __init__(self, color: str) -> None:
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        self._color = {stream: _wants_color(stream, color) for stream in (sys.stdout, sys.stderr)}

    def out(self, text: str, *, end: str = "\n") -> None:
        """Data, to stdout."""
        click.echo(f"{text}{end}", nl=False, color=self._color[sys.stdout] or None)

    def lines(self, lines: Iterable[str]) -> None:
        """Lines of data, to stdout."""
        for line in lines:
            self.out(line)

    def say(self, text: str) -> None:
        """A message, to stderr."""
        click.echo(text, err=True)

    def styled(self, text: str, style: str) -> str:
        """A text for stdout in the colour of a word such as ``error``, where colours are wanted."""
        return click.style(text, fg=_STYLES[style], bold=True) if self._color[sys.stdout] else text

    @contextmanager
    def progress(self) -> Iterator[object]:
        """A spinner on a terminal; nothing elsewhere. Gives a function that says what is going on."""
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield lambda _message: None
            return
        from rich.console import Console

        console = Console(stderr=True, highlight=False, markup=False)
        with console.status("") as status:
            yield status.update


def _wants_color(stream: IO[str], color: str) -> bool:
    if color == "auto":
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return color == "always"
