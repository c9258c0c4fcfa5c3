"""What the compiler has to say to the people who write specs.

A phase that meets a mistake reports it and carries on, so that one run tells everything::

    sink.report("E301", span, owner="student", name="birthdate", hint="did you mean `birthDate`?")

The wording of every code stands in one table, :mod:`compiler.diagnostics.codes`; a page of its own, with a spec that
shows the mistake, stands in ``pages/``. Nothing here knows about terminals: see ``compiler.reports.diagnostics``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from compiler.diagnostics.codes import CODES
from compiler.source import Span


class Level(StrEnum):
    """How much a diagnostic weighs: an error stops a build, a warning does not, a note is shown on demand."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the first: "declared here"."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a spec: its stable code, where it is, what is wrong, and what to do."""

    code: str
    span: Span
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()

    @property
    def level(self) -> Level:
        return Level(CODES[self.code].level)


@dataclass(slots=True)
class Sink:
    """Collects diagnostics over the phases of a run; the same complaint about the same place is kept once."""

    found: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, str, int, str]] = field(default_factory=set)

    def report(
        self, code: str, span: Span, /, *, hint: str | None = None, related: tuple[Related, ...] = (), **words: object
    ) -> None:
        """Report ``code`` at ``span``; ``words`` fill the gaps of its message and hint in the table of codes."""
        entry = CODES[code]
        message = entry.message.format(**words)
        key = (code, span.source.path, span.start, message)
        if key in self._seen:
            return
        self._seen.add(key)
        advice = entry.hint.format(**words) if hint is None else hint
        self.found.append(Diagnostic(code, span, message, advice, related))

    def sorted(self) -> list[Diagnostic]:
        """All diagnostics in reading order: by file, place, code."""
        return sorted(self.found, key=lambda d: (d.span.source.path, d.span.start, d.code))

    def count(self, level: Level) -> int:
        return sum(1 for d in self.found if d.level is level)

    @property
    def failed(self) -> bool:
        """Whether any error was reported."""
        return any(d.level is Level.ERROR for d in self.found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.found)
